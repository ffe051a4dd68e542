//! Parts of a table: rows by time, series by name.

use std::ops::Range;

use super::nearest::nearest;
use super::{DataError, Dataset, Place};
use crate::Error;

impl Dataset {
    /// The rows with `t0 <= time <= t1`.
    ///
    /// # Errors
    /// [`DataError::EmptyWindow`] if there are none.
    ///
    /// ```
    /// let data = fit::pelts().window(1903.0, 1905.5)?;
    /// assert_eq!(data.times(), [1903.0, 1904.0, 1905.0]);
    /// # Ok::<(), fit::Error>(())
    /// ```
    pub fn window(&self, t0: f64, t1: f64) -> Result<Self, Error> {
        let start = self.times.partition_point(|&time| time < t0);
        let end = self.times.partition_point(|&time| time <= t1);
        if t0.is_nan() || start >= end {
            return Err(self.empty_window(t0, t1));
        }
        Ok(self.range(start..end))
    }

    /// The rows with `time <= t`, to train on, and the rows after, to test with.
    ///
    /// # Errors
    /// [`DataError::EmptyWindow`] if one of the two has no rows.
    ///
    /// ```
    /// let (train, test) = fit::pelts().split_at(1914.0)?;
    /// assert_eq!((train.len(), test.len()), (15, 6));
    /// # Ok::<(), fit::Error>(())
    /// ```
    pub fn split_at(&self, t: f64) -> Result<(Self, Self), Error> {
        let split = self.times.partition_point(|&time| time <= t);
        if split == 0 {
            return Err(self.empty_window(f64::NEG_INFINITY, t));
        }
        if split == self.len() {
            return Err(self.empty_window(t, f64::INFINITY));
        }
        Ok((self.range(0..split), self.range(split..self.len())))
    }

    /// The series of these names, in this order.
    ///
    /// # Errors
    /// A name that is not there (the error lists those that are), or twice, or no name at all.
    ///
    /// ```
    /// let data = fit::pelts();
    /// assert_eq!(data.select(&["lynx", "hare"])?.row(0), [4.0, 30.0]);
    /// let error = data.select(&["hair"]).unwrap_err();
    /// assert!(error.to_string().contains("did you mean `hare`?"));
    /// # Ok::<(), fit::Error>(())
    /// ```
    pub fn select(&self, names: &[impl AsRef<str>]) -> Result<Self, Error> {
        let names: Vec<&str> = names.iter().map(|name| name.as_ref().trim()).collect();
        let columns = find_columns(&names, &self.names, || Place::Table)?;
        if columns.is_empty() {
            return Err(DataError::NoSeries { place: Place::Table }.into());
        }
        Ok(Self {
            time_name: self.time_name.clone(),
            times: self.times.clone(),
            names: columns.iter().map(|&j| self.names[j].clone()).collect(),
            values: self.rows().flat_map(|(_, row)| columns.iter().map(move |&j| row[j])).collect(),
        })
    }

    fn range(&self, rows: Range<usize>) -> Self {
        let width = self.num_series();
        Self {
            time_name: self.time_name.clone(),
            times: self.times[rows.clone()].to_vec(),
            names: self.names.clone(),
            values: self.values[rows.start * width..rows.end * width].to_vec(),
        }
    }

    fn empty_window(&self, t0: f64, t1: f64) -> Error {
        let first = self.times.first().copied().unwrap_or(f64::NAN);
        let last = self.times.last().copied().unwrap_or(f64::NAN);
        DataError::EmptyWindow { t0, t1, first, last }.into()
    }
}

/// The indices of `wanted` in `known`; each must be there, and none asked for twice.
pub(super) fn find_columns(
    wanted: &[&str],
    known: &[String],
    place: impl Fn() -> Place,
) -> Result<Vec<usize>, Error> {
    let mut found = Vec::with_capacity(wanted.len());
    for &name in wanted {
        let Some(column) = known.iter().position(|candidate| candidate == name) else {
            let available: Vec<String> = known.iter().filter(|n| !n.is_empty()).cloned().collect();
            let nearest = nearest(name, &available).map(String::from);
            let (place, name) = (place(), name.to_string());
            return Err(DataError::UnknownColumn { place, name, available, nearest }.into());
        };
        if found.contains(&column) {
            return Err(DataError::AskedTwice { name: name.to_string() }.into());
        }
        found.push(column);
    }
    Ok(found)
}
