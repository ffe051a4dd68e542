use super::{EsdirkTableau, esdirk};

/// The trapezoidal rule to `t + (2 - √2) dt`, then the second backward difference formula: second
/// order, L-stable, two stages with one matrix, for loose tolerances.
///
/// Its interpolant is of third order as far as the derivatives of its stages are.
///
/// # References
///
/// M. E. Hosea, L. F. Shampine, *Analysis and implementation of TR-BDF2*, Appl. Numer. Math. 20 (1996)
/// 21–37. <https://doi.org/10.1016/0168-9274(95)00115-8>
#[derive(Clone, Copy, Debug, Default)]
pub struct TrBdf2;

esdirk!(TrBdf2, TR_BDF2);

const TR_BDF2: EsdirkTableau = EsdirkTableau {
    order: 2,
    gamma: 0.292_893_218_813_452_5,
    a: &[&[0.292_893_218_813_452_5], &[0.353_553_390_593_273_8, 0.353_553_390_593_273_8]],
    c: &[0.0, 0.585_786_437_626_905, 1.0],
    e: &[0.138_071_187_457_698_36, -0.333_333_333_333_333_3, 0.195_262_145_875_634_98],
    predictor: &[&[1.0], &[-0.707_106_781_186_547_6, 1.707_106_781_186_547_5]],
    dense: &[],
};
