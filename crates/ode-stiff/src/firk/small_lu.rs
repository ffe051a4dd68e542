//! Elimination of the two matrices of a fully implicit method with up to ten states, for sizes known
//! to the compiler.
//!
//! Columns of a matrix are rows here: with `M = Aᵀ` it is `P M = L D U` that is computed, `L` and `U`
//! with unit diagonals, so that `A = Uᵀ D Lᵀ P`: both substitutions run along rows, and nothing is
//! divided. Real and imaginary parts stand apart, and a whole row is updated at once: that fills
//! vector registers.

use linalg::{Field, c64};
use scalar::Scalar;
use system::Mass;

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
    places: [usize; LARGEST],
    is_straight: bool,
}

impl Order {
    const STRAIGHT: Self = {
        let mut places = [0; LARGEST];
        let mut k = 0;
        while k < LARGEST {
            places[k] = k;
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
            if let Some(out) = out.get_mut(place) {
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

/// The factors of `c M - J`.
#[derive(Debug)]
pub(super) struct RealLu {
    factors: Vec<f64>,
    order: Order,
}

impl RealLu {
    /// For `n ≤ 10` states.
    pub(super) fn new(n: usize) -> Self {
        Self { factors: vec![0.0; n * n], order: Order::STRAIGHT }
    }

    /// Factors `c M - J`; the rows of `J` stand one after the other.
    pub(super) fn factor<const N: usize>(
        &mut self,
        jac: &[f64],
        c: f64,
        mass: Option<&Mass>,
    ) -> Result<(), BadPivot> {
        let (Some(jac), Some(factors)) = (rows::<N>(jac), rows_mut::<N>(&mut self.factors)) else {
            return Err(BadPivot { zero: None });
        };
        let mut m = shifted(jac, c, mass);
        // L by columns, apart from M: an update may then run over whole rows.
        let mut lower = [[0.0; N]; N];
        let mut order = Order::STRAIGHT;
        let mut bad = None;
        steps!(N, K => {
            let mut largest = m[K][K].abs();
            let mut row = K;
            for i in K + 1..N {
                let size = m[i][K].abs();
                (largest, row) = if size > largest { (size, i) } else { (largest, row) };
            }
            // Compared with each: an index would send registers through memory.
            for i in K + 1..N {
                if i == row {
                    order.exchange(i, K);
                    m.swap(i, K);
                    lower[..K].iter_mut().for_each(|column| column.swap(i, K));
                }
            }
            let inverse = 1.0 / m[K][K];
            note(&mut bad, K, largest, inverse);
            let top = m[K];
            for i in K + 1..N {
                let factor = m[i][K] * inverse;
                lower[K][i] = factor;
                for j in 0..N {
                    m[i][j] = minus(m[i][j], factor, top[j]);
                }
            }
            m[K] = top.map(|x| x * inverse);
            m[K][K] = inverse;
        });
        for i in 0..N {
            for j in 0..N {
                factors[i][j] = if j < i { lower[j][i] } else { m[i][j] };
            }
        }
        self.order = order;
        bad.map_or(Ok(()), Err)
    }

    /// Solves for `b`.
    #[inline(always)]
    pub(super) fn solve<const N: usize>(&self, b: [f64; N]) -> [f64; N] {
        let Some(a) = rows::<N>(&self.factors) else { return b };
        let mut x = b;
        steps!(N, K => {
            for j in K + 1..N {
                x[j] = minus(x[j], a[K][j], x[K]);
            }
        });
        for k in 0..N {
            x[k] *= a[k][k];
        }
        steps!(N, rev K => {
            for j in 0..K {
                x[j] = minus(x[j], a[K][j], x[K]);
            }
        });
        self.order.back(x)
    }
}

/// The factors of `(α + iβ) M - J`.
#[derive(Debug)]
pub(super) struct ComplexLu {
    re: Vec<f64>,
    im: Vec<f64>,
    order: Order,
}

impl ComplexLu {
    /// For `n ≤ 10` states.
    pub(super) fn new(n: usize) -> Self {
        Self { re: vec![0.0; n * n], im: vec![0.0; n * n], order: Order::STRAIGHT }
    }

    /// Factors `(α + iβ) M - J`; the rows of `J` stand one after the other.
    pub(super) fn factor<const N: usize>(
        &mut self,
        jac: &[f64],
        (alpha, beta): (f64, f64),
        mass: Option<&Mass>,
    ) -> Result<(), BadPivot> {
        let (Some(jac), Some(out_re), Some(out_im)) =
            (rows::<N>(jac), rows_mut::<N>(&mut self.re), rows_mut::<N>(&mut self.im))
        else {
            return Err(BadPivot { zero: None });
        };
        let mut re = shifted(jac, alpha, mass);
        let mut im = [[0.0; N]; N];
        add(&mut im, beta, mass);
        let (mut lower_re, mut lower_im) = ([[0.0; N]; N], [[0.0; N]; N]);
        let mut order = Order::STRAIGHT;
        let mut bad = None;
        steps!(N, K => {
            let mut largest = re[K][K].abs() + im[K][K].abs();
            let mut row = K;
            for i in K + 1..N {
                let size = re[i][K].abs() + im[i][K].abs();
                (largest, row) = if size > largest { (size, i) } else { (largest, row) };
            }
            for i in K + 1..N {
                if i == row {
                    order.exchange(i, K);
                    re.swap(i, K);
                    im.swap(i, K);
                    lower_re[..K].iter_mut().for_each(|column| column.swap(i, K));
                    lower_im[..K].iter_mut().for_each(|column| column.swap(i, K));
                }
            }
            let inverse = c64::new(re[K][K], im[K][K]).inverse();
            let (p, q) = (inverse.re, inverse.im);
            note(&mut bad, K, largest, p.abs() + q.abs());
            let (top_re, top_im) = (re[K], im[K]);
            for i in K + 1..N {
                let (a, b) = (re[i][K], im[i][K]);
                let (f, g) = (minus(a * p, b, q), b.scale_add(p, a * q));
                (lower_re[K][i], lower_im[K][i]) = (f, g);
                for j in 0..N {
                    re[i][j] = top_im[j].scale_add(g, minus(re[i][j], f, top_re[j]));
                    im[i][j] = minus(minus(im[i][j], f, top_im[j]), g, top_re[j]);
                }
            }
            for j in 0..N {
                re[K][j] = minus(top_re[j] * p, top_im[j], q);
                im[K][j] = top_im[j].scale_add(p, top_re[j] * q);
            }
            (re[K][K], im[K][K]) = (p, q);
        });
        for i in 0..N {
            for j in 0..N {
                let is_lower = j < i;
                out_re[i][j] = if is_lower { lower_re[j][i] } else { re[i][j] };
                out_im[i][j] = if is_lower { lower_im[j][i] } else { im[i][j] };
            }
        }
        self.order = order;
        bad.map_or(Ok(()), Err)
    }

    /// Solves for `a + ib`.
    #[inline(always)]
    pub(super) fn solve<const N: usize>(&self, a: [f64; N], b: [f64; N]) -> ([f64; N], [f64; N]) {
        let (Some(re), Some(im)) = (rows::<N>(&self.re), rows::<N>(&self.im)) else {
            return (a, b);
        };
        let (mut x, mut y) = (a, b);
        steps!(N, K => {
            for j in K + 1..N {
                (x[j], y[j]) = minus_complex((x[j], y[j]), (re[K][j], im[K][j]), (x[K], y[K]));
            }
        });
        for k in 0..N {
            let (p, q) = (re[k][k], im[k][k]);
            (x[k], y[k]) = (minus(x[k] * p, y[k], q), y[k].scale_add(p, x[k] * q));
        }
        steps!(N, rev K => {
            for j in 0..K {
                (x[j], y[j]) = minus_complex((x[j], y[j]), (re[K][j], im[K][j]), (x[K], y[K]));
            }
        });
        (self.order.back(x), self.order.back(y))
    }
}

/// `x - a b`.
#[inline(always)]
fn minus_complex(x: (f64, f64), a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let re = minus(x.0, a.0, b.0);
    let im = minus(x.1, a.0, b.1);
    (b.1.scale_add(a.1, re), minus(im, a.1, b.0))
}

/// The first pivot that has no inverse.
#[inline(always)]
fn note(bad: &mut Option<BadPivot>, k: usize, largest: f64, inverse: f64) {
    if bad.is_none() && !(inverse.is_finite() && inverse != 0.0) {
        let zero = (largest == 0.0 || inverse.is_infinite()).then_some(k);
        *bad = Some(BadPivot { zero });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A matrix whose pivots are not on the diagonal.
    fn jacobian(n: usize) -> Vec<f64> {
        let entry = |k: usize| ((k * k * 7 + 3 * k + 5) % 19) as f64 - 9.0;
        (0..n * n).map(entry).collect()
    }

    /// `(α + iβ) M - J`, row `i`, times `x + iy`.
    fn times(
        jac: &[f64],
        (c, d): (f64, f64),
        mass: &Mass,
        (x, y): (&[f64], &[f64]),
        i: usize,
    ) -> (f64, f64) {
        let n = x.len();
        let mut sum = (0.0, 0.0);
        for j in 0..n {
            sum.0 -= jac[i * n + j] * x[j];
            sum.1 -= jac[i * n + j] * y[j];
        }
        for &(j, m) in mass.row(i) {
            sum.0 += m * (c * x[j] - d * y[j]);
            sum.1 += m * (c * y[j] + d * x[j]);
        }
        sum
    }

    fn check<const N: usize>() {
        let jac = jacobian(N);
        let ones: [f64; N] = std::array::from_fn(|i| f64::from(u8::from(i % 3 != 2)));
        let singular = Mass::diagonal(ones);
        let unit = Mass::diagonal([1.0; N]);
        let (c, beta) = (0.3, 0.7);
        let b: [f64; N] = std::array::from_fn(|i| 1.0 + i as f64);
        let e: [f64; N] = std::array::from_fn(|i| 2.0 - 0.3 * i as f64);
        for (given, mass) in [(None, &unit), (Some(&singular), &singular)] {
            let mut real = RealLu::new(N);
            real.factor::<N>(&jac, c, given).unwrap();
            let x = real.solve(b);
            let mut pair = ComplexLu::new(N);
            pair.factor::<N>(&jac, (c, beta), given).unwrap();
            let (y, z) = pair.solve(b, e);
            for i in 0..N {
                let (found, _) = times(&jac, (c, 0.0), mass, (&x, &[0.0; N]), i);
                assert!((found - b[i]).abs() < 1e-11, "real {N}: {found} {}", b[i]);
                let (re, im) = times(&jac, (c, beta), mass, (&y, &z), i);
                assert!((re - b[i]).abs() < 1e-11, "complex {N}: {re} {}", b[i]);
                assert!((im - e[i]).abs() < 1e-11, "complex {N}: {im} {}", e[i]);
            }
        }
    }

    #[test]
    fn residuals_vanish_for_every_size() {
        check::<1>();
        check::<2>();
        check::<3>();
        check::<4>();
        check::<5>();
        check::<6>();
        check::<7>();
        check::<8>();
        check::<9>();
        check::<10>();
    }

    #[test]
    fn singular_matrices_and_overflow_are_told_apart() {
        let jac = [-1.0, 0.0, 1.0, 0.0];
        let mass = Mass::diagonal([1.0, 0.0]);
        let zero = Err(BadPivot { zero: Some(1) });
        assert_eq!(RealLu::new(2).factor::<2>(&jac, 1.0, Some(&mass)), zero);
        assert_eq!(ComplexLu::new(2).factor::<2>(&jac, (1.0, 1.0), Some(&mass)), zero);
        let huge = Err(BadPivot { zero: None });
        assert_eq!(RealLu::new(2).factor::<2>(&jac, f64::INFINITY, None), huge);
        let infinite = (f64::INFINITY, f64::INFINITY);
        assert_eq!(ComplexLu::new(2).factor::<2>(&jac, infinite, None), huge);
    }
}
