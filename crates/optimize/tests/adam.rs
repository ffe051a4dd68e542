//! Adam against numbers worked out by hand from the formulas of the paper.

mod problems;

use optimize::{
    Adam, Control, FromFn, Lbfgs, Minimizer, Objective, Schedule, Stop, StopReason, minimize,
};

/// Runs Adam on prescribed gradients from x = (1, 1); the iterates.
fn path(adam: &Adam, gradients: &[[f64; 2]]) -> Vec<Vec<f64>> {
    let mut call = 0;
    let mut scripted = FromFn::new(2, |_: &[f64], g: &mut [f64]| {
        g.copy_from_slice(&gradients[call.min(gradients.len() - 1)]);
        call += 1;
        1.0
    });
    let stop = Stop { value_tol: 0.0, ..Stop::iterations(gradients.len()) };
    let mut path = Vec::new();
    adam.minimize(&mut scripted, &[1.0, 1.0], &stop, &mut |iterate| {
        path.push(iterate.x.to_vec());
        Control::Continue
    })
    .unwrap();
    path
}

const GRADIENTS: [[f64; 2]; 3] = [[0.1, -2.0], [0.3, 1.0], [-0.2, 0.0]];

fn assert_path(path: &[Vec<f64>], expected: [[f64; 2]; 3]) {
    assert_eq!(path.len(), 4);
    for (x, e) in path[1..].iter().zip(&expected) {
        assert!((x[0] - e[0]).abs() < 1e-14 && (x[1] - e[1]).abs() < 1e-14, "{x:?} {e:?}");
    }
}

#[test]
fn three_steps_of_algorithm_1() {
    // Kingma & Ba, algorithm 1, in 50-digit decimals, rounded: rate 0.01, β = (0.9, 0.999), ε = 1e-8.
    let adam = Adam { rate: 0.01, ..Adam::default() };
    let expected = [
        [0.9900000009999999, 1.00999999995],
        [0.9808221902205589, 1.012663370329757],
        [0.9782431522889792, 1.014722163349656],
    ];
    assert_path(&path(&adam, &GRADIENTS), expected);
}

#[test]
fn three_steps_with_decoupled_decay() {
    let adam = Adam { rate: 0.01, weight_decay: 0.5, ..Adam::default() };
    let expected = [
        [0.9850000009999999, 1.00499999995],
        [0.970897190215559, 1.0026383703300068],
        [0.9634636663329015, 0.9996839714982558],
    ];
    assert_path(&path(&adam, &GRADIENTS), expected);
}

#[test]
fn the_first_step_has_the_size_of_the_rate_whatever_the_gradient() {
    for scale in [1e-3, 1.0, 1e6] {
        let adam = Adam { rate: 0.02, epsilon: 1e-300, ..Adam::default() };
        let path = path(&adam, &[[scale, -3.0 * scale]]);
        assert!((path[1][0] - 0.98).abs() < 1e-15);
        assert!((path[1][1] - 1.02).abs() < 1e-15);
    }
}

#[test]
fn clipping_by_the_global_norm_is_adam_on_shortened_gradients() {
    let long = [[3.0, -4.0], [0.3, 0.4], [30.0, 40.0]];
    let short = [[0.6, -0.8], [0.3, 0.4], [0.6, 0.8]];
    let adam = Adam { rate: 0.1, ..Adam::default() };
    let clipped = Adam { clip: Some(1.0), ..adam.clone() };
    for (a, b) in path(&clipped, &long).iter().flatten().zip(path(&adam, &short).iter().flatten()) {
        assert!((a - b).abs() < 1e-14);
    }
    assert_ne!(path(&adam, &long), path(&adam, &short));
}

#[test]
fn schedules_have_their_closed_forms() {
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-14, "{a} {b}");
    let exponential = Schedule::Exponential { decay: 0.5, every: 10 };
    near(exponential.factor(0), 1.0);
    near(exponential.factor(5), 0.5f64.sqrt());
    near(exponential.factor(20), 0.25);
    let step = Schedule::Step { factor: 0.1, every: 10 };
    near(step.factor(9), 1.0);
    near(step.factor(10), 0.1);
    near(step.factor(29), 0.01);
    let cosine = Schedule::Cosine { iterations: 90, floor: 0.2 };
    near(cosine.factor(0), 1.0);
    near(cosine.factor(30), 0.2 + 0.8 * 0.75); // cos 60° = ½
    near(cosine.factor(45), 0.6);
    near(cosine.factor(usize::MAX), 0.2);
    let warmup = Schedule::WarmupCosine { warmup: 4, iterations: 94, floor: 0.2 };
    near(warmup.factor(0), 0.25);
    near(warmup.factor(3), 1.0);
    near(warmup.factor(34), 0.2 + 0.8 * 0.75);
    near(warmup.factor(1000), 0.2);
}

#[test]
fn the_schedule_scales_the_steps() {
    let schedule = Schedule::Step { factor: 0.1, every: 2 };
    let adam = Adam { rate: 0.1, schedule, epsilon: 1e-300, ..Adam::default() };
    // A constant gradient makes every bias-corrected step exactly the rate.
    let path = path(&adam, &[[1.0, -1.0]; 4]);
    for (pair, expected) in path.windows(2).zip([0.1, 0.1, 0.01, 0.01]) {
        assert!((pair[0][0] - pair[1][0] - expected).abs() < 1e-14);
    }
}

#[test]
fn rosenbrock_and_handing_over_to_lbfgs() {
    let mut problem = problems::rosenbrock(2);
    let start = problem.start.clone();
    let adam = Adam {
        rate: 0.05,
        schedule: Schedule::Cosine { iterations: 5000, floor: 1e-3 },
        ..Adam::default()
    };
    let rough = minimize(&adam, &mut problem, &start, &Stop::iterations(5000)).unwrap();
    assert!(rough.value < 1e-6, "{:e}", rough.value);
    let fine = minimize(&Lbfgs::default(), &mut problem, &rough.x, &Stop::default()).unwrap();
    assert!(fine.reason.is_converged() && fine.value < 1e-16);
}

#[test]
fn the_outcome_is_the_best_point_not_the_last() {
    // A rate far too large oscillates across the minimum.
    let mut bowl = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
        g[0] = 2.0 * x[0];
        x[0] * x[0]
    });
    let adam = Adam { rate: 0.9, ..Adam::default() };
    let outcome = minimize(&adam, &mut bowl, &[1.0], &Stop::iterations(7)).unwrap();
    let lowest = outcome.history.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(outcome.value, lowest);
    assert!(lowest < *outcome.history.last().unwrap());
    assert_eq!(bowl.value(&outcome.x), outcome.value);
    assert_eq!(outcome.reason, StopReason::MaxIterations);
}
