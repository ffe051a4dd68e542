use super::{RosenbrockTableau, rosenbrock};

/// Lang and Verwer's method of third order with three stages, A-stable, without order reduction on
/// parabolic problems: for loose tolerances.
///
/// Two of its stages share one evaluation point. Its interpolant, made of its stages, is of second
/// order. It is not L-stable: what is infinitely stiff shrinks by 0.73 a step only.
///
/// **Another error estimate** than the published one, which is `(k₁ - k₂) / 3`: on linear problems
/// those two are equal, and any step would be accepted. Ours adds a fourth stage at the end of the
/// step, whose right-hand side is the first of the next step, such that the embedded solution is of
/// second order on every problem and the estimate is that of the paper where the problem is not
/// linear.
///
/// # References
///
/// J. Lang, J. Verwer, *ROS3P: an accurate third-order Rosenbrock solver designed for parabolic
/// problems*, BIT 41 (2001) 731–738. <https://doi.org/10.1023/A:1021900219772>
#[derive(Clone, Copy, Debug, Default)]
pub struct Ros3P;

rosenbrock!(Ros3P, ROS3P);

const SQRT_3: f64 = 1.732_050_807_568_877_2;
/// `γ = 1/2 + √3/6`.
const GAMMA: f64 = 0.5 + SQRT_3 / 6.0;
const INVERSE: f64 = 1.0 / GAMMA;

const ROS3P: RosenbrockTableau = RosenbrockTableau {
    order: 3,
    gamma: GAMMA,
    a: &[&[INVERSE], &[INVERSE, 0.0], &[2.0, 1.0 / SQRT_3, INVERSE / 3.0]],
    coupling: &[&[-INVERSE * INVERSE], &[-INVERSE * (1.0 + SQRT_3), -SQRT_3], &[0.0, 0.0, 0.0]],
    c: &[0.0, 1.0, 1.0, 1.0],
    d: &[GAMMA, GAMMA - 1.0, 0.5 - 2.0 * GAMMA, GAMMA],
    b: &[2.0, 1.0 / SQRT_3, INVERSE / 3.0, 0.0],
    // Of the third-order conditions, the embedded solution misses each by its whole size.
    e: &[-INVERSE / 3.0, 0.0, -2.0 * INVERSE / 3.0, 1.0 - SQRT_3],
    // The conditions up to order two leave one degree of freedom, which the conditions of order three
    // are met best with.
    dense: &[&[0.958_548_115_672_619_3, -0.154_700_538_379_251_9, 0.732_050_807_568_877_2, 0.0]],
};
