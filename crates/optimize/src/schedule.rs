//! How a rate changes over the iterations.

use crate::error::{Error, require};

/// A factor on the base rate, by iteration k = 0, 1, 2, …
///
/// ```
/// use optimize::Schedule;
/// let schedule = Schedule::WarmupCosine { warmup: 10, iterations: 110, floor: 0.1 };
/// assert_eq!(schedule.factor(0), 0.1);           // first of ten steps up
/// assert_eq!(schedule.factor(10), 1.0);          // the top
/// assert!((schedule.factor(60) - 0.55).abs() < 1e-12); // half way down
/// assert_eq!(schedule.factor(110), 0.1);         // the floor, from here on
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Schedule {
    /// 1 for ever.
    #[default]
    Constant,
    /// `decay`^(k / `every`), smooth in k.
    Exponential {
        /// Factor per `every` iterations, in (0, 1].
        decay: f64,
        /// Iterations over which the rate falls by `decay`; at least 1.
        every: usize,
    },
    /// `factor`^⌊k / `every`⌋, in stairs.
    Step {
        /// Factor of one stair, in (0, 1].
        factor: f64,
        /// Length of a stair; at least 1.
        every: usize,
    },
    /// From 1 down to `floor` along half a cosine, then `floor` (Loshchilov & Hutter 2017, SGDR,
    /// without restarts).
    Cosine {
        /// Iterations until the floor; at least 1.
        iterations: usize,
        /// The last factor, in [0, 1].
        floor: f64,
    },
    /// (k + 1) / `warmup` for the first `warmup` iterations, then [`Schedule::Cosine`] until
    /// iteration `iterations`.
    WarmupCosine {
        /// Iterations of the rise.
        warmup: usize,
        /// Iterations until the floor, the rise included; more than `warmup`.
        iterations: usize,
        /// The last factor, in [0, 1].
        floor: f64,
    },
}

impl Schedule {
    /// The factor at iteration `k`, counted from 0.
    pub fn factor(&self, k: usize) -> f64 {
        match *self {
            Schedule::Constant => 1.0,
            Schedule::Exponential { decay, every } => decay.powf(k as f64 / every.max(1) as f64),
            Schedule::Step { factor, every } => factor.powf((k / every.max(1)) as f64),
            Schedule::Cosine { iterations, floor } => cosine(k, iterations, floor),
            Schedule::WarmupCosine { warmup, .. } if k < warmup => (k + 1) as f64 / warmup as f64,
            Schedule::WarmupCosine { warmup, iterations, floor } => {
                cosine(k - warmup, iterations.saturating_sub(warmup), floor)
            }
        }
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        let at_least_one = |every: usize| {
            require(every > 0, "Schedule.every (or iterations)", every as f64, "at least 1")
        };
        match *self {
            Schedule::Constant => Ok(()),
            Schedule::Exponential { decay: factor, every } | Schedule::Step { factor, every } => {
                require(0.0 < factor && factor <= 1.0, "Schedule.factor", factor, "in (0, 1]")?;
                at_least_one(every)
            }
            Schedule::Cosine { iterations, floor } => {
                require((0.0..=1.0).contains(&floor), "Schedule.floor", floor, "in [0, 1]")?;
                at_least_one(iterations)
            }
            Schedule::WarmupCosine { warmup, iterations, floor } => {
                require((0.0..=1.0).contains(&floor), "Schedule.floor", floor, "in [0, 1]")?;
                let value = iterations as f64;
                require(iterations > warmup, "Schedule.iterations", value, "more than warmup")
            }
        }
    }
}

/// floor + (1 − floor) (1 + cos(π k / n)) / 2, and floor from n on.
fn cosine(k: usize, n: usize, floor: f64) -> f64 {
    if k >= n {
        return floor;
    }
    let angle = std::f64::consts::PI * k as f64 / n as f64;
    floor + (1.0 - floor) * 0.5 * (1.0 + angle.cos())
}
