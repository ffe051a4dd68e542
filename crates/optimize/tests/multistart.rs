//! Many starts.

use optimize::{
    Adam, ErrorKind, FromFn, Lbfgs, Multistart, Objective, Stop, StopReason, latin_hypercube,
    multistart,
};
use proptest::prelude::*;

/// The six-hump camel back (Dixon & Szegő 1978): six minima, the lowest −1.0316284535 at
/// ±(0.0898420, −0.7126564).
fn camel() -> impl Objective {
    FromFn::new(2, |x: &[f64], g: &mut [f64]| {
        let (a, b) = (x[0], x[1]);
        g[0] = 8.0 * a - 8.4 * a.powi(3) + 2.0 * a.powi(5) + b;
        g[1] = a - 8.0 * b + 16.0 * b.powi(3);
        (4.0 - 2.1 * a * a + a.powi(4) / 3.0) * a * a + a * b + 4.0 * (b * b - 1.0) * b * b
    })
}

fn points(n: usize, seed: u64) -> Vec<Vec<f64>> {
    latin_hypercube(n, &[(-3.0, 3.0), (-2.0, 2.0)], seed).unwrap()
}

#[test]
fn the_global_minimum_of_six() {
    let options = Multistart { screening: 5, keep: 4 };
    let (method, stop) = (Lbfgs::default(), Stop::default());
    let starts = multistart(&points(30, 3), &mut camel(), &method, &stop, &options).unwrap();
    assert_eq!(starts.found.len(), 4);
    assert!(starts.failed.is_empty());
    let best = &starts.found[0].outcome;
    assert!((best.value + 1.031_628_453_5).abs() < 1e-9);
    assert!((best.x[0].abs() - 0.0898420).abs() < 1e-6);
    assert!((best.x[1].abs() - 0.7126564).abs() < 1e-6);
    for pair in starts.found.windows(2) {
        assert!(pair[0].outcome.value <= pair[1].outcome.value);
    }
    for found in &starts.found {
        let outcome = &found.outcome;
        assert!(outcome.reason.is_converged());
        assert_eq!(outcome.history.len(), outcome.iterations + 1);
    }
}

#[test]
fn same_seed_same_numbers() {
    let run = |seed| {
        let options = Multistart::default();
        let adam = Adam { rate: 0.05, ..Adam::default() };
        multistart(&points(12, seed), &mut camel(), &adam, &Stop::iterations(200), &options)
            .unwrap()
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}

#[cfg(feature = "parallel")]
#[test]
fn parallel_gives_the_serial_answer() {
    let points = points(40, 9);
    let (method, stop) = (Lbfgs::default(), Stop::default());
    let options = Multistart { screening: 3, keep: 10 };
    let serial = multistart(&points, &mut camel(), &method, &stop, &options).unwrap();
    let parallel = optimize::multistart_parallel(&points, camel, &method, &stop, &options).unwrap();
    assert_eq!(serial, parallel);
}

#[test]
fn failed_starts_are_reported_and_cost_nobody_else() {
    let mut half = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
        g[0] = x[0].ln(); // NaN for x < 0
        x[0] * x[0].ln() - x[0]
    });
    let points = [vec![-1.0], vec![4.0], vec![-2.0], vec![0.5]];
    let options = Multistart::default();
    let (method, stop) = (Lbfgs::default(), Stop::default());
    let starts = multistart(&points, &mut half, &method, &stop, &options).unwrap();
    let failed: Vec<usize> = starts.failed.iter().map(|f| f.start).collect();
    assert_eq!(failed, [0, 2]);
    assert_eq!(starts.found.len(), 2);
    assert!((starts.found[0].outcome.value + 1.0).abs() < 1e-12);
    let none = multistart(&points[..1], &mut half, &method, &stop, &options).unwrap_err();
    assert!(matches!(none.kind(), ErrorKind::NoUsableStart { tried: 1, .. }));
}

#[test]
fn the_budget_is_shared_by_screening_and_final_run() {
    let adam = Adam::default();
    let options = Multistart { screening: 30, keep: 2 };
    let stop = Stop::iterations(100);
    let starts = multistart(&points(5, 1), &mut camel(), &adam, &stop, &options).unwrap();
    for found in &starts.found {
        assert_eq!(found.outcome.iterations, 100);
        assert_eq!(found.outcome.history.len(), 101);
        assert_eq!(found.outcome.reason, StopReason::MaxIterations);
    }
    let stop = Stop { max_evaluations: 50, ..Stop::iterations(100) };
    let starts = multistart(&points(5, 1), &mut camel(), &adam, &stop, &options).unwrap();
    assert!(starts.found.iter().all(|found| found.outcome.evaluations <= 50));
}

#[test]
fn bad_requests() {
    let (method, stop, options) = (Lbfgs::default(), Stop::default(), Multistart::default());
    let error = multistart(&[], &mut camel(), &method, &stop, &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoPoints));
    let wrong = [vec![0.0, 0.0], vec![1.0]];
    let error = multistart(&wrong, &mut camel(), &method, &stop, &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidPoint { start: 1, .. }));
    assert_eq!(error.to_string(), "point 1: x0 has length 1, expected 2");
    let keep = Multistart { keep: 0, ..options.clone() };
    let error = multistart(&wrong[..1], &mut camel(), &method, &stop, &keep).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidOption { option: "Multistart.keep", .. }));
    let method = Lbfgs { memory: 0, ..method };
    let error = multistart(&wrong[..1], &mut camel(), &method, &stop, &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidOption { option: "Lbfgs.memory", .. }));
}

proptest! {
    #[test]
    fn each_cell_of_each_variable_holds_one_point(n in 1usize..60, seed in any::<u64>()) {
        let bounds = [(0.0, 1.0), (-5.0, 3.0), (1e3, 1e4)];
        let points = latin_hypercube(n, &bounds, seed).unwrap();
        prop_assert_eq!(&points, &latin_hypercube(n, &bounds, seed).unwrap());
        prop_assert_eq!(points.len(), n);
        for (i, (lower, upper)) in bounds.into_iter().enumerate() {
            let mut values: Vec<f64> = points.iter().map(|p| p[i]).collect();
            values.sort_by(f64::total_cmp);
            for (cell, value) in values.into_iter().enumerate() {
                let place = (value - lower) / (upper - lower) * n as f64 - cell as f64;
                prop_assert!((-1e-9..1.0 + 1e-9).contains(&place));
                prop_assert!(lower <= value && value < upper);
            }
        }
    }
}

#[test]
fn pairing_is_random_and_unbiased() {
    // Over many hypercubes of 2 points in 2 variables both pairings are equally likely: with 4000
    // draws the share has a standard deviation of 0.008.
    let diagonal = (0..4000).filter(|&seed| {
        let p = latin_hypercube(2, &[(0.0, 1.0), (0.0, 1.0)], seed).unwrap();
        (p[0][0] < p[1][0]) == (p[0][1] < p[1][1])
    });
    let share = diagonal.count() as f64 / 4000.0;
    assert!((share - 0.5).abs() < 0.04, "{share}");
}

#[test]
fn bad_boxes_and_sizes() {
    for bad in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
        let error = latin_hypercube(3, &[(0.0, 1.0), bad], 0).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::EmptyInterval { index: 1, .. }));
    }
    let error = latin_hypercube(usize::MAX, &[(0.0, 1.0)], 0).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }));
    assert!(latin_hypercube(0, &[(0.0, 1.0)], 0).unwrap().is_empty());
}
