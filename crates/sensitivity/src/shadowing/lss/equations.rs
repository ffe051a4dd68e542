//! The equations of least squares shadowing, factored.

use super::grid::Grid;
use crate::shadowing::average::Average;
use crate::shadowing::block_tridiagonal::{BlockFactors, BlockTridiagonal};
use crate::shadowing::problem::AverageProblem;
use crate::shadowing::selection::positive;
use crate::shadowing::trajectory::Trajectory;
use crate::shadowing::window::Window;
use crate::{Error, ErrorKind};
use ad_tape::Vjp;
use ode_core::{Algorithm, Options, Stats};
use system::{Failure, Jacobian, System};

/// Which shadowing solution is closest: `v = du/dp` along it and the dilation `η` of time minimise
/// `Σ cₖ |vₖ|² + α² Σ dtᵢ ηᵢ²` subject to, on each interval `i` with its midpoint values
/// (Wang, Hu and Blonigan 2014, arXiv 1204.0159),
///
/// `(vᵢ₊₁ - vᵢ) / dt - J (vᵢ + vᵢ₊₁) / 2 + η u̇ = f_p`, in short `B v + E η = f_p`.
///
/// With multipliers `w`: `v = C⁻¹ Bᵀ w`, `η = D⁻¹ Eᵀ w`, `S w = f_p` where
/// `S = B C⁻¹ Bᵀ + E D⁻¹ Eᵀ` is block tridiagonal, because row `i` of `B` holds
/// `Aᵢ = -I / dt - J / 2` and `Bᵢ = I / dt - J / 2` only.
pub(super) struct Equations<'a, F: Vjp> {
    system: &'a F,
    pub(super) trajectory: Trajectory,
    pub(super) grid: Grid,
    factors: BlockFactors,
    /// `1 / α²`; zero where time is not dilated.
    dilation: f64,
    record: F::Record,
    pub(super) stats: Stats,
}

impl<'a, F: System> Equations<'a, F> {
    pub(super) fn new<A, G>(
        problem: &'a AverageProblem<F>,
        algorithm: A,
        options: &Options,
        average: &G,
        (alpha, window): (f64, Window),
    ) -> Result<Self, Error>
    where
        A: for<'f> Algorithm<&'f F, Vec<f64>>,
        G: Average,
    {
        positive("alpha", alpha)?;
        let trajectory = Trajectory::record(problem, algorithm, options)?;
        trajectory.admits(average)?;
        let system = problem.system();
        let grid = Grid::new(system, average, &trajectory, window)?;
        let is_dilated = window.dilates() && trajectory.has_flow;
        let dilation = if is_dilated { alpha.powi(-2) } else { 0.0 };
        let schur = assemble(system, &grid, &trajectory.p, dilation)?;
        let factors = schur.factor().map_err(|block| ErrorKind::SingularShadowing {
            t: grid.t[block.min(grid.intervals())],
        })?;
        let mut stats = trajectory.stats;
        stats.jacobians += grid.intervals();
        stats.factorizations += 1;
        let record = system.record();
        Ok(Self { system, trajectory, grid, factors, dilation, record, stats })
    }

    /// `w = S⁻¹ r` in place.
    pub(super) fn solve(&mut self, r: &mut [f64]) {
        self.factors.solve(r);
        self.stats.solves += 1;
    }

    /// `Jᵀ w` into `u_bar` and `f_pᵀ w` into `p_bar` on interval `i`.
    pub(super) fn pull_back(
        &mut self,
        i: usize,
        w: &[f64],
        middle: (&mut [f64], &mut [f64]),
        (u_bar, p_bar): (&mut [f64], &mut [f64]),
    ) -> Result<(), Error> {
        let t = self.grid.middle(i, middle.0, middle.1);
        u_bar.fill(0.0);
        p_bar.fill(0.0);
        self.stats.products += 1;
        let p = &self.trajectory.p;
        let done = self.system.pull_back(t, middle.0, p, w, (&mut *u_bar, p_bar), &mut self.record);
        done.map_err(|failure| Error::replay(self.grid.t[i], &failure))
    }

    /// `v = C⁻¹ Bᵀ w`, a row for each point.
    pub(super) fn tangent(&mut self, w: &[f64]) -> Result<Vec<f64>, Error> {
        let (n, intervals) = (self.grid.n, self.grid.intervals());
        let mut v = vec![0.0; n * (intervals + 1)];
        let (mut u, mut slope, mut back) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let mut unused = vec![0.0; self.trajectory.p.len()];
        for i in 0..intervals {
            let w = &w[i * n..(i + 1) * n];
            self.pull_back(i, w, (&mut u, &mut slope), (&mut back, &mut unused))?;
            let dt = self.grid.dt(i);
            for j in 0..n {
                v[i * n + j] -= w[j] / dt + 0.5 * back[j];
                v[(i + 1) * n + j] += w[j] / dt - 0.5 * back[j];
            }
        }
        for (k, v) in v.chunks_exact_mut(n).enumerate() {
            let cell = self.grid.cell(k);
            v.iter_mut().for_each(|v| *v /= cell);
        }
        Ok(v)
    }

    /// `dtᵢ ηᵢ = u̇ · wᵢ / α²`.
    pub(super) fn dilation(&self, i: usize, slope: &[f64], w: &[f64]) -> f64 {
        let n = self.grid.n;
        let along: f64 = slope.iter().zip(&w[i * n..(i + 1) * n]).map(|(s, w)| s * w).sum();
        self.dilation * along
    }

    /// `B x + E D⁻¹ y` for the values `x` at the points and `y` on the intervals, written over `out`.
    pub(super) fn transposed_source(
        &mut self,
        x: impl Fn(usize, usize) -> f64,
        y: impl Fn(usize) -> f64,
    ) -> Result<Vec<f64>, Error> {
        let (n, intervals) = (self.grid.n, self.grid.intervals());
        let mut out = Vec::with_capacity(n * intervals);
        let mut work = self.system.jacobian_work();
        let (mut u, mut slope) = (vec![0.0; n], vec![0.0; n]);
        let (mut mean, mut along) = (vec![0.0; n], vec![0.0; n]);
        for i in 0..intervals {
            let t = self.grid.middle(i, &mut u, &mut slope);
            for (j, mean) in mean.iter_mut().enumerate() {
                *mean = 0.5 * (x(i, j) + x(i + 1, j));
            }
            let p = &self.trajectory.p;
            let done = self.system.jvp(t, &u, p, (&mean, &mut along), &mut work);
            done.map_err(|failure| Error::replay(self.grid.t[i], &failure))?;
            self.stats.products += 1;
            let (dt, dilated) = (self.grid.dt(i), self.dilation * y(i) / self.grid.dt(i));
            for j in 0..n {
                out.push((x(i + 1, j) - x(i, j)) / dt - along[j] + dilated * slope[j]);
            }
        }
        Ok(out)
    }

    /// Bytes held at the most.
    pub(super) fn bytes(&self) -> usize {
        // The multipliers and the tangents.
        let vectors = 2 * self.grid.n * self.grid.t.len() * size_of::<f64>();
        self.factors.bytes() + self.grid.bytes() + self.trajectory.bytes() + vectors
    }
}

/// `S`, of which only lower triangles of the diagonal blocks are needed.
fn assemble<F: System>(
    system: &F,
    grid: &Grid,
    p: &[f64],
    dilation: f64,
) -> Result<BlockTridiagonal, Error> {
    let (n, intervals) = (grid.n, grid.intervals());
    let size = n * n;
    let mut schur = BlockTridiagonal::zeros(n, intervals);
    let mut work = system.jacobian_work();
    let (mut u, mut slope) = (vec![0.0; n], vec![0.0; n]);
    // Row by row, so that a row of a product is a sum of rows.
    let (mut jacobian, mut left) = (vec![0.0; size], vec![0.0; size]);
    let (mut right, mut before) = (vec![0.0; size], vec![0.0; size]);
    for i in 0..intervals {
        let replay = |failure: Failure| Error::replay(grid.t[i], &failure);
        let t = grid.middle(i, &mut u, &mut slope);
        system.jacobian(t, &u, p, &mut jacobian, &mut work).map_err(replay)?;
        if jacobian.iter().any(|entry| !entry.is_finite()) {
            return Err(ErrorKind::TangentNotFinite { t }.into());
        }
        let dt = grid.dt(i);
        for (k, entry) in jacobian.iter().enumerate() {
            let unit = if k % (n + 1) == 0 { 1.0 / dt } else { 0.0 };
            left[k] = -unit - 0.5 * entry;
            right[k] = unit - 0.5 * entry;
        }
        let diagonal = &mut schur.diagonal[i * size..(i + 1) * size];
        add_product(n, &left, &left, 1.0 / grid.cell(i), diagonal, true);
        add_product(n, &right, &right, 1.0 / grid.cell(i + 1), diagonal, true);
        for (column, a) in diagonal.chunks_exact_mut(n).zip(&slope) {
            column.iter_mut().zip(&slope).for_each(|(d, b)| *d += dilation / dt * a * b);
        }
        if i > 0 {
            let below = &mut schur.below[(i - 1) * size..i * size];
            add_product(n, &left, &before, 1.0 / grid.cell(i), below, false);
        }
        core::mem::swap(&mut right, &mut before);
    }
    Ok(schur)
}

/// `C += s A Bᵀ`, `A` and `B` row by row, `C` column by column; only its lower triangle if so said.
fn add_product(n: usize, a: &[f64], b: &[f64], s: f64, c: &mut [f64], is_lower: bool) {
    for (j, (b, c)) in b.chunks_exact(n).zip(c.chunks_exact_mut(n)).enumerate() {
        let first = if is_lower { j } else { 0 };
        for (a, c) in a.chunks_exact(n).zip(c).skip(first) {
            *c += s * a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        }
    }
}
