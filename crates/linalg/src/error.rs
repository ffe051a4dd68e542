//! What can be wrong with a linear system.

use std::fmt;

/// A request that cannot be carried out. [`Error::kind`] says which and carries the data.
///
/// ```
/// use linalg::{DenseLu, ErrorKind};
///
/// let mut lu = DenseLu::<f64>::new(2);
/// let error = lu.factor(&[1.0, 2.0, 2.0, 4.0]).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Singular { pivot: 1 }));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<ErrorKind>);

/// What went wrong, with the numbers. Indices count from 0.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A slice has the wrong length.
    Size {
        /// Which slice.
        what: &'static str,
        /// The length it should have.
        expected: usize,
        /// The length it has.
        found: usize,
    },
    /// An index lies outside its matrix.
    Index {
        /// Which index.
        what: &'static str,
        /// Its value.
        index: usize,
        /// It must be below this.
        limit: usize,
    },
    /// The pointers of a sparse pattern do not increase from 0 to the number of entries, or the
    /// rows of a column do not increase.
    Pattern {
        /// The column in which this was seen.
        column: usize,
    },
    /// An entry of a matrix is NaN or infinite.
    NotFinite {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// The matrix is singular to working precision: no usable pivot was left.
    Singular {
        /// The step of the elimination, which is the column that depends on those before it (in
        /// sparse matrices, the column of the matrix).
        pivot: usize,
    },
    /// Some systems of a bundle of lanes are singular or not finite; the factors of the other
    /// lanes are complete and can be used.
    SingularLanes {
        /// The first step of the elimination at which this was seen.
        pivot: usize,
        /// Bit `i` stands for lane `i`.
        lanes: u64,
    },
    /// Whatever its values, a matrix with this pattern is singular.
    StructurallySingular {
        /// A column that no row is left for.
        column: usize,
        /// The largest number of columns that rows can be found for.
        rank: usize,
    },
    /// The pattern has no entry on the diagonal of this row.
    NoDiagonal {
        /// The row.
        row: usize,
    },
    /// A Cholesky factorisation met a matrix that is not positive definite.
    NotPositiveDefinite {
        /// The leading block of `pivot + 1` rows is not.
        pivot: usize,
    },
    /// A solve was asked for before a successful factorisation.
    NotFactored,
    /// An iteration did not reach its tolerance.
    NotConverged {
        /// Which method.
        method: &'static str,
        /// How many products with the matrix it took.
        iterations: usize,
        /// The norm of the residual of the `x` that was reached.
        residual: f64,
        /// The norm that was asked for.
        tolerance: f64,
    },
    /// An iteration cannot go on: a quantity that it divides by vanished, or is not finite.
    Breakdown {
        /// Which method.
        method: &'static str,
        /// How many products with the matrix it took.
        iterations: usize,
        /// The norm of the residual of the `x` that was reached.
        residual: f64,
    },
    /// An option has a value that makes no sense.
    Option {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        must: &'static str,
    },
    /// The singular values did not converge.
    SvdNotConverged,
    /// The eigenvalues did not converge.
    EigenvaluesNotConverged,
    /// A factorisation needs more memory than can be had.
    OutOfMemory {
        /// For what.
        what: &'static str,
    },
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

impl From<ErrorKind> for Error {
    #[cold]
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::Size { what, expected, found } => {
                write!(f, "{what} has length {found}, it must have {expected}")
            }
            ErrorKind::Index { what, index, limit } => {
                write!(f, "{what} {index} lies outside the matrix: it must be below {limit}")
            }
            ErrorKind::Pattern { column } => write!(
                f,
                "the sparse pattern is out of order in column {column}: pointers must not \
                 decrease, and the rows of a column must increase (`Pattern::from_entries` sorts)"
            ),
            ErrorKind::NotFinite { row, column } => write!(
                f,
                "entry ({row}, {column}) of the matrix is NaN or infinite; look at the Jacobian \
                 there, or try a shorter step"
            ),
            ErrorKind::Singular { pivot } => write!(
                f,
                "the matrix is singular: column {pivot} depends on the columns before it; \
                 another step size, or least squares, may help"
            ),
            ErrorKind::SingularLanes { pivot, lanes } => write!(
                f,
                "lanes {lanes:#b} are singular or not finite, from column {pivot} on; the others \
                 can be solved"
            ),
            ErrorKind::StructurallySingular { column, rank } => write!(
                f,
                "the pattern is singular for all values: only {rank} columns have a row of their \
                 own, column {column} has none; an equation or an unknown is missing"
            ),
            ErrorKind::NoDiagonal { row } => write!(
                f,
                "the pattern has no entry on the diagonal of row {row} \
                 (`Pattern::with_diagonal` adds it)"
            ),
            ErrorKind::NotPositiveDefinite { pivot } => write!(
                f,
                "the matrix is not positive definite: pivot {pivot} is not positive; try LU"
            ),
            ErrorKind::NotFactored => {
                write!(f, "there are no factors to solve with: call `factor` first, successfully")
            }
            ErrorKind::NotConverged { method, iterations, residual, tolerance } => write!(
                f,
                "{method} reached a residual of {residual:e} after {iterations} products, asked \
                 for was {tolerance:e}; try a stronger preconditioner or more iterations"
            ),
            ErrorKind::Breakdown { method, iterations, residual } => write!(
                f,
                "{method} broke down after {iterations} products at a residual of {residual:e}; \
                 try another start, GMRES, or a direct solver"
            ),
            ErrorKind::Option { name, value, must } => {
                write!(f, "{name} is {value}, it must be {must}")
            }
            ErrorKind::SvdNotConverged => {
                write!(f, "the singular values did not converge; scale the matrix")
            }
            ErrorKind::EigenvaluesNotConverged => {
                write!(f, "the eigenvalues did not converge; scale the matrix")
            }
            ErrorKind::OutOfMemory { what } => {
                write!(f, "not enough memory for {what}; try an iterative method")
            }
        }
    }
}

/// Whether a slice has the length that it must have.
#[inline]
pub(crate) fn check_size(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(ErrorKind::Size { what, expected, found }.into()) }
}
