//! Events against closed forms, every trap, and what is refused.

mod closed_forms;
mod derivatives;
#[path = "../methods/erased.rs"]
mod erased;
mod failures;
mod kinds;
mod neighbours;
mod output;
mod traps;

use ode_core::{Options, Save};

system::system! {
    /// A ball under gravity.
    pub(crate) struct Ball;
    state { height, speed }
    params { gravity, restitution }
    rhs(_t) {
        d(height) = speed;
        d(speed) = -gravity + 0.0 * restitution;
    }
}

system::system! {
    /// `cos t, -sin t` from (1, 0).
    pub(crate) struct Oscillator;
    state { x, v }
    params {}
    rhs(_t) {
        d(x) = v;
        d(v) = -x;
    }
}

system::system! {
    pub(crate) struct Decay;
    state { u }
    params { k }
    rhs(_t) {
        d(u) = -k * u;
    }
}

system::system! {
    /// `u = t`.
    pub(crate) struct Clock;
    state { u }
    params { speed }
    rhs(_t) {
        d(u) = speed;
    }
}

pub(crate) fn tight(save: Save) -> Options {
    Options { rtol: 1e-12, atol: 1e-13, save, ..Options::default() }
}

#[track_caller]
pub(crate) fn close(found: f64, exact: f64, tolerance: f64) {
    let error = (found - exact).abs() / exact.abs().max(1.0);
    assert!(error <= tolerance, "{found}, not {exact}: off by {error:.1e}");
}
