//! `log₂` and `2^x` for step sizes: a few digits at a tenth of the cost of the exact ones, and the
//! same bits on every machine.

/// `log₂ x` of a positive normal number, to 2e-5; exact at 1. Infinity counts as `2^1024`.
///
/// Exponent and mantissa `m` in `[√½, √2)` by their bits, the latter by a minimax polynomial in
/// `m - 1`.
#[inline]
pub(crate) fn log2(x: f64) -> f64 {
    let bits = x.to_bits();
    // Shifted by the distance from √½ to 1, the exponent field rounds at √2 instead of 2.
    let shifted = bits + (1f64.to_bits() - std::f64::consts::FRAC_1_SQRT_2.to_bits());
    let exponent = (shifted >> 52) as i64 - 1023;
    let z = f64::from_bits(bits.wrapping_sub((exponent as u64) << 52)) - 1.0;
    let w = z * z;
    let low = 1.442_578_01 + z * -0.720_241_80;
    let high = 0.486_686_15 + z * -0.394_575_37;
    exponent as f64 + z * (low + w * (high + w * 0.252_660_28))
}

/// `2^x` to a relative error of 4e-6, for `x` moved into `[-1000, 1000]`; exact at integers.
///
/// The integer part by the bits, the rest in `[-½, ½]` by a minimax polynomial.
#[inline]
pub(crate) fn exp2(x: f64) -> f64 {
    let x = x.clamp(-1000.0, 1000.0);
    let shifted = x + ROUND;
    let r = x - (shifted - ROUND);
    let low = 0.693_121_53 + r * 0.240_220_21;
    let high = 0.055_919_69 + r * 0.009_681_91;
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    power + power * (r * (low + (r * r) * high))
}

/// `1.5 · 2⁵²`: adding it leaves no room for a fraction, and the integer in the lowest bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

#[cfg(test)]
mod tests {
    use super::{exp2, log2};

    #[test]
    fn close_to_the_exact_functions() {
        for i in -300_000..300_000 {
            let x = f64::from(i) * 1e-3;
            assert!((exp2(x) / x.exp2() - 1.0).abs() < 4e-6, "2^{x}");
            let y = x.exp();
            assert!((log2(y) - y.log2()).abs() < 2e-5, "log2 {y:e}");
        }
    }

    #[test]
    fn exact_where_it_matters() {
        assert_eq!(log2(1.0), 0.0);
        assert_eq!(log2(0.125), -3.0);
        assert_eq!(log2(f64::MIN_POSITIVE), -1022.0);
        assert_eq!(exp2(0.0), 1.0);
        assert_eq!(exp2(-7.0), 2f64.powi(-7));
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(log2(f64::INFINITY), 1024.0);
        assert_eq!(exp2(5000.0), 2f64.powi(1000));
        assert_eq!(exp2(f64::NEG_INFINITY), 2f64.powi(-1000));
    }
}
