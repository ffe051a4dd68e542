use super::{EsdirkTableau, esdirk};

/// Kennedy and Carpenter's ESDIRK3(2)4L\[2\]SA: third order, L-stable, three implicit stages.
///
/// The implicit half of their additive method; [`Ark324`](crate::Ark324) is the whole.
///
/// # References
///
/// C. A. Kennedy, M. H. Carpenter, *Additive Runge–Kutta schemes for convection–diffusion–reaction
/// equations*, Appl. Numer. Math. 44 (2003) 139–181. <https://doi.org/10.1016/S0168-9274(02)00138-1>
#[derive(Clone, Copy, Debug, Default)]
pub struct KenCarp3;

esdirk!(KenCarp3, KEN_CARP3);

const KEN_CARP3: EsdirkTableau = EsdirkTableau {
    order: 3,
    gamma: 0.435_866_521_508_459,
    a: &[
        &[0.435_866_521_508_459],
        &[0.257_648_246_066_427_2, -0.093_514_767_574_886_25],
        &[0.187_641_024_346_723_83, -0.595_297_473_576_955, 0.971_789_927_721_772_1],
    ],
    c: &[0.0, 0.871_733_043_016_918, 0.6, 1.0],
    e: &[
        -0.027_099_261_876_665_316,
        -0.110_135_209_692_015_86,
        0.103_064_925_201_384_58,
        0.034_169_546_367_296_6,
    ],
    predictor: &[
        &[1.0],
        &[0.311_715_891_916_287_46, 0.688_284_108_083_712_5],
        &[0.098_093_453_426_347_25, 1.688_628_173_303_311_3, -0.786_721_626_729_658_5],
    ],
    dense: &[],
};
