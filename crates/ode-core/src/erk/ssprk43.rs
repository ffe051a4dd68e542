use super::{ErkTableau, ExplicitRk, Interpolant};

/// The strong-stability-preserving 3(2) pair with four stages: third order, SSP coefficient 2.
///
/// A norm or a total variation that Euler's method does not increase with steps up to `h` is not
/// increased by this method with steps up to `2 h`, half a step of Euler for each evaluation. The
/// error estimate comes from the mean of the four stages, which is of second order. With tolerances
/// the controller chooses the steps: give [`Options::dt_max`](crate::Options::dt_max) where the
/// bound must hold for certain. Its interpolant is cubic Hermite, of third order; it does not
/// preserve such bounds between the steps.
///
/// # References
///
/// J. F. B. M. Kraaijevanger, *Contractivity of Runge–Kutta methods*, BIT 31 (1991) 482–528.
/// <https://doi.org/10.1007/BF01933264>. R. J. Spiteri and S. J. Ruuth, *A new class of optimal
/// high-order strong-stability-preserving time discretization methods*, SIAM J. Numer. Anal. 40
/// (2002) 469–491. <https://doi.org/10.1137/S0036142901389025>. Embedded solution: I. Fekete, S. Conde
/// and J. N. Shadid, *Embedded pairs for optimal explicit strong stability preserving Runge–Kutta
/// methods*, J. Comput. Appl. Math. 412 (2022) 114325. <https://doi.org/10.1016/j.cam.2022.114325>
#[derive(Clone, Copy, Debug, Default)]
pub struct Ssprk43;

impl ExplicitRk for Ssprk43 {
    const NAME: &'static str = "Ssprk43";
    const TABLEAU: ErkTableau = SSPRK43;
    const SSP: f64 = 2.0;
}

const SSPRK43: ErkTableau = ErkTableau {
    order: 3,
    c: &[1.0 / 2.0, 1.0, 1.0 / 2.0],
    a: &[&[1.0 / 2.0], &[1.0 / 2.0, 1.0 / 2.0], &[1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0]],
    b: &[1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 2.0],
    e: &[-1.0 / 12.0, -1.0 / 12.0, -1.0 / 12.0, 1.0 / 4.0],
    interpolant: Interpolant::Hermite,
}
.checked();
