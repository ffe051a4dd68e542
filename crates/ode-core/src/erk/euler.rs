use super::{ErkTableau, ExplicitRk, Interpolant};

/// Euler's method: first order, one stage, fixed steps. For teaching and comparison.
///
/// # References
///
/// L. Euler, *Institutionum calculi integralis* I (1768), §650; Hairer, Nørsett, Wanner I, I.7.
#[derive(Clone, Copy, Debug, Default)]
pub struct Euler;

impl ExplicitRk for Euler {
    const NAME: &'static str = "Euler";
    const TABLEAU: ErkTableau = EULER;
    const SSP: f64 = 1.0;
}

const EULER: ErkTableau =
    ErkTableau { order: 1, c: &[], a: &[], b: &[1.0], e: &[], interpolant: Interpolant::Hermite }
        .checked();
