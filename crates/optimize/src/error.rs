//! What can be wrong with a request.

use std::fmt;

/// A request that cannot be carried out. [`Error::kind`] says which and carries the data.
///
/// A run that started and did not converge is no error: see [`StopReason`](crate::StopReason).
///
/// ```
/// use optimize::{Adam, ErrorKind, FromFn, Stop, minimize};
///
/// let mut flat = FromFn::new(2, |_: &[f64], g: &mut [f64]| {
///     g.fill(0.0);
///     0.0
/// });
/// let error = minimize(&Adam::default(), &mut flat, &[1.0], &Stop::default()).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::DimensionMismatch { expected: 2, found: 1, .. }));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<ErrorKind>);

/// What went wrong, with the numbers.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A vector has the wrong length.
    DimensionMismatch {
        /// Which vector.
        what: &'static str,
        /// The length it should have.
        expected: usize,
        /// The length it has.
        found: usize,
    },
    /// The start has a NaN or infinite coordinate.
    NonFiniteStart {
        /// Which coordinate.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// The objective cannot be evaluated at the start.
    StartNotEvaluable {
        /// The value it returned there.
        value: f64,
        /// The first gradient entry that is not finite, if that is the trouble.
        gradient_index: Option<usize>,
    },
    /// An option has a value that makes no sense.
    InvalidOption {
        /// Name of the option, such as `Adam.rate`.
        option: &'static str,
        /// The value found.
        value: f64,
        /// What it must be.
        requirement: &'static str,
    },
    /// A bound or range has no interior, or NaN or infinite ends.
    EmptyInterval {
        /// Which variable.
        index: usize,
        /// Lower end.
        lower: f64,
        /// Upper end.
        upper: f64,
    },
    /// A value lies outside its bound or exactly on it.
    OutsideBound {
        /// Which variable.
        index: usize,
        /// Its value.
        value: f64,
        /// Lower end (−∞ if there is none).
        lower: f64,
        /// Upper end (+∞ if there is none).
        upper: f64,
    },
    /// A point given to multi-start is malformed.
    InvalidPoint {
        /// Which point.
        start: usize,
        /// What is wrong with it.
        error: Error,
    },
    /// Multi-start was given no point.
    NoPoints,
    /// Multi-start: the objective could be evaluated at none of the points.
    NoUsableStart {
        /// How many points were tried.
        tried: usize,
        /// What was wrong with the first.
        first: Error,
    },
    /// A request too large for the memory of this machine.
    TooLarge {
        /// What was asked for.
        what: &'static str,
        /// How many numbers or points.
        count: usize,
    },
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Error(Box::new(kind))
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            ErrorKind::DimensionMismatch { what, expected, found } => {
                write!(f, "{what} has length {found}, expected {expected}")
            }
            ErrorKind::NonFiniteStart { index, value } => {
                write!(f, "x0[{index}] is {value}; give a finite start")
            }
            ErrorKind::StartNotEvaluable { value, gradient_index: None } => write!(
                f,
                "the objective cannot be evaluated at x0 (value {value}, or a gradient too large \
                 to square); start from a point where it is finite"
            ),
            ErrorKind::StartNotEvaluable { value, gradient_index: Some(index) } => write!(
                f,
                "gradient[{index}] is not finite at x0 (value {value}); start from a point where \
                 it is, or check the derivative"
            ),
            ErrorKind::InvalidOption { option, value, requirement } => {
                write!(f, "{option} is {value}; it must be {requirement}")
            }
            ErrorKind::EmptyInterval { index, lower, upper } => write!(
                f,
                "interval {index} from {lower} to {upper} is empty or not finite; give finite \
                 ends with lower < upper"
            ),
            ErrorKind::OutsideBound { index, value, lower, upper } => write!(
                f,
                "x[{index}] = {value} is not strictly between {lower} and {upper}; move it \
                 inside or widen the bound"
            ),
            ErrorKind::InvalidPoint { start, error } => write!(f, "point {start}: {error}"),
            ErrorKind::NoPoints => write!(f, "multi-start needs at least one point"),
            ErrorKind::NoUsableStart { tried, first } => {
                write!(f, "none of the {tried} starts could be evaluated; the first: {first}")
            }
            ErrorKind::TooLarge { what, count } => {
                write!(f, "no memory for {count} {what}; ask for fewer")
            }
        }
    }
}

/// `Ok` when `holds`, else [`ErrorKind::InvalidOption`].
pub(crate) fn require(
    holds: bool,
    option: &'static str,
    value: f64,
    requirement: &'static str,
) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(ErrorKind::InvalidOption { option, value, requirement }.into()) }
}
