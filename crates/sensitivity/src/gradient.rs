use crate::{Error, ErrorKind, Report};
use ode_core::Stats;

/// A loss and its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    /// The loss.
    pub loss: f64,
    /// Derivatives with respect to the initial state.
    pub u0: Vec<f64>,
    /// Derivatives with respect to the parameters.
    pub p: Vec<f64>,
    /// The derivative with respect to the initial time, at which the state is `u0`; save times stay where
    /// they are: `-λᵀ f(t0, u0) - running(t0)` with `λ = ∂L/∂u0`.
    pub t0: f64,
    /// The derivative with respect to the end of the span: `running(t1)`. Save times are inputs of their
    /// own: where one of them moves with the end, as that of `Save::Last` does, the derivative is `t1`
    /// plus that of the save time.
    pub t1: f64,
    /// Derivatives with respect to the save times: `∂at/∂t + ∂at/∂u · f(tᵢ, u(tᵢ))`. At a declared stop,
    /// where `f` jumps, that for moving towards the start.
    pub times: Vec<f64>,
    /// Work of the solves forward in time.
    pub stats: Stats,
    /// How this came about.
    pub report: Report,
}

impl Gradient {
    /// The gradient, if every number of it is finite.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        if !self.loss.is_finite() {
            return Err(ErrorKind::PenaltyNotFinite.into());
        }
        let (t0, t1) = ([self.t0], [self.t1]);
        let all = [
            ("u0", &self.u0[..]),
            ("p", &self.p),
            ("t0", &t0),
            ("t1", &t1),
            ("times", &self.times),
        ];
        for (input, derivatives) in all {
            if let Some(index) = derivatives.iter().position(|d| !d.is_finite()) {
                return Err(ErrorKind::GradientNotFinite { input, index }.into());
            }
        }
        Ok(self)
    }
}
