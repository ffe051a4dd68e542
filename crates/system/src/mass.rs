use crate::{Coloring, Failure, Jacobian, Pattern, Rhs};
use core::fmt;
use scalar::Scalar;

/// A constant mass matrix `M` of `M u' = f(t, u; p)`. Rows of zeros make algebraic equations
/// `0 = f`.
#[derive(Clone, Debug, PartialEq)]
pub struct Mass {
    n: usize,
    /// Row by row: columns and values of the entries that are not zero.
    rows: Vec<Vec<(usize, f64)>>,
}

/// Why a matrix cannot be a mass matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MassError {
    /// It is not square, or not of the size of the system.
    Size {
        /// States of the system.
        states: usize,
        /// Rows or columns that were given.
        found: usize,
    },
    /// An entry is NaN or infinite.
    NotFinite {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
}

impl fmt::Display for MassError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { states, found } => {
                write!(f, "the mass matrix has {found} rows or columns, the system {states} states")
            }
            Self::NotFinite { row, column } => {
                write!(f, "entry ({row}, {column}) of the mass matrix is NaN or infinite")
            }
        }
    }
}

impl std::error::Error for MassError {}

impl Mass {
    /// A diagonal matrix.
    pub fn diagonal(entries: impl AsRef<[f64]>) -> Self {
        let entries = entries.as_ref();
        let row = |(i, &m): (usize, &f64)| if m == 0.0 { vec![] } else { vec![(i, m)] };
        Self { n: entries.len(), rows: entries.iter().enumerate().map(row).collect() }
    }

    /// A matrix from its rows; all must have one entry for each row.
    ///
    /// # Errors
    ///
    /// When it is not square.
    pub fn dense<R: AsRef<[f64]>>(rows: &[R]) -> Result<Self, MassError> {
        let n = rows.len();
        let row = |row: &R| {
            let row = row.as_ref();
            let entries = row.iter().copied().enumerate().filter(|(_, m)| *m != 0.0);
            if row.len() == n { Ok(entries.collect()) } else { Err(row.len()) }
        };
        let rows: Result<_, usize> = rows.iter().map(row).collect();
        rows.map(|rows| Self { n, rows }).map_err(|found| MassError::Size { states: n, found })
    }

    /// So many copies of this matrix along the diagonal of a larger one: what columns of tangents have,
    /// that are solved for together with their state.
    ///
    /// ```
    /// use system::Mass;
    ///
    /// let mass = Mass::diagonal([2.0, 0.0]);
    /// let all = mass.repeated(3);
    /// assert_eq!((all.size(), all.row(4)), (6, &[(4, 2.0)][..]));
    /// assert!(all.is_algebraic(5));
    /// assert_eq!(all.leading(2), mass);
    /// assert_eq!(mass.extended(1).row(2), [(2, 1.0)]);
    /// ```
    #[must_use]
    pub fn repeated(&self, copies: usize) -> Self {
        let n = self.n;
        let moved = |by: usize| {
            let entry = move |&(j, m): &(usize, f64)| (by * n + j, m);
            self.rows.iter().map(move |row| row.iter().map(entry).collect())
        };
        Self { n: n * copies, rows: (0..copies).flat_map(moved).collect() }
    }

    /// The block of the first `n` rows and columns.
    #[must_use]
    pub fn leading(&self, n: usize) -> Self {
        let row = |row: &Vec<(usize, f64)>| row.iter().copied().filter(|(j, _)| *j < n).collect();
        Self { n: n.min(self.n), rows: self.rows.iter().take(n).map(row).collect() }
    }

    /// This matrix with `count` more rows and columns, those of the identity.
    #[must_use]
    pub fn extended(mut self, count: usize) -> Self {
        self.rows.extend((self.n..self.n + count).map(|i| vec![(i, 1.0)]));
        self.n += count;
        self
    }

    /// Number of rows and columns.
    pub fn size(&self) -> usize {
        self.n
    }

    /// Column and value of the entries of row `i` that are not zero, in order of the columns; none
    /// for a row that does not exist.
    pub fn row(&self, i: usize) -> &[(usize, f64)] {
        self.rows.get(i).map_or(&[], Vec::as_slice)
    }

    /// Whether row `i` is zero: its equation is algebraic.
    pub fn is_algebraic(&self, i: usize) -> bool {
        self.row(i).is_empty()
    }

    /// `out = M x`; both have one entry for each row.
    pub fn times<S: Scalar>(&self, x: &[S], out: &mut [S]) {
        for (out, row) in out.iter_mut().zip(&self.rows) {
            *out = S::zero();
            for &(j, m) in row {
                *out = x[j].scale_add(m, *out);
            }
        }
    }

    fn check(&self, states: usize) -> Result<(), MassError> {
        if self.n != states {
            return Err(MassError::Size { states, found: self.n });
        }
        for (row, entries) in self.rows.iter().enumerate() {
            if let Some(&(column, _)) = entries.iter().find(|(_, m)| !m.is_finite()) {
                return Err(MassError::NotFinite { row, column });
            }
        }
        Ok(())
    }
}

/// A right-hand side `f` with a mass matrix: `M u' = f(t, u; p)`. Where `M` is singular this is a
/// differential–algebraic equation.
///
/// ```
/// use system::{Mass, Rhs, WithMass};
///
/// system::system! {
///     /// A pendulum's angle from its sine: `x' = v`, `0 = x - sin(a)`.
///     struct Angle;
///     state { x, a }
///     params { v }
///     rhs(_t) {
///         d(x) = v;
///         d(a) = x - a.sin();
///     }
/// }
/// let dae = WithMass::new(Angle, Mass::diagonal([1.0, 0.0]))?;
/// assert!(Rhs::<f64>::mass(&dae).is_some_and(|mass| mass.is_algebraic(1)));
/// assert!(WithMass::new(Angle, Mass::diagonal([1.0])).is_err());
/// # Ok::<(), system::MassError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WithMass<F> {
    pub(crate) rhs: F,
    pub(crate) mass: Mass,
}

impl<F> WithMass<F> {
    /// Joins the two.
    ///
    /// # Errors
    ///
    /// When the matrix is not of the size of the system, or not finite.
    pub fn new(rhs: F, mass: Mass) -> Result<Self, MassError>
    where
        F: Rhs<f64>,
    {
        mass.check(rhs.states())?;
        Ok(Self { rhs, mass })
    }
}

impl<F> WithMass<F> {
    /// The right-hand side `f`.
    pub fn rhs(&self) -> &F {
        &self.rhs
    }

    /// The mass matrix `M`.
    pub fn matrix(&self) -> &Mass {
        &self.mass
    }
}

impl<S, F: Rhs<S>> Rhs<S> for WithMass<F> {
    fn states(&self) -> usize {
        self.rhs.states()
    }
    fn params(&self) -> Option<usize> {
        self.rhs.params()
    }
    #[inline]
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.rhs.eval(t, u, p, du)
    }
    fn mass(&self) -> Option<&Mass> {
        Some(&self.mass)
    }
    fn names(&self) -> Vec<String> {
        self.rhs.names()
    }
}

impl<S: Copy, F: Jacobian<S>> Jacobian<S> for WithMass<F> {
    type Work = F::Work;

    fn jacobian_work(&self) -> F::Work {
        self.rhs.jacobian_work()
    }
    fn jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        jac: &mut [S],
        work: &mut F::Work,
    ) -> Result<(), Failure> {
        self.rhs.jacobian(t, u, p, jac, work)
    }
    fn time_derivative(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        dfdt: &mut [S],
        work: &mut F::Work,
    ) -> Result<(), Failure> {
        self.rhs.time_derivative(t, u, p, dfdt, work)
    }
    fn derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        out: (&mut [S], &mut [S]),
        work: &mut F::Work,
    ) -> Result<(), Failure> {
        self.rhs.derivatives(t, u, p, out, work)
    }
    fn jvp(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        product: (&[S], &mut [S]),
        work: &mut F::Work,
    ) -> Result<(), Failure> {
        self.rhs.jvp(t, u, p, product, work)
    }
    fn pattern(&self) -> Option<Pattern> {
        self.rhs.pattern()
    }
    fn declares_pattern(&self) -> bool {
        self.rhs.declares_pattern()
    }
    fn sparse_derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        coloring: &Coloring,
        out: (&mut [S], &mut [S]),
        work: &mut F::Work,
    ) -> Result<(), Failure> {
        self.rhs.sparse_derivatives(t, u, p, coloring, out, work)
    }
    fn leading(&self) -> usize {
        self.rhs.leading()
    }
    fn couple(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        product: (&[S], &mut [S]),
        work: &mut F::Work,
    ) -> Result<(), Failure> {
        self.rhs.couple(t, u, p, product, work)
    }
    fn staggers(&self) -> bool {
        self.rhs.staggers()
    }
    fn eval_leading(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.rhs.eval_leading(t, u, p, du)
    }
}
