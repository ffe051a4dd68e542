//! Nothing panics, nothing hangs, nothing lies: each fault has its own kind.

mod known_data;

use datadriven::{
    Differentiate, Ensemble, ErrorKind as K, Estimate, FiniteDifference, Library,
    PolynomialLibrary, Regression, SavitzkyGolay, Smoothing, SmoothingSpline, SparseSystem, Status,
    Stlsq, ThresholdGrid,
};
use known_data::cloud;
use proptest::prelude::*;
use system::{System, system};

fn quadratic() -> Library {
    PolynomialLibrary::default().build(&["x", "y"]).unwrap()
}

fn kind<T: std::fmt::Debug>(result: Result<T, datadriven::Error>) -> K {
    let error = result.unwrap_err();
    assert!(error.to_string().len() > 20, "{error}");
    error.kind().clone()
}

#[test]
fn libraries() {
    let build = |degree, interactions, bias, names: &[&str]| {
        PolynomialLibrary { degree, interactions, bias }.build(names)
    };
    assert_eq!(kind(build(0, true, false, &["x"])), K::EmptyLibrary);
    assert_eq!(build(0, true, true, &["x"]).unwrap().names(), ["1"]);
    assert_eq!(kind(build(2, true, true, &[])), K::NoVariables);
    let (count, limit) = (4_598_126, PolynomialLibrary::MAX_TERMS); // C(104, 4)
    let many: Vec<String> = (0..100).map(|i| format!("x{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(kind(build(4, true, true, &many)), K::TooManyTerms { count, limit });
    assert!(matches!(kind(build(u32::MAX, true, true, &many)), K::TooManyTerms { .. }));
    assert!(matches!(kind(build(u32::MAX, false, true, &many)), K::TooManyTerms { .. }));
    assert_eq!(kind(build(2, true, true, &["x", "x"])), K::DuplicateName { name: "x".into() });
    for name in ["", " x", "1", "a*b", "x^2", "a·b", "a\nb", "1e5", "nan"] {
        assert_eq!(kind(build(2, true, true, &[name])), K::InvalidName { name: name.into() });
    }
    let library = quadratic();
    let known = library.names();
    let unknown = K::UnknownTerm { term: "x^3".into(), known };
    assert_eq!(kind(library.without(&["x^3"])), unknown);
    assert_eq!(kind(library.retain(|_| false)), K::EmptyLibrary);
    assert_eq!(library.concat(&library), library);
}

#[test]
fn terms_are_complete_ordered_and_distinct() {
    let library = PolynomialLibrary { degree: 4, ..Default::default() };
    let built = library.build(&["x", "y", "z"]).unwrap();
    assert_eq!(built.num_terms() as u128, library.count(3));
    assert_eq!(built.names()[10..14], ["x^3", "x^2·y", "x^2·z", "x·y^2"]);
    let exponents = |i: usize| {
        let mut e = [0; 3];
        for &(v, power) in built.terms()[i].factors() {
            e[v] = power;
        }
        (built.terms()[i].degree(), std::cmp::Reverse(e))
    };
    assert!((1..built.num_terms()).all(|i| exponents(i - 1) < exponents(i)));
    let plain = PolynomialLibrary { degree: 3, interactions: false, bias: false };
    let built = plain.build(&["x", "y"]).unwrap();
    assert_eq!(built.names(), ["x", "y", "x^2", "y^2", "x^3", "y^3"]);
    assert_eq!(built.num_terms() as u128, plain.count(2));
    let mut wrong = [0.0f64; 2];
    built.eval(&[1.0, 2.0], &mut wrong);
    assert!(wrong.iter().all(|w| w.is_nan()));
}

#[test]
fn tables() {
    let library = quadratic();
    let x = cloud(20, 2, 1);
    let regress = |x: &[Vec<f64>], y: &[Vec<f64>]| Regression::derivatives(&library, x, y);
    let what = "rows of the targets";
    assert_eq!(kind(regress(&x, &x[1..])), K::WrongLength { what, expected: 20, found: 19 });
    assert_eq!(kind(regress(&x[..6], &x[..6])), K::TooFewRows { rows: 6, terms: 6 });
    assert_eq!(kind(regress(&[], &[])), K::TooFewRows { rows: 0, terms: 6 });
    for bad in [f64::NAN, f64::INFINITY] {
        let mut with = x.clone();
        with[7][1] = bad;
        let (what, column) = ("the inputs", "y".to_owned());
        assert_eq!(kind(regress(&with, &x)), K::NonFinite { what, row: 7, column });
        let (what, column) = ("the targets", "d(y)/dt".to_owned());
        assert_eq!(kind(regress(&x, &with)), K::NonFinite { what, row: 7, column });
    }
    let mut huge = x.clone();
    huge[3][0] = 1e200;
    let (what, column) = ("the library", "x^2".to_owned());
    assert_eq!(kind(regress(&huge, &x)), K::NonFinite { what, row: 3, column });
    // Each number is finite, but the length of the column would not be.
    let mut large = x.clone();
    large.iter_mut().for_each(|row| row[1] *= 1e308);
    let y_overflows = regress(&x, &large);
    assert!(matches!(kind(y_overflows), K::NonFinite { what: "the targets", row: 0, .. }));
    let mut ragged = x.clone();
    ragged[2].push(0.0);
    let what = "the inputs";
    assert_eq!(kind(regress(&ragged, &x)), K::RowLength { what, row: 2, expected: 2, found: 3 });
    let names: [&str; 2] = ["a", "a"];
    assert!(matches!(kind(Regression::outputs(&library, &x, &x, &names)), K::DuplicateName { .. }));
    let times: Vec<f64> = (0..19).map(f64::from).collect();
    let series = Regression::series(&library, &times, &x, &FiniteDifference);
    assert!(matches!(kind(series), K::WrongLength { what: "times", .. }));
}

#[test]
fn collinear_terms_are_named() {
    let library = quadratic();
    let mut x = cloud(20, 2, 1);
    x.iter_mut().for_each(|row| row[1] = 3.0);
    let regression = Regression::derivatives(&library, &x, &x).unwrap();
    let K::RankDeficient { dependent } = kind(Stlsq::default().fit(&regression)) else { panic!() };
    // 1, y, y² and x, x·y cannot be told apart where y is constant.
    assert_eq!(dependent.len(), 3);
    for fault in &dependent {
        assert_eq!(fault.on.len(), 1, "{dependent:?}");
    }
    assert!(matches!(
        kind(Stlsq::default().path(&regression, &ThresholdGrid::default())),
        K::RankDeficient { .. }
    ));
    x.iter_mut().for_each(|row| row[1] = 0.0);
    let regression = Regression::derivatives(&library, &x, &x).unwrap();
    let error = Stlsq::default().fit(&regression).unwrap_err().to_string();
    assert!(error.contains("`y` is zero on every row"), "{error}");
    // A ridge lets the search pass, but the unbiased refit still refuses what it cannot know.
    x.iter_mut().for_each(|row| row[1] = row[0]);
    let regression = Regression::derivatives(&library, &x, &x).unwrap();
    let ridge = Stlsq { ridge: 0.1, ..Stlsq::default() };
    assert!(matches!(kind(ridge.fit(&regression)), K::RankDeficient { .. }));
    let K::EnsembleFailed { failed: 200, replicates: 200, first } =
        kind(Ensemble::default().fit(&regression, &Stlsq::default()))
    else {
        panic!()
    };
    assert!(matches!(first.kind(), K::RankDeficient { .. }));
}

#[test]
fn nothing_is_ever_silently_zero() {
    let x = cloud(40, 2, 3);
    let library = quadratic();
    let y: Vec<[f64; 2]> = x.iter().map(|u| [5.0 * u[1], 0.3 * u[0]]).collect();
    let regression = Regression::derivatives(&library, &x, &y).unwrap();
    let stlsq = |threshold| Stlsq { threshold, ..Stlsq::default() };
    let K::EmptyModel { reasons } = kind(stlsq(6.0).fit(&regression)) else { panic!() };
    assert!(reasons[0].contains("the largest was 5 of y: lower the threshold"), "{reasons:?}");
    let half = stlsq(1.0).fit(&regression).unwrap();
    let Status::Empty { threshold, largest, term } = &half.details()[1].status else { panic!() };
    assert!(*threshold == 1.0 && (largest - 0.3).abs() < 1e-12 && term == "x");
    assert!(half.to_string().contains("lower the threshold"), "{half}");
    assert!(half.equations()[1].starts_with("d(y)/dt = 0  [no coefficient reached"));
    let ensemble = Ensemble { replicates: 20, ..Ensemble::default() };
    let model = ensemble.fit(&regression, &stlsq(1.0)).unwrap();
    assert!(matches!(model.details()[1].status, Status::Unsettled { reached: 0.0, .. }));
    assert!(matches!(kind(ensemble.fit(&regression, &stlsq(6.0))), K::EmptyModel { .. }));
    // A conserved quantity is not a failure.
    let still: Vec<[f64; 2]> = x.iter().map(|u| [u[1], 0.0]).collect();
    let regression = Regression::derivatives(&library, &x, &still).unwrap();
    let model = stlsq(0.1).fit(&regression).unwrap();
    assert_eq!(model.details()[1].status, Status::ZeroTarget);
    assert_eq!(model.equations(), ["d(x)/dt = 1 y", "d(y)/dt = 0"]);
    let path = stlsq(0.1).path(&regression, &ThresholdGrid::default()).unwrap();
    assert_eq!(path.choose(datadriven::Criterion::Aicc).unwrap().equations(), model.equations());
}

#[test]
fn settings() {
    let x = cloud(20, 2, 1);
    let regression = Regression::derivatives(&quadratic(), &x, &x).unwrap();
    let plain = Stlsq::default();
    for bad in [
        Stlsq { threshold: -1.0, ..plain },
        Stlsq { threshold: f64::NAN, ..plain },
        Stlsq { ridge: f64::INFINITY, ..plain },
        Stlsq { max_iterations: 0, ..plain },
    ] {
        assert!(matches!(kind(bad.fit(&regression)), K::InvalidSetting { .. }));
    }
    let ensemble = Ensemble::default();
    for bad in [
        Ensemble { replicates: 0, ..ensemble },
        Ensemble { replicates: usize::MAX, ..ensemble },
        Ensemble { block: 0, ..ensemble },
        Ensemble { block: 21, ..ensemble },
        Ensemble { block: usize::MAX, ..ensemble },
        Ensemble { offered: Some(0), ..ensemble },
        Ensemble { offered: Some(7), ..ensemble },
        Ensemble { inclusion: 0.0, ..ensemble },
        Ensemble { inclusion: f64::NAN, ..ensemble },
        Ensemble { level: 1.0, ..ensemble },
    ] {
        assert!(matches!(kind(bad.fit(&regression, &plain)), K::InvalidSetting { .. }), "{bad:?}");
    }
    let grid = ThresholdGrid::default();
    for bad in [
        ThresholdGrid { count: 1, ..grid },
        ThresholdGrid { lowest: Some(0.0), ..grid },
        ThresholdGrid { lowest: Some(2.0), highest: Some(1.0), ..grid },
        ThresholdGrid { highest: Some(f64::NAN), ..grid },
    ] {
        assert!(matches!(kind(plain.path(&regression, &bad)), K::InvalidSetting { .. }), "{bad:?}");
    }
    let path = plain.path(&regression, &grid).unwrap();
    assert!(matches!(kind(path.with_terms(&[1])), K::WrongLength { .. }));
    assert!(path.pareto(9).is_empty());
}

/// A method of a user, with a fault.
struct Short;

impl Differentiate for Short {
    fn differentiate(&self, _: &[f64], _: &[f64]) -> Result<Estimate, datadriven::Error> {
        Ok(Estimate { values: vec![0.0], derivatives: vec![] })
    }
}

#[test]
fn series() {
    let methods: [&dyn Differentiate; 3] =
        [&FiniteDifference, &SavitzkyGolay::default(), &SmoothingSpline::default()];
    for method in methods {
        let t: Vec<f64> = (0..20).map(f64::from).collect();
        let failed = |t: &[f64], x: &[f64]| kind(method.differentiate(t, x));
        assert!(matches!(failed(&[], &[]), K::ShortSeries { points: 0, .. }));
        assert!(matches!(failed(&t[..2], &t[..2]), K::ShortSeries { points: 2, .. }));
        assert!(matches!(failed(&t, &t[1..]), K::WrongLength { expected: 20, found: 19, .. }));
        for (at, value) in [(5, 4.0), (5, 3.5)] {
            let mut bad = t.clone();
            bad[at] = value;
            assert!(matches!(failed(&bad, &t), K::UnsortedTimes { index: 5, before: 4.0, .. }));
        }
        let mut bad = t.clone();
        bad[3] = f64::NAN;
        assert!(matches!(failed(&bad, &t), K::NonFinite { row: 3, .. }));
        assert!(matches!(failed(&t, &bad), K::NonFinite { row: 3, .. }));
    }
    let t: Vec<f64> = (0..20).map(f64::from).collect();
    let short = Regression::series(&quadratic(), &t, &cloud(20, 2, 1), &Short);
    assert!(matches!(kind(short), K::WrongLength { expected: 20, found: 0, .. }));
    let golay =
        |window, degree| kind(SavitzkyGolay { window, degree }.differentiate(&[0.0; 9], &[0.0; 9]));
    for (window, degree) in [(4, 2), (0, 0), (5, 5), (5, 0), (99, 50)] {
        assert!(matches!(golay(window, degree), K::InvalidSetting { .. }));
    }
    let fixed = SmoothingSpline { smoothing: Smoothing::Fixed(0.0) };
    let t: Vec<f64> = (0..9).map(f64::from).collect();
    assert!(matches!(kind(fixed.differentiate(&t, &t)), K::InvalidSetting { .. }));
}

system! {
    struct Known;
    state { x, z }
    params { a }
    rhs(_t) {
        d(x) = a * x;
        d(z) = -z;
    }
}

#[test]
fn systems() {
    let x = cloud(40, 2, 3);
    let y: Vec<[f64; 1]> = x.iter().map(|u| [5.0 * u[1]]).collect();
    let regression = Regression::outputs(&quadratic(), &x, &y, &["x"]).unwrap();
    let model = Stlsq::default().fit(&regression).unwrap();
    let missing = K::UnknownState { name: "y".into(), known: vec!["x".into()] };
    assert_eq!(kind(SparseSystem::new(&model)), missing);
    let missing = K::UnknownState { name: "y".into(), known: vec!["x".into(), "z".into()] };
    assert_eq!(kind(SparseSystem::with_known(Known, &model, &[0])), missing);
    let known = datadriven::NoKnownPart::new(&["x", "y"]);
    assert!(matches!(
        kind(SparseSystem::with_known(&known, &model, &[2])),
        K::InvalidSetting { .. }
    ));
    assert!(matches!(
        kind(SparseSystem::with_known(&known, &model, &[0, 1])),
        K::WrongLength { expected: 1, found: 2, .. }
    ));
    let system = SparseSystem::with_known(&known, &model, &[1]).unwrap();
    assert_eq!(system.param_names(), ["y: y"]);
    assert!(matches!(kind(system.params(&[1.0])), K::WrongLength { expected: 0, found: 1, .. }));
    let mut du = [0.0f64; 2];
    system.rhs(0.0, &[1.0, 2.0], &[], &mut du);
    assert!(du.iter().all(|d| d.is_nan()));
    assert!(matches!(kind(model.with_coefficients(&[], &[])), K::WrongLength { .. }));
    assert!(matches!(kind(model.with_coefficients(&[0.0], &[1.0])), K::InvalidSetting { .. }));
    assert!(matches!(kind(model.with_coefficients(&[1.0], &[-1.0])), K::InvalidSetting { .. }));
    let refitted = model.with_coefficients(&[4.5], &[0.1]).unwrap();
    assert_eq!(refitted.equations(), ["x = 4.5 y"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_numbers_give_an_answer_or_an_error(
        rows in 0usize..24,
        seed in any::<u64>(),
        exponents in prop::collection::vec(prop_oneof![-3i32..4, -320i32..320], 4),
        threshold in prop::sample::select(vec![0.0, 1e-3, 1.0, 1e6]),
        normalize in any::<bool>(),
    ) {
        let scaled = |part: &[i32]| -> Vec<Vec<f64>> {
            let scale = |(v, e): (&f64, &i32)| v * 10f64.powi(*e);
            cloud(rows, 2, seed).iter().map(|u| u.iter().zip(part).map(scale).collect()).collect()
        };
        let (x, y) = (scaled(&exponents[..2]), scaled(&exponents[2..]));
        if let Ok(regression) = Regression::derivatives(&quadratic(), &x, &y) {
            let stlsq = Stlsq { threshold, normalize, ..Stlsq::default() };
            if let Ok(model) = stlsq.fit(&regression) {
                let numbers = model.coefficients().concat();
                prop_assert!(numbers.iter().all(|c| c.is_finite()), "{model}");
                prop_assert!(!model.to_string().contains("NaN"), "{model}");
            }
            let ensemble = Ensemble { replicates: 3, ..Ensemble::default() };
            if let Ok(model) = ensemble.fit(&regression, &stlsq) {
                prop_assert!(!model.to_string().contains("NaN"), "{model}");
            }
            let _ = stlsq.path(&regression, &ThresholdGrid::default()).map(|p| p.to_string());
        }
    }
}
