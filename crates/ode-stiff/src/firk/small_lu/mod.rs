//! Elimination of the two matrices of a fully implicit method with up to ten states, for sizes known
//! to the compiler.
//!
//! Columns of a matrix are rows here: with `M = Aᵀ` it is `P M = L D U` that is computed, `L` and `U`
//! with unit diagonals, so that `A = Uᵀ D Lᵀ P`: both substitutions run along rows, and nothing is
//! divided. Real and imaginary parts stand apart, and a whole row is updated at once: that fills
//! vector registers.

mod complex;
mod real;
#[cfg(test)]
mod tests;

use scalar::{Lanes, Scalar};
use system::Mass;

pub(super) use complex::ComplexLu;
pub(super) use real::RealLu;

/// The largest size with kernels of its own.
pub(super) const LARGEST: usize = 10;

/// `$body` with the constant `$size`, or `$otherwise`.
macro_rules! by_size {
    ($n:expr, $size:ident => $body:expr, $otherwise:expr) => {
        by_size!(@arms $n, $size, $body, $otherwise, 1 2 3 4 5 6 7 8 9 10)
    };
    (@arms $n:expr, $size:ident, $body:expr, $otherwise:expr, $($literal:literal)*) => {
        match $n {
            $($literal => {
                const $size: usize = $literal;
                $body
            })*
            _ => $otherwise,
        }
    };
}
pub(super) use by_size;

/// The steps `K = 0 … 9`, or back, those from `N` on dropped when compiled.
macro_rules! steps {
    ($n:ident, $k:ident => $body:block) => {
        steps!(@each $n, $k, $body, 0 1 2 3 4 5 6 7 8 9)
    };
    ($n:ident, rev $k:ident => $body:block) => {
        steps!(@each $n, $k, $body, 9 8 7 6 5 4 3 2 1 0)
    };
    (@each $n:ident, $k:ident, $body:block, $($step:literal)*) => {$(
        if $step < $n {
            #[allow(clippy::reversed_empty_ranges)] // K = 0
            {
                const $k: usize = $step;
                $body
            }
        }
    )*};
}

use steps;

/// A pivot that cannot be divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadPivot {
    /// Its component; `None` if it is not zero but no number.
    pub(super) zero: Option<usize>,
}

/// `x - a b`.
#[inline(always)]
fn minus(x: f64, a: f64, b: f64) -> f64 {
    b.scale_add(-a, x)
}

/// `x - a b` for rows, in registers of four: those of eight are slower where single numbers are
/// taken out of them at every step.
#[inline(always)]
fn minus_row<const N: usize>(x: [f64; N], a: f64, b: [f64; N]) -> [f64; N] {
    Lanes(b).scale_add(-a, Lanes(x)).0
}

#[inline(always)]
fn rows<const N: usize>(a: &[f64]) -> Option<&[[f64; N]; N]> {
    a.as_chunks::<N>().0.try_into().ok()
}

#[inline(always)]
fn rows_mut<const N: usize>(a: &mut [f64]) -> Option<&mut [[f64; N]; N]> {
    a.as_chunks_mut::<N>().0.try_into().ok()
}

/// Which column stands where.
#[derive(Debug)]
struct Order {
    places: [u8; LARGEST],
    is_straight: bool,
}

impl Order {
    const STRAIGHT: Self = {
        let mut places = [0u8; LARGEST];
        let mut k = 0;
        while k < LARGEST {
            places[k] = k as u8;
            k += 1;
        }
        Self { places, is_straight: true }
    };

    #[inline(always)]
    fn exchange(&mut self, i: usize, k: usize) {
        self.places.swap(i, k);
        self.is_straight = false;
    }

    /// `Pᵀ x`.
    #[inline(always)]
    fn back<const N: usize>(&self, x: [f64; N]) -> [f64; N] {
        if self.is_straight {
            return x;
        }
        let mut out = [0.0; N];
        for (&place, x) in self.places.iter().zip(x) {
            if let Some(out) = out.get_mut(usize::from(place)) {
                *out = x;
            }
        }
        out
    }
}

/// `c M - J`, transposed, from the rows of `J`.
#[inline(always)]
fn shifted<const N: usize>(jac: &[[f64; N]; N], c: f64, mass: Option<&Mass>) -> [[f64; N]; N] {
    let mut a = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..N {
            a[j][i] = -jac[i][j];
        }
    }
    add::<N>(&mut a, c, mass);
    a
}

/// Adds `c Mᵀ`.
#[inline(always)]
fn add<const N: usize>(a: &mut [[f64; N]; N], c: f64, mass: Option<&Mass>) {
    match mass {
        None => (0..N).for_each(|i| a[i][i] += c),
        Some(mass) => {
            for i in 0..N {
                for &(j, m) in mass.row(i) {
                    if let Some(column) = a.get_mut(j) {
                        column[i] += c * m;
                    }
                }
            }
        }
    }
}

/// The first pivot that has no inverse.
#[inline(always)]
fn note(bad: &mut Option<BadPivot>, k: usize, largest: f64, inverse: f64) {
    if bad.is_none() && !(inverse.is_finite() && inverse != 0.0) {
        let zero = (largest == 0.0 || inverse.is_infinite()).then_some(k);
        *bad = Some(BadPivot { zero });
    }
}
