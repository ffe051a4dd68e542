use core::fmt;

/// Why a right-hand side could not be evaluated.
///
/// ```
/// use system::{Failure, FromFn};
///
/// let f = FromFn::fallible(1, |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| {
///     if u[0] < 0.0 {
///         return Err(Failure::Recoverable); // the step is retried, shorter
///     }
///     du[0] = -u[0].sqrt();
///     Ok(())
/// });
/// # let _ = f;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// This point is outside the domain: the step is rejected and retried with a shorter one.
    Recoverable,
    /// No step can help; the solve ends with this message.
    Fatal(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recoverable => f.write_str("the state is outside the domain of the model"),
            Self::Fatal(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Failure {}
