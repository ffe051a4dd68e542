//! What must hold of a solution that is read from elsewhere.

use super::{Interpolants, Solution};
use crate::event::EventLog;
use crate::{Error, ErrorKind, Stats, check};
use scalar::Scalar;
use std::borrow::Cow;
use std::time::Duration;

/// A solution as it was written.
#[derive(serde::Deserialize)]
pub(super) struct Unchecked<S> {
    method: Option<String>,
    names: Vec<String>,
    times: Vec<f64>,
    states: Vec<S>,
    stats: Stats,
    elapsed: Duration,
    interpolants: Interpolants<S>,
    log: EventLog<S>,
}

/// Shared names are written as any others.
pub(super) fn names<W: serde::Serializer>(names: &[String], to: W) -> Result<W::Ok, W::Error> {
    serde::Serialize::serialize(names, to)
}

impl<S: Scalar> TryFrom<Unchecked<S>> for Solution<S> {
    type Error = Error;

    fn try_from(read: Unchecked<S>) -> Result<Self, Error> {
        let Unchecked { method, names, times, states, stats, elapsed, interpolants, log } = read;
        let (method, names) = (method.map(Cow::Owned), names.into());
        let solution = Self { method, names, times, states, stats, elapsed, interpolants, log };
        solution.check()?;
        Ok(solution)
    }
}

impl<S> Solution<S> {
    fn check(&self) -> Result<(), Error> {
        let refuse = |problem| Err(ErrorKind::Stored { problem }.into());
        if self.len().checked_mul(self.dim()) != Some(self.states.len()) {
            return refuse("the states are not one number per name and time");
        }
        if let Err((_, problem)) = check::order(&self.times) {
            return refuse(problem);
        }
        if !self.log.tables.iter().all(|table| table.is_whole()) {
            return refuse("a table of the log has not one number per column and time");
        }
        self.interpolants.check(&self.times, self.dim()).or_else(refuse)
    }
}

impl<S> Interpolants<S> {
    /// One for each step between the points, or none at all.
    fn check(&self, times: &[f64], n: usize) -> Result<(), &'static str> {
        let Self { steps, coefficients } = self;
        if steps.is_empty() {
            return match coefficients.is_empty() {
                true => Ok(()),
                false => Err("there are coefficients of interpolants, but no steps"),
            };
        }
        if steps.len() + 1 != times.len() {
            return Err("there is not one interpolant for each step between the points");
        }
        let ends = steps.iter().skip(1).map(|step| step.2).chain([coefficients.len()]);
        for (i, (&(start, dt, first), end)) in steps.iter().zip(ends).enumerate() {
            if !dt.is_finite() || dt == 0.0 || start != times[i] {
                return Err("an interpolant does not belong to the step between two points");
            }
            if (i == 0 && first != 0) || first > end {
                return Err("the coefficients of the interpolants are not in order");
            }
            let count = end - first;
            if (count == 0) != (n == 0) || count % n.max(1) != 0 {
                return Err("an interpolant has not one coefficient per component and degree");
            }
        }
        Ok(())
    }
}
