//! Objectives that cannot be evaluated everywhere.

use optimize::{
    Adam, Control, FromFn, Lbfgs, Minimizer, Objective, Schedule, Stop, StopReason, minimize,
};
use proptest::prelude::*;

/// f = y² − (x + 2) √(1 − x): NaN beyond x = 1, with a slope that grows without limit towards it.
/// ∂f/∂x = (x + 2) / (2 √(1 − x)) − √(1 − x) vanishes at x = 0, where f = −2.
fn cliff() -> impl Objective {
    FromFn::new(2, |x: &[f64], g: &mut [f64]| {
        let root = (1.0 - x[0]).sqrt();
        g[0] = (x[0] + 2.0) / (2.0 * root) - root;
        g[1] = 2.0 * x[1];
        -root * (x[0] + 2.0) + x[1] * x[1]
    })
}

#[test]
fn lbfgs_finds_the_minimum_beside_a_cliff() {
    for x0 in [[0.999, 3.0], [-1.5, 1.0], [0.999_999_999, -2.0]] {
        let outcome = minimize(&Lbfgs::default(), &mut cliff(), &x0, &Stop::default()).unwrap();
        assert!(outcome.reason.is_converged(), "{}", outcome.reason);
        assert!(outcome.x[0].abs() < 1e-7 && outcome.x[1].abs() < 1e-7, "{:?}", outcome.x);
        assert!((outcome.value + 2.0).abs() < 1e-12);
    }
}

#[test]
fn lbfgs_steps_back_from_the_cliff() {
    // ¼x⁴ − 27x has its minimum at 3, just in front of a wall at 3.1; long steps run into it.
    let mut wall = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
        if x[0] > 3.1 {
            return f64::INFINITY;
        }
        g[0] = x[0].powi(3) - 27.0;
        0.25 * x[0].powi(4) - 27.0 * x[0]
    });
    let outcome = minimize(&Lbfgs::default(), &mut wall, &[-8.0], &Stop::default()).unwrap();
    assert!(outcome.recoveries > 0);
    assert!(outcome.reason.is_converged(), "{}", outcome.reason);
    assert!((outcome.x[0] - 3.0).abs() < 1e-8);
}

#[test]
fn lbfgs_gives_up_where_nothing_else_can_be_evaluated() {
    let mut island = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
        g[0] = 1.0;
        if x[0] == 2.0 { 1.0 } else { f64::NAN }
    });
    let outcome = minimize(&Lbfgs::default(), &mut island, &[2.0], &Stop::default()).unwrap();
    let StopReason::NonFinite { recoveries } = outcome.reason else { panic!("{}", outcome.reason) };
    assert_eq!(recoveries, outcome.recoveries);
    assert_eq!((outcome.x[0], outcome.value), (2.0, 1.0));
}

#[test]
fn adam_survives_the_cliff_and_finds_the_minimum() {
    // Starts with a rate that throws it over the edge.
    let adam = Adam {
        rate: 2.0,
        schedule: Schedule::Cosine { iterations: 4000, floor: 1e-3 },
        ..Adam::default()
    };
    let outcome = minimize(&adam, &mut cliff(), &[-4.0, 3.0], &Stop::iterations(4000)).unwrap();
    assert!(outcome.recoveries > 0, "the cliff was never met");
    assert!(outcome.x[0].abs() < 1e-4 && outcome.x[1].abs() < 1e-4, "{:?}", outcome);
}

#[test]
fn adam_recovery_goes_back_to_the_best_point_with_half_the_rate() {
    // Call 2 fails. Steps are ±rate exactly: constant gradient 1, no ε.
    let mut call = 0;
    let mut seen = Vec::new();
    let mut scripted = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
        g[0] = 1.0;
        seen.push(x[0]);
        call += 1;
        if call == 3 { f64::NAN } else { x[0] }
    });
    let adam = Adam { rate: 0.25, epsilon: 1e-300, ..Adam::default() };
    let outcome = minimize(&adam, &mut scripted, &[1.0], &Stop::iterations(3)).unwrap();
    // 1, 0.75, 0.5 fails, back to 0.75 and on by 0.125.
    let expected = [1.0, 0.75, 0.5, 0.625, 0.5];
    assert!(seen.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14), "{seen:?}");
    assert_eq!((outcome.iterations, outcome.evaluations, outcome.recoveries), (3, 5, 1));
    assert_eq!(outcome.history.len(), 4);
}

#[test]
fn adam_gives_up_after_the_allowed_recoveries() {
    let mut island = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
        g[0] = 1.0;
        if x[0] == 2.0 { 1.0 } else { f64::NAN }
    });
    let adam = Adam { max_recoveries: 5, ..Adam::default() };
    let outcome = minimize(&adam, &mut island, &[2.0], &Stop::default()).unwrap();
    assert_eq!(outcome.reason, StopReason::NonFinite { recoveries: 6 });
    assert_eq!((outcome.x[0], outcome.value), (2.0, 1.0));
}

#[test]
fn a_finite_value_with_a_bad_gradient_counts_as_failed() {
    // The gradient breaks for x < 1; the minimum of (x − 1.5)² is at 1.5.
    let broken = || {
        FromFn::new(1, |x: &[f64], g: &mut [f64]| {
            g[0] = if x[0] < 1.0 { f64::NAN } else { 2.0 * (x[0] - 1.5) };
            (x[0] - 1.5) * (x[0] - 1.5)
        })
    };
    let adam = Adam { rate: 1.5, ..Adam::default() };
    for method in [&adam as &dyn Minimizer, &Lbfgs::default()] {
        let stop = Stop::iterations(3000);
        let outcome = minimize(method, &mut broken(), &[2.4], &stop).unwrap();
        assert!((outcome.x[0] - 1.5).abs() < 1e-4, "{outcome:?}");
        assert!(outcome.x[0] >= 1.0);
    }
    let outcome = minimize(&adam, &mut broken(), &[2.4], &Stop::iterations(3000)).unwrap();
    assert!(outcome.recoveries > 0);
}

#[test]
fn a_rate_that_overflows_is_recovered_from() {
    let mut bowl = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
        g[0] = 2.0 * x[0];
        x[0] * x[0]
    });
    let adam = Adam { rate: 1e308, max_recoveries: 3, ..Adam::default() };
    let outcome = minimize(&adam, &mut bowl, &[1.0], &Stop::default()).unwrap();
    assert_eq!(outcome.reason, StopReason::NonFinite { recoveries: 4 });
    assert_eq!(outcome.x, [1.0]);
}

proptest! {
    /// Whatever an objective returns, a run ends in time with the best point it was shown.
    #[test]
    fn no_objective_can_break_a_run(
        script in proptest::collection::vec(
            (prop_oneof![4 => -1e3..1e3f64, 1 => any::<f64>()],
             prop_oneof![4 => -1e3..1e3f64, 1 => any::<f64>()],
             prop_oneof![4 => -1e3..1e3f64, 1 => any::<f64>()]), 1..40),
        x0 in [-1e3..1e3f64, -1e3..1e3f64],
        rate in 1e-6..1e6f64,
    ) {
        let adam = Adam { rate, ..Adam::default() };
        for method in [&adam as &dyn Minimizer, &Lbfgs::default()] {
            let mut calls = 0;
            let mut shown = Vec::new();
            let mut chaos = FromFn::new(2, |x: &[f64], g: &mut [f64]| {
                let (value, a, b) = script[calls % script.len()];
                g.copy_from_slice(&[a, b]);
                calls += 1;
                let usable = value.is_finite() && (a * a + b * b).is_finite();
                if usable {
                    shown.push((x.to_vec(), value));
                }
                value
            });
            let stop = Stop { max_evaluations: 200, ..Stop::iterations(100) };
            let result = method.minimize(&mut chaos, &x0, &stop, &mut |iterate| {
                assert!(iterate.value.is_finite() && iterate.x.iter().all(|x| x.is_finite()));
                Control::Continue
            });
            if let Ok(outcome) = result {
                let lowest = shown.iter().map(|s| s.1).fold(f64::INFINITY, f64::min);
                prop_assert!(outcome.value - lowest <= 1e-15 * lowest.abs());
                prop_assert!(shown.iter().any(|s| s.0 == outcome.x && s.1 == outcome.value));
                prop_assert_eq!(outcome.evaluations, calls);
                prop_assert!(calls <= 200);
            }
        }
    }
}
