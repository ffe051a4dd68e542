use super::{ErkTableau, ExplicitRk, Ssprk22};

/// Heun's second-order method, the explicit trapezoidal rule: two stages, fixed steps.
///
/// Its interpolant is cubic Hermite, which meets the conditions up to order two. For what its steps
/// preserve see [`Ssprk22`](crate::Ssprk22), the same formula under another name.
///
/// # References
///
/// K. Heun, *Neue Methoden zur approximativen Integration der Differentialgleichungen einer
/// unabhängigen Veränderlichen*, Z. Math. Phys. 45 (1900) 23–38; Hairer, Nørsett, Wanner I, II.1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heun;

impl ExplicitRk for Heun {
    const NAME: &'static str = "Heun";
    const TABLEAU: ErkTableau = Ssprk22::TABLEAU;
    const SSP: f64 = 1.0;
}
