//! LU of dense matrices of any size.

use super::{BadPivot, elimination, substitution, unrolled};
use crate::error::check_size;
use crate::field::Blocks;
use crate::{Error, ErrorKind, Field};

/// From this size on the blocked factorisation is faster (measured).
const BLOCKED: usize = 96;

/// Picks the unrolled kernel for a size up to [`unrolled::LARGEST`], or `$otherwise`.
macro_rules! by_size {
    ($n:expr, $size:ident => $small:expr, $otherwise:expr) => {
        by_size!(@arms $n, $size, $small, $otherwise, 1 2 3 4 5 6 7 8 9 10)
    };
    (@arms $n:expr, $size:ident, $small:expr, $otherwise:expr, $($literal:literal)*) => {
        match $n {
            $($literal => {
                const $size: usize = $literal;
                $small
            })*
            _ => $otherwise,
        }
    };
}

/// LU with partial pivoting of dense `n × n` matrices of any size and of any [`Field`].
///
/// Up to ten rows the unrolled kernels of [`SmallLu`](crate::SmallLu), picked once per call; then
/// loops that read the matrix once for four steps; for large real and complex matrices faer's
/// blocked elimination. All memory is taken at the first factorisation.
///
/// ```
/// use linalg::DenseLu;
///
/// let mut lu = DenseLu::<f64>::new(2);
/// lu.factor(&[2.0, 1.0, 1.0, 3.0])?; // column by column
/// let mut x = [5.0, 10.0];
/// lu.solve_in_place(&mut x)?;
/// assert_eq!(x, [1.0, 3.0]);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DenseLu<S: Field = f64> {
    n: usize,
    factors: Vec<S>,
    rows: Vec<S::Row>,
    blocks: Blocks,
    norm: f64,
    factored: bool,
}

impl<S: Field> DenseLu<S> {
    /// Memory for `n × n` matrices; no factors yet.
    #[must_use]
    pub fn new(n: usize) -> Self {
        Self {
            n,
            factors: vec![S::ZERO; n * n],
            rows: vec![S::TOP; n],
            blocks: Blocks::default(),
            norm: 0.0,
            factored: false,
        }
    }

    /// The number of rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.n
    }

    /// The largest column sum of the matrix that was factored (its 1-norm, by
    /// [`Field::modulus`]).
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// Factors the matrix whose columns stand one after the other in `a`, `n²` numbers.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a singular matrix. After
    /// [`SingularLanes`](ErrorKind::SingularLanes) the lanes not named can be solved; after any
    /// other error nothing can.
    #[inline]
    pub fn factor(&mut self, a: &[S]) -> Result<(), Error> {
        self.factored = false;
        check_size("the matrix, column by column", self.n * self.n, a.len())?;
        self.factor_with(|factors| factors.copy_from_slice(a))
    }

    /// Factors the matrix that `fill` writes, column by column, over `n²` numbers of any value:
    /// saves a copy.
    ///
    /// # Errors
    ///
    /// As [`factor`](DenseLu::factor).
    #[inline]
    pub fn factor_with(&mut self, fill: impl FnOnce(&mut [S])) -> Result<(), Error> {
        self.factored = false;
        fill(&mut self.factors);
        self.eliminate()
    }

    fn eliminate(&mut self) -> Result<(), Error> {
        let Self { n, factors, rows, blocks, norm, .. } = self;
        let n = *n;
        *norm = by_size!(
            n,
            N => factors.as_chunks::<N>().0.iter().fold(0.0, |m, c| larger(m, column_sum(c))),
            factors.chunks_exact(n.max(1)).fold(0.0, |m, column| larger(m, column_sum(column)))
        );
        if S::SYSTEMS == 1
            && !norm.is_finite()
            && let Some(at) = factors.iter().position(|entry| !entry.all_finite())
        {
            return Err(ErrorKind::NotFinite { row: at % n, column: at / n }.into());
        }
        let bad = by_size!(
            n,
            N => match (factors.as_chunks_mut::<N>().0.try_into(), rows.as_mut_slice().try_into()) {
                (Ok(a), Ok(rows)) => unrolled::factor::<S, N>(a, rows),
                _ => elimination::factor(n, factors, rows),
            },
            eliminate_large(n, factors, rows, blocks)
        );
        self.factored = bad.is_none() || S::SYSTEMS > 1;
        bad.map_or(Ok(()), |bad| Err(bad.error::<S>()))
    }

    /// Solves `A x = b` in place.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    #[inline]
    pub fn solve_in_place(&self, b: &mut [S]) -> Result<(), Error> {
        self.ready(self.n, b)?;
        self.solve_column(b);
        Ok(())
    }

    /// Solves `Aᵀ x = b` in place (for complex numbers without conjugation).
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    #[inline]
    pub fn solve_transposed_in_place(&self, b: &mut [S]) -> Result<(), Error> {
        self.ready(self.n, b)?;
        let Self { n, factors, rows, .. } = self;
        by_size!(
            *n,
            N => match (factors.as_chunks::<N>().0.try_into(), rows.as_slice().try_into()) {
                (Ok(a), Ok(rows)) => {
                    if let Ok(b) = b.try_into() {
                        unrolled::solve_transposed::<S, N>(a, rows, b);
                    }
                }
                _ => substitution::solve_transposed(*n, factors, rows, b),
            },
            substitution::solve_transposed(*n, factors, rows, b)
        );
        Ok(())
    }

    /// Solves `A X = B` in place for `columns` right-hand sides that stand one after the other.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_many_in_place(&self, columns: usize, b: &mut [S]) -> Result<(), Error> {
        self.ready(self.n.saturating_mul(columns), b)?;
        for b in b.chunks_exact_mut(self.n.max(1)) {
            self.solve_column(b);
        }
        Ok(())
    }

    #[inline]
    fn solve_column(&self, b: &mut [S]) {
        let Self { n, factors, rows, .. } = self;
        by_size!(
            *n,
            N => match (factors.as_chunks::<N>().0.try_into(), rows.as_slice().try_into()) {
                (Ok(a), Ok(rows)) => {
                    if let Ok(b) = b.try_into() {
                        unrolled::solve::<S, N>(a, rows, b);
                    }
                }
                _ => substitution::solve(*n, factors, rows, b),
            },
            substitution::solve(*n, factors, rows, b)
        );
    }

    #[inline]
    fn ready(&self, expected: usize, b: &[S]) -> Result<(), Error> {
        check_size("the right-hand side", expected, b.len())?;
        if self.factored { Ok(()) } else { Err(ErrorKind::NotFactored.into()) }
    }
}

#[inline(always)]
fn column_sum<S: Field>(column: &[S]) -> f64 {
    column.iter().map(|entry| entry.modulus()).sum()
}

/// The larger of two numbers, NaN if either is.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b || a.is_nan() { a } else { b }
}

/// By blocks where that is faster and there is a way, else by loops.
fn eliminate_large<S: Field>(
    n: usize,
    a: &mut [S],
    rows: &mut [S::Row],
    blocks: &mut Blocks,
) -> Option<BadPivot> {
    if n < BLOCKED || S::blocked_lu(n, a, rows, blocks).is_none() {
        return elimination::factor(n, a, rows);
    }
    let mut bad = None;
    for k in 0..n {
        BadPivot::note(&mut bad, k, a[k * n + k]);
    }
    bad
}
