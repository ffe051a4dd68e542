//! Ends of a solve from outside: wall time, a switch, a monitor that is told how far it came.

use ode_core::{
    Cancel, ErrorKind, Integrator, Monitor, OdeProblem, Options, Report, Save, StepSize, Tsit5,
    solve,
};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use testset::models::LotkaVolterra;

/// A solve that would take days.
fn endless() -> (OdeProblem<LotkaVolterra, [f64; 2]>, Options) {
    let p = [1.5, 1.0, 3.0, 1.0];
    let problem = OdeProblem::new(LotkaVolterra, [1.0, 1.0], p, (0.0, 1e12)).unwrap();
    (problem, Options { max_steps: usize::MAX, save: Save::Last, ..Options::default() })
}

#[test]
fn wall_time_ends_a_long_solve() {
    let (problem, options) = endless();
    let limit = Duration::from_millis(30);
    let options = Options { max_time: Some(limit), ..options };
    let began = Instant::now();
    let error = solve(&problem, Tsit5, &options).unwrap_err();
    assert!(began.elapsed() >= limit);
    let ErrorKind::MaxTime { t, limit: told } = *error.kind() else { panic!("{error}") };
    assert_eq!(told, limit);
    let partial = error.partial();
    assert_eq!(partial.times(), [t]);
    assert!(t > 0.0 && t < 1e12 && partial.last().iter().all(|u| u.is_finite()));
    assert!(partial.elapsed() >= limit && partial.stats().accepted > 0);
    assert!(error.to_string().contains("max_time"), "{error}");
    // The state is that of any solve that comes there.
    let again = problem.clone().with_tspan((0.0, t)).unwrap();
    let again = solve(&again, Tsit5, &Options { max_time: None, ..options.clone() }).unwrap();
    let near = |a: f64, b: f64| (a - b).abs() < 1e-3 * t.max(1.0) * b.abs().max(1.0);
    assert!(near(again.last()[0], partial.last()[0]), "{again}");
    // No time at all: nothing is done.
    let none = Options { max_time: Some(Duration::ZERO), ..options };
    let error = solve(&problem, Tsit5, &none).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::MaxTime { t: 0.0, limit: Duration::ZERO });
    assert_eq!(error.partial().last(), [1.0, 1.0]);
}

#[test]
fn another_thread_ends_a_solve() {
    let (problem, options) = endless();
    let cancel = Cancel::default();
    let options = Options { cancel: Some(cancel.clone()), ..options };
    let error = std::thread::scope(|scope| {
        let solving = scope.spawn(|| solve(&problem, Tsit5, &options).unwrap_err());
        std::thread::sleep(Duration::from_millis(20));
        assert!(!solving.is_finished());
        cancel.cancel();
        solving.join().unwrap()
    });
    let ErrorKind::Cancelled { t } = *error.kind() else { panic!("{error}") };
    assert_eq!(error.partial().times(), [t]);
    assert!(cancel.is_cancelled() && error.to_string().contains("cancelled"));
    // The switch stays where it is.
    let error = solve(&problem, Tsit5, &options).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Cancelled { t: 0.0 });
}

#[test]
fn a_cancelled_integrator_can_go_on_without_the_switch() {
    let (problem, options) = endless();
    let cancel = Cancel::default();
    let switched = Options { cancel: Some(cancel.clone()), ..options.clone() };
    let mut with = Integrator::new(&problem, Tsit5, &switched).unwrap();
    let mut without = Integrator::new(&problem, Tsit5, &options).unwrap();
    for _ in 0..10 {
        with.step().unwrap();
        without.step().unwrap();
    }
    cancel.cancel();
    assert_eq!(with.step().unwrap_err().kind(), &ErrorKind::Cancelled { t: without.t() });
    assert_eq!(with.u(), without.u());
    let mut on = Integrator::resume(&problem, Tsit5, &options, &with.checkpoint()).unwrap();
    for _ in 0..10 {
        on.step().unwrap();
        without.step().unwrap();
        assert_eq!((on.t(), on.u()), (without.t(), without.u()));
    }
}

#[test]
fn a_monitor_is_told_rising_fractions() {
    for tspan in [(0.0, 10.0), (5.0, -5.0)] {
        let reports: Arc<Mutex<Vec<Report>>> = Arc::default();
        let told = reports.clone();
        let monitor = Monitor::every(Duration::ZERO, move |report| {
            told.lock().unwrap().push(*report);
        });
        let (problem, _) = endless();
        let problem = problem.with_tspan(tspan).unwrap();
        let options = Options { monitor: Some(monitor), ..Options::default() };
        let solution = solve(&problem, Tsit5, &options).unwrap();
        let reports = reports.lock().unwrap();
        assert!(reports.len() >= solution.stats().accepted, "{} reports", reports.len());
        assert_eq!((reports[0].t, reports[0].fraction), (tspan.0, 0.0));
        for pair in reports.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            // A rejected attempt is reported from where it began.
            let stood_still = b.stats.rejected > a.stats.rejected && a.t == b.t;
            assert!(a.fraction < b.fraction || stood_still, "{a:?}, {b:?}");
            assert!(a.elapsed <= b.elapsed && a.stats.evaluations < b.stats.evaluations);
        }
        for report in reports.iter() {
            let fraction = (report.t - tspan.0) / (tspan.1 - tspan.0);
            assert!((report.fraction - fraction).abs() < 1e-12 && fraction < 1.0);
        }
    }
    // One that waits for a long time hears nothing of a short solve.
    let heard = Arc::new(Mutex::new(0));
    let counter = heard.clone();
    let hour = Duration::from_secs(3600);
    let monitor = Monitor::every(hour, move |_| *counter.lock().unwrap() += 1);
    let (problem, _) = endless();
    let problem = problem.with_tspan((0.0, 1.0)).unwrap();
    let options = Options { monitor: Some(monitor), ..Options::default() };
    solve(&problem, Tsit5, &options).unwrap();
    assert_eq!(*heard.lock().unwrap(), 0);
}

#[test]
fn a_monitor_can_cancel_and_watching_changes_no_bit() {
    let (problem, options) = endless();
    let cancel = Cancel::default();
    let pull = cancel.clone();
    let monitor = Monitor::every(Duration::ZERO, move |report| {
        if report.stats.accepted >= 50 {
            pull.cancel();
        }
    });
    let options =
        Options { cancel: Some(cancel), monitor: Some(monitor), save: Save::Steps, ..options };
    let error = solve(&problem, Tsit5, &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled { .. }), "{error}");
    let watched = error.partial();
    assert!((50..60).contains(&watched.stats().accepted));
    let budget = watched.stats().accepted + watched.stats().rejected;
    let plain = Options { max_steps: budget, cancel: None, monitor: None, ..options };
    let error = solve(&problem, Tsit5, &plain).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MaxSteps { .. }), "{error}");
    assert_eq!(error.partial().times(), watched.times());
    assert_eq!(error.partial().states(), watched.states());
}

#[test]
fn budgets_hold_for_fixed_steps_too() {
    let (problem, options) = endless();
    let max_time = Some(Duration::from_millis(10));
    let options = Options { step: StepSize::Fixed(1e-3), max_time, ..options };
    let error = solve(&problem, Tsit5, &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MaxTime { .. }), "{error}");
}
