use crate::concrete::max_or_nan;
use crate::{Binary, BranchScalar, Concrete, Scalar, Unary};

macro_rules! impl_float {
    ($float:ident) => {
        impl Scalar for $float {
            #[inline]
            fn from_f64(value: f64) -> Self {
                value as $float
            }
            #[inline]
            fn scale(self, factor: f64) -> Self {
                self * factor as $float
            }
            #[inline]
            fn scale_add(self, factor: f64, addend: Self) -> Self {
                // Without the instruction `mul_add` would call a slow function.
                match cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
                    true => self.mul_add(factor as $float, addend),
                    false => self * factor as $float + addend,
                }
            }
            #[inline]
            fn select_lt(self, other: Self, yes: Self, no: Self) -> Self {
                if self < other { yes } else { no }
            }
            #[inline]
            fn unary<F: Unary>(self, f: F) -> Self {
                f.$float(self)
            }
            #[inline]
            fn binary<F: Binary>(self, other: Self, f: F) -> Self {
                f.$float(self, other)
            }
            #[inline]
            fn select_nan(self, yes: Self, no: Self) -> Self {
                if self.is_nan() { yes } else { no }
            }
            #[inline]
            fn weigh(self, bar: Self) -> Self {
                if bar == 0.0 { 0.0 } else { self * bar }
            }
        }

        impl Concrete for $float {
            #[inline]
            fn scaled_square(error: Self, a: Self, b: Self, atol: f64, rtol: f64) -> Self {
                let size = max_or_nan(f64::from(a.abs()), f64::from(b.abs()));
                // The weight is known before the error: no division delays the next step.
                let weight = 1.0 / (atol + rtol * size);
                let ratio = f64::from(error) * weight;
                (ratio * ratio) as $float
            }
            #[inline]
            fn largest_part(self) -> f64 {
                f64::from(self.abs())
            }
            #[inline]
            fn is_within(self, low: f64, high: f64) -> bool {
                (low..=high).contains(&f64::from(self))
            }
        }

        impl BranchScalar for $float {
            #[inline]
            fn primal(self) -> f64 {
                f64::from(self)
            }
            #[inline]
            fn along(_: f64, _: f64) -> Option<Self> {
                None
            }
            #[inline]
            fn slope(self) -> f64 {
                0.0
            }
        }
    };
}

impl_float!(f64);
impl_float!(f32);
