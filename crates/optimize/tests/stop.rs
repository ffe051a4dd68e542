//! Stop reasons, callbacks, and requests that cannot be carried out.

mod problems;

use optimize::{
    Adam, Control, ErrorKind, FromFn, Lbfgs, Minimizer, Objective, Outcome, Schedule, Stop,
    StopReason, StrongWolfe, minimize,
};

fn run(minimizer: &dyn Minimizer, stop: &Stop) -> Outcome {
    let mut problem = problems::rosenbrock(2);
    let start = problem.start.clone();
    minimize(minimizer, &mut problem, &start, stop).unwrap()
}

fn methods() -> [Box<dyn Minimizer>; 2] {
    [Box::new(Adam { rate: 0.01, ..Adam::default() }), Box::new(Lbfgs::default())]
}

#[test]
fn each_limit_ends_the_run_and_says_so() {
    for method in methods() {
        let outcome = run(&*method, &Stop::iterations(4));
        assert_eq!((outcome.reason, outcome.iterations), (StopReason::MaxIterations, 4));

        let outcome = run(&*method, &Stop::iterations(0));
        assert_eq!((outcome.reason, outcome.evaluations), (StopReason::MaxIterations, 1));
        assert_eq!((outcome.x.as_slice(), outcome.history.len()), ([-1.2, 1.0].as_slice(), 1));

        for max_evaluations in [1, 2, 7] {
            let outcome = run(&*method, &Stop { max_evaluations, ..Stop::default() });
            assert_eq!(outcome.reason, StopReason::MaxEvaluations);
            assert_eq!(outcome.evaluations, max_evaluations);
        }

        let outcome = run(&*method, &Stop { target: Some(4.2), ..Stop::default() });
        assert_eq!(outcome.reason, StopReason::Target);
        assert!(outcome.value <= 4.2 && outcome.history[outcome.iterations - 1] > 4.2);

        let outcome = run(&*method, &Stop { max_seconds: Some(0.0), ..Stop::default() });
        assert_eq!(outcome.reason, StopReason::TimeLimit);

        let stop = Stop { gradient_tol: 1e3, ..Stop::default() };
        assert_eq!(run(&*method, &stop).reason, StopReason::ConvergedByGradient);
    }
}

#[test]
fn a_slow_objective_is_cut_off_by_the_clock() {
    let mut slow = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
        std::thread::sleep(std::time::Duration::from_millis(2));
        g[0] = 4.0 * x[0].powi(3);
        x[0].powi(4)
    });
    let stop = Stop { max_seconds: Some(0.05), ..Stop::iterations(usize::MAX) };
    let outcome = minimize(&Adam::default(), &mut slow, &[1.0], &stop).unwrap();
    assert_eq!(outcome.reason, StopReason::TimeLimit);
    assert!(outcome.evaluations > 1 && outcome.evaluations <= 26);
}

#[test]
fn value_and_step_tests_need_patience() {
    // Stairs of three equal values, so two quiet changes in a row: patience 3 sees through them.
    let mut call = 0;
    let mut stairs = FromFn::new(1, |_: &[f64], g: &mut [f64]| {
        g[0] = 1.0;
        call += 1;
        if call < 30 { f64::from(-(call / 3)) } else { -10.0 }
    });
    let adam = Adam::default();
    let outcome = minimize(&adam, &mut stairs, &[0.0], &Stop::default()).unwrap();
    assert_eq!(outcome.reason, StopReason::ConvergedByValue);
    // Call 30 is the first at the end; calls 31, 32 and 33 repeat it: iteration = call − 1.
    assert_eq!(outcome.iterations, 32);

    let schedule = Schedule::Step { factor: 1e-9, every: 10 };
    let adam = Adam { rate: 0.1, schedule, ..adam };
    let stop = Stop { step_tol: 1e-8, value_tol: 0.0, ..Stop::default() };
    let outcome = run(&adam, &stop);
    assert_eq!((outcome.reason, outcome.iterations), (StopReason::ConvergedByStep, 13));
}

#[test]
fn the_callback_sees_everything_and_can_stop() {
    for method in methods() {
        let mut problem = problems::rosenbrock(2);
        let start = problem.start.clone();
        let mut before = start.clone();
        let mut lowest = f64::INFINITY;
        let mut count = 0;
        let mut watch = |iterate: &optimize::Iterate<'_>| {
            assert_eq!(iterate.iteration, count);
            let step = (0..2).map(|i| (iterate.x[i] - before[i]).abs()).fold(0.0, f64::max);
            assert_eq!(iterate.step, step);
            before.copy_from_slice(iterate.x);
            lowest = lowest.min(iterate.value);
            assert!(iterate.best_value <= lowest);
            count += 1;
            if iterate.iteration == 9 { Control::Stop } else { Control::Continue }
        };
        let stop = Stop::default();
        let outcome = method.minimize(&mut problem, &start, &stop, &mut watch).unwrap();
        assert_eq!((outcome.reason, outcome.iterations), (StopReason::Callback, 9));
        assert_eq!(problem.value(&outcome.x), outcome.value);
    }
}

#[test]
fn a_start_at_the_minimum_converges_at_once() {
    for method in methods() {
        let mut problem = problems::rosenbrock(2);
        let outcome = minimize(&*method, &mut problem, &[1.0, 1.0], &Stop::default()).unwrap();
        assert_eq!(outcome.reason, StopReason::ConvergedByGradient);
        assert_eq!((outcome.iterations, outcome.evaluations), (0, 1));
        let mut nothing = FromFn::new(0, |_: &[f64], _: &mut [f64]| 3.0);
        let outcome = minimize(&*method, &mut nothing, &[], &Stop::default()).unwrap();
        assert_eq!(outcome.value, 3.0);
    }
}

#[test]
fn bad_starts_are_typed_errors() {
    for method in methods() {
        let kind = |x0: &[f64]| {
            let mut log = FromFn::new(2, |x: &[f64], g: &mut [f64]| {
                g.copy_from_slice(&[1.0 / x[0], if x[1] > 1e9 { f64::NAN } else { 0.0 }]);
                x[0].ln()
            });
            minimize(&*method, &mut log, x0, &Stop::default()).unwrap_err().kind().clone()
        };
        let mismatch = ErrorKind::DimensionMismatch { what: "x0", expected: 2, found: 3 };
        assert_eq!(kind(&[1.0; 3]), mismatch);
        let infinite = ErrorKind::NonFiniteStart { index: 1, value: f64::INFINITY };
        assert_eq!(kind(&[1.0, f64::INFINITY]), infinite);
        assert!(matches!(
            kind(&[-1.0, 0.0]),
            ErrorKind::StartNotEvaluable { gradient_index: None, .. }
        ));
        assert!(matches!(
            kind(&[1.0, 1e10]),
            ErrorKind::StartNotEvaluable { gradient_index: Some(1), .. }
        ));
    }
}

#[test]
fn bad_options_are_typed_errors_that_name_the_option() {
    let check = |method: &dyn Minimizer, stop: &Stop, name: &str| {
        let mut problem = problems::rosenbrock(2);
        let error = minimize(method, &mut problem, &[0.0, 0.0], stop).unwrap_err();
        let ErrorKind::InvalidOption { option, .. } = error.kind() else { panic!("{error}") };
        assert_eq!(*option, name);
        assert!(error.to_string().contains(name));
    };
    let (adam, lbfgs, stop) = (Adam::default(), Lbfgs::default(), Stop::default());
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        check(&Adam { rate, ..adam.clone() }, &stop, "Adam.rate");
    }
    check(&Adam { beta1: 1.0, ..adam.clone() }, &stop, "Adam.beta1");
    check(&Adam { beta2: f64::NAN, ..adam.clone() }, &stop, "Adam.beta2");
    check(&Adam { epsilon: 0.0, ..adam.clone() }, &stop, "Adam.epsilon");
    check(&Adam { clip: Some(0.0), ..adam.clone() }, &stop, "Adam.clip");
    check(&Adam { weight_decay: -0.1, ..adam.clone() }, &stop, "Adam.weight_decay");
    check(&Adam { recovery_shrink: 1.0, ..adam.clone() }, &stop, "Adam.recovery_shrink");
    for (schedule, name) in [
        (Schedule::Exponential { decay: 0.0, every: 1 }, "Schedule.factor"),
        (Schedule::Step { factor: 0.5, every: 0 }, "Schedule.every (or iterations)"),
        (Schedule::Cosine { iterations: 10, floor: f64::NAN }, "Schedule.floor"),
        (Schedule::WarmupCosine { warmup: 9, iterations: 9, floor: 0.0 }, "Schedule.iterations"),
    ] {
        check(&Adam { schedule, ..adam.clone() }, &stop, name);
    }
    for memory in [0, 1001, usize::MAX] {
        check(&Lbfgs { memory, ..lbfgs.clone() }, &stop, "Lbfgs.memory");
    }
    for (c1, c2, name) in [
        (0.0, 0.9, "StrongWolfe.c1"),
        (f64::NAN, 0.9, "StrongWolfe.c1"),
        (0.5, 0.4, "StrongWolfe.c2"),
        (1e-4, 1.0, "StrongWolfe.c2"),
    ] {
        let line_search = StrongWolfe { c1, c2, ..StrongWolfe::default() };
        check(&Lbfgs { line_search, ..lbfgs.clone() }, &stop, name);
    }
    let line_search = StrongWolfe { max_evaluations: 0, ..StrongWolfe::default() };
    check(&Lbfgs { line_search, ..lbfgs.clone() }, &stop, "StrongWolfe.max_evaluations");
    let negative = -1e-8;
    for (stop, name) in [
        (Stop { gradient_tol: negative, ..stop.clone() }, "Stop.gradient_tol"),
        (Stop { value_tol: f64::NAN, ..stop.clone() }, "Stop.value_tol"),
        (Stop { step_tol: negative, ..stop.clone() }, "Stop.step_tol"),
        (Stop { max_seconds: Some(f64::NAN), ..stop.clone() }, "Stop.max_seconds"),
        (Stop { target: Some(f64::NAN), ..stop.clone() }, "Stop.target"),
        (Stop { max_evaluations: 0, ..stop.clone() }, "Stop.max_evaluations"),
        (Stop { patience: 0, ..stop.clone() }, "Stop.patience"),
    ] {
        check(&adam, &stop, name);
        check(&lbfgs, &stop, name);
    }
}

#[cfg(feature = "serde")]
#[test]
fn options_and_outcomes_can_be_written_and_read() {
    let adam = Adam {
        schedule: Schedule::WarmupCosine { warmup: 5, iterations: 100, floor: 0.1 },
        ..Adam::default()
    };
    let text = serde_json::to_string(&adam).unwrap();
    assert_eq!(serde_json::from_str::<Adam>(&text).unwrap(), adam);
    // Missing fields take their defaults.
    let short: Lbfgs = serde_json::from_str(r#"{"memory": 7}"#).unwrap();
    assert_eq!(short, Lbfgs { memory: 7, ..Lbfgs::default() });
    let stop = Stop::default();
    let text = serde_json::to_string(&stop).unwrap();
    assert_eq!(serde_json::from_str::<Stop>(&text).unwrap(), stop);
    let outcome = run(&Lbfgs::default(), &stop);
    let text = serde_json::to_string(&outcome).unwrap();
    assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap().x, outcome.x);
}
