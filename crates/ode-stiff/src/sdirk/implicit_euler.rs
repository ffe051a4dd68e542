use super::{EsdirkTableau, esdirk};

/// Implicit Euler: first order, L-stable, the most robust method there is.
///
/// The error is estimated by the difference to the trapezoidal rule, `dt/2 (k₂ - k₁)`, a divided
/// difference of the derivatives at both ends of the step.
///
/// # References
///
/// Hairer, Wanner II, IV.3.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImplicitEuler;

esdirk!(ImplicitEuler, IMPLICIT_EULER);

const IMPLICIT_EULER: EsdirkTableau = EsdirkTableau {
    order: 1,
    gamma: 1.0,
    a: &[&[0.0]],
    c: &[0.0, 1.0],
    e: &[-0.5, 0.5],
    predictor: &[&[1.0]],
    dense: &[],
};
