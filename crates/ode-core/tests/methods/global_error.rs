//! `solve_within`: the error of the solution, not of a step, is within the tolerances.

use crate::erased::{Problem, erased};
use crate::method::{Method, Visitor, every};
use crate::method_matrix::Claim;
use ode_core::{Components, ErrorKind, Options, Save, StepSize, Tsit5, Vern7, solve, solve_within};
use std::f64::consts::TAU;
use system::FromFn;

/// `u'' = -u` over so many periods: errors add up.
fn oscillator(periods: f64) -> Problem<'static, [f64; 2]> {
    let rhs = |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| (du[0], du[1]) = (u[1], -u[0]);
    erased(FromFn::new(2, rhs), [0.0, 1.0], [], (0.0, periods * TAU)).unwrap()
}

/// The Lorenz equations.
fn lorenz(end: f64) -> Problem<'static, [f64; 3]> {
    let rhs = |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| {
        du[0] = 10.0 * (u[1] - u[0]);
        du[1] = u[0] * (28.0 - u[2]) - u[1];
        du[2] = u[0] * u[1] - 8.0 / 3.0 * u[2];
    };
    erased(FromFn::new(3, rhs), [1.0, 1.0, 20.0], [], (0.0, end)).unwrap()
}

/// Errors of 30 periods against the closed form.
struct WithinTheTolerance;

impl Visitor for WithinTheTolerance {
    fn visit(&mut self, method: Method, (order, _): Claim) {
        if !method.is_adaptive() {
            return;
        }
        let rtol = if order <= 3 { 1e-4 } else { 1e-7 };
        let times = (1..=300).map(|i| 0.1 * f64::from(i) * TAU).collect();
        let options =
            Options { rtol, atol: 1e-2 * rtol, save: Save::At(times), ..Options::default() };
        let within = solve_within(&oscillator(30.0), method, &options).unwrap();
        let mut errors = [0.0f64; 2];
        for (t, u) in &within.solution {
            errors[0] = errors[0].max((u[0] - t.sin()).abs());
            errors[1] = errors[1].max((u[1] - t.cos()).abs());
        }
        for (error, estimate) in errors.into_iter().zip(&within.errors) {
            assert!(error <= rtol, "{method:?}: {error:e} at {rtol:e}, estimated {estimate:e}");
            assert!(*estimate <= 1.01 * rtol && error <= 1.5 * estimate, "{method:?}: {error:e}");
        }
    }
}

#[test]
fn every_method_is_within_the_tolerance() {
    every(&mut WithinTheTolerance);
}

#[test]
fn plain_solves_are_not_and_the_work_is_told() {
    let (problem, last) = (oscillator(500.0), Save::Last);
    let options = Options { rtol: 1e-6, atol: 1e-6, save: last, ..Options::default() };
    let plain = solve(&problem, Tsit5, &options).unwrap();
    assert!(plain.last()[0].abs() > 20.0 * options.rtol, "{}", plain.last()[0]);
    let within = solve_within(&problem, Tsit5, &options).unwrap();
    assert!(within.solution.last()[0].abs() < options.rtol);
    // The first of the solves is the plain one.
    let tight = within.solution.stats().accepted;
    assert!(within.solves >= 3 && within.factor < 0.1, "{within}");
    assert!(within.stats.accepted > plain.stats().accepted + tight, "{within}");
    let text = within.to_string();
    for word in ["Tsit5: ", "after 3 solves", "estimated errors: u1 ", ", u2 "] {
        assert!(text.contains(word), "{text}");
    }
}

/// Whatever is kept, and in either direction.
#[test]
fn what_is_kept_is_within_the_tolerance() {
    let forwards = oscillator(20.0);
    let backwards = erased(
        FromFn::new(2, |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| {
            (du[0], du[1]) = (u[1], -u[0])
        }),
        [0.0, 1.0],
        [],
        (0.0, -20.0 * TAU),
    )
    .unwrap();
    for problem in [&forwards, &backwards] {
        for save in [Save::Dense, Save::Steps, Save::Last] {
            let options = Options { rtol: 1e-6, save: save.clone(), ..Options::default() };
            let within = solve_within(problem, Vern7, &options).unwrap();
            for (t, u) in &within.solution {
                assert!((u[0] - t.sin()).abs() < options.rtol, "{save:?} at {t}");
            }
            assert_eq!(within.solution.len() > 1, save != Save::Last);
            let middle = 0.3 * problem.tspan().1;
            assert_eq!(within.solution.at(middle).is_ok(), save != Save::Last);
        }
    }
}

#[test]
fn tolerances_belong_to_components() {
    let problem = oscillator(20.0);
    let each = Options {
        rtol: 1e-3,
        rtol_each: vec![1e-3, 1e-8],
        atol_each: vec![1e-3, 1e-10],
        save: Save::Dense,
        ..Options::default()
    };
    let second = Options { components: Components::Only(vec![1]), ..each.clone() };
    for options in [each, second] {
        let within = solve_within(&problem, Vern7, &options).unwrap();
        let last = within.errors.len() - 1;
        assert!(within.errors[last] <= 1.01e-8, "{within}");
        for (t, u) in &within.solution {
            assert!((u[last] - t.cos()).abs() < 1e-8, "at {t}");
        }
    }
}

#[test]
fn chaos_beyond_the_horizon_is_refused_with_the_last_solution() {
    // Errors of 1e-14 grow by e^(0.9 t) to the size of the attractor.
    let options = Options { rtol: 1e-6, save: Save::Last, ..Options::default() };
    let error = solve_within(&lorenz(100.0), Vern7, &options).unwrap_err();
    let ErrorKind::GlobalError { estimate, wanted, .. } = error.kind() else { panic!("{error}") };
    assert!(*estimate > 1e-2 && *wanted < 1e-4, "{error}");
    assert!(error.to_string().contains("shorten the span"), "{error}");
    assert_eq!(error.partial().times(), [100.0]);
    // Within it, it is not.
    let within = solve_within(&lorenz(10.0), Vern7, &options).unwrap();
    let truth = solve(&lorenz(10.0), Vern7, &Options { rtol: 1e-13, atol: 1e-13, ..options });
    for (found, truth) in within.solution.last().iter().zip(truth.unwrap().last()) {
        assert!((found - truth).abs() < 1e-6 * truth.abs() + 1e-9, "{found} {truth}");
    }
}

#[test]
fn what_cannot_be_tightened_is_refused() {
    let fixed = Options { step: StepSize::Fixed(0.1), ..Options::default() };
    let error = solve_within(&oscillator(1.0), Tsit5, &fixed).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Option { name: "step", .. }), "{error}");
    assert!(error.partial().is_empty());
    // A budget that the first solve keeps and a tighter one does not.
    let few = Options { max_steps: 400, save: Save::Last, ..Options::default() };
    let error = solve_within(&oscillator(20.0), Tsit5, &few).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MaxSteps { .. }), "{error}");
    // Nothing that is asked is within every tolerance.
    let none = Options { components: Components::Only(vec![]), ..Options::default() };
    assert!(solve_within(&oscillator(1.0), Tsit5, &none).unwrap().errors.is_empty());
}
