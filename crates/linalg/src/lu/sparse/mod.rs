//! LU of sparse matrices.

mod columns;
pub(crate) mod program;
mod refactor;
mod search;

use crate::error::check_size;
use crate::{Analysis, Error, ErrorKind, Field, Pattern, Structure};
use columns::Columns;
use program::Program;
use std::sync::Arc;

/// A pivot on the matched diagonal is kept if it is at least so large beside the largest entry
/// below: growth against fill.
const KEEP: f64 = 0.01;

/// Pivots are searched again when one falls below this part of the largest entry in its column.
const REPIVOT: f64 = 1e-3;

/// LU of sparse matrices of one pattern, analysed once.
///
/// The first [`factor`](SparseLu::factor) searches pivots by left-looking elimination (Gilbert,
/// Peierls 1988), preferring the diagonal that [`Analysis`] has matched; it fixes where the
/// entries of `L` and `U` are. Later ones only compute values in those places, and allocate
/// nothing; if a pivot has become small beside its column, they search again. This is the way of
/// KLU (Davis, Palamadai Natarajan 2010). Up to 256 rows the products of an elimination are listed
/// beforehand, where they are few, and then done one after the other: at first with the pivots that
/// [`Analysis`] has matched, after a search with those found.
///
/// ```
/// use linalg::{Pattern, SparseLu};
///
/// let p = Pattern::from_entries(2, 2, [(0, 0), (1, 0), (0, 1)])?;
/// let mut lu = SparseLu::<f64>::new(p)?;
/// lu.factor(&[1.0, 2.0, 4.0])?; // [1 4; 2 0]
/// let mut x = [9.0, 2.0];
/// lu.solve_in_place(&mut x)?;
/// assert_eq!(x, [1.0, 2.0]);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SparseLu<S: Field = f64> {
    structure: Structure,
    pattern: Arc<Pattern>,
    analysis: Arc<Analysis>,
    /// Below the diagonal, one column for each step, rows as steps.
    lower: Columns<S>,
    /// Above the diagonal, one column for each step.
    upper: Columns<S>,
    /// The inverses of the pivots.
    inverse: Vec<S>,
    /// The row eliminated at each step.
    row_at: Vec<usize>,
    /// The step at which each row is eliminated.
    step_of: Vec<usize>,
    /// The step of the row of each value of the matrix.
    step_of_entry: Vec<u32>,
    work: Vec<S>,
    /// What small systems do in one sweep.
    program: Option<Box<Program<S>>>,
    norm: f64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No pivots have been chosen.
    New,
    /// Places are known, values are not.
    Placed,
    /// Ready to solve.
    Factored,
}

impl<S: Field<Row = usize>> SparseLu<S> {
    /// Analyses a pattern; no factors yet.
    ///
    /// # Errors
    ///
    /// A pattern that is not square, or singular whatever its values.
    pub fn new(pattern: impl Into<Arc<Pattern>>) -> Result<Self, Error> {
        let pattern = pattern.into();
        let analysis = Arc::new(Analysis::new(&pattern)?);
        Self::with_analysis(pattern, analysis)
    }

    /// Takes over the analysis of this pattern, as for a complex matrix beside a real one.
    ///
    /// # Errors
    ///
    /// An analysis of another size; a pattern of more than 2³² rows.
    pub fn with_analysis(
        pattern: impl Into<Arc<Pattern>>,
        analysis: Arc<Analysis>,
    ) -> Result<Self, Error> {
        let pattern = pattern.into();
        let n = pattern.cols();
        check_size("the rows of a square pattern", n, pattern.rows())?;
        check_size("the analysis", n, analysis.columns.len())?;
        if u32::try_from(n).is_err() {
            return Err(ErrorKind::OutOfMemory { what: "indices of 32 bits" }.into());
        }
        Ok(Self {
            structure: Structure::Sparse(pattern.clone()),
            lower: Columns::default(),
            upper: Columns::default(),
            inverse: vec![S::ZERO; n],
            row_at: analysis.rows.clone(),
            step_of: vec![0; n],
            step_of_entry: vec![0; pattern.nnz()],
            work: vec![S::ZERO; n],
            program: Program::new(&pattern, &analysis.rows, &analysis.columns).map(Box::new),
            norm: 0.0,
            state: State::New,
            analysis,
            pattern,
        })
    }

    /// The number of rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.inverse.len()
    }

    /// The largest column sum of the matrix that was factored.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// The pattern whose values are factored.
    #[must_use]
    pub fn pattern(&self) -> &Arc<Pattern> {
        &self.pattern
    }

    /// The order of elimination.
    #[must_use]
    pub fn analysis(&self) -> &Arc<Analysis> {
        &self.analysis
    }

    /// The number of entries of `L` and `U` together; 0 before the first factorisation.
    #[must_use]
    pub fn fill(&self) -> usize {
        match self.state {
            State::New => 0,
            _ => match &self.program {
                Some(program) => program.fill(),
                None => self.lower.len() + self.upper.len() + self.dim(),
            },
        }
    }

    /// Factors the matrix with these values, in the order of the pattern.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a singular matrix.
    pub fn factor(&mut self, values: &[S]) -> Result<(), Error> {
        if self.state == State::Factored {
            self.state = State::Placed;
        }
        check_size("the values of the matrix", self.pattern.nnz(), values.len())?;
        self.norm = self.structure.norm(values)?;
        let is_new = self.state == State::New;
        let done = match &mut self.program {
            Some(program) => program.factor(values, if is_new { KEEP } else { REPIVOT }),
            None => !is_new && self.refactor(values),
        };
        if !done {
            self.state = State::New;
            self.program = None;
            self.search(values)?;
            // With the pivots found; not where the products in another order upset them.
            self.program =
                Program::new(&self.pattern, &self.row_at, &self.analysis.columns).map(Box::new);
            self.program.take_if(|program| !program.factor(values, REPIVOT));
        }
        self.state = State::Factored;
        Ok(())
    }

    /// Solves `A x = b` in place.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_in_place(&mut self, b: &mut [S]) -> Result<(), Error> {
        self.ready(b)?;
        if let Some(program) = &mut self.program {
            program.solve((&self.row_at, &self.analysis.columns), b);
            return Ok(());
        }
        let x = &mut self.work;
        for (x, &row) in x.iter_mut().zip(&self.row_at) {
            *x = b[row];
        }
        for k in 0..x.len() {
            let top = x[k];
            self.lower.column(k).subtract(top, x);
        }
        for k in (0..x.len()).rev() {
            x[k] *= self.inverse[k];
            let last = x[k];
            self.upper.column(k).subtract(last, x);
        }
        for (&x, &column) in x.iter().zip(&self.analysis.columns) {
            b[column] = x;
        }
        Ok(())
    }

    /// Solves `Aᵀ x = b` in place (for complex numbers without conjugation).
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_transposed_in_place(&mut self, b: &mut [S]) -> Result<(), Error> {
        self.ready(b)?;
        if let Some(program) = &mut self.program {
            program.solve_transposed((&self.row_at, &self.analysis.columns), b);
            return Ok(());
        }
        let x = &mut self.work;
        for (x, &column) in x.iter_mut().zip(&self.analysis.columns) {
            *x = b[column];
        }
        for k in 0..x.len() {
            x[k] = self.upper.column(k).minus_dot(x[k], x) * self.inverse[k];
        }
        for k in (0..x.len()).rev() {
            x[k] = self.lower.column(k).minus_dot(x[k], x);
        }
        for (&x, &row) in x.iter().zip(&self.row_at) {
            b[row] = x;
        }
        Ok(())
    }

    fn ready(&self, b: &[S]) -> Result<(), Error> {
        check_size("the right-hand side", self.dim(), b.len())?;
        if self.state == State::Factored { Ok(()) } else { Err(ErrorKind::NotFactored.into()) }
    }
}
