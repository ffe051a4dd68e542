//! What is refused, and with which words.

use crate::erased::erased;
use crate::{Clock, Oscillator};
use ode_core::{
    ErrorKind, Events, Options, Periodic, Root, Save, Saving, Scheduled, SolveError, SteadyState,
    Tsit5, solve_with,
};

fn refused<'e>(events: Events<'e>) -> SolveError {
    let problem = erased(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
    let mut events = events;
    solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap_err()
}

#[test]
fn a_condition_that_is_nan() {
    // From the start, and from the middle on.
    let error = refused(Events::new().with(Root::new("broken", |_t, _u, _p| f64::NAN)));
    assert_eq!(error.kind(), &ErrorKind::EventCondition { event: "broken".into(), t: 0.0 });
    assert_eq!(error.to_string(), "the condition of event `broken` is NaN at t = 0");
    let error = refused(
        Events::new().with(Root::new("root", |_t, u: &[f64], _p| 2.0 + (1.0 - u[0]).sqrt())),
    );
    assert!(
        matches!(error.kind(), ErrorKind::EventCondition { event, t } if event == "root" && *t > 1.0),
        "{error}"
    );
    assert!(!error.partial().is_empty());
    // Infinity has a sign: nothing wrong with it.
    let problem = erased(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
    let pole =
        Root::new("pole", |t: f64, _u, _p| if t < 1.0 { f64::INFINITY } else { f64::NEG_INFINITY });
    let mut events = Events::new().with(pole.effect(|_| {}));
    let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap();
    assert_eq!(solution.events().len(), 1);
    assert!((solution.events()[0].t - 1.0).abs() < 1e-15);
}

#[test]
fn an_effect_that_leads_to_nan() {
    type Case = (fn(&mut ode_core::At<'_>), &'static str);
    let cases: [Case; 3] = [
        (|at| at.u[0] = f64::NAN, "u"),
        (|at| at.u[0] = f64::INFINITY, "u"),
        (|at| at.p[0] = (-at.t).ln(), "p"),
    ];
    for (effect, name) in cases {
        let by_root = Events::new().with(Root::new("bad", |t, _u, _p| t - 1.0).effect(effect));
        let by_time = Events::new().with(Scheduled::new("bad", [1.0]).effect(effect));
        for events in [by_root, by_time] {
            let error = refused(events);
            match error.kind() {
                ErrorKind::EventEffect { event, t, what, index: 0 } => {
                    assert_eq!((event.as_str(), *what), ("bad", name));
                    assert!((t - 1.0).abs() < 1e-15);
                }
                other => panic!("{other:?}"),
            }
            // What is returned ends before the effect.
            assert!(error.partial().iter().all(|(t, u)| t <= 1.0 && u[0].is_finite()));
            assert!((error.partial().last()[0] - 1.0).abs() < 1e-14);
        }
    }
}

#[test]
fn periods_and_times_that_make_no_sense() {
    for period in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300] {
        let error = refused(Events::new().with(Periodic::new("tick", period)));
        assert!(
            matches!(error.kind(), ErrorKind::EventSetting { event, setting: "period", .. } if event == "tick"),
            "{period}: {error}"
        );
        assert!(error.partial().is_empty());
    }
    for first in [-1.0, 3.0, f64::NAN] {
        let error = refused(Events::new().with(Periodic::new("tick", 1.0).first(first)));
        assert!(
            matches!(error.kind(), ErrorKind::EventSetting { setting: "times", .. }),
            "{error}"
        );
    }
    // A period that no budget allows.
    let error = refused(Events::new().with(Periodic::new("tick", 1e-9)).limit(50));
    assert!(matches!(error.kind(), ErrorKind::EventLimit { limit: 50, .. }), "{error}");
    let lists: [&[f64]; 6] =
        [&[-0.5], &[2.5], &[f64::NAN], &[0.5, f64::INFINITY], &[1.0, 0.5], &[1.0, 1.0]];
    for times in lists {
        let scheduled = Events::new().with(Scheduled::new("dose", times));
        let save = |_t: f64, _u: &[f64], _p: &[f64], _row: &mut [f64]| {};
        let saving = Events::new().with(Saving::new("dose", ["a"], save).at(times));
        for events in [scheduled, saving] {
            let error = refused(events);
            assert!(
                matches!(error.kind(), ErrorKind::EventSetting { event, setting: "times", .. } if event == "dose"),
                "{times:?}: {error}"
            );
        }
    }
    let error = refused(Events::new().with(Scheduled::new("dose", [1.0, 0.5])));
    assert_eq!(
        error.to_string(),
        "`times` of event `dose` is 0.5, but must be after the time before it: sort the times, \
         without repeats"
    );
}

#[test]
fn tolerances_that_make_no_sense() {
    for (rtol, atol) in [(-1.0, 1.0), (1.0, f64::NAN), (0.0, 0.0), (f64::INFINITY, 1.0)] {
        let rest = SteadyState::new("rest").rtol(rtol).atol(atol);
        let error = refused(Events::new().with(rest));
        assert!(matches!(error.kind(), ErrorKind::EventSetting { .. }), "{error}");
    }
    for resolution in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = refused(Events::new().resolution(resolution));
        assert!(matches!(error.kind(), ErrorKind::Option { name: "resolution", .. }), "{error}");
    }
    // No event is allowed at all.
    let error = refused(Events::new().with(Scheduled::new("dose", [1.0])).limit(0));
    assert!(matches!(error.kind(), ErrorKind::EventLimit { limit: 0, .. }), "{error}");
}

#[test]
fn more_samples_than_anybody_needs() {
    for samples in [10_001, usize::MAX] {
        let error = refused(Events::new().with(Root::new("root", |t, _, _| t).samples(samples)));
        assert!(
            matches!(error.kind(), ErrorKind::EventSetting { event, setting: "samples", .. } if event == "root"),
            "{error}"
        );
    }
}

#[test]
fn options_are_checked_as_without_events() {
    let problem = erased(Oscillator, [1.0, 0.0], [], (0.0, 2.0)).unwrap();
    let options = Options { rtol: -1.0, save: Save::Last, ..Options::default() };
    let error = solve_with(&problem, Tsit5, &options, &mut Events::new()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Option { name: "rtol", .. }));
    assert!(error.partial().is_empty());
}
