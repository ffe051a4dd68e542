//! Standard errors, intervals and criteria against textbook formulas.

mod known_data;

use datadriven::{Ensemble, PolynomialLibrary, Regression, Statistics, Stlsq, ThresholdGrid};
use known_data::{Noise, cloud};

fn line_regression(x: &[f64], y: &[f64]) -> Regression {
    let library = PolynomialLibrary { degree: 1, ..Default::default() }.build(&["x"]).unwrap();
    let x: Vec<[f64; 1]> = x.iter().map(|&x| [x]).collect();
    let y: Vec<[f64; 1]> = y.iter().map(|&y| [y]).collect();
    Regression::derivatives(&library, &x, &y).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12 * (1.0 + b.abs())
}

#[test]
fn a_straight_line_by_hand() {
    let (x, y) = ([0.0, 1.0, 2.0, 3.0, 4.0], [1.0, 2.9, 5.2, 6.8, 9.1]);
    let model = Stlsq::default().fit(&line_regression(&x, &y)).unwrap();
    let equation = &model.details()[0];
    // Sxx = 10, Sxy = 20.1, ȳ = 5, slope 2.01, intercept 0.98, RSS = Syy − Sxy²/Sxx.
    let rss = 40.5 - 20.1 * 20.1 / 10.0;
    let sigma = (rss / 3.0f64).sqrt();
    assert!(close(equation.coefficients[0], 0.98) && close(equation.coefficients[1], 2.01));
    let error = sigma * (0.2f64 + 4.0 / 10.0).sqrt();
    assert!((equation.std_errors[0] - error).abs() < 1e-12, "{equation:?}");
    assert!((equation.std_errors[1] - sigma / 10f64.sqrt()).abs() < 1e-12);
    let Statistics { rows, rmse, r2, aicc, bic, condition, .. } = equation.statistics.unwrap();
    assert_eq!(rows, 5);
    assert!((rmse - (rss / 5.0).sqrt()).abs() < 1e-12);
    assert!((r2 - (1.0 - rss / 40.5)).abs() < 1e-12);
    let log = 5.0 * (rss / 5.0).ln();
    // K = 3: AICc = log + 2K + 2K(K + 1)/(5 − K − 1).
    assert!((aicc.unwrap() - (log + 6.0 + 24.0)).abs() < 1e-10);
    assert!((bic - (log + 3.0 * 5f64.ln())).abs() < 1e-10);
    // Unit columns with cosine c = Σx / √(5 Σx²): condition √((1 + c)/(1 − c)).
    let c = 10.0 / 150f64.sqrt();
    assert!((condition - ((1.0 + c) / (1.0 - c)).sqrt()).abs() < 1e-10);
    // t(0.975, 3) = 3.182446.
    let [low, high] = equation.interval(1, 0.95).unwrap();
    assert!(((high - low) / 2.0 - 3.182_446 * equation.std_errors[1]).abs() < 1e-6);
    assert!(equation.interval(1, 1.0).is_err() && equation.interval(7, 0.5).is_err());
}

#[test]
fn intervals_cover_as_often_as_they_say() {
    let x = cloud(25, 1, 11);
    let library = PolynomialLibrary { degree: 2, ..Default::default() }.build(&["x"]).unwrap();
    let truth = [0.5, -2.0, 1.5];
    let mut covered = [0; 3];
    let replicates = 200;
    for seed in 0..replicates {
        let mut noise = Noise::new(seed, 0.3);
        let y: Vec<[f64; 1]> = x
            .iter()
            .map(|u| [truth[0] + truth[1] * u[0] + truth[2] * u[0] * u[0] + noise.draw()])
            .collect();
        let regression = Regression::derivatives(&library, &x, &y).unwrap();
        // Threshold 0: no selection, so the textbook guarantee holds.
        let model = Stlsq { threshold: 0.0, ..Stlsq::default() }.fit(&regression).unwrap();
        for (j, truth) in truth.iter().enumerate() {
            let [low, high] = model.details()[0].interval(j, 0.95).unwrap();
            covered[j] += usize::from(low < *truth && *truth < high);
        }
    }
    // Binomial(200, 0.95): 190 ± 3.08; beyond 178 and 199 lies less than one case in a thousand.
    for count in covered {
        assert!((178..=199).contains(&count), "{covered:?}");
    }
}

#[test]
fn bootstrap_intervals_are_as_wide_as_the_textbook() {
    let x: Vec<f64> = (0..400).map(|i| 0.005 * f64::from(i)).collect();
    let mut noise = Noise::new(4, 0.2);
    let y: Vec<f64> = x.iter().map(|x| 1.0 + 2.0 * x + noise.draw()).collect();
    let regression = line_regression(&x, &y);
    let ensemble = Ensemble { replicates: 1000, ..Ensemble::default() };
    let model = ensemble.fit(&regression, &Stlsq::default()).unwrap();
    let equation = &model.details()[0];
    for j in 0..2 {
        let [low, high] = equation.bootstrap.as_ref().unwrap().intervals[j].unwrap();
        let [l, h] = equation.interval(j, 0.95).unwrap();
        let ratio = (high - low) / (h - l);
        assert!((0.85..1.15).contains(&ratio), "{ratio}");
        assert!(low < equation.coefficients[j] && equation.coefficients[j] < high);
    }
}

#[test]
fn blocks_see_correlated_errors_that_rows_do_not() {
    let x: Vec<f64> = (0..600).map(|i| (0.02 * f64::from(i)).sin()).collect();
    let mut noise = Noise::new(9, 0.1);
    let mut error = 0.0;
    let y: Vec<f64> = x
        .iter()
        .map(|x| {
            error = 0.95 * error + noise.draw();
            1.0 + 2.0 * x + error
        })
        .collect();
    let regression = line_regression(&x, &y);
    let width = |block| {
        let ensemble = Ensemble { replicates: 400, block, ..Ensemble::default() };
        let model = ensemble.fit(&regression, &Stlsq::default()).unwrap();
        let [low, high] = model.details()[0].bootstrap.as_ref().unwrap().intervals[0].unwrap();
        high - low
    };
    // √((1 + ρ)/(1 − ρ)) = 6.2 times as wide in the limit of long series and blocks.
    assert!(width(60) > 2.0 * width(1));
}

#[test]
fn library_bagging_judges_terms_by_the_replicates_that_had_them() {
    let x = cloud(200, 2, 21);
    let mut noise = Noise::new(22, 0.01);
    let y: Vec<[f64; 2]> =
        x.iter().map(|u| [2.0 * u[0] + noise.draw(), -u[1] + noise.draw()]).collect();
    let library = PolynomialLibrary::default().build(&["a", "b"]).unwrap();
    let regression = Regression::derivatives(&library, &x, &y).unwrap();
    let ensemble = Ensemble { offered: Some(4), replicates: 300, ..Ensemble::default() };
    let model = ensemble.fit(&regression, &Stlsq { threshold: 0.5, ..Default::default() }).unwrap();
    let inclusion = &model.details()[0].bootstrap.as_ref().unwrap().inclusion;
    assert_eq!(inclusion[1], 1.0, "{inclusion:?}");
    assert_eq!(model.details()[0].support(), [1]);
    assert_eq!(model.details()[1].support(), [2]);
}

#[test]
fn ridge_shrinks_the_search_but_not_the_answer() {
    let (x, y) = ([1.0, 2.0, 3.0, 4.0], [2.0, 4.1, 5.9, 8.0]);
    let regression = line_regression(&x, &y);
    let plain = Stlsq { threshold: 0.0, ..Stlsq::default() }.fit(&regression).unwrap();
    let ridge = Stlsq { threshold: 0.0, ridge: 10.0, ..Stlsq::default() };
    assert_eq!(plain, ridge.fit(&regression).unwrap());
    // Without the constant: ξ = Σxy / (Σx² + α) = 59.9 / 40 under α = 10, and 59.9 / 30 without.
    let library = regression.library().without(&["1"]).unwrap();
    let rows = |v: &[f64]| v.iter().map(|&v| [v]).collect::<Vec<_>>();
    let regression = Regression::derivatives(&library, &rows(&x), &rows(&y)).unwrap();
    let found = |threshold| Stlsq { threshold, ridge: 10.0, ..Stlsq::default() }.fit(&regression);
    assert!(found(59.9 / 40.0 + 1e-9).is_err());
    let coefficient = found(59.9 / 40.0 - 1e-9).unwrap().coefficient("x", "x").unwrap();
    assert!(close(coefficient, 59.9 / 30.0), "{coefficient}");
}

#[test]
fn exact_data_prefer_the_true_model_over_rounding() {
    let x = cloud(100, 2, 2);
    let y: Vec<[f64; 2]> = x.iter().map(|u| [u[0] * u[1], 3.0]).collect();
    let library = PolynomialLibrary { degree: 3, ..Default::default() }.build(&["a", "b"]).unwrap();
    let regression = Regression::derivatives(&library, &x, &y).unwrap();
    let grid = ThresholdGrid { lowest: Some(1e-18), highest: Some(1e3), count: 200 };
    let path = Stlsq::default().path(&regression, &grid).unwrap();
    let model = path.choose(datadriven::Criterion::Aicc).unwrap();
    assert_eq!(model.equations(), ["d(a)/dt = 1 a·b", "d(b)/dt = 3"]);
    assert_eq!(model.details()[1].statistics.unwrap().r2, 1.0);
}
