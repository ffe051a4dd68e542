use super::{ErkTableau, ExplicitRk, Interpolant};

/// The strong-stability-preserving method of Shu and Osher with three stages: third order, fixed
/// steps, SSP coefficient 1.
///
/// A norm or a total variation that Euler's method does not increase with steps up to `h` is not
/// increased by this method with steps up to `1 h`, which is the best of all methods with three
/// stages and order three. Its interpolant is cubic Hermite, of third order; it does not preserve
/// such bounds between the steps.
///
/// # References
///
/// C.-W. Shu and S. Osher, *Efficient implementation of essentially non-oscillatory shock-capturing
/// schemes*, J. Comput. Phys. 77 (1988) 439–471. <https://doi.org/10.1016/0021-9991(88)90177-5>
#[derive(Clone, Copy, Debug, Default)]
pub struct Ssprk33;

impl ExplicitRk for Ssprk33 {
    const NAME: &'static str = "Ssprk33";
    const TABLEAU: ErkTableau = SSPRK33;
    const SSP: f64 = 1.0;
}

const SSPRK33: ErkTableau = ErkTableau {
    order: 3,
    c: &[1.0, 1.0 / 2.0],
    a: &[&[1.0], &[1.0 / 4.0, 1.0 / 4.0]],
    b: &[1.0 / 6.0, 1.0 / 6.0, 2.0 / 3.0],
    e: &[],
    interpolant: Interpolant::Hermite,
}
.checked();
