//! Complex numbers, as the pairs of eigenvalues of an implicit Runge–Kutta method ask for.

use super::{Blocks, Exchange, Field, Number, compose};
use crate::lu::faer_lu;
use crate::{Choice, Error, Factors, Solver, Structure};
use faer::c64;

impl Field for c64 {
    const ZERO: Self = c64::new(0.0, 0.0);
    const ONE: Self = c64::new(1.0, 0.0);
    const SYSTEMS: usize = 1;
    type Row = usize;
    const TOP: usize = 0;

    #[inline]
    fn real(value: f64) -> Self {
        c64::new(value, 0.0)
    }
    /// By Smith's formula (1962), which does not square: no overflow where the result has none.
    #[inline]
    fn inverse(self) -> Self {
        if self.re.abs() >= self.im.abs() {
            let ratio = self.im / self.re;
            let inverse = 1.0 / (self.re + self.im * ratio);
            c64::new(inverse, -ratio * inverse)
        } else {
            let ratio = self.re / self.im;
            let inverse = 1.0 / (self.re * ratio + self.im);
            c64::new(ratio * inverse, -inverse)
        }
    }
    #[inline(always)]
    fn minus_product(self, a: Self, b: Self) -> Self {
        c64::new(
            self.re.minus_product(a.re, b.re).minus_product(-a.im, b.im),
            self.im.minus_product(a.re, b.im).minus_product(a.im, b.re),
        )
    }
    #[inline]
    fn modulus(self) -> f64 {
        self.re.abs() + self.im.abs()
    }
    #[inline(always)]
    fn pivot_row(len: usize, entry: impl Fn(usize) -> Self) -> usize {
        f64::pivot_row(len, |i| entry(i).modulus())
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
        self.modulus().unusable()
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
    fn blocked_lu(n: usize, a: &mut [Self], rows: &mut [usize], blocks: &mut Blocks) -> Option<()> {
        faer_lu::factor(n, a, rows, blocks)
    }
}

impl Number for c64 {
    #[inline]
    fn absolute(self) -> f64 {
        self.re.hypot(self.im)
    }
    #[inline]
    fn direction(self) -> Self {
        let size = self.absolute();
        if size > 0.0 { c64::new(self.re / size, self.im / size) } else { Self::ONE }
    }
    #[inline]
    fn conjugate(self) -> Self {
        self.conj()
    }
    #[inline]
    fn times(self, factor: f64) -> Self {
        c64::new(self.re * factor, self.im * factor)
    }
}
