//! Checks of what comes from outside.

use crate::{Error, ErrorKind};
use scalar::Concrete;

pub(crate) fn length(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    match expected == found {
        true => Ok(()),
        false => Err(ErrorKind::Dimension { what, expected, found }.into()),
    }
}

pub(crate) fn finite<S: Concrete>(what: &'static str, values: &[S]) -> Result<(), Error> {
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(index) => Err(ErrorKind::NotFinite { what, index }.into()),
    }
}

/// Finite and greater than zero.
pub(crate) fn positive(name: &'static str, value: f64) -> Result<(), Error> {
    match value > 0.0 && value.is_finite() {
        true => Ok(()),
        false => {
            let must = "finite and greater than 0";
            Err(ErrorKind::Option { name, value, must }.into())
        }
    }
}

/// Inside the span, and strictly in the order of integration.
pub(crate) fn times(what: &'static str, times: &[f64], (t0, t1): (f64, f64)) -> Result<(), Error> {
    let direction = (t1 - t0).signum();
    for (index, &t) in times.iter().enumerate() {
        let bad = |problem| Err(ErrorKind::Times { what, index, t, problem }.into());
        if !t.is_finite() {
            return bad("is not finite");
        }
        if (t - t0) * direction < 0.0 || (t1 - t) * direction < 0.0 {
            return bad("is outside the time span");
        }
        if index > 0 && (t - times[index - 1]) * direction <= 0.0 {
            return bad("does not come after the time before it: sort the times, without repeats");
        }
    }
    Ok(())
}

/// Finite, and running forwards or backwards; times may repeat. Else the first bad index, and why.
pub(crate) fn order(times: &[f64]) -> Result<(), (usize, &'static str)> {
    if let Some(i) = times.iter().position(|t| !t.is_finite()) {
        return Err((i, "a time is not finite"));
    }
    let falls = |pair: &[f64]| pair[0] > pair[1];
    let backwards = times.windows(2).find(|pair| pair[0] != pair[1]).is_some_and(falls);
    let turns = |pair: &[f64]| pair[0] != pair[1] && falls(pair) != backwards;
    match times.windows(2).position(turns) {
        None => Ok(()),
        Some(i) => Err((i + 1, "the times neither rise nor fall throughout")),
    }
}
