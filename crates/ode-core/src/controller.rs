use crate::{Error, ErrorKind, check};

/// The proportional–integral controller of step sizes (Gustafsson 1991; Hairer, Nørsett, Wanner I,
/// II.4; Söderlind 2003).
///
/// For a method of order `k` and scaled error `err` (accepted when at most 1), the next step is
/// `dt · safety · err^(-β₁/k) · err_old^(β₂/k)`, with `β₁ = 7/10`, `β₂ = 2/5`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PiController {
    /// Exponent of the error, times the order.
    pub beta1: f64,
    /// Exponent of the error before, times the order.
    pub beta2: f64,
    /// Safety factor.
    pub safety: f64,
    /// Smallest change of the step size.
    pub min_factor: f64,
    /// Largest change of the step size.
    pub max_factor: f64,
    /// Largest change after the first step, whose size is only a guess.
    pub first_factor: f64,
}

impl Default for PiController {
    fn default() -> Self {
        Self {
            beta1: 0.7,
            beta2: 0.4,
            safety: 0.9,
            min_factor: 0.2,
            max_factor: 10.0,
            first_factor: 1e4,
        }
    }
}

impl PiController {
    pub(crate) fn check(&self) -> Result<(), Error> {
        check::positive("controller.beta1", self.beta1)?;
        check::positive("controller.safety", self.safety)?;
        check::positive("controller.min_factor", self.min_factor)?;
        check::positive("controller.max_factor", self.max_factor)?;
        check::positive("controller.first_factor", self.first_factor)?;
        check::finite("controller.beta2", &[self.beta2])?;
        let bound = |name, value, good, must| match good {
            true => Ok(()),
            false => Err(Error::from(ErrorKind::Option { name, value, must })),
        };
        let Self { safety, min_factor, max_factor, first_factor, .. } = *self;
        bound("controller.safety", safety, safety <= 1.0, "at most 1")?;
        bound("controller.min_factor", min_factor, min_factor < 1.0, "less than 1")?;
        bound("controller.max_factor", max_factor, max_factor > 1.0, "greater than 1")?;
        bound("controller.first_factor", first_factor, first_factor >= 1.0, "at least 1")
    }
}

/// The controller's memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ControlState {
    previous_error: f64,
    first: bool,
    rejected: bool,
}

impl Default for ControlState {
    fn default() -> Self {
        Self { previous_error: 1e-4, first: true, rejected: false }
    }
}

impl ControlState {
    /// The factor for the step after an accepted one with error `err <= 1`.
    pub(crate) fn accept(&mut self, err: f64, order: u32, pi: &PiController) -> f64 {
        let k = f64::from(order);
        let raw = pi.safety * err.powf(-pi.beta1 / k) * self.previous_error.powf(pi.beta2 / k);
        let limit = match (self.first, self.rejected) {
            (true, _) => pi.first_factor,
            // A step just rejected must not grow at once.
            (false, true) => 1.0,
            (false, false) => pi.max_factor,
        };
        *self = Self { previous_error: err.max(1e-4), first: false, rejected: false };
        raw.min(limit).max(pi.min_factor)
    }

    /// The factor for the retry after a rejected step; `err` may be NaN.
    pub(crate) fn reject(&mut self, err: f64, order: u32, pi: &PiController) -> f64 {
        self.rejected = true;
        let raw = pi.safety * err.powf(-pi.beta1 / f64::from(order));
        // A NaN loses both comparisons of `max`, and the step shrinks as much as it may.
        raw.max(pi.min_factor).min(0.9)
    }
}
