use super::{ErkTableau, ExplicitRk, Interpolant};

/// Ralston's method: second order, two stages, fixed steps, with the smallest bound of the local
/// error among such methods.
///
/// Its interpolant is cubic Hermite, which meets the conditions up to order two.
///
/// # References
///
/// A. Ralston, *Runge–Kutta methods with minimum error bounds*, Math. Comp. 16 (1962) 431–437.
/// <https://doi.org/10.1090/S0025-5718-1962-0150954-0>
#[derive(Clone, Copy, Debug, Default)]
pub struct Ralston;

impl ExplicitRk for Ralston {
    const NAME: &'static str = "Ralston";
    const TABLEAU: ErkTableau = RALSTON;
}

const RALSTON: ErkTableau = ErkTableau {
    order: 2,
    c: &[2.0 / 3.0],
    a: &[&[2.0 / 3.0]],
    b: &[1.0 / 4.0, 3.0 / 4.0],
    e: &[],
    interpolant: Interpolant::Hermite,
}
.checked();
