//! Generalised minimal residuals.

use super::operator::LinearOperator;
use super::preconditioner::Preconditioner;
use super::{Convergence, axpy, axpy_dot, dot, norm, norm_of_square, residual, scale};
use crate::error::check_size;
use crate::{Error, ErrorKind};

/// From which side a preconditioner acts: see [`Preconditioner`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// `M⁻¹ A x = M⁻¹ b`.
    Left,
    /// `A M⁻¹ y = b`, `x = M⁻¹ y`.
    #[default]
    Right,
}

/// Settings of restarted GMRES.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gmres {
    /// Vectors kept until a restart.
    pub restart: usize,
    /// At most so many products with the matrix, checks of the residual included.
    pub max_products: usize,
    /// Done when `‖b - A x‖₂ ≤ max(rtol ‖b‖₂, atol)`; from the left the norms of `M⁻¹` times
    /// that.
    pub rtol: f64,
    /// See `rtol`.
    pub atol: f64,
    /// Where the preconditioner acts.
    pub side: Side,
}

impl Default for Gmres {
    fn default() -> Self {
        Self { restart: 30, max_products: 500, rtol: 1e-10, atol: 0.0, side: Side::Right }
    }
}

/// Restarted GMRES (Saad, Schultz 1986) with its memory: `restart + 2` vectors.
///
/// The basis is made orthogonal by modified Gram–Schmidt, with which the method is backward stable (Paige,
/// Rozložník, Strakoš 2006), a second time where three digits are lost (Brown, Hindmarsh 1989), and the small least-squares problem is carried along by Givens rotations. Whether it has
/// converged is decided by a residual computed from `x`.
///
/// ```
/// use linalg::{FromFn, Gmres, GmresSolver, Identity};
///
/// // The second difference, never stored.
/// let mut a = FromFn::new(50, |x: &[f64], y: &mut [f64]| {
///     for i in 0..50 {
///         let left = if i > 0 { x[i - 1] } else { 0.0 };
///         let right = if i < 49 { x[i + 1] } else { 0.0 };
///         y[i] = 2.0 * x[i] - left - right;
///     }
/// });
/// let mut solver = GmresSolver::new(50, Gmres { restart: 50, ..Gmres::default() })?;
/// let mut x = vec![0.0; 50];
/// let done = solver.solve(&mut a, &mut Identity, &vec![1.0; 50], &mut x)?;
/// assert!(done.products <= 27); // the right-hand side is symmetric
/// assert!((x[24] - 25.0 * 26.0 / 2.0).abs() < 1e-6);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GmresSolver {
    options: Gmres,
    n: usize,
    /// `restart + 1` orthonormal vectors, one after the other.
    basis: Vec<f64>,
    /// The triangle that the rotations leave, by columns of `restart + 1`.
    triangle: Vec<f64>,
    rotations: Vec<(f64, f64)>,
    /// The rotated right-hand side of the small problem.
    small: Vec<f64>,
    preconditioned: Vec<f64>,
}

impl GmresSolver {
    /// Memory for systems of `n` rows.
    ///
    /// # Errors
    ///
    /// No vectors to keep; tolerances that are negative or NaN.
    pub fn new(n: usize, options: Gmres) -> Result<Self, Error> {
        check_tolerances("Gmres", options.rtol, options.atol)?;
        if options.restart == 0 {
            let must = "at least 1";
            return Err(ErrorKind::Option { name: "Gmres.restart", value: 0.0, must }.into());
        }
        // More than n vectors are never needed.
        let m = options.restart.min(n.max(1));
        Ok(Self {
            options: Gmres { restart: m, ..options },
            n,
            basis: vec![0.0; (m + 1) * n],
            triangle: vec![0.0; (m + 1) * m],
            rotations: vec![(1.0, 0.0); m],
            small: vec![0.0; m + 1],
            preconditioned: vec![0.0; n],
        })
    }

    /// The settings. Tolerances, the side and the budget can be changed between solves; a
    /// `restart` above the one that memory was taken for has no effect.
    pub fn options_mut(&mut self) -> &mut Gmres {
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
        check_size("the operator", self.n, a.dim())?;
        check_size("the right-hand side", self.n, b.len())?;
        check_size("the solution", self.n, x.len())?;
        let left = self.options.side == Side::Left;
        let n = self.n;
        let tolerance = {
            self.preconditioned.copy_from_slice(b);
            if left {
                m.apply(&mut self.preconditioned);
            }
            (self.options.rtol * norm(&self.preconditioned)).max(self.options.atol)
        };
        let mut products = 0;
        let mut last = f64::INFINITY;
        loop {
            let mut size = residual(a, b, x, &mut self.basis[..n]);
            products += 1;
            if left {
                m.apply(&mut self.basis[..n]);
                size = norm(&self.basis[..n]);
            }
            if size <= tolerance {
                return Ok(Convergence { products, residual: size });
            }
            let iterations = products;
            let failed = |residual| ErrorKind::Breakdown { method: "GMRES", iterations, residual };
            if !size.is_finite() {
                if last.is_finite() {
                    // The last correction spoilt it.
                    axpy(-1.0, &self.preconditioned, x);
                }
                return Err(failed(if last.is_finite() { last } else { size }).into());
            }
            if size >= last * (1.0 - 1e-12) && size > 0.0 {
                return Err(failed(size).into());
            }
            if products + 1 >= self.options.max_products {
                return Err(ErrorKind::NotConverged {
                    method: "GMRES",
                    iterations,
                    residual: size,
                    tolerance,
                }
                .into());
            }
            last = size;
            let room = self.options.max_products - products - 1; // one to check
            let steps = self.cycle(a, m, size, tolerance, room);
            products += steps.taken;
            if !self.correct(m, steps.used, x) {
                return Err(failed(size).into());
            }
        }
    }

    /// Solves `A x = b` from `x = 0` as far as the settings ask, at the least cost: the residual is that
    /// of the small problem and not computed from `x`, so that a cycle that suffices takes no product
    /// beside those of its basis. For inexact Newton methods. Allocates nothing.
    ///
    /// # Errors
    ///
    /// As [`solve`](GmresSolver::solve).
    pub fn solve_roughly<A: LinearOperator + ?Sized, M: Preconditioner + ?Sized>(
        &mut self,
        a: &mut A,
        m: &mut M,
        b: &[f64],
        x: &mut [f64],
    ) -> Result<Convergence, Error> {
        check_size("the operator", self.n, a.dim())?;
        check_size("the right-hand side", self.n, b.len())?;
        check_size("the solution", self.n, x.len())?;
        let left = self.options.side == Side::Left;
        let n = self.n;
        x.fill(0.0);
        self.basis[..n].copy_from_slice(b);
        let mut products = 0;
        let mut tolerance = None;
        loop {
            if left {
                m.apply(&mut self.basis[..n]);
            }
            let size = norm(&self.basis[..n]);
            let limit = (self.options.rtol * size).max(self.options.atol);
            let tolerance = *tolerance.get_or_insert(limit);
            if size <= tolerance {
                return Ok(Convergence { products, residual: size });
            }
            let failed = |iterations, residual| -> Error {
                ErrorKind::Breakdown { method: "GMRES", iterations, residual }.into()
            };
            if !size.is_finite() {
                return Err(failed(products, size));
            }
            let room = self.options.max_products.saturating_sub(products);
            let steps = self.cycle(a, m, size, tolerance, room);
            products += steps.taken;
            let left_over = self.small[steps.used].abs();
            if !self.correct(m, steps.used, x) {
                return Err(failed(products, size));
            }
            if left_over <= tolerance {
                return Ok(Convergence { products, residual: left_over });
            }
            if left_over >= size * (1.0 - 1e-12) {
                return Err(failed(products, left_over));
            }
            if products + 1 >= self.options.max_products {
                return Err(ErrorKind::NotConverged {
                    method: "GMRES",
                    iterations: products,
                    residual: left_over,
                    tolerance,
                }
                .into());
            }
            residual(a, b, x, &mut self.basis[..n]);
            products += 1;
        }
    }

    /// Builds the basis from the residual that stands in its first vector, until the small problem
    /// says that it suffices.
    fn cycle<A: LinearOperator + ?Sized, M: Preconditioner + ?Sized>(
        &mut self,
        a: &mut A,
        m: &mut M,
        size: f64,
        tolerance: f64,
        room: usize,
    ) -> Steps {
        let Self { options, n, basis, triangle, rotations, small, preconditioned } = self;
        let n = *n;
        let height = small.len();
        let most = options.restart.min(height - 1).min(room);
        scale(&mut basis[..n], size);
        small.fill(0.0);
        small[0] = size;
        for k in 0..most {
            let (known, next) = basis.split_at_mut((k + 1) * n);
            let next = &mut next[..n];
            if m.is_identity() {
                a.apply(&known[k * n..], next);
            } else if options.side == Side::Left {
                a.apply(&known[k * n..], next);
                m.apply(next);
            } else {
                preconditioned.copy_from_slice(&known[k * n..]);
                m.apply(preconditioned);
                a.apply(preconditioned, next);
            }
            let h = &mut triangle[k * height..(k + 1) * height];
            let after = orthogonalize(next, known, h);
            let before = norm(&h[..k + 2]);
            if !before.is_finite() {
                return Steps { taken: k + 1, used: k };
            }
            for (i, &(c, s)) in rotations[..k].iter().enumerate() {
                (h[i], h[i + 1]) = (c * h[i] + s * h[i + 1], c * h[i + 1] - s * h[i]);
            }
            let invariant = after <= f64::EPSILON * before;
            let below = if invariant { 0.0 } else { after };
            let length = h[k].hypot(below);
            if length <= f64::EPSILON * before {
                // The new direction adds nothing: the operator is singular on this space.
                return Steps { taken: k + 1, used: k };
            }
            let (c, s) = (h[k] / length, below / length);
            rotations[k] = (c, s);
            h[k] = length;
            (small[k], small[k + 1]) = (c * small[k], -s * small[k]);
            if invariant || small[k + 1].abs() <= tolerance {
                return Steps { taken: k + 1, used: k + 1 };
            }
            scale(next, after);
        }
        Steps { taken: most, used: most }
    }

    /// Adds the best combination of the first `used` vectors to `x`; `false` if there is none. The
    /// correction is left in `preconditioned`.
    fn correct<M: Preconditioner + ?Sized>(
        &mut self,
        m: &mut M,
        used: usize,
        x: &mut [f64],
    ) -> bool {
        let Self { options, n, basis, triangle, small, preconditioned, .. } = self;
        let height = small.len();
        for k in (0..used).rev() {
            let h = &triangle[k * height..];
            small[k] /= h[k];
            let y = small[k];
            axpy(-y, &h[..k], &mut small[..k]);
        }
        preconditioned.fill(0.0);
        for (v, &y) in basis.chunks_exact((*n).max(1)).zip(&small[..used]) {
            axpy(y, v, preconditioned);
        }
        if options.side == Side::Right {
            m.apply(preconditioned);
        }
        if used == 0 || !norm(preconditioned).is_finite() {
            return false;
        }
        axpy(1.0, preconditioned, x);
        true
    }
}

/// What orthogonality may cost before it is looked after once more: so many digits are lost with it.
const CANCELLED: f64 = 1e-3;

/// Makes `next` orthogonal to the vectors `known` by modified Gram–Schmidt. Its parts along them, and then
/// what is left of its norm, are put into `h`, zeros behind them.
fn orthogonalize(next: &mut [f64], known: &[f64], h: &mut [f64]) -> f64 {
    let n = next.len().max(1);
    let (along, rest) = h.split_at_mut(known.len() / n);
    along.fill(0.0);
    rest.fill(0.0);
    let mut left = 0.0;
    for _ in 0..2 {
        let mut vectors = known.chunks_exact(n).zip(along.iter_mut()).peekable();
        let mut part = vectors.peek().map_or(0.0, |(v, _)| dot(v, next));
        // Each sweep takes away one part and finds the next; the last one finds the norm.
        while let Some((v, h)) = vectors.next() {
            *h += part;
            part = axpy_dot(-part, v, next, vectors.peek().map(|(v, _)| *v));
        }
        left = norm_of_square(next, part);
        if left.is_nan() || left >= CANCELLED * norm(along) {
            break;
        }
    }
    rest[0] = left;
    left
}

/// How far a cycle came.
struct Steps {
    /// Products that were made.
    taken: usize,
    /// Vectors that can be used.
    used: usize,
}

pub(super) fn check_tolerances(method: &str, rtol: f64, atol: f64) -> Result<(), Error> {
    let names = if method == "Gmres" {
        ["Gmres.rtol", "Gmres.atol"]
    } else {
        ["BiCgStab.rtol", "BiCgStab.atol"]
    };
    for (name, value) in names.into_iter().zip([rtol, atol]) {
        if value.is_nan() || value < 0.0 {
            return Err(ErrorKind::Option { name, value, must: "a number from 0 on" }.into());
        }
    }
    Ok(())
}
