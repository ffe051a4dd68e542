//! How to read a CSV file.

use super::DataError;
use crate::Error;

/// How to read a CSV file into a [`Dataset`](crate::Dataset).
///
/// ```
/// use fit::{CsvOptions, Dataset};
///
/// let text = "site; day; hare\nA; 0; 3.5\nA; 2; -\nA; 3; 4.5\n";
/// let options = CsvOptions {
///     delimiter: b';',
///     time: Some("day".into()),
///     states: Some(vec!["hare".into()]),
///     missing: vec!["-".into()],
///     ..CsvOptions::default()
/// };
/// let data = Dataset::from_csv_str("hares", text, &options)?;
/// assert_eq!(data.times(), [0.0, 2.0, 3.0]);
/// assert!(data.row(1)[0].is_nan());
/// # Ok::<(), fit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvOptions {
    /// The character between fields: `b','`, `b';'`, `b'\t'`, `b'|'`, …
    pub delimiter: u8,
    /// The name of the column of times; `None` is the first column.
    pub time: Option<String>,
    /// The names of the columns to read, in this order; `None` is all but the time. Columns that
    /// are not read may hold any text.
    pub states: Option<Vec<String>>,
    /// The texts that stand for a missing value, compared without the spaces around them.
    pub missing: Vec<String>,
    /// The character that starts a comment line, if there are any.
    pub comment: Option<u8>,
}

impl Default for CsvOptions {
    /// Commas, the first column is the time, all others are read, empty and `NA` are missing,
    /// `#` starts a comment.
    fn default() -> Self {
        Self {
            delimiter: b',',
            time: None,
            states: None,
            missing: vec![String::new(), "NA".into()],
            comment: Some(b'#'),
        }
    }
}

impl CsvOptions {
    /// Refuses characters that would take numbers or text apart.
    pub(super) fn check(&self) -> Result<(), Error> {
        let invalid = |option, value: u8, must| {
            let value = char::from(value).escape_default().to_string();
            Err(DataError::InvalidOption { option, value, must }.into())
        };
        let part_of_numbers = |c: u8| matches!(c, b'"' | b'+' | b'-' | b'.');
        let c = self.delimiter;
        if !(c.is_ascii_punctuation() || c == b' ' || c == b'\t') || part_of_numbers(c) {
            return invalid("delimiter", c, "one of b',' b';' b'\\t' b'|' b':' b' ' or the like");
        }
        if let Some(c) = self.comment
            && (!c.is_ascii_punctuation() || part_of_numbers(c) || c == self.delimiter)
        {
            let must = "None, or one of b'#' b'%' b'!' or the like, and not the delimiter";
            return invalid("comment", c, must);
        }
        Ok(())
    }
}
