use super::{Splitting, method::symplectic};

/// Velocity Verlet, the leapfrog in kick–drift–kick form: second order, symmetric, one force per
/// step (the last kick of a step shares it with the first of the next).
///
/// # References
///
/// L. Verlet, *Computer "experiments" on classical fluids I*, Phys. Rev. 159 (1967) 98–103;
/// W. C. Swope et al., J. Chem. Phys. 76 (1982) 637–649; Hairer, Lubich, Wanner, *Geometric numerical
/// integration illustrated by the Störmer–Verlet method*, Acta Numerica 12 (2003) 399–450.
#[doc(alias = "leapfrog")]
#[doc(alias = "KickDriftKick")]
#[derive(Clone, Copy, Debug, Default)]
pub struct VelocityVerlet;

symplectic!(
    VelocityVerlet,
    Splitting { order: 2, nystrom: false, kicks: &[0.5, 0.5], drifts: &[1.0, 0.0] }
);
