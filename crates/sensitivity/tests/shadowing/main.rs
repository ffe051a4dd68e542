//! Long-time averages: shadowing against closed forms, published values, differences, and itself.

mod closed_forms;
mod failures;
mod lorenz;
mod lyapunov;
mod models;
mod spatial;

use ode_core::{Options, StepSize};
use sensitivity::ShadowingGradient;

fn fixed(dt: f64) -> Options {
    Options { step: StepSize::Fixed(dt), max_steps: 10_000_000, ..Options::default() }
}

fn adaptive(rtol: f64) -> Options {
    Options { rtol, atol: rtol, max_steps: 10_000_000, ..Options::default() }
}

/// Both numbers have errors: they may differ by so many of the joint one, and by a bias.
fn agree(a: &ShadowingGradient, b: &ShadowingGradient, errors: f64, bias: f64) {
    for (i, &parameter) in a.parameters.iter().enumerate() {
        let j = b.parameters.iter().position(|&other| other == parameter).unwrap();
        let joint = a.p_error[i].hypot(b.p_error[j]);
        let apart = (a.p[i] - b.p[j]).abs();
        assert!(apart < errors * joint + bias, "parameter {parameter}:\n{a}\n{b}");
    }
}
