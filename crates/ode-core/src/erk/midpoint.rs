use super::{ErkTableau, ExplicitRk, Interpolant};

/// The explicit midpoint rule: second order, two stages, fixed steps.
///
/// # References
///
/// C. Runge, *Über die numerische Auflösung von Differentialgleichungen*, Math. Ann. 46 (1895)
/// 167–178; Hairer, Nørsett, Wanner I, II.1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Midpoint;

impl ExplicitRk for Midpoint {
    const NAME: &'static str = "Midpoint";
    const TABLEAU: ErkTableau = MIDPOINT;
}

const MIDPOINT: ErkTableau = ErkTableau {
    order: 2,
    c: &[0.5],
    a: &[&[0.5]],
    b: &[0.0, 1.0],
    e: &[],
    interpolant: Interpolant::Hermite,
}
.checked();
