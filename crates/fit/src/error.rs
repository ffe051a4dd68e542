//! What can be wrong.

use std::fmt;

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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::Data(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}
