//! Solves that are changed, left, resumed, interpolated and run backwards; and what they allocate.

use allocation_counter::measure;
use ode_core::{
    Algorithm, Checkpoint, Domain, Events, Integrator, OdeProblem, Options, Progress, Root, Save,
    StepSize, solve, solve_with,
};
use ode_stiff::{Bdf, Ndf};
use system::{Jacobian, Mass, WithMass};
use testset::models::{Robertson, RobertsonDae};

const P: [f64; 3] = [0.04, 3e7, 1e4];

/// Runs the block for both methods with every highest order.
macro_rules! every {
    ($method:ident => $body:block) => {
        for max_order in 1..=5 {
            {
                let $method = Bdf { max_order, ..Bdf::default() };
                $body
            }
            {
                let $method = Ndf { max_order, ..Ndf::default() };
                $body
            }
        }
    };
}

fn robertson(tspan: (f64, f64)) -> OdeProblem<Robertson, [f64; 3]> {
    OdeProblem::new(Robertson, [1.0, 0.0, 0.0], P, tspan).unwrap()
}

fn options() -> Options {
    Options { rtol: 1e-5, atol_each: vec![1e-8, 1e-12, 1e-8], ..Options::default() }
}

/// Times and states of all further steps.
fn rest<F, A>(integrator: &mut Integrator<'_, F, A, [f64; 3]>) -> Vec<(f64, [f64; 3])>
where
    F: Jacobian<f64>,
    A: Algorithm<F, [f64; 3]>,
{
    let mut points = Vec::new();
    loop {
        let u = integrator.u();
        points.push((integrator.t(), [u[0], u[1], u[2]]));
        if integrator.step().unwrap() == Progress::Finished {
            return points;
        }
    }
}

#[test]
fn a_checkpoint_resumes_to_the_same_bits_at_every_order() {
    fn check<F: Jacobian<f64>, A: Algorithm<F, [f64; 3]> + std::fmt::Debug>(
        problem: &OdeProblem<F, [f64; 3]>,
        method: A,
        options: &Options,
    ) {
        // Every phase of the choice of orders, of the age of factors and of the Jacobian.
        for steps in (0..12).chain([17, 23, 40, 51, 77, 90]) {
            let mut whole = Integrator::new(problem, method.clone(), options).unwrap();
            for _ in 0..steps {
                whole.step().unwrap();
            }
            let checkpoint: Checkpoint = whole.checkpoint();
            let mut resumed =
                Integrator::resume(problem, method.clone(), options, &checkpoint).unwrap();
            assert_eq!(rest(&mut resumed), rest(&mut whole), "{method:?} after {steps}");
        }
    }
    let mass = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let dae = OdeProblem::new(mass, [1.0, 0.0, 0.0], P, (0.0, 1e3)).unwrap();
    every!(method => {
        check(&robertson((0.0, 1e3)), method, &options());
        check(&dae, method, &options());
        let stops = Options { stops: vec![0.1, 1.0, 7.0], ..options() };
        check(&robertson((0.0, 20.0)), method, &stops);
        let fixed = Options { step: StepSize::Fixed(1.1e-4), ..options() };
        check(&robertson((0.0, 0.012)), method, &fixed);
    });
}

#[test]
fn a_checkpoint_amid_failures_resumes_to_the_same_bits() {
    // The budget ends a step while it is being tried again.
    every!(method => {
        let (problem, unlimited) = (robertson((0.0, 1e3)), options());
        let mut whole = Integrator::new(&problem, method, &unlimited).unwrap();
        let wanted = rest(&mut whole);
        for max_steps in [1, 2, 3, 5, 8, 13, 21, 34, 55] {
            let limited = Options { max_steps, ..options() };
            let mut first = Integrator::new(&problem, method, &limited).unwrap();
            while first.step().is_ok() {}
            let checkpoint: Checkpoint = first.checkpoint();
            let mut second =
                Integrator::resume(&problem, method, &unlimited, &checkpoint).unwrap();
            let found = rest(&mut second);
            assert_eq!(found, wanted[wanted.len() - found.len()..], "{method:?} {max_steps}");
        }
    });
}

#[test]
fn an_edited_solve_is_a_fresh_one_from_there() {
    every!(method => {
        let (problem, options) = (robertson((0.0, 50.0)), options());
        let mut edited = Integrator::new(&problem, method, &options).unwrap();
        edited.add_stop(20.0).unwrap();
        while edited.step().unwrap() == Progress::Running {}
        assert_eq!(edited.t(), 20.0);
        let (u, p) = edited.edit();
        u[0] += 0.25;
        p[0] = 0.05;
        let (u, p) = ([u[0], u[1], u[2]], p.to_vec());
        let fresh = OdeProblem::new(Robertson, u, p, (20.0, 50.0)).unwrap();
        let mut fresh = Integrator::new(&fresh, method, &options).unwrap();
        assert_eq!(rest(&mut edited), rest(&mut fresh), "{method:?}");
    });
}

system::system! {
    struct Follows;
    state { u }
    params { k }
    rhs(t) { d(u) = -k * (u - t.cos()); }
}

/// Its solution for `k = 100` that is `u0` at `t0`.
fn follows(t: f64, t0: f64, u0: f64) -> f64 {
    let k = 100.0;
    let particular = |t: f64| k * (k * t.cos() + t.sin()) / (k * k + 1.0);
    particular(t) + (u0 - particular(t0)) * (-k * (t - t0)).exp()
}

#[test]
fn events_are_located_and_the_method_starts_anew_behind_them() {
    every!(method => {
        let problem = OdeProblem::new(Follows, [3.0], [100.0], (0.0, 9.0)).unwrap();
        let options = Options { rtol: 1e-6, atol: 1e-6, ..Options::default() };
        let drop = Root::new("drop", |_, u, _| u[0]).falling().effect(|at| at.u[0] = -1.0);
        let mut events = Events::new().with(drop);
        let solution = solve_with(&problem, method, &options, &mut events).unwrap();
        let times: Vec<f64> = solution.events().iter().map(|event| event.t).collect();
        assert_eq!(times.len(), 2, "{method:?} {times:?}");
        // tan t = -k, twice.
        let first = std::f64::consts::PI - 100f64.atan();
        let tolerance = if method.max_order == 1 { 1e-3 } else { 1e-4 };
        for (t, wanted) in times.iter().zip([first, first + std::f64::consts::TAU]) {
            assert!((t - wanted).abs() < tolerance, "{method:?} {t} {wanted}");
            for later in [0.001, 0.01, 0.1] {
                let error = solution.at(t + later).unwrap()[0] - follows(t + later, *t, -1.0);
                assert!(error.abs() < tolerance, "{method:?} {later}: {error:e}");
            }
        }
    });
}

#[test]
fn saved_times_between_the_steps_follow_the_interpolant() {
    every!(method => {
        let problem = OdeProblem::new(Follows, [3.0], [100.0], (0.0, 9.0)).unwrap();
        let options = Options { rtol: 1e-6, atol: 1e-6, ..Options::default() };
        let whole = solve(&problem, method, &options).unwrap();
        let times: Vec<f64> = (0..=900).map(|k| 0.01 * f64::from(k)).collect();
        let save = Save::At(times.clone());
        let at = solve(&problem, method, &Options { save, ..options.clone() }).unwrap();
        assert_eq!(at.times(), times);
        let tolerance = if method.max_order == 1 { 1e-3 } else { 1e-4 };
        for (t, u) in at.iter() {
            assert_eq!(u, whole.at(t).unwrap(), "{method:?}");
            assert!((u[0] - follows(t, 0.0, 3.0)).abs() < tolerance, "{method:?} {t}");
        }
        // From step to step it is continuous, and its derivative is that of the solution.
        let mut integrator = Integrator::new(&problem, method, &options).unwrap();
        while integrator.step().unwrap() != Progress::Finished {
            let (step, before, u) = (integrator.last_step(), integrator.u_before()[0], integrator.u()[0]);
            let (mut start, mut end, mut slope) = ([0.0], [0.0], [0.0]);
            let dense = integrator.dense().unwrap();
            dense.eval(step.t, &mut start);
            dense.eval(step.t + step.dt, &mut end);
            assert!(start[0] == before && (end[0] - u).abs() < 1e-14, "{method:?}");
            integrator.interpolate_derivative(integrator.t(), &mut slope).unwrap();
            let f = -100.0 * (u - integrator.t().cos());
            let size = 3e2 * (-100.0 * step.t).exp() + 1.0;
            assert!(method.max_order == 1 || (slope[0] - f).abs() < 0.02 * size, "{method:?} {step:?} {slope:?} {f}");
        }
    });
}

#[test]
fn many_stops_cost_little_and_harm_nothing() {
    every!(method => {
        let problem = OdeProblem::new(Follows, [3.0], [100.0], (0.0, 9.0)).unwrap();
        let options = Options { rtol: 1e-6, atol: 1e-6, ..Options::default() };
        let mut integrator = Integrator::new(&problem, method, &options).unwrap();
        // Close to each other, and at odd places: steps of very different length meet.
        for k in 1..40 {
            let t = 0.21 * f64::from(k);
            integrator.add_stop(t).unwrap();
            integrator.add_stop(t + 1e-4 * f64::from(k % 7)).unwrap();
        }
        let tolerance = if method.max_order == 1 { 1e-3 } else { 1e-4 };
        while integrator.step().unwrap() != Progress::Finished {
            let error = integrator.u()[0] - follows(integrator.t(), 0.0, 3.0);
            assert!(error.abs() < tolerance, "{method:?} {}: {error:e}", integrator.t());
        }
        let free = solve(&problem, method, &options).unwrap().stats();
        let stats = integrator.stats();
        assert!(stats.accepted < 2 * free.accepted + 400, "{method:?}: {stats}; {free}");
    });
}

#[test]
fn backwards_is_forwards_in_the_mirror() {
    system::system! {
        /// Robertson's reactions with time running backwards.
        struct Mirrored;
        state { y1, y2, y3 }
        params { k1, k2, k3 }
        rhs(_t) {
            let (slow, fast, pair) = (k1 * y1, k3 * y2 * y3, k2 * y2.powi(2));
            d(y1) = -(fast - slow);
            d(y2) = -(slow - fast - pair);
            d(y3) = -pair;
        }
    }
    every!(method => {
        let mirrored = OdeProblem::new(Mirrored, [1.0, 0.0, 0.0], P, (0.0, -1e3)).unwrap();
        let options = Options { save: Save::Dense, ..options() };
        let (forwards, backwards) = (
            solve(&robertson((0.0, 1e3)), method, &options).unwrap(),
            solve(&mirrored, method, &options).unwrap(),
        );
        assert_eq!(forwards.len(), backwards.len());
        for ((t, u), (s, v)) in forwards.iter().zip(backwards.iter()) {
            assert!(t == -s && u == v, "{method:?} at {t}");
        }
        assert_eq!(forwards.at(123.4).unwrap(), backwards.at(-123.4).unwrap());
    });
}

#[test]
fn both_storages_give_the_same_bits() {
    every!(method => {
        let (problem, options) = (robertson((0.0, 1e3)), options());
        let long = OdeProblem::new(Robertson, vec![1.0, 0.0, 0.0], P, (0.0, 1e3)).unwrap();
        let (a, b) =
            (solve(&problem, method, &options).unwrap(), solve(&long, method, &options).unwrap());
        assert_eq!((a.times(), a.last()), (b.times(), b.last()));
        assert_eq!(a.stats(), b.stats());
    });
}

#[test]
fn a_step_allocates_nothing() {
    every!(method => {
        let problem = OdeProblem::new(Robertson, vec![1.0, 0.0, 0.0], P, (0.0, 1e6)).unwrap();
        let options = options();
        let mut integrator = Integrator::new(&problem, method, &options).unwrap();
        // The first factorisation takes memory.
        integrator.step().unwrap();
        integrator.dense().unwrap();
        let mut u = [0.0; 3];
        for _ in 0..10 {
            integrator.step().unwrap();
            integrator.dense().unwrap();
        }
        let info = measure(|| {
            for _ in 0..150 {
                if integrator.step().unwrap() == Progress::Finished {
                    break;
                }
                let step = integrator.last_step();
                integrator.interpolate(step.t + 0.3 * step.dt, &mut u).unwrap();
            }
        });
        // Only an interpolant of a degree not seen before needs room.
        assert!(info.count_total <= 5, "{method:?}: {info:?}");
    });
}

#[test]
fn a_domain_holds() {
    every!(method => {
        let options = Options { domain: Domain::NonNegative, save: Save::Steps, ..options() };
        let solution = solve(&robertson((0.0, 1e4)), method, &options).unwrap();
        assert!(solution.iter().all(|(_, u)| u.iter().all(|&u| u >= 0.0)), "{method:?}");
        let wanted = solve(&robertson((0.0, 1e4)), method, &Options { domain: Domain::Anywhere, ..options }).unwrap();
        assert!((solution.last()[0] - wanted.last()[0]).abs() < 1e-3, "{method:?}");
    });
}
