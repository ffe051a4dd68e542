//! What can be wrong with measurements.

use super::Place;

/// What is wrong with measurements, and where. The text says what to try.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DataError {
    /// There is no such file.
    FileNotFound {
        /// The path.
        file: String,
        /// The directory it should be in.
        directory: String,
        /// Whether that is there.
        directory_exists: bool,
        /// The CSV files that are there, sorted.
        csv_files: Vec<String>,
    },
    /// The path is a directory.
    IsDirectory {
        /// The path.
        file: String,
        /// The CSV files in it, sorted.
        csv_files: Vec<String>,
    },
    /// The file cannot be read.
    Unreadable {
        /// The path.
        file: String,
        /// What the operating system says.
        reason: String,
    },
    /// The file is too large.
    TooLarge {
        /// The path.
        file: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The file is not UTF-8.
    InvalidUtf8 {
        /// The path.
        file: String,
        /// The first line that is not.
        line: usize,
    },
    /// An option of [`CsvOptions`](crate::CsvOptions) makes no sense.
    InvalidOption {
        /// Its name.
        option: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        must: &'static str,
    },
    /// The file has no content.
    Empty {
        /// The file.
        file: String,
    },
    /// The file has nothing but comments.
    OnlyComments {
        /// The file.
        file: String,
        /// The character that starts them.
        comment: char,
    },
    /// The first row is numbers, so the columns have no names.
    NoHeader {
        /// The first row.
        place: Place,
        /// Its fields.
        first: String,
    },
    /// The header is one field with another delimiter in it.
    WrongDelimiter {
        /// The header.
        place: Place,
        /// Its text.
        header: String,
        /// The delimiter that was used.
        used: u8,
        /// The delimiter that the header seems to have.
        found: u8,
    },
    /// There is a header and no data.
    HeaderOnly {
        /// The header.
        place: Place,
    },
    /// There are times and nothing else.
    NoSeries {
        /// The header or the table.
        place: Place,
    },
    /// A column that is read has no name.
    UnnamedColumn {
        /// The header or the table.
        place: Place,
        /// Which column, counted from 1.
        column: usize,
    },
    /// Two columns have the same name.
    DuplicateColumn {
        /// The header or the table.
        place: Place,
        /// The name.
        name: String,
    },
    /// There is no column of this name.
    UnknownColumn {
        /// The header or the table.
        place: Place,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        available: Vec<String>,
        /// The one of them that was perhaps meant.
        nearest: Option<String>,
    },
    /// A column is asked for twice, or as a series though it is the time.
    AskedTwice {
        /// Its name.
        name: String,
    },
    /// A quote is opened and never closed.
    UnclosedQuote {
        /// The line where it is opened.
        place: Place,
    },
    /// A quoted field has text after its closing quote.
    TextAfterQuote {
        /// The line where the quote is opened.
        place: Place,
        /// The text inside the quotes.
        field: String,
    },
    /// A row has more or fewer fields than the header.
    FieldCount {
        /// The row.
        place: Place,
        /// The number of fields of the header.
        expected: usize,
        /// The number of fields of the row.
        found: usize,
    },
    /// A field is not a number.
    NotANumber {
        /// The row.
        place: Place,
        /// The name of the column.
        column: String,
        /// The text of the field.
        text: String,
    },
    /// A number is NaN or infinite.
    NonFinite {
        /// The row.
        place: Place,
        /// The name of the column.
        column: String,
        /// The text of the field, or the value.
        text: String,
    },
    /// A time is missing.
    MissingTime {
        /// The row.
        place: Place,
        /// The name of the column of times.
        column: String,
    },
    /// A time is earlier than the one before it.
    UnsortedTimes {
        /// The later of the two rows.
        place: Place,
        /// The time of the row before.
        previous: f64,
        /// The time of the row.
        time: f64,
    },
    /// A time is the same as the one before it.
    DuplicateTime {
        /// The later of the two rows.
        place: Place,
        /// The time.
        time: f64,
    },
    /// A table has fewer than two rows.
    TooFewRows {
        /// The file or the table.
        place: Place,
        /// How many there are.
        rows: usize,
    },
    /// A series has no value at all.
    AllMissing {
        /// The file or the table.
        place: Place,
        /// The name of the series.
        column: String,
    },
    /// The slices of a table do not fit together.
    Dimension {
        /// The number of times.
        rows: usize,
        /// The number of names.
        series: usize,
        /// The number of values.
        found: usize,
    },
    /// No row is inside a window of time.
    EmptyWindow {
        /// The start of the window.
        t0: f64,
        /// Its end.
        t1: f64,
        /// The first time of the table.
        first: f64,
        /// The last.
        last: f64,
    },
}

impl std::error::Error for DataError {}
