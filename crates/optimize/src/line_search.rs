//! The strong-Wolfe line search.

use crate::error::{Error, require};
use crate::run::Run;
use crate::stop::StopReason;
use crate::vector::dot;

/// A line search for the strong Wolfe conditions, by bracketing and zoom with cubic interpolation
/// (Nocedal & Wright, *Numerical Optimization*, 2nd ed., algorithms 3.5 and 3.6, eq. 3.59).
///
/// Along φ(α) = f(x + α p) with φ′(0) < 0 it looks for a step α with
/// ```text
/// φ(α) ≤ φ(0) + c1 α φ′(0)          (the value falls enough)
/// |φ′(α)| ≤ c2 |φ′(0)|              (the slope flattens enough)
/// ```
/// The first test is taken with a slack of 4 units in the last place of φ(0), so that a run can go
/// on to full precision in the gradient when the value is already flat in rounding.
///
/// An evaluation that fails counts as φ = +∞: the search backs off towards the good side. When the
/// evaluations are used up and only the first condition could be met (a minimum behind which the
/// objective ends in a cliff), that point is taken.
///
/// ```
/// use optimize::{Lbfgs, StrongWolfe};
/// let exact = StrongWolfe { c2: 0.1, ..StrongWolfe::default() };
/// let method = Lbfgs { line_search: exact, ..Lbfgs::default() };
/// assert_eq!(method.line_search.c1, 1e-4);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct StrongWolfe {
    /// Sufficient decrease, 0 < c1 < c2 (1e-4).
    pub c1: f64,
    /// Curvature, c1 < c2 < 1 (0.9; about 0.1 for a nearly exact search).
    pub c2: f64,
    /// Evaluations of one search, at least 1 (30).
    pub max_evaluations: usize,
}

impl Default for StrongWolfe {
    fn default() -> Self {
        StrongWolfe { c1: 1e-4, c2: 0.9, max_evaluations: 30 }
    }
}

/// The line and the memory of one search after the other.
pub(crate) struct Line {
    /// p.
    pub(crate) direction: Vec<f64>,
    /// x + α p; after acceptance, the accepted point.
    pub(crate) x: Vec<f64>,
    /// The gradient at `x`.
    pub(crate) gradient: Vec<f64>,
    /// The gradient at the lower end of the bracket.
    low_gradient: Vec<f64>,
}

/// How a search ended.
pub(crate) enum Searched {
    /// `Line::x` and `Line::gradient` hold the new point; its value.
    Accepted(f64),
    /// The run must end.
    Exhausted(StopReason),
    /// No point is low enough.
    Failed { evaluations: usize, all_failed: bool },
}

/// φ and φ′ at one step length.
#[derive(Clone, Copy)]
struct Trial {
    step: f64,
    value: f64,
    slope: f64,
}

impl Line {
    pub(crate) fn new(dim: usize) -> Self {
        let zeros = || vec![0.0; dim];
        Line { direction: zeros(), x: zeros(), gradient: zeros(), low_gradient: zeros() }
    }

    fn move_to(&mut self, x0: &[f64], step: f64) {
        for ((x, x0), p) in self.x.iter_mut().zip(x0).zip(&self.direction) {
            *x = x0 + step * p;
        }
    }

    fn evaluate(&mut self, run: &mut Run<'_>, x0: &[f64], step: f64) -> Option<Trial> {
        self.move_to(x0, step);
        if !self.x.iter().all(|x| x.is_finite()) {
            run.refuse();
            return None;
        }
        let value = run.evaluate(&self.x, &mut self.gradient)?;
        let slope = dot(&self.gradient, &self.direction);
        slope.is_finite().then_some(Trial { step, value, slope })
    }
}

impl StrongWolfe {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let (c1, c2) = (self.c1, self.c2);
        require(0.0 < c1 && c1 < 1.0, "StrongWolfe.c1", c1, "in (0, 1)")?;
        require(c1 < c2 && c2 < 1.0, "StrongWolfe.c2", c2, "in (c1, 1)")?;
        require(self.max_evaluations > 0, "StrongWolfe.max_evaluations", 0.0, "at least 1")
    }

    /// Searches from `x0` (value `value`, slope `slope` < 0 along `line.direction`), trying
    /// `first_step` first.
    ///
    /// `low` is the best step that meets the first condition; `high`, once known, is a step such
    /// that an acceptable one lies between the two.
    pub(crate) fn search(
        &self,
        run: &mut Run<'_>,
        line: &mut Line,
        x0: &[f64],
        (value, slope): (f64, f64),
        first_step: f64,
    ) -> Searched {
        let slack = 4.0 * f64::EPSILON * value.abs();
        let mut low = Trial { step: 0.0, value, slope };
        let mut high: Option<Trial> = None;
        let mut widths = [f64::INFINITY; 2];
        let mut step = first_step;
        let mut evaluations = 0;
        let mut all_failed = true;
        while evaluations < self.max_evaluations {
            if let Some(reason) = run.exhausted() {
                return Searched::Exhausted(reason);
            }
            evaluations += 1;
            match line.evaluate(run, x0, step) {
                None => high = Some(Trial { step, value: f64::INFINITY, slope: f64::NAN }),
                Some(trial) => {
                    all_failed = false;
                    let enough = trial.value <= value + self.c1 * step * slope + slack;
                    if enough && trial.slope.abs() <= -self.c2 * slope {
                        return Searched::Accepted(trial.value);
                    }
                    if !enough || trial.value >= low.value {
                        high = Some(trial);
                    } else {
                        // The slope at the new low end must point into the bracket.
                        let ahead = high.is_none_or(|high| high.step > low.step);
                        let before = low;
                        if (trial.slope >= 0.0) == ahead {
                            high = Some(before);
                        }
                        low = trial;
                        std::mem::swap(&mut line.gradient, &mut line.low_gradient);
                        if high.is_none() {
                            step = extrapolate(before, trial);
                            continue;
                        }
                    }
                }
            }
            let Some(high) = high else { break };
            let width = (high.step - low.step).abs();
            if width <= 2.0 * f64::EPSILON * high.step.max(low.step) {
                break;
            }
            step = interpolate(low, high, width > 0.66 * widths[0]);
            widths = [widths[1], width];
        }
        if low.step > 0.0 && low.value < value {
            line.move_to(x0, low.step);
            std::mem::swap(&mut line.gradient, &mut line.low_gradient);
            return Searched::Accepted(low.value);
        }
        Searched::Failed { evaluations, all_failed }
    }
}

/// The next step inside a bracket: the cubic's minimum, kept off both ends; the middle if the
/// bracket shrinks too slowly; close to `low` if `high` could not be evaluated.
fn interpolate(low: Trial, high: Trial, slow: bool) -> f64 {
    let width = high.step - low.step;
    if !high.value.is_finite() {
        return low.step + 0.3 * width;
    }
    let middle = low.step + 0.5 * width;
    match cubic_minimum(low, high) {
        Some(step) if !slow => {
            let (a, b) = (low.step + 0.1 * width, high.step - 0.1 * width);
            step.clamp(a.min(b), a.max(b))
        }
        _ => middle,
    }
}

/// The next step beyond `trial` while the value still falls steeply; limits after Moré & Thuente
/// (1994).
fn extrapolate(before: Trial, trial: Trial) -> f64 {
    let width = trial.step - before.step;
    let (least, most) = (trial.step + 1.1 * width, trial.step + 4.0 * width);
    match cubic_minimum(before, trial) {
        Some(step) if step > trial.step => step.clamp(least, most),
        _ => most,
    }
}

/// The minimum of the cubic through two values and slopes (Nocedal & Wright eq. 3.59).
fn cubic_minimum(a: Trial, b: Trial) -> Option<f64> {
    let width = b.step - a.step;
    let d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.step - b.step);
    let d2 = (d1 * d1 - a.slope * b.slope).sqrt().copysign(width);
    let step = b.step - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    step.is_finite().then_some(step)
}
