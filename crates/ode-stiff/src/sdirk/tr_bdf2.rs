use super::{EsdirkTableau, esdirk};
use std::f64::consts::SQRT_2;

/// The trapezoidal rule to `t + (2 - √2) dt`, then the second backward difference formula: second
/// order, L-stable, two stages with one matrix, for loose tolerances.
///
/// Its interpolant is Hermite's cubic.
///
/// # References
///
/// M. E. Hosea, L. F. Shampine, *Analysis and implementation of TR-BDF2*, Appl. Numer. Math. 20 (1996)
/// 21–37. <https://doi.org/10.1016/0168-9274(95)00115-8>
#[derive(Clone, Copy, Debug, Default)]
pub struct TrBdf2;

esdirk!(TrBdf2, TR_BDF2);

/// Hosea and Shampine's `d` and `w`.
const D: f64 = 1.0 - SQRT_2 / 2.0;
const W: f64 = SQRT_2 / 4.0;

const TR_BDF2: EsdirkTableau = EsdirkTableau {
    order: 2,
    gamma: D,
    a: &[&[D], &[W, W]],
    c: &[0.0, 2.0 * D, 1.0],
    e: &[W - (1.0 - W) / 3.0, W - (3.0 * W + 1.0) / 3.0, 2.0 * D / 3.0],
    // The slope at the end of the parabola through what is known at the first two stages.
    predictor: &[&[1.0], &[-SQRT_2 / 2.0, 1.0 + SQRT_2 / 2.0]],
    dense: &[],
};
