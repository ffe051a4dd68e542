use super::{ArkTableau, ark};
use crate::{Esdirk, KenCarp3};

/// Kennedy and Carpenter's ARK3(2)4L\[2\]SA: third order, an L-stable ESDIRK method with three implicit stages
/// for the stiff part and an explicit one for the other.
///
/// # References
///
/// C. A. Kennedy, M. H. Carpenter, *Additive Runge–Kutta schemes for convection–diffusion–reaction
/// equations*, Appl. Numer. Math. 44 (2003) 139–181. <https://doi.org/10.1016/S0168-9274(02)00138-1>
#[derive(Clone, Copy, Debug, Default)]
pub struct Ark324;

ark!(Ark324, ARK324);

const ARK324: ArkTableau = ArkTableau {
    implicit: KenCarp3::TABLEAU,
    explicit: &[
        &[0.871_733_043_016_918],
        &[0.527_589_011_976_300_4, 0.072_410_988_023_699_6],
        &[0.399_096_007_676_070_1, -0.437_557_654_613_519_4, 1.038_461_646_937_449_2],
    ],
};
