use super::{Splitting, method::symplectic};

/// Position Verlet, the leapfrog in drift–kick–drift form: second order, symmetric, one force per
/// step, in its middle.
///
/// The force at the ends of a step is not needed: dense output evaluates it there, twice a step.
///
/// # References
///
/// M. Tuckerman, B. J. Berne, G. J. Martyna, *Reversible multiple time scale molecular dynamics*,
/// J. Chem. Phys. 97 (1992) 1990–2001; Hairer, Lubich, Wanner, *Geometric numerical integration
/// illustrated by the Störmer–Verlet method*, Acta Numerica 12 (2003) 399–450.
#[doc(alias = "leapfrog")]
#[doc(alias = "DriftKickDrift")]
#[derive(Clone, Copy, Debug, Default)]
pub struct PositionVerlet;

symplectic!(
    PositionVerlet,
    Splitting { order: 2, nystrom: false, kicks: &[0.0, 1.0], drifts: &[0.5, 0.5] }
);
