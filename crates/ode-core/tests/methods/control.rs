//! Step size control: controllers, tolerances of single components, norms, limits of the size.

use crate::erased::{Problem, erased};
use ode_core::{
    Controller, Dp5, ErrorKind, ExplicitRk, Integrator, Norm, OdeProblem, Options, Progress, Save,
    Solution, StepSize, Tsit5, Vern7, solve,
};
use system::{Buffer, Failure, FromFn};
use testset::models::LotkaVolterra;

fn lotka_volterra() -> Problem<'static, [f64; 2]> {
    erased(LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 10.0)).unwrap()
}

fn bits(solution: &Solution) -> Vec<u64> {
    solution.times().iter().chain(solution.states()).map(|x| x.to_bits()).collect()
}

/// A problem from a closure.
fn problem<B: Buffer<Item = f64>>(
    u0: B,
    t1: f64,
    rhs: impl Fn(f64, &[f64], &mut [f64]) + 'static,
) -> Problem<'static, B> {
    let n = u0.as_ref().len();
    let rhs = FromFn::new(n, move |t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| rhs(t, u, du));
    erased(rhs, u0, [], (0.0, t1)).unwrap()
}

adaptive_test!(every_controller_reaches_the_tolerance, |method| {
    // u' = u cos t: u = exp(sin t); and a rotation.
    let problem = problem([1.0, 0.0, 1.0], 10.0, |t, u, du| {
        (du[0], du[1], du[2]) = (u[0] * t.cos(), u[2], -u[1]);
    });
    for controller in [Controller::I, Controller::PI, Controller::PID] {
        let mut errors = Vec::new();
        for rtol in [1e-4, 1e-6, 1e-8] {
            let options = Options { rtol, atol: rtol, controller, ..Options::default() };
            let solution = solve(&problem, method, &options).unwrap();
            let error = solution.iter().map(|(t, u)| {
                let exact = [t.sin().exp(), t.sin(), t.cos()];
                u.iter().zip(exact).map(|(u, e)| (u - e).abs()).fold(0.0, f64::max)
            });
            let error = error.fold(0.0, f64::max);
            assert!(error < 100.0 * rtol, "{method:?}, {controller:?}: {error:.1e} at {rtol:e}");
            let stats = solution.stats();
            assert!(stats.rejected <= stats.accepted / 2, "{method:?}, {controller:?}: {stats}");
            errors.push(error);
        }
        assert!(errors[0] > 10.0 * errors[1] && errors[1] > 10.0 * errors[2], "{errors:?}");
    }
});

/// Where stability limits the steps, the elementary controller overshoots the limit again and again,
/// and a proportional part settles on it (Gustafsson 1991; Hairer and Wanner II, IV.2).
#[test]
fn a_proportional_part_settles_on_the_limit_of_stability() {
    // u' = -1000 (u - cos t)
    let problem = problem([1.0], 5.0, |t, u, du| du[0] = -1000.0 * (u[0] - t.cos()));
    fn rejections<M: ExplicitRk>(
        problem: &Problem<'_, [f64; 1]>,
        method: M,
        controller: Controller,
    ) -> (usize, usize) {
        let options =
            Options { controller, rtol: 1e-4, atol: 1e-4, save: Save::Last, ..Options::default() };
        let solution = solve(problem, method, &options).unwrap();
        // u follows cos t - u' / 1000 to second order.
        let exact = 5f64.cos() + 5f64.sin() / 1000.0;
        assert!((solution.last()[0] - exact).abs() < 1e-3, "{solution}");
        (solution.stats().rejected, solution.stats().accepted)
    }
    for controller in [Controller::PI, Controller::PID] {
        let (i, _) = rejections(&problem, Dp5, Controller::I);
        let (smooth, accepted) = rejections(&problem, Dp5, controller);
        assert!(20 * smooth < i && 20 * smooth < accepted, "{controller:?}: {smooth}, I: {i}");
        let (i, _) = rejections(&problem, Tsit5, Controller::I);
        let (smooth, _) = rejections(&problem, Tsit5, controller);
        assert!(5 * smooth < i, "{controller:?}: {smooth}, I: {i}");
    }
}

adaptive_test!(equal_tolerances_are_those_of_all, |method| {
    for norm in [Norm::Rms, Norm::Max] {
        let plain = Options { rtol: 1e-7, atol: 1e-8, norm, ..Options::default() };
        let wanted = bits(&solve(&lotka_volterra(), method, &plain).unwrap());
        let each = Options { rtol_each: vec![1e-7; 2], atol_each: vec![1e-8; 2], ..plain.clone() };
        let each = Options { rtol: 1.0, atol: 1.0, ..each };
        assert_eq!(bits(&solve(&lotka_volterra(), method, &each).unwrap()), wanted, "{method:?}");
        let half = Options { rtol: 1.0, rtol_each: vec![1e-7; 2], ..plain };
        assert_eq!(bits(&solve(&lotka_volterra(), method, &half).unwrap()), wanted, "{method:?}");
    }
});

adaptive_test!(a_component_with_a_loose_tolerance_is_ignored, |method| {
    // A slow decay beside an oscillation that needs a hundred times shorter steps.
    let slow = |u: f64| -0.5 * u;
    let alone = problem([1.0], 5.0, move |_, u, du| du[0] = slow(u[0]));
    let both = problem([1.0, 1.0, 0.0], 5.0, move |_, u, du| {
        (du[0], du[1], du[2]) = (slow(u[0]), 20.0 * u[2], -20.0 * u[1]);
    });
    let norm = Norm::Max;
    let options = Options { norm: norm.clone(), dt_max: 0.1, ..Options::default() };
    let alone = solve(&alone, method, &options).unwrap();
    let atol_each = vec![1e-9, 1e30, 1e30];
    let loose = Options { atol_each, norm, dt_max: 0.1, ..Options::default() };
    let loose = solve(&both, method, &loose).unwrap();
    assert_eq!(loose.times(), alone.times(), "{method:?}");
    let component = |i| loose.component(i).into_iter().map(f64::to_bits);
    assert!(component(0).eq(alone.component(0).into_iter().map(f64::to_bits)));
    // It is its own tolerance that does it.
    let tight = solve(&both, method, &options).unwrap();
    assert!(tight.len() > 2 * loose.len(), "{method:?}: {} and {}", tight.len(), loose.len());
});

adaptive_test!(no_component_hides_under_the_maximum_norm, |method| {
    const IDLE: usize = 400;
    let alone = problem([0.0, 1.0], 5.0, |_, u, du| (du[0], du[1]) = (u[1], -u[0]));
    let mut u0 = vec![0.0; IDLE + 2];
    u0[1] = 1.0;
    let crowd = problem(u0, 5.0, |_, u, du| {
        du.fill(0.0);
        (du[0], du[1]) = (u[1], -u[0]);
    });
    let options = Options { norm: Norm::Max, rtol: 1e-7, ..Options::default() };
    let (a, b) = (solve(&alone, method, &options), solve(&crowd, method, &options));
    let (alone, crowd_max) = (a.unwrap(), b.unwrap());
    assert_eq!(crowd_max.times(), alone.times(), "{method:?}");
    let rms = Options { norm: Norm::Rms, ..options };
    let hidden = solve(&crowd, method, &rms).unwrap();
    assert!(hidden.len() < alone.len(), "{method:?}: {} and {}", hidden.len(), alone.len());
    // A norm of one's own that is the maximum gives the same bits.
    let norm = Norm::custom(|x| x.iter().copied().fold(0.0, f64::max));
    let custom = solve(&crowd, method, &Options { norm, ..rms.clone() }).unwrap();
    assert_eq!(bits(&custom), bits(&crowd_max), "{method:?}");
    // And one that sees only the active components.
    let norm = Norm::custom(|x| x[0].max(x[1]));
    let custom = solve(&crowd, method, &Options { norm, ..rms }).unwrap();
    assert_eq!(custom.times(), alone.times(), "{method:?}");
});

#[test]
fn a_senseless_norm_ends_in_a_typed_error_or_an_answer() {
    for value in [f64::NAN, f64::INFINITY, 2.0] {
        let norm = Norm::custom(move |_| value);
        let options = Options { norm, ..Options::default() };
        let error = solve(&lotka_volterra(), Tsit5, &options).unwrap_err();
        let kind = error.kind();
        let typed = matches!(kind, ErrorKind::StepTooSmall { .. } | ErrorKind::Norm { .. });
        assert!(typed, "{value}: {kind:?}");
    }
    for value in [-1.0, 0.0, -0.0, f64::NEG_INFINITY, 1.0] {
        let norm = Norm::custom(move |_| value);
        let options = Options { norm, dt_max: 0.1, ..Options::default() };
        match solve(&lotka_volterra(), Vern7, &options) {
            Ok(solution) => assert!((solution.last()[0] - 1.0263).abs() < 0.1, "{value}"),
            Err(error) => assert!(error.partial().iter().all(|(_, u)| u[0].is_finite())),
        }
    }
}

adaptive_test!(steps_keep_below_the_largest, |method| {
    for t1 in [5.0, -5.0] {
        let problem = problem([1.0], t1, |_, u, du| du[0] = -0.1 * u[0]);
        for step in [StepSize::Auto, StepSize::Initial(3.0), StepSize::Fixed(0.5)] {
            let options = Options { dt_max: 0.03, step, ..Options::default() };
            let solution = solve(&problem, method, &options).unwrap();
            let longest = solution.times().windows(2).map(|w| (w[1] - w[0]).abs());
            // A step that lands may be stretched by a millionth.
            let longest = longest.fold(0.0, f64::max);
            assert!(longest <= 0.03 * (1.0 + 2e-6), "{method:?}, {step:?}: {longest}");
            assert!(solution.len() > 5.0f64.div_euclid(0.03) as usize);
        }
    }
});

adaptive_test!(steps_do_not_fall_below_the_smallest, |method| {
    // u = 1 / (1 - t) blows up at t = 1.
    let blowup = problem([1.0], 2.0, |_, u, du| du[0] = u[0] * u[0]);
    for dt_min in [1e-2, 1e-4] {
        let options = Options { dt_min, ..Options::default() };
        let error = solve(&blowup, method, &options).unwrap_err();
        let ErrorKind::StepTooSmall { t, dt } = *error.kind() else { panic!("{error}") };
        // The attempt that needed a shorter one, at most five times as long.
        assert!(t < 1.0 && (0.999..5.01).contains(&(dt / dt_min)), "{method:?}: {error}");
        let steps = error.partial().times().windows(2).map(|w| w[1] - w[0]);
        assert!(steps.fold(f64::INFINITY, f64::min) >= 0.999 * dt_min, "{method:?}");
        let free = solve(&blowup, method, &Options::default()).unwrap_err();
        let reached = *free.partial().times().last().unwrap();
        assert!(t < reached && reached < 1.001, "{method:?}: {t}, {reached}");
    }
    // Only a step that lands on a stop may be shorter.
    let smooth = problem([1.0], 1.0, |_, u, du| du[0] = -u[0]);
    let stops = vec![0.5, 0.5 + 1e-5];
    let options = Options { dt_min: 0.01, stops, rtol: 1e-5, ..Options::default() };
    let solution = solve(&smooth, method, &options).unwrap();
    assert!((solution.last()[0] - (-1f64).exp()).abs() < 1e-4);
    let short: Vec<f64> =
        solution.times().windows(2).filter(|w| w[1] - w[0] < 0.00999).map(|w| w[1]).collect();
    assert!(short.iter().all(|t| [0.5, 0.5 + 1e-5, 1.0].contains(t)), "{method:?}: {short:?}");
    assert!(short.contains(&(0.5 + 1e-5)));
});

/// Options that are refused before the first evaluation.
#[track_caller]
fn refused(options: Options, name: &str) {
    let error = solve(&lotka_volterra(), Tsit5, &options).unwrap_err();
    let bad = match error.kind() {
        ErrorKind::Option { name, .. } => *name,
        ErrorKind::Dimension { what, expected: 2, .. } => *what,
        kind => panic!("{kind:?}"),
    };
    assert_eq!(bad, name);
    assert!(error.to_string().contains(name), "{error}");
    assert!(error.partial().is_empty() && error.partial().stats().evaluations == 0);
}

#[test]
fn bad_limits_and_tolerances_are_refused_by_name() {
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        refused(Options { rtol_each: vec![1e-6, bad], ..Options::default() }, "rtol_each");
        refused(Options { atol_each: vec![bad, 1e-6], ..Options::default() }, "atol_each");
    }
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        refused(Options { dt_min: bad, ..Options::default() }, "dt_min");
    }
    refused(Options { dt_min: 0.2, dt_max: 0.1, ..Options::default() }, "dt_min");
    for n in [1, 3] {
        refused(Options { rtol_each: vec![1e-6; n], ..Options::default() }, "rtol_each");
        refused(Options { atol_each: vec![1e-6; n], ..Options::default() }, "atol_each");
    }
}

#[test]
fn a_norm_that_answers_nan_is_named() {
    let options = Options { norm: Norm::custom(|_| f64::NAN), ..Options::default() };
    let options = Options { step: StepSize::Initial(0.1), ..options };
    let error = solve(&lotka_volterra(), Tsit5, &options).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Norm { t: 0.0 });
    assert!(error.to_string().contains("Norm::custom"), "{error}");
}

#[test]
fn the_first_step_moves_a_coarse_time() {
    // A unit in the last place of the time is 0.25; the estimate alone would be 1e-4.
    for (t0, t1) in [(1.7e15, 1.7e15 + 100.0), (-1.7e15, -1.7e15 - 100.0), (1e17, 1e17 + 1e4)] {
        for u0 in [0.0, 1.0] {
            let rhs = FromFn::new(1, |_t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| du[0] = 1.0);
            let line = OdeProblem::new(rhs, [u0], [], (t0, t1)).unwrap();
            let solution = solve(&line, Tsit5, &Options::default()).unwrap();
            let exact = u0 + (t1 - t0);
            assert!((solution.last()[0] - exact).abs() < 1e-9 * exact.abs(), "{t0} {u0}");
        }
        // And where the probe of the estimate is refused.
        let calls = std::cell::Cell::new(0);
        let rhs = FromFn::fallible(1, |_t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| {
            calls.set(calls.get() + 1);
            du[0] = 1.0;
            if calls.get() == 2 { Err(Failure::Recoverable) } else { Ok(()) }
        });
        let line = OdeProblem::new(rhs, [1.0], [], (t0, t1)).unwrap();
        let solution = solve(&line, Tsit5, &Options::default()).unwrap();
        assert!((solution.last()[0] - (1.0 + (t1 - t0))).abs() < 1e-6, "{t0}");
    }
}

#[test]
fn a_first_step_after_a_refused_probe_keeps_below_the_largest() {
    // Whatever is beyond the start by 1e-9 or more is refused.
    let rhs = FromFn::fallible(1, |t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| {
        du[0] = 1.0;
        if t > 1e-8 { Err(Failure::Recoverable) } else { Ok(()) }
    });
    let problem = OdeProblem::new(rhs, [1.0], [], (0.0, 1.0)).unwrap();
    let options = Options { dt_max: 1e-9, save: Save::Steps, ..Options::default() };
    let options = Options { rtol: 1e-3, ..options };
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    integrator.step().unwrap();
    assert!(integrator.last_step().dt <= 1e-9, "{:?}", integrator.last_step());
    // The same with a probe that leaves the domain at any distance.
    let calls = std::cell::Cell::new(0);
    let rhs = FromFn::fallible(1, |_t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| {
        calls.set(calls.get() + 1);
        du[0] = 1.0;
        if calls.get() == 2 { Err(Failure::Recoverable) } else { Ok(()) }
    });
    let problem = OdeProblem::new(rhs, [1.0], [], (0.0, 1.0)).unwrap();
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    integrator.step().unwrap();
    assert!(integrator.last_step().dt <= 1e-9, "{:?}", integrator.last_step());
}

#[test]
fn a_step_after_a_refusal_does_not_grow_at_once() {
    // The right-hand side refuses once, in the third step.
    let refuses = std::cell::Cell::new(false);
    let rhs = FromFn::fallible(1, |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| {
        du[0] = u[0];
        if refuses.replace(false) { Err(Failure::Recoverable) } else { Ok(()) }
    });
    let problem = OdeProblem::new(rhs, [1.0], [], (0.0, 10.0)).unwrap();
    let options = Options { step: StepSize::Initial(1e-3), ..Options::default() };
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    for _ in 0..2 {
        integrator.step().unwrap();
    }
    let rejected = integrator.stats().rejected;
    refuses.set(true);
    integrator.step().unwrap();
    assert_eq!(integrator.stats().rejected, rejected + 1);
    let (next, taken) = (integrator.proposed_size().unwrap(), integrator.last_step().dt);
    assert!(next <= taken, "{next} after {taken}");
}

#[test]
fn long_lists_of_stops_in_any_order_cost_little() {
    let problem = problem([1.0], 1.0, |_, u, du| du[0] = -u[0]);
    let count = 200_000;
    let stops: Vec<f64> = (0..count).rev().map(|i| f64::from(i) / f64::from(count)).collect();
    let twice = stops.iter().chain(&stops).copied().collect();
    let options = Options { stops: twice, max_steps: 1_000_000, ..Options::default() };
    let start = std::time::Instant::now();
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    assert!(start.elapsed().as_secs_f64() < 1.0, "{:?}", start.elapsed());
    for i in 1..100 {
        while integrator.step().unwrap() != Progress::Stopped {}
        assert_eq!(integrator.t(), f64::from(i) / f64::from(count));
    }
}
