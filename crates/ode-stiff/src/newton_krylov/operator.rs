use super::preconditioning::Prepared;
use super::reals::Reals;
use crate::iteration_matrix::Linearization;
use linalg::{Field, LinearOperator, Preconditioner};
use ode_core::ErrorNorm;
use scalar::Concrete;
use system::{Failure, Jacobian, Mass};

/// `c M - J` of the values, with rows and columns scaled by the tolerances: `R (c M - J) D`. `D` are the errors
/// that count as 1, `R = C D⁻¹`, and `C` is `|c|` in algebraic rows, which have no `c` of their own, and 1
/// elsewhere.
pub(super) struct Scaled<'a, S, W, F> {
    pub(super) rhs: &'a F,
    pub(super) linearization: &'a mut Linearization<S, W>,
    /// Where `J` is taken.
    pub(super) at: (S, &'a [S], &'a [S]),
    pub(super) c: f64,
    pub(super) scales: &'a Scales,
    /// Scratch: `D x`, with a mass matrix only; the same as numbers of the state, and `J D x`.
    pub(super) moved: &'a mut [f64],
    pub(super) v: &'a mut [S],
    pub(super) product: &'a mut [S],
    pub(super) reals: Reals<S>,
    pub(super) products: usize,
    pub(super) failure: Option<Failure>,
}

impl<S, W, F> LinearOperator for Scaled<'_, S, W, F>
where
    S: Concrete + Field,
    F: Jacobian<S, Work = W>,
{
    fn dim(&self) -> usize {
        self.scales.columns.len()
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        for ((v, x), unit) in self.v.iter_mut().zip(x).zip(&self.scales.columns) {
            *v = S::real(x * unit);
        }
        self.products += 1;
        let product = self.linearization.product(self.rhs, self.at, self.v, self.product);
        if let Err(failure) = product {
            // The iteration ends on what is no number.
            y.fill(f64::NAN);
            self.failure = Some(failure);
            return;
        }
        let (c, weights) = (self.c, &self.scales.rows[..]);
        match self.rhs.mass() {
            // D⁻¹ c D x = c x.
            None => (self.reals.shift)(c, x, self.product, weights, y),
            Some(mass) => {
                (self.reals.take)(self.product, 0, y);
                for ((moved, x), unit) in self.moved.iter_mut().zip(x).zip(&self.scales.columns) {
                    *moved = x * unit;
                }
                for (i, (y, weight)) in y.iter_mut().zip(weights).enumerate() {
                    *y = (c * row(mass, i, self.moved) - *y) * weight;
                }
            }
        }
    }
}

/// The scales of columns and rows.
pub(super) struct Scales {
    /// The errors that count as 1: `D`.
    pub(super) columns: Vec<f64>,
    /// `C D⁻¹`.
    pub(super) rows: Vec<f64>,
}

/// The smallest unit, relative to the largest: of components without tolerance.
const SMALLEST: f64 = 1e-12;

impl Scales {
    pub(super) fn new(n: usize) -> Self {
        Self { columns: vec![1.0; n], rows: vec![1.0; n] }
    }

    /// From the sizes of the states, which stand among the columns.
    pub(super) fn measure(&mut self, norm: &ErrorNorm<'_>, mass: Option<&Mass>, c: f64) {
        let Self { columns, rows } = self;
        norm.units(columns);
        let largest = largest(columns);
        let smallest = if largest > 0.0 { SMALLEST * largest } else { 1.0 };
        for (row, unit) in rows.iter_mut().zip(columns.iter_mut()) {
            *unit = unit.max(smallest);
            *row = 1.0 / *unit;
        }
        if let Some(mass) = mass {
            for (i, row) in rows.iter_mut().enumerate().filter(|(i, _)| mass.is_algebraic(*i)) {
                *row = c.abs() / columns[i];
            }
        }
    }
}

/// At least 0; in parts side by side.
fn largest(x: &[f64]) -> f64 {
    let mut parts = [0.0f64; 8];
    let (chunks, rest) = x.as_chunks::<8>();
    for x in chunks {
        for (part, &x) in parts.iter_mut().zip(x) {
            *part = if x > *part { x } else { *part };
        }
    }
    parts.iter().chain(rest).fold(0.0, |m, &x| m.max(x))
}

/// Row `i` of `M x`.
#[inline]
fn row(mass: &Mass, i: usize, x: &[f64]) -> f64 {
    mass.row(i).iter().map(|&(j, m)| m * x[j]).sum()
}

/// A preconditioner in the same scaling.
pub(super) struct ScaledPreconditioner<'a> {
    pub(super) prepared: &'a mut Prepared,
    /// The number of leading states.
    pub(super) leading: usize,
    pub(super) scales: &'a Scales,
}

impl Preconditioner for ScaledPreconditioner<'_> {
    fn apply(&mut self, r: &mut [f64]) {
        if self.is_identity() {
            return;
        }
        for (r, row) in r.iter_mut().zip(&self.scales.rows) {
            *r /= row;
        }
        for r in r.chunks_exact_mut(self.leading.max(1)) {
            self.prepared.apply(r);
        }
        for (r, unit) in r.iter_mut().zip(&self.scales.columns) {
            *r /= unit;
        }
    }

    fn is_identity(&self) -> bool {
        matches!(self.prepared, Prepared::Nothing)
    }
}
