use super::{EsdirkTableau, esdirk};

/// Kværnø's pair of orders 4 and 3 with four implicit stages, L-stable, stiffly accurate in both.
///
/// The solution of order 4 is advanced, so `γ` is the one that makes it L-stable,
/// `γ⁴ - 4γ³ + 3γ² - 2γ/3 + 1/24 = 0`; the paper's other value of `γ` belongs to advancing the one of
/// order 3. The coefficients are those of the paper's formulas in `γ`. Its last two stages agree
/// to third order, so they say nothing for an interpolant of fourth order: it is Hermite's cubic.
///
/// # References
///
/// A. Kværnø, *Singly diagonally implicit Runge–Kutta methods with an explicit first stage*, BIT 44
/// (2004) 489–502, the pair 4/3. <https://doi.org/10.1023/B:BITN.0000046811.70614.38>
#[derive(Clone, Copy, Debug, Default)]
pub struct Kvaerno4;

esdirk!(Kvaerno4, KVAERNO4);

const KVAERNO4: EsdirkTableau = EsdirkTableau {
    order: 4,
    gamma: 0.572_816_062_482_134_9,
    a: &[
        &[0.572_816_062_482_134_9],
        &[0.167_235_462_027_210_76, -0.142_946_536_857_034_12],
        &[0.262_603_290_252_695_8, -0.311_904_327_420_563_2, 0.476_484_974_685_732_5],
        &[
            0.197_216_548_312_835,
            0.176_843_783_906_372_18,
            0.815_442_181_350_838_5,
            -0.762_318_576_052_180_5,
        ],
    ],
    c: &[0.0, 1.145_632_124_964_269_8, 0.597_104_987_652_311_5, 1.0, 1.0],
    e: &[
        -0.065_386_741_939_860_83,
        0.488_748_111_326_935_35,
        0.338_957_206_665_106,
        -1.335_134_638_534_315_2,
        0.572_816_062_482_134_9,
    ],
    predictor: &[
        &[1.0],
        &[0.478_798_669_624_479_87, 0.521_201_330_375_520_1],
        &[-0.085_773_512_536_555_48, 0.641_133_676_497_843_5, 0.444_639_836_038_712_04],
        &[
            0.114_149_630_610_088_07,
            -0.853_237_441_019_172_8,
            -0.591_738_306_353_232_7,
            2.330_826_116_762_317,
        ],
    ],
    dense: &[],
};
