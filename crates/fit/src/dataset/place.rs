//! Where in the measurements something is.

use std::fmt;

/// Where in the measurements something is.
///
/// ```
/// use fit::Place;
///
/// let place = Place::Line { file: "pelts.csv".into(), line: 4 };
/// assert_eq!(place.to_string(), "pelts.csv, line 4");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Place {
    /// A line of a file, counted from 1 with comments and blank lines.
    Line {
        /// The file.
        file: String,
        /// The line.
        line: usize,
    },
    /// A whole file.
    File(String),
    /// A row of a table in memory, counted from 0.
    Row(usize),
    /// A whole table in memory.
    Table,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line { file, line } => write!(f, "{file}, line {line}"),
            Place::File(file) => f.write_str(file),
            Place::Row(row) => write!(f, "row {row} of the table"),
            Place::Table => f.write_str("the table"),
        }
    }
}
