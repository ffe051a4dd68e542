//! One type for whatever factors a structure asks for.

use crate::lu::{banded::BandedLu, dense::DenseLu, sparse::SparseLu};
use crate::solve::impl_linear_solve;
use crate::{Choice, Error, Field, LinearSolve, Method, Structure, choose};

/// Factors of a square matrix of any structure, of the kind that [`choose`] picks: one type for an
/// implicit solver to keep.
///
/// Values are always given in the order of the structure that it was made for, also where the
/// chosen factors store them otherwise. Calls are dispatched by a `match`, once.
///
/// ```
/// use linalg::{Factors, Structure};
///
/// let mut w = Factors::<f64>::new(&Structure::Dense { n: 2 })?;
/// w.factor(&[2.0, 1.0, 1.0, 3.0])?;
/// let mut x = [5.0, 10.0];
/// w.solve_in_place(&mut x)?;
/// assert_eq!(x, [1.0, 3.0]);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Factors<S: Field<Row = usize> = f64> {
    /// Dense, and small.
    Dense(DenseLu<S>),
    /// Dense, from values of another structure.
    ScatteredDense(DenseLu<S>, Scatter),
    /// Banded.
    Banded(BandedLu<S>),
    /// Banded, from the values of a pattern.
    ScatteredBanded(BandedLu<S>, Scatter, Vec<S>),
    /// Sparse.
    Sparse(SparseLu<S>),
}

/// Where each value of one structure stands in another.
#[derive(Clone, Debug)]
pub struct Scatter {
    /// Pairs of places.
    pairs: Vec<(usize, usize)>,
    from: usize,
}

impl Scatter {
    pub(crate) fn new(from: &Structure, to: &Structure) -> Self {
        let mut pairs = Vec::with_capacity(from.len());
        from.for_each(|i, j, at| pairs.extend(to.position(i, j).map(|place| (at, place))));
        Self { pairs, from: from.len() }
    }

    pub(crate) fn apply<S: Field>(&self, values: &[S], to: &mut [S]) {
        to.fill(S::ZERO);
        for &(at, place) in &self.pairs {
            to[place] = values[at];
        }
    }

    fn check<S>(&self, values: &[S]) -> Result<(), Error> {
        crate::error::check_size("the values of the matrix", self.from, values.len())
    }
}

impl<S: Field<Row = usize>> Factors<S> {
    /// Memory for matrices of this structure, of the kind that [`choose`] picks; no factors yet.
    ///
    /// # Errors
    ///
    /// A sparse pattern that is not square, or singular whatever its values.
    pub fn new(structure: &Structure) -> Result<Self, Error> {
        Self::with_choice(structure, &choose(structure)?)
    }

    /// The same, with a choice that was made for this structure before (as for a complex matrix
    /// beside a real one) or by hand.
    ///
    /// # Errors
    ///
    /// As [`new`](Factors::new).
    pub fn with_choice(structure: &Structure, choice: &Choice) -> Result<Self, Error> {
        let n = structure.dim();
        match (choice.method(), structure) {
            (Method::Small | Method::Dense, Structure::Dense { .. }) => {
                Ok(Self::Dense(DenseLu::new(n)))
            }
            (Method::Small | Method::Dense, _) => {
                let scatter = Scatter::new(structure, &Structure::Dense { n });
                Ok(Self::ScatteredDense(DenseLu::new(n), scatter))
            }
            (Method::Banded, Structure::Banded { n, lower, upper }) => {
                Ok(Self::Banded(BandedLu::new(*n, *lower, *upper)))
            }
            (Method::Banded, _) => {
                let full = n.saturating_sub(1);
                let (lower, upper) = match structure {
                    Structure::Sparse(pattern) => pattern.bandwidths(),
                    _ => (full, full),
                };
                let lu = BandedLu::new(n, lower, upper);
                let scatter = Scatter::new(structure, &lu.structure());
                let values = vec![S::ZERO; lu.structure().len()];
                Ok(Self::ScatteredBanded(lu, scatter, values))
            }
            (Method::Sparse, Structure::Sparse(pattern)) => {
                let lu = match choice.analysis() {
                    Some(known) => SparseLu::with_analysis(pattern.clone(), known.clone())?,
                    None => SparseLu::new(pattern.clone())?,
                };
                Ok(Self::Sparse(lu))
            }
            // A dense or banded structure has no pattern to be analysed.
            (Method::Sparse, _) => Self::new(structure),
        }
    }

    /// The number of rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        match self {
            Self::Dense(lu) | Self::ScatteredDense(lu, _) => lu.dim(),
            Self::Banded(lu) | Self::ScatteredBanded(lu, ..) => lu.dim(),
            Self::Sparse(lu) => lu.dim(),
        }
    }

    /// The largest column sum of the matrix that was factored.
    #[must_use]
    pub fn norm(&self) -> f64 {
        match self {
            Self::Dense(lu) | Self::ScatteredDense(lu, _) => lu.norm(),
            Self::Banded(lu) | Self::ScatteredBanded(lu, ..) => lu.norm(),
            Self::Sparse(lu) => lu.norm(),
        }
    }

    /// Factors the matrix with these values.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a singular matrix.
    #[inline]
    pub fn factor(&mut self, values: &[S]) -> Result<(), Error> {
        match self {
            Self::Dense(lu) => lu.factor(values),
            Self::ScatteredDense(lu, scatter) => {
                scatter.check(values)?;
                lu.factor_with(|full| scatter.apply(values, full))
            }
            Self::Banded(lu) => lu.factor(values),
            Self::ScatteredBanded(lu, scatter, band) => {
                scatter.check(values)?;
                scatter.apply(values, band);
                lu.factor(band)
            }
            Self::Sparse(lu) => lu.factor(values),
        }
    }

    /// Solves `A x = b` in place.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    #[inline]
    pub fn solve_in_place(&mut self, b: &mut [S]) -> Result<(), Error> {
        match self {
            Self::Dense(lu) | Self::ScatteredDense(lu, _) => lu.solve_in_place(b),
            Self::Banded(lu) | Self::ScatteredBanded(lu, ..) => lu.solve_in_place(b),
            Self::Sparse(lu) => lu.solve_in_place(b),
        }
    }

    /// Solves `Aᵀ x = b` in place (for complex numbers without conjugation).
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    #[inline]
    pub fn solve_transposed_in_place(&mut self, b: &mut [S]) -> Result<(), Error> {
        match self {
            Self::Dense(lu) | Self::ScatteredDense(lu, _) => lu.solve_transposed_in_place(b),
            Self::Banded(lu) | Self::ScatteredBanded(lu, ..) => lu.solve_transposed_in_place(b),
            Self::Sparse(lu) => lu.solve_transposed_in_place(b),
        }
    }

    /// Solves `A X = B` in place for `columns` right-hand sides that stand one after the other.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_many_in_place(&mut self, columns: usize, b: &mut [S]) -> Result<(), Error> {
        LinearSolve::solve_many_in_place(self, columns, b)
    }
}

impl_linear_solve!([S: Field<Row = usize>] Factors<S>);
