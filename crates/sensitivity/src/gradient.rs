use crate::{Error, ErrorKind};
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
    /// Work of the solves forward in time.
    pub stats: Stats,
}

impl Gradient {
    /// The gradient, if every number of it is finite.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        if !self.loss.is_finite() {
            return Err(ErrorKind::PenaltyNotFinite.into());
        }
        for (input, derivatives) in [("u0", &self.u0), ("p", &self.p)] {
            if let Some(index) = derivatives.iter().position(|d| !d.is_finite()) {
                return Err(ErrorKind::GradientNotFinite { input, index }.into());
            }
        }
        Ok(self)
    }
}
