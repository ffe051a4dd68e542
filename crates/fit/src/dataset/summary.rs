//! A table at a glance.

use std::fmt;

use super::Dataset;

/// One series in five numbers. Minimum, median and maximum are NaN if all values are missing.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesSummary {
    /// The name of the series.
    pub name: String,
    /// How many values there are.
    pub count: usize,
    /// How many are missing.
    pub missing: usize,
    /// The least value.
    pub min: f64,
    /// The median; of an even number of values, the mean of the middle two.
    pub median: f64,
    /// The greatest value.
    pub max: f64,
}

impl Dataset {
    /// Every series at a glance. `Display` prints the same as a table.
    ///
    /// ```
    /// let data = fit::pelts();
    /// assert_eq!(data.summary()[0].median, 25.4);
    /// assert!(data.to_string().starts_with("21 rows, year from 1900 to 1920"));
    /// ```
    pub fn summary(&self) -> Vec<SeriesSummary> {
        self.names.iter().enumerate().map(|(j, name)| summarize(name, self.series(j))).collect()
    }
}

fn summarize(name: &str, mut values: Vec<f64>) -> SeriesSummary {
    let rows = values.len();
    values.retain(|value| !value.is_nan());
    values.sort_by(f64::total_cmp);
    let at = |k: usize| values.get(k).copied().unwrap_or(f64::NAN);
    let count = values.len();
    // Halved before they are added, so that huge values do not overflow.
    let median = if count % 2 == 1 {
        at(count / 2)
    } else {
        0.5 * at((count / 2).wrapping_sub(1)) + 0.5 * at(count / 2)
    };
    let (min, max) = (at(0), at(count.wrapping_sub(1)));
    SeriesSummary { name: name.into(), count, missing: rows - count, min, median, max }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |t: Option<&f64>| short(t.copied().unwrap_or(f64::NAN));
        let (first, last) = (time(self.times.first()), time(self.times.last()));
        let rows = if self.len() == 1 { "row" } else { "rows" };
        write!(f, "{} {rows}, {} from {first} to {last}", self.len(), self.time_name)?;

        let title = ["series", "n", "missing", "min", "median", "max"].map(String::from);
        let mut table = vec![title];
        table.extend(self.summary().into_iter().map(|s| {
            let [min, median, max] = [s.min, s.median, s.max].map(short);
            [s.name, s.count.to_string(), s.missing.to_string(), min, median, max]
        }));
        let width = |k: usize| table.iter().map(|row| row[k].chars().count()).max().unwrap_or(0);
        let widths: [usize; 6] = std::array::from_fn(width);
        for row in &table {
            write!(f, "\n{:<1$}", row[0], widths[0])?;
            for (cell, width) in row.iter().zip(widths).skip(1) {
                write!(f, "  {cell:>width$}")?;
            }
        }
        Ok(())
    }
}

/// A number in at most six digits; `-` if there is none.
fn short(x: f64) -> String {
    if x.is_nan() {
        return "-".into();
    }
    if x != 0.0 && !(1e-4..1e6).contains(&x.abs()) {
        return format!("{x:.4e}");
    }
    let before_point = if x == 0.0 { 0.0 } else { x.abs().log10().floor() };
    let after_point = (5.0 - before_point).clamp(0.0, 9.0) as usize;
    let text = format!("{x:.after_point$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (x, text) in [
            (0.0, "0"),
            (1900.0, "1900"),
            (-7.6, "-7.6"),
            (1.0 / 3.0, "0.333333"),
            (123456.789, "123457"),
            (1e300, "1.0000e300"),
            (2e-7, "2.0000e-7"),
            (f64::NAN, "-"),
        ] {
            assert_eq!(short(x), text);
        }
    }
}
