//! The Jacobian at a steady state, with its factors.

use crate::{Error, ErrorKind};
use linalg::{Factors, LinearSolve, Pattern, Structure, Svd, eigenvalues};
use std::sync::Arc;
use system::{Coloring, Failure, Jacobian, System};

/// `J = ∂f/∂u`, dense or in the pattern that the model has.
pub(super) struct SteadyJacobian {
    structure: Structure,
    values: Vec<f64>,
    factors: Factors<f64>,
    names: Vec<String>,
}

/// Up to so many states singular values say whether the matrix is singular, and eigenvalues whether the
/// state is stable.
const DENSE: usize = 200;

/// Up to here nobody looks for a pattern.
const SMALL: usize = 10;

/// A matrix with a larger condition number is singular to rounding.
const SINGULAR: f64 = 1e15;

/// Weights below this part of the largest are rounding.
const NEGLIGIBLE: f64 = 1e-8;

impl SteadyJacobian {
    /// Evaluates and factors it; refused where it is singular.
    pub(super) fn new<F: System>(rhs: &F, (t, u, p): (f64, &[f64], &[f64])) -> Result<Self, Error> {
        let failed = |failure: Failure| Error::replay(t, &failure);
        let (n, mut work) = (u.len(), Jacobian::<f64>::jacobian_work(rhs));
        let pattern = if n > SMALL { Jacobian::<f64>::pattern(rhs) } else { None };
        let coloring = pattern.map(|pattern| Coloring::new(&pattern));
        let (structure, values) = match coloring.filter(|found| 2 * found.colors() <= n) {
            Some(coloring) => {
                let rows = |j: usize| coloring.rows_of(j).iter().map(move |&i| (i, j));
                let pattern = Pattern::from_entries(n, n, (0..n).flat_map(rows))?;
                let (mut found, mut dfdt) = (vec![0.0; coloring.num_nonzeros()], vec![0.0; n]);
                let out = (&mut found[..], &mut dfdt[..]);
                rhs.sparse_derivatives(t, u, p, &coloring, out, &mut work).map_err(failed)?;
                let mut values = vec![0.0; pattern.nnz()];
                for ((i, j), x) in (0..n).flat_map(rows).zip(found) {
                    if let Some(at) = pattern.position(i, j) {
                        values[at] = x;
                    }
                }
                (Structure::Sparse(Arc::new(pattern)), values)
            }
            None => {
                let mut rows = vec![0.0; n * n];
                rhs.jacobian(t, u, p, &mut rows, &mut work).map_err(failed)?;
                (Structure::Dense { n }, (0..n * n).map(|at| rows[at % n * n + at / n]).collect())
            }
        };
        let names = rhs.state_names();
        if let Some(at) = values.iter().position(|x| !x.is_finite()) {
            let (mut row, mut column) = (0, 0);
            structure.for_each(|i, j, place| {
                if place == at {
                    (row, column) = (i, j);
                }
            });
            return Err(linalg::Error::from(linalg::ErrorKind::NotFinite { row, column }).into());
        }
        if n <= DENSE {
            is_regular(&structure, &values, &names)?;
        }
        let singular = |error: linalg::Error| match error.kind() {
            linalg::ErrorKind::Singular { pivot: column }
            | linalg::ErrorKind::StructurallySingular { column, .. } => {
                let direction = names.get(*column).map(|name| (name.clone(), 1.0));
                let direction = direction.into_iter().collect();
                ErrorKind::SingularSteadyState { conserved: Vec::new(), direction }.into()
            }
            _ => Error::from(error),
        };
        let mut factors = Factors::new(&structure).map_err(singular)?;
        factors.factor(&values).map_err(singular)?;
        let mut jacobian = Self { structure, values, factors, names };
        if n > DENSE && jacobian.factors.condition()? > SINGULAR {
            return Err(jacobian.null_vectors()?);
        }
        Ok(jacobian)
    }

    /// The null vectors of a singular matrix whose factors exist: what they magnify most.
    fn null_vectors(&mut self) -> Result<Error, Error> {
        let start = |n: usize| (0..n).map(|i| 1.0 + (i as f64 * 0.618).fract()).collect();
        let n = self.structure.dim();
        let (mut right, mut left): (Vec<f64>, Vec<f64>) = (start(n), start(n));
        for _ in 0..2 {
            self.factors.solve_in_place(&mut right)?;
            self.factors.solve_transposed_in_place(&mut left)?;
            for x in [&mut right, &mut left] {
                let largest = x.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
                x.iter_mut().for_each(|x| *x /= largest);
            }
        }
        let (conserved, direction) = (named(&left, &self.names), named(&right, &self.names));
        Ok(ErrorKind::SingularSteadyState { conserved, direction }.into())
    }

    /// `x ← J⁻¹ x`.
    pub(super) fn solve(&mut self, x: &mut [f64]) -> Result<(), Error> {
        Ok(self.factors.solve_in_place(x)?)
    }

    /// `J⁻ᵀ b`, with a step of iterative refinement.
    pub(super) fn solve_transposed(&mut self, b: &[f64]) -> Result<Vec<f64>, Error> {
        let (mut x, mut rest) = (b.to_vec(), vec![0.0; b.len()]);
        self.factors.solve_transposed_in_place(&mut x)?;
        self.structure.multiply_transposed(&self.values, &x, &mut rest)?;
        rest.iter_mut().zip(b).for_each(|(rest, b)| *rest = b - *rest);
        self.factors.solve_transposed_in_place(&mut rest)?;
        x.iter_mut().zip(&rest).for_each(|(x, rest)| *x += rest);
        Ok(x)
    }

    /// The largest real part of an eigenvalue, and what it is known up to; `None` for many states.
    pub(super) fn growth_rate(&self) -> Result<Option<(f64, f64)>, Error> {
        let n = self.structure.dim();
        if n > DENSE {
            return Ok(None);
        }
        let dense = dense(&self.structure, &self.values);
        let largest = dense.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        let found = eigenvalues(n, &dense)?;
        let rate = found.iter().fold(f64::NEG_INFINITY, |m, value| m.max(value.re));
        Ok(Some((rate, 100.0 * n as f64 * f64::EPSILON * largest)))
    }

    /// Bytes of matrix and factors, about.
    pub(super) fn bytes(&self) -> usize {
        2 * self.values.len() * size_of::<f64>()
    }
}

/// Column by column.
fn dense(structure: &Structure, values: &[f64]) -> Vec<f64> {
    let n = structure.dim();
    let mut dense = vec![0.0; n * n];
    structure.for_each(|i, j, at| dense[j * n + i] = values[at]);
    dense
}

/// Refuses a matrix that is singular to rounding, its rows and columns being scaled first.
fn is_regular(structure: &Structure, values: &[f64], names: &[String]) -> Result<(), Error> {
    let n = structure.dim();
    let mut a = dense(structure, values);
    let inverse = |x: f64| if x > 0.0 { 1.0 / x } else { 1.0 };
    let largest =
        |entries: &mut dyn Iterator<Item = f64>| entries.fold(0.0, |m: f64, x| m.max(x.abs()));
    let (mut rows, mut columns) = (vec![1.0; n], vec![1.0; n]);
    for _ in 0..3 {
        for i in 0..n {
            let scale = inverse(largest(&mut (0..n).map(|j| a[j * n + i])));
            rows[i] *= scale;
            (0..n).for_each(|j| a[j * n + i] *= scale);
        }
        for j in 0..n {
            let scale = inverse(largest(&mut (0..n).map(|i| a[j * n + i])));
            columns[j] *= scale;
            (0..n).for_each(|i| a[j * n + i] *= scale);
        }
    }
    let svd = Svd::new(n, n, &a)?;
    if svd.condition() < SINGULAR {
        return Ok(());
    }
    let scaled = |x: &[f64], by: &[f64]| -> Vec<f64> {
        let scaled: Vec<f64> = x.iter().zip(by).map(|(x, by)| x * by).collect();
        let size = largest(&mut scaled.iter().copied());
        scaled.iter().map(|x| x * inverse(size)).collect()
    };
    let last = n.saturating_sub(1);
    let conserved = named(&scaled(svd.left(last), &rows), names);
    let direction = named(&scaled(svd.right(last), &columns), names);
    Err(ErrorKind::SingularSteadyState { conserved, direction }.into())
}

/// What counts of a vector, the largest first and positive.
fn named(x: &[f64], names: &[String]) -> Vec<(String, f64)> {
    let mut terms: Vec<(String, f64)> = names
        .iter()
        .cloned()
        .zip(x.iter().copied())
        .filter(|(_, x)| x.abs() > NEGLIGIBLE)
        .collect();
    // Of equal size up to rounding: in the order of the states.
    terms.sort_by_key(|(_, x)| std::cmp::Reverse((x.abs() * 1e6).round() as u64));
    let sign = terms.first().map_or(1.0, |(_, x)| x.signum());
    terms.iter_mut().for_each(|(_, x)| *x *= sign);
    terms
}
