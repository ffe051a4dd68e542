use super::{Splitting, method::symplectic};

/// The symplectic Euler method: first order, one force per step.
///
/// `pₙ₊₁ = pₙ + dt f(qₙ)`, `qₙ₊₁ = qₙ + dt v(pₙ₊₁)`: kick, then drift.
///
/// # References
///
/// R. de Vogelaere, *Methods of integration which preserve the contact transformation property of
/// the Hamiltonian equations*, Report 4, Univ. Notre Dame (1956); Hairer, Lubich, Wanner, *Geometric
/// Numerical Integration*, 2nd ed. (2006), I.1.2, VI.3.
#[derive(Clone, Copy, Debug, Default)]
pub struct SymplecticEuler;

symplectic!(SymplecticEuler, Splitting { order: 1, nystrom: false, kicks: &[1.0], drifts: &[1.0] });
