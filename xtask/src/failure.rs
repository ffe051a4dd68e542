//! How a command fails.

use std::fmt;

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line makes no sense: the usage is shown, exit code 2.
    Usage(String),
    /// The work was done and something does not hold, or could not be done: exit code 1.
    Check(String),
    /// A program was started, and ended with this code after saying why.
    Exit(u8),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Check(message) => f.write_str(message),
            Self::Exit(code) => write!(f, "ended with exit code {code}"),
        }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}
