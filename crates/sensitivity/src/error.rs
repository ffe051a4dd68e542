use std::fmt;
use system::Failure;

/// Why a gradient could not be computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<ErrorKind>);

/// The kinds of [`Error`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The solve itself failed.
    Solve(ode_core::Error),
    /// The options save at no fixed times, so that the loss has no points, and it has no running term.
    NoSaveTimes,
    /// The loss is NaN or infinite at this save time.
    LossNotFinite {
        /// Index of the save time.
        index: usize,
        /// The save time.
        t: f64,
    },
    /// The loss's term that depends on the parameters only is NaN or infinite.
    PenaltyNotFinite,
    /// The loss is finite, but its derivative is not.
    GradientNotFinite {
        /// Which derivative: `u0`, `p`, `t0`, `t1` or `times`.
        input: &'static str,
        /// The index in it.
        index: usize,
    },
    /// The right-hand side succeeded forwards, but refused when it was evaluated again.
    Replay {
        /// Start of the step.
        t: f64,
        /// The reason that it gave.
        reason: String,
    },
    /// The loss mixed variables of different recordings.
    Recording(ad_tape::Error),
}

impl Error {
    /// The specific kind.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    pub(crate) fn replay(t: f64, failure: &Failure) -> Self {
        ErrorKind::Replay { t, reason: failure.to_string() }.into()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<ode_core::Error> for Error {
    fn from(error: ode_core::Error) -> Self {
        ErrorKind::Solve(error).into()
    }
}

impl<S> From<ode_core::SolveError<S>> for Error {
    fn from(error: ode_core::SolveError<S>) -> Self {
        ode_core::Error::from(error).into()
    }
}

impl From<ad_tape::Error> for Error {
    fn from(error: ad_tape::Error) -> Self {
        ErrorKind::Recording(error).into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::Solve(error) => error.fmt(f),
            ErrorKind::NoSaveTimes => f.write_str(
                "the loss has no points and no running term: set `save: Save::At(times)`, or \
                 `Save::Last` for the end",
            ),
            ErrorKind::LossNotFinite { index, t } => write!(
                f,
                "the loss is NaN or infinite at save time {index} (t = {t}): check it for \
                 logarithms and roots of negative numbers, and for missing data"
            ),
            ErrorKind::PenaltyNotFinite => {
                f.write_str("the penalty of the loss is NaN or infinite at these parameters")
            }
            ErrorKind::GradientNotFinite { input, index } => write!(
                f,
                "the loss is finite, but its derivative with respect to `{input}[{index}]` is not: \
                 look for a root or a power at zero, in the loss or in the model"
            ),
            ErrorKind::Replay { t, reason } => write!(
                f,
                "the right-hand side failed when the step from t = {t} was replayed: {reason}; a \
                 right-hand side must give the same answer to the same question"
            ),
            ErrorKind::Recording(error) => write!(f, "the loss cannot be differentiated: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            ErrorKind::Solve(error) => Some(error),
            ErrorKind::Recording(error) => Some(error),
            _ => None,
        }
    }
}
