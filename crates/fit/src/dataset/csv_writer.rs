//! From a table to CSV.

use std::fmt::Write;

use super::Dataset;

impl Dataset {
    /// The table as CSV: a header with the time first, commas, one row per time, missing values
    /// empty, every number in the shortest form that reads back to the same bits.
    ///
    /// [`from_csv_str`](Dataset::from_csv_str) with default options gives the same table back, if
    /// it has at least two rows, a value in every series and not only numbers for names.
    ///
    /// ```
    /// use fit::Dataset;
    ///
    /// let data = Dataset::new(&[0.0, 1.0], &["x", "y"], &[0.1, f64::NAN, 1e300, 2.0])?;
    /// assert_eq!(data.to_csv(), "t,x,y\n0.0,0.1,\n1.0,1e300,2.0\n");
    /// # Ok::<(), fit::Error>(())
    /// ```
    pub fn to_csv(&self) -> String {
        let mut text = quoted(&self.time_name);
        for name in &self.names {
            text.push(',');
            text.push_str(&quoted(name));
        }
        text.push('\n');
        for (time, row) in self.rows() {
            // Writing to a string cannot fail. `{:?}` is the shortest text that round-trips.
            let _ = write!(text, "{time:?}");
            for value in row {
                let _ = if value.is_nan() { write!(text, ",") } else { write!(text, ",{value:?}") };
            }
            text.push('\n');
        }
        text
    }
}

/// A name as a CSV field, in quotes unless it is plain.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _-.()/".contains(c);
    if name.chars().all(plain) { name.into() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
