use super::{EsdirkTableau, esdirk};

/// The trapezoidal rule: second order, A-stable, without damping, for fixed steps.
///
/// Stiff components do not decay but oscillate: `R(∞) = -1`. (An error estimate would need the steps
/// before; [`TrBdf2`](crate::TrBdf2) has both.)
///
/// # References
///
/// Hairer, Wanner II, IV.3.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trapezoid;

esdirk!(Trapezoid, TRAPEZOID);

const TRAPEZOID: EsdirkTableau = EsdirkTableau {
    order: 2,
    gamma: 0.5,
    a: &[&[0.5]],
    c: &[0.0, 1.0],
    e: &[],
    predictor: &[&[1.0]],
    dense: &[],
};
