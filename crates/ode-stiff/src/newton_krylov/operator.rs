use super::preconditioning::Prepared;
use crate::iteration_matrix::Linearization;
use linalg::{Field, LinearOperator, Preconditioner};
use scalar::Concrete;
use system::{Failure, Jacobian, Mass};

/// `c M - J` of the values, with rows and columns scaled by the tolerances: `D⁻¹ C (c M - J) D`. `C` is
/// `|c|` in algebraic rows, which have no `c` of their own, and 1 elsewhere.
pub(super) struct Scaled<'a, S, W, F> {
    pub(super) rhs: &'a F,
    pub(super) linearization: &'a mut Linearization<S, W>,
    /// Where `J` is taken.
    pub(super) at: (S, &'a [S], &'a [S]),
    pub(super) c: f64,
    pub(super) unit: &'a [f64],
    /// Scratch: `D x`, the same as numbers of the state, and `J D x`.
    pub(super) moved: &'a mut [f64],
    pub(super) v: &'a mut [S],
    pub(super) product: &'a mut [S],
    pub(super) take: fn(&[S], usize, &mut [f64]),
    pub(super) products: usize,
    pub(super) failure: Option<Failure>,
}

impl<S, W, F> LinearOperator for Scaled<'_, S, W, F>
where
    S: Concrete + Field,
    F: Jacobian<S, Work = W>,
{
    fn dim(&self) -> usize {
        self.unit.len()
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        for (i, (moved, v)) in self.moved.iter_mut().zip(self.v.iter_mut()).enumerate() {
            *moved = x[i] * self.unit[i];
            *v = S::real(*moved);
        }
        self.products += 1;
        let product = self.linearization.product(self.rhs, self.at, self.v, self.product);
        if let Err(failure) = product {
            // The iteration ends on what is no number.
            y.fill(f64::NAN);
            self.failure = Some(failure);
            return;
        }
        (self.take)(self.product, 0, y);
        let mass = self.rhs.mass();
        for (i, y) in y.iter_mut().enumerate() {
            let weight = row_weight(mass, self.c, i) / self.unit[i];
            *y = (self.c * row(mass, i, self.moved) - *y) * weight;
        }
    }
}

/// Row `i` of `M x`.
#[inline]
fn row(mass: Option<&Mass>, i: usize, x: &[f64]) -> f64 {
    match mass {
        None => x[i],
        Some(mass) => mass.row(i).iter().map(|&(j, m)| m * x[j]).sum(),
    }
}

/// Entry `i` of `C`.
#[inline]
pub(super) fn row_weight(mass: Option<&Mass>, c: f64, i: usize) -> f64 {
    if mass.is_some_and(|mass| mass.is_algebraic(i)) { c.abs() } else { 1.0 }
}

/// A preconditioner in the same scaling.
pub(super) struct ScaledPreconditioner<'a> {
    pub(super) prepared: &'a mut Prepared,
    pub(super) unit: &'a [f64],
    pub(super) mass: Option<&'a Mass>,
    pub(super) c: f64,
}

impl Preconditioner for ScaledPreconditioner<'_> {
    fn apply(&mut self, r: &mut [f64]) {
        if matches!(self.prepared, Prepared::Nothing) {
            return;
        }
        for (i, r) in r.iter_mut().enumerate() {
            *r *= self.unit[i] / row_weight(self.mass, self.c, i);
        }
        self.prepared.apply(r);
        for (r, unit) in r.iter_mut().zip(self.unit) {
            *r /= unit;
        }
    }
}
