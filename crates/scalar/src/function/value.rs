//! Values in double precision that no library has.

/// `4 e / (1 + e)²` with `e = exp(-2|x|)`, which cannot overflow.
#[inline]
pub(crate) fn sech_squared(x: f64) -> f64 {
    4.0 * logistic_density(2.0 * x)
}

/// `e / (1 + e)²` with `e = exp(-|x|)`, which cannot overflow.
#[inline]
pub(crate) fn logistic_density(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    // As a small number on top of 1 the square loses least.
    e / (1.0 + e * (2.0 + e))
}

/// `e / (1 + e)` below 0 and `1 / (1 + e)` above, with `e = exp(-|x|)`.
#[inline]
pub(crate) fn logistic(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    if x < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) }
}

/// `ln(1 + exp(-|x|)) + max(x, 0)`.
#[inline]
pub(crate) fn softplus(x: f64) -> f64 {
    (-x.abs()).exp().ln_1p() + if x < 0.0 { 0.0 } else { x }
}

/// `exp(-x²)`. What the rounding of `x²` leaves out is put in again: at `x = 26` it is worth 300
/// units in the last place.
#[inline]
pub(crate) fn gaussian(x: f64) -> f64 {
    // Below 1e-324 from here on; and the parts of larger numbers would overflow.
    if x.abs() > 28.0 {
        return 0.0;
    }
    // Dekker 1971: 26 bits of x, whose square is exact, and the rest.
    let high = f64::from_bits(x.to_bits() & !0x07ff_ffff);
    let square = x * x;
    let rest = (high * high - square) + (x - high) * (x + high);
    let value = (-square).exp();
    value - value * rest
}
