use super::{ArkTableau, ark};
use crate::{Esdirk, KenCarp4};

/// Kennedy and Carpenter's ARK4(3)6L\[2\]SA: fourth order, an L-stable ESDIRK method with five implicit stages
/// for the stiff part and an explicit one for the other.
///
/// ```
/// use ode_core::{OdeProblem, Options, solve};
/// use ode_stiff::Ark436;
/// use system::Split;
///
/// system::system! {
///     /// Fast relaxation of `y` towards `cos x`.
///     struct Relaxation;
///     state { x, y }
///     params { rate }
///     rhs(_t) {
///         d(x) = 0.0 * x;
///         d(y) = -rate * (y - x.cos());
///     }
/// }
/// system::system! {
///     /// A slow drift.
///     struct Drift;
///     state { x, y }
///     params { rate }
///     rhs(_t) {
///         d(x) = y;
///         d(y) = -x.sin() * y;
///     }
/// }
///
/// let split = Split::new(Relaxation, Drift)?;
/// let problem = OdeProblem::new(split, [0.0, 1.0], [1e6], (0.0, 1.0))?;
/// let solution = solve(&problem, Ark436, &Options::default())?;
/// // On the slow manifold y = cos x, so x' = cos x, and sin x = tanh t.
/// assert!((solution.last()[0].sin() - 1.0_f64.tanh()).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// C. A. Kennedy, M. H. Carpenter, *Additive Runge–Kutta schemes for convection–diffusion–reaction
/// equations*, Appl. Numer. Math. 44 (2003) 139–181. <https://doi.org/10.1016/S0168-9274(02)00138-1>
#[derive(Clone, Copy, Debug, Default)]
pub struct Ark436;

ark!(Ark436, ARK436);

const ARK436: ArkTableau = ArkTableau {
    implicit: KenCarp4::TABLEAU,
    explicit: &[
        &[0.5],
        &[0.221_776, 0.110_224],
        &[-0.048_846_595_153_118_58, -0.177_720_652_326_401, 0.846_567_247_479_519_6],
        &[
            -0.155_416_858_424_915_48,
            -0.356_705_009_822_199_1,
            1.058_725_879_868_442_7,
            0.303_395_988_378_671_93,
        ],
        &[
            0.201_424_350_672_676_33,
            0.008_742_057_842_904_185,
            0.159_939_957_071_681_15,
            0.403_829_060_522_077_5,
            0.226_064_573_890_660_84,
        ],
    ],
};
