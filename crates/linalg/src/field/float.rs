//! `f64` and `f32`.

use super::{Blocks, Exchange, Field, Number, compose};
use crate::lu::faer_lu;
use crate::{Choice, Error, Factors, Solver, Structure};

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
                // Two maxima side by side, then the first that has it; NaN is never the largest.
                let (mut even, mut odd): (Self, Self) = (0.0, 0.0);
                for i in (0..len).step_by(2) {
                    let size = entry(i).abs();
                    even = if size > even { size } else { even };
                    if i + 1 < len {
                        let size = entry(i + 1).abs();
                        odd = if size > odd { size } else { odd };
                    }
                }
                let largest = if odd > even { odd } else { even };
                let mut row = 0;
                for i in (0..len).rev() {
                    row = if entry(i).abs() == largest { i } else { row };
                }
                row
            }
            #[inline(always)]
            fn exchange<T: Exchange<Self>>(row: usize, column: &mut [T]) {
                if row < column.len() {
                    column.swap(0, row);
                }
            }
            #[inline(always)]
            fn compose(rows: &mut [usize]) {
                compose(rows);
            }
            #[inline]
            fn unusable(self) -> u64 {
                u64::from(!(self.is_finite() && self != 0.0))
            }
            #[inline]
            fn row_index(row: usize) -> Option<usize> {
                Some(row)
            }
            #[inline(always)]
            fn is_chosen(row: usize, i: usize) -> bool {
                row == i
            }
            #[inline]
            fn where_row(self, row: usize, i: usize, other: Self) -> Self {
                if row == i { self } else { other }
            }
            fn solver_with(structure: &Structure, choice: &Choice) -> Result<Solver<Self>, Error> {
                Ok(Box::new(Factors::with_choice(structure, choice)?))
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
            #[inline]
            fn times(self, factor: f64) -> Self {
                self * factor as $float
            }
        }
    };
}

impl_float!(f64);
impl_float!(f32);
