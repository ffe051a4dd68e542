use super::{ArkTableau, ark};
use crate::{Esdirk, KenCarp5};

/// Kennedy and Carpenter's ARK5(4)8L\[2\]SA: fifth order, an L-stable ESDIRK method with seven implicit stages
/// for the stiff part and an explicit one for the other.
///
/// # References
///
/// C. A. Kennedy, M. H. Carpenter, *Additive Runge–Kutta schemes for convection–diffusion–reaction
/// equations*, Appl. Numer. Math. 44 (2003) 139–181. <https://doi.org/10.1016/S0168-9274(02)00138-1>
#[derive(Clone, Copy, Debug, Default)]
pub struct Ark548;

ark!(Ark548, ARK548);

const ARK548: ArkTableau = ArkTableau {
    implicit: KenCarp5::TABLEAU,
    explicit: &[
        &[0.41],
        &[0.177_535_207_775_809_92, 0.082_394_376_672_570_23],
        &[0.122_623_079_029_768_95, 0.0, 0.075_527_407_662_734_68],
        &[2.290_177_649_493_812_4, 0.0, 11.244_925_765_143_737, -12.615_103_414_637_549],
        &[
            0.402_944_517_834_767_9,
            0.0,
            1.354_012_380_018_145_4,
            -1.485_700_898_840_606_2,
            -0.031_255_999_012_307_065,
        ],
        &[
            1.464_138_443_084_407_8,
            0.0,
            7.230_468_679_858_015,
            -7.844_607_122_942_423,
            -0.125,
            -0.125,
        ],
        &[
            -1.674_808_004_997_764_3,
            0.0,
            -6.389_438_645_559_299,
            14.692_200_676_518_024,
            0.094_666_234_325_682_7,
            -7.211_157_327_652_86,
            1.488_537_067_366_217_7,
        ],
    ],
};
