use crate::{Failure, Mass, System};
use scalar::Scalar;

/// A right-hand side for one number type: what solvers ask for.
///
/// Every [`System`] is one for every [`Scalar`]. Closures and hand-written black boxes implement it
/// for the types that they know.
pub trait Rhs<S> {
    /// Number of states.
    fn states(&self) -> usize;

    /// Number of parameters, or `None` if any number will do (a closure may ignore them).
    fn params(&self) -> Option<usize>;

    /// Writes `f(t, u; p)` into `du`.
    ///
    /// # Errors
    ///
    /// [`Failure::Recoverable`] rejects the step in progress, [`Failure::Fatal`] ends the solve.
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure>;

    /// The mass matrix `M` of a problem `M u' = f(t, u; p)`; none where it is the identity.
    fn mass(&self) -> Option<&Mass> {
        None
    }

    /// Names of the states, in order.
    fn names(&self) -> Vec<String> {
        (1..=self.states()).map(|i| format!("u{i}")).collect()
    }
}

impl<F: System, S: Scalar> Rhs<S> for F {
    fn states(&self) -> usize {
        System::dim(self)
    }
    fn params(&self) -> Option<usize> {
        Some(System::num_params(self))
    }
    #[inline]
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.rhs(t, u, p, du);
        Ok(())
    }
    fn names(&self) -> Vec<String> {
        System::state_names(self)
    }
}
