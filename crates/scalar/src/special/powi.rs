use crate::Scalar;

/// `xⁿ` by products, for `-3 ≤ n ≤ 4`, where those are good to two units in the last place.
#[inline(always)]
pub(crate) fn small_power<S: Scalar>(x: S, n: i32) -> Option<S> {
    let square = x * x;
    Some(match n {
        0 => S::one(),
        1 => x,
        2 => square,
        3 => square * x,
        4 => square * square,
        -1 => S::one() / x,
        -2 => S::one() / square,
        -3 => S::one() / (square * x),
        _ => return None,
    })
}

/// `xⁿ`, by products from -4 to 8.
///
/// Every squaring doubles the relative error: a plain chain of products is wrong by about `n/2`
/// units in the last place. So from 5 on what the first square rounds off is put in again, and
/// farther out the logarithm of [`f64::powf`] is more accurate and not much slower.
#[inline]
pub(crate) fn powi(x: f64, n: i32) -> f64 {
    match small_power(x, n) {
        Some(power) => power,
        None if n > 0 && n <= 8 => four_to_eight(x, n),
        None if n == -4 => 1.0 / four_to_eight(x, 4),
        None => super::powf(x, f64::from(n)),
    }
}

/// With `x² = h + e` and `n = 2m` (or one more): `(h + m e) h^(m-1)`, whose error is `O(e²)`.
#[inline]
fn four_to_eight(x: f64, n: i32) -> f64 {
    let h = x * x;
    // Dekker 1971: the square of the upper 26 bits is exact.
    let upper = f64::from_bits(x.to_bits() & !0x07ff_ffff);
    let rounded = (upper * upper - h) + (x - upper) * (x + upper);
    // What overflows has no error.
    let e = if h < f64::MAX { rounded } else { 0.0 };
    let m = f64::from(n / 2);
    let corrected = h + m * e;
    match n {
        4 => corrected * h,
        5 => corrected * x * h,
        6 => corrected * (h * h),
        7 => (corrected * x) * (h * h),
        _ => corrected * h * (h * h),
    }
}
