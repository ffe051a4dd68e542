//! Requests without sense: each is a typed error with its data and a text that says what to try, and
//! nothing panics.

#[macro_use]
mod refused_macro;

use fit::{
    Dataset, Error, ErrorKind, ErrorScale, Fitting, Free, Laplace, Settings, Stage, Trained,
};
use optimize::{Bound, Control, Lbfgs, Multistart, Stop};
use system::System;

system::system! {
    struct Decay;
    state { u, v }
    params { rate, inflow, lag }
    rhs(_t) {
        d(u) = inflow - rate * u;
        d(v) = (u - v) / lag;
    }
}

const GOOD: [f64; 5] = [2.0, 0.0, 1.0, 0.5, 0.7];
const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

fn data() -> Dataset {
    let values = [2.0, 0.1, 1.4, 0.6, 1.1, 0.8, 0.9, 0.9, 0.7, 0.8, 0.6, 0.7];
    Dataset::new(&[0.0, 0.5, 1.0, 1.5, 2.0, 3.0], &["u", "v"], &values).unwrap()
}

fn train(
    settings: Settings,
    theta: &[f64],
    free: Free,
    rows: Option<usize>,
) -> Result<Trained, Error> {
    let data = data();
    let fitting = Fitting::new(&Decay, &data, settings)?;
    let minimizer = Lbfgs::default();
    let stop = Stop::iterations(3);
    let stage = Stage { name: "first", free, rows, minimizer: &minimizer, stop };
    fitting.train(theta, &[stage], &mut |_| Control::Continue)
}

fn laplace(theta: &[f64], free: Free) -> Result<Laplace, Error> {
    let data = data();
    Laplace::new(&Fitting::new(&Decay, &data, Settings::default())?, theta, &free)
}

use ErrorKind::{
    FrozenDiffer, Gradient, Length, NoMeasurements, NoSuchParams, NotDecomposed, NothingFree, Rows,
    Solve, TooFewMeasurements, Training,
};

#[test]
fn the_good_case_is_good() {
    assert!(train(Settings::default(), &GOOD, Free::ALL, None).is_ok());
    assert!(laplace(&GOOD, Free::ALL).is_ok());
}

#[test]
fn theta_of_a_wrong_length() {
    for theta in [&GOOD[..0], &GOOD[..1], &GOOD[..4], &[1.0; 6]] {
        let found_here = theta.len();
        let data = data();
        let fitting = Fitting::new(&Decay, &data, Settings::default()).unwrap();
        let none = fitting.train(theta, &[], &mut |_| Control::Continue);
        let minimizer = Lbfgs::default();
        let stop = Stop::default();
        let stage = Stage { name: "", free: Free::ALL, rows: None, minimizer: &minimizer, stop };
        let mixed = [GOOD.to_vec(), theta.to_vec()];
        for refused in [
            none.map(|_| ()),
            train(Settings::default(), theta, Free::ALL, None).map(|_| ()),
            laplace(theta, Free::ALL).map(|_| ()),
            laplace(theta, Free::params(0..1)).map(|_| ()),
            fitting.simulate(theta, &[1.0, 2.0]).map(|_| ()),
            fitting.simulate(theta, &[0.0]).map(|_| ()),
            fitting.simulate(theta, &[]).map(|_| ()),
            fitting.train_from_many(&mixed, &stage, &Multistart::default()).map(|_| ()),
            fitting.train_from_many(&mixed[1..], &stage, &Multistart::default()).map(|_| ()),
        ] {
            refused!(
                refused,
                Length { what: "theta", expected: 5, found } if *found == found_here,
                "`theta`",
                "5 is needed"
            );
        }
    }
}

/// The loss is a number and not a result, for minimisers: infinite for what cannot be computed.
#[test]
fn the_loss_of_nonsense_is_infinite() {
    let data = data();
    let fitting = Fitting::new(&Decay, &data, Settings::default()).unwrap();
    let loss = |theta: &[f64], rows, gradient| fitting.loss(theta, rows, &mut vec![0.5; gradient]);
    assert!(loss(&GOOD, 6, 5).is_finite() && loss(&GOOD, 2, 5).is_finite());
    for rows in [0, 1, 7, usize::MAX] {
        assert_eq!(loss(&GOOD, rows, 5), INF);
    }
    for length in [0, 1, 4] {
        assert_eq!(loss(&GOOD[..length], 6, length), INF);
    }
    for gradient in [0, 4, 6] {
        assert_eq!(loss(&GOOD, 6, gradient), INF);
    }
    for i in 0..5 {
        for bad in [NAN, INF, -INF] {
            let mut theta = GOOD;
            theta[i] = bad;
            assert_eq!(loss(&theta, 6, 5), INF);
        }
    }
}

#[test]
fn rows_of_a_stage() {
    for bad in [0, 1, 7, usize::MAX] {
        refused!(
            train(Settings::default(), &GOOD, Free::ALL, Some(bad)),
            Rows { stage, rows, available: 6 } if stage == "first" && *rows == bad,
            "stage `first`",
            "at least 2",
            "the 6"
        );
    }
}

#[test]
fn rows_without_measurements() {
    let values = [NAN, NAN, NAN, 1.0, NAN, 1.0];
    let data = Dataset::new(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], &["u"], &values).unwrap();
    let minimizer = Lbfgs::default();
    let stage = |rows| Stage {
        name: "early",
        free: Free::ALL,
        rows,
        minimizer: &minimizer,
        stop: Stop::default(),
    };
    let go = |weights: Vec<f64>, rows| {
        let settings = Settings { weights, ..Settings::default() };
        let fitting = Fitting::new(&Decay, &data, settings).unwrap();
        fitting.train(&GOOD, &[stage(rows)], &mut |_| Control::Continue)
    };
    refused!(
        go(vec![], Some(3)),
        NoMeasurements { stage, rows: 3 } if stage == "early",
        "stage `early`",
        "first 3 rows"
    );
    assert!(go(vec![], Some(4)).is_ok());
    refused!(go(vec![0.0], None), NoMeasurements { rows: 6, .. }, "weight");
}

#[test]
fn nothing_free_and_too_much() {
    for stage in ["first", "uncertainty"] {
        let go = |free| match stage {
            "first" => train(Settings::default(), &GOOD, free, None).map(|_| ()),
            _ => laplace(&GOOD, free).map(|_| ()),
        };
        refused!(go(Free::params(1..1)), NothingFree { stage: s } if s == stage, "frees no unknown");
        assert!(go(Free::params(0..0).and_initial_state()).is_ok());
        #[expect(clippy::reversed_empty_ranges)]
        for bad in [0..4, 3..4, 2..1, 5..5, usize::MAX..usize::MAX] {
            refused!(
                go(Free::params(bad.clone())),
                NoSuchParams { what: "free", range, num_params: 3 } if *range == bad,
                "`free`",
                "within 0..3"
            );
        }
    }
}

#[test]
fn bounds_violated_at_the_start() {
    let bounded = |bound| Settings { p_bounds: vec![bound; 3], ..Settings::default() };
    for (bound, bad) in [
        (Bound::Positive, -1.0),
        (Bound::Positive, 0.0),
        (Bound::Box(0.1, 2.0), 2.0),
        (Bound::Upper(0.9), 1.0),
    ] {
        let mut theta = GOOD;
        theta[2] = bad;
        refused!(
            train(bounded(bound), &theta, Free::ALL, None),
            Training { stage, error } if stage == "first"
                && matches!(error.kind(), optimize::ErrorKind::OutsideBound { .. }),
            "stage `first`",
            "strictly between"
        );
        let data = data();
        let fitting = Fitting::new(&Decay, &data, bounded(bound)).unwrap();
        refused!(
            Laplace::new(&fitting, &theta, &Free::ALL),
            Training { stage, .. } if stage == "uncertainty",
            "uncertainty"
        );
    }
    for empty in [Bound::Box(2.0, 1.0), Bound::Box(NAN, 1.0), Bound::Lower(INF)] {
        refused!(
            train(bounded(empty), &GOOD, Free::ALL, None),
            Training { error, .. }
                if matches!(error.kind(), optimize::ErrorKind::EmptyInterval { .. }),
            "empty"
        );
    }
}

/// The index in the error is that of all unknowns, whichever are free.
#[test]
fn a_violated_bound_is_named_by_its_place_among_all_unknowns() {
    let mut theta = GOOD;
    theta[3] = -0.5;
    let p_bounds = vec![Bound::Free, Bound::Positive, Bound::Free];
    let settings = Settings { p_bounds, ..Settings::default() };
    let data = data();
    let fitting = Fitting::new(&Decay, &data, settings.clone()).unwrap();
    for free in [Free::ALL, Free::params(0..3), Free::params(1..2)] {
        refused!(
            train(settings.clone(), &theta, free.clone(), None),
            Training { error, .. } if matches!(
                error.kind(),
                optimize::ErrorKind::OutsideBound { index: 3, .. }
            ),
            "x[3] = -0.5"
        );
        refused!(Laplace::new(&fitting, &theta, &free), Training { .. }, "x[3] = -0.5");
    }
    // A frozen unknown may lie anywhere.
    assert!(train(settings, &theta, Free::params(0..1), None).is_ok());
}

#[test]
fn numbers_that_are_none_at_the_start() {
    for i in 0..5 {
        for bad in [NAN, INF] {
            let mut theta = GOOD;
            theta[i] = bad;
            for free in [Free::ALL, Free::params(0..1), Free::params(2..3)] {
                refused!(
                    train(Settings::default(), &theta, free.clone(), None),
                    Training { stage, .. } if stage == "first",
                    "stage `first`"
                );
                refused!(laplace(&theta, free), Training { .. } | Solve(_), "[");
            }
            let data = data();
            let fitting = Fitting::new(&Decay, &data, Settings::default()).unwrap();
            refused!(fitting.simulate(&theta, &[0.0]), Solve(_), "finite");
            refused!(fitting.simulate(&theta, &[0.0, 1.0]), Solve(_), "finite");
        }
    }
}

#[test]
fn the_loss_is_not_finite_at_the_start() {
    // The model does not reach the end: lag = 0 divides by zero.
    let mut theta = GOOD;
    theta[4] = 0.0;
    refused!(
        train(Settings::default(), &theta, Free::ALL, None),
        Training { error, .. }
            if matches!(error.kind(), optimize::ErrorKind::StartNotEvaluable { .. }),
        "start from a point"
    );
    refused!(laplace(&theta, Free::ALL), Gradient(_) | Solve(_), "t =");
}

#[test]
fn times_of_a_simulation() {
    let data = data();
    let fitting = Fitting::new(&Decay, &data, Settings::default()).unwrap();
    let simulate = |times: &[f64]| fitting.simulate(&GOOD, times);
    assert_eq!(simulate(&[]).unwrap(), Vec::<Vec<f64>>::new());
    assert_eq!(simulate(&[0.0]).unwrap(), [[2.0, 0.0]]);
    assert_eq!(simulate(&[0.0, 0.1]).unwrap()[0], [2.0, 0.0]);
    assert_eq!(simulate(&[0.3, 90.0]).unwrap().len(), 2);
    for (times, bad, word) in [
        (&[1.0, 0.5][..], 1, "sort the times"),
        (&[0.5, 0.5], 1, "sort the times"),
        (&[0.0, 0.0], 1, "sort the times"),
        (&[2.0, 1.0, 3.0], 1, "sort the times"),
        (&[-1.0], 0, "before the first measurement"),
        (&[-1.0, 1.0], 0, "before the first measurement"),
        (&[NAN], 0, "not finite"),
        (&[1.0, INF], 1, "not finite"),
        (&[-INF, 1.0], 0, "not finite"),
    ] {
        let error = simulate(times).unwrap_err();
        let ErrorKind::Solve(inner) = error.kind() else { panic!("{error:?}") };
        let ode_core::ErrorKind::Times { what: "times", index, .. } = inner.kind() else {
            panic!("{error:?}")
        };
        assert_eq!(*index, bad);
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn too_few_measurements_for_an_uncertainty() {
    let values = [1.0, NAN, 0.8, 0.5, 0.6, NAN];
    let data = Dataset::new(&[0.0, 1.0, 2.0], &["u", "v"], &values).unwrap();
    let fitting = Fitting::new(&Decay, &data, Settings::default()).unwrap();
    refused!(
        Laplace::new(&fitting, &GOOD, &Free::ALL),
        TooFewMeasurements { measurements: 4, unknowns: 5 },
        "4 measurements",
        "5 unknowns"
    );
    refused!(
        Laplace::new(&fitting, &GOOD, &Free::params(1..3).and_initial_state()),
        TooFewMeasurements { measurements: 4, unknowns: 4 },
        "free fewer"
    );
    assert!(Laplace::new(&fitting, &GOOD, &Free::params(0..1)).is_ok());
    // Weight zero does not count.
    let settings = Settings { weights: vec![0.0, 1.0], ..Settings::default() };
    let fitting = Fitting::new(&Decay, &data, settings).unwrap();
    refused!(
        Laplace::new(&fitting, &GOOD, &Free::params(0..1)),
        TooFewMeasurements { measurements: 1, unknowns: 1 },
        "1 measurements"
    );
}

#[test]
fn a_negative_state_on_the_log_scale() {
    let data = data();
    let settings = Settings { scale: ErrorScale::Log, ..Settings::default() };
    let fitting = Fitting::new(&Decay, &data, settings).unwrap();
    let theta = [2.0, -1.0, 1.0, 0.5, 0.7];
    refused!(Laplace::new(&fitting, &theta, &Free::ALL), NotDecomposed, "stay positive");
    assert_eq!(fitting.loss(&theta, 6, &mut [0.0; 5]), INF);
}

#[test]
fn residuals_whose_squares_overflow() {
    let data = Dataset::new(&[0.0, 1.0, 2.0], &["u"], &[1e200, -1e200, 1e200]).unwrap();
    let fitting = Fitting::new(&Decay, &data, Settings::default()).unwrap();
    refused!(Laplace::new(&fitting, &GOOD, &Free::params(0..1)), NotDecomposed, "not finite");
    let minimizer = Lbfgs::default();
    let stop = Stop::default();
    let stage = Stage { name: "x", free: Free::ALL, rows: None, minimizer: &minimizer, stop };
    refused!(
        fitting.train(&GOOD, &[stage], &mut |_| Control::Continue),
        Training { .. },
        "stage `x`"
    );
}

#[test]
fn a_single_row_cannot_be_trained_on() {
    let one = data().window(0.0, 0.1).unwrap();
    assert_eq!(one.len(), 1);
    let fitting = Fitting::new(&Decay, &one, Settings::default()).unwrap();
    let minimizer = Lbfgs::default();
    let stop = Stop::default();
    let stage = Stage { name: "x", free: Free::ALL, rows: None, minimizer: &minimizer, stop };
    refused!(
        fitting.train(&GOOD, &[stage], &mut |_| Control::Continue),
        Rows { rows: 1, available: 1, .. },
        "at least 2"
    );
    let free = Free::params(0..1);
    refused!(Laplace::new(&fitting, &GOOD, &free), Solve(_), "span");
    assert_eq!(fitting.simulate(&GOOD, &[0.0]).unwrap(), [[2.0, 0.0]]);
}

#[test]
fn many_starts_without_sense() {
    let data = data();
    let fitting = Fitting::new(&Decay, &data, Settings::default()).unwrap();
    let minimizer = Lbfgs::default();
    let stop = Stop::iterations(2);
    let stage =
        Stage { name: "many", free: Free::params(0..2), rows: None, minimizer: &minimizer, stop };
    let go = |points: &[Vec<f64>]| fitting.train_from_many(points, &stage, &Multistart::default());
    refused!(go(&[]), Training { stage, .. } if stage == "many", "at least one point");
    let mut other = GOOD.to_vec();
    other[4] = 0.9;
    refused!(
        go(&[GOOD.to_vec(), GOOD.to_vec(), other]),
        FrozenDiffer { point: 2, unknown: 4 },
        "point 2",
        "unknown 4"
    );
    let nan = vec![2.0, 0.0, NAN, 0.5, 0.7];
    refused!(go(&[GOOD.to_vec(), nan]), Training { .. }, "finite");
    // All of them fail: lag = 0.
    let dead = vec![2.0, 0.0, 1.0, 0.5, 0.0];
    refused!(go(&[dead.clone(), dead]), Training { .. }, "none of the 2 starts");
}

/// A model whose list of parameter names is too short: they are only names.
struct Nameless;

impl System for Nameless {
    fn dim(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        2
    }
    fn rhs<S: system::Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        du[0] = -(p[0] + p[1]) * u[0];
    }
    fn param_names(&self) -> Vec<String> {
        Vec::new()
    }
}

#[test]
fn parameters_without_names_can_still_be_told_what_is_wrong() {
    let data = Dataset::new(&[0.0, 1.0, 2.0, 3.0], &["u"], &[1.0, 0.5, 0.25, 0.2]).unwrap();
    let fitting = Fitting::new(&Nameless, &data, Settings::default()).unwrap();
    let error = Laplace::new(&fitting, &[1.0, 0.3, 0.3], &Free::ALL).unwrap_err();
    let ErrorKind::Unidentifiable { name, .. } = error.kind() else { panic!("{error:?}") };
    assert!(name == "p1" || name == "p2", "{name}");
}
