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
    /// By its square, where that is far from both ends of the range, else by Smith's formula (1962),
    /// which waits for two quotients but has no overflow where the result has none.
    #[inline]
    fn inverse(self) -> Self {
        let square = self.re * self.re + self.im * self.im;
        if (1e-280..1e280).contains(&square) {
            let inverse = 1.0 / square;
            return c64::new(self.re * inverse, -self.im * inverse);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverses_have_no_overflow_on_the_way() {
        for size in [1e-300, 1e-141, 1e-140, 1e-3, 1.0, 1e140, 1e141, 1e300] {
            for (a, b) in [(1.0, 0.0), (0.0, 1.0), (0.3, -0.7), (-0.9, 0.1), (1.0, 1e-9)] {
                let z = c64::new(a * size, b * size);
                let one = z * Field::inverse(z);
                assert!((one.re - 1.0).abs() < 1e-15 && one.im.abs() < 1e-15, "{z:?}: {one:?}");
            }
        }
        for z in [c64::new(0.0, 0.0), c64::new(f64::NAN, 1.0), c64::new(1.0, f64::INFINITY)] {
            assert_ne!(Field::inverse(z).unusable(), 0, "{z:?}");
        }
    }
}
