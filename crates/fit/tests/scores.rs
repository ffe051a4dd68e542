//! Scores and bands.

use fit::{Bands, Dataset, ErrorScale, aicc, bic, quantile, rmse};
use std::f64::consts::E;

const NAN: f64 = f64::NAN;

fn data() -> Dataset {
    Dataset::new(&[0.0, 1.0, 2.0], &["a", "b"], &[1.0, 2.0, NAN, 4.0, 3.0, NAN]).unwrap()
}

#[test]
fn rmse_by_hand() {
    // States: (b, something else, a).
    let predictions = [vec![2.5, 9.0, 1.0], vec![3.0, 9.0, 7.0], vec![8.0, 9.0, 5.0]];
    let found = rmse(&predictions, &data(), &[2, 0], ErrorScale::Absolute).unwrap();
    let squares = [0.0, 0.25, 1.0, 4.0]; // a0, b0, b1, a2
    assert!((found - (squares.iter().sum::<f64>() / 4.0).sqrt()).abs() < 1e-15);

    let scaled: Vec<Vec<f64>> = [[1.0, 2.0], [5.0, 4.0], [3.0, 1.0]]
        .iter()
        .map(|row| row.iter().map(|x| E * x).collect())
        .collect();
    let found = rmse(&scaled, &data(), &[0, 1], ErrorScale::Log).unwrap();
    assert!((found - 1.0).abs() < 1e-15); // each is e times too large
}

#[test]
fn rmse_of_what_cannot_be_compared() {
    let good = vec![vec![1.0, 2.0]; 3];
    let score = |predictions: &[Vec<f64>], observes: &[usize], scale| {
        rmse(predictions, &data(), observes, scale)
    };
    let absolute = ErrorScale::Absolute;
    assert!(score(&good, &[0, 1], absolute).is_some());
    assert_eq!(score(&good[..2], &[0, 1], absolute), None);
    assert_eq!(score(&[], &[0, 1], absolute), None);
    assert_eq!(score(&good, &[0, 2], absolute), None);
    assert_eq!(score(&good, &[0], absolute), None);
    assert_eq!(score(&good, &[], absolute), None);
    assert_eq!(score(&good, &[0, 1, 1], absolute), None);
    for bad in [NAN, f64::INFINITY, -f64::INFINITY] {
        let mut one = good.clone();
        one[2][0] = bad;
        assert_eq!(score(&one, &[0, 1], absolute), None);
        // Where nothing is measured, nothing is compared.
        let mut one = good.clone();
        one[2][1] = bad;
        assert!(score(&one, &[0, 1], absolute).is_some());
    }
    for bad in [0.0, -1.0] {
        let mut one = good.clone();
        one[0][1] = bad;
        assert_eq!(score(&one, &[0, 1], ErrorScale::Log), None);
    }
    assert!(score(&[good[0].clone(), vec![1.0, 1.0], vec![1.0]], &[0, 1], absolute).is_some());
}

/// Hurvich and Tsai (1989) and Schwarz (1978), worked out by hand.
#[test]
fn criteria_by_their_formulas() {
    // n = 20, two parameters and the variance, rss/n = e²: n ln = 40.
    let square = E * E;
    assert!((bic(square, 20, 2) - (40.0 + 3.0 * 20f64.ln())).abs() < 1e-12);
    assert!((aicc(square, 20, 2) - (40.0 + 6.0 + 24.0 / 16.0)).abs() < 1e-12);
    // Unit changes shift all models alike.
    let shift =
        |score: fn(f64, usize, usize) -> f64, k| score(9.0 * square, 20, k) - score(square, 20, k);
    for score in [aicc, bic] {
        assert!((shift(score, 1) - shift(score, 7)).abs() < 1e-12);
    }
    // The correction fades.
    let plain = 1e6 * 2f64.ln() + 2.0 * 4.0;
    assert!((aicc(2.0, 1_000_000, 3) - plain).abs() < 1e-4);
}

#[test]
fn criteria_without_enough_measurements() {
    assert!(aicc(1.0, 7, 4).is_finite());
    for (n, k) in [(6, 4), (5, 4), (0, 0), (2, 0), (0, usize::MAX)] {
        assert_eq!(aicc(1.0, n, k), f64::INFINITY, "{n} {k}");
    }
    assert_eq!(bic(1.0, 0, 3), f64::INFINITY);
    assert_eq!(bic(0.0, 0, 3), f64::INFINITY);
    assert!(bic(NAN, 5, 1).is_nan() && aicc(NAN, 9, 1).is_nan());
}

#[test]
fn bands_hold_their_share() {
    // 101 trajectories with values 0, 1, …, 100 in an order without meaning.
    let all: Vec<Option<Vec<Vec<f64>>>> = (0..101)
        .map(|i| {
            let x = f64::from(i * 37 % 101);
            Some(vec![vec![x, -x], vec![2.0 * x, 1.0]])
        })
        .collect();
    let bands = Bands::new(&all, 0.9);
    assert_eq!((bands.used, bands.failed), (101, 0));
    let near = |found: &[Vec<f64>], expected: [[f64; 2]; 2]| {
        found.iter().flatten().zip(expected.as_flattened()).all(|(a, b)| (a - b).abs() < 1e-10)
    };
    assert!(near(&bands.lower, [[5.0, -95.0], [10.0, 1.0]]));
    assert!(near(&bands.median, [[50.0, -50.0], [100.0, 1.0]]));
    assert!(near(&bands.upper, [[95.0, -5.0], [190.0, 1.0]]));
    // Levels outside 0 to 1 are the nearest: the median alone, or everything.
    assert_eq!(Bands::new(&all, -3.0).lower, bands.median);
    assert_eq!(Bands::new(&all, 2.0).upper[0], [100.0, 0.0]);
    assert!(Bands::new(&all, NAN).upper[0][0].is_nan());
}

#[test]
fn trajectories_of_another_shape_have_failed() {
    let full = || Some(vec![vec![1.0, 2.0], vec![3.0, 4.0]]);
    for other in [
        vec![],
        vec![vec![1.0, 2.0]],
        vec![vec![1.0, 2.0], vec![3.0]],
        vec![vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0, 6.0]],
        vec![vec![1.0, 2.0], vec![f64::INFINITY, 4.0]],
    ] {
        let bands = Bands::new(&[None, full(), Some(other), full()], 0.9);
        assert_eq!((bands.used, bands.failed), (2, 2));
        assert_eq!(bands.median, full().unwrap());
    }
    let none = Bands::new(&[], 0.9);
    assert_eq!((none.used, none.failed, none.upper.len()), (0, 0, 0));
    assert!(Bands::column(&none.upper, 0).is_empty());
    assert!(Bands::column(&full().unwrap(), 2).is_empty());
}

/// Type 7 of Hyndman and Fan (1996): x at position 1 + (n - 1) q, linear between.
#[test]
fn quantiles_between_order_statistics() {
    let sorted = [1.0, 2.0, 4.0, 8.0];
    for (q, expected) in [(0.0, 1.0), (0.1, 1.3), (0.25, 1.75), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0)]
    {
        assert!((quantile(&sorted, q) - expected).abs() < 1e-14);
    }
    assert_eq!((quantile(&sorted, -1.0), quantile(&sorted, 7.0)), (1.0, 8.0));
    assert!(quantile(&sorted, NAN).is_nan() && quantile(&[], 0.5).is_nan());
}
