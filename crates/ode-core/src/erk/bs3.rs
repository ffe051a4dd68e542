use super::{ErkTableau, ExplicitRk, Interpolant};

/// Bogacki–Shampine 3(2): for loose tolerances, 1e-2 to 1e-4.
///
/// Third order, four stages, first-same-as-last; its cubic Hermite interpolant is of third order.
///
/// # References
///
/// P. Bogacki and L. F. Shampine, *A 3(2) pair of Runge–Kutta formulas*, Appl. Math. Lett. 2 (1989)
/// 321–325. <https://doi.org/10.1016/0893-9659(89)90079-7>
#[derive(Clone, Copy, Debug, Default)]
pub struct Bs3;

impl ExplicitRk for Bs3 {
    const NAME: &'static str = "Bs3";
    const TABLEAU: ErkTableau = BS3;
}

const BS3: ErkTableau = ErkTableau {
    order: 3,
    c: &[1.0 / 2.0, 3.0 / 4.0, 1.0],
    a: &[&[1.0 / 2.0], &[0.0, 3.0 / 4.0], &[2.0 / 9.0, 1.0 / 3.0, 4.0 / 9.0]],
    b: &[2.0 / 9.0, 1.0 / 3.0, 4.0 / 9.0, 0.0],
    e: &[-5.0 / 72.0, 1.0 / 12.0, 1.0 / 9.0, -1.0 / 8.0],
    interpolant: Interpolant::Hermite,
}
.checked();
