//! Where averages are known: limit cycles, forcing, rest.

use crate::models::{Forced, Hopf, Relaxing, Square, State};
use crate::{adaptive, fixed};
use ode_core::{Rk4, Vern7};
use sensitivity::{
    AdjointLss, Average, AverageProblem, ForwardLss, Nilsas, Nilss, ShadowingGradient, Window,
};
use system::System;

/// All algorithms, the last two with steps of their own.
fn all<F: System, G: Average>(
    problem: &AverageProblem<F>,
    dt: f64,
    g: &G,
) -> [ShadowingGradient; 4] {
    [
        ForwardLss::default().gradient(problem, Rk4, &fixed(dt), g).unwrap(),
        AdjointLss::default().gradient(problem, Rk4, &fixed(dt), g).unwrap(),
        Nilss::default().gradient(problem, Vern7, &adaptive(1e-8), g).unwrap(),
        Nilsas::default().gradient(problem, Vern7, &adaptive(1e-8), g).unwrap(),
    ]
}

fn check(found: &[ShadowingGradient], average: f64, derivatives: &[f64], tol: f64) {
    for found in found {
        let scale = |x: f64| tol * x.abs().max(1.0);
        assert!((found.average - average).abs() < scale(average), "{found}");
        for (p, expected) in found.p.iter().zip(derivatives) {
            assert!((p - expected).abs() < scale(*expected), "{expected} expected\n{found}");
        }
        assert_eq!(found.p.len(), derivatives.len());
    }
}

/// On the circle ⟨x²⟩ = mu / 2, whatever the speed.
#[test]
fn limit_cycle() {
    let problem = AverageProblem::new(Hopf, [1.0, 0.0], [0.7, 1.0, 0.5], 20.0, 2000.0).unwrap();
    let found = all(&problem, 0.02, &Square { is_weighted: false });
    check(&found, 0.35, &[0.5, 0.0, 0.0], 4e-3);
    // With a direct part: ⟨mu x²⟩ = mu² / 2.
    let found = all(&problem, 0.02, &Square { is_weighted: true });
    check(&found, 0.245, &[0.7, 0.0, 0.0], 4e-3);
}

/// u' = -k u + F cos t: ⟨u²⟩ = F² / 2 (1 + k²). There is no neutral direction.
#[test]
fn periodic_forcing() {
    let (k, force) = (0.8, 1.5);
    let duration = 60.0 * std::f64::consts::TAU;
    let problem = AverageProblem::new(Forced, [0.0], [k, force], 30.0, duration).unwrap();
    let found = all(&problem, std::f64::consts::TAU / 400.0, &Square { is_weighted: false });
    let c = 1.0 + k * k;
    let average = force * force / (2.0 * c);
    check(&found, average, &[-k * force * force / (c * c), force / c], 4e-3);
}

/// The same at a phase: at `t = 2πj` the solution is `k F / (1 + k²)`.
#[test]
fn samples_of_periodic_forcing() {
    let (k, force, tau) = (0.8, 1.5, std::f64::consts::TAU);
    let problem = AverageProblem::new(Forced, [0.0], [k, force], 8.0 * tau, 60.4 * tau).unwrap();
    let problem = problem.sampled_every(tau).unwrap();
    let found = all(&problem, tau / 400.0, &State(0));
    let c = 1.0 + k * k;
    check(&found, k * force / c, &[force * (1.0 - k * k) / (c * c), k / c], 1e-2);
    assert!(found.iter().all(|found| (found.duration - 60.0 * tau).abs() < 1e-9), "{}", found[0]);
    let weighted = AdjointLss { window: Window::Cosine, ..AdjointLss::default() };
    let found = weighted.gradient(&problem, Rk4, &fixed(tau / 400.0), &State(0)).unwrap();
    check(&[found], k * force / c, &[force * (1.0 - k * k) / (c * c), k / c], 1e-3);
}

/// Samples of a cycle that have nothing to do with its period say what all times say.
#[test]
fn samples_of_a_limit_cycle() {
    let problem = AverageProblem::new(Hopf, [1.0, 0.0], [0.7, 1.0, 0.5], 20.0, 2000.0).unwrap();
    let problem = problem.sampled_every(0.37).unwrap();
    let found = all(&problem, 0.0185, &Square { is_weighted: true });
    check(&found, 0.245, &[0.7, 0.0, 0.0], 1e-2);
    let [forward, adjoint, ..] = &found;
    for (a, b) in forward.p.iter().zip(&adjoint.p) {
        assert!((a - b).abs() < 1e-10, "{forward}\n{adjoint}");
    }
}

/// At rest x = a / b, y = c x, and the average of a product is the product.
#[test]
fn rest() {
    struct Product;
    impl Average for Product {
        fn at<S: scalar::Scalar>(&self, _t: S, u: &[S], p: &[S]) -> S {
            u[0] * u[1] + p[0] * p[2]
        }
    }
    let [a, b, c] = [1.5, 0.5, 2.0];
    let problem = AverageProblem::new(Relaxing, [1.0, 1.0], [a, b, c], 100.0, 2000.0).unwrap();
    let found = all(&problem, 0.05, &Product);
    let x = a / b;
    check(
        &found,
        c * x * x + a * c,
        &[2.0 * c * x / b + c, -2.0 * c * x * x / b, x * x + a],
        // The ends, where the shadowing solution is free, count 1 / T.
        1e-2,
    );
    // Windows leave them out.
    let cosine = AdjointLss { window: Window::Cosine, ..AdjointLss::default() };
    let found = cosine.gradient(&problem, Rk4, &fixed(0.05), &Product).unwrap();
    check(
        &[found],
        c * x * x + a * c,
        &[2.0 * c * x / b + c, -2.0 * c * x * x / b, x * x + a],
        2e-3,
    );
}

/// Steps of different length are weighted by their length: a grid that is five times finer where x > 0
/// must not count these times more.
#[test]
fn uneven_steps() {
    let duration = 400.0 * std::f64::consts::TAU;
    let radius = 0.7f64.sqrt();
    let problem = AverageProblem::new(Hopf, [radius, 0.0], [0.7, 1.0, 0.0], 0.0, duration).unwrap();
    // x = radius cos t.
    let times = (1..).map(|i| 0.02 * f64::from(i)).take_while(|&t| t < duration);
    let stops = times.filter(|t| t.cos() > 0.0).collect();
    let uneven = ode_core::Options { stops, ..fixed(0.1) };
    let adjoint = AdjointLss::default();
    let found = adjoint.gradient(&problem, Rk4, &uneven, &State(0)).unwrap();
    assert!(found.stats.accepted > 72_000, "{found}");
    assert!(found.average.abs() < 1e-3 && found.p.iter().all(|p| p.abs() < 2e-2), "{found}");
    let found = adjoint.gradient(&problem, Rk4, &uneven, &Square { is_weighted: false });
    check(&[found.unwrap()], 0.35, &[0.5, 0.0, 0.0], 2e-2);
}

/// Without the dilation of time only the windowed average is right where the period changes.
#[test]
fn windows() {
    let problem = AverageProblem::new(Hopf, [1.0, 0.0], [0.7, 1.0, 0.5], 20.0, 600.0).unwrap();
    for window in [Window::Cosine, Window::CosineSquared] {
        let forward = ForwardLss { window, ..ForwardLss::default() };
        let adjoint = AdjointLss { window, ..AdjointLss::default() };
        let g = Square { is_weighted: true };
        let found = [
            forward.gradient(&problem, Rk4, &fixed(0.02), &g).unwrap(),
            adjoint.gradient(&problem, Rk4, &fixed(0.02), &g).unwrap(),
        ];
        check(&found, 0.245, &[0.7, 0.0, 0.0], 1e-2);
    }
}
