//! Everything that can be wrong with a problem, with options or with a question to a solution: a
//! typed error that names it, before the first evaluation.

use crate::erased::erased;
use crate::method::{Method, Visitor, every};
use crate::method_matrix::Claim;
use ode_core::{
    Controller, Ensemble, Error, ErrorKind, Member, OdeProblem, Options, Save, StepSize, Tsit5,
    solve,
};
use system::{Failure, FromFn, Mass, Rhs, WithMass};
use testset::models::LotkaVolterra;

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

fn lotka_volterra() -> OdeProblem<LotkaVolterra, [f64; 2]> {
    OdeProblem::new(LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 10.0)).unwrap()
}

/// The problem is refused with this kind, and a text that has all these words.
#[track_caller]
fn refused(result: Result<impl Sized, Error>, kind: ErrorKind, words: &[&str]) {
    let Err(error) = result else { panic!("accepted, but should be {kind:?}") };
    assert_eq!(error.kind(), &kind);
    says(&error.to_string(), words);
}

#[track_caller]
fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "`{text}` does not mention `{word}`");
    }
}

#[test]
fn dimensions_must_agree() {
    let p = [1.5, 1.0, 3.0, 1.0];
    let wrong = |what, expected, found| ErrorKind::Dimension { what, expected, found };
    refused(
        OdeProblem::new(LotkaVolterra, [1.0; 3], p, (0.0, 1.0)),
        wrong("u0", 2, 3),
        &["`u0`", "length 3", "has 2"],
    );
    refused(
        OdeProblem::new(LotkaVolterra, vec![], p, (0.0, 1.0)),
        wrong("u0", 2, 0),
        &["`u0`", "length 0", "has 2"],
    );
    refused(
        OdeProblem::new(LotkaVolterra, [1.0; 2], [1.0; 3], (0.0, 1.0)),
        wrong("p", 4, 3),
        &["`p`", "length 3", "has 4"],
    );
    refused(lotka_volterra().remake([1.0; 2], []), wrong("p", 4, 0), &["`p`", "length 0"]);
    refused(lotka_volterra().remake(vec![1.0], p), wrong("u0", 2, 1), &["`u0`", "length 1"]);
    let none = FromFn::new(0, |_t: f64, _u: &[f64], _p: &[f64], _du: &mut [f64]| {});
    refused(OdeProblem::new(none, vec![], [], (0.0, 1.0)), ErrorKind::NoStates, &["no states"]);
}

#[test]
fn a_right_hand_side_must_name_each_state() {
    struct Misnamed;
    impl Rhs<f64> for Misnamed {
        fn states(&self) -> usize {
            2
        }
        fn params(&self) -> Option<usize> {
            None
        }
        fn eval(&self, _t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
            du.fill(NAN);
            Ok(())
        }
        fn names(&self) -> Vec<String> {
            Vec::new()
        }
    }
    refused(
        OdeProblem::new(Misnamed, [1.0; 2], [], (0.0, 1.0)),
        ErrorKind::Dimension { what: "names", expected: 2, found: 0 },
        &["`names`", "length 0", "has 2"],
    );
}

#[test]
fn inputs_must_be_finite() {
    let p = [1.5, 1.0, 3.0, 1.0];
    for bad in [NAN, INF, -INF] {
        refused(
            OdeProblem::new(LotkaVolterra, [1.0, bad], p, (0.0, 1.0)),
            ErrorKind::NotFinite { what: "u0", index: 1 },
            &["`u0[1]`", "NaN or infinite"],
        );
        refused(
            OdeProblem::new(LotkaVolterra, vec![1.0, 1.0], [1.0, 1.0, bad, 1.0], (0.0, 1.0)),
            ErrorKind::NotFinite { what: "p", index: 2 },
            &["`p[2]`", "NaN or infinite"],
        );
    }
}

#[test]
fn the_span_must_be_finite_and_not_empty() {
    let spans =
        [(0.0, NAN), (NAN, 0.0), (0.0, INF), (-INF, 0.0), (INF, INF), (2.0, 2.0), (-1e308, 1e308)];
    for (t0, t1) in spans {
        let new = OdeProblem::new(LotkaVolterra, [1.0, 1.0], [1.0; 4], (t0, t1));
        let error = new.unwrap_err();
        let ErrorKind::TimeSpan { t0: a, t1: b } = *error.kind() else { panic!("{error:?}") };
        assert_eq!((a.to_bits(), b.to_bits()), (t0.to_bits(), t1.to_bits()));
        says(&error.to_string(), &["time span", &t1.to_string(), "two different finite times"]);
        assert!(lotka_volterra().with_tspan((t0, t1)).is_err());
    }
}

/// Options that a solve refuses before the first evaluation.
#[track_caller]
fn option_refused(options: Options, name: &str, words: &[&str]) {
    let error = solve(&lotka_volterra(), Tsit5, &options).unwrap_err();
    let bad = match error.kind() {
        ErrorKind::Option { name, .. } => *name,
        ErrorKind::NotFinite { what, .. } => *what,
        kind => panic!("{kind:?}"),
    };
    assert_eq!(bad, name);
    says(&error.to_string(), &[name]);
    says(&error.to_string(), words);
    assert_eq!(error.partial().stats().evaluations, 0);
    assert!(error.partial().is_empty());
}

#[test]
fn tolerances_and_sizes_must_be_positive() {
    for bad in [0.0, -1e-6, NAN, INF, -INF] {
        let value = bad.to_string();
        let must = ["but must be finite and greater than 0", value.as_str()];
        option_refused(Options { rtol: bad, ..Options::default() }, "rtol", &must);
        option_refused(Options { atol: bad, ..Options::default() }, "atol", &must);
        let step = StepSize::Initial(bad);
        option_refused(Options { step, ..Options::default() }, "step", &must);
        let step = StepSize::Fixed(bad);
        option_refused(Options { step, ..Options::default() }, "step", &must);
        if bad != INF {
            option_refused(Options { dt_max: bad, ..Options::default() }, "dt_max", &must);
        }
    }
}

#[test]
fn a_controller_must_make_sense() {
    let sane = Controller::PI;
    let check = |controller, name| {
        option_refused(Options { controller, ..Options::default() }, name, &["must be"]);
    };
    for bad in [0.0, -0.5, NAN, INF] {
        check(Controller { beta: [bad, 0.0, 0.0], ..sane }, "controller.beta[0]");
        check(Controller { safety: bad, ..sane }, "controller.safety");
        check(Controller { min_factor: bad, ..sane }, "controller.min_factor");
        check(Controller { max_factor: bad, ..sane }, "controller.max_factor");
        check(Controller { first_factor: bad, ..sane }, "controller.first_factor");
    }
    // Steps that could only grow, or only shrink.
    check(Controller { min_factor: 1.0, ..sane }, "controller.min_factor");
    check(Controller { max_factor: 1.0, ..sane }, "controller.max_factor");
    check(Controller { first_factor: 0.5, ..sane }, "controller.first_factor");
    check(Controller { safety: 1.5, ..sane }, "controller.safety");
    let controller = Controller { beta: [0.7, NAN, 0.0], ..sane };
    option_refused(Options { controller, ..Options::default() }, "controller.beta", &["NaN"]);
}

#[test]
fn save_times_must_be_sorted_and_inside() {
    let cases: [(&[f64], usize, &str); 8] = [
        (&[1.0, NAN], 1, "not finite"),
        (&[INF], 0, "not finite"),
        (&[-0.1, 1.0], 0, "outside"),
        (&[1.0, 10.1], 1, "outside"),
        (&[1.0, 3.0, 2.0], 2, "sort"),
        (&[1.0, 1.0], 1, "without repeats"),
        (&[0.0, 0.0], 1, "without repeats"),
        (&[10.0, 10.0], 1, "without repeats"),
    ];
    for (times, bad, word) in cases {
        let options = Options { save: Save::At(times.to_vec()), ..Options::default() };
        let error = solve(&lotka_volterra(), Tsit5, &options).unwrap_err();
        let ErrorKind::Times { what, index, t, .. } = *error.kind() else { panic!("{error:?}") };
        assert_eq!((what, index), ("save", bad));
        assert_eq!(t.to_bits(), times[bad].to_bits());
        says(&error.to_string(), &[word, "`save[", &times[bad].to_string()]);
        assert_eq!(error.partial().stats().evaluations, 0);
    }
    // Backwards, the order is that of integration.
    let backwards = lotka_volterra().with_tspan((10.0, 0.0)).unwrap();
    let options = |times: &[f64]| Options { save: Save::At(times.to_vec()), ..Options::default() };
    assert!(solve(&backwards, Tsit5, &options(&[1.0, 2.0])).is_err());
    assert!(solve(&backwards, Tsit5, &options(&[2.0, 1.0])).is_ok());
}

#[test]
fn stops_must_be_finite() {
    for bad in [NAN, INF] {
        let options = Options { stops: vec![1.0, bad], ..Options::default() };
        option_refused(options, "stops", &["`stops[1]`", "NaN or infinite"]);
    }
}

struct NeedsFixedSteps;

impl Visitor for NeedsFixedSteps {
    fn visit(&mut self, method: Method, _: Claim) {
        let adaptive = method.is_adaptive();
        let problem = erased(LotkaVolterra, [1.0; 2], [1.0; 4], (0.0, 1.0)).unwrap();
        for step in [StepSize::Auto, StepSize::Initial(0.1)] {
            let options = Options { step, ..Options::default() };
            match solve(&problem, method, &options) {
                Ok(_) => assert!(adaptive, "{} has no error estimate", method.name()),
                Err(error) => {
                    assert!(!adaptive, "{}: {error}", method.name());
                    assert_eq!(error.kind(), &ErrorKind::FixedStepNeeded { method: method.name() });
                    says(&error.to_string(), &[method.name(), "StepSize::Fixed", "Tsit5"]);
                    assert_eq!(error.partial().stats().evaluations, 0);
                }
            }
        }
    }
}

#[test]
fn methods_without_an_error_estimate_need_a_step_size() {
    every(&mut NeedsFixedSteps);
}

#[test]
fn solutions_refuse_times_that_they_do_not_know() {
    let dense = solve(&lotka_volterra(), Tsit5, &Options::default()).unwrap();
    for t in [-1e-9, 10.0f64.next_up(), INF, -INF, NAN] {
        let error = dense.at(t).unwrap_err();
        let ErrorKind::OutsideSpan { t: asked, t0, t1 } = *error.kind() else { panic!("{error}") };
        assert_eq!((asked.to_bits(), t0, t1), (t.to_bits(), 0.0, 10.0));
        says(&error.to_string(), &[&t.to_string(), "outside the solved span"]);
    }
    refused(
        dense.at_into(1.0, &mut [0.0; 3]),
        ErrorKind::Dimension { what: "u", expected: 2, found: 3 },
        &["`u`", "length 3"],
    );
    for save in [Save::Steps, Save::At(vec![1.0, 2.0])] {
        let sparse = solve(&lotka_volterra(), Tsit5, &Options { save, ..Options::default() });
        let sparse = sparse.unwrap();
        assert_eq!(sparse.at(sparse.times()[1]).unwrap(), sparse.state(1));
        refused(
            sparse.at(1.000001),
            ErrorKind::NotDense { t: 1.000001 },
            &["1.000001", "Save::Dense", "Save::At"],
        );
    }
}

/// `M u' = f` is not `u' = f`: an explicit method says so, by itself and in ensembles.
#[test]
fn explicit_methods_refuse_a_mass_matrix() {
    let dae = WithMass::new(LotkaVolterra, Mass::diagonal([1.0, 0.0])).unwrap();
    let (u0, p) = ([1.0, 1.0], [1.5, 1.0, 3.0, 1.0]);
    let problem = OdeProblem::new(dae.clone(), u0, p, (0.0, 1.0)).unwrap();
    let refused = |kind: &ErrorKind| matches!(kind, ErrorKind::MassMatrix { method: "Tsit5" });
    assert!(refused(solve(&problem, Tsit5, &Options::default()).unwrap_err().kind()));
    let members = [Member::new(u0, p, (0.0, 1.0))];
    let all = Ensemble::new(&dae, &members).one_by_one().solve(Tsit5, &Options::default());
    assert!(all.failures().all(|(_, error)| refused(error.kind())));
    assert_eq!(all.failures().count(), 1);
}
