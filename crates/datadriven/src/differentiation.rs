//! Derivatives of sampled series.

mod finite_difference;
mod savitzky_golay;
mod smoothing_spline;

pub use finite_difference::FiniteDifference;
pub use savitzky_golay::SavitzkyGolay;
pub use smoothing_spline::{Smoothing, SmoothingSpline};

use crate::{Error, ErrorKind};

/// A series after smoothing, and its slope, at the times given.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The smoothed values (the values themselves for methods that do not smooth).
    pub values: Vec<f64>,
    /// The time derivatives.
    pub derivatives: Vec<f64>,
}

/// A way to differentiate a series that is known at increasing, not necessarily even times.
pub trait Differentiate {
    /// Estimates the series and its derivative at its own times.
    ///
    /// # Errors
    ///
    /// Lists of different lengths, too few points, times that do not increase, numbers that are
    /// not finite, settings out of range.
    fn differentiate(&self, t: &[f64], x: &[f64]) -> Result<Estimate, Error>;
}

/// What every method asks of a series.
fn check(t: &[f64], x: &[f64], needed: usize) -> Result<(), Error> {
    if t.len() != x.len() {
        let (what, expected, found) = ("values of the series", t.len(), x.len());
        return Err(ErrorKind::WrongLength { what, expected, found }.into());
    }
    for (what, list) in [("times", t), ("values", x)] {
        if let Some(row) = list.iter().position(|value| !value.is_finite()) {
            let column = what.to_owned();
            return Err(ErrorKind::NonFinite { what: "the series", row, column }.into());
        }
    }
    if t.len() < needed {
        return Err(ErrorKind::ShortSeries { points: t.len(), needed }.into());
    }
    for (i, pair) in t.windows(2).enumerate() {
        if pair[1] <= pair[0] {
            let (index, before, at) = (i + 1, pair[0], pair[1]);
            return Err(ErrorKind::UnsortedTimes { index, before, at }.into());
        }
    }
    Ok(())
}

/// What every method promises of its estimate.
fn finite(estimate: Estimate) -> Result<Estimate, Error> {
    let all = estimate.values.iter().chain(&estimate.derivatives);
    if all.copied().all(f64::is_finite) {
        Ok(estimate)
    } else {
        Err(ErrorKind::Numerical { what: "the derivative of the series" }.into())
    }
}
