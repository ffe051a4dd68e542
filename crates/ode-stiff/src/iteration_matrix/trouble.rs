use ode_core::Refusal;
use system::Failure;

/// Why an attempt came to nothing.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The right-hand side or its Jacobian failed.
    Failed(Failure),
    /// The method itself cannot go on.
    Refused(Refusal),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Trouble {
    /// What the integrator is told; keeps the reason if it is the method's.
    pub(crate) fn tell(self, refusal: &mut Option<Refusal>) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            Self::Refused(reason) => {
                *refusal = Some(reason);
                Failure::Recoverable
            }
        }
    }
}
