//! Limited-memory BFGS.

use crate::error::{Error, require};
use crate::line_search::{Line, Searched, StrongWolfe};
use crate::minimizer::{Control, Iterate, Minimizer, Outcome};
use crate::objective::Objective;
use crate::run::Run;
use crate::stop::{Stop, StopReason};
use crate::vector::{axpy, dot, max_distance};

/// A pair is kept only if s·y is more than this times |s| |y|: the curvature seen is real.
const LEAST_CURVATURE: f64 = 1e-10;

/// A direction must make at least this cosine with −g.
const LEAST_COSINE: f64 = 1e-12;

/// Largest accepted [`Lbfgs::memory`].
const MOST_MEMORY: usize = 1000;

/// Limited-memory BFGS (Nocedal 1980; Nocedal & Wright, *Numerical Optimization*, algorithms 7.4 and
/// 7.5): the direction is −H g with H from the last `memory` pairs s = Δx, y = Δg by the two-loop
/// recursion, started at γ I with γ = s·y / y·y; the step is found by a [`StrongWolfe`] search.
///
/// Pairs with s·y not safely positive are skipped. A direction that does not lead down, or a search
/// that fails, clears the memory and restarts along steepest descent; only when that fails too does
/// the run end, with [`StopReason::LineSearchFailed`] (or [`StopReason::NonFinite`] if no point of
/// the last search could be evaluated). Failed evaluations are stepped back from inside the search
/// and never enter the memory.
///
/// Cost per iteration: one or two evaluations as a rule and 4 `memory` n multiplications; memory
/// 2 `memory` n numbers, nothing allocated between iterations.
///
/// ```
/// use optimize::{FromFn, Lbfgs, Stop, minimize};
///
/// // A long thin bowl: ½ (x² + 10⁴ y²).
/// let mut bowl = FromFn::new(2, |x: &[f64], g: &mut [f64]| {
///     g[0] = x[0];
///     g[1] = 1e4 * x[1];
///     0.5 * (x[0] * g[0] + x[1] * g[1])
/// });
/// let outcome = minimize(&Lbfgs::default(), &mut bowl, &[1.0, 1.0], &Stop::default())?;
/// assert!(outcome.reason.is_converged() && outcome.iterations < 30);
/// # Ok::<(), optimize::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Lbfgs {
    /// Pairs remembered, 1 to 1000 (10).
    pub memory: usize,
    /// How steps are found.
    pub line_search: StrongWolfe,
}

impl Default for Lbfgs {
    fn default() -> Self {
        Lbfgs { memory: 10, line_search: StrongWolfe::default() }
    }
}

impl Lbfgs {
    fn validate(&self) -> Result<(), Error> {
        let memory = self.memory;
        let holds = (1..=MOST_MEMORY).contains(&memory);
        require(holds, "Lbfgs.memory", memory as f64, "from 1 to 1000")?;
        self.line_search.validate()
    }
}

impl Minimizer for Lbfgs {
    fn minimize(
        &self,
        objective: &mut dyn Objective,
        x0: &[f64],
        stop: &Stop,
        callback: &mut dyn FnMut(&Iterate<'_>) -> Control,
    ) -> Result<Outcome, Error> {
        self.validate()?;
        let mut run = Run::start(objective, x0, stop, callback)?;
        let mut x = x0.to_vec();
        let mut gradient = run.best().gradient.clone();
        let mut value = run.best().value;
        let mut pairs = Pairs::new(self.memory, x0.len());
        let mut line = Line::new(x0.len());
        if let Some(reason) = run.finished(&x, value, &gradient, 0.0) {
            return Ok(run.outcome(reason));
        }
        loop {
            loop {
                pairs.direction(&gradient, &mut line.direction);
                let mut slope = dot(&gradient, &line.direction);
                let lengths = dot(&gradient, &gradient) * dot(&line.direction, &line.direction);
                if !(slope < -LEAST_COSINE * lengths.sqrt() && lengths.is_finite()) {
                    pairs.clear();
                    pairs.direction(&gradient, &mut line.direction);
                    slope = dot(&gradient, &line.direction);
                }
                // Without curvature the scale is unknown: move by at most 1.
                let steepest = pairs.count == 0;
                let first_step = if steepest { (1.0 / (-slope).sqrt()).min(1.0) } else { 1.0 };
                let start = (value, slope);
                match self.line_search.search(&mut run, &mut line, &x, start, first_step) {
                    Searched::Accepted(lower) => {
                        value = lower;
                        break;
                    }
                    Searched::Exhausted(reason) => return Ok(run.outcome(reason)),
                    Searched::Failed { .. } if !steepest => pairs.clear(),
                    Searched::Failed { all_failed: true, .. } => {
                        let recoveries = run.recoveries();
                        return Ok(run.outcome(StopReason::NonFinite { recoveries }));
                    }
                    Searched::Failed { evaluations, .. } => {
                        let iteration = run.iteration() + 1;
                        let reason = StopReason::LineSearchFailed { iteration, evaluations, slope };
                        return Ok(run.outcome(reason));
                    }
                }
            }
            pairs.push(&x, &line.x, &gradient, &line.gradient);
            let step = max_distance(&x, &line.x);
            std::mem::swap(&mut x, &mut line.x);
            std::mem::swap(&mut gradient, &mut line.gradient);
            if let Some(reason) = run.finished(&x, value, &gradient, step) {
                return Ok(run.outcome(reason));
            }
        }
    }
}

/// The last pairs (s, y) in a ring, and the product with the inverse Hessian they imply.
struct Pairs {
    dim: usize,
    /// Row r is `s[r * dim..][..dim]`.
    s: Vec<f64>,
    y: Vec<f64>,
    /// s·y of each row.
    sy: Vec<f64>,
    /// First-loop coefficients, by row.
    alpha: Vec<f64>,
    /// γ of the newest pair.
    scale: f64,
    /// Row of the next pair.
    next: usize,
    count: usize,
}

impl Pairs {
    fn new(memory: usize, dim: usize) -> Self {
        Pairs {
            dim,
            s: vec![0.0; memory * dim],
            y: vec![0.0; memory * dim],
            sy: vec![0.0; memory],
            alpha: vec![0.0; memory],
            scale: 1.0,
            next: 0,
            count: 0,
        }
    }

    fn clear(&mut self) {
        self.count = 0;
    }

    /// Row of the pair of the given age: 0 is the newest.
    fn row(&self, age: usize) -> usize {
        let memory = self.sy.len();
        (self.next + memory - 1 - age) % memory
    }

    /// Takes in s = `x_new` − `x`, y = `g_new` − `g`, unless their curvature is not safely positive.
    fn push(&mut self, x: &[f64], x_new: &[f64], g: &[f64], g_new: &[f64]) {
        let range = self.next * self.dim..(self.next + 1) * self.dim;
        let (s, y) = (&mut self.s[range.clone()], &mut self.y[range]);
        for i in 0..x.len() {
            s[i] = x_new[i] - x[i];
            y[i] = g_new[i] - g[i];
        }
        let (sy, ss, yy) = (dot(s, y), dot(s, s), dot(y, y));
        let scale = sy / yy;
        let lengths = ss.sqrt() * yy.sqrt();
        if sy > LEAST_CURVATURE * lengths && lengths.is_finite() && scale.is_normal() {
            let memory = self.sy.len();
            self.sy[self.next] = sy;
            self.scale = scale;
            self.next = (self.next + 1) % memory;
            self.count = (self.count + 1).min(memory);
        } else if self.count == self.sy.len() {
            // The rejected pair has overwritten the oldest one.
            self.count -= 1;
        }
    }

    /// p = −H g (algorithm 7.4); −g without pairs.
    fn direction(&mut self, gradient: &[f64], p: &mut [f64]) {
        for (p, g) in p.iter_mut().zip(gradient) {
            *p = -g;
        }
        if self.count == 0 {
            return;
        }
        let dim = self.dim;
        for age in 0..self.count {
            let r = self.row(age);
            self.alpha[r] = dot(&self.s[r * dim..(r + 1) * dim], p) / self.sy[r];
            axpy(-self.alpha[r], &self.y[r * dim..(r + 1) * dim], p);
        }
        for p in p.iter_mut() {
            *p *= self.scale;
        }
        for age in (0..self.count).rev() {
            let r = self.row(age);
            let beta = dot(&self.y[r * dim..(r + 1) * dim], p) / self.sy[r];
            axpy(self.alpha[r] - beta, &self.s[r * dim..(r + 1) * dim], p);
        }
    }
}
