//! Recovered coefficients with their intervals.

use crate::error::Error;
use crate::layer::Bars;
use crate::number::significant;
use crate::plot::Plot;

/// One term of an equation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient<'a> {
    /// The term, for instance `x y`. Terms of one figure have different names.
    pub term: &'a str,
    /// Its coefficient.
    pub value: f64,
    /// Lower and upper bound.
    pub interval: Option<(f64, f64)>,
    /// In how many of the resampled fits the term was chosen, in [0, 1].
    pub inclusion: Option<f64>,
}

/// Coefficients as horizontal bars with intervals; opacity and a percentage show how often a term was chosen.
///
/// # Examples
/// ```
/// use report::{Coefficient, Coefficients};
/// let plot = Coefficients {
///     title: "hare equation",
///     coefficients: &[
///         Coefficient { term: "x", value: 0.55, interval: Some((0.49, 0.61)), inclusion: Some(1.0) },
///         Coefficient { term: "x y", value: -0.028, interval: None, inclusion: Some(0.97) },
///     ],
///     ..Coefficients::default()
/// }
/// .plot()?;
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Coefficients<'a> {
    /// Heading.
    pub title: &'a str,
    /// Name and unit of the coefficients.
    pub x_label: &'a str,
    /// The terms, from top to bottom.
    pub coefficients: &'a [Coefficient<'a>],
    /// Draw each bar and interval relative to the size of its coefficient, so that terms of very
    /// different sizes can be compared; the notes beside the bars keep the values.
    pub relative: bool,
}

impl Coefficients<'_> {
    /// The plot; its height follows from the number of terms.
    pub fn plot(&self) -> Result<Plot, Error> {
        let rows = self.coefficients;
        let terms: Vec<&str> = rows.iter().map(|c| c.term).collect();
        let scale = |c: &Coefficient<'_>| match self.relative && c.value != 0.0 {
            true => 1.0 / c.value.abs(),
            false => 1.0,
        };
        let values: Vec<f64> = rows.iter().map(|c| c.value * scale(c)).collect();
        let interval = |c: &Coefficient<'_>| {
            let (lower, upper) = c.interval.unwrap_or((f64::NAN, f64::NAN));
            (lower * scale(c), upper * scale(c))
        };
        let intervals: Vec<(f64, f64)> = rows.iter().map(interval).collect();
        let weights: Vec<f64> = rows.iter().map(|c| c.inclusion.unwrap_or(1.0)).collect();
        let notes: Vec<String> = rows
            .iter()
            .map(|c| match c.inclusion {
                Some(p) => format!("{}  ({:.0} %)", significant(c.value, 3), 100.0 * p),
                None => significant(c.value, 3),
            })
            .collect();
        let bars =
            Bars::new(&terms, &values)?.intervals(&intervals)?.weights(&weights)?.notes(&notes)?;
        let label = match (self.x_label, self.relative) {
            ("", false) => "coefficient",
            ("", true) => "coefficient, relative to its size",
            (label, _) => label,
        };
        Ok(Plot::new()
            .title(self.title)
            .x_label(label)
            .layer(bars)
            .size(720.0, 100.0 + 32.0 * rows.len() as f64))
    }
}
