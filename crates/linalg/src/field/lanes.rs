//! Lanes: several systems side by side, each with pivots of its own and without a branch.

use super::{Exchange, Field};
use crate::lane_factors::LaneFactors;
use crate::{Choice, Error, Solver, Structure};
use scalar::{Lanes, Scalar};

impl<const W: usize> Field for Lanes<W> {
    const ZERO: Self = Lanes([0.0; W]);
    const ONE: Self = Lanes([1.0; W]);
    const SYSTEMS: usize = W;
    /// The offset of the row that each lane chose, as a number: lanes compare only numbers.
    type Row = Self;
    const TOP: Self = Lanes([0.0; W]);

    #[inline(always)]
    fn real(value: f64) -> Self {
        Lanes([value; W])
    }
    #[inline(always)]
    fn inverse(self) -> Self {
        Self::ONE / self
    }
    #[inline(always)]
    fn minus_product(self, a: Self, b: Self) -> Self {
        (-a).mul_add(b, self)
    }
    fn solver_with(structure: &Structure, _: &Choice) -> Result<Solver<Self>, Error> {
        Ok(Box::new(LaneFactors::new(structure)))
    }
    #[inline]
    fn modulus(self) -> f64 {
        self.0.iter().fold(0.0, |m, a| if a.abs() > m || a.is_nan() { a.abs() } else { m })
    }
    #[inline(always)]
    fn pivot_row(len: usize, entry: impl Fn(usize) -> Self) -> Self {
        let mut row = Self::TOP;
        if len == 0 {
            return row;
        }
        // NaN compares as smaller than everything: a row without NaN is preferred.
        let size = |i: usize| {
            let size = entry(i).magnitude();
            size.select_le(size, size, Self::real(-1.0))
        };
        let mut largest = size(0);
        for i in 1..len {
            let size = size(i);
            row = largest.select_lt(size, Self::real(i as f64), row);
            largest = largest.select_lt(size, size, largest);
        }
        row
    }
    #[inline(always)]
    fn exchange<T: Exchange<Self>>(row: Self, column: &mut [T]) {
        for i in 1..column.len() {
            let (top, entry) = (column[0], column[i]);
            column[0] = entry.where_row(row, i, top);
            column[i] = top.where_row(row, i, entry);
        }
    }
    #[inline(always)]
    fn compose(_: &mut [Self]) {}
    #[inline]
    fn unusable(self) -> u64 {
        let size = self.magnitude();
        let usable = size.le_bits(Self::real(f64::MAX)) & !size.le_bits(Self::ZERO);
        !usable & (u64::MAX >> (64 - W.clamp(1, 64)))
    }
    #[inline]
    fn row_index(_: Self) -> Option<usize> {
        None
    }
    #[inline(always)]
    fn is_chosen(row: Self, i: usize) -> bool {
        (row - Self::real(i as f64)).magnitude().le_bits(Self::real(0.5)) != 0
    }
    #[inline(always)]
    fn where_row(self, row: Self, i: usize, other: Self) -> Self {
        // Offsets are whole numbers: equal means closer than a half.
        (row - Self::real(i as f64)).magnitude().select_le(Self::real(0.5), self, other)
    }
}
