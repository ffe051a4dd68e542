//! Systems whose equations are known.

mod known_data;

use datadriven::{
    Criterion, Ensemble, FiniteDifference, Library, PolynomialLibrary, Regression, SmoothingSpline,
    SparseModel, SparseSystem, Stlsq, ThresholdGrid,
};
use known_data::{Noise, cloud, lorenz, lorenz_rhs};
use proptest::prelude::*;
use system::System;

fn polynomials(degree: u32, variables: &[&str]) -> Library {
    PolynomialLibrary { degree, ..Default::default() }.build(variables).unwrap()
}

/// Exactly these terms, with these coefficients.
fn assert_terms(model: &SparseModel, target: &str, expected: &[(&str, f64)], tolerance: f64) {
    let equation = model.details().iter().find(|e| e.target.name() == target).unwrap();
    assert_eq!(equation.support().len(), expected.len(), "{model}");
    for &(term, value) in expected {
        let found = model.coefficient(target, term).unwrap();
        assert!((found - value).abs() < tolerance, "{target}: {term} is {found}\n{model}");
    }
}

#[test]
fn lorenz_as_published() {
    let (t, x) = lorenz(1000, 0.002);
    let library = polynomials(2, &["x", "y", "z"]);
    let regression = Regression::series(&library, &t, &x, &FiniteDifference).unwrap();
    let model = Stlsq::default().fit(&regression).unwrap();
    // pysindy's introductory example, differences of the same order.
    assert_terms(&model, "x", &[("x", -9.999), ("y", 9.999)], 1e-2);
    assert_terms(&model, "y", &[("x", 27.992), ("y", -0.999), ("x·z", -1.0)], 1e-2);
    assert_terms(&model, "z", &[("z", -2.666), ("x·y", 1.0)], 1e-2);
    for equation in model.details() {
        assert!(equation.statistics.unwrap().r2 > 0.9999);
    }
}

#[test]
fn two_exponentials() {
    let t: Vec<f64> = (0..200).map(|i| 0.01 * f64::from(i)).collect();
    let x: Vec<[f64; 2]> = t.iter().map(|t| [3.0 * (-2.0 * t).exp(), 0.5 * t.exp()]).collect();
    let library = polynomials(1, &["x", "y"]);
    let regression = Regression::series(&library, &t, &x, &FiniteDifference).unwrap();
    let model = Stlsq::default().fit(&regression).unwrap();
    assert_terms(&model, "x", &[("x", -2.0)], 1e-3);
    assert_terms(&model, "y", &[("y", 1.0)], 1e-3);
}

#[test]
fn the_found_lorenz_runs() {
    let (t, x) = lorenz(1000, 0.002);
    let library = polynomials(2, &["x", "y", "z"]);
    let regression = Regression::series(&library, &t, &x, &FiniteDifference).unwrap();
    let system = SparseSystem::new(&Stlsq::default().fit(&regression).unwrap()).unwrap();
    assert_eq!(system.state_names(), ["x", "y", "z"]);
    let names = ["x: x", "x: y", "y: x", "y: y", "y: x·z", "z: z", "z: x·y"];
    assert_eq!(system.param_names(), names);
    let p = [-10.0, 10.0, 28.0, -1.0, -1.0, -8.0 / 3.0, 1.0];
    let mut du = [0.0; 3];
    for u in x.iter().step_by(100) {
        system.rhs(0.0, u, &p, &mut du);
        for (du, exact) in du.iter().zip(lorenz_rhs(*u)) {
            assert!((du - exact).abs() < 1e-11 * (1.0 + exact.abs()));
        }
    }
}

#[test]
fn splines_find_lorenz_in_noise_where_differences_do_not() {
    let (t, mut x) = lorenz(2000, 0.002);
    let mut noise = Noise::new(1, 0.05);
    x.iter_mut().flatten().for_each(|x| *x += noise.draw());
    let library = polynomials(2, &["x", "y", "z"]);
    let stlsq = Stlsq { threshold: 0.5, ..Stlsq::default() };
    let spline = Regression::series(&library, &t, &x, &SmoothingSpline::default()).unwrap();
    let model = stlsq.fit(&spline).unwrap();
    assert_terms(&model, "x", &[("x", -10.0), ("y", 10.0)], 0.3);
    assert_terms(&model, "y", &[("x", 28.0), ("y", -1.0), ("x·z", -1.0)], 0.5);
    assert_terms(&model, "z", &[("z", -8.0 / 3.0), ("x·y", 1.0)], 0.1);
    let differences = Regression::series(&library, &t, &x, &FiniteDifference).unwrap();
    let rough = stlsq.fit(&differences).unwrap();
    let error = |m: &SparseModel| (m.coefficient("y", "x").unwrap() - 28.0).abs();
    assert!(error(&model) < error(&rough), "{model}\n{rough}");
}

#[test]
fn inclusion_separates_true_terms_from_others_at_one_percent_noise() {
    let (_, x) = lorenz(1000, 0.005);
    let dx: Vec<[f64; 3]> = x.iter().map(|u| lorenz_rhs(*u)).collect();
    let rms = (dx.iter().flatten().map(|d| d * d).sum::<f64>() / 3000.0).sqrt();
    let mut noise = Noise::new(5, 0.01 * rms);
    let dx: Vec<[f64; 3]> = dx.iter().map(|d| d.map(|d| d + noise.draw())).collect();
    let library = polynomials(2, &["x", "y", "z"]);
    let regression = Regression::derivatives(&library, &x, &dx).unwrap();
    let ensemble = Ensemble { replicates: 100, seed: 3, ..Ensemble::default() };
    let model = ensemble.fit(&regression, &Stlsq { threshold: 0.3, ..Stlsq::default() }).unwrap();
    assert_terms(&model, "x", &[("x", -10.0), ("y", 10.0)], 0.1);
    assert_terms(&model, "y", &[("x", 28.0), ("y", -1.0), ("x·z", -1.0)], 0.1);
    assert_terms(&model, "z", &[("z", -8.0 / 3.0), ("x·y", 1.0)], 0.1);
    for equation in model.details() {
        let bootstrap = equation.bootstrap.as_ref().unwrap();
        for (j, &coefficient) in equation.coefficients.iter().enumerate() {
            let inclusion = bootstrap.inclusion[j];
            if coefficient != 0.0 {
                assert!(inclusion > 0.95, "{model}");
                let [low, high] = bootstrap.intervals[j].unwrap();
                assert!(low < bootstrap.median[j] && bootstrap.median[j] < high);
            } else {
                // The constant is the only term that noise can lift over the threshold.
                assert!(inclusion < 0.5 && (j == 0 || inclusion < 0.05), "{inclusion} {model}");
            }
        }
    }
}

#[test]
fn a_path_finds_the_threshold() {
    // Coefficients that differ by a factor of 100: the default threshold loses the small ones.
    let x = cloud(300, 2, 8);
    let mut noise = Noise::new(2, 1e-3);
    let dx: Vec<[f64; 2]> = x
        .iter()
        .map(|u| [u[1] + noise.draw(), -3.0 * u[0] + 0.03 * u[0] * u[1] + noise.draw()])
        .collect();
    let regression = Regression::derivatives(&polynomials(3, &["q", "p"]), &x, &dx).unwrap();
    let path = Stlsq::default().path(&regression, &ThresholdGrid::default()).unwrap();
    let model = path.choose(Criterion::Bic).unwrap();
    assert_terms(&model, "q", &[("p", 1.0)], 1e-3);
    assert_terms(&model, "p", &[("q", -3.0), ("q·p", 0.03)], 1e-3);
    assert_eq!(path.with_terms(&[1, 2]).unwrap(), model);
    let front = path.pareto(1);
    for pair in front.windows(2) {
        let rmse = |i: usize| pair[i].equation.statistics.unwrap().rmse;
        assert!(pair[0].terms() < pair[1].terms() && rmse(0) > rmse(1));
    }
    assert!(path.to_string().contains("-3 q + 0.029"), "{path}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn sparse_polynomial_systems_are_recovered(
        n in 1usize..4,
        seed in any::<u64>(),
        picks in prop::collection::vec((0usize..20, 0.2f64..3.0, any::<bool>()), 1..5),
    ) {
        let names = ["a", "b", "c"];
        let library = polynomials(3, &names[..n]);
        let k = library.num_terms();
        let mut truth = vec![vec![0.0; k]; n];
        for (i, (term, size, minus)) in picks.iter().enumerate() {
            truth[i % n][term % k] = if *minus { -size } else { *size };
        }
        let x = cloud(4 * k, n, seed);
        let mut values = vec![0.0; k];
        let dx: Vec<Vec<f64>> = x.iter().map(|u| {
            library.eval(u, &mut values);
            truth.iter().map(|row| row.iter().zip(&values).map(|(c, v)| c * v).sum()).collect()
        }).collect();
        let regression = Regression::derivatives(&library, &x, &dx).unwrap();
        for normalize in [false, true] {
            let threshold = if normalize { 1e-3 } else { 0.1 };
            let stlsq = Stlsq { threshold, normalize, ..Stlsq::default() };
            let model = stlsq.fit(&regression).unwrap();
            for (equation, truth) in model.details().iter().zip(&truth) {
                for (found, truth) in equation.coefficients.iter().zip(truth) {
                    prop_assert!((found - truth).abs() < 1e-9);
                    prop_assert_eq!(*found == 0.0, *truth == 0.0);
                }
            }
        }
    }
}
