//! `log₂` and `2^x` for step sizes: a few digits at a tenth of the latency of the exact ones, and the
//! same bits on every machine.
//!
//! The next step cannot begin before its size is known, so on small systems the time of these
//! counts in full: low degrees, few dependent operations, comparisons that ignore NaN.

use scalar::{Lanes, Scalar};
use std::array::from_fn;

/// Numbers whose bits can be worked on: one, or one in each lane.
pub(crate) trait Bits: Scalar {
    /// The bits, read as one integer.
    fn bits_as_number(self) -> Self;

    /// `2ⁿ`, where `self` is [`ROUND`]` + n`.
    fn power_of_two(self) -> Self;
}

impl Bits for f64 {
    #[inline(always)]
    fn bits_as_number(self) -> Self {
        self.to_bits() as i64 as f64
    }
    #[inline(always)]
    fn power_of_two(self) -> Self {
        f64::from_bits(self.to_bits().wrapping_add(1023) << 52)
    }
}

impl<const W: usize> Bits for Lanes<W> {
    #[inline(always)]
    fn bits_as_number(self) -> Self {
        Self(from_fn(|i| self.0[i].bits_as_number()))
    }
    #[inline(always)]
    fn power_of_two(self) -> Self {
        Self(from_fn(|i| self.0[i].power_of_two()))
    }
}

/// `log₂ x` of a positive normal number, to 0.05: the bits of `x`, read as one number, are its
/// logarithm, linear between powers of two. Infinity counts as `2^1024`.
///
/// An error of 0.05 moves a step size, which goes with a power below `1/k`, by less than a percent.
#[inline(always)]
pub(crate) fn log2<S: Bits>(x: S) -> S {
    const MIDDLE: f64 = 0.043;
    x.bits_as_number().scale(ULP) - S::from_f64(1023.0 - MIDDLE)
}

/// `2⁻⁵²`: what the lowest bit of a mantissa is worth.
const ULP: f64 = f64::EPSILON;

/// `2^x` to a relative error of 1.5e-4, for `x` moved into `[-1000, 1000]`; exact at integers.
///
/// The integer part by the bits, the rest in `[-½, ½]` by a minimax polynomial.
#[inline(always)]
pub(crate) fn exp2<S: Bits>(x: S) -> S {
    let [c0, c1, c2] = EXP.map(S::from_f64);
    let round = S::from_f64(ROUND);
    let x = smaller(larger(x, S::from_f64(-1000.0)), S::from_f64(1000.0));
    let shifted = x + round;
    let r = x - (shifted - round);
    let power = shifted.power_of_two();
    power + (power * r) * ((c0 + r * c1) + (r * r) * c2)
}

const EXP: [f64; 3] = [0.693_112_49, 0.242_225_50, 0.055_977_15];

/// The smaller of two numbers that are not NaN: one instruction, where `f64::min` takes five.
#[inline(always)]
pub(crate) fn smaller<S: Scalar>(a: S, b: S) -> S {
    a.select_lt(b, a, b)
}

/// The larger of two numbers that are not NaN.
#[inline(always)]
pub(crate) fn larger<S: Scalar>(a: S, b: S) -> S {
    b.select_lt(a, a, b)
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
            assert!((exp2(x) / x.exp2() - 1.0).abs() < 1.5e-4, "2^{x}");
            let y = f64::exp(x);
            assert!((log2(y) - y.log2()).abs() < 0.0431, "log2 {y:e}");
        }
    }

    #[test]
    fn exact_where_it_matters() {
        assert_eq!(exp2(0.0), 1.0);
        assert_eq!(exp2(-7.0), 2f64.powi(-7));
    }

    #[test]
    fn ends_of_the_range() {
        assert!((log2(f64::INFINITY) - 1024.0).abs() < 0.05);
        assert!((log2(f64::MIN_POSITIVE) + 1022.0).abs() < 0.05);
        assert_eq!(exp2(5000.0), 2f64.powi(1000));
        assert_eq!(exp2(f64::NEG_INFINITY), 2f64.powi(-1000));
    }
}
