//! States that come from outside on the way: events, edits, declared stops.

use crate::cases::cases;
use crate::model::{METHODS, Model, with_mass};
use ode_core::{ErrorKind, Events, OdeProblem, Options, Root, Save, Scheduled};
use ode_stiff::make_consistent;
use system::Mass;

system::system! {
    /// `x' = -x`, `y + y³ = k x`.
    struct Bath;
    state { x, y }
    params { k }
    rhs(_t) {
        d(x) = -x;
        d(y) = k * x - y - y * y * y;
    }
}

fn bath() -> OdeProblem<Model> {
    let model = with_mass(Bath, Mass::diagonal([1.0, 0.0]));
    OdeProblem::new(model, vec![2.0, 1.0], [1.0], (0.0, 2.0)).unwrap()
}

/// What the constraint leaves.
fn left(u: &[f64], k: f64) -> f64 {
    (k * u[0] - u[1] - u[1].powi(3)).abs()
}

#[test]
fn an_effect_that_breaks_the_constraints_is_refused_where_it_happens() {
    let problem = bath();
    for method in METHODS {
        let options = Options { rtol: method.rtol, ..Options::default() };
        let dose = Scheduled::new("dose", [1.0]).effect(|at| at.u[0] += 0.5);
        let error =
            method.solve_with(&problem, &options, &mut Events::new().with(dose)).unwrap_err();
        let ErrorKind::Inconsistent { t, equation, residual, .. } = error.kind() else {
            panic!("{}: {error}", method.name);
        };
        assert_eq!((*t, equation.as_str()), (1.0, "y"), "{}", method.name);
        assert!((residual - 0.5).abs() < 1e-2, "{}: {error}", method.name);
        assert!(error.partial().last()[0] > 0.0);
        // A parameter of a constraint is no different.
        let more = Scheduled::new("more", [1.0]).effect(|at| at.p[0] = 2.0);
        let error =
            method.solve_with(&problem, &options, &mut Events::new().with(more)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Inconsistent { .. }), "{}: {error}", method.name);
    }
}

#[test]
fn an_effect_may_make_the_state_consistent() {
    let (problem, rhs) = (bath(), with_mass(Bath, Mass::diagonal([1.0, 0.0])));
    for method in METHODS {
        let options = Options { rtol: method.rtol, atol: 1e-2 * method.rtol, ..Options::default() };
        let dose = Scheduled::new("dose", [1.0]).effect(|at| {
            (at.u[0], at.p[0]) = (at.u[0] + 0.5, 3.0);
            make_consistent(&rhs, at.t, at.u, at.p, &options).unwrap();
        });
        let solution =
            method.solve_with(&problem, &options, &mut Events::new().with(dose)).unwrap();
        let x = 2.0 * (-2f64).exp() + 0.5 * (-1f64).exp();
        let last = solution.last();
        assert!((last[0] - x).abs() < 10.0 * method.rtol, "{}: {last:?}", method.name);
        assert!(left(last, 3.0) < 10.0 * method.rtol, "{}: {last:?}", method.name);
    }
}

#[test]
fn events_between_steps_leave_consistent_states() {
    // Interpolants of fast transients miss the constraints by many tolerances, most of all by those of
    // a voltage that crosses zero: what an effect sees must not.
    let amplifier = cases().into_iter().find(|case| case.name == "transistor amplifier").unwrap();
    let problem = amplifier.problem.with_tspan((0.0, 0.02)).unwrap();
    for method in METHODS {
        let options = Options { rtol: method.rtol, atol: 1e-2 * method.rtol, ..Options::default() };
        let mut seen = 0;
        let crossing = Root::new("crossing", |_t, u, _p| u[0]).effect(|at| {
            seen += 1;
            at.u[7] += 0.0;
        });
        let solution = method.solve_with(&problem, &options, &mut Events::new().with(crossing));
        let solution = solution.unwrap_or_else(|error| panic!("{}: {error}", method.name));
        assert_eq!(solution.times().last(), Some(&0.02));
        // 100 Hz: two crossings in each period.
        assert!((3..=5).contains(&seen), "{}: {seen} crossings", method.name);
    }
}

system::system! {
    /// `0 = y - x - s(t)`, where `s` jumps from 0 to 1 at `t = 1`.
    struct Switch;
    state { x, y }
    params {}
    rhs(t) {
        let one = 1.0 + 0.0 * t;
        d(x) = -y;
        d(y) = y - x - t.select_lt(one, 0.0 * t, one);
    }
}

#[test]
fn behind_a_declared_stop_algebraic_variables_follow_their_equations() {
    let model = with_mass(Switch, Mass::diagonal([1.0, 0.0]));
    let problem = OdeProblem::new(model, vec![1.0, 1.0], [], (0.0, 2.0)).unwrap();
    for method in METHODS {
        let rtol = method.rtol;
        let options = Options {
            rtol,
            atol: 1e-2 * rtol,
            stops: vec![1.0],
            save: Save::At(vec![0.5, 1.5, 2.0]),
            ..Options::default()
        };
        let solution = method.solve(&problem, &options).unwrap_or_else(|error| {
            panic!("{}: {error}", method.name);
        });
        for (t, u) in solution.iter() {
            let x =
                if t < 1.0 { (-t).exp() } else { (1.0 + (-1f64).exp()) * (1.0 - t).exp() - 1.0 };
            let y = if t < 1.0 { x } else { x + 1.0 };
            let error = (u[0] - x).abs().max((u[1] - y).abs());
            assert!(error < 20.0 * rtol, "{} at {t}: {u:?} {error:e}", method.name);
        }
    }
}
