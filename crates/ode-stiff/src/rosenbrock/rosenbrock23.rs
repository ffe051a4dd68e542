use super::{RosenbrockTableau, rosenbrock};
use std::f64::consts::SQRT_2;

/// Shampine and Reichelt's pair of orders 2 and 3, L-stable: for loose tolerances.
///
/// Three stages, of which the last is the first of the next step. Its interpolant is of second
/// order. The known method of `ode23s`.
///
/// # References
///
/// L. F. Shampine, M. W. Reichelt, *The MATLAB ODE suite*, SIAM J. Sci. Comput. 18 (1997) 1–22.
/// <https://doi.org/10.1137/S1064827594276424>
#[derive(Clone, Copy, Debug, Default)]
pub struct Rosenbrock23;

rosenbrock!(Rosenbrock23, ROSENBROCK23);

/// `γ = 1 / (2 + √2)`; in their words `d`, and `U₁ = h γ k₁`, `U₂ = h γ (k₂ - k₁)`,
/// `U₃ = h γ (k₃ - e₃₂ (k₂ - F₁) - 2 (k₁ - F₀) …)`.
const GAMMA: f64 = 1.0 / (2.0 + SQRT_2);
const E32: f64 = 6.0 + SQRT_2;

const ROSENBROCK23: RosenbrockTableau = RosenbrockTableau {
    order: 2,
    gamma: GAMMA,
    a: &[&[0.5 / GAMMA], &[1.0 / GAMMA, 1.0 / GAMMA]],
    coupling: &[&[-1.0 / GAMMA], &[-2.0 / GAMMA, -E32 / GAMMA]],
    c: &[0.0, 0.5, 1.0],
    d: &[GAMMA, 0.0, -GAMMA],
    b: &[1.0 / GAMMA, 1.0 / GAMMA, 0.0],
    // The solution of order three is u + h / 6 (k₁ + 4 k₂ + k₃).
    e: &[-1.0 / (6.0 * GAMMA), (2.0 - E32) / (6.0 * GAMMA), -1.0 / (6.0 * GAMMA)],
    dense: &[&[0.0, -1.0 / (GAMMA * (1.0 - 2.0 * GAMMA)), 0.0]],
};
