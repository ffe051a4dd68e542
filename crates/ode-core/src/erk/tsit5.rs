use super::{ErkTableau, ExplicitRk, Interpolant};

/// Tsitouras 5(4): the default for non-stiff problems down to tolerances of about 1e-6.
///
/// Fifth order, seven stages, first-same-as-last, with a free fourth-order interpolant.
///
/// # References
///
/// Ch. Tsitouras, *Runge–Kutta pairs of order 5(4) satisfying only the first column simplifying
/// assumption*, Comput. Math. Appl. 62 (2011) 770–775.
/// <https://doi.org/10.1016/j.camwa.2011.06.002>. The interpolant, printed there in powers of `θ`, is
/// cubic Hermite and one quartic term.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tsit5;

impl ExplicitRk for Tsit5 {
    const NAME: &'static str = "Tsit5";
    const TABLEAU: ErkTableau = TSIT5;
}

const TSIT5: ErkTableau = ErkTableau {
    order: 5,
    c: &[0.161, 0.327, 0.9, 0.9800255409045097, 1.0, 1.0],
    a: &[
        &[0.161],
        &[-0.008480655492356989, 0.335480655492357],
        &[2.8971530571054935, -6.359448489975075, 4.3622954328695815],
        &[5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
        &[
            5.86145544294642,
            -12.92096931784711,
            8.159367898576159,
            -0.071584973281401,
            -0.028269050394068383,
        ],
        &B,
    ],
    b: &[B[0], B[1], B[2], B[3], B[4], B[5], 0.0],
    e: &[
        -0.001780011052225777,
        -0.0008164344596567469,
        0.007880878010261995,
        -0.1447110071732629,
        0.5823571654525552,
        -0.45808210592918697,
        0.015151515151515152,
    ],
    interpolant: Interpolant::HermitePlusQuartic {
        d: &[
            -1.0530884977290216,
            0.1017,
            2.490627285651253,
            -16.548102889244902,
            47.37952196281928,
            -34.87065786149661,
            2.5,
        ],
    },
}
.checked();

const B: [f64; 6] = [
    0.09646076681806523,
    0.01,
    0.4798896504144996,
    1.379008574103742,
    -3.290069515436081,
    2.324710524099774,
];
