use super::{ErkTableau, ExplicitRk, Interpolant};

/// Ketcheson's strong-stability-preserving method with ten stages: fourth order, fixed steps, SSP
/// coefficient 6.
///
/// A norm or a total variation that Euler's method does not increase with steps up to `h` is not
/// increased by this method with steps up to `6 h`, which is the best of all known methods of order
/// four per evaluation. Its interpolant is cubic Hermite, of third order; it does not preserve such
/// bounds between the steps.
///
/// # References
///
/// D. I. Ketcheson, *Highly efficient strong stability-preserving Runge–Kutta methods with
/// low-storage implementations*, SIAM J. Sci. Comput. 30 (2008) 2113–2136.
/// <https://doi.org/10.1137/07070485X>
#[derive(Clone, Copy, Debug, Default)]
pub struct Ssprk104;

impl ExplicitRk for Ssprk104 {
    const NAME: &'static str = "Ssprk104";
    const TABLEAU: ErkTableau = SSPRK104;
    const SSP: f64 = 6.0;
}

const SIXTH: f64 = 1.0 / 6.0;
const FIFTEENTH: f64 = 1.0 / 15.0;

const SSPRK104: ErkTableau = ErkTableau {
    order: 4,
    c: &[
        1.0 / 6.0,
        1.0 / 3.0,
        1.0 / 2.0,
        2.0 / 3.0,
        1.0 / 3.0,
        1.0 / 2.0,
        2.0 / 3.0,
        5.0 / 6.0,
        1.0,
    ],
    a: &[
        &[SIXTH; 1],
        &[SIXTH; 2],
        &[SIXTH; 3],
        &[SIXTH; 4],
        &[FIFTEENTH; 5],
        &after_five_fifteenths::<6>(),
        &after_five_fifteenths::<7>(),
        &after_five_fifteenths::<8>(),
        &after_five_fifteenths::<9>(),
    ],
    b: &[1.0 / 10.0; 10],
    e: &[],
    interpolant: Interpolant::Hermite,
}
.checked();

/// The second half starts from the mean of the first five stages and goes on by sixths.
const fn after_five_fifteenths<const N: usize>() -> [f64; N] {
    let mut row = [SIXTH; N];
    let mut j = 0;
    while j < 5 {
        row[j] = FIFTEENTH;
        j += 1;
    }
    row
}
