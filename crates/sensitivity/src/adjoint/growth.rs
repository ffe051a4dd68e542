//! How far perturbations grow.

use crate::Warning;
use scalar::BranchScalar;

/// The largest ratio of a cotangent to what was put into it so far, in units of the states: how much
/// larger a perturbation becomes on its way from there to where the loss looks at it.
pub(crate) struct Growth {
    /// The size of each state.
    sizes: Vec<f64>,
    injected: f64,
    factor: f64,
    t: f64,
}

impl Growth {
    pub(crate) fn new(n: usize) -> Self {
        Self { sizes: vec![0.0; n], injected: 0.0, factor: 0.0, t: 0.0 }
    }

    /// A state on the way.
    pub(crate) fn size<S: BranchScalar>(&mut self, u: &[S]) {
        for (size, u) in self.sizes.iter_mut().zip(u) {
            *size = size.max(u.primal().abs());
        }
    }

    /// A cotangent is added to.
    pub(crate) fn inject<S: BranchScalar>(&mut self, u_bar: &[S]) {
        self.injected += self.norm(u_bar);
    }

    /// A cotangent at time `t`.
    pub(crate) fn look<S: BranchScalar>(&mut self, t: f64, lambda: &[S]) {
        let size = self.norm(lambda);
        if size > self.factor * self.injected && self.injected > 0.0 {
            (self.factor, self.t) = (size / self.injected, t);
        }
    }

    /// The largest of each state.
    pub(crate) fn sizes(&self) -> &[f64] {
        &self.sizes
    }

    pub(crate) fn warning(&self) -> Option<Warning> {
        Warning::growth(self.factor, self.t)
    }

    fn norm<S: BranchScalar>(&self, bar: &[S]) -> f64 {
        self.sizes.iter().zip(bar).map(|(size, bar)| size * bar.primal().abs()).sum()
    }
}
