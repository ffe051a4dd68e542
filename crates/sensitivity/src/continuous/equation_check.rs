//! The Jacobian and the time derivative of the adjoint equation, against differences of the equation itself: a method that
//! iterates would get along with wrong ones.

use super::equation::{AdjointEquation, Carries};
use super::path::Solve;
use crate::Loss;
use crate::augmented::{Augmented, with_integral};
use ode_core::{OdeProblem, Options, Save, Vern7};
use scalar::Scalar;
use system::{Jacobian, Rhs};

system::system! {
    /// Nonlinear in everything, and driven.
    struct Driven;
    state { a, b }
    params { k, l, m }
    rhs(t) {
        d(a) = k * a * b - l * a * a + m * (3.0 * t).sin();
        d(b) = l * b * (2.0 - a) - k * b * b * t;
    }
}

struct Along;

impl Loss for Along {
    fn running<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
        u[0] * u[0] * u[1] * p[0] + t * u[1] * u[1] * p[2]
    }
}

/// `(f(x + h) - f(x - h)) / 2h`, extrapolated once.
fn slope(f: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    let central = |h: f64| -> Vec<f64> {
        f(h).iter().zip(f(-h)).map(|(up, down)| (up - down) / (2.0 * h)).collect()
    };
    central(1e-3)
        .iter()
        .zip(central(2e-3))
        .map(|(fine, coarse)| (4.0 * fine - coarse) / 3.0)
        .collect()
}

#[track_caller]
fn close(found: &[f64], expected: &[f64], what: &str) {
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= 1e-8 * (1.0 + e.abs()), "{what}[{i}]: {f} vs {e}");
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn derivatives_of_the_adjoint_equation() {
    let p = [0.7, 0.9, 1.3];
    let options = Options { rtol: 1e-12, atol: 1e-13, save: Save::Last, ..Options::default() };
    let options = with_integral(options, 2);
    let model = Augmented { rhs: &Driven, loss: &Along, integrates: true };
    let problem = OdeProblem::new(model, vec![0.8, 1.1, 0.0], p, (0.0, 2.0)).unwrap();
    let solve = Solve { problem: &problem, algorithm: Vern7, options: &options, times: &[], n: 2 };
    for carries in [Carries::Nothing, Carries::Parameters, Carries::ParametersAndState] {
        let (_, path) = solve.run(1).unwrap();
        let equation = AdjointEquation::new((&Driven, &Along), carries, path, true).unwrap();
        let size = equation.states();
        let y: Vec<f64> = (0..size).map(|i| 0.5 + 0.3 * (1.7 * i as f64).sin()).collect();
        let eval = |t: f64, y: &[f64]| {
            let mut dy = vec![0.0; size];
            equation.eval(t, y, &p, &mut dy).unwrap();
            dy
        };
        let mut work = equation.jacobian_work();
        for t in [0.4, 1.3] {
            let what = format!("{carries:?} at {t}");
            let mut jacobian = vec![0.0; size * size];
            equation.jacobian(t, &y, &p, &mut jacobian, &mut work).unwrap();
            for j in 0..size {
                let moved = |h: f64| {
                    let mut y = y.clone();
                    y[j] += h;
                    eval(t, &y)
                };
                let column: Vec<f64> = (0..size).map(|i| jacobian[i * size + j]).collect();
                close(&column, &slope(moved), &format!("{what}, column {j}"));
            }
            let mut by_time = vec![0.0; size];
            equation.time_derivative(t, &y, &p, &mut by_time, &mut work).unwrap();
            close(&by_time, &slope(|h| eval(t + h, &y)), &format!("{what}, by time"));
        }
    }
}
