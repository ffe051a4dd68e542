//! One variable and its bound.

use crate::error::{Error, ErrorKind};

/// What values one variable x may take, and the smooth increasing map z ↦ x from all real numbers
/// onto the inside of that set.
///
/// | bound | x(z) |
/// |---|---|
/// | `Free` | z |
/// | `Positive` | eᶻ: right for rates and scales that range over decades |
/// | `Lower(a)` | a + ln(1 + eᶻ) |
/// | `Upper(b)` | b − ln(1 + e⁻ᶻ) |
/// | `Box(a, b)` | a + (b − a) / (1 + e⁻ᶻ) |
///
/// One-sided bounds use softplus. Far from the bound it is the identity, so that the scaling of the
/// problem is kept (an exponential would distort it); and unlike a + √(z² + 1) − 1 it is one to one,
/// so that no stationary point appears that the original problem does not have.
///
/// A minimum *on* a bound is approached but not reached: the derivative dx/dz falls towards 0 there.
/// Where rounding would put x on the bound, the next number inside is returned.
///
/// ```
/// use optimize::Bound;
/// let bound = Bound::Box(2.0, 4.0);
/// assert_eq!(bound.constrain(0.0), 3.0);
/// let z = bound.unconstrain(3.5)?;
/// assert!((bound.constrain(z) - 3.5).abs() < 1e-14);
/// assert!(bound.unconstrain(4.0).is_err());
/// # Ok::<(), optimize::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Bound {
    /// Any value.
    #[default]
    Free,
    /// x > 0, searched on a logarithmic scale.
    Positive,
    /// x > a.
    Lower(f64),
    /// x < b.
    Upper(f64),
    /// a < x < b.
    Box(f64, f64),
}

impl Bound {
    /// The ends, −∞ and +∞ where there is none.
    pub fn ends(&self) -> (f64, f64) {
        match *self {
            Bound::Free => (f64::NEG_INFINITY, f64::INFINITY),
            Bound::Positive => (0.0, f64::INFINITY),
            Bound::Lower(a) => (a, f64::INFINITY),
            Bound::Upper(b) => (f64::NEG_INFINITY, b),
            Bound::Box(a, b) => (a, b),
        }
    }

    /// x(z), strictly inside the bound and finite for every finite z.
    pub fn constrain(&self, z: f64) -> f64 {
        let x = match *self {
            Bound::Free => z,
            Bound::Positive => z.exp(),
            Bound::Lower(a) => a + softplus(z),
            Bound::Upper(b) => b - softplus(-z),
            // From the nearer end, so that the distance to it keeps its digits.
            Bound::Box(a, b) if z < 0.0 => a + (b - a) * logistic(z),
            Bound::Box(a, b) => b - (b - a) * logistic(-z),
        };
        let (lower, upper) = self.ends();
        // f64::max and min instead of clamp: the latter panics when the interval is empty.
        x.max(lower.next_up()).min(upper.next_down())
    }

    /// dx/dz at z.
    pub fn slope(&self, z: f64) -> f64 {
        match *self {
            Bound::Free => 1.0,
            Bound::Positive => self.constrain(z),
            Bound::Lower(_) => logistic(z),
            Bound::Upper(_) => logistic(-z),
            Bound::Box(a, b) => (b - a) * logistic(z) * logistic(-z),
        }
    }

    /// z(x), the inverse of [`Bound::constrain`].
    ///
    /// # Errors
    /// [`ErrorKind::OutsideBound`] unless x is strictly inside; [`ErrorKind::EmptyInterval`] if
    /// nothing is. The index in both is 0.
    pub fn unconstrain(&self, x: f64) -> Result<f64, Error> {
        self.unconstrain_at(0, x)
    }

    pub(crate) fn unconstrain_at(&self, index: usize, x: f64) -> Result<f64, Error> {
        self.validate(index)?;
        let (lower, upper) = self.ends();
        let z = match *self {
            Bound::Free => x,
            Bound::Positive => x.ln(),
            Bound::Lower(a) => inverse_softplus(x - a),
            Bound::Upper(b) => -inverse_softplus(b - x),
            Bound::Box(a, b) => (x - a).ln() - (b - x).ln(),
        };
        if lower < x && x < upper && z.is_finite() {
            Ok(z)
        } else {
            Err(ErrorKind::OutsideBound { index, value: x, lower, upper }.into())
        }
    }

    /// The ends are numbers and there is something between them.
    pub(crate) fn validate(&self, index: usize) -> Result<(), Error> {
        let (lower, upper) = self.ends();
        let holds = match *self {
            Bound::Free | Bound::Positive => true,
            Bound::Lower(a) => a.is_finite(),
            Bound::Upper(b) => b.is_finite(),
            Bound::Box(a, b) => (b - a).is_finite() && a.next_up() < b,
        };
        if holds { Ok(()) } else { Err(ErrorKind::EmptyInterval { index, lower, upper }.into()) }
    }
}

/// ln(1 + eᶻ) without overflow.
fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

/// ln(eʸ − 1) = y + ln(1 − e⁻ʸ).
fn inverse_softplus(y: f64) -> f64 {
    y + (-(-y).exp_m1()).ln()
}

/// 1 / (1 + e⁻ᶻ) without overflow.
fn logistic(z: f64) -> f64 {
    let e = (-z.abs()).exp();
    if z >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
}
