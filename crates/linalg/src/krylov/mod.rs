//! Iterative methods for matrices that are only multiplied with.

pub(crate) mod bicgstab;
pub(crate) mod gmres;
pub(crate) mod ilu0;
pub(crate) mod ilut;
pub(crate) mod operator;
pub(crate) mod preconditioner;
mod sweeps;

use operator::LinearOperator;
pub(crate) use sweeps::{axpy, axpy_dot, dot, norm, norm_of_square, scale};

/// How an iteration ended well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convergence {
    /// Products with the matrix.
    pub products: usize,
    /// `‖b - A x‖₂`, computed from the final `x`.
    pub residual: f64,
}

/// `r = b - A x` and its norm.
fn residual<A: LinearOperator + ?Sized>(a: &mut A, b: &[f64], x: &[f64], r: &mut [f64]) -> f64 {
    a.apply(x, r);
    for (r, &b) in r.iter_mut().zip(b) {
        *r = b - *r;
    }
    norm(r)
}
