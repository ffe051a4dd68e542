//! The norm of an inverse, estimated by a few solves.

use crate::{Error, LinearSolve, Number};

/// A lower bound of `‖A⁻¹‖₁`, seldom off by more than a factor of three: N. J. Higham, ACM TOMS 14
/// (1988) 381, algorithm 4.1, which is LAPACK's `lacn2`; and Higham's test vector with alternating
/// signs against the rare matrices that deceive it.
pub(crate) fn inverse_norm<S: Number, L: LinearSolve<S> + ?Sized>(
    solver: &mut L,
) -> Result<f64, Error> {
    const MOST_ROUNDS: usize = 5;
    let n = solver.dim();
    if n == 0 {
        return Ok(0.0);
    }
    let mut x = vec![S::real(1.0 / n as f64); n];
    solver.solve_in_place(&mut x)?;
    let mut estimate = norm(&x);
    if n == 1 {
        return Ok(estimate);
    }
    let mut signs = vec![S::ZERO; n];
    let mut largest = None;
    for round in 0..MOST_ROUNDS {
        let mut changed = false;
        for (sign, &x) in signs.iter_mut().zip(&x) {
            let new = x.direction();
            changed |= (new - *sign).modulus() != 0.0;
            *sign = new;
        }
        if round > 0 && !changed {
            break;
        }
        // The gradient of ‖A⁻¹ x‖ with respect to x.
        adjoint_solve(solver, &signs, &mut x)?;
        let steepest = position_of_largest(&x);
        if largest.is_some_and(|last: usize| x[last].absolute() >= x[steepest].absolute()) {
            break;
        }
        largest = Some(steepest);
        x.fill(S::ZERO);
        x[steepest] = S::ONE;
        solver.solve_in_place(&mut x)?;
        let next = norm(&x);
        if round > 0 && next <= estimate {
            break;
        }
        estimate = estimate.max(next);
    }
    for (i, x) in x.iter_mut().enumerate() {
        let size = 1.0 + i as f64 / (n - 1) as f64;
        *x = S::real(if i % 2 == 0 { size } else { -size });
    }
    solver.solve_in_place(&mut x)?;
    Ok(estimate.max(2.0 * norm(&x) / (3.0 * n as f64)))
}

/// `Aᴴ x = b`, as the conjugate of `Aᵀ x̄ = b̄`.
fn adjoint_solve<S: Number, L: LinearSolve<S> + ?Sized>(
    solver: &mut L,
    b: &[S],
    x: &mut [S],
) -> Result<(), Error> {
    for (x, &b) in x.iter_mut().zip(b) {
        *x = b.conjugate();
    }
    solver.solve_transposed_in_place(x)?;
    for x in x {
        *x = x.conjugate();
    }
    Ok(())
}

fn norm<S: Number>(x: &[S]) -> f64 {
    x.iter().map(|x| x.absolute()).sum()
}

fn position_of_largest<S: Number>(x: &[S]) -> usize {
    let mut at = 0;
    for i in 1..x.len() {
        if x[i].absolute() > x[at].absolute() {
            at = i;
        }
    }
    at
}
