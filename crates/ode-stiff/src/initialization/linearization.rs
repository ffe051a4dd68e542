use super::obstacle::Obstacle;
use crate::iteration_matrix::SMALL;
use linalg::Field;
use scalar::Concrete;
use std::ops::Range;
use system::{Coloring, Jacobian};

/// `∂f/∂u` (of the leading states) and `∂f/∂t` at one point: dense, or in the pattern that the right-hand side tells of.
pub(super) struct Linearization<S, W> {
    n: usize,
    /// Row by row, or the entries of the pattern.
    values: Vec<S>,
    dfdt: Vec<S>,
    work: W,
    coloring: Option<Coloring>,
}

impl<S: Concrete + Field, W> Linearization<S, W> {
    pub(super) fn new<F: Jacobian<S, Work = W>>(rhs: &F) -> Self {
        let n = rhs.leading();
        let pattern = if n > SMALL { rhs.pattern() } else { None };
        let coloring = pattern.map(|pattern| Coloring::new(&pattern));
        let coloring = coloring.filter(|coloring| 2 * coloring.colors() <= n);
        let entries = coloring.as_ref().map_or(n * n, Coloring::num_nonzeros);
        let values = vec![S::ZERO; entries];
        Self { n, values, dfdt: vec![S::ZERO; rhs.states()], work: rhs.jacobian_work(), coloring }
    }

    pub(super) fn is_sparse(&self) -> bool {
        self.coloring.is_some()
    }

    /// Calls `see(place, i, j)` for each entry that can be nonzero.
    pub(super) fn for_each(&self, mut see: impl FnMut(usize, usize, usize)) {
        let n = self.n;
        match &self.coloring {
            None => (0..n * n).for_each(|at| see(at, at / n, at % n)),
            Some(coloring) => {
                for j in 0..n {
                    let places: Range<usize> = coloring.starts()[j]..coloring.starts()[j + 1];
                    places.zip(coloring.rows_of(j)).for_each(|(at, &i)| see(at, i, j));
                }
            }
        }
    }

    pub(super) fn entry(&self, place: usize) -> S {
        self.values[place]
    }

    pub(super) fn dfdt(&self) -> &[S] {
        &self.dfdt
    }

    /// Adds to `b` what the Jacobian of the tangents by the leading states makes of `x`.
    pub(super) fn couple<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        (t, u, p): (S, &[S], &[S]),
        product: (&[S], &mut [S]),
    ) -> Result<(), Obstacle> {
        Ok(rhs.couple(t, u, p, product, &mut self.work)?)
    }

    pub(super) fn evaluate<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        (t, u, p): (S, &[S], &[S]),
    ) -> Result<(), Obstacle> {
        let out = (&mut self.values[..], &mut self.dfdt[..]);
        match &self.coloring {
            None => rhs.derivatives(t, u, p, out, &mut self.work)?,
            Some(coloring) => rhs.sparse_derivatives(t, u, p, coloring, out, &mut self.work)?,
        }
        let (n, mut bad) = (self.n, None);
        if !self.values.iter().all(|x| x.is_finite()) {
            self.for_each(|at, i, j| {
                if bad.is_none() && !self.values[at].is_finite() {
                    bad = Some((i, j));
                }
            });
        }
        let bad_time = || self.dfdt.iter().position(|x| !x.is_finite()).map(|i| (i, n));
        match bad.or_else(bad_time) {
            None => Ok(()),
            Some((row, column)) => Err(Obstacle::NotFinite { row, column }),
        }
    }
}
