use crate::binary_log::{Bits, exp2, larger, log2, smaller};
use crate::{Error, ErrorKind, check};
use scalar::Lanes;

/// The controller of step sizes: integral, proportional–integral or with a third term
/// (Gustafsson 1991; Hairer, Nørsett, Wanner I, II.4; Söderlind 2003).
///
/// For a method of order `k` and scaled errors `err` (accepted when at most 1) of this step and the
/// two accepted before it, the next step is
/// `dt · safety · err^(-β₁/k) · err₋₁^(-β₂/k) · err₋₂^(-β₃/k)`.
///
/// ```
/// use ode_core::{Controller, Options};
///
/// let options = Options { controller: Controller::PID, ..Options::default() };
/// let careful = Controller { safety: 0.8, max_factor: 3.0, ..Controller::PI };
/// # let _ = (options, careful);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Controller {
    /// Exponents of the errors, times the order: of this step, the one before, and that before it.
    pub beta: [f64; 3],
    /// Safety factor.
    pub safety: f64,
    /// Smallest change of the step size.
    pub min_factor: f64,
    /// Largest change of the step size.
    pub max_factor: f64,
    /// Largest change after the first step, whose size is only a guess.
    pub first_factor: f64,
}

impl Default for Controller {
    fn default() -> Self {
        Self::PI
    }
}

impl Controller {
    /// The elementary controller, `β = (1, 0, 0)`.
    pub const I: Self = Self { beta: [1.0, 0.0, 0.0], ..Self::PI };

    /// The default, `β = (7/10, -2/5, 0)`: step sizes vary smoothly.
    pub const PI: Self = Self {
        beta: [0.7, -0.4, 0.0],
        safety: 0.9,
        min_factor: 0.2,
        max_factor: 10.0,
        first_factor: 1e4,
    };

    /// `β = (0.58, -0.21, 0.1)` (Kennedy and Carpenter 2003; the default of ARKODE).
    pub const PID: Self = Self { beta: [0.58, -0.21, 0.1], ..Self::PI };

    pub(crate) fn check(&self) -> Result<(), Error> {
        check::positive("controller.beta[0]", self.beta[0])?;
        check::positive("controller.safety", self.safety)?;
        check::positive("controller.min_factor", self.min_factor)?;
        check::positive("controller.max_factor", self.max_factor)?;
        check::positive("controller.first_factor", self.first_factor)?;
        check::finite("controller.beta", &self.beta)?;
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
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct ControlState {
    /// `log₂` of the squared errors of the last accepted step and the one before it, not below [`NO_TREND`].
    previous: [f64; 2],
    first: bool,
    rejected: bool,
}

/// `log₂ (1e-4)²`: smaller errors say nothing about the trend.
const NO_TREND: f64 = -26.575_424_759_098_898;

impl Default for ControlState {
    fn default() -> Self {
        Self { previous: [NO_TREND; 2], first: true, rejected: false }
    }
}

impl ControlState {
    /// Whether it can be gone on with.
    pub(crate) fn is_finite(&self) -> bool {
        self.previous.iter().all(|log| log.is_finite())
    }
}

/// A controller for a method of a certain order, applied to squares of errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exponents {
    /// `-β / (2k)`.
    exponents: [f64; 3],
    order: u32,
    controller: Controller,
}

impl Exponents {
    pub(crate) fn new(controller: Controller, order: u32) -> Self {
        let exponents = controller.beta.map(|beta| -0.5 * beta / f64::from(order));
        Self { exponents, order, controller }
    }

    /// Goes on for another order.
    #[inline(always)]
    pub(crate) fn set_order(&mut self, order: u32) {
        if order != self.order {
            *self = Self::new(self.controller, order);
        }
    }

    /// The factor after an accepted step, and what `previous` becomes; `limit` is the largest factor.
    #[inline(always)]
    fn accept<S: Bits>(&self, square: S, previous: [S; 2], limit: S) -> (S, [S; 2]) {
        let Controller { safety, min_factor, .. } = self.controller;
        let [e1, e2, e3] = self.exponents;
        let log = log2(larger(square, S::from_f64(f64::MIN_POSITIVE)));
        let trend = previous[0].scale(e2) + previous[1].scale(e3);
        let raw = exp2(log.scale(e1) + trend).scale(safety);
        let factor = larger(smaller(raw, limit), S::from_f64(min_factor));
        (factor, [larger(log, S::from_f64(NO_TREND)), previous[0]])
    }

    /// The factor for the retry after a rejected step, given the square of its error, which may be
    /// NaN.
    fn reject(&self, square: f64) -> f64 {
        let Controller { safety, min_factor, .. } = self.controller;
        let raw = match square.is_nan() {
            true => 0.0,
            false => safety * exp2(self.exponents[0] * log2(square.max(f64::MIN_POSITIVE))),
        };
        raw.max(min_factor).min(0.9)
    }
}

impl ControlState {
    /// The factor for the step after an accepted one, given the square of its error, at most 1.
    #[inline]
    pub(crate) fn accept(&mut self, square: f64, by: &Exponents) -> f64 {
        let Controller { max_factor, first_factor, .. } = by.controller;
        let limit = match (self.first, self.rejected) {
            (true, _) => first_factor,
            // A step just rejected must not grow at once.
            (false, true) => 1.0,
            (false, false) => max_factor,
        };
        let (factor, previous) = by.accept(square, self.previous, limit);
        *self = Self { previous, first: false, rejected: false };
        factor
    }

    /// A step was refused by the right-hand side, not rejected for its error.
    pub(crate) fn hold(&mut self) {
        self.rejected = true;
    }

    /// The factor for the retry after a rejected step, given the square of its error, which may be
    /// NaN.
    pub(crate) fn reject(&mut self, square: f64, by: &Exponents) -> f64 {
        self.rejected = true;
        by.reject(square)
    }
}

/// The memories of a controller for each lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ControlLanes<const W: usize> {
    previous: [Lanes<W>; 2],
    /// The largest factor after the next accepted step.
    limit: Lanes<W>,
}

impl<const W: usize> ControlLanes<W> {
    pub(crate) fn new() -> Self {
        Self { previous: [Lanes([NO_TREND; W]); 2], limit: Lanes([1.0; W]) }
    }

    /// A solve begins in a lane.
    pub(crate) fn begin(&mut self, lane: usize, by: &Exponents) {
        for previous in &mut self.previous {
            previous.0[lane] = NO_TREND;
        }
        self.limit.0[lane] = by.controller.first_factor;
    }

    /// The factors of the lanes with `square <= 1`, as by [`ControlState::accept`]; the others are
    /// left alone, and their factors mean nothing.
    #[inline(always)]
    pub(crate) fn accept(&mut self, square: Lanes<W>, by: &Exponents) -> Lanes<W> {
        let one = Lanes([1.0; W]);
        let (factor, previous) = by.accept(square, self.previous, self.limit);
        for (old, new) in self.previous.iter_mut().zip(previous) {
            *old = square.select_le(one, new, *old);
        }
        let max_factor = Lanes([by.controller.max_factor; W]);
        self.limit = square.select_le(one, max_factor, self.limit);
        factor
    }

    /// The factor of a lane whose step is rejected, as by [`ControlState::reject`]; `first` says
    /// whether it has not accepted one yet.
    pub(crate) fn reject(&mut self, lane: usize, first: bool, square: f64, by: &Exponents) -> f64 {
        if !first {
            self.limit.0[lane] = 1.0;
        }
        by.reject(square)
    }
}
