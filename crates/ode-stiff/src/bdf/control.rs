//! Constants of the choice of sizes and orders, those of CVODE.

/// What Newton's iteration may leave, as a part of the tolerance.
pub(super) const NEWTON: f64 = 0.1;
/// Factors on errors before a size is chosen by them; larger for a higher order, which must pay.
pub(super) const BIAS: f64 = 6.0;
pub(super) const BIAS_ABOVE: f64 = 10.0;
/// A step grows at least by so much, or not at all: the matrix is kept.
const WORTHWHILE: f64 = 1.5;
/// The same for steps of NDF, of which several are equal before one may change.
pub(super) const WORTHWHILE_EQUAL: f64 = 1.2;
/// Largest growth after the first step, and after others.
pub(super) const FIRST_GROWTH: f64 = 1e4;
pub(super) const GROWTH: f64 = 10.0;
/// The size after a failed iteration.
pub(super) const FAILED: f64 = 0.25;
/// Smallest change; at the first attempt of a solve; largest after a second rejection.
pub(super) const LEAST: f64 = 0.1;
pub(super) const LEAST_FIRST: f64 = 1e-3;
pub(super) const AGAIN: f64 = 0.2;
/// Steps of order 1 after a history that was of no use.
pub(super) const LONG_WAIT: usize = 10;

/// An order that the next step may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Square of its scaled error.
    pub(super) square: f64,
    pub(super) bias: f64,
    /// The power of the step size in its error.
    pub(super) power: usize,
}

impl Candidate {
    /// The change of the step size by which its error would be `1 / bias`.
    pub(super) fn factor(self) -> f64 {
        let Self { square, bias, power } = self;
        1.0 / ((bias * square.sqrt()).powf(1.0 / power as f64) + 1e-6)
    }
}

/// No small growth, no shrinking below a tenth, no growth beyond `growth`.
pub(super) fn limited(factor: f64, growth: f64) -> f64 {
    if factor >= WORTHWHILE {
        factor.min(growth)
    } else if factor > 0.0 {
        1.0
    } else {
        LEAST
    }
}
