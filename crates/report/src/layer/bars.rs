//! Horizontal bars with intervals, usually coefficients.

use std::collections::HashSet;

use crate::error::{Error, ErrorKind};
use crate::palette::Color;

/// One horizontal bar per category, from zero to the value; the first category stands on top.
///
/// Several layers of bars stand side by side within each category.
///
/// # Examples
/// ```
/// use report::Bars;
/// let bars = Bars::new(&["x", "x y"], &[1.3, -0.9])?.intervals(&[(1.2, 1.4), (-1.0, -0.8)])?;
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    pub(crate) categories: Vec<String>,
    pub(crate) values: Vec<f64>,
    pub(crate) intervals: Vec<(f64, f64)>,
    pub(crate) notes: Vec<String>,
    pub(crate) weights: Vec<f64>,
    pub(crate) label: String,
    pub(crate) color: Option<Color>,
}

impl Bars {
    /// Bars `values[i]` long, named `categories[i]`. Slices of different lengths and repeated
    /// names are errors.
    pub fn new<S: AsRef<str>>(categories: &[S], values: &[f64]) -> Result<Self, Error> {
        Error::check_lengths("bars: categories and values", categories.len(), values.len())?;
        let categories: Vec<String> = categories.iter().map(|c| c.as_ref().to_owned()).collect();
        let mut seen = HashSet::new();
        if let Some(name) = categories.iter().find(|c| !seen.insert(c.as_str())) {
            return Err(ErrorKind::DuplicateCategory { name: name.clone() }.into());
        }
        Ok(Self {
            categories,
            values: values.to_vec(),
            intervals: Vec::new(),
            notes: Vec::new(),
            weights: Vec::new(),
            label: String::new(),
            color: None,
        })
    }

    /// An interval `(lower, upper)` for each bar; one with a NaN is not drawn.
    pub fn intervals(mut self, intervals: &[(f64, f64)]) -> Result<Self, Error> {
        Error::check_lengths("bars: values and intervals", self.values.len(), intervals.len())?;
        self.intervals = intervals.to_vec();
        Ok(self)
    }

    /// Symmetric intervals `value ± error`.
    pub fn errors(self, errors: &[f64]) -> Result<Self, Error> {
        Error::check_lengths("bars: values and errors", self.values.len(), errors.len())?;
        let intervals: Vec<_> =
            self.values.iter().zip(errors).map(|(v, e)| (v - e, v + e)).collect();
        self.intervals(&intervals)
    }

    /// A short text for each bar, written to the right of the axes.
    pub fn notes<S: AsRef<str>>(mut self, notes: &[S]) -> Result<Self, Error> {
        Error::check_lengths("bars: values and notes", self.values.len(), notes.len())?;
        self.notes = notes.iter().map(|n| n.as_ref().to_owned()).collect();
        Ok(self)
    }

    /// A weight in [0, 1] for each bar, shown as opacity: a bar of weight 0 is barely visible.
    pub fn weights(mut self, weights: &[f64]) -> Result<Self, Error> {
        Error::check_lengths("bars: values and weights", self.values.len(), weights.len())?;
        self.weights = weights.to_vec();
        Ok(self)
    }

    /// Name in the legend; without one the layer is not listed.
    pub fn label(mut self, label: &str) -> Self {
        self.label = label.into();
        self
    }

    /// Colour; without one, that of an earlier layer with this label, or the next of the cycle.
    pub fn color(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }
}
