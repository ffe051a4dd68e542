//! Adam and AdamW.

use crate::error::{Error, require};
use crate::minimizer::{Control, Iterate, Minimizer, Outcome};
use crate::objective::Objective;
use crate::run::Run;
use crate::schedule::Schedule;
use crate::stop::{Stop, StopReason};
use crate::vector::{dot, max_distance};

/// Adam (Kingma & Ba, ICLR 2015, arXiv 1412.6980), with decoupled weight decay (AdamW: Loshchilov &
/// Hutter, ICLR 2019, arXiv 1711.05101).
///
/// With gradient g_k, rate η_k = `rate` · `schedule`(k), k = 1, 2, …:
/// ```text
/// m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
/// x ← x − η_k ( (m / (1 − β₁ᵏ)) / (√(v / (1 − β₂ᵏ)) + ε) + weight_decay · x )
/// ```
/// The decay is scaled by the rate, as common libraries do; the λ of the paper is
/// `rate · weight_decay`. With decay the fixed point is not a zero of the gradient: end such runs by
/// iterations or value.
///
/// **When an evaluation fails** (not finite) the step is rejected: the run goes back to the best
/// point, forgets both moments, multiplies the rate by `recovery_shrink` for good, and goes on. More
/// than `max_recoveries` of these end it with [`StopReason::NonFinite`].
///
/// Cost per iteration: one evaluation and O(n); nothing is allocated.
///
/// ```
/// use optimize::{Adam, FromFn, Schedule, Stop, minimize};
///
/// // ½ x² + √(1 − x), which does not exist beyond x = 1.
/// let mut cliff = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
///     let root = (1.0 - x[0]).sqrt();
///     g[0] = x[0] - 0.5 / root;
///     0.5 * x[0] * x[0] + root
/// });
/// let adam = Adam {
///     rate: 0.05,
///     schedule: Schedule::Cosine { iterations: 500, floor: 1e-3 },
///     ..Adam::default()
/// };
/// let outcome = minimize(&adam, &mut cliff, &[-2.0], &Stop::iterations(500))?;
/// assert!(outcome.value.is_finite());
/// # Ok::<(), optimize::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Adam {
    /// Base rate η (1e-3): about the largest change of a variable in one iteration.
    pub rate: f64,
    /// Memory of the mean gradient, in [0, 1) (0.9).
    pub beta1: f64,
    /// Memory of the mean squared gradient, in [0, 1) (0.999).
    pub beta2: f64,
    /// Added to the root of the mean square (1e-8).
    pub epsilon: f64,
    /// Factor on the rate over the iterations (constant).
    pub schedule: Schedule,
    /// Gradients longer than this (Euclidean norm) are shortened to it (none).
    pub clip: Option<f64>,
    /// Decoupled weight decay (0).
    pub weight_decay: f64,
    /// Factor on the rate after a failed evaluation, in (0, 1) (0.5).
    pub recovery_shrink: f64,
    /// Failed evaluations allowed in one run (30).
    pub max_recoveries: usize,
}

impl Default for Adam {
    fn default() -> Self {
        Adam {
            rate: 1e-3,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            schedule: Schedule::Constant,
            clip: None,
            weight_decay: 0.0,
            recovery_shrink: 0.5,
            max_recoveries: 30,
        }
    }
}

impl Adam {
    fn validate(&self) -> Result<(), Error> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        let shrink = self.recovery_shrink;
        let clip = self.clip.unwrap_or(1.0);
        require(positive(self.rate), "Adam.rate", self.rate, "positive and finite")?;
        require((0.0..1.0).contains(&self.beta1), "Adam.beta1", self.beta1, "in [0, 1)")?;
        require((0.0..1.0).contains(&self.beta2), "Adam.beta2", self.beta2, "in [0, 1)")?;
        require(positive(self.epsilon), "Adam.epsilon", self.epsilon, "positive and finite")?;
        require(clip > 0.0, "Adam.clip", clip, "positive")?;
        let decay = self.weight_decay;
        require(decay >= 0.0 && decay.is_finite(), "Adam.weight_decay", decay, "zero or positive")?;
        require(0.0 < shrink && shrink < 1.0, "Adam.recovery_shrink", shrink, "in (0, 1)")?;
        self.schedule.validate()
    }
}

/// First and second moments, and how many gradients they hold.
struct Moments {
    mean: Vec<f64>,
    square: Vec<f64>,
    count: i32,
}

impl Moments {
    fn forget(&mut self) {
        self.mean.fill(0.0);
        self.square.fill(0.0);
        self.count = 0;
    }

    /// Takes `gradient` in and moves `x` by one step of size `rate`.
    fn step(&mut self, adam: &Adam, rate: f64, gradient: &[f64], x: &mut [f64]) {
        self.count = self.count.saturating_add(1);
        let scale = match adam.clip {
            Some(clip) => (clip / dot(gradient, gradient).sqrt()).min(1.0),
            None => 1.0,
        };
        let mean_bias = 1.0 - adam.beta1.powi(self.count);
        let square_bias = 1.0 - adam.beta2.powi(self.count);
        for i in 0..x.len() {
            let g = scale * gradient[i];
            self.mean[i] = adam.beta1 * self.mean[i] + (1.0 - adam.beta1) * g;
            self.square[i] = adam.beta2 * self.square[i] + (1.0 - adam.beta2) * g * g;
            let mean = self.mean[i] / mean_bias;
            let square = self.square[i] / square_bias;
            x[i] -= rate * (mean / (square.sqrt() + adam.epsilon) + adam.weight_decay * x[i]);
        }
    }
}

impl Minimizer for Adam {
    fn minimize(
        &self,
        objective: &mut dyn Objective,
        x0: &[f64],
        stop: &Stop,
        callback: &mut dyn FnMut(&Iterate<'_>) -> Control,
    ) -> Result<Outcome, Error> {
        self.validate()?;
        let mut run = Run::start(objective, x0, stop, callback)?;
        let dim = x0.len();
        let mut x = x0.to_vec();
        let mut before = x0.to_vec();
        let mut gradient = run.best().gradient.clone();
        let mut moments = Moments { mean: vec![0.0; dim], square: vec![0.0; dim], count: 0 };
        let mut shrink = 1.0;
        if let Some(reason) = run.finished(&x, run.best().value, &gradient, 0.0) {
            return Ok(run.outcome(reason));
        }
        loop {
            if let Some(reason) = run.exhausted() {
                return Ok(run.outcome(reason));
            }
            before.copy_from_slice(&x);
            let rate = self.rate * shrink * self.schedule.factor(run.iteration());
            moments.step(self, rate, &gradient, &mut x);
            let value = if x.iter().all(|x| x.is_finite()) {
                run.evaluate(&x, &mut gradient)
            } else {
                run.refuse();
                None
            };
            let Some(value) = value else {
                if run.recoveries() > self.max_recoveries {
                    let recoveries = run.recoveries();
                    return Ok(run.outcome(StopReason::NonFinite { recoveries }));
                }
                x.copy_from_slice(&run.best().x);
                gradient.copy_from_slice(&run.best().gradient);
                moments.forget();
                shrink *= self.recovery_shrink;
                continue;
            };
            let step = max_distance(&x, &before);
            if let Some(reason) = run.finished(&x, value, &gradient, step) {
                return Ok(run.outcome(reason));
            }
        }
    }
}
