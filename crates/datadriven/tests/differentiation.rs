//! Orders of convergence, exactness, and noise.

mod known_data;

use datadriven::{Differentiate, FiniteDifference, SavitzkyGolay, Smoothing, SmoothingSpline};
use known_data::Noise;

/// Uneven times in [0, 2]: spacings vary by a factor of about 4.
fn uneven(n: usize) -> Vec<f64> {
    (0..n)
        .map(|i| {
            let s = i as f64 / (n - 1) as f64;
            2.0 * s + 0.18 * (2.0 * std::f64::consts::PI * s).sin()
        })
        .collect()
}

/// The largest error of the slope of sin(3t), over all points or the inner ones.
fn error(method: &dyn Differentiate, n: usize, margin: usize) -> f64 {
    let t = uneven(n);
    let x: Vec<f64> = t.iter().map(|t| (3.0 * t).sin()).collect();
    let slopes = method.differentiate(&t, &x).unwrap().derivatives;
    let error = |i: usize| (slopes[i] - 3.0 * (3.0 * t[i]).cos()).abs();
    (margin..n - margin).map(error).fold(0.0, f64::max)
}

fn order(method: &dyn Differentiate, n: usize) -> f64 {
    (error(method, n, 0) / error(method, 2 * n - 1, 0)).log2()
}

#[test]
fn orders_on_uneven_grids() {
    assert!((order(&FiniteDifference, 401) - 2.0).abs() < 0.15);
    // A polynomial of degree d has a slope of order d at the ends, where the window is one-sided.
    for degree in [2, 3, 4] {
        let observed = order(&SavitzkyGolay { window: 7, degree }, 401);
        assert!((observed - degree as f64).abs() < 0.2, "{degree}: {observed}");
    }
}

#[test]
fn polynomials_are_exact() {
    let t = uneven(30);
    let x: Vec<f64> = t.iter().map(|t| 1.0 - t + 2.0 * t.powi(3)).collect();
    let estimate = SavitzkyGolay { window: 9, degree: 3 }.differentiate(&t, &x).unwrap();
    for i in 0..30 {
        assert!((estimate.values[i] - x[i]).abs() < 1e-11);
        assert!((estimate.derivatives[i] - (6.0 * t[i] * t[i] - 1.0)).abs() < 1e-10);
    }
    // Published weights of the slope at the centre of five points: (−2, −1, 0, 1, 2) / 10 h.
    let golay = SavitzkyGolay { window: 5, degree: 2 };
    for (i, weight) in [-2.0, -1.0, 0.0, 1.0, 2.0].into_iter().enumerate() {
        let mut unit = [0.0; 5];
        unit[i] = 1.0;
        let slope = golay.differentiate(&[0.0, 0.5, 1.0, 1.5, 2.0], &unit).unwrap().derivatives[2];
        assert!((slope - weight / 5.0).abs() < 1e-13);
    }
}

#[test]
fn a_line_stays_a_line_under_any_smoothing() {
    let t = uneven(25);
    let x: Vec<f64> = t.iter().map(|t| 5.0 - 3.0 * t).collect();
    for smoothing in [Smoothing::CrossValidated, Smoothing::Fixed(1e-6), Smoothing::Fixed(1e6)] {
        let estimate = SmoothingSpline { smoothing }.differentiate(&t, &x).unwrap();
        for i in 0..25 {
            assert!((estimate.values[i] - x[i]).abs() < 1e-9, "{smoothing:?}");
            assert!((estimate.derivatives[i] + 3.0).abs() < 1e-8, "{smoothing:?}");
        }
    }
}

#[test]
fn limits_of_the_spline() {
    // α → 0 interpolates: 0, 1, 0, 1, 0 at unit spacing. Second derivatives by hand:
    // 4c₁ + c₂ = −12, c₁ + 4c₂ + c₃ = 12, c₁ = c₃, so c₁ = −30/7, c₂ = 36/7.
    let (t, x) = ([0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 1.0, 0.0]);
    let fixed = |alpha| SmoothingSpline { smoothing: Smoothing::Fixed(alpha) };
    let estimate = fixed(1e-12).differentiate(&t, &x).unwrap();
    assert!((estimate.derivatives[0] - (1.0 + 30.0 / 42.0)).abs() < 1e-9);
    assert!((estimate.derivatives[1] - (1.0 - 60.0 / 42.0)).abs() < 1e-9);
    assert!(estimate.derivatives[2].abs() < 1e-9);
    // α → ∞ is the straight line of least squares: 0.4 everywhere.
    let estimate = fixed(1e12).differentiate(&t, &x).unwrap();
    for i in 0..5 {
        assert!((estimate.values[i] - 0.4).abs() < 1e-6 && estimate.derivatives[i].abs() < 1e-6);
    }
}

#[test]
fn the_spline_minimises_its_functional() {
    // Σ (x − g)² + α ∫ g″² over natural cubic splines is stationary in every value of g: a known
    // α and any perturbed data fit worse. ∫ g″² is taken from the slopes by Hermite's formula.
    let t: Vec<f64> = vec![0.0, 0.7, 1.5, 3.1, 4.0, 5.2, 6.0];
    let x = [1.0, -0.5, 2.0, 0.3, 0.0, 1.1, 0.4];
    let alpha = 0.8;
    let spline = |x: &[f64], alpha| {
        SmoothingSpline { smoothing: Smoothing::Fixed(alpha) }.differentiate(&t, x).unwrap()
    };
    let cost = |g: &[f64]| {
        // The spline through g, by hardly any smoothing.
        let s = spline(g, 1e-13).derivatives;
        let bend: f64 = (0..6)
            .map(|i| {
                let h = t[i + 1] - t[i];
                let d = (g[i + 1] - g[i]) / h;
                let (a, b) = (
                    (6.0 * d - 4.0 * s[i] - 2.0 * s[i + 1]) / h,
                    (-6.0 * d + 2.0 * s[i] + 4.0 * s[i + 1]) / h,
                );
                h * (a * a + a * b + b * b) / 3.0
            })
            .sum();
        x.iter().zip(g).map(|(x, g)| (x - g).powi(2)).sum::<f64>() + alpha * bend
    };
    // The mean spacing is 1, so that α is in the units of t.
    let best = spline(&x, alpha).values;
    for i in 0..7 {
        for step in [-1e-3, 1e-3] {
            let mut moved = best.clone();
            moved[i] += step;
            assert!(cost(&moved) > cost(&best), "{i}");
        }
    }
}

#[test]
fn cross_validation_is_close_to_the_best_smoothing() {
    let t: Vec<f64> = (0..300).map(|i| 0.03 * f64::from(i)).collect();
    for (seed, sd) in [(1, 0.01), (2, 0.1), (3, 0.3)] {
        let mut noise = Noise::new(seed, sd);
        let x: Vec<f64> = t.iter().map(|t| (2.0 * t).sin() + noise.draw()).collect();
        let error = |smoothing| {
            let estimate = SmoothingSpline { smoothing }.differentiate(&t, &x).unwrap();
            let off = |(g, t): (&f64, &f64)| (g - (2.0 * t).sin()).powi(2);
            (estimate.values.iter().zip(&t).map(off).sum::<f64>() / 300.0).sqrt()
        };
        let alphas = (0..60).map(|i| 10f64.powf(-4.0 + 0.2 * f64::from(i)));
        let best = alphas.map(|a| error(Smoothing::Fixed(a))).fold(f64::INFINITY, f64::min);
        let chosen = error(Smoothing::CrossValidated);
        assert!(chosen < 1.25 * best && chosen < 0.5 * sd, "{sd}: {chosen} against {best}");
    }
}
