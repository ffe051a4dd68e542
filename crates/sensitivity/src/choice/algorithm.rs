use std::fmt;

/// The algorithms that are chosen from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GradientAlgorithm {
    /// [`ForwardSensitivity`](crate::ForwardSensitivity).
    Forward,
    /// [`DiscreteAdjoint`](crate::DiscreteAdjoint), which is asked of explicit methods only.
    Discrete,
    /// [`GaussAdjoint`](crate::GaussAdjoint), of any method, with a mass matrix too.
    Gauss,
}

impl GradientAlgorithm {
    /// The name that its reports carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward sensitivities",
            Self::Discrete => "discrete adjoint",
            Self::Gauss => "Gauss adjoint",
        }
    }
}

impl fmt::Display for GradientAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
