use crate::concrete::max_or_nan;
use crate::{Binary, Concrete, Scalar, Unary, impl_assign_ops};
use core::array::from_fn;
use core::ops::{Add, Div, Mul, Neg, Sub};
use wide::f64x4;

/// `W` independent evaluations side by side, in SIMD instructions: 4 fill a register of AVX2, 8 one
/// of AVX-512 or two of AVX2.
///
/// Every lane gives the same bits as `f64` alone. Arithmetic, comparisons and square roots are SIMD;
/// other elementary functions go lane by lane.
///
/// ```
/// use scalar::{Lanes, Scalar};
///
/// let x = Lanes([1.0, 4.0, 9.0, 16.0]);
/// assert_eq!((x.sqrt() + Lanes::one()).0, [2.0, 3.0, 4.0, 5.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes<const W: usize>(pub [f64; W]);

/// Lanes of the vector type that operations go through. Left to itself, the compiler splits the
/// arrays into single numbers and seldom finds the way back.
const CHUNK: usize = 4;

impl<const W: usize> Lanes<W> {
    /// Lanes `CHUNK c` and following.
    #[inline(always)]
    fn chunk(&self, c: usize) -> f64x4 {
        f64x4::new(from_fn(|i| self.0[CHUNK * c + i]))
    }

    /// `four` on whole chunks, `one` on the lanes left over.
    #[inline(always)]
    fn by_chunks(four: impl Fn(usize) -> f64x4, one: impl Fn(usize) -> f64) -> Self {
        let mut lanes = [0.0; W];
        for c in 0..W / CHUNK {
            lanes[CHUNK * c..CHUNK * (c + 1)].copy_from_slice(&four(c).to_array());
        }
        for i in W / CHUNK * CHUNK..W {
            lanes[i] = one(i);
        }
        Self(lanes)
    }

    /// The square root of each lane, in one instruction of the processor.
    #[inline(always)]
    pub(crate) fn square_root(self) -> Self {
        Self::by_chunks(|c| self.chunk(c).sqrt(), |i| self.0[i].sqrt())
    }

    /// Without the sign bit; `Scalar::abs` of the same bits.
    #[inline(always)]
    #[must_use]
    pub fn magnitude(self) -> Self {
        Self::by_chunks(|c| self.chunk(c).abs(), |i| self.0[i].abs())
    }

    /// `self * factor + addend`, rounded as [`Scalar::scale_add`] rounds.
    #[inline(always)]
    #[must_use]
    pub fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self::by_chunks(
            |c| self.chunk(c).mul_add(factor.chunk(c), addend.chunk(c)),
            |i| self.0[i].scale_add(factor.0[i], addend.0[i]),
        )
    }

    /// `if self <= other { yes } else { no }`, lane by lane. A NaN in the condition chooses `no`.
    ///
    /// ```
    /// use scalar::Lanes;
    ///
    /// let error = Lanes([0.5, 1.0, 2.0, f64::NAN]);
    /// let step = error.select_le(Lanes([1.0; 4]), Lanes([3.0; 4]), Lanes([4.0; 4]));
    /// assert_eq!(step.0, [3.0, 3.0, 4.0, 4.0]);
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn select_le(self, other: Self, yes: Self, no: Self) -> Self {
        Self::by_chunks(
            |c| self.chunk(c).simd_le(other.chunk(c)).select(yes.chunk(c), no.chunk(c)),
            |i| if self.0[i] <= other.0[i] { yes.0[i] } else { no.0[i] },
        )
    }

    /// The lanes with `self <= other`: bit `i` for lane `i` (the first 64 lanes).
    ///
    /// ```
    /// assert_eq!(scalar::Lanes([1.0, 4.0, 3.0, 2.0]).le_bits(scalar::Lanes([2.0; 4])), 0b1001);
    /// ```
    #[inline(always)]
    pub fn le_bits(self, other: Self) -> u64 {
        let mut bits = 0;
        for c in 0..(W / CHUNK).min(64 / CHUNK) {
            let mask = self.chunk(c).simd_le(other.chunk(c)).to_bitmask();
            bits |= u64::from(mask) << (CHUNK * c);
        }
        for i in (W / CHUNK * CHUNK..W).take_while(|&i| i < 64) {
            bits |= u64::from(self.0[i] <= other.0[i]) << i;
        }
        bits
    }
}

macro_rules! lane_op {
    ($op:ident, $method:ident, $sym:tt) => {
        impl<const W: usize> $op for Lanes<W> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, rhs: Self) -> Self {
                Self::by_chunks(|c| self.chunk(c) $sym rhs.chunk(c), |i| self.0[i] $sym rhs.0[i])
            }
        }
    };
}
lane_op!(Add, add, +);
lane_op!(Sub, sub, -);
lane_op!(Mul, mul, *);
lane_op!(Div, div, /);

impl<const W: usize> Neg for Lanes<W> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::by_chunks(|c| -self.chunk(c), |i| -self.0[i])
    }
}

impl_assign_ops!([const W: usize] Lanes<W>);

impl<const W: usize> Scalar for Lanes<W> {
    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        Self([value; W])
    }
    #[inline(always)]
    fn scale_add(self, factor: f64, addend: Self) -> Self {
        self.mul_add(Self::from_f64(factor), addend)
    }
    #[inline(always)]
    fn select_lt(self, other: Self, yes: Self, no: Self) -> Self {
        Self::by_chunks(
            |c| self.chunk(c).simd_lt(other.chunk(c)).select(yes.chunk(c), no.chunk(c)),
            |i| if self.0[i] < other.0[i] { yes.0[i] } else { no.0[i] },
        )
    }
    #[inline]
    fn unary<F: Unary>(self, f: F) -> Self {
        f.lanes(self)
    }
    #[inline]
    fn binary<F: Binary>(self, other: Self, f: F) -> Self {
        Self(from_fn(|i| f.f64(self.0[i], other.0[i])))
    }
    #[inline(always)]
    fn select_nan(self, yes: Self, no: Self) -> Self {
        self.select_le(self, no, yes)
    }
    #[inline(always)]
    fn weigh(self, bar: Self) -> Self {
        Self::by_chunks(
            |c| {
                let (bar, zero) = (bar.chunk(c), f64x4::ZERO);
                bar.simd_eq(zero).select(zero, self.chunk(c) * bar)
            },
            |i| self.0[i].weigh(bar.0[i]),
        )
    }
}

impl<const W: usize> Concrete for Lanes<W> {
    #[inline(always)]
    fn scaled_square(error: Self, a: Self, b: Self, atol: f64, rtol: f64) -> Self {
        let (a, b) = (a.magnitude(), b.magnitude());
        // The larger one, NaN if either is NaN.
        let size = b.select_lt(a, a, a.select_le(b, b, a + b));
        let weight = Self::one() / (Self::from_f64(atol) + size.scale(rtol));
        let ratio = error * weight;
        ratio * ratio
    }
    #[inline]
    fn largest_part(self) -> f64 {
        self.0.iter().fold(0.0, |m, a| max_or_nan(m, a.abs()))
    }
    #[inline]
    fn is_within(self, low: f64, high: f64) -> bool {
        self.0.iter().all(|a| a.is_within(low, high))
    }
}
