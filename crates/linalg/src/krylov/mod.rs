//! Iterative methods for matrices that are only multiplied with.

pub(crate) mod bicgstab;
pub(crate) mod gmres;
pub(crate) mod ilu0;
pub(crate) mod ilut;
pub(crate) mod operator;
pub(crate) mod preconditioner;

use crate::lu::substitution::minus_dot;
use operator::LinearOperator;

/// How an iteration ended well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convergence {
    /// Products with the matrix.
    pub products: usize,
    /// `‖b - A x‖₂`, computed from the final `x`.
    pub residual: f64,
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    -minus_dot(0.0, a, b)
}

/// `‖x‖₂`, also where squares overflow or vanish.
pub(crate) fn norm(x: &[f64]) -> f64 {
    let square = dot(x, x);
    if (1e-280..1e280).contains(&square) {
        return square.sqrt();
    }
    let largest = x.iter().fold(0.0f64, |m, v| if v.is_nan() { *v } else { m.max(v.abs()) });
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * x.iter().map(|v| (v / largest).powi(2)).sum::<f64>().sqrt()
}

pub(crate) fn axpy(factor: f64, x: &[f64], y: &mut [f64]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y += factor * x;
    }
}

/// `r = b - A x` and its norm.
fn residual<A: LinearOperator + ?Sized>(a: &mut A, b: &[f64], x: &[f64], r: &mut [f64]) -> f64 {
    a.apply(x, r);
    for (r, &b) in r.iter_mut().zip(b) {
        *r = b - *r;
    }
    norm(r)
}
