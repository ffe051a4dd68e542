use crate::error::check_size;
use crate::factors::Scatter;
use crate::{DenseLu, Error, Field, LinearSolve, Structure};

/// Dense factors of a matrix of any structure, for lanes: each of them chooses its own pivots, which
/// no sparse or banded elimination can follow.
pub(crate) struct LaneFactors<S: Field> {
    lu: DenseLu<S>,
    scatter: Scatter,
    entries: usize,
}

impl<S: Field> LaneFactors<S> {
    pub(crate) fn new(structure: &Structure) -> Self {
        let n = structure.dim();
        let scatter = Scatter::new(structure, &Structure::Dense { n });
        Self { lu: DenseLu::new(n), scatter, entries: structure.len() }
    }
}

impl<S: Field> LinearSolve<S> for LaneFactors<S> {
    fn dim(&self) -> usize {
        self.lu.dim()
    }
    fn factor(&mut self, values: &[S]) -> Result<(), Error> {
        check_size("the values of the matrix", self.entries, values.len())?;
        self.lu.factor_with(|full| self.scatter.apply(values, full))
    }
    fn solve_in_place(&mut self, b: &mut [S]) -> Result<(), Error> {
        self.lu.solve_in_place(b)
    }
    fn solve_transposed_in_place(&mut self, b: &mut [S]) -> Result<(), Error> {
        self.lu.solve_transposed_in_place(b)
    }
    fn norm(&self) -> f64 {
        self.lu.norm()
    }
}
