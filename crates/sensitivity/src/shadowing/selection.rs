//! Which parameters.

use crate::{Error, ErrorKind};

/// The indices of the parameters to differentiate with respect to: those chosen, or all.
pub(super) fn parameters(chosen: Option<&[usize]>, count: usize) -> Result<Vec<usize>, Error> {
    let Some(chosen) = chosen else { return Ok((0..count).collect()) };
    match chosen.iter().find(|&&index| index >= count) {
        Some(&index) => Err(ErrorKind::NoSuchParameter { index, parameters: count }.into()),
        None => Ok(chosen.to_vec()),
    }
}

/// Refuses a setting that has to be positive and finite.
pub(super) fn positive(name: &'static str, value: f64) -> Result<(), Error> {
    match value > 0.0 && value.is_finite() {
        true => Ok(()),
        false => Err(ErrorKind::Setting { name, value, must: "finite and positive" }.into()),
    }
}

/// Refuses a setting that has to be finite and not negative.
pub(super) fn not_negative(name: &'static str, value: f64) -> Result<(), Error> {
    match value >= 0.0 && value.is_finite() {
        true => Ok(()),
        false => Err(ErrorKind::Setting { name, value, must: "finite and not negative" }.into()),
    }
}
