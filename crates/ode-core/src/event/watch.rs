//! Where one condition stands with respect to zero.

use super::bracket::Bracket;

/// How many units in the last place of the time a condition may stay near zero after its event.
const NEAR: f64 = 64.0;

/// A condition at one time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    pub(super) t: f64,
    pub(super) value: f64,
    /// The side of zero; 0 after an event, until the condition has left zero.
    pub(super) side: f64,
    /// It has left zero where it is larger than this.
    pub(super) noise: f64,
    /// The side from which it came to its event; 0 where its effect does not send it back there.
    pub(super) home: f64,
}

/// A crossing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// The point from which on the condition is known to be on the side that it leaves here.
    pub(super) since: (f64, f64),
    pub(super) bracket: Bracket,
}

impl Hit {
    /// The time that counts: the one that has crossed.
    pub(super) fn t(&self) -> f64 {
        self.bracket.hi.0
    }

    /// The side that it leaves.
    pub(super) fn side(&self) -> f64 {
        self.since.1.signum()
    }
}

/// What is known of one root.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watch {
    /// Where it stands at the start of the step, or at its last event in the step.
    pub(super) start: Standing,
    /// The first crossing after that.
    pub(super) hit: Option<Hit>,
    /// Where it stands at the end of the step, if there is none.
    pub(super) end: Standing,
    /// The largest values of the last steps below and above zero; older ones count for less.
    peaks: [f64; 2],
}

impl Watch {
    /// Goes on from here.
    pub(super) fn settle(&mut self, t: f64, value: f64, noise: f64) {
        let left = value.abs() > noise;
        let (side, noise) = if left { (value.signum(), 0.0) } else { (0.0, noise) };
        self.start = Standing { t, value, side, noise, home: 0.0 };
        self.end = self.start;
        self.hit = None;
    }

    /// Notes how large the condition becomes in a step.
    pub(super) fn measure(&mut self, values: &[f64]) {
        for (peak, side) in self.peaks.iter_mut().zip([-1.0, 1.0]) {
            let there = values.iter().chain([&self.start.value]).map(|&value| side * value);
            *peak = largest(there).max(0.5 * *peak);
        }
    }

    /// The size of the condition that counts as zero around a root with these values beside it: what
    /// time changes in it within some units of its last place. Where the condition jumps, or time is
    /// coarse, that could be all that it ever reaches: then a part of that.
    pub(super) fn noise(&self, beside: &[f64]) -> f64 {
        let noise = NEAR * largest(beside.iter().map(|value| value.abs()));
        // A side where it has not been seen yet says nothing.
        let peaks = self.peaks.into_iter().filter(|&peak| peak > 0.0);
        peaks.fold(noise, |noise, peak| noise.min(0.25 * peak))
    }

    /// The same where only two values are known, at neighbouring times: 0 unless it is at its root.
    pub(super) fn noise_between(&self, a: f64, b: f64) -> f64 {
        let at_root = b.abs() <= NEAR * (b - a).abs();
        if at_root { self.noise(&[a, b]) } else { 0.0 }
    }
}

/// The largest of the finite values, at least 0. An infinite one, of a pole or a jump, has left zero.
fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.filter(|value| value.is_finite()).fold(0.0, f64::max)
}
