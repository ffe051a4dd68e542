//! The points and intervals that least squares shadowing works on.

use crate::shadowing::average::{Average, Slopes};
use crate::shadowing::batch_means::FEWEST;
use crate::shadowing::trajectory::Trajectory;
use crate::shadowing::window::Window;
use crate::{Error, ErrorKind};
use system::System;

/// Intervals shorter than this fraction of the mean one are joined to a neighbour.
const SLIVER: f64 = 1e-3;

/// The largest relative difference between the slopes and the right-hand sides at midpoints (root mean
/// squares over the trajectory) that is taken for a solution of the model.
const COARSE: f64 = 0.1;

/// Points `(tₖ, uₖ)`, `k = 0..=N`, and the quantity there.
pub(super) struct Grid {
    pub(super) n: usize,
    pub(super) t: Vec<f64>,
    u: Vec<f64>,
    g: Vec<f64>,
    g_u: Vec<f64>,
    /// `∂g/∂p`, a row for each point.
    g_p: Vec<f64>,
    parameters: usize,
    /// What a point counts beside others in an integral: 1, or for samples nothing between them, and at them what the
    /// trapezoidal rule takes for the whole interval.
    rates: Vec<f64>,
    /// `w(tₖ)` times that, whose mean by the trapezoidal rule is 1.
    pub(super) window: Vec<f64>,
    /// `⟨g⟩` over all times, not windowed.
    mean: f64,
    /// How far the slopes are from the right-hand side at midpoints.
    pub(super) defect: f64,
}

impl Grid {
    pub(super) fn new(
        system: &impl System,
        average: &impl Average,
        trajectory: &Trajectory,
        window: Window,
    ) -> Result<Self, Error> {
        let (n, p) = (trajectory.n, &trajectory.p);
        let kept = kept(trajectory);
        if kept.len() <= FEWEST {
            let (steps, needed) = (kept.len().saturating_sub(1), FEWEST);
            return Err(ErrorKind::TooFewSteps { steps, needed }.into());
        }
        let mut grid = Self {
            n,
            t: kept.iter().map(|&k| trajectory.time(k)).collect(),
            u: kept.iter().flat_map(|&k| trajectory.state(k)).copied().collect(),
            g: Vec::with_capacity(kept.len()),
            g_u: Vec::with_capacity(kept.len() * n),
            g_p: Vec::with_capacity(kept.len() * p.len()),
            parameters: p.len(),
            rates: Vec::new(),
            window: Vec::new(),
            mean: 0.0,
            defect: 0.0,
        };
        let mut slopes = Slopes::new(average, n, p);
        for k in 0..kept.len() {
            let (g, g_u, g_p) = slopes.at(grid.t[k], &grid.u[k * n..(k + 1) * n])?;
            grid.g.push(g);
            grid.g_u.extend_from_slice(g_u);
            grid.g_p.extend_from_slice(g_p);
        }
        let (start, duration) = (grid.t[0], grid.duration());
        let rate = |(k, &point): (usize, &usize)| match trajectory.sample(point) {
            Some(weight) => weight / grid.cell(k),
            None => 1.0,
        };
        grid.rates = kept.iter().enumerate().map(rate).collect();
        let weights = grid.t.iter().map(|t| window.weight((t - start) / duration));
        grid.window = weights.zip(&grid.rates).map(|(weight, rate)| weight * rate).collect();
        let total: f64 = (0..kept.len()).map(|k| grid.cell(k) * grid.window[k]).sum();
        grid.window.iter_mut().for_each(|w| *w *= duration / total);
        grid.mean = (0..kept.len()).map(|k| grid.cell(k) * grid.g[k]).sum::<f64>() / duration;
        grid.defect = grid.defect(system, p);
        if grid.defect > COARSE {
            let (defect, dt) = (grid.defect, duration / grid.intervals() as f64);
            return Err(ErrorKind::CoarseSteps { defect, dt }.into());
        }
        Ok(grid)
    }

    pub(super) fn intervals(&self) -> usize {
        self.t.len() - 1
    }

    pub(super) fn duration(&self) -> f64 {
        self.t[self.intervals()] - self.t[0]
    }

    pub(super) fn dt(&self, i: usize) -> f64 {
        self.t[i + 1] - self.t[i]
    }

    /// `cₖ = (dtₖ₋₁ + dtₖ) / 2`, the weight of a point in an integral by the trapezoidal rule.
    pub(super) fn cell(&self, k: usize) -> f64 {
        let before = self.t[k.saturating_sub(1)];
        let behind = self.t[(k + 1).min(self.intervals())];
        0.5 * (behind - before)
    }

    pub(super) fn u(&self, k: usize) -> &[f64] {
        &self.u[k * self.n..(k + 1) * self.n]
    }

    pub(super) fn g_u(&self, k: usize) -> &[f64] {
        &self.g_u[k * self.n..(k + 1) * self.n]
    }

    pub(super) fn g_p(&self, k: usize, parameter: usize) -> f64 {
        self.g_p[k * self.parameters + parameter]
    }

    /// Time and state in the middle of interval `i`, and the slope `Δu / dt`.
    pub(super) fn middle(&self, i: usize, u: &mut [f64], slope: &mut [f64]) -> f64 {
        let dt = self.dt(i);
        for (j, (a, b)) in self.u(i).iter().zip(self.u(i + 1)).enumerate() {
            u[j] = 0.5 * (a + b);
            slope[j] = (b - a) / dt;
        }
        0.5 * (self.t[i] + self.t[i + 1])
    }

    /// What interval `i` adds to an integral of `values` by the trapezoidal rule.
    pub(super) fn part(&self, i: usize, values: impl Fn(usize) -> f64) -> f64 {
        0.5 * self.dt(i) * (values(i) + values(i + 1))
    }

    /// `∫ g dt` over interval `i`, and how much time it stands for.
    pub(super) fn share(&self, i: usize) -> (f64, f64) {
        (self.part(i, |k| self.rates[k] * self.g[k]), self.part(i, |k| self.rates[k]))
    }

    /// What `g` in the middle of interval `i` lacks to its mean over all times: what it adds if time runs slower there. Also
    /// of samples: their average does not depend on the speed of the sampling.
    pub(super) fn lack(&self, i: usize) -> f64 {
        self.mean - 0.5 * (self.g[i] + self.g[i + 1])
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        let vectors = [&self.t, &self.u, &self.g, &self.g_u, &self.g_p, &self.rates, &self.window];
        vectors.iter().map(|vector| size_of_val(&vector[..])).sum()
    }

    fn defect(&self, system: &impl System, p: &[f64]) -> f64 {
        let (mut u, mut slope) = (vec![0.0; self.n], vec![0.0; self.n]);
        let mut f = vec![0.0; self.n];
        let (mut off, mut size) = (0.0, 0.0);
        for i in 0..self.intervals() {
            let t = self.middle(i, &mut u, &mut slope);
            system.rhs(t, &u, p, &mut f);
            for (f, slope) in f.iter().zip(&slope) {
                off += self.dt(i) * (f - slope) * (f - slope);
                size += self.dt(i) * (f * f).max(slope * slope);
            }
        }
        // A solution at rest has no slope to compare with.
        let still = f64::EPSILON * self.u.iter().map(|u| u * u).sum::<f64>();
        if size <= still { 0.0 } else { (off / size).sqrt() }
    }
}

/// The states to keep, so that no interval is a sliver: a last step that is shorter than the others
/// would count as much as they do.
fn kept(trajectory: &Trajectory) -> Vec<usize> {
    let last = trajectory.steps.len();
    let sliver = SLIVER * trajectory.duration() / last as f64;
    let mut kept = vec![0];
    for k in 1..=last {
        let before = kept.last().map_or(0, |&k| k);
        if trajectory.time(k) - trajectory.time(before) >= sliver {
            kept.push(k);
        } else if trajectory.sample(k).is_some_and(|weight| weight > 0.0) && kept.len() > 1 {
            kept.pop();
            kept.push(k);
        }
    }
    if kept.last() != Some(&last) && kept.len() > 1 {
        kept.pop();
        kept.push(last);
    }
    kept
}
