//! Which entries a matrix has, and in which order their values stand.

use crate::error::check_size;
use crate::sparse::pattern::Pattern;
use crate::{Error, ErrorKind, Field};
use std::fmt;
use std::sync::Arc;

/// Which entries a square matrix has, and in which order a slice holds their values.
///
/// Structure and values are kept apart: a solver is made for a structure, and then factors one
/// slice of values after the other.
///
/// ```
/// use linalg::Structure;
///
/// // 3 × 3 with one diagonal on each side: columns of three, corners unused.
/// let s = Structure::Banded { n: 3, lower: 1, upper: 1 };
/// assert_eq!(s.len(), 9);
/// assert_eq!(s.position(1, 0), Some(2));
/// assert_eq!(s.position(2, 0), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Structure {
    /// All `n²` entries, column by column.
    Dense {
        /// Rows.
        n: usize,
    },
    /// The main diagonal, `lower` diagonals below and `upper` above it, as LAPACK stores them:
    /// entry `(i, j)` stands at `j (lower + upper + 1) + upper + i - j`. Places of that array
    /// that lie outside the matrix are not read.
    Banded {
        /// Rows.
        n: usize,
        /// Diagonals below the main one.
        lower: usize,
        /// Diagonals above the main one.
        upper: usize,
    },
    /// The entries of a pattern, in its order.
    Sparse(Arc<Pattern>),
}

impl Structure {
    /// The number of rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        match self {
            Self::Dense { n } | Self::Banded { n, .. } => *n,
            Self::Sparse(pattern) => pattern.rows(),
        }
    }

    /// The number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Dense { n } => n * n,
            Self::Banded { n, lower, upper } => n * (lower + upper + 1),
            Self::Sparse(pattern) => pattern.nnz(),
        }
    }

    /// Whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the value of entry `(i, j)` stands, if it is one.
    #[must_use]
    pub fn position(&self, i: usize, j: usize) -> Option<usize> {
        match self {
            Self::Dense { n } => (i < *n && j < *n).then(|| j * n + i),
            Self::Banded { n, lower, upper } => {
                let inside = i < *n && j < *n && i <= j + lower && j <= i + upper;
                inside.then(|| j * (lower + upper + 1) + upper + i - j)
            }
            Self::Sparse(pattern) => pattern.position(i, j),
        }
    }

    /// The rows of column `j` and where their values stand: row `i` of the first range at the same
    /// place of the second (dense and banded), or the rows of a pattern.
    fn column(&self, j: usize) -> (Rows<'_>, core::ops::Range<usize>) {
        match self {
            Self::Dense { n } => (Rows::From(0), j * n..(j + 1) * n),
            Self::Banded { n, lower, upper } => {
                let (first, end) = (j.saturating_sub(*upper), (j + lower + 1).min(*n));
                let start = j * (lower + upper + 1) + upper + first - j;
                (Rows::From(first), start..start + end.saturating_sub(first))
            }
            Self::Sparse(pattern) => {
                let range = pattern.col_ptr()[j]..pattern.col_ptr()[j + 1];
                (Rows::Listed(pattern.column(j)), range)
            }
        }
    }

    /// Calls `see(i, j, position)` for every entry.
    pub fn for_each(&self, mut see: impl FnMut(usize, usize, usize)) {
        for j in 0..self.columns() {
            let (rows, range) = self.column(j);
            for (k, at) in range.enumerate() {
                see(rows.get(k), j, at);
            }
        }
    }

    pub(crate) fn columns(&self) -> usize {
        match self {
            Self::Sparse(pattern) => pattern.cols(),
            _ => self.dim(),
        }
    }

    /// `y = A x`.
    ///
    /// # Errors
    ///
    /// Wrong sizes.
    pub fn multiply<S: Field>(&self, values: &[S], x: &[S], y: &mut [S]) -> Result<(), Error> {
        self.check(values, x.len(), y.len())?;
        y.fill(S::ZERO);
        for j in 0..self.columns() {
            let (rows, range) = self.column(j);
            match rows {
                Rows::From(first) => {
                    for (y, &a) in y[first..].iter_mut().zip(&values[range]) {
                        *y += a * x[j];
                    }
                }
                Rows::Listed(rows) => {
                    for (&i, &a) in rows.iter().zip(&values[range]) {
                        y[i] += a * x[j];
                    }
                }
            }
        }
        Ok(())
    }

    /// `y = Aᵀ x`.
    ///
    /// # Errors
    ///
    /// Wrong sizes.
    pub fn multiply_transposed<S: Field>(
        &self,
        values: &[S],
        x: &[S],
        y: &mut [S],
    ) -> Result<(), Error> {
        self.check(values, y.len(), x.len())?;
        for (j, y) in y.iter_mut().enumerate() {
            let (rows, range) = self.column(j);
            let mut sum = S::ZERO;
            for (k, &a) in values[range].iter().enumerate() {
                sum += a * x[rows.get(k)];
            }
            *y = sum;
        }
        Ok(())
    }

    /// `W = c I - J`, what a stiff step solves with; `J` may be real where `W` is complex.
    ///
    /// # Errors
    ///
    /// Wrong sizes; a sparse pattern without the whole diagonal
    /// ([`Pattern::with_diagonal`] adds it).
    pub fn shift<T: Copy, S: Field + From<T>>(
        &self,
        c: S,
        j: &[T],
        w: &mut [S],
    ) -> Result<(), Error> {
        check_size("the values of J", self.len(), j.len())?;
        check_size("the values of W", self.len(), w.len())?;
        for (w, &j) in w.iter_mut().zip(j) {
            *w = -S::from(j);
        }
        for i in 0..self.dim() {
            match self.position(i, i) {
                Some(at) => w[at] += c,
                None => return Err(ErrorKind::NoDiagonal { row: i }.into()),
            }
        }
        Ok(())
    }

    /// The first entry that is not finite, as `(row, column)`.
    pub(crate) fn first_not_finite<S: Field>(&self, values: &[S]) -> Option<(usize, usize)> {
        for j in 0..self.columns() {
            let (rows, range) = self.column(j);
            if let Some(k) = values[range].iter().position(|a| !a.all_finite()) {
                return Some((rows.get(k), j));
            }
        }
        None
    }

    /// The largest column sum of sizes, after looking for entries that are not finite.
    pub(crate) fn norm<S: Field>(&self, values: &[S]) -> Result<f64, Error> {
        // What is not finite makes the sum of its column so, and with it the sum of all sums.
        let (mut norm, mut all) = (0.0f64, 0.0);
        let mut see = |column: &[S]| {
            let sum = column.iter().fold(0.0, |sum, a| sum + a.modulus());
            norm = if sum > norm { sum } else { norm };
            all += sum;
        };
        match self {
            Self::Sparse(pattern) => {
                let (mut rest, mut start) = (values, 0);
                for &end in &pattern.col_ptr()[1..] {
                    let (column, later) = rest.split_at(end - start);
                    see(column);
                    (rest, start) = (later, end);
                }
            }
            _ => (0..self.columns()).for_each(|j| see(&values[self.column(j).1])),
        }
        // Sums of finite entries may overflow: looked at one by one.
        let is_finite = S::SYSTEMS != 1 || all.is_finite();
        if !is_finite && let Some((row, column)) = self.first_not_finite(values) {
            return Err(ErrorKind::NotFinite { row, column }.into());
        }
        Ok(norm)
    }

    fn check<S>(&self, values: &[S], columns: usize, rows: usize) -> Result<(), Error> {
        check_size("the values of the matrix", self.len(), values.len())?;
        check_size("the vector of columns", self.columns(), columns)?;
        check_size("the vector of rows", self.dim(), rows)
    }
}

/// The rows of a column.
#[derive(Clone, Copy)]
enum Rows<'a> {
    /// Consecutive ones.
    From(usize),
    /// These.
    Listed(&'a [usize]),
}

impl Rows<'_> {
    #[inline]
    fn get(self, k: usize) -> usize {
        match self {
            Self::From(first) => first + k,
            Self::Listed(rows) => rows[k],
        }
    }
}

impl fmt::Display for Structure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dense { n } => write!(f, "dense, {n} states"),
            Self::Banded { n, lower, upper } => {
                write!(f, "banded, {n} states, bandwidths {lower}+{upper}")
            }
            Self::Sparse(pattern) => {
                write!(f, "sparse, {} states, {} entries", pattern.rows(), pattern.nnz())
            }
        }
    }
}
