//! Vectors that are arrays: loops of a fixed length, of which the compiler makes vectors of the target.

use super::{Isa, Task, Vector};
use crate::real::Constants;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// What every CPU has.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

impl Isa for Portable {
    #[inline]
    fn enter<K: Task>(self, task: K) -> K::Output {
        task.run::<<K::Elem as Constants>::Portable>(self)
    }
}

macro_rules! portable {
    ($name:ident, $elem:ident, $bits:ident, $lanes:literal) => {
        /// An array of numbers.
        #[derive(Clone, Copy)]
        pub(crate) struct $name([$elem; $lanes]);

        impl $name {
            #[inline(always)]
            fn zip(self, b: Self, f: impl Fn($elem, $elem) -> $elem) -> Self {
                let mut y = self.0;
                for i in 0..$lanes {
                    y[i] = f(y[i], b.0[i]);
                }
                Self(y)
            }
            #[inline(always)]
            fn map(self, f: impl Fn($elem) -> $elem) -> Self {
                let mut y = self.0;
                for i in 0..$lanes {
                    y[i] = f(y[i]);
                }
                Self(y)
            }
        }

        impl Add for $name {
            type Output = Self;
            #[inline(always)]
            fn add(self, b: Self) -> Self {
                self.zip(b, |a, b| a + b)
            }
        }
        impl Sub for $name {
            type Output = Self;
            #[inline(always)]
            fn sub(self, b: Self) -> Self {
                self.zip(b, |a, b| a - b)
            }
        }
        impl Mul for $name {
            type Output = Self;
            #[inline(always)]
            fn mul(self, b: Self) -> Self {
                self.zip(b, |a, b| a * b)
            }
        }
        impl Div for $name {
            type Output = Self;
            #[inline(always)]
            fn div(self, b: Self) -> Self {
                self.zip(b, |a, b| a / b)
            }
        }
        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                self.map(|a| -a)
            }
        }

        impl Vector for $name {
            type Elem = $elem;
            type Isa = Portable;
            const LANES: usize = $lanes;
            const REGISTERS: usize = 16;

            #[inline(always)]
            fn splat(_: Portable, x: $elem) -> Self {
                Self([x; $lanes])
            }
            #[inline(always)]
            fn load(_: Portable, from: &[$elem]) -> Self {
                let mut y = [0.0; $lanes];
                y.copy_from_slice(&from[..$lanes]);
                Self(y)
            }
            #[inline(always)]
            fn load_part(_: Portable, from: &[$elem]) -> Self {
                let mut y = [0.0; $lanes];
                for (y, &x) in y.iter_mut().zip(from) {
                    *y = x;
                }
                Self(y)
            }
            #[inline(always)]
            fn store(self, to: &mut [$elem]) {
                to[..$lanes].copy_from_slice(&self.0);
            }
            #[inline(always)]
            fn store_part(self, to: &mut [$elem]) {
                for (y, &x) in to.iter_mut().zip(&self.0) {
                    *y = x;
                }
            }
            #[inline(always)]
            fn constant(self, x: $elem) -> Self {
                Self([x; $lanes])
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                let mut y = self.0;
                for i in 0..$lanes {
                    // Without the instruction `mul_add` would call a slow function.
                    y[i] = match cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
                        true => y[i].mul_add(a.0[i], b.0[i]),
                        false => y[i] * a.0[i] + b.0[i],
                    };
                }
                Self(y)
            }
            #[inline(always)]
            fn at_most(self, limit: Self) -> Self {
                self.zip(limit, |a, b| if b < a { b } else { a })
            }
            #[inline(always)]
            fn at_least(self, limit: Self) -> Self {
                self.zip(limit, |a, b| if b > a { b } else { a })
            }
            #[inline(always)]
            fn abs(self) -> Self {
                self.map(|a| a.abs())
            }
            #[inline(always)]
            fn flip_sign(self, other: Self) -> Self {
                const SIGN: $bits = 1 << ($bits::BITS - 1);
                self.zip(other, |a, b| $elem::from_bits(a.to_bits() ^ (b.to_bits() & SIGN)))
            }
            #[inline(always)]
            fn select_lt(a: Self, b: Self, yes: Self, no: Self) -> Self {
                let mut y = no.0;
                for i in 0..$lanes {
                    y[i] = if a.0[i] < b.0[i] { yes.0[i] } else { no.0[i] };
                }
                Self(y)
            }
            #[inline(always)]
            fn round(self) -> Self {
                // Numbers of this size have no digits behind the point. NaN and larger ones stay.
                const WHOLE: $elem = ((1 as $bits) << ($elem::MANTISSA_DIGITS - 1)) as $elem;
                self.map(|a| {
                    let shift = WHOLE.copysign(a);
                    let rounded = (a + shift) - shift;
                    if a.abs() < WHOLE { rounded } else { a }
                })
            }
            #[inline(always)]
            fn times_power_of_two(self, n: Self) -> Self {
                const DIGITS: u32 = $elem::MANTISSA_DIGITS - 1;
                const BIAS: $elem = ($elem::MAX_EXP - 1) as $elem;
                // 1.5 times the power behind whose point there are no bits: what is added stands in the lowest ones.
                const WHOLE: $elem = ((3 as $bits) << (DIGITS - 1)) as $elem;
                let power = |n: $elem| $elem::from_bits((n + (WHOLE + BIAS)).to_bits() << DIGITS);
                let half = self.constant(0.5);
                let first = (n * half).round();
                self * first.map(power) * (n - first).map(power)
            }
            #[inline(always)]
            fn sum(self) -> $elem {
                let mut y = self.0;
                let mut width = $lanes / 2;
                while width > 0 {
                    for i in 0..width {
                        y[i] += y[i + width];
                    }
                    width /= 2;
                }
                y[0]
            }
            #[inline(always)]
            fn sums(vectors: &[Self]) -> Self {
                let mut y = [0.0; $lanes];
                for (y, v) in y.iter_mut().zip(&vectors[..$lanes]) {
                    *y = v.sum();
                }
                Self(y)
            }
            #[inline(always)]
            fn transpose(vectors: &mut [Self]) {
                let vectors = &mut vectors[..$lanes];
                for i in 0..$lanes {
                    for j in 0..i {
                        (vectors[i].0[j], vectors[j].0[i]) = (vectors[j].0[i], vectors[i].0[j]);
                    }
                }
            }
        }
    };
}

portable!(Portable2, f64, u64, 2);
portable!(Portable4, f32, u32, 4);
