//! The large systems: right-hand sides, and their Jacobians times a vector, by hand.

use crate::models::{array, brusselator};

/// A right-hand side of many states.
pub(crate) trait Large {
    /// `f(t, u)`.
    fn f(&self, t: f64, u: &[f64], du: &mut [f64]);

    /// The Jacobian times `v`.
    fn jvp(&self, t: f64, u: &[f64], v: &[f64], y: &mut [f64]);
}

/// The problem of this name, if it is large.
pub(crate) fn large(name: &str, p: &[f64]) -> Option<Result<Box<dyn Large>, String>> {
    match name {
        "brusselator_1d_n500" => Some(array(p).map(|[g]| Box::new(Tube(g)) as Box<dyn Large>)),
        _ => None,
    }
}

/// The Brusselator in a tube.
struct Tube(f64);

impl Large for Tube {
    fn f(&self, _t: f64, u: &[f64], du: &mut [f64]) {
        brusselator(self.0, u, du);
    }

    fn jvp(&self, _t: f64, u: &[f64], v: &[f64], y: &mut [f64]) {
        let (g, n) = (self.0, u.len());
        let at = |i: usize| v.get(i).copied().unwrap_or(0.0);
        for i in (0..n).step_by(2) {
            let (a, b, da, db) = (u[i], u[i + 1], v[i], v[i + 1]);
            let reaction = 2.0 * a * b * da + a * a * db;
            let sides = |k: usize| at(k.wrapping_sub(2)) + at(k + 2) - 2.0 * v[k];
            y[i] = reaction - 4.0 * da + g * sides(i);
            y[i + 1] = 3.0 * da - reaction + g * sides(i + 1);
        }
    }
}
