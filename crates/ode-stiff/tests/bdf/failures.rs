//! Solves that cannot go on: a typed error that says where and why, at a bounded cost.

use ode_core::{ErrorKind, OdeProblem, Options, SolveError, StepSize, solve};
use ode_stiff::{Bdf, Ndf};
use system::{Failure, FiniteDiff, FromFn};

macro_rules! both {
    ($method:ident => $body:block) => {{
        let $method = Bdf::default();
        $body
    }
    {
        let $method = Ndf::default();
        $body
    }};
}

#[track_caller]
fn cheap(error: &SolveError, from: f64, to: f64) {
    let partial = error.partial();
    let stats = partial.stats();
    assert!(stats.evaluations < 3000 && stats.factorizations < 1500, "{stats}");
    assert_eq!(partial.times().first(), Some(&from));
    let last = partial.times().last().copied().unwrap();
    assert!((last - to).abs() < 1e-3, "reached {last}, not {to}");
    assert!(partial.iter().all(|(_, u)| u.iter().all(|u| u.is_finite())));
}

system::system! {
    /// The root has no derivative at zero.
    struct RootAtZero;
    state { x, y }
    params {}
    rhs(_t) {
        d(x) = -x;
        d(y) = -y.sqrt();
    }
}

system::system! {
    /// `y` leaves its domain at `t = 1/2`.
    struct Leaves;
    state { x, y }
    params {}
    rhs(t) {
        d(x) = -1000.0 * (x - y);
        d(y) = -(0.5 - t).sqrt();
    }
}

system::system! {
    /// Infinite at `t = 1`.
    struct BlowsUp;
    state { u }
    params {}
    rhs(_t) { d(u) = u.powi(2); }
}

#[test]
fn a_jacobian_that_is_no_number_is_located() {
    let problem = OdeProblem::new(RootAtZero, [1.0, 0.0], [], (0.0, 1.0)).unwrap();
    both!(method => {
        let error = solve(&problem, method, &Options::default()).unwrap_err();
        let ErrorKind::JacobianNotFinite { t, of, .. } = error.kind() else { panic!("{error:?}") };
        assert_eq!((*t, of.as_str()), (0.0, "y"));
        cheap(&error, 0.0, 0.0);
    });
}

#[test]
fn a_right_hand_side_that_becomes_nan_is_located() {
    let problem = OdeProblem::new(Leaves, [1.0, 1.0], [], (0.0, 1.0)).unwrap();
    both!(method => {
        for step in [StepSize::Auto, StepSize::Fixed(1e-3)] {
            let options = Options { step, ..Options::default() };
            let error = solve(&problem, method, &options).unwrap_err();
            let ErrorKind::NonFinite { t, component } = error.kind() else { panic!("{error:?}") };
            assert!((t - 0.5).abs() < 2e-3 && component == "y", "{error}");
            assert_eq!(error.partial().times().last(), Some(t));
        }
    });
}

#[test]
fn an_infinite_state_ends_the_solve_where_it_happens() {
    let problem = OdeProblem::new(BlowsUp, [1.0], [], (0.0, 2.0)).unwrap();
    both!(method => {
        let error = solve(&problem, method, &Options::default()).unwrap_err();
        assert!((error.partial().times().last().unwrap() - 1.0).abs() < 1e-3, "{error}");
        assert!(error.partial().stats().evaluations < 20_000, "{}", error.partial().stats());
    });
}

#[test]
fn a_right_hand_side_may_refuse() {
    // Recoverable: the step gets shorter, until there is none.
    let refuses = |_: f64, u: &[f64], _: &[f64], du: &mut [f64]| {
        if u[0] < 0.5 {
            return Err(Failure::Recoverable);
        }
        du[0] = -u[0];
        Ok(())
    };
    let problem = OdeProblem::new(FiniteDiff(FromFn::fallible(1, refuses)), [1.0], [], (0.0, 2.0));
    let problem = problem.unwrap();
    both!(method => {
        let error = solve(&problem, method, &Options::default()).unwrap_err();
        let ErrorKind::RightHandSide { t, .. } = error.kind() else { panic!("{error:?}") };
        assert!((t - 2f64.ln()).abs() < 1e-3, "{error}");
        cheap(&error, 0.0, 2f64.ln());
    });
    // Fatal: at once.
    let fails = |t: f64, _: &[f64], _: &[f64], du: &mut [f64]| {
        if t > 0.3 {
            return Err(Failure::Fatal("the table ends here".to_owned()));
        }
        du[0] = 1.0;
        Ok(())
    };
    let problem = OdeProblem::new(FiniteDiff(FromFn::fallible(1, fails)), [1.0], [], (0.0, 2.0));
    let problem = problem.unwrap();
    both!(method => {
        let error = solve(&problem, method, &Options::default()).unwrap_err();
        let ErrorKind::RightHandSide { reason, .. } = error.kind() else { panic!("{error:?}") };
        assert!(reason.contains("the table ends here"));
    });
}
