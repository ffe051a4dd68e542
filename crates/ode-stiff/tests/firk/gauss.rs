//! The Gauss–Legendre methods: orders, invariants to rounding, long times, stiff decay.

use ode_core::{Algorithm, Integrator, OdeProblem, Options, Progress, Save, StepSize, solve};
use ode_stiff::{GaussLegendre4, GaussLegendre6};
use scalar::Dual;
use system::Buffer;
use testset::models::{HenonHeiles, Kepler, LinearStiff2x2, ProtheroRobinson};

fn fixed(dt: f64, save: Save) -> Options {
    Options { step: StepSize::Fixed(dt), save, max_steps: 10_000_000, ..Options::default() }
}

system::system! {
    /// Two bodies on a circle and a nonlinear, non-separable term: `H = (p² + q²)² / 4 + sin(q p)`.
    struct NotSeparable;
    state { q, p }
    params {}
    rhs(_t) {
        let r = q * q + p * p;
        d(q) = r * p + q * (q * p).cos();
        d(p) = -r * q - p * (q * p).cos();
    }
}

fn energy(u: &[f64]) -> f64 {
    (u[0] * u[0] + u[1] * u[1]).powi(2) / 4.0 + (u[0] * u[1]).sin()
}

/// The error on Kepler's ellipse at the last listed time.
fn kepler<A: Copy + Algorithm<Kepler, [f64; 4]>>(method: A, steps: usize) -> f64 {
    let reference = testset::problems::kepler_e05().unwrap().reference;
    let u0 = [reference.u0[0], reference.u0[1], reference.u0[2], reference.u0[3]];
    let last = reference.points.last().unwrap();
    let ode = OdeProblem::new(Kepler, u0, reference.p.clone(), (0.0, last.t)).unwrap();
    let solution = solve(&ode, method, &fixed(last.t / steps as f64, Save::Last)).unwrap();
    reference.error(reference.points.len() - 1, solution.last()).unwrap()
}

#[test]
fn observed_orders() {
    let order = |(coarse, fine): (f64, f64)| (coarse / fine).log2();
    let steps = 1500;
    let pair = (kepler(GaussLegendre4, steps), kepler(GaussLegendre4, 2 * steps));
    assert!((order(pair) - 4.0).abs() < 0.2, "{pair:?}");
    let steps = 600;
    let pair = (kepler(GaussLegendre6, steps), kepler(GaussLegendre6, 2 * steps));
    assert!((order(pair) - 6.0).abs() < 0.3, "{pair:?}");
}

/// The error of the interpolant beyond that of the steps, from the same steps cut in eight.
fn inside<A, B>(method: A, u0: B, dt: f64) -> f64
where
    A: Copy + Algorithm<NotSeparable, B>,
    B: Buffer<Item = f64>,
{
    let ode = OdeProblem::new(NotSeparable, u0, [], (0.0, 1.0)).unwrap();
    let coarse = fixed(dt, Save::Dense);
    let fine = fixed(dt / 64.0, Save::Steps);
    let coarse = solve(&ode, method, &coarse).unwrap();
    let fine = solve(&ode, method, &fine).unwrap();
    let mut worst = 0.0_f64;
    for (i, &t) in fine.times().iter().enumerate() {
        let u = coarse.at(t).unwrap();
        let off = |x: usize| (u[x] - fine.state(i)[x]).abs();
        worst = worst.max(off(0).max(off(1)));
    }
    worst
}

#[test]
fn orders_of_the_interpolants() {
    let order = |f: &dyn Fn(f64) -> f64| (f(0.02) / f(0.01)).log2();
    let four = order(&|dt| inside(GaussLegendre4, [0.5, 1.0], dt));
    assert!((3.7..4.5).contains(&four), "{four}");
    let six = order(&|dt| inside(GaussLegendre6, vec![0.5, 1.0], dt));
    assert!((4.6..5.5).contains(&six), "{six}");
}

/// Angular momentum is quadratic, and kept to rounding; so is the norm of a rotation.
#[test]
fn quadratic_invariants_to_rounding() {
    fn momentum(u: &[f64]) -> f64 {
        u[0] * u[3] - u[1] * u[2]
    }
    fn drift<A: Copy + Algorithm<Kepler, [f64; 4]>>(method: A) -> f64 {
        let u0 = [0.5, 0.0, 0.0, 3f64.sqrt()];
        let reference = testset::problems::kepler_e05().unwrap().reference;
        let ode = OdeProblem::new(Kepler, u0, reference.p.clone(), (0.0, 200.0)).unwrap();
        let options = fixed(0.02, Save::Steps);
        let solution = solve(&ode, method, &options).unwrap();
        assert_eq!(solution.len(), 10_001);
        let off = |i: usize| (momentum(solution.state(i)) / momentum(&u0) - 1.0).abs();
        (0..solution.len()).map(off).fold(0.0, f64::max)
    }
    let (four, six) = (drift(GaussLegendre4), drift(GaussLegendre6));
    assert!(four < 1e-14 && six < 1e-14, "{four:e} {six:e}");
}

/// A Hamiltonian that is not separable: the energy error stays bounded over long times, and shrinks
/// with the order of the method.
#[test]
fn the_energy_does_not_drift() {
    fn errors<A: Copy + Algorithm<NotSeparable, [f64; 2]>>(method: A, dt: f64) -> (f64, f64) {
        let u0 = [0.5, 1.0];
        let ode = OdeProblem::new(NotSeparable, u0, [], (0.0, 2000.0)).unwrap();
        let solution = solve(&ode, method, &fixed(dt, Save::Steps)).unwrap();
        let error = |i: usize| (energy(solution.state(i)) - energy(&u0)).abs();
        let n = solution.len();
        ((0..n / 10).map(error).fold(0.0, f64::max), (n / 10..n).map(error).fold(0.0, f64::max))
    }
    for (early, late) in [errors(GaussLegendre4, 0.1), errors(GaussLegendre6, 0.1)] {
        assert!(early > 0.0 && late < 1.5 * early, "{early:e} {late:e}");
    }
    let order = (errors(GaussLegendre4, 0.1).1 / errors(GaussLegendre4, 0.05).1).log2();
    assert!((order - 4.0).abs() < 0.3, "{order}");
    let order = (errors(GaussLegendre6, 0.1).1 / errors(GaussLegendre6, 0.05).1).log2();
    assert!((order - 6.0).abs() < 0.5, "{order}");
}

/// Hénon and Heiles's problem with a small step: nothing but a random walk of rounding is left.
#[test]
fn the_energy_of_henon_heiles_is_kept_to_rounding() {
    let u0 = [0.0, 0.1, 0.5, 0.0];
    let ode = OdeProblem::new(HenonHeiles, u0, [], (0.0, 1000.0)).unwrap();
    let solution = solve(&ode, GaussLegendre6, &fixed(0.02, Save::Last)).unwrap();
    let start = HenonHeiles::energy(u0);
    let last = solution.last();
    let end = HenonHeiles::energy([last[0], last[1], last[2], last[3]]);
    assert!((end - start).abs() < 3e-15, "{:e}", end - start);
}

/// The derivative of a step by its start is symplectic: its determinant is 1 in the plane.
#[test]
fn the_flow_is_symplectic() {
    fn determinant<A: Copy + Algorithm<NotSeparable, [Dual<f64, 2>; 2]>>(method: A) -> f64 {
        let u0 = [Dual::variable(0.5, 0), Dual::variable(1.0, 1)];
        let ode = OdeProblem::over(NotSeparable, u0, [], (0.0, 10.0)).unwrap();
        let solution = solve(&ode, method, &fixed(0.1, Save::Last)).unwrap();
        let [a, b] = [solution.last()[0].eps, solution.last()[1].eps];
        a[0] * b[1] - a[1] * b[0]
    }
    let (four, six) = (determinant(GaussLegendre4), determinant(GaussLegendre6));
    // The tangents have grown to about a hundred, and cancel.
    assert!((four - 1.0).abs() < 1e-11 && (six - 1.0).abs() < 1e-11, "{four} {six}");
}

/// Decay a thousand times faster than the step: bounded, and the slow part right.
#[test]
fn stiff_decay_at_fixed_steps() {
    let ode = OdeProblem::new(LinearStiff2x2, [2.0, -1.0], [], (0.0, 1.0)).unwrap();
    // On the slow eigenvector there is no fast part to start with.
    for (error, bound) in
        [(stiff_error(&ode, GaussLegendre4), 1e-7), (stiff_error(&ode, GaussLegendre6), 1e-11)]
    {
        assert!(error < bound, "{error:e}");
    }
    // Symmetric methods do not damp: a small disturbance stays as it is, from step to step.
    let ode = OdeProblem::new(ProtheroRobinson, [1.0], [1e6], (0.0, 10.0)).unwrap();
    let solution = solve(&ode, GaussLegendre6, &fixed(0.1, Save::Steps)).unwrap();
    let error = |i: usize| (solution.state(i)[0] - solution.times()[i].cos()).abs();
    let worst = (0..solution.len()).map(error).fold(0.0, f64::max);
    assert!(worst < 1e-4, "{worst:e}");
}

fn stiff_error<A>(ode: &OdeProblem<LinearStiff2x2, [f64; 2]>, method: A) -> f64
where
    A: Copy + Algorithm<LinearStiff2x2, [f64; 2]>,
{
    let solution = solve(ode, method, &fixed(0.05, Save::Steps)).unwrap();
    let error = |i: usize| {
        let exact = (-solution.times()[i]).exp();
        (solution.state(i)[0] - 2.0 * exact).abs().max((solution.state(i)[1] + exact).abs())
    };
    (0..solution.len()).map(error).fold(0.0, f64::max)
}

/// Symmetry: there and back again.
#[test]
fn integration_is_reversible() {
    fn back<A: Copy + Algorithm<NotSeparable, [f64; 2]>>(method: A) -> f64 {
        let u0 = [0.5, 1.0];
        let options = fixed(0.125, Save::Last);
        let there = OdeProblem::new(NotSeparable, u0, [], (0.0, 8.0)).unwrap();
        let end = solve(&there, method, &options).unwrap();
        let u1 = [end.last()[0], end.last()[1]];
        let again = OdeProblem::new(NotSeparable, u1, [], (8.0, 0.0)).unwrap();
        let start = solve(&again, method, &options).unwrap();
        (start.last()[0] - u0[0]).abs().max((start.last()[1] - u0[1]).abs())
    }
    assert!(back(GaussLegendre4) < 1e-13 && back(GaussLegendre6) < 1e-13);
}

/// Iterations per step, where the extrapolation of the step before is a good start.
#[test]
fn work_per_step() {
    let ode = OdeProblem::new(NotSeparable, [0.5, 1.0], [], (0.0, 10.0)).unwrap();
    let options = fixed(0.02, Save::Last);
    let mut integrator = Integrator::new(&ode, GaussLegendre6, &options).unwrap();
    while integrator.step().unwrap() != Progress::Finished {}
    let stats = integrator.stats();
    assert_eq!((stats.accepted, stats.nonlinear_failures), (500, 0));
    assert!(stats.jacobians <= 30, "{stats}");
    // Three stages per iteration, one derivative at the end.
    assert!((stats.evaluations - 501) / 3 <= 500 * 8, "{stats}");
}
