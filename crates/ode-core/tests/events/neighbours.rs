//! Events a few units in the last place apart, and conditions that jump.

use crate::{Clock, close, tight};
use ode_core::{Events, OdeProblem, Options, Root, Save, Tsit5, solve_with};
use std::f64::consts::{PI, TAU};

system::system! {
    /// Two balls under gravity.
    struct Balls;
    state { height_a, speed_a, height_b, speed_b }
    params { gravity }
    rhs(_t) {
        d(height_a) = speed_a;
        d(speed_a) = -gravity;
        d(height_b) = speed_b;
        d(speed_b) = -gravity;
    }
}

/// How often each of two balls bounces, and their last heights.
fn bounces(t0: f64, heights: [f64; 2], end: f64) -> ([usize; 2], [f64; 2]) {
    let mut events = Events::new();
    for (name, i) in [("a", 0), ("b", 2)] {
        let floor = Root::new(name, move |_t, u: &[f64], _p| u[i]).falling();
        events = events.with(floor.effect(move |at| at.u[i + 1] = -at.u[i + 1]));
    }
    let [a, b] = heights;
    let problem = OdeProblem::new(Balls, [a, 0.0, b, 0.0], [2.0], (t0, t0 + end)).unwrap();
    let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap();
    let count = |name| solution.events().iter().filter(|event| event.name == name).count();
    ([count("a"), count("b")], [solution.last()[0], solution.last()[2]])
}

#[test]
fn two_roots_any_number_of_ulps_apart() {
    for k in 0..=1000 {
        let second = 1.0 + f64::from(k) * f64::EPSILON;
        for acting in [[true, true], [true, false], [false, true]] {
            let mut events = Events::new();
            for (level, acts) in [1.0, second].into_iter().zip(acting) {
                let root = Root::new("level", move |_t, u: &[f64], _p| u[0] - level);
                events = events.with(if acts { root.effect(|_| {}) } else { root });
            }
            let problem = OdeProblem::new(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
            let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap();
            let found: Vec<_> = solution.events().iter().map(|event| event.index).collect();
            assert_eq!(found, [0, 1], "{k} {acting:?}");
            close(solution.events()[1].t, second, 1e-15);
        }
    }
}

#[test]
fn two_balls_any_number_of_ulps_apart() {
    // From heights of nearly 1 they hit the floor at 1, 3 and 5, a tenth of a microsecond or less
    // apart, and one must not make the other fall through.
    for k in 0..=1000 {
        let (counts, last) = bounces(0.0, [1.0, 1.0 + f64::from(k) * 2.2e-16], 5.5);
        assert_eq!(counts, [3, 3], "{k}");
        assert!(last.iter().all(|height| (height - 0.75).abs() < 1e-2), "{k}: {last:?}");
    }
}

#[test]
fn two_balls_where_time_is_coarse() {
    // A unit in the last place of the time is 2.4e-7 here.
    for k in 0..=200 {
        let (counts, last) = bounces(1.7e9, [1.0, 1.0 + 5e-7 * f64::from(k)], 5.5);
        assert_eq!(counts, [3, 3], "{k}");
        assert!(last.iter().all(|height| (height - 0.75).abs() < 1e-2), "{k}: {last:?}");
    }
}

/// The times of a condition over `u = t`.
fn times(root: Root<'_>, (t0, end): (f64, f64), options: &Options) -> Vec<f64> {
    let problem = OdeProblem::new(Clock, [t0], [1.0], (t0, end)).unwrap();
    let mut events = Events::new().with(root);
    let solution = solve_with(&problem, Tsit5, options, &mut events).unwrap();
    solution.events().iter().map(|event| event.t).collect()
}

#[test]
fn a_condition_that_jumps_happens_every_time() {
    type Condition = fn(f64, &[f64], &[f64]) -> f64;
    let conditions: [Condition; 4] = [
        |t, _u, _p| if t.sin() > 0.0 { 1.0 } else { -1.0 },
        |t, _u, _p| (1e15 * t.sin()).tanh(),
        |t, _u, _p| if t.sin() > 0.0 { f64::INFINITY } else { f64::NEG_INFINITY },
        |t, _u, _p| if t.sin() > 0.0 { 1e-3 } else { -1e3 },
    ];
    let options = Options { dt_max: 0.5, ..tight(Save::Last) };
    for (i, condition) in conditions.into_iter().enumerate() {
        for acts in [false, true] {
            let root = Root::new("jump", condition);
            let root = if acts { root.effect(|_| {}) } else { root };
            // From 0, where the sine does not count yet.
            let found = times(root, (0.5, 20.0), &options);
            assert_eq!(found.len(), 6, "{i} {acts} {found:?}");
            for (k, &t) in found.iter().enumerate() {
                close(t, PI * (k + 1) as f64, 1e-14);
            }
        }
    }
}

#[test]
fn turns_are_counted() {
    for acts in [false, true] {
        let turn = Root::new("turn", |_t, u: &[f64], _p| u[0].rem_euclid(TAU) - 3.0).falling();
        let turn = if acts { turn.effect(|_| {}) } else { turn };
        let options = Options { dt_max: 0.5, ..tight(Save::Last) };
        let found = times(turn, (0.0, 20.0), &options);
        assert_eq!(found.len(), 3, "{acts} {found:?}");
        for (k, &t) in found.iter().enumerate() {
            close(t, TAU * (k + 1) as f64, 1e-14);
        }
    }
}

#[test]
fn a_fast_condition_where_time_is_coarse() {
    // A period is 2600, 260 and 26 units in the last place of the time.
    let t0 = 1.7e9;
    for speed in [1e4, 1e5, 1e6] {
        for acts in [false, true] {
            let wave = Root::new("wave", move |t: f64, _u, _p| (speed * (t - t0) + 1.0).sin());
            let wave = if acts { wave.effect(|_| {}) } else { wave };
            let end = t0 + (40.5 * PI - 1.0) / speed;
            let options = Options { dt_max: 2.0 / speed, ..Options::default() };
            let found = times(wave, (t0, end), &options);
            assert_eq!(found.len(), 40, "{speed} {acts} {found:?}");
            for (k, &t) in found.iter().enumerate() {
                // Events as near as some units in the last place are moved to the end of the step.
                assert!((t - t0 - (PI * (k + 1) as f64 - 1.0) / speed).abs() < 3.5e-6);
            }
        }
    }
}
