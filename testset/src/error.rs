use crate::{ExpressionError, Kind};
use core::fmt;

/// What is wrong with a request or with a reference file.
///
/// ```
/// use testset::{ErrorKind, Reference};
///
/// let error = Reference::load("rubber").unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::UnknownReference { name } if name == "rubber"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<ErrorKind>);

/// The kinds of [`Error`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No reference has this name.
    UnknownReference {
        /// The name asked for.
        name: String,
    },
    /// The reference exists, but is of another kind: another type reads it.
    WrongKind {
        /// The reference.
        name: String,
        /// Its kind.
        found: Kind,
    },
    /// The text is not JSON, or lacks a field, or has one that no type here holds.
    Json {
        /// The reference.
        name: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// A number, or an equation, cannot be evaluated.
    Expression {
        /// Where: reference and field.
        place: String,
        /// What is wrong with it.
        error: ExpressionError,
    },
    /// A number is infinite or NaN.
    NotFinite {
        /// Where: reference and field.
        place: String,
        /// The text of the number.
        text: String,
    },
    /// Not an equation of the form `dx/dt = …` or `0 = …` for the variable at this place.
    Equation {
        /// Where: reference and variable.
        place: String,
        /// The text found.
        text: String,
    },
    /// A text of a generated model with a brace that does not hold an index.
    Index {
        /// Where: reference and list.
        place: String,
        /// The text found.
        text: String,
    },
    /// A name that should be that of a parameter, a variable or a value is none.
    UnknownName {
        /// Where: reference and field.
        place: String,
        /// The name.
        name: String,
    },
    /// A list of the wrong length.
    Count {
        /// Where: reference and list.
        place: String,
        /// The length that it should have.
        expected: usize,
        /// The length that it has.
        found: usize,
    },
    /// An index beyond the listed times.
    TimeIndex {
        /// The reference.
        name: String,
        /// The index asked for.
        index: usize,
        /// How many times are listed.
        count: usize,
    },
}

impl Error {
    /// What is wrong, with its data.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::UnknownReference { name } => {
                write!(f, "no reference is called `{name}`; `testset::index()` lists the names")
            }
            ErrorKind::WrongKind { name, found } => {
                write!(
                    f,
                    "`{name}` is a reference of kind {found:?}: read it with {}",
                    found.reader()
                )
            }
            ErrorKind::Json { name, message } => write!(f, "`{name}.json`: {message}"),
            ErrorKind::Expression { place, error } => write!(f, "{place}: {error}"),
            ErrorKind::NotFinite { place, text } => {
                write!(f, "{place}: `{text}` is not a finite number")
            }
            ErrorKind::Equation { place, text } => {
                write!(f, "{place}: expected `dx/dt = …` or `0 = …`, found `{text}`")
            }
            ErrorKind::Index { place, text } => {
                write!(f, "{place}: expected an index as in `{{i}}` or `{{i-1}}`, found `{text}`")
            }
            ErrorKind::UnknownName { place, name } => {
                write!(f, "{place}: nothing is called `{name}`")
            }
            ErrorKind::Count { place, expected, found } => {
                write!(f, "{place}: expected {expected} entries, found {found}")
            }
            ErrorKind::TimeIndex { name, index, count } => write!(
                f,
                "`{name}` lists {count} times, there is none at index {index}; see `points`"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            ErrorKind::Expression { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// Checks the length of a list.
pub(crate) fn check_count(
    expected: usize,
    found: usize,
    place: impl FnOnce() -> String,
) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(ErrorKind::Count { place: place(), expected, found }.into())
}
