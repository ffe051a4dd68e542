//! Stabilised bi-conjugate gradients.

use super::gmres::check_tolerances;
use super::operator::LinearOperator;
use super::preconditioner::Preconditioner;
use super::{Convergence, axpy, dot, norm, residual};
use crate::error::check_size;
use crate::{Error, ErrorKind};

/// Settings of BiCGStab.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BiCgStab {
    /// At most so many products with the matrix, checks of the residual included.
    pub max_products: usize,
    /// Done when `‖b - A x‖₂ ≤ max(rtol ‖b‖₂, atol)`.
    pub rtol: f64,
    /// See `rtol`.
    pub atol: f64,
}

impl Default for BiCgStab {
    fn default() -> Self {
        Self { max_products: 1000, rtol: 1e-10, atol: 0.0 }
    }
}

/// BiCGStab (van der Vorst 1992) with its memory of seven vectors, whatever the number of
/// iterations. Preconditioned from the right.
///
/// Where the recursion breaks down or its residual has drifted from the true one, it starts again
/// from the `x` reached, as long as that gains something.
///
/// ```
/// use linalg::{BiCgStab, BiCgStabSolver, Jacobi, MatrixOperator, Structure};
///
/// let (structure, values) = (Structure::Dense { n: 2 }, [4.0, 1.0, 2.0, 3.0]);
/// let mut diagonal = Jacobi::new(2);
/// diagonal.factor(&structure, &values)?;
/// let mut solver = BiCgStabSolver::new(2, BiCgStab::default())?;
/// let mut x = [0.0; 2];
/// let mut a = MatrixOperator::new(&structure, &values)?;
/// solver.solve(&mut a, &mut diagonal, &[8.0, 7.0], &mut x)?;
/// assert!((x[0] - 1.0).abs() < 1e-9 && (x[1] - 2.0).abs() < 1e-9);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BiCgStabSolver {
    options: BiCgStab,
    r: Vec<f64>,
    /// The residual at the start, to which the others are made orthogonal.
    shadow: Vec<f64>,
    p: Vec<f64>,
    v: Vec<f64>,
    t: Vec<f64>,
    preconditioned: Vec<f64>,
    best: Vec<f64>,
}

impl BiCgStabSolver {
    /// Memory for systems of `n` rows.
    ///
    /// # Errors
    ///
    /// Tolerances that are negative or NaN.
    pub fn new(n: usize, options: BiCgStab) -> Result<Self, Error> {
        check_tolerances("BiCgStab", options.rtol, options.atol)?;
        let zeros = || vec![0.0; n];
        Ok(Self {
            options,
            r: zeros(),
            shadow: zeros(),
            p: zeros(),
            v: zeros(),
            t: zeros(),
            preconditioned: zeros(),
            best: zeros(),
        })
    }

    /// The settings, which can be changed between solves.
    pub fn options_mut(&mut self) -> &mut BiCgStab {
        &mut self.options
    }

    /// Solves `A x = b`, starting from the `x` given. Allocates nothing.
    ///
    /// # Errors
    ///
    /// Wrong sizes. [`NotConverged`](ErrorKind::NotConverged) and
    /// [`Breakdown`](ErrorKind::Breakdown) carry the residual of the best `x` that was reached,
    /// which is left in `x`.
    pub fn solve<A: LinearOperator + ?Sized, M: Preconditioner + ?Sized>(
        &mut self,
        a: &mut A,
        m: &mut M,
        b: &[f64],
        x: &mut [f64],
    ) -> Result<Convergence, Error> {
        let n = self.r.len();
        check_size("the operator", n, a.dim())?;
        check_size("the right-hand side", n, b.len())?;
        check_size("the solution", n, x.len())?;
        let tolerance = (self.options.rtol * norm(b)).max(self.options.atol);
        let mut products = 0;
        let mut last = f64::INFINITY;
        loop {
            let size = residual(a, b, x, &mut self.r);
            products += 1;
            if size <= tolerance {
                return Ok(Convergence { products, residual: size });
            }
            let gained = size < 0.9 * last;
            if !size.is_finite() || size > last {
                if last.is_finite() {
                    x.copy_from_slice(&self.best);
                }
            } else {
                last = size;
                self.best.copy_from_slice(x);
            }
            let (method, iterations) = ("BiCGStab", products);
            let reached = if last.is_finite() { last } else { size };
            if products + 3 > self.options.max_products && reached.is_finite() {
                let residual = reached;
                return Err(
                    ErrorKind::NotConverged { method, iterations, residual, tolerance }.into()
                );
            }
            if !gained || !size.is_finite() {
                return Err(ErrorKind::Breakdown { method, iterations, residual: reached }.into());
            }
            self.run(a, m, x, size, tolerance, &mut products);
        }
    }

    /// Iterates until the recursive residual is small, the budget is spent, or a divisor vanishes.
    fn run<A: LinearOperator + ?Sized, M: Preconditioner + ?Sized>(
        &mut self,
        a: &mut A,
        m: &mut M,
        x: &mut [f64],
        size: f64,
        tolerance: f64,
        products: &mut usize,
    ) {
        let Self { options, r, shadow, p, v, t, preconditioned, .. } = self;
        // In units of the residual at the start, so that no product of two of them vanishes.
        r.iter_mut().for_each(|r| *r /= size);
        let tolerance = tolerance / size;
        shadow.copy_from_slice(r);
        p.copy_from_slice(r);
        let mut rho = dot(shadow, r);
        while *products + 3 <= options.max_products {
            preconditioned.copy_from_slice(p);
            m.apply(preconditioned);
            a.apply(preconditioned, v);
            *products += 1;
            let alpha = rho / dot(shadow, v);
            if !alpha.is_finite() {
                return;
            }
            axpy(size * alpha, preconditioned, x);
            axpy(-alpha, v, r);
            if norm(r) <= tolerance {
                return;
            }
            preconditioned.copy_from_slice(r);
            m.apply(preconditioned);
            a.apply(preconditioned, t);
            *products += 1;
            let omega = dot(t, r) / dot(t, t);
            if !omega.is_finite() || omega == 0.0 {
                return;
            }
            axpy(size * omega, preconditioned, x);
            axpy(-omega, t, r);
            let left = norm(r);
            let next = dot(shadow, r);
            if left <= tolerance || next.abs() <= f64::EPSILON * left {
                return;
            }
            let beta = next / rho * (alpha / omega);
            rho = next;
            for ((p, &v), &r) in p.iter_mut().zip(v.iter()).zip(r.iter()) {
                *p = r + beta * (*p - omega * v);
            }
        }
    }
}
