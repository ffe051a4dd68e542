//! How many directions, how long segments.

use super::batch_means::FEWEST;
use super::lyapunov::exponents;
use super::selection::positive;
use super::trajectory::Trajectory;
use crate::{Error, ErrorKind};
use ode_core::ErkTableau;
use std::ops::Range;
use system::System;

/// By what factor, as a power of e, tangents may grow within a segment.
const GROWTH: f64 = 2.0;

/// Steps that exponents are estimated from, at least, where there are as many.
const ESTIMATE: usize = 2000;

/// What the caller has chosen, and what the algorithm needs.
pub(super) struct Wish {
    pub(super) directions: Option<usize>,
    pub(super) segment: Option<f64>,
    /// Directions beyond those that do not decay.
    pub(super) spare: usize,
    /// There are no more than these.
    pub(super) most: usize,
}

/// A number of homogeneous solutions, and the steps of each segment.
pub(super) struct Plan {
    pub(super) directions: usize,
    pub(super) segments: Vec<Range<usize>>,
    pub(super) products: usize,
}

/// Takes what is chosen, and else estimates it from the Lyapunov exponents.
pub(super) fn plan<F: System>(
    system: &F,
    tableau: &'static ErkTableau,
    trajectory: &Trajectory,
    wish: &Wish,
) -> Result<Plan, Error> {
    let Wish { directions, segment, spare, most } = *wish;
    if let Some(directions) = directions.filter(|&directions| directions > most) {
        let (name, value) = ("directions", directions as f64);
        let must = "at most the number of states, less one for NILSS of an autonomous model";
        return Err(ErrorKind::Setting { name, value, must }.into());
    }
    if let Some(segment) = segment {
        positive("segment", segment)?;
    }
    let duration = trajectory.duration();
    let (mut chosen, mut length, mut products) = (most, duration / 40.0, 0);
    if directions.is_none() || segment.is_none() {
        // A quarter of the steps tells enough.
        let steps = trajectory.steps.len();
        let steps = steps.min(ESTIMATE.max(steps / 4));
        let n = trajectory.n;
        let mut count = if directions.is_some() { 1 } else { n.min(4) };
        let found = loop {
            let found = exponents(system, tableau, trajectory, steps, count)?;
            products += found.stats.products;
            if directions.is_some() || count == n || found.not_negative() < count {
                break found;
            }
            count = n.min(2 * count);
        };
        let neutral = usize::from(trajectory.has_flow);
        chosen = (found.not_negative().max(neutral) + spare).min(most);
        let largest = found.values.first().copied().unwrap_or(0.0);
        if largest > 0.0 {
            length = length.min(GROWTH / largest);
        }
    }
    let segments = cut(trajectory, segment.unwrap_or(length));
    if segments.len() < FEWEST {
        let (segments, needed) = (segments.len(), FEWEST);
        return Err(ErrorKind::TooFewSegments { segments, needed, duration }.into());
    }
    Ok(Plan { directions: directions.unwrap_or(chosen), segments, products })
}

/// Runs of steps that reach over about `length` each.
fn cut(trajectory: &Trajectory, length: f64) -> Vec<Range<usize>> {
    let (steps, start) = (trajectory.steps.len(), trajectory.time(0));
    let count = (trajectory.duration() / length).round().max(1.0);
    let length = trajectory.duration() / count;
    let mut segments: Vec<Range<usize>> = Vec::new();
    let mut first = 0;
    for end in 1..=steps {
        // The step that ends nearest to a multiple of the length.
        let half = 0.5 * (trajectory.time(end) - trajectory.time(end - 1));
        let is_full = trajectory.time(end) + half - start > (segments.len() + 1) as f64 * length;
        if end == steps || is_full {
            segments.push(first..end);
            first = end;
        }
    }
    segments
}

/// By this factor an inhomogeneous tangent or cotangent grows only where an unstable direction is not held.
const RUNAWAY: f64 = 1e6;

/// What is left of the inhomogeneous solution behind the interfaces stays of one size if all unstable directions are held:
/// `sizes` in the order of the march, which is at `time(i)` after segment `i`.
pub(super) fn holds_all(
    directions: usize,
    sizes: impl Iterator<Item = f64>,
    time: impl Fn(usize) -> f64,
) -> Result<(), Error> {
    match runaway(&sizes.collect::<Vec<_>>(), RUNAWAY) {
        None => Ok(()),
        Some(i) => Err(ErrorKind::TooFewDirections { directions, t: time(i) }.into()),
    }
}

/// The first of the later half of `sizes` that exceeds all of the first quarter by `factor`.
fn runaway(sizes: &[f64], factor: f64) -> Option<usize> {
    let (early, half) = (&sizes[..sizes.len().div_ceil(4)], sizes.len() / 2);
    let usual = early.iter().fold(0.0f64, |largest, &size| largest.max(size));
    (half..sizes.len()).find(|&i| sizes[i] > factor * usual && usual > 0.0)
}
