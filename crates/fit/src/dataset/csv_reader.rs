//! From CSV to a table.

use std::collections::HashSet;
use std::path::Path;

use super::cut::find_columns;
use super::file::read_text;
use super::records::{Record, Records};
use super::{CsvOptions, DataError, Dataset, Place};
use crate::Error;

impl Dataset {
    /// Reads a CSV file: a header with names, then at least two rows of numbers.
    ///
    /// A byte-order mark, any line ends, blank lines, comment lines, quoted fields and spaces
    /// around fields are accepted. Files over 1 GiB are not.
    ///
    /// # Errors
    /// Every [`DataError`] that a file can have; each names the file, and the line and the column
    /// where there is one, and says what to try.
    ///
    /// ```
    /// use fit::{CsvOptions, DataError, Dataset, ErrorKind};
    ///
    /// let error = Dataset::from_csv_path("no/such.csv", &CsvOptions::default()).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Data(DataError::FileNotFound { .. })));
    /// ```
    pub fn from_csv_path(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Self, Error> {
        let path = path.as_ref();
        options.check()?;
        Self::from_csv_str(&path.display().to_string(), &read_text(path)?, options)
    }

    /// Reads CSV from a text, as [`from_csv_path`](Dataset::from_csv_path) does. `file` is the name
    /// that errors call it by.
    ///
    /// # Errors
    /// As [`from_csv_path`](Dataset::from_csv_path), but for those of the file system.
    ///
    /// ```
    /// use fit::{CsvOptions, Dataset};
    ///
    /// let data = Dataset::from_csv_str("x", "t,x\n0,1\n1,NA\n", &CsvOptions::default())?;
    /// assert!(data.row(1)[0].is_nan());
    /// # Ok::<(), fit::Error>(())
    /// ```
    pub fn from_csv_str(file: &str, text: &str, options: &CsvOptions) -> Result<Self, Error> {
        options.check()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut records = Records::new(file, text, options);
        let Some(first) = records.next_record()? else {
            return Err(no_records(file, text, options).into());
        };
        let header = Header::new(file, &first, options)?;
        let columns = header.columns(options)?;

        let (mut lines, mut times, mut values) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(record) = records.next_record()? {
            let (expected, found) = (header.names.len(), record.fields.len());
            let line = record.line;
            if found != expected {
                let place = header.line(line);
                return Err(DataError::FieldCount { place, expected, found }.into());
            }
            lines.push(line);
            times.push(header.number(&record, columns.time, options)?);
            for &column in &columns.states {
                values.push(header.number(&record, column, options)?);
            }
        }
        if lines.is_empty() {
            return Err(DataError::HeaderOnly { place: header.place() }.into());
        }
        let name = |&column: &usize| header.names[column].clone();
        let data = Dataset {
            time_name: name(&columns.time),
            times,
            names: columns.states.iter().map(name).collect(),
            values,
        };
        data.checked(|row| match row.and_then(|row| lines.get(row)) {
            Some(&line) => header.line(line),
            None => Place::File(file.into()),
        })
    }
}

/// Why a text has no records.
fn no_records(file: &str, text: &str, options: &CsvOptions) -> DataError {
    match options.comment {
        Some(comment) if !text.trim().is_empty() => {
            DataError::OnlyComments { file: file.into(), comment: comment.into() }
        }
        _ => DataError::Empty { file: file.into() },
    }
}

/// The first record: the names of the columns.
struct Header<'a> {
    file: &'a str,
    line: usize,
    names: Vec<String>,
}

/// The columns to read.
struct Columns {
    time: usize,
    states: Vec<usize>,
}

impl<'a> Header<'a> {
    fn new(file: &'a str, record: &Record<'_>, options: &CsvOptions) -> Result<Self, Error> {
        let names: Vec<String> = record.fields.iter().map(|name| name.trim().into()).collect();
        let header = Self { file, line: record.line, names };
        let (place, names) = (header.place(), &header.names);

        let is_number = |name: &String| name.parse::<f64>().is_ok();
        let is_missing = |name: &String| options.missing.iter().any(|text| text.trim() == name);
        if names.iter().any(is_number) && names.iter().all(|n| is_number(n) || is_missing(n)) {
            return Err(DataError::NoHeader { place, first: names.join(" ") }.into());
        }
        if let [only] = names.as_slice() {
            let other = [b',', b';', b'\t', b'|'].into_iter().find(|&candidate| {
                candidate != options.delimiter && only.contains(char::from(candidate))
            });
            return Err(match other {
                Some(found) => {
                    let header = only.clone();
                    DataError::WrongDelimiter { place, header, used: options.delimiter, found }
                }
                None => DataError::NoSeries { place },
            }
            .into());
        }
        let mut seen = HashSet::new();
        for name in names.iter().filter(|name| !name.is_empty()) {
            if !seen.insert(name) {
                return Err(DataError::DuplicateColumn { place, name: name.clone() }.into());
            }
        }
        Ok(header)
    }

    fn place(&self) -> Place {
        self.line(self.line)
    }

    fn line(&self, line: usize) -> Place {
        Place::Line { file: self.file.into(), line }
    }

    /// The columns that the options ask for. Those that are read must have a name.
    fn columns(&self, options: &CsvOptions) -> Result<Columns, Error> {
        let mut time = 0;
        if let Some(name) = &options.time {
            let found = find_columns(&[name.trim()], &self.names, || self.place())?;
            time = found.first().copied().unwrap_or(0);
        }
        let states: Vec<usize> = match &options.states {
            None => (0..self.names.len()).filter(|&column| column != time).collect(),
            Some(states) => {
                let states: Vec<&str> = states.iter().map(|name| name.trim()).collect();
                find_columns(&states, &self.names, || self.place())?
            }
        };
        if states.is_empty() {
            return Err(DataError::NoSeries { place: self.place() }.into());
        }
        if states.contains(&time) {
            return Err(DataError::AskedTwice { name: self.names[time].clone() }.into());
        }
        for column in std::iter::once(time).chain(states.iter().copied()) {
            if self.names[column].is_empty() {
                let (place, column) = (self.place(), column + 1);
                return Err(DataError::UnnamedColumn { place, column }.into());
            }
        }
        Ok(Columns { time, states })
    }

    /// The number in one field; NaN if it is missing.
    fn number(
        &self,
        record: &Record<'_>,
        column: usize,
        options: &CsvOptions,
    ) -> Result<f64, Error> {
        let text = record.fields[column].trim();
        if options.missing.iter().any(|missing| missing.trim() == text) {
            return Ok(f64::NAN);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            parsed => {
                let (place, column) = (self.line(record.line), self.names[column].clone());
                let text = text.to_string();
                Err(match parsed {
                    Ok(_) => DataError::NonFinite { place, column, text },
                    Err(_) => DataError::NotANumber { place, column, text },
                }
                .into())
            }
        }
    }
}
