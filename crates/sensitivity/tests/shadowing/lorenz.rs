//! Lorenz's equations, where plain differentiation fails.

use crate::models::State;
use crate::{adaptive, agree, fixed};
use ode_core::{OdeProblem, Options, Rk4, Vern7};
use scalar::Scalar;
use sensitivity::{
    AdjointLss, Average, AverageProblem, DiscreteAdjoint, ForwardLss, Loss, Nilsas, Nilss,
    ShadowingGradient, StepControl, Window,
};
use testset::AverageReference;
use testset::models::Lorenz63;

const P: [f64; 3] = [10.0, 28.0, 8.0 / 3.0];

fn lorenz(u0: [f64; 3], duration: f64) -> AverageProblem<Lorenz63> {
    AverageProblem::new(Lorenz63, u0, P, 20.0, duration).unwrap()
}

/// `∫ z dt`.
struct Height;

impl Loss for Height {
    fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[2]
    }
}

/// The trap: the derivative of the average over 30 time units is exact, and of no use.
#[test]
fn plain_derivatives_are_wrong_and_shadowing_is_not() {
    let (u0, duration) = ([-9.1, -9.3, 28.0], 30.0);
    let problem = OdeProblem::new(Lorenz63, u0, P, (0.0, duration)).unwrap();
    let plain = DiscreteAdjoint { control: StepControl::State, ..DiscreteAdjoint::default() };
    let plain = plain.gradient(&problem, Vern7, &adaptive(1e-10), &Height).unwrap();
    assert!((plain.loss / duration - 23.5).abs() < 3.0, "the average itself is right");
    assert!((plain.p[1] / duration).abs() > 1e4, "{}", plain.p[1] / duration);

    let problem = AverageProblem::new(Lorenz63, u0, P, 0.0, duration).unwrap();
    for found in four(&problem, &State(2)) {
        assert!((found.p[1] - 1.0).abs() < 0.15, "{found}");
    }
}

fn four<G: Average>(problem: &AverageProblem<Lorenz63>, g: &G) -> [ShadowingGradient; 4] {
    [
        ForwardLss::default().gradient(problem, Rk4, &fixed(0.01), g).unwrap(),
        AdjointLss::default().gradient(problem, Rk4, &fixed(0.01), g).unwrap(),
        Nilss::default().gradient(problem, Vern7, &adaptive(1e-7), g).unwrap(),
        Nilsas::default().gradient(problem, Vern7, &adaptive(1e-7), g).unwrap(),
    ]
}

/// The figure: 1000 time units, every parameter, every algorithm.
#[test]
fn a_thousand_time_units() {
    let reference = AverageReference::load("lorenz_time_average_sensitivity").unwrap();
    let found = four(&lorenz([1.0, 1.0, 1.0], 1000.0), &State(2));
    for found in &found {
        assert!((found.average - reference.means[4].mean_z).abs() < 4.0 * found.average_error);
        assert!((found.p[1] - 1.0).abs() < 0.03 && found.p_error[1] < 0.03, "{found}");
        assert!(found.bytes < 1_000_000_000, "{found}");
    }
    for other in &found[1..] {
        agree(&found[0], other, 3.0, 0.0);
    }
}

/// Ten samples a time unit are enough for the same derivatives.
#[test]
fn samples_say_the_same() {
    let problem = lorenz([1.0, 1.0, 1.0], 400.0).sampled_every(0.1).unwrap();
    let found = four(&problem, &State(2));
    let all_times = lorenz([1.0, 1.0, 1.0], 400.0);
    let all_times =
        AdjointLss::default().gradient(&all_times, Rk4, &fixed(0.01), &State(2)).unwrap();
    for found in &found {
        assert!((found.p[1] - 1.0).abs() < 0.05 && found.p_error[1] < 0.05, "{found}");
        agree(found, &all_times, 3.0, 0.0);
    }
    for (a, b) in found[0].p.iter().zip(&found[1].p) {
        assert!((a - b).abs() < 1e-9, "{}\n{}", found[0], found[1]);
    }
}

/// ⟨z'⟩ = 0, for all parameters: the direct part of the derivative and that through the states cancel.
#[test]
fn the_average_of_a_derivative_vanishes() {
    struct Rate;
    impl Average for Rate {
        fn at<S: Scalar>(&self, _t: S, u: &[S], p: &[S]) -> S {
            u[0] * u[1] - p[2] * u[2]
        }
    }
    for found in four(&lorenz([1.0, 2.0, 3.0], 200.0), &Rate) {
        assert!(found.average.abs() < 0.2, "{found}");
        // z dp at the ends, over T.
        assert!(found.p.iter().all(|p| p.abs() < 0.1), "{found}");
    }
}

/// One matrix, twice: the adjoint is the transpose to rounding.
#[test]
fn forward_and_adjoint_agree_to_rounding() {
    struct Tangled;
    impl Average for Tangled {
        fn at<S: Scalar>(&self, _t: S, u: &[S], p: &[S]) -> S {
            u[2] + (u[0] * u[1]).scale(0.1) + p[0] * (u[0].scale(0.1)).sin() + p[1] * p[2]
        }
    }
    for window in [Window::Flat, Window::Cosine, Window::CosineSquared] {
        for alpha in [1.0, 10.0] {
            let problem = lorenz([3.0, -1.0, 20.0], 20.0);
            let options = Options { dt_max: 0.02, ..adaptive(1e-6) };
            let forward = ForwardLss { alpha, window, parameters: None }
                .gradient(&problem, ode_core::Tsit5, &options, &Tangled)
                .unwrap();
            let adjoint = AdjointLss { alpha, window }
                .gradient(&problem, ode_core::Tsit5, &options, &Tangled)
                .unwrap();
            for (f, a) in forward.p.iter().zip(&adjoint.p) {
                assert!((f - a).abs() < 1e-10 * a.abs().max(1.0), "{window:?} {f} {a}");
            }
            assert_eq!(forward.average, adjoint.average);
        }
    }
}

/// Standard errors tell how far windows of the same system scatter.
#[test]
fn error_bars_cover_the_scatter() {
    let starts = (0..12).map(|i| [1.0 + f64::from(i), 1.0, 20.0]);
    let runs: Vec<ShadowingGradient> = starts
        .map(|u0| {
            let problem = lorenz(u0, 200.0);
            Nilsas::default().gradient(&problem, Vern7, &adaptive(1e-6), &State(2)).unwrap()
        })
        .collect();
    for parameter in 0..3 {
        let p: Vec<f64> = runs.iter().map(|run| run.p[parameter]).collect();
        let mean = p.iter().sum::<f64>() / p.len() as f64;
        let spread =
            (p.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / (p.len() - 1) as f64).sqrt();
        let bar = runs.iter().map(|run| run.p_error[parameter]).sum::<f64>() / p.len() as f64;
        assert!((0.15..2.0).contains(&(spread / bar)), "{parameter}: {spread} against {bar}");
    }
}

/// Settings that should not matter do not.
#[test]
fn segments_and_directions_do_not_matter() {
    let problem = lorenz([1.0, 1.0, 1.0], 100.0);
    let usual = Nilss::default().gradient(&problem, Rk4, &fixed(0.01), &State(2)).unwrap();
    assert_eq!(usual.directions, 2);
    let lean = Nilss {
        directions: Some(1),
        segment: Some(1.0),
        parameters: Some(vec![1]),
        ..Nilss::default()
    };
    let found = lean.gradient(&problem, Rk4, &fixed(0.01), &State(2)).unwrap();
    assert_eq!((found.directions, &found.names[..]), (1, &["r".to_owned()][..]));
    assert!((found.p[0] - usual.p[1]).abs() < 0.05, "{found}\n{usual}");
    let usual = Nilsas::default().gradient(&problem, Rk4, &fixed(0.01), &State(2)).unwrap();
    for (directions, segment) in [(2, 0.5), (3, 1.5), (2, 4.0)] {
        let other =
            Nilsas { directions: Some(directions), segment: Some(segment), ..Nilsas::default() };
        let found = other.gradient(&problem, Rk4, &fixed(0.01), &State(2)).unwrap();
        assert!((found.p[1] - usual.p[1]).abs() < 0.05, "{found}\n{usual}");
    }
}
