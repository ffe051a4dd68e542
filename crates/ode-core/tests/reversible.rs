//! The reversible Heun method: order, reversal, dense output, checkpoints.

use ode_core::{
    Algorithm, ErrorNorm, Integrator, OdeProblem, Options, Progress, ReversibleHeun, Save, Step,
    StepSize, solve,
};
use testset::models::{Kepler, LotkaVolterra};

const E: f64 = 0.3;

fn distance(u: &[f64], v: &[f64]) -> f64 {
    u.iter().zip(v).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn kepler(end: f64) -> OdeProblem<Kepler, [f64; 4]> {
    OdeProblem::new(Kepler, Kepler::exact(0.0, E), [E], (0.0, end)).unwrap()
}

/// Errors of the end and of the interpolant, with `steps` steps.
fn errors(steps: usize) -> (f64, f64) {
    let end = 4.0;
    let step = StepSize::Fixed(end / steps as f64);
    let solution = solve(&kepler(end), ReversibleHeun, &Options { step, ..Options::default() });
    let solution = solution.unwrap();
    assert_eq!(solution.stats().evaluations, steps + 1);
    let times = (0..500).map(|i| end * (f64::from(i) + 0.3) / 500.0);
    let dense = times.map(|t| distance(&solution.at(t).unwrap(), &Kepler::exact(t, E)));
    (distance(solution.last(), &Kepler::exact(end, E)), dense.fold(0.0, f64::max))
}

#[test]
fn second_order_with_one_evaluation_per_step() {
    let (coarse, fine) = (errors(2048), errors(4096));
    for (coarse, fine) in [(coarse.0, fine.0), (coarse.1, fine.1)] {
        let slope = (coarse / fine).log2();
        assert!((slope - 2.0).abs() < 0.15, "{slope}: {coarse:e} {fine:e}");
    }
}

/// Steps of different lengths there, and the same ones back with the sign turned.
#[test]
fn steps_back_recover_the_start() {
    let (u0, p) = ([1.0, 1.0], [1.5, 1.0, 3.0, 1.0]);
    let (mut u, mut u_next, mut error) = (u0, u0, u0);
    let options = Options::default();
    let mut norm = ErrorNorm::new(&options, 2).unwrap();
    let mut cache = ReversibleHeun.cache(&LotkaVolterra, &u);
    ReversibleHeun.begin(&LotkaVolterra, 0.0, &u, &p, &mut cache).unwrap();
    let mut t = 0.0;
    let mut go = |t: &mut f64, dt: f64, u: &mut [f64; 2]| {
        let t_last = *t + dt;
        let mut step = Step {
            t: *t,
            dt,
            t_first: *t,
            t_last,
            u,
            p: &p,
            u_next: &mut u_next,
            error: &mut error,
        };
        ReversibleHeun.attempt(&LotkaVolterra, &mut step, &mut norm, &mut cache).unwrap();
        ReversibleHeun.accept(&LotkaVolterra, &mut step, &mut cache).unwrap();
        Algorithm::<LotkaVolterra, [f64; 2]>::advance(&ReversibleHeun, &mut cache);
        *u = u_next;
        *t = t_last;
        *cache.v()
    };
    let sizes: Vec<f64> = (0..300).map(|i| 0.01 * (1.0 + 0.5 * f64::from(i).sin())).collect();
    let mut gap = 0f64;
    for dt in &sizes {
        let v = go(&mut t, *dt, &mut u);
        gap = gap.max(distance(&u, &v));
    }
    assert!(distance(&u, &u0) > 0.1 && gap > 1e-5, "it went somewhere: {u:?}, {gap:e}");
    let mut v = u;
    for dt in sizes.iter().rev() {
        v = go(&mut t, -dt, &mut u);
    }
    assert!(distance(&u, &u0) < 1e-12, "{u:?}");
    assert!(distance(&v, &u0) < 1e-12, "{v:?}");
}

#[test]
fn tolerances_control_the_error() {
    let mut before = f64::INFINITY;
    for rtol in [1e-3, 1e-5, 1e-7] {
        let options = Options { rtol, atol: rtol, save: Save::Last, ..Options::default() };
        let solution = solve(&kepler(2.0), ReversibleHeun, &options).unwrap();
        let error = distance(solution.last(), &Kepler::exact(2.0, E));
        assert!(error < 100.0 * rtol && error < 0.2 * before, "{rtol}: {error:e}");
        before = error;
    }
}

#[test]
fn a_resumed_solve_has_the_same_bits() {
    let problem = kepler(5.0);
    let options = Options { save: Save::Last, ..Options::default() };
    let mut first = Integrator::new(&problem, ReversibleHeun, &options).unwrap();
    for _ in 0..50 {
        first.step().unwrap();
    }
    let checkpoint = first.checkpoint();
    let mut second = Integrator::resume(&problem, ReversibleHeun, &options, &checkpoint).unwrap();
    while second.step().unwrap() != Progress::Finished {}
    assert_eq!(second.u(), solve(&problem, ReversibleHeun, &options).unwrap().last());
}
