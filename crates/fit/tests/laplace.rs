//! The normal approximation, against textbook least squares and by coverage.

use fit::{Dataset, ErrorKind, ErrorScale, Fitting, Free, Laplace, Settings, Stage};
use ode_core::Options;
use optimize::{Bound, Control, Lbfgs, Stop};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use scalar::Scalar;
use system::System;

system::system! {
    struct Line;
    state { u }
    params { slope }
    rhs(_t) {
        d(u) = slope;
    }
}

system::system! {
    struct Decay;
    state { u }
    params { rate }
    rhs(_t) {
        d(u) = -rate * u;
    }
}

system::system! {
    struct Product;
    state { u }
    params { inflow, p1, p2 }
    rhs(_t) {
        d(u) = inflow - p1 * p2 * u;
    }
}

const TIMES: [f64; 6] = [0.0, 1.0, 2.0, 4.0, 5.0, 9.0];
const Y: [f64; 6] = [1.2, 1.4, 2.6, 2.9, 4.1, 5.8];

/// Least squares of a line, by the formulas of any textbook: intercept, slope, s, their variances
/// and covariance (with weights w).
struct Textbook {
    intercept: f64,
    slope: f64,
    s: f64,
    variance: [f64; 2],
    covariance: f64,
}

fn textbook(t: &[f64], y: &[f64], w: &[f64]) -> Textbook {
    let sum = |f: &dyn Fn(usize) -> f64| (0..t.len()).map(|i| w[i] * f(i)).sum::<f64>();
    let total = sum(&|_| 1.0);
    let (mt, my) = (sum(&|i| t[i]) / total, sum(&|i| y[i]) / total);
    let stt = sum(&|i| (t[i] - mt).powi(2));
    let slope = sum(&|i| (t[i] - mt) * (y[i] - my)) / stt;
    let intercept = my - slope * mt;
    let rss = sum(&|i| (y[i] - intercept - slope * t[i]).powi(2));
    let s2 = rss / (t.len() as f64 - 2.0);
    Textbook {
        intercept,
        slope,
        s: s2.sqrt(),
        variance: [s2 * (1.0 / total + mt * mt / stt), s2 / stt],
        covariance: -s2 * mt / stt,
    }
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs()
}

/// Half the length of the interval, in units of the table's quantile.
fn error(laplace: &Laplace, i: usize, quantile: f64) -> f64 {
    let (low, high) = laplace.interval(i, 0.95).unwrap();
    0.5 * (high - low) / quantile
}

/// Student's t at 95 % two-sided, from a printed table to ten digits.
const T4: f64 = 2.776_445_105;

#[test]
fn a_line_is_textbook_least_squares() {
    let data = Dataset::new(&TIMES, &["u"], &Y).unwrap();
    let fitting = Fitting::new(&Line, &data, Settings::default()).unwrap();
    let book = textbook(&TIMES, &Y, &[1.0; 6]);
    let theta = [book.intercept, book.slope];
    let laplace = Laplace::new(&fitting, &theta, &Free::ALL).unwrap();
    assert_eq!(laplace.degrees(), 4);
    assert!(close(laplace.sigma(), book.s, 1e-12));
    for i in 0..2 {
        let (low, high) = laplace.interval(i, 0.95).unwrap();
        assert!(close(0.5 * (low + high), theta[i], 1e-12));
        assert!(close(error(&laplace, i, T4), book.variance[i].sqrt(), 1e-9));
    }

    // The covariance of many draws, and so its off-diagonal element too.
    let draws = laplace.draws(200_000, 1);
    let n = draws.len() as f64;
    let mean = |i: usize| draws.iter().map(|d| d[i]).sum::<f64>() / n;
    let means = [mean(0), mean(1)];
    let moment = |i: usize, j: usize| {
        draws.iter().map(|d| (d[i] - means[i]) * (d[j] - means[j])).sum::<f64>() / n
    };
    for i in 0..2 {
        // Standard errors: sd / √n of a mean, √(2/n) var of a variance; five of them.
        assert!((means[i] - theta[i]).abs() < 5.0 * (book.variance[i] / n).sqrt());
        assert!(
            (moment(i, i) - book.variance[i]).abs() < 5.0 * (2.0 / n).sqrt() * book.variance[i]
        );
    }
    let spread = (book.variance[0] * book.variance[1]).sqrt();
    assert!((moment(0, 1) - book.covariance).abs() < 5.0 * (2.0 / n).sqrt() * spread);
}

/// Missing values drop out; a weight on a series scales the estimated noise and nothing else.
#[test]
fn missing_values_and_weights() {
    let mut with_gap = Y;
    with_gap[3] = f64::NAN;
    let data = Dataset::new(&TIMES, &["u"], &with_gap).unwrap();
    let (t, y): (Vec<f64>, Vec<f64>) =
        TIMES.iter().zip(&Y).enumerate().filter(|(i, _)| *i != 3).map(|(_, p)| p).unzip();
    let book = textbook(&t, &y, &[1.0; 5]);
    let theta = [book.intercept, book.slope];
    const T3: f64 = 3.182_446_305;
    for weight in [1.0, 9.0] {
        let settings = Settings { weights: vec![weight], ..Settings::default() };
        let fitting = Fitting::new(&Line, &data, settings).unwrap();
        let laplace = Laplace::new(&fitting, &theta, &Free::ALL).unwrap();
        assert_eq!(laplace.degrees(), 3);
        assert!(close(laplace.sigma(), weight.sqrt() * book.s, 1e-12));
        for i in 0..2 {
            assert!(close(error(&laplace, i, T3), book.variance[i].sqrt(), 1e-9));
        }
    }
}

/// Two series of the same state with different weights: weighted least squares.
#[test]
fn weighted_least_squares() {
    let second: Vec<f64> = Y.iter().enumerate().map(|(i, y)| y + 0.3 * (i as f64).cos()).collect();
    let values: Vec<f64> = Y.iter().zip(&second).flat_map(|(a, b)| [*a, *b]).collect();
    let data = Dataset::new(&TIMES, &["a", "b"], &values).unwrap();
    let settings =
        Settings { observes: vec![0, 0], weights: vec![4.0, 0.25], ..Settings::default() };
    let fitting = Fitting::new(&Line, &data, settings).unwrap();
    let t: Vec<f64> = TIMES.iter().flat_map(|t| [*t, *t]).collect();
    let w: Vec<f64> = TIMES.iter().flat_map(|_| [4.0, 0.25]).collect();
    let book = textbook(&t, &values, &w);
    let laplace = Laplace::new(&fitting, &[book.intercept, book.slope], &Free::ALL).unwrap();
    assert_eq!(laplace.degrees(), 10);
    assert!(close(laplace.sigma(), book.s, 1e-12));
    const T10: f64 = 2.228_138_852;
    for i in 0..2 {
        assert!(close(error(&laplace, i, T10), book.variance[i].sqrt(), 1e-9));
    }
}

/// On the log scale, decay is a line: ln u = ln u0 - k t. With u0 positive, its unbounded scale is
/// ln u0, so the interval of u0 is the exponential of the textbook's for the intercept.
#[test]
fn log_scale_and_a_positive_bound_are_a_line() {
    let y: Vec<f64> = Y.iter().map(|y| (-y).exp()).collect();
    let logs: Vec<f64> = Y.iter().map(|y| -y).collect();
    let book = textbook(&TIMES, &logs, &[1.0; 6]);
    let data = Dataset::new(&TIMES, &["u"], &y).unwrap();
    let settings = Settings {
        scale: ErrorScale::Log,
        u0_bounds: vec![Bound::Positive],
        ..Settings::default()
    };
    let fitting = Fitting::new(&Decay, &data, settings).unwrap();
    let theta = [book.intercept.exp(), -book.slope];
    let laplace = Laplace::new(&fitting, &theta, &Free::ALL).unwrap();
    assert!(close(laplace.sigma(), book.s, 1e-7));
    let (low, high) = laplace.interval(0, 0.95).unwrap();
    let reach = T4 * book.variance[0].sqrt();
    assert!(close(low, (book.intercept - reach).exp(), 1e-7));
    assert!(close(high, (book.intercept + reach).exp(), 1e-7));
    assert!(close(error(&laplace, 1, T4), book.variance[1].sqrt(), 1e-7));
}

/// What is frozen is known: the other's error shrinks to that of a line through a given point.
#[test]
fn frozen_unknowns() {
    let data = Dataset::new(&TIMES, &["u"], &Y).unwrap();
    let fitting = Fitting::new(&Line, &data, Settings::default()).unwrap();
    let intercept = 1.0 / 3.0;
    let tt: f64 = TIMES.iter().map(|t| t * t).sum();
    let slope = TIMES.iter().zip(Y).map(|(t, y)| t * (y - intercept)).sum::<f64>() / tt;
    let rss: f64 = TIMES.iter().zip(Y).map(|(t, y)| (y - intercept - slope * t).powi(2)).sum();
    let laplace = Laplace::new(&fitting, &[intercept, slope], &Free::params(0..1)).unwrap();
    assert_eq!(laplace.degrees(), 5);
    assert_eq!(laplace.interval(0, 0.95), None);
    assert_eq!(laplace.interval(2, 0.95), None); // there is no unknown 2
    const T5: f64 = 2.570_581_836;
    assert!(close(error(&laplace, 1, T5), (rss / 5.0 / tt).sqrt(), 1e-9));
    assert!(close(laplace.condition(), 1.0, 1e-12));
    let draws = laplace.draws(50, 3);
    assert!(draws.iter().all(|d| d[0].to_bits() == intercept.to_bits()));
    assert!(draws.windows(2).all(|d| d[0][1] != d[1][1]));
}

#[test]
fn draws_repeat_with_their_seed_and_stay_inside_bounds() {
    let data = Dataset::new(&TIMES, &["u"], &Y).unwrap();
    let settings = Settings {
        u0_bounds: vec![Bound::Positive],
        p_bounds: vec![Bound::Box(0.4, 0.6)],
        ..Settings::default()
    };
    let fitting = Fitting::new(&Line, &data, settings).unwrap();
    let laplace = Laplace::new(&fitting, &[1.0, 0.5], &Free::ALL).unwrap();
    let draws = laplace.draws(2000, 9);
    assert_eq!(draws, laplace.draws(2000, 9));
    assert_eq!(draws[..10], laplace.draws(10, 9));
    assert_ne!(draws, laplace.draws(2000, 10));
    assert!(laplace.draws(0, 9).is_empty());
    assert!(draws.iter().all(|d| d[0] > 0.0 && 0.4 < d[1] && d[1] < 0.6));
    for level in [0.0, 0.5, 0.999, 1.0, 7.0] {
        for i in 0..2 {
            let (low, high) = laplace.interval(i, level).unwrap();
            let (least, most) = fitting.bounds()[i].ends();
            assert!(least < low && low <= high && high < most, "{i} {level} {low} {high}");
        }
    }
    assert_eq!(laplace.interval(0, f64::NAN), None);
}

#[test]
fn a_wider_level_is_a_wider_interval() {
    let data = Dataset::new(&TIMES, &["u"], &Y).unwrap();
    let fitting = Fitting::new(&Line, &data, Settings::default()).unwrap();
    let laplace = Laplace::new(&fitting, &[1.1, 0.5], &Free::ALL).unwrap();
    let widths: Vec<f64> = [0.1, 0.5, 0.9, 0.95, 0.99, 0.9999]
        .map(|level| laplace.interval(1, level).map_or(0.0, |(low, high)| high - low))
        .to_vec();
    assert!(widths[0] > 0.0 && widths.windows(2).all(|w| w[0] < w[1]));
}

#[test]
fn a_direction_without_information_is_named() {
    let times: Vec<f64> = (0..12).map(|i| 0.4 * f64::from(i)).collect();
    let y: Vec<f64> = times.iter().map(|t| 0.7 + 1.3 * (-0.9 * t).exp() + 0.01 * t.cos()).collect();
    let data = Dataset::new(&times, &["u"], &y).unwrap();
    let fitting = Fitting::new(&Product, &data, Settings::default()).unwrap();
    let theta = [2.0, 0.63, 0.6, 1.5];
    let error = Laplace::new(&fitting, &theta, &Free::ALL).unwrap_err();
    let ErrorKind::Unidentifiable { name, condition } = error.kind() else { panic!("{error:?}") };
    assert!(name == "p1" || name == "p2", "{name}");
    assert!(*condition > 1e8);
    assert!(error.to_string().contains("freeze it"));
    // With one of the two frozen the other is determined.
    let free = Free::params(0..2).and_initial_state();
    assert!(Laplace::new(&fitting, &theta, &free).unwrap().condition() < 100.0);
}

/// A parameter that does nothing has a derivative of exactly zero.
struct Idle;

impl System for Idle {
    fn dim(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        2
    }
    fn rhs<S: Scalar>(&self, _t: S, _u: &[S], p: &[S], du: &mut [S]) {
        du[0] = p[0];
    }
}

#[test]
fn a_parameter_that_does_nothing_is_named() {
    let data = Dataset::new(&TIMES, &["u"], &Y).unwrap();
    let fitting = Fitting::new(&Idle, &data, Settings::default()).unwrap();
    let error = Laplace::new(&fitting, &[1.1, 0.5, 3.0], &Free::ALL).unwrap_err();
    let ErrorKind::Unidentifiable { name, condition } = error.kind() else { panic!("{error:?}") };
    assert_eq!((name.as_str(), *condition), ("p2", f64::INFINITY));
    // An initial state that is not observed from anywhere has its own name.
    let free = Free { initial_state: true, params: Some(1..2) };
    assert!(Laplace::new(&fitting, &[1.1, 0.5, 3.0], &free).is_err());
}

/// The product of the first and the last of ten parameters, whose sensitivities come from different
/// solves with different steps: still found, also where the fit was solved loosely.
struct Many;

impl System for Many {
    fn dim(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        10
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        du[0] = -p[0] * p[9] * u[0];
        for k in 1..9 {
            du[0] += p[k] * (t.scale(k as f64)).cos();
        }
    }
}

#[test]
fn a_direction_across_solves_is_found() {
    let times: Vec<f64> = (0..40).map(|i| 0.2 * f64::from(i)).collect();
    let y: Vec<f64> = times.iter().map(|t| 1.5 + (1.3 * t).sin()).collect();
    let data = Dataset::new(&times, &["u"], &y).unwrap();
    let mut theta = vec![0.5; 11];
    theta[0] = 1.5;
    theta[10] = 0.8;
    for rtol in [1e-3, 1e-6] {
        let options = Options { rtol, atol: rtol, ..Options::default() };
        let settings = Settings { options, ..Settings::default() };
        let fitting = Fitting::new(&Many, &data, settings).unwrap();
        let error = Laplace::new(&fitting, &theta, &Free::ALL).unwrap_err();
        let ErrorKind::Unidentifiable { name, .. } = error.kind() else { panic!("{error:?}") };
        assert!(name == "p1" || name == "p10", "{name}");
        let free = Free::params(0..9).and_initial_state();
        assert!(Laplace::new(&fitting, &theta, &free).is_ok());
    }
}

/// Time in other units: a slope of 1e-9 per second next to a level of 1e6 is as well determined.
#[test]
fn units_do_not_matter() {
    let (seconds, count) = (3e7, 1e6);
    let times = TIMES.map(|t| seconds * t);
    let y = Y.map(|y| count * y);
    let data = Dataset::new(&times, &["u"], &y).unwrap();
    let fitting = Fitting::new(&Line, &data, Settings::default()).unwrap();
    let book = textbook(&TIMES, &Y, &[1.0; 6]);
    let theta = [book.intercept * count, book.slope * count / seconds];
    let laplace = Laplace::new(&fitting, &theta, &Free::ALL).unwrap();
    assert!(close(error(&laplace, 0, T4), book.variance[0].sqrt() * count, 1e-8));
    assert!(close(error(&laplace, 1, T4), book.variance[1].sqrt() * count / seconds, 1e-8));
    let plain = Dataset::new(&TIMES, &["u"], &Y).unwrap();
    let plain = Fitting::new(&Line, &plain, Settings::default()).unwrap();
    let plain = Laplace::new(&plain, &[book.intercept, book.slope], &Free::ALL).unwrap();
    assert!(close(laplace.condition(), plain.condition(), 1e-8));
}

/// Exponential decay with 2 % noise, 200 seeded replicates: the 95 % intervals hold the truth in a
/// number of cases within the binomial's 99.9 % range.
#[test]
fn coverage_of_the_intervals() {
    const REPLICATES: usize = 200;
    let (u0, rate) = (2.0, 0.8);
    let times: Vec<f64> = (0..10).map(|i| 0.35 * f64::from(i)).collect();
    let minimizer = Lbfgs::default();
    let mut held = [0usize; 2];
    let mut wide = [0usize; 2];
    let mut variance = 0.0;
    for seed in 0..REPLICATES {
        let mut rng = ChaCha8Rng::seed_from_u64(seed as u64);
        let mut noise =
            || -> f64 { 0.02 * u0 * Distribution::<f64>::sample(&StandardNormal, &mut rng) };
        let y: Vec<f64> = times.iter().map(|t| u0 * (-rate * t).exp() + noise()).collect();
        let data = Dataset::new(&times, &["u"], &y).unwrap();
        let fitting = Fitting::new(&Decay, &data, Settings::default()).unwrap();
        let stop = Stop { gradient_tol: 1e-9, ..Stop::default() };
        let stage = Stage { name: "fit", free: Free::ALL, rows: None, minimizer: &minimizer, stop };
        let fit = fitting.train(&[1.0, 0.3], &[stage], &mut |_| Control::Continue).unwrap();
        let laplace = Laplace::new(&fitting, &fit.theta, &Free::ALL).unwrap();
        variance += laplace.sigma().powi(2) / REPLICATES as f64;
        for (i, truth) in [u0, rate].into_iter().enumerate() {
            let holds = |level| {
                let (low, high) = laplace.interval(i, level).unwrap();
                usize::from(low <= truth && truth <= high)
            };
            held[i] += holds(0.95);
            wide[i] += holds(0.5);
        }
    }
    // Binomial(200, p): mean ± 3.3 standard deviations.
    for i in 0..2 {
        for (count, p) in [(held[i], 0.95), (wide[i], 0.5)] {
            let n = REPLICATES as f64;
            let deviation = (count as f64 - n * p).abs() / (n * p * (1.0 - p)).sqrt();
            assert!(deviation < 3.3, "unknown {i}: {count} of {n} at {p}");
        }
    }
    // The noise is estimated without bias: sd of the mean variance is √(2/(8·200)) of it.
    let ratio = variance / (0.02f64 * u0).powi(2);
    assert!((ratio - 1.0).abs() < 3.3 * (2.0f64 / 1600.0).sqrt(), "{ratio}");
}

/// A perfect fit has no noise, and intervals of no width.
#[test]
fn a_perfect_fit() {
    let data = Dataset::new(&[0.0, 1.0, 2.0], &["u"], &[1.0, 1.5, 2.0]).unwrap();
    let fitting = Fitting::new(&Line, &data, Settings::default()).unwrap();
    let laplace = Laplace::new(&fitting, &[1.0, 0.5], &Free::ALL).unwrap();
    assert!(laplace.sigma() < 1e-12);
    let (low, high) = laplace.interval(1, 0.95).unwrap();
    assert!((low - 0.5).abs() < 1e-10 && (high - 0.5).abs() < 1e-10);
}
