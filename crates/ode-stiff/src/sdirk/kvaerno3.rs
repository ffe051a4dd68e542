use super::{EsdirkTableau, esdirk};

/// Kværnø's pair of orders 3 and 2 with three implicit stages, L-stable, stiffly accurate in both.
///
/// # References
///
/// A. Kværnø, *Singly diagonally implicit Runge–Kutta methods with an explicit first stage*, BIT 44
/// (2004) 489–502, the pair 3/2. <https://doi.org/10.1023/B:BITN.0000046811.70614.38>
#[derive(Clone, Copy, Debug, Default)]
pub struct Kvaerno3;

esdirk!(Kvaerno3, KVAERNO3);

const KVAERNO3: EsdirkTableau = EsdirkTableau {
    order: 3,
    gamma: 0.435_866_521_508_459,
    a: &[
        &[0.435_866_521_508_459],
        &[0.490_563_388_421_780_54, 0.073_570_090_069_760_42],
        &[0.308_809_969_976_746_53, 1.490_563_388_421_780_6, -1.235_239_879_906_986_1],
    ],
    c: &[0.0, 0.871_733_043_016_918, 1.0, 1.0],
    e: &[
        -0.181_753_418_445_034_04,
        1.416_993_298_352_020_1,
        -1.671_106_401_415_445,
        0.435_866_521_508_459,
    ],
    predictor: &[
        &[1.0],
        &[-0.147_140_180_139_520_85, 1.147_140_180_139_521],
        &[0.416_993_298_352_020_15, -3.250_979_895_056_060_4, 3.833_986_596_704_040_3],
    ],
    dense: &[],
};
