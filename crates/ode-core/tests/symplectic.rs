//! Symplectic methods: orders, symmetry, symplecticity, closed forms, energy, dense output, memory.

mod hamiltonians;

use allocation_counter::measure;
use hamiltonians::{
    D4, Damped, Kepler, Line, Oscillator, Pendulum, Planar, Solves, Visitor, every, fixed,
};
use ode_core::{
    ErrorKind, Hamiltonian, HamiltonianSystem, Integrator, KahanLi6, KahanLi8, McAte4, McAte5,
    OdeProblem, Options, PositionVerlet, Progress, Ruth3, Save, StepSize, VelocityVerlet, Vern7,
    solve,
};
use scalar::{Dual, Lanes, Scalar};
use std::f64::consts::{PI, TAU};
use std::fmt::Debug;
use testset::models::Kepler as Orbit;

fn distance(u: &[f64], v: &[f64]) -> f64 {
    assert_eq!(u.len(), v.len());
    u.iter().zip(v).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The slope of log error over log step size, from the finest step sizes above round-off.
fn observed(mut error: impl FnMut(usize) -> f64, coarsest: usize, floor: f64) -> f64 {
    let mut points = Vec::new();
    let mut steps = coarsest as f64;
    for _ in 0..24 {
        let n = steps.round() as usize;
        let e = error(n);
        if e < floor {
            break;
        }
        points.push((-(n as f64).ln(), e.ln()));
        steps *= 2f64.sqrt();
        if steps > 30_000.0 {
            break;
        }
    }
    let last = &points[points.len().saturating_sub(5)..];
    assert!(last.len() == 5, "too few step sizes: {points:?}");
    let mean = |f: fn(&(f64, f64)) -> f64| last.iter().map(f).sum::<f64>() / 5.0;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let above: f64 = last.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    above / last.iter().map(|p| (p.0 - x).powi(2)).sum::<f64>()
}

/// The anharmonic model at time 3.
fn anharmonic_end(u0: [f64; 2]) -> Vec<f64> {
    let system = HamiltonianSystem(Line::Anharmonic);
    let problem = OdeProblem::new(system, u0, [], (0.0, 3.0)).unwrap();
    let tight = Options { rtol: 1e-14, atol: 1e-15, save: Save::Last, ..Options::default() };
    solve(&problem, Vern7, &tight).unwrap().last().to_vec()
}

struct Orders;

impl Visitor for Orders {
    fn visit<M: Solves + Copy + Debug>(&mut self, method: M, order: u32) {
        // The orbit, not at a special point of it.
        let kepler = |steps| {
            let solution =
                method.solve(Planar::Kepler, Kepler::START, &[1.0], (0.0, 5.0), steps, Save::Last);
            distance(solution.last(), &Orbit::exact(5.0, Kepler::E))
        };
        let slope = observed(kepler, 320 / order as usize, 3e-13);
        assert!((slope - f64::from(order)).abs() < 0.15, "{} on Kepler: {slope}", M::NAME);

        // Any kinetic energy; Nyström methods fall back to third order.
        let u0 = [0.8, 0.5];
        let exact = anharmonic_end(u0);
        let anharmonic = |steps| {
            let solution = method.solve(Line::Anharmonic, u0, &[], (0.0, 3.0), steps, Save::Last);
            distance(solution.last(), &exact)
        };
        let expected = if M::SPLITTING.nystrom { 3 } else { order };
        let slope = observed(anharmonic, 8, 3e-13);
        assert!((slope - f64::from(expected)).abs() < 0.15, "{} on anharmonic: {slope}", M::NAME);

        // Both energies depend on time.
        if !M::SPLITTING.nystrom {
            let damped = |steps| {
                let span = (0.0, 3.0);
                let solution =
                    method.solve(Line::Damped, Damped::exact(0.0), &[], span, steps, Save::Last);
                distance(solution.last(), &Damped::exact(3.0))
            };
            let slope = observed(damped, 4, 3e-13);
            assert!((slope - f64::from(order)).abs() < 0.15, "{} on damped: {slope}", M::NAME);
        }
    }
}

#[test]
fn observed_orders() {
    every(&mut Orders);
}

/// The interpolant is as good as the method.
struct DenseOrders;

impl Visitor for DenseOrders {
    fn visit<M: Solves + Copy + Debug>(&mut self, method: M, order: u32) {
        let kepler = |steps: usize| {
            let solution =
                method.solve(Planar::Kepler, Kepler::START, &[1.0], (0.0, 5.0), steps, Save::Dense);
            let times = (0..400).map(|i| 5.0 * (f64::from(i) + 0.37) / 400.0);
            let error = |t| distance(&solution.at(t).unwrap(), &Orbit::exact(t, Kepler::E));
            times.map(error).fold(0.0, f64::max)
        };
        let slope = observed(kepler, 240 / order as usize, 3e-12);
        assert!(slope > f64::from(order) - 0.15, "{}: {slope}", M::NAME);
        // Backwards in time as well.
        let back =
            method.solve(Line::Damped, Damped::exact(2.0), &[], (2.0, 0.0), 2000, Save::Dense);
        let error = distance(&back.at(0.7501).unwrap(), &Damped::exact(0.7501));
        assert!(error < if order == 1 { 1e-2 } else { 1e-5 }, "{}: {error}", M::NAME);
    }
}

#[test]
fn dense_output_has_the_order_of_the_method() {
    every(&mut DenseOrders);
}

/// Solving back with the same steps leads to the start, to round-off.
struct Returns;

impl Visitor for Returns {
    fn visit<M: Solves + Copy + Debug>(&mut self, method: M, _: u32) {
        let u0 = Kepler::START;
        let there = method.solve(Planar::Kepler, u0, &[1.0], (0.0, 4.0), 128, Save::Last);
        let end: [f64; 4] = there.last().try_into().unwrap();
        let back = method.solve(Planar::Kepler, end, &[1.0], (4.0, 0.0), 128, Save::Last);
        let away = distance(back.last(), &u0);
        let symmetric = M::SPLITTING.is_symmetric();
        assert_eq!(away < 1e-12, symmetric, "{}: {away:e}", M::NAME);
    }
}

#[test]
fn symmetric_methods_return() {
    every(&mut Returns);
}

/// `Mᵀ J M = J` for the Jacobian `M` of a step.
struct Symplecticity;

impl Visitor for Symplecticity {
    fn visit<M: Solves + Copy + Debug>(&mut self, method: M, _: u32) {
        fn check<M: Solves>(method: M, model: Planar, u0: [f64; 4], p: &[f64]) {
            let u0: [D4; 4] = std::array::from_fn(|i| Dual::variable(u0[i], i));
            let p: Vec<D4> = p.iter().map(|&p| Dual::constant(p)).collect();
            let solution = method.solve_duals(model, u0, &p, (0.0, 0.1), 1);
            let m = |i: usize, j: usize| solution.last()[i].eps[j];
            let j = |a: usize, b: usize| match (a, b) {
                (0, 2) | (1, 3) => 1.0,
                (2, 0) | (3, 1) => -1.0,
                _ => 0.0,
            };
            for a in 0..4 {
                for b in 0..4 {
                    let mut sum = 0.0;
                    for k in 0..4 {
                        for l in 0..4 {
                            sum += m(k, a) * j(k, l) * m(l, b);
                        }
                    }
                    assert!((sum - j(a, b)).abs() < 1e-13, "{}: {sum} {a} {b}", M::NAME);
                }
            }
            assert!((m(0, 2) - 0.1).abs() < 0.02, "the step does move");
        }
        check(method, Planar::Kepler, [0.9, 0.2, -0.1, 1.1], &[1.0]);
        check(method, Planar::HenonHeiles, [0.1, 0.2, 0.3, -0.2], &[]);
    }
}

#[test]
fn a_step_is_symplectic() {
    every(&mut Symplecticity);
}

#[test]
fn closed_forms() {
    // Harmonic oscillator, over ten periods.
    let (w, end) = (2.0, 10.0 * PI);
    let solution = KahanLi8.solve(Oscillator, [1.0, 1.0], &[w], (0.0, end), 640, Save::Dense);
    for t in [0.3, 7.7, 31.0] {
        let (sin, cos) = (w * t).sin_cos();
        let error = distance(&solution.at(t).unwrap(), &[cos + sin / w, cos - w * sin]);
        assert!(error < 1e-10, "{t}: {error:e}");
    }
    // Two bodies, over ten revolutions.
    let span = (0.0, 10.0 * TAU);
    let solution = KahanLi8.solve(Planar::Kepler, Kepler::START, &[1.0], span, 3000, Save::Last);
    assert!(distance(solution.last(), &Kepler::START) < 1e-9, "{:?}", solution.last());
    // A pendulum from rest at 90°: its period is 4 K(sin 45°) = Γ(1/4)² / √π.
    let period = 7.416298709205487;
    let span = (0.0, 3.0 * period);
    let solution = KahanLi6.solve(Pendulum, [0.5 * PI, 0.0], &[], span, 600, Save::Last);
    assert!(distance(solution.last(), &[0.5 * PI, 0.0]) < 1e-9, "{:?}", solution.last());
}

/// Energies at every step, as errors.
fn energy_errors<M: Solves>(
    method: M,
    model: Planar,
    u0: [f64; 4],
    p: &[f64],
    end: f64,
    steps: usize,
) -> Vec<f64> {
    let energy = |u: &[f64]| HamiltonianSystem(model).energy(0.0, u, p);
    let solution = method.solve(model, u0, p, (0.0, end), steps, Save::Steps);
    solution.iter().map(|(_, u)| energy(u) - energy(&u0)).collect()
}

fn largest(errors: &[f64]) -> f64 {
    errors.iter().fold(0.0, |m, e| m.max(e.abs()))
}

#[test]
fn the_energy_of_leapfrogs_is_bounded_without_drift() {
    fn check<M: Solves + Copy>(method: M) {
        let periods = 200;
        let mut bounds = Vec::new();
        for per_period in [200, 400, 800] {
            let steps = periods * per_period;
            let end = periods as f64 * TAU;
            let errors = energy_errors(method, Planar::Kepler, Kepler::START, &[1.0], end, steps);
            let (early, late) = errors.split_at(errors.len() / 10);
            let (early, late) = (largest(early), largest(&late[late.len() / 2..]));
            assert!(late < 1.01 * early, "{} drifts: {early:e} {late:e}", M::NAME);
            bounds.push(early);
        }
        for pair in bounds.windows(2) {
            let slope = (pair[0] / pair[1]).log2();
            assert!((slope - 2.0).abs() < 0.1, "{}: {slope}", M::NAME);
        }
    }
    check(VelocityVerlet);
    check(PositionVerlet);
}

#[test]
fn chaos_keeps_its_energy() {
    // Beyond the last regular orbits (E = 1/8 and above is mostly chaotic).
    let u0 = [0.0, 0.1, 0.49, 0.0];
    let errors = energy_errors(KahanLi8, Planar::HenonHeiles, u0, &[], 2000.0, 8000);
    assert!(largest(&errors) < 1e-10, "{:e}", largest(&errors));
    let errors = energy_errors(McAte4, Planar::HenonHeiles, u0, &[], 2000.0, 20_000);
    let (early, late) = (largest(&errors[..10_000]), largest(&errors[10_000..]));
    assert!(late < 1.5 * early && early < 1e-5, "{early:e} {late:e}");
}

/// With compensated summation the energy error of a step is a random number of the size of an ulp.
#[test]
fn round_off_does_not_drift() {
    // A power of two: time is exact, and all steps are the same.
    let (steps, dt) = (400_000, 1.0 / 64.0);
    let end = steps as f64 * dt;
    let errors = energy_errors(KahanLi8, Planar::Kepler, Kepler::START, &[1.0], end, steps);
    let walk = f64::EPSILON * (steps as f64).sqrt();
    assert!(largest(&errors) < 0.25 * walk, "{:e} of {walk:e}", largest(&errors));
    // A drift of a hundredth of an ulp a step would be seen.
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    assert!(mean.abs() < 0.005 * f64::EPSILON * steps as f64, "{mean:e}");
}

#[test]
fn a_leapfrog_evaluates_one_force_per_step() {
    let count = |stats: ode_core::Stats| (stats.accepted, stats.evaluations);
    let run =
        |save| VelocityVerlet.solve(Planar::Kepler, Kepler::START, &[1.0], (0.0, 1.0), 100, save);
    assert_eq!(count(run(Save::Last).stats()), (100, 101));
    // The interpolant has all it needs.
    assert_eq!(count(run(Save::Dense).stats()), (100, 101));
    let run =
        |save| PositionVerlet.solve(Planar::Kepler, Kepler::START, &[1.0], (0.0, 1.0), 100, save);
    assert_eq!(count(run(Save::Last).stats()), (100, 101));
    assert_eq!(count(run(Save::Dense).stats()), (100, 301));
    let run = |save| Ruth3.solve(Planar::Kepler, Kepler::START, &[1.0], (0.0, 1.0), 100, save);
    assert_eq!(count(run(Save::Last).stats()), (100, 301));
    let run = |save| McAte5.solve(Planar::Kepler, Kepler::START, &[1.0], (0.0, 1.0), 100, save);
    assert_eq!(count(run(Save::Last).stats()), (100, 601));
    let run = |save| KahanLi8.solve(Planar::Kepler, Kepler::START, &[1.0], (0.0, 1.0), 100, save);
    assert_eq!(count(run(Save::Last).stats()), (100, 1701));
}

/// A chain of many oscillators: more tangents than one sweep carries.
#[derive(Clone, Copy, Debug)]
struct Chain(usize);

impl Hamiltonian for Chain {
    fn degrees(&self) -> usize {
        self.0
    }
    fn num_params(&self) -> usize {
        2
    }
    fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _: &[S]) -> S {
        S::dot(p, p).scale(0.5)
    }
    fn potential<S: Scalar>(&self, _t: S, q: &[S], params: &[S]) -> S {
        let stretch = |pair: &[S]| {
            let d = pair[1] - pair[0];
            params[0] * d * d.scale(0.5) + params[1] * d.powi(4).scale(0.25)
        };
        q.windows(2).map(stretch).sum()
    }
}

#[test]
fn forces_of_many_bodies_are_exact() {
    for n in [1, 2, 3, 5, 8, 17, 40, 200, 700] {
        let q: Vec<f64> = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
        let (k, a) = (2.0, 0.3);
        let mut force = vec![f64::NAN; n];
        Chain(n).force(0.0, &q, &[k, a], &mut force);
        let pull = |i: usize, j: usize| k * (q[j] - q[i]) + a * (q[j] - q[i]).powi(3);
        for i in 0..n {
            let mut exact = 0.0;
            if i > 0 {
                exact += pull(i, i - 1);
            }
            if i + 1 < n {
                exact += pull(i, i + 1);
            }
            assert!((force[i] - exact).abs() < 1e-14, "{n}, {i}");
        }
        let mut velocity = vec![f64::NAN; n];
        Chain(n).velocity(0.0, &q, &[k, a], &mut velocity);
        assert_eq!(velocity, q);
    }
}

#[test]
fn steps_and_interpolants_allocate_nothing() {
    macro_rules! check {
        ($($method:expr),*) => {$(
            for n in [2, 30, 200] {
                let u0: Vec<f64> = (0..2 * n).map(|i| (i as f64).sin()).collect();
                let system = HamiltonianSystem(Chain(n));
                let problem = OdeProblem::new(system, u0, [1.0, 0.2], (0.0, 1.0)).unwrap();
                let options = fixed((0.0, 1.0), 50, Save::Last);
                let mut integrator = Integrator::new(&problem, $method, &options).unwrap();
                let mut u = vec![0.0; 2 * n];
                integrator.step().unwrap();
                integrator.interpolate(0.5 * integrator.t(), &mut u).unwrap();
                let info = measure(|| {
                    while integrator.step().unwrap() != Progress::Finished {
                        let taken = integrator.last_step();
                        integrator.interpolate(taken.t + 0.5 * taken.dt, &mut u).unwrap();
                    }
                });
                assert_eq!(info.count_total, 0, "{:?} {n}", $method);
            }
        )*};
    }
    check!(VelocityVerlet, PositionVerlet, Ruth3, KahanLi6, KahanLi8);
}

#[test]
fn storage_and_number_types_agree() {
    let span = (0.0, 2.0);
    let options = fixed(span, 100, Save::Last);
    let system = HamiltonianSystem(Planar::Kepler);
    let array = OdeProblem::new(system, Kepler::START, [1.0], span).unwrap();
    let array = solve(&array, KahanLi8, &options).unwrap();
    let vector = OdeProblem::new(system, Kepler::START.to_vec(), [1.0], span).unwrap();
    assert_eq!(solve(&vector, KahanLi8, &options).unwrap().last(), array.last());

    let lanes = Kepler::START.map(Lanes::<4>::from_f64);
    let lanes = OdeProblem::over(system, lanes, [Lanes::from_f64(1.0)], span).unwrap();
    let lanes = solve(&lanes, KahanLi8, &options).unwrap();
    for (lane, u) in lanes.last().iter().zip(array.last()) {
        assert_eq!(lane.0, [*u; 4]);
    }

    let single = Kepler::START.map(|u| u as f32);
    let single = OdeProblem::over(system, single, [1f32], span).unwrap();
    let single = solve(&single, KahanLi8, &options).unwrap();
    for (f, u) in single.last().iter().zip(array.last()) {
        assert!((f64::from(*f) - u).abs() < 1e-5);
    }
}

#[test]
fn tangents_are_derivatives() {
    // By the strength of the sun, against a central difference; and the value is the plain one.
    let duals = Kepler::START.map(Dual::constant);
    let run =
        |mu| KahanLi6.solve(Planar::Kepler, Kepler::START, &[mu], (0.0, 3.0), 300, Save::Last);
    let dual =
        KahanLi6.solve_duals(Planar::Kepler, duals, &[Dual::variable(1.0, 0)], (0.0, 3.0), 300);
    let (h, plain) = (1e-5, run(1.0));
    let (right, left) = (run(1.0 + h), run(1.0 - h));
    for i in 0..4 {
        assert_eq!(dual.last()[i].re, plain.last()[i]);
        let difference = (right.last()[i] - left.last()[i]) / (2.0 * h);
        assert!((dual.last()[i].eps[0] - difference).abs() < 1e-6);
        assert_eq!(dual.last()[i].eps[1], 0.0);
    }
}

#[test]
fn the_same_model_under_an_explicit_method() {
    let options = Options { rtol: 1e-12, atol: 1e-12, ..Options::default() };
    let system = HamiltonianSystem(Planar::Kepler);
    let problem = OdeProblem::new(system, Kepler::START, [1.0], (0.0, 5.0)).unwrap();
    let solution = solve(&problem, Vern7, &options).unwrap();
    assert!(distance(solution.last(), &Orbit::exact(5.0, Kepler::E)) < 1e-9);
    assert_eq!(solution.names(), ["q1", "q2", "p1", "p2"]);
}

/// The rest that rounding leaves is part of a checkpoint.
#[test]
fn a_resumed_solve_has_the_same_bits() {
    let problem =
        OdeProblem::new(HamiltonianSystem(Planar::Kepler), Kepler::START, [1.0], (0.0, 30.0))
            .unwrap();
    let options = fixed((0.0, 30.0), 1000, Save::Last);
    let mut first = Integrator::new(&problem, KahanLi8, &options).unwrap();
    for _ in 0..500 {
        first.step().unwrap();
    }
    let checkpoint = first.checkpoint();
    let mut second = Integrator::resume(&problem, KahanLi8, &options, &checkpoint).unwrap();
    while second.step().unwrap() != Progress::Finished {}
    assert_eq!(second.u(), solve(&problem, KahanLi8, &options).unwrap().last());
}

/// A kick at a declared stop sees one side of the jump only.
#[test]
fn stops_are_landed_on() {
    #[derive(Clone, Copy)]
    struct Switch;
    impl Hamiltonian for Switch {
        fn degrees(&self) -> usize {
            1
        }
        fn num_params(&self) -> usize {
            0
        }
        fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _: &[S]) -> S {
            p[0].powi(2).scale(0.5)
        }
        fn potential<S: Scalar>(&self, t: S, q: &[S], _: &[S]) -> S {
            // A constant force, on from t = 1.
            -q[0] * t.select_lt(S::one(), S::zero(), S::one())
        }
    }
    let system = HamiltonianSystem(Switch);
    let problem = OdeProblem::new(system, [0.0, 0.0], [], (0.0, 2.0)).unwrap();
    let step = StepSize::Fixed(0.3);
    let options = Options { step, stops: vec![1.0], ..Options::default() };
    let velocity = solve(&problem, VelocityVerlet, &options).unwrap();
    assert!(distance(velocity.last(), &[0.5, 1.0]) < 1e-14, "{:?}", velocity.last());
    let position = solve(&problem, PositionVerlet, &options).unwrap();
    assert!(distance(position.last(), &[0.5, 1.0]) < 1e-14, "{:?}", position.last());
    assert_eq!(velocity.at(0.9).unwrap(), [0.0, 0.0]);
}

#[test]
fn wrong_use_is_a_typed_error() {
    let system = HamiltonianSystem(Planar::Kepler);
    let problem = OdeProblem::new(system, Kepler::START, [1.0], (0.0, 1.0)).unwrap();
    let error = solve(&problem, KahanLi8, &Options::default()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::FixedStepNeeded { method: "KahanLi8" }));
    let error = OdeProblem::new(system, [1.0, 0.0, 0.0], [1.0], (0.0, 1.0)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Dimension { .. }), "{error}");
    // A collision with the sun.
    let problem = OdeProblem::new(system, [0.0; 4], [1.0], (0.0, 1.0)).unwrap();
    let error = solve(&problem, VelocityVerlet, &fixed((0.0, 1.0), 10, Save::Last)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NonFinite { .. }), "{error}");
    assert!(f64::is_nan(system.energy(0.0, &[1.0, 0.0, 0.0], &[1.0])));
}
