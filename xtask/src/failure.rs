//! How a command fails.

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line makes no sense: the usage is shown, exit code 2.
    Usage(String),
    /// The work was done and something does not hold, or could not be done: exit code 1.
    Check(String),
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}
