//! Solves that cannot go on: a typed error that says where and why, at a bounded cost, with the
//! solution up to there.

use crate::erased::{Problem, erased};
use crate::method::{Method, Visitor, every};
use crate::method_matrix::Claim;
use ode_core::{
    Dp5, ErrorKind, Euler, Integrator, Options, Progress, Save, SolveError, StepSize, Tsit5, Vern7,
    solve,
};
use system::{Failure, FromFn};
use testset::models::LotkaVolterra;

const NAN: f64 = f64::NAN;

/// No failing solve may cost more than this.
const MAX_EVALUATIONS: usize = 12_000;

fn lotka_volterra() -> Problem<'static, [f64; 2]> {
    erased(LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 10.0)).unwrap()
}

#[track_caller]
fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "`{text}` does not mention `{word}`");
    }
}

/// A failed solve, cheap, with everything before the failure.
#[track_caller]
fn cheap(error: &SolveError, from: f64, to: f64) {
    let partial = error.partial();
    assert!(partial.stats().evaluations <= MAX_EVALUATIONS, "{}", partial.stats());
    assert_eq!(partial.times().first(), Some(&from));
    let last = partial.times().last().copied().unwrap();
    assert!((last - to).abs() <= 1e-3 * to.abs().max(1e-9), "reached {last}, not {to}");
    assert!(partial.iter().all(|(_, u)| u.iter().all(|u| u.is_finite())));
}

system::system! {
    /// `y` leaves its domain at `t = 1/2`; `x` only follows.
    struct Leaves;
    state { x, y }
    params {}
    rhs(t) {
        d(x) = y;
        d(y) = -(0.5 - t).sqrt();
    }
}

struct BecomesNan;

impl Visitor for BecomesNan {
    fn visit(&mut self, method: Method, _: Claim) {
        let problem = erased(Leaves, [1.0, 1.0], [], (0.0, 1.0)).unwrap();
        let mut steps = vec![StepSize::Fixed(1e-4)];
        if method.is_adaptive() {
            steps.push(StepSize::Auto);
        }
        for step in steps {
            let options = Options { step, ..Options::default() };
            let error = solve(&problem, method, &options).unwrap_err();
            let ErrorKind::NonFinite { t, component } = error.kind() else { panic!("{error:?}") };
            assert!((t - 0.5).abs() < 2e-4 && component == "y", "{}: {error}", method.name());
            says(&error.to_string(), &["`y`", &t.to_string(), "check the model"]);
            let partial = error.partial();
            assert_eq!(partial.times().last(), Some(t));
            assert!(partial.iter().all(|(_, u)| u.iter().all(|u| u.is_finite())));
            let wanted = 1.0 - 2.0 / 3.0 * (0.5f64.powf(1.5) - 0.25f64.powf(1.5));
            let tolerance = if method.tableau().order == 1 { 1e-4 } else { 1e-6 };
            assert!((partial.at(0.25).unwrap()[1] - wanted).abs() < tolerance, "{}", method.name());
            if step == StepSize::Auto {
                cheap(&error, 0.0, 0.5);
            }
        }
    }
}

#[test]
fn a_right_hand_side_that_becomes_nan_is_located() {
    every(&mut BecomesNan);
}

struct NanAtTheStart;

impl Visitor for NanAtTheStart {
    fn visit(&mut self, method: Method, _: Claim) {
        let problem = erased(Leaves, [1.0, 1.0], [], (0.75, 1.0)).unwrap();
        let options = Options { step: StepSize::Fixed(0.1), ..Options::default() };
        let error = solve(&problem, method, &options).unwrap_err();
        let kind = ErrorKind::NonFinite { t: 0.75, component: "y".into() };
        assert_eq!(error.kind(), &kind);
        assert_eq!((error.partial().times(), error.partial().last()), (&[0.75][..], &[1.0; 2][..]));
        assert_eq!(error.partial().stats().evaluations, 1);
    }
}

#[test]
fn a_right_hand_side_that_is_nan_at_the_start_is_located() {
    every(&mut NanAtTheStart);
}

system::system! {
    struct Blowup;
    state { quiet, u }
    params {}
    rhs(_t) {
        d(quiet) = -quiet;
        d(u) = u * u;
    }
}

struct BlowsUp;

impl Visitor for BlowsUp {
    fn visit(&mut self, method: Method, _: Claim) {
        let problem = erased(Blowup, [1.0, 1.0], [], (0.0, 2.0)).unwrap();
        if method.is_adaptive() {
            let error = solve(&problem, method, &Options::default()).unwrap_err();
            let text = error.to_string();
            match error.kind() {
                ErrorKind::StepTooSmall { t, .. } => {
                    assert!((t - 1.0).abs() < 1e-3);
                    says(&text, &["step size", &t.to_string(), "blow up", "stops", "stiff"]);
                }
                ErrorKind::NonFinite { t, component } => {
                    assert!((t - 1.0).abs() < 1e-3 && component == "u");
                }
                kind => panic!("{}: {kind:?}", method.name()),
            }
            cheap(&error, 0.0, 1.0);
        }
        let options = Options { step: StepSize::Fixed(1e-2), ..Options::default() };
        let error = solve(&problem, method, &options).unwrap_err();
        let ErrorKind::NonFinite { t, component } = error.kind() else { panic!("{error:?}") };
        assert!((t - 1.0).abs() < 0.2 && component == "u", "{}: {error}", method.name());
        assert!(error.partial().iter().all(|(_, u)| u.iter().all(|u| u.is_finite())));
    }
}

#[test]
fn blow_up_in_finite_time_is_reported() {
    every(&mut BlowsUp);
}

#[test]
fn an_overflowing_state_is_no_answer() {
    // The derivative stays finite, and so does the error estimate; only the state overflows.
    let constant = FromFn::new(1, |_t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| du[0] = 1e306);
    let problem = erased(constant, [1.79e308], [], (0.0, 10.0)).unwrap();
    let adaptive = Options { max_steps: 2000, ..Options::default() };
    let fixed = Options { step: StepSize::Fixed(0.1), ..Options::default() };
    for options in [adaptive, fixed] {
        let error = solve(&problem, Tsit5, &options).unwrap_err();
        // Shorter and shorter steps fit below the largest number, until one of these ends it.
        let kind = error.kind();
        assert!(
            matches!(kind, ErrorKind::NonFinite { .. } | ErrorKind::MaxSteps { .. }),
            "{kind:?}"
        );
        assert!(error.partial().iter().all(|(_, u)| u[0].is_finite()));
        assert!(error.partial().times().last().unwrap() < &0.77);
    }
}

#[test]
fn a_spent_budget_returns_the_part_that_was_solved() {
    for max_steps in [0, 1, 7] {
        let options = Options { max_steps, ..Options::default() };
        let error = solve(&lotka_volterra(), Vern7, &options).unwrap_err();
        let ErrorKind::MaxSteps { t, max_steps: budget } = *error.kind() else {
            panic!("{error:?}")
        };
        assert_eq!(budget, max_steps);
        let partial = error.partial();
        assert_eq!(partial.stats().accepted + partial.stats().rejected, max_steps);
        assert_eq!(partial.times().last(), Some(&t));
        assert_eq!(partial.len(), partial.stats().accepted + 1);
        says(&error.to_string(), &[&t.to_string(), &max_steps.to_string(), "max_steps", "rtol"]);
    }
    // Each way of saving keeps what came before.
    let save = Save::At(vec![0.0, 0.5, 9.0]);
    let error =
        solve(&lotka_volterra(), Tsit5, &Options { max_steps: 15, save, ..Options::default() });
    assert_eq!(error.unwrap_err().partial().times(), [0.0, 0.5]);
    let options = Options { max_steps: 15, save: Save::Last, ..Options::default() };
    let error = solve(&lotka_volterra(), Tsit5, &options).unwrap_err();
    assert_eq!(error.partial().len(), 1);
    assert!(
        matches!(*error.kind(), ErrorKind::MaxSteps { t, .. } if t == error.partial().times()[0])
    );
}

#[test]
fn steps_that_time_cannot_resolve_are_refused() {
    let problem = lotka_volterra().with_tspan((1e3, 1e3 + 1.0)).unwrap();
    let tiny = [
        Options { step: StepSize::Fixed(1e-20), ..Options::default() },
        Options { dt_max: 1e-20, ..Options::default() },
    ];
    for options in tiny {
        let error = solve(&problem, Dp5, &options).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::StepTooSmall { t: 1e3, .. }), "{error}");
        cheap(&error, 1e3, 1e3);
    }
}

struct Refuses;

impl Visitor for Refuses {
    fn visit(&mut self, method: Method, _: Claim) {
        if !method.is_adaptive() {
            return;
        }
        // Torricelli: the tank is empty at t = 2; a long first step overshoots and is retried.
        let tank = FromFn::fallible(1, |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| {
            if u[0] < 0.0 {
                return Err(Failure::Recoverable);
            }
            du[0] = -u[0].sqrt();
            Ok(())
        });
        let problem = erased(tank, [1.0], [], (0.0, 1.9)).unwrap();
        let options = Options { step: StepSize::Initial(5.0), rtol: 1e-8, ..Options::default() };
        let solution = solve(&problem, method, &options).unwrap();
        assert!(solution.stats().rejected > 0);
        assert!((solution.last()[0] - 0.05f64.powi(2)).abs() < 1e-7, "{}", method.name());

        let refusing = |after: f64, failure: Failure| {
            FromFn::fallible(1, move |t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| {
                du[0] = 1.0;
                if t >= after { Err(failure.clone()) } else { Ok(()) }
            })
        };
        // Refused for good from some time on, and from the start.
        for after in [0.5, 0.0] {
            let rhs = refusing(after, Failure::Recoverable);
            let problem = erased(rhs, [1.0], [], (0.0, 1.0)).unwrap();
            let error = solve(&problem, method, &Options::default()).unwrap_err();
            let ErrorKind::RightHandSide { t, reason } = error.kind() else { panic!("{error:?}") };
            assert!((t - after).abs() < 1e-3, "{}: {error}", method.name());
            assert!(reason.contains("domain"));
            says(&error.to_string(), &["right-hand side", &t.to_string(), "domain"]);
            cheap(&error, 0.0, after);

            let rhs = refusing(after, Failure::Fatal("the table ends here".into()));
            let problem = erased(rhs, [1.0], [], (0.0, 1.0)).unwrap();
            let options = Options { dt_max: 1e-2, ..Options::default() };
            let error = solve(&problem, method, &options).unwrap_err();
            let ErrorKind::RightHandSide { t, reason } = error.kind() else { panic!("{error:?}") };
            assert!((after - 0.011..=after).contains(t) && reason == "the table ends here");
            says(&error.to_string(), &["right-hand side", &t.to_string(), reason]);
            assert!(error.partial().stats().evaluations < 2000);
        }
    }
}

#[test]
fn a_right_hand_side_may_refuse() {
    every(&mut Refuses);
}

#[test]
fn a_refusal_ends_a_solve_with_fixed_steps() {
    let rhs = FromFn::fallible(1, |t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| {
        du[0] = 1.0;
        if t > 0.55 { Err(Failure::Recoverable) } else { Ok(()) }
    });
    let problem = erased(rhs, [1.0], [], (0.0, 1.0)).unwrap();
    let options = Options { step: StepSize::Fixed(0.125), ..Options::default() };
    let error = solve(&problem, Euler, &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::RightHandSide { t: 0.5, .. }), "{error}");
    assert_eq!(error.partial().last(), [1.5]);
}

#[test]
fn an_integrator_interpolates_only_its_last_step() {
    let problem = lotka_volterra();
    let options = Options { max_steps: 5, ..Options::default() };
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    while integrator.stats().accepted < 3 {
        assert_eq!(integrator.step().unwrap(), Progress::Running);
    }
    let (before, now) = (integrator.last_step().t, integrator.t());
    let mut u = [0.0; 2];
    for t in [before.next_down(), now.next_up(), NAN] {
        let error = integrator.interpolate(t, &mut u).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::OutsideSpan { .. }));
    }
    let error = integrator.interpolate(now, &mut [0.0]).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Dimension { what: "u", expected: 2, found: 1 });
}

#[test]
fn a_failed_step_leaves_no_wrong_interpolant() {
    let problem = erased(Leaves, [1.0, 1.0], [], (0.0, 1.0)).unwrap();
    let options = Options::default();
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    while integrator.step().is_ok() {}
    let (t, last) = (integrator.t(), integrator.u().to_vec());
    let taken = integrator.last_step();
    let mut u = [NAN; 2];
    // Either the time is refused or the value is right.
    if integrator.interpolate(taken.t + 0.5 * taken.dt, &mut u).is_ok() {
        assert!((u[1] - last[1]).abs() < 1e-6 && (u[0] - last[0]).abs() < 1e-6, "{u:?} {last:?}");
    }
    integrator.interpolate(t, &mut u).unwrap();
    assert_eq!(u[..], last[..]);
    assert_eq!(integrator.u_before(), last);
}

#[test]
fn an_interpolant_that_is_not_finite_is_an_error() {
    // Only the derivative at the very end is NaN: Euler's method does not need it, its
    // interpolant does.
    let rhs = FromFn::new(1, |t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| {
        du[0] = if t < 1.0 { 1.0 } else { NAN };
    });
    let problem = erased(rhs, [0.0], [], (0.0, 1.0)).unwrap();
    let options = |save| Options { step: StepSize::Fixed(0.25), save, ..Options::default() };
    assert_eq!(solve(&problem, Euler, &options(Save::Last)).unwrap().last(), [1.0]);
    for save in [Save::Dense, Save::At(vec![0.5, 0.9])] {
        let error = solve(&problem, Euler, &options(save)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NonFinite { t: 0.75, .. }), "{error}");
        assert!(error.partial().iter().all(|(_, u)| u[0].is_finite()));
    }
}

/// A start that was refused is evaluated again by the next attempt, not taken for granted.
#[test]
fn a_step_can_be_tried_again_after_a_failed_start() {
    let calls = std::cell::Cell::new(0);
    let refuses_once = FromFn::fallible(1, |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| {
        calls.set(calls.get() + 1);
        du[0] = -u[0];
        if calls.get() == 1 { Err(Failure::Recoverable) } else { Ok(()) }
    });
    let problem = erased(refuses_once, [1.0], [], (0.0, 1.0)).unwrap();
    let options = Options { step: StepSize::Fixed(1.0), ..Options::default() };
    let mut integrator = Integrator::new(&problem, Euler, &options).unwrap();
    assert!(matches!(integrator.step().unwrap_err().kind(), ErrorKind::RightHandSide { .. }));
    assert_eq!(integrator.step().unwrap(), Progress::Finished);
    assert_eq!(integrator.u(), [0.0]); // one Euler step: 1 - 1 · 1
}

#[test]
fn there_is_no_interpolant_before_the_first_step() {
    let problem = lotka_volterra();
    let options = Options::default();
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    assert!(matches!(integrator.dense().unwrap_err().kind(), ErrorKind::NoStep { t: 0.0 }));
    integrator.step().unwrap();
    let mut short = [0.0];
    integrator.dense().unwrap().eval(0.0, &mut short);
    assert!(short[0].is_nan());
}
