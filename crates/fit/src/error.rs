//! What can be wrong.

use std::fmt;
use std::ops::Range;

use crate::DataError;

/// A request that cannot be carried out. [`Error::kind`] says which and carries the data; the text
/// says what to try.
///
/// ```
/// use fit::{CsvOptions, DataError, Dataset, ErrorKind};
///
/// let text = "year,hare\n1900,30\n1901,many\n";
/// let error = Dataset::from_csv_str("pelts.csv", text, &CsvOptions::default()).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Data(DataError::NotANumber { .. })));
/// assert!(error.to_string().starts_with("pelts.csv, line 3, column `hare`: \"many\" is not a number"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<ErrorKind>);

/// What went wrong.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The measurements.
    Data(DataError),
    /// The network does not fit into the hole of the known part.
    Network {
        /// Inputs or outputs.
        what: &'static str,
        /// How many the known part asks for, or how many are possible.
        expected: usize,
        /// How many the network has.
        found: usize,
    },
    /// A slice has the wrong length.
    Length {
        /// Which slice.
        what: &'static str,
        /// The length that the model and the data ask for.
        expected: usize,
        /// The length that was given.
        found: usize,
    },
    /// A series is said to observe a state that does not exist.
    NoSuchState {
        /// The state's index.
        state: usize,
        /// How many states there are.
        states: usize,
    },
    /// A range of parameters runs backwards or beyond the last parameter.
    NoSuchParams {
        /// What the range is for.
        what: &'static str,
        /// The range.
        range: Range<usize>,
        /// How many parameters there are.
        num_params: usize,
    },
    /// The strength of the ridge is negative or not finite.
    Ridge {
        /// The strength.
        strength: f64,
    },
    /// A weight is negative or not finite.
    Weight {
        /// The series.
        series: usize,
        /// The weight.
        value: f64,
    },
    /// The logarithm of a measurement is asked for, but it is not positive.
    NotPositive {
        /// The series.
        series: String,
        /// When.
        t: f64,
        /// The measurement.
        value: f64,
    },
    /// A stage of training frees no unknown.
    NothingFree {
        /// The stage.
        stage: String,
    },
    /// A stage of training asks for fewer than two rows, or more than there are.
    Rows {
        /// The stage.
        stage: String,
        /// The rows that it asks for.
        rows: usize,
        /// The rows of the data.
        available: usize,
    },
    /// All measurements in the rows of a stage are missing or have weight zero.
    NoMeasurements {
        /// The stage.
        stage: String,
        /// The rows that it uses.
        rows: usize,
    },
    /// Points to train from differ in an unknown that the stage keeps frozen.
    FrozenDiffer {
        /// The first point that differs from point 0.
        point: usize,
        /// The index of the unknown.
        unknown: usize,
    },
    /// A minimiser refused to start.
    Training {
        /// The stage.
        stage: String,
        /// Why. Indices in it count all unknowns, the initial state first.
        error: optimize::Error,
    },
    /// There are not more measurements than unknowns, so that nothing is left to estimate errors.
    TooFewMeasurements {
        /// Measurements.
        measurements: usize,
        /// Free unknowns.
        unknowns: usize,
    },
    /// The data do not determine some combination of the unknowns.
    Unidentifiable {
        /// The unknown that weighs most in it.
        name: String,
        /// Condition number of the residuals' Jacobian, its columns scaled to length one.
        condition: f64,
    },
    /// A residual or its derivatives (or their squares) are not finite, so that their Jacobian has no
    /// singular values.
    NotDecomposed,
    /// A solve failed.
    Solve(ode_core::Error),
    /// A gradient failed.
    Gradient(sensitivity::Error),
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        ErrorKind::Data(error).into()
    }
}

impl From<ode_core::Error> for Error {
    fn from(error: ode_core::Error) -> Self {
        ErrorKind::Solve(error).into()
    }
}

impl From<sensitivity::Error> for Error {
    fn from(error: sensitivity::Error) -> Self {
        ErrorKind::Gradient(error).into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::Data(error) => error.fmt(f),
            ErrorKind::Network { what, expected, found } => write!(
                f,
                "the network has {found} {what}, but {expected} are needed: as many as the known \
                 part asks for, and at most 32"
            ),
            ErrorKind::Length { what, expected, found } => {
                write!(f, "`{what}` has length {found}, but {expected} is needed")
            }
            ErrorKind::NoSuchState { state, states } => write!(
                f,
                "a series observes state {state}, but the model has {states} states, counted from 0"
            ),
            ErrorKind::NoSuchParams { what, range, num_params } => write!(
                f,
                "`{what}` names the parameters {range:?}, but the model has {num_params}: give a \
                 range within 0..{num_params}"
            ),
            ErrorKind::Ridge { strength } => write!(
                f,
                "the strength of the ridge is {strength}: give a finite number, 0 or larger"
            ),
            ErrorKind::Weight { series, value } => write!(
                f,
                "the weight of series {series} is {value}: give a finite number, 0 or larger"
            ),
            ErrorKind::NotPositive { series, t, value } => write!(
                f,
                "`{series}` is {value} at t = {t}, and has no logarithm: use \
                 `ErrorScale::Absolute`, or leave the cell empty if it is missing"
            ),
            ErrorKind::NothingFree { stage } => {
                write!(f, "stage `{stage}` frees no unknown: there is nothing to train")
            }
            ErrorKind::Rows { stage, rows, available } => write!(
                f,
                "stage `{stage}` asks for {rows} rows of the data: give at least 2, and at most \
                 the {available} that there are"
            ),
            ErrorKind::NoMeasurements { stage, rows } => write!(
                f,
                "stage `{stage}`: the first {rows} rows hold no measurement that counts; use more \
                 rows, or give a series a weight"
            ),
            ErrorKind::FrozenDiffer { point, unknown } => write!(
                f,
                "point {point} differs from point 0 in unknown {unknown}, which is frozen: free it, \
                 or give all points the same value"
            ),
            ErrorKind::Training { stage, error } => write!(f, "stage `{stage}`: {error}"),
            ErrorKind::TooFewMeasurements { measurements, unknowns } => write!(
                f,
                "{measurements} measurements cannot tell the errors of {unknowns} unknowns: free \
                 fewer of them"
            ),
            ErrorKind::Unidentifiable { name, condition } => write!(
                f,
                "the data do not determine `{name}` (condition {condition:.1e}): freeze it, bound \
                 it, or remove the term"
            ),
            ErrorKind::NotDecomposed => f.write_str(
                "the residuals or their sensitivities are not finite at this fit: on a \
                     logarithmic scale, every observed state must stay positive",
            ),
            ErrorKind::Solve(error) => error.fmt(f),
            ErrorKind::Gradient(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}
