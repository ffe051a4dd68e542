//! A table of measurements over time.

mod csv_options;
mod csv_reader;
mod csv_writer;
mod cut;
mod error;
mod error_text;
mod file;
mod nearest;
mod place;
mod records;
mod summary;

pub use csv_options::CsvOptions;
pub use error::DataError;
pub use place::Place;
pub use summary::SeriesSummary;

use crate::Error;

/// Measurements of one or more series at strictly increasing times. NaN is a missing value.
///
/// Every time is finite; every value is finite or missing. A table that is read or made has at
/// least two rows and at least one value in every series; a part that was cut out of it
/// ([`window`](Dataset::window), [`split_at`](Dataset::split_at)) has at least one row.
///
/// Two tables are equal when names, times and values are, and the same values are missing.
/// `Display` prints a summary.
///
/// ```
/// use fit::Dataset;
///
/// let data = Dataset::new(&[0.0, 0.5], &["x", "v"], &[1.0, 0.0, 0.9, f64::NAN])?;
/// assert_eq!((data.len(), data.num_series()), (2, 2));
/// assert_eq!(data.row(0), [1.0, 0.0]);
/// assert_eq!(data.series(0), [1.0, 0.9]);
/// assert_eq!(data.index_of("v"), Some(1));
/// # Ok::<(), fit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Dataset {
    time_name: String,
    times: Vec<f64>,
    names: Vec<String>,
    /// Row-major: the values at one time stand together.
    values: Vec<f64>,
}

impl Dataset {
    /// A table from slices. `values` is row-major: all series at `times[0]`, then at `times[1]`, …;
    /// NaN is a missing value. The time is called `t`. Spaces around names are dropped.
    ///
    /// # Errors
    /// Lengths that do not match, fewer than two rows, no series, names that are empty or repeated
    /// (or `t`), times that are not finite or not strictly increasing, infinite values, a series
    /// without any value.
    ///
    /// ```
    /// use fit::{DataError, Dataset, ErrorKind};
    ///
    /// let error = Dataset::new(&[0.0, 2.0, 1.0], &["x"], &[1.0, 2.0, 3.0]).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Data(DataError::UnsortedTimes { .. })));
    /// ```
    pub fn new(times: &[f64], names: &[impl AsRef<str>], values: &[f64]) -> Result<Self, Error> {
        let expected = times.len().saturating_mul(names.len());
        if values.len() != expected {
            let (rows, series, found) = (times.len(), names.len(), values.len());
            return Err(DataError::Dimension { rows, series, found }.into());
        }
        let data = Self {
            time_name: "t".into(),
            times: times.to_vec(),
            names: names.iter().map(|name| name.as_ref().trim().to_string()).collect(),
            values: values.to_vec(),
        };
        data.checked(|row| row.map_or(Place::Table, Place::Row))
    }

    /// A table whose parts are known to be valid.
    pub(crate) fn from_valid_parts(
        time_name: String,
        times: Vec<f64>,
        names: Vec<String>,
        values: Vec<f64>,
    ) -> Self {
        Self { time_name, times, names, values }
    }

    /// The table itself if it keeps what the type promises. `place` says where a row, or the whole
    /// table, comes from.
    fn checked(self, place: impl Fn(Option<usize>) -> Place) -> Result<Self, Error> {
        self.check_names(&place)?;
        if self.len() < 2 {
            return Err(DataError::TooFewRows { place: place(None), rows: self.len() }.into());
        }
        for (i, &time) in self.times.iter().enumerate() {
            let column = &self.time_name;
            if time.is_nan() {
                let (place, column) = (place(Some(i)), column.clone());
                return Err(DataError::MissingTime { place, column }.into());
            }
            if time.is_infinite() {
                let (place, column, text) = (place(Some(i)), column.clone(), time.to_string());
                return Err(DataError::NonFinite { place, column, text }.into());
            }
            if let Some(&previous) = i.checked_sub(1).and_then(|before| self.times.get(before)) {
                if time == previous {
                    return Err(DataError::DuplicateTime { place: place(Some(i)), time }.into());
                }
                if time < previous {
                    let place = place(Some(i));
                    return Err(DataError::UnsortedTimes { place, previous, time }.into());
                }
            }
            for (name, value) in self.names.iter().zip(self.row(i)) {
                if value.is_infinite() {
                    let (place, column, text) = (place(Some(i)), name.clone(), value.to_string());
                    return Err(DataError::NonFinite { place, column, text }.into());
                }
            }
        }
        for (j, name) in self.names.iter().enumerate() {
            if self.rows().all(|(_, row)| row[j].is_nan()) {
                let (place, column) = (place(None), name.clone());
                return Err(DataError::AllMissing { place, column }.into());
            }
        }
        Ok(self)
    }

    /// At least one series; every name there and only once, the time's included.
    fn check_names(&self, place: impl Fn(Option<usize>) -> Place) -> Result<(), Error> {
        if self.names.is_empty() {
            return Err(DataError::NoSeries { place: place(None) }.into());
        }
        let mut seen = std::collections::HashSet::from([self.time_name.as_str()]);
        for (j, name) in self.names.iter().enumerate() {
            if name.is_empty() {
                return Err(DataError::UnnamedColumn { place: place(None), column: j + 1 }.into());
            }
            if !seen.insert(name) {
                let (place, name) = (place(None), name.clone());
                return Err(DataError::DuplicateColumn { place, name }.into());
            }
        }
        Ok(())
    }

    /// The number of rows, which is the number of times.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there are no rows. No constructor makes such a table.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The number of series.
    pub fn num_series(&self) -> usize {
        self.names.len()
    }

    /// What the time is called: the header of its column, or `t`.
    pub fn time_name(&self) -> &str {
        &self.time_name
    }

    /// The times, strictly increasing.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The names of the series, all different.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All values, row-major, `len() * num_series()` of them; NaN is missing.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The values of all series at `times()[i]`; NaN is missing.
    ///
    /// # Panics
    /// As indexing a slice does, if `i >= len()`. [`rows`](Dataset::rows) needs no index.
    pub fn row(&self, i: usize) -> &[f64] {
        let width = self.names.len();
        &self.values[i * width..(i + 1) * width]
    }

    /// Times with the values at them, in order.
    ///
    /// ```
    /// let highest = fit::pelts().rows().map(|(_, row)| row[0]).fold(0.0, f64::max);
    /// assert_eq!(highest, 77.4);
    /// ```
    pub fn rows(&self) -> impl Iterator<Item = (f64, &[f64])> {
        self.times.iter().copied().zip(self.values.chunks_exact(self.names.len().max(1)))
    }

    /// The values of one series at all times; NaN is missing.
    ///
    /// # Panics
    /// As indexing a slice does, if `j >= num_series()`. See [`index_of`](Dataset::index_of).
    pub fn series(&self, j: usize) -> Vec<f64> {
        self.rows().map(|(_, row)| row[j]).collect()
    }

    /// The index of the series of this name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// Row and series of the first value that has no logarithm (zero or negative), if any.
    ///
    /// ```
    /// use fit::Dataset;
    ///
    /// let data = Dataset::new(&[0.0, 1.0], &["x", "y"], &[1.0, f64::NAN, 2.0, 0.0])?;
    /// assert_eq!(data.first_nonpositive(), Some((1, 1)));
    /// # Ok::<(), fit::Error>(())
    /// ```
    pub fn first_nonpositive(&self) -> Option<(usize, usize)> {
        let width = self.names.len().max(1);
        self.values.iter().position(|&value| value <= 0.0).map(|k| (k / width, k % width))
    }
}

impl PartialEq for Dataset {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
        self.time_name == other.time_name
            && self.names == other.names
            && self.times == other.times
            && self.values.len() == other.values.len()
            && self.values.iter().zip(&other.values).all(same)
    }
}
