use super::{ErkTableau, ExplicitRk, Interpolant};

/// The classical Runge–Kutta method: fourth order, four stages, fixed steps.
///
/// Its interpolant is cubic Hermite, of third order.
///
/// # References
///
/// W. Kutta, *Beitrag zur näherungsweisen Integration totaler Differentialgleichungen*, Z. Math.
/// Phys. 46 (1901) 435–453; Hairer, Nørsett, Wanner I, II.1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rk4;

impl ExplicitRk for Rk4 {
    const NAME: &'static str = "Rk4";
    const TABLEAU: ErkTableau = RK4;
}

const RK4: ErkTableau = ErkTableau {
    order: 4,
    c: &[0.5, 0.5, 1.0],
    a: &[&[0.5], &[0.0, 0.5], &[0.0, 0.0, 1.0]],
    b: &[1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0],
    e: &[],
    interpolant: Interpolant::Hermite,
}
.checked();
