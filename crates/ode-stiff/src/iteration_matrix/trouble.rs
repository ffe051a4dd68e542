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
    /// What was solved forwards can be solved again, unless the model gives another answer.
    #[cold]
    pub(crate) fn fatal(self) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            Self::Refused(why) => {
                Failure::Fatal(format!("the linear systems of the step cannot be solved: {why:?}"))
            }
        }
    }

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
