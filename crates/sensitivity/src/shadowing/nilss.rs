//! Nonintrusive least squares shadowing.

use super::average::{Average, Averaged, Slopes};
use super::orthonormal::Basis;
use super::plan::{Plan, Wish, holds_all, plan};
use super::problem::AverageProblem;
use super::report::{Pieces, ShadowingGradient};
use super::segment_least_squares::SegmentLeastSquares;
use super::selection;
use super::tangents::StepTangents;
use super::trajectory::{Trajectory, flow};
use crate::{Error, ErrorKind};
use ode_core::{ErkTableau, ExplicitRk, Options};
use scalar::Scalar;
use std::ops::Range;
use system::System;

/// Nonintrusive least squares shadowing (Ni and Wang 2017, arXiv 1611.00880): the shadowing solution is sought among one
/// inhomogeneous tangent `v*` and a few homogeneous ones `W`, so that the cost grows with the number of
/// unstable directions and not with that of the states.
///
/// On each of `K` segments `v = v* + W a` with `v*' = f_u v* + f_p` and `w' = f_u w`. What lies along `u'` is
/// projected out, the others are made orthonormal at each interface, and `a` minimises `∫ |v⊥|²` over all
/// segments such that `v⊥` is continuous. With `ξ` the part along `u'` at the end of a segment (it starts
/// each at 0),
///
/// `d⟨g⟩/dp = ⟨g_u v + g_p⟩ + (1/T) Σ ξᵢ (⟨g⟩ - gᵢ)`.
///
/// The second term is the dilation of time: where `v = v⊥ + ξ f` follows the model, `v⊥` follows the one that
/// runs faster by `ξ'`, and `∫ g_u v⊥ - ∫ ξ' (g - ⟨g⟩)` is integrated by parts.
///
/// Tangents are exactly those of the steps that were taken, and the integral of `g_u v + g_p` is that of
/// the method, so that steps may be as long as the solution allows. Cost: `⌈(directions + parameters) / 4⌉`
/// evaluations with four tangents for each stage; memory: the state at each step.
///
/// For many parameters take [`Nilsas`](crate::Nilsas).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nilss {
    /// The number of homogeneous tangents: at least that of the positive Lyapunov exponents. By default it
    /// is estimated from them, generously.
    pub directions: Option<usize>,
    /// The length of a segment in units of time. By default tangents grow by about e² in one.
    pub segment: Option<f64>,
    /// How much the shadowing solution may jump at interfaces: a jump `e` costs `|e|² / regularization`, a
    /// distance `v` over a segment `|v|²`. By default 0: it is continuous.
    ///
    /// Where unstable and stable directions come close to each other, as they do in many large systems,
    /// shadowing solutions go far away for a while, and errors become large. 1e-3 to 1e-2 lets them jump
    /// there instead, which biases the derivative a little.
    pub regularization: f64,
    /// The indices of the parameters; all by default.
    pub parameters: Option<Vec<usize>>,
}

impl Nilss {
    /// The average and its derivatives with respect to the chosen parameters.
    ///
    /// # Errors
    ///
    /// When the solve fails, a setting makes no sense, there are fewer than 10 segments, a tangent
    /// overflows, the directions do not hold all unstable ones, or a number is not finite.
    pub fn gradient<F, M, G>(
        &self,
        problem: &AverageProblem<F>,
        method: M,
        options: &Options,
        average: &G,
    ) -> Result<ShadowingGradient, Error>
    where
        F: System,
        M: ExplicitRk,
        G: Average,
    {
        selection::not_negative("regularization", self.regularization)?;
        let parameters = selection::parameters(self.parameters.as_deref(), problem.p().len())?;
        let trajectory = Trajectory::record(problem, method, options)?;
        trajectory.admits(average)?;
        let tableau = const { &M::TABLEAU };
        let neutral = usize::from(trajectory.has_flow);
        let wish = Wish {
            directions: self.directions,
            segment: self.segment,
            spare: 1 - neutral,
            most: trajectory.n - neutral,
        };
        let plan = plan(problem.system(), tableau, &trajectory, &wish)?;
        let m = plan.directions;
        let integrates = problem.every.is_none();
        let system = Averaged { system: problem.system(), average, integrates };
        let mut march = March::new(&system, tableau, &trajectory, &parameters, m);
        let mut segments = Vec::with_capacity(plan.segments.len());
        for steps in &plan.segments {
            segments.push(march.segment(steps.clone())?);
        }
        let end = |i: usize| trajectory.time(plan.segments[i].end);
        holds_all(m, segments.iter().map(|segment| segment.size), end)?;
        march.finish(problem, segments, &plan, self.regularization)
    }
}

/// What is kept of a segment: `m` homogeneous and `q` inhomogeneous columns.
struct Segment {
    duration: f64,
    /// `∫ g dt`.
    integral: f64,
    /// `g` at the end.
    g_end: f64,
    /// The means of `W⊥ᵀ W⊥`, and of `W⊥ᵀ v⊥` for each parameter.
    c: Vec<f64>,
    d: Vec<f64>,
    /// Of the interface at the end.
    r: Vec<f64>,
    b: Vec<f64>,
    /// `∫ (g_u x + g_p) dt` for each column `x`, and its part `ξ` along `u'` at the end.
    sensitivities: Vec<f64>,
    along: Vec<f64>,
    /// The largest component of an inhomogeneous tangent behind the interface.
    size: f64,
}

/// The march through the segments. Columns hold `n` numbers and the sensitivity of `∫ g`.
struct March<'a, F, G> {
    system: &'a Averaged<'a, F, G>,
    trajectory: &'a Trajectory,
    parameters: &'a [usize],
    m: usize,
    tangents: StepTangents<'a, Averaged<'a, F, G>>,
    basis: Basis,
    slopes: Slopes<'a, G>,
    columns: Vec<f64>,
    seeds: Vec<Option<usize>>,
    f: Vec<f64>,
    /// The part along `u'` of each column.
    along: Vec<f64>,
}

impl<'a, F: System, G: Average> March<'a, F, G> {
    fn new(
        system: &'a Averaged<'a, F, G>,
        tableau: &'static ErkTableau,
        trajectory: &'a Trajectory,
        parameters: &'a [usize],
        m: usize,
    ) -> Self {
        let (n, q) = (trajectory.n, parameters.len());
        let seeds = (0..m).map(|_| None).chain(parameters.iter().copied().map(Some));
        let mut march = Self {
            system,
            trajectory,
            parameters,
            m,
            tangents: StepTangents::new(system, tableau, &trajectory.p),
            basis: Basis::new(),
            slopes: Slopes::new(system.average, n, &trajectory.p),
            columns: vec![0.0; (n + 1) * (m + q)],
            seeds: seeds.collect(),
            f: vec![0.0; n],
            along: vec![0.0; m + q],
        };
        march.look(0);
        march.basis.avoid(&march.f);
        // Zero columns are replaced by random ones.
        let homogeneous = &mut march.columns[..(n + 1) * m];
        march.basis.orthonormalize((n, n + 1), homogeneous, &mut vec![0.0; m * m]);
        march
    }

    /// Finds `u'` at point `k` and the part `ξ = f · x / f · f` of each column along it; returns `f · f`. All
    /// zero where there is no flow.
    fn look(&mut self, k: usize) -> f64 {
        let Self { system, trajectory, columns, f, along, .. } = self;
        along.fill(0.0);
        if !trajectory.has_flow {
            return 0.0;
        }
        let (t, u, p) = (trajectory.time(k), trajectory.state(k), &trajectory.p);
        let square = flow(system.system, t, u, p, f);
        if square > 0.0 {
            for (along, column) in along.iter_mut().zip(columns.chunks_exact(f.len() + 1)) {
                *along = f64::dot(f, &column[..f.len()]) / square;
            }
        }
        square
    }

    /// Adds `w x⊥ᵀ y⊥` at point `k` to `C` and `d`.
    fn weigh(&mut self, k: usize, w: f64, segment: &mut Segment) {
        let square = self.look(k);
        let (n, m) = (self.trajectory.n, self.m);
        let column = |c: usize| &self.columns[c * (n + 1)..c * (n + 1) + n];
        for j in 0..self.along.len() {
            for i in 0..m.min(j + 1) {
                let across =
                    f64::dot(column(i), column(j)) - self.along[i] * self.along[j] * square;
                if j < m {
                    segment.c[j * m + i] += w * across;
                    if i < j {
                        segment.c[i * m + j] += w * across;
                    }
                } else {
                    segment.d[(j - m) * m + i] += w * across;
                }
            }
        }
    }

    /// Where state `k` is a sample, what it adds to `∫ g`; and to the sensitivities of that.
    fn sample(&mut self, k: usize) -> Result<f64, Error> {
        let Some(weight) = self.trajectory.sample(k).filter(|&weight| weight > 0.0) else {
            return Ok(0.0);
        };
        let (t, u, n) = (self.trajectory.time(k), self.trajectory.state(k), self.trajectory.n);
        let (g, by_u, by_p) = self.slopes.at(t, u)?;
        for (column, seed) in self.columns.chunks_exact_mut(n + 1).zip(&self.seeds) {
            let direct = seed.map_or(0.0, |parameter| by_p[parameter]);
            column[n] += weight * (f64::dot(by_u, &column[..n]) + direct);
        }
        Ok(weight * g)
    }

    fn segment(&mut self, steps: Range<usize>) -> Result<Segment, Error> {
        let Self { trajectory, m, .. } = *self;
        let (n, q) = (trajectory.n, self.parameters.len());
        let duration = trajectory.time(steps.end) - trajectory.time(steps.start);
        let mut found = Segment {
            duration,
            integral: 0.0,
            g_end: 0.0,
            c: vec![0.0; m * m],
            d: vec![0.0; m * q],
            r: vec![0.0; m * m],
            b: vec![0.0; m * q],
            sensitivities: Vec::new(),
            along: Vec::new(),
            size: 0.0,
        };
        for column in self.columns.chunks_exact_mut(n + 1) {
            column[n] = 0.0;
        }
        for i in steps.clone() {
            let step = &trajectory.steps[i];
            self.weigh(i, 0.5 * step.dt / duration, &mut found);
            let u = trajectory.state(i);
            found.integral += self.tangents.advance(step, u, &mut self.columns, &self.seeds);
            found.integral += self.sample(i + 1)?;
            self.weigh(i + 1, 0.5 * step.dt / duration, &mut found);
        }
        let (t, u) = (trajectory.time(steps.end), trajectory.state(steps.end));
        found.g_end = self.system.average.at(t, u, &trajectory.p);
        found.along.clone_from(&self.along);
        if !(found.integral.is_finite() && found.g_end.is_finite()) {
            return Err(ErrorKind::AverageNotFinite { t }.into());
        }
        // x⊥ = x - ξ f
        for (along, column) in found.along.iter().zip(self.columns.chunks_exact_mut(n + 1)) {
            found.sensitivities.push(column[n]);
            f64::axpy(-along, &self.f, &mut column[..n]);
        }
        self.basis.avoid(&self.f);
        let (homogeneous, driven) = self.columns.split_at_mut((n + 1) * m);
        let is_finite = self.basis.orthonormalize((n, n + 1), homogeneous, &mut found.r)
            && driven.iter().all(|x| x.is_finite());
        if !is_finite {
            return Err(ErrorKind::TangentNotFinite { t: trajectory.time(steps.start) }.into());
        }
        // v* = v*⊥ - Q b
        for (column, b) in driven.chunks_exact_mut(n + 1).zip(found.b.chunks_mut(m.max(1))) {
            for (q, b) in homogeneous.chunks_exact(n + 1).zip(b) {
                *b = f64::dot(&q[..n], &column[..n]);
                f64::axpy(-*b, &q[..n], &mut column[..n]);
            }
        }
        let all = driven.chunks_exact(n + 1).flat_map(|column| &column[..n]);
        found.size = all.fold(0.0, |largest, x| largest.max(x.abs()));
        Ok(found)
    }

    fn finish(
        self,
        problem: &AverageProblem<F>,
        segments: Vec<Segment>,
        plan: &Plan,
        gamma: f64,
    ) -> Result<ShadowingGradient, Error> {
        let (m, trajectory) = (self.m, self.trajectory);
        let all = |of: fn(&Segment) -> &[f64]| -> Vec<f64> {
            segments.iter().flat_map(of).copied().collect()
        };
        let solver =
            SegmentLeastSquares::new(m, &all(|s| &s.c), all(|s| &s.r), gamma).map_err(|i| {
                ErrorKind::SingularShadowing { t: trajectory.time(plan.segments[i].start) }
            })?;
        let durations: Vec<f64> = segments.iter().map(|segment| segment.duration).collect();
        let integrals: Vec<f64> = segments.iter().map(|segment| segment.integral).collect();
        let mean = integrals.iter().sum::<f64>() / durations.iter().sum::<f64>();
        let mut derivatives = Vec::with_capacity(self.parameters.len());
        for q in 0..self.parameters.len() {
            let of = |x: fn(&Segment) -> &[f64]| -> Vec<f64> {
                segments.iter().flat_map(|s| &x(s)[q * m..(q + 1) * m]).copied().collect()
            };
            let a = solver.solve(&of(|s| &s.d), &of(|s| &s.b));
            let pieces = segments.iter().enumerate().map(|(i, s)| {
                let effect = |c: usize| s.sensitivities[c] + s.along[c] * (mean - s.g_end);
                effect(m + q) + (0..m).map(|j| a[i * m + j] * effect(j)).sum::<f64>()
            });
            derivatives.push(pieces.collect());
        }
        let mut stats = trajectory.stats;
        stats.products += plan.products + self.tangents.products;
        let kept = segments.iter().map(|s| 2 * (s.c.len() + s.d.len() + s.along.len()));
        let kept = kept.sum::<usize>() * size_of::<f64>() + size_of_val(&segments[..]);
        ShadowingGradient::assemble(&Pieces {
            method: "NILSS",
            names: problem.system().param_names(),
            parameters: self.parameters.to_vec(),
            derivatives,
            weights: durations.clone(),
            integrals,
            durations,
            segments: segments.len(),
            directions: m,
            defect: None,
            spin_up: problem.spin_up,
            stats,
            bytes: trajectory.bytes() + solver.bytes() + kept,
        })
    }
}
