//! Dual numbers: an elimination in duals differentiates the solution exactly.

use super::{Exchange, Field};
use crate::{Choice, DualFactors, Error, Solver, Structure};
use scalar::{Dual, Scalar};

impl<S: Field + Scalar, const N: usize> Field for Dual<S, N> {
    const ZERO: Self = Dual { re: S::ZERO, eps: [S::ZERO; N] };
    const ONE: Self = Dual { re: S::ONE, eps: [S::ZERO; N] };
    const SYSTEMS: usize = S::SYSTEMS;
    type Row = S::Row;
    const TOP: S::Row = S::TOP;

    #[inline]
    fn real(value: f64) -> Self {
        Self::constant(S::real(value))
    }
    #[inline]
    fn inverse(self) -> Self {
        Self::ONE / self
    }
    fn solver_with(structure: &Structure, choice: &Choice) -> Result<Solver<Self>, Error> {
        Ok(Box::new(DualFactors::with_choice(structure, choice)?))
    }
    #[inline]
    fn modulus(self) -> f64 {
        // 0 * tangent: nothing, or NaN.
        self.eps.iter().fold(self.re.modulus(), |size, e| size + 0.0 * e.modulus())
    }
    #[inline(always)]
    fn pivot_row(len: usize, entry: impl Fn(usize) -> Self) -> S::Row {
        S::pivot_row(len, |i| entry(i).re)
    }
    #[inline(always)]
    fn exchange<T: Exchange<Self>>(row: S::Row, column: &mut [T]) {
        match S::row_index(row) {
            Some(row) if row < column.len() => column.swap(0, row),
            Some(_) => {}
            None => {
                for i in 1..column.len() {
                    let (top, entry) = (column[0], column[i]);
                    column[0] = entry.where_row(row, i, top);
                    column[i] = top.where_row(row, i, entry);
                }
            }
        }
    }
    #[inline(always)]
    fn compose(rows: &mut [S::Row]) {
        S::compose(rows);
    }
    #[inline]
    fn unusable(self) -> u64 {
        // A tangent that is not finite makes 1 + 0 e NaN.
        self.eps.iter().fold(self.re.unusable(), |bad, &e| bad | (S::ONE + e * S::ZERO).unusable())
    }
    #[inline]
    fn row_index(row: S::Row) -> Option<usize> {
        S::row_index(row)
    }
    #[inline(always)]
    fn is_chosen(row: S::Row, i: usize) -> bool {
        S::is_chosen(row, i)
    }
    #[inline]
    fn where_row(self, row: S::Row, i: usize, other: Self) -> Self {
        Self {
            re: self.re.where_row(row, i, other.re),
            eps: core::array::from_fn(|e| self.eps[e].where_row(row, i, other.eps[e])),
        }
    }
}
