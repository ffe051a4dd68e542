//! Lyapunov exponents.

use crate::models::{Hopf, Lorenz96, Relaxing};
use crate::{adaptive, fixed};
use ode_core::{Rk4, Vern7};
use sensitivity::{AverageProblem, lyapunov_exponents};
use testset::AverageReference;
use testset::models::Lorenz63;

#[test]
fn lorenz() {
    let reference = AverageReference::load("lorenz_time_average_sensitivity").unwrap();
    let p = [10.0, 28.0, 8.0 / 3.0];
    let problem = AverageProblem::new(Lorenz63, [1.0; 3], p, 20.0, 1000.0).unwrap();
    for found in [
        lyapunov_exponents(&problem, Rk4, &fixed(0.01), None).unwrap(),
        lyapunov_exponents(&problem, Vern7, &adaptive(1e-8), None).unwrap(),
    ] {
        for (i, expected) in reference.lyapunov_exponents.iter().enumerate() {
            let error = found.standard_errors[i];
            assert!(error < 0.02, "{found}");
            assert!((found.values[i] - expected).abs() < 4.0 * error + 1e-3, "{found}");
        }
        let sum: f64 = found.values.iter().sum();
        assert!((sum - Lorenz63::divergence(p)).abs() < 3e-4, "{sum}");
        // Published: 2.062.
        assert!((found.kaplan_yorke().unwrap() - 2.062).abs() < 0.003, "{found}");
    }
    let two = lyapunov_exponents(&problem, Rk4, &fixed(0.01), Some(2)).unwrap();
    assert_eq!((two.values.len(), two.kaplan_yorke()), (2, None));
    assert!(two.to_string().contains("more exponents"), "{two}");
}

/// A cycle has one zero exponent, and the rest as its multiplier says: -2 mu.
#[test]
fn cycle_and_rest() {
    let problem = AverageProblem::new(Hopf, [1.0, 0.0], [0.7, 1.0, 0.5], 20.0, 300.0).unwrap();
    let found = lyapunov_exponents(&problem, Vern7, &adaptive(1e-10), None).unwrap();
    assert!(found.values[0].abs() < 2e-3 && (found.values[1] + 1.4).abs() < 2e-3, "{found}");
    assert!((found.values[0] + found.values[1] + 1.4).abs() < 1e-6);

    let problem = AverageProblem::new(Relaxing, [1.0, 1.0], [1.5, 0.5, 2.0], 0.0, 200.0).unwrap();
    let found = lyapunov_exponents(&problem, Rk4, &fixed(0.02), None).unwrap();
    assert!((found.values[0] + 0.5).abs() < 2e-2 && (found.values[1] + 1.0).abs() < 2e-2);
    assert_eq!(found.kaplan_yorke(), Some(0.0));
}

/// Karimi and Paul (2010): about 13 positive exponents of 40, the largest 1.7, dimension about 27.
#[test]
fn lorenz_96() {
    let u0: Vec<f64> = (0..40).map(|i| 8.0 + 0.01 * f64::from(i * i % 7)).collect();
    let problem = AverageProblem::new(Lorenz96 { n: 40 }, u0, [8.0], 50.0, 300.0).unwrap();
    let found = lyapunov_exponents(&problem, Rk4, &fixed(0.05), None).unwrap();
    assert!((found.values[0] - 1.67).abs() < 3.0 * found.standard_errors[0] + 0.02, "{found}");
    let positive = found.values.iter().filter(|&&value| value > 0.0).count();
    assert!((12..=14).contains(&positive), "{found}");
    assert!((found.kaplan_yorke().unwrap() - 27.1).abs() < 0.5, "{found}");
    let sum: f64 = found.values.iter().sum();
    assert!((sum + 40.0).abs() < 0.05, "the trace of the Jacobian, not {sum}");
}
