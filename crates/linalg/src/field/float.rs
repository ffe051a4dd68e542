//! `f64` and `f32`.

use super::{Blocks, Field, Number};
use crate::lu::faer_lu;

macro_rules! impl_float {
    ($float:ident) => {
        impl Field for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const SYSTEMS: usize = 1;
            type Row = usize;
            const TOP: usize = 0;

            #[inline]
            fn real(value: f64) -> Self {
                value as $float
            }
            #[inline]
            fn inverse(self) -> Self {
                1.0 / self
            }
            #[inline(always)]
            fn minus_product(self, a: Self, b: Self) -> Self {
                // Without the instruction `mul_add` would call a slow function.
                match cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
                    true => (-a).mul_add(b, self),
                    false => self - a * b,
                }
            }
            #[inline]
            fn modulus(self) -> f64 {
                f64::from($float::abs(self))
            }
            #[inline(always)]
            fn pivot_row(len: usize, entry: impl Fn(usize) -> Self) -> usize {
                let (mut row, mut largest) = (0, if len > 0 { entry(0).abs() } else { 0.0 });
                for i in 1..len {
                    let size = entry(i).abs();
                    // A first entry that is NaN is never the pivot of choice.
                    if size > largest || largest.is_nan() {
                        (row, largest) = (i, size);
                    }
                }
                row
            }
            #[inline(always)]
            fn exchange(row: usize, column: &mut [Self]) {
                if row < column.len() {
                    column.swap(0, row);
                }
            }
            #[inline]
            fn unusable(self) -> u64 {
                u64::from(!(self.is_finite() && self != 0.0))
            }
            #[inline]
            fn row_index(row: usize) -> Option<usize> {
                Some(row)
            }
            #[inline]
            fn where_row(self, row: usize, i: usize, other: Self) -> Self {
                if row == i { self } else { other }
            }
            fn blocked_lu(
                n: usize,
                a: &mut [Self],
                rows: &mut [usize],
                blocks: &mut Blocks,
            ) -> Option<()> {
                faer_lu::factor(n, a, rows, blocks)
            }
        }

        impl Number for $float {
            #[inline]
            fn absolute(self) -> f64 {
                f64::from($float::abs(self))
            }
            #[inline]
            fn direction(self) -> Self {
                if self < 0.0 { -1.0 } else { 1.0 }
            }
            #[inline]
            fn conjugate(self) -> Self {
                self
            }
        }
    };
}

impl_float!(f64);
impl_float!(f32);
