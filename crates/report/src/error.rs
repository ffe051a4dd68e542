//! What can go wrong: sizes that do not agree, ranges that are none, files that cannot be written.

use std::fmt;
use std::path::PathBuf;

/// The failure of a call into this crate.
///
/// # Examples
/// ```
/// use report::{ErrorKind, Line};
/// let error = Line::new(&[0.0, 1.0], &[1.0]).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::LengthMismatch { expected: 2, found: 1, .. }));
/// ```
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// What went wrong, with the sizes and places that tell where.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Two slices that belong together have different lengths.
    LengthMismatch {
        /// Which slices, in words.
        what: &'static str,
        /// Length that was expected.
        expected: usize,
        /// Length that was found.
        found: usize,
    },
    /// An axis range that is not finite, not increasing, or not positive on a log scale.
    InvalidRange {
        /// The axis: `"x"`, `"y"`, or `"color"` for the values of a heat map.
        axis: &'static str,
        /// Lower end as given.
        lo: f64,
        /// Upper end as given.
        hi: f64,
    },
    /// A column index beyond the table's columns.
    NoSuchColumn {
        /// The index as given.
        column: usize,
        /// Number of columns.
        columns: usize,
    },
    /// Two bars of one layer with the same name.
    DuplicateCategory {
        /// The name.
        name: String,
    },
    /// A directory or file that could not be written.
    Write {
        /// The file or directory.
        path: PathBuf,
        /// The reason given by the operating system.
        reason: std::io::Error,
    },
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    pub(crate) fn check_lengths(
        what: &'static str,
        expected: usize,
        found: usize,
    ) -> Result<(), Self> {
        if expected == found {
            return Ok(());
        }
        Err(ErrorKind::LengthMismatch { what, expected, found }.into())
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            ErrorKind::LengthMismatch { what, expected, found } => write!(
                f,
                "{what}: expected {expected} values but found {found}; pass slices of equal length"
            ),
            ErrorKind::InvalidRange { axis, lo, hi } => write!(
                f,
                "{axis} range [{lo}, {hi}] cannot be drawn; pass finite bounds with lo < hi \
                 (both positive on a log scale)"
            ),
            ErrorKind::NoSuchColumn { column, columns } => {
                write!(f, "no column {column}: the table has {columns}; columns count from 0")
            }
            ErrorKind::DuplicateCategory { name } => {
                write!(f, "two bars are named {name:?}; give each bar of a layer its own name")
            }
            ErrorKind::Write { path, reason } => {
                write!(f, "cannot write {}: {reason}; choose a writable path", path.display())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            ErrorKind::Write { reason, .. } => Some(reason),
            _ => None,
        }
    }
}
