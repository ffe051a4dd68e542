use crate::{Coloring, DualWork, Failure, Jacobian, Pattern, Rhs, System};
use core::fmt;
use scalar::Scalar;

/// A model with a pattern of its Jacobian that is declared and not traced: where tracing sees
/// dependencies that are none, or is too slow.
///
/// A pattern that leaves entries out makes an iteration converge slowly or to nothing, so solvers compare
/// it once per solve with the derivative along random directions.
///
/// ```
/// use system::{Pattern, Jacobian, WithPattern};
///
/// system::system! {
///     struct Chain;
///     state { a, b, c }
///     params { k }
///     rhs(_t) {
///         d(a) = -k * a;
///         d(b) = k * (a - b) + 0.0 * c; // traced as if it depended on `c`
///         d(c) = k * b;
///     }
/// }
/// let pattern = Pattern::from_rows([vec![0], vec![0, 1], vec![1]]);
/// let chain = WithPattern::new(Chain, pattern)?;
/// assert_eq!(Jacobian::<f64>::pattern(&chain).map(|pattern| pattern.num_nonzeros()), Some(4));
/// assert!(WithPattern::new(Chain, Pattern::from_rows([vec![3], vec![], vec![]])).is_err());
/// # Ok::<(), system::PatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithPattern<F> {
    system: F,
    pattern: Pattern,
}

/// Why a pattern cannot be that of a Jacobian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternError {
    /// It has another number of rows.
    Rows {
        /// States of the model.
        states: usize,
        /// Rows of the pattern.
        found: usize,
    },
    /// A row has a column that does not exist.
    Column {
        /// States of the model.
        states: usize,
        /// The row.
        row: usize,
        /// The column.
        column: usize,
    },
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows { states, found } => {
                write!(f, "the pattern has {found} rows, the model {states} states")
            }
            Self::Column { states, row, column } => write!(
                f,
                "row {row} of the pattern names column {column}, the model has {states} states \
                 (columns count from 0)"
            ),
        }
    }
}

impl std::error::Error for PatternError {}

impl<F: System> WithPattern<F> {
    /// Joins the two.
    ///
    /// # Errors
    ///
    /// When the pattern is not of the size of the model.
    pub fn new(system: F, pattern: Pattern) -> Result<Self, PatternError> {
        let states = system.dim();
        let found = pattern.num_rows();
        if found != states {
            return Err(PatternError::Rows { states, found });
        }
        for row in 0..states {
            if let Some(&column) = pattern.row(row).last().filter(|column| **column >= states) {
                return Err(PatternError::Column { states, row, column });
            }
        }
        Ok(Self { system, pattern })
    }
}

impl<F: System, S: Scalar> Rhs<S> for WithPattern<F> {
    fn states(&self) -> usize {
        self.system.dim()
    }
    fn params(&self) -> Option<usize> {
        Some(self.system.num_params())
    }
    #[inline]
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.system.eval(t, u, p, du)
    }
    fn names(&self) -> Vec<String> {
        self.system.state_names()
    }
}

impl<F: System, S: Scalar> Jacobian<S> for WithPattern<F> {
    type Work = DualWork<S>;

    fn jacobian_work(&self) -> DualWork<S> {
        self.system.jacobian_work()
    }
    fn jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        jac: &mut [S],
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.system.jacobian(t, u, p, jac, work)
    }
    fn time_derivative(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        dfdt: &mut [S],
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.system.time_derivative(t, u, p, dfdt, work)
    }
    fn derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        out: (&mut [S], &mut [S]),
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.system.derivatives(t, u, p, out, work)
    }
    fn jvp(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        product: (&[S], &mut [S]),
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.system.jvp(t, u, p, product, work)
    }
    fn pattern(&self) -> Option<Pattern> {
        Some(self.pattern.clone())
    }
    fn sparse_derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        coloring: &Coloring,
        out: (&mut [S], &mut [S]),
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.system.sparse_derivatives(t, u, p, coloring, out, work)
    }
}
