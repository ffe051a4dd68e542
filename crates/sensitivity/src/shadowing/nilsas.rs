//! Nonintrusive least squares adjoint shadowing.

use super::average::{Average, Averaged, Slopes};
use super::cotangents::StepCotangents;
use super::orthonormal::Basis;
use super::plan::{Plan, Wish, holds_all, plan};
use super::problem::AverageProblem;
use super::report::{Pieces, ShadowingGradient};
use super::segment_least_squares::SegmentLeastSquares;
use super::selection::not_negative;
use super::trajectory::{Trajectory, flow};
use crate::{Error, ErrorKind};
use ode_core::{ErkTableau, ExplicitRk, Options};
use scalar::Scalar;
use std::ops::Range;
use system::System;

/// Nonintrusive least squares adjoint shadowing (Ni and Talnikar 2019, arXiv 1801.08674): derivatives with respect to all
/// parameters at once, at a cost that grows with the number of unstable directions.
///
/// On each of `K` segments, backwards in time, `v̄ = v̄* + W̄ a` with `-v̄*' = f_uᵀ v̄* + g_u` and `-w̄' = f_uᵀ w̄`. The
/// latter are made orthonormal at each interface, and `a` minimises `∫ |v̄|²` such that `v̄` is continuous.
/// Then `d⟨g⟩/dp = ⟨f_pᵀ v̄ + g_p⟩`.
///
/// Along any `v̄` the sum `v̄ · f + g` is constant. Where the model is autonomous one constraint more,
/// `⟨v̄ · f⟩ = 0`, makes that constant `⟨g⟩`: it stands for the dilation of time, and needs a
/// neutral direction among the homogeneous ones.
///
/// Cotangents are exactly those of the steps that were taken. Cost: each step is recorded once and pulled
/// back `directions + 1` times, whatever the number of parameters. Memory: the state at each step, and
/// `directions × parameters` numbers for each segment.
///
/// ```
/// use ode_core::{Options, Rk4, StepSize};
/// use scalar::Scalar;
/// use sensitivity::{Average, AverageProblem, Nilsas};
///
/// system::system! {
///     struct Lorenz;
///     state { x, y, z }
///     params { sigma, rho, beta }
///     rhs(_t) {
///         d(x) = sigma * (y - x);
///         d(y) = x * (rho - z) - y;
///         d(z) = x * y - beta * z;
///     }
/// }
///
/// struct Height;
///
/// impl Average for Height {
///     fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
///         u[2]
///     }
/// }
///
/// let problem = AverageProblem::new(Lorenz, [1.0; 3], [10.0, 28.0, 8.0 / 3.0], 20.0, 100.0)?;
/// let options = Options { step: StepSize::Fixed(0.01), ..Options::default() };
/// let found = Nilsas::default().gradient(&problem, Rk4, &options, &Height)?;
/// assert!((found.p[1] - 1.0).abs() < 0.15, "{found}");
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Nilsas {
    /// The number of homogeneous cotangents: at least that of the positive Lyapunov exponents and one for
    /// the neutral direction. By default it is estimated from them, generously.
    pub directions: Option<usize>,
    /// The length of a segment in units of time. By default cotangents grow by about e² in one.
    pub segment: Option<f64>,
    /// How much the shadowing solution may jump at interfaces: a jump `e` costs `|e|² / regularization`, a
    /// distance `v` over a segment `|v|²`. By default 0: it is continuous.
    ///
    /// Where unstable and stable directions come close to each other, as they do in many large systems,
    /// shadowing solutions go far away for a while, and errors become large. 1e-3 to 1e-2 lets them jump
    /// there instead, which biases the derivative a little.
    pub regularization: f64,
}

impl Nilsas {
    /// The average and its derivatives with respect to all parameters.
    ///
    /// # Errors
    ///
    /// When the solve fails, a setting makes no sense, there are fewer than 10 segments, a cotangent
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
        not_negative("regularization", self.regularization)?;
        let trajectory = Trajectory::record(problem, method, options)?;
        trajectory.admits(average)?;
        let tableau = const { &M::TABLEAU };
        let (directions, segment) = (self.directions, self.segment);
        let wish = Wish { directions, segment, spare: 1, most: trajectory.n };
        let plan = plan(problem.system(), tableau, &trajectory, &wish)?;
        let integrates = problem.every.is_none();
        let system = Averaged { system: problem.system(), average, integrates };
        let mut march = March::new(&system, tableau, &trajectory, plan.directions);
        let mut segments = Vec::with_capacity(plan.segments.len());
        for steps in plan.segments.iter().rev() {
            segments.push(march.segment(steps.clone())?);
        }
        march.finish(problem, segments, &plan, self.regularization)
    }
}

/// What is kept of a segment: of `m` homogeneous cotangents, then of the inhomogeneous one.
struct Segment {
    duration: f64,
    /// `∫ g dt`.
    integral: f64,
    /// The means of `W̄ᵀ W̄` and `W̄ᵀ v̄*`.
    c: Vec<f64>,
    d: Vec<f64>,
    /// Of the interface at the start.
    r: Vec<f64>,
    b: Vec<f64>,
    /// The mean of `x̄ · f` for each, with that of `g` added to the inhomogeneous one.
    along: Vec<f64>,
    /// `∫ (f_pᵀ x̄ + g_p) dt` for each, a row of all parameters.
    p_bar: Vec<f64>,
    /// The largest component of the inhomogeneous cotangent behind the interface.
    size: f64,
}

/// The march back through the segments. Columns hold `n` numbers and the cotangent of `∫ g`: 0 for the
/// homogeneous ones, 1 for the other.
struct March<'a, F: System, G: Average> {
    system: &'a Averaged<'a, F, G>,
    trajectory: &'a Trajectory,
    m: usize,
    cotangents: StepCotangents<'a, Averaged<'a, F, G>>,
    basis: Basis,
    slopes: Slopes<'a, G>,
    columns: Vec<f64>,
    f: Vec<f64>,
}

impl<'a, F: System, G: Average> March<'a, F, G> {
    fn new(
        system: &'a Averaged<'a, F, G>,
        tableau: &'static ErkTableau,
        trajectory: &'a Trajectory,
        m: usize,
    ) -> Self {
        let n = trajectory.n;
        let mut march = Self {
            system,
            trajectory,
            m,
            cotangents: StepCotangents::new(system, tableau, &trajectory.p),
            basis: Basis::new(),
            slopes: Slopes::new(system.average, n, &trajectory.p),
            columns: vec![0.0; (n + 1) * (m + 1)],
            f: vec![0.0; n],
        };
        // The first points along u', so that there is a part of the neutral direction; zero columns are
        // replaced by random ones.
        if trajectory.has_flow && m > 0 {
            march.look(trajectory.steps.len());
            march.columns[..n].copy_from_slice(&march.f);
        }
        let homogeneous = &mut march.columns[..(n + 1) * m];
        march.basis.orthonormalize((n, n + 1), homogeneous, &mut vec![0.0; m * m]);
        march.columns[(n + 1) * (m + 1) - 1] = 1.0;
        march
    }

    /// Finds `u'` at point `k`; zero where there is no flow.
    fn look(&mut self, k: usize) {
        let Self { system, trajectory, f, .. } = self;
        if trajectory.has_flow {
            let (t, u, p) = (trajectory.time(k), trajectory.state(k), &trajectory.p);
            flow(system.system, t, u, p, f);
        }
    }

    /// Adds the products of the columns at point `k`.
    fn weigh(&mut self, k: usize, w: f64, segment: &mut Segment) {
        self.look(k);
        let (n, m) = (self.trajectory.n, self.m);
        let column = |c: usize| &self.columns[c * (n + 1)..c * (n + 1) + n];
        for j in 0..=m {
            segment.along[j] += w * f64::dot(column(j), &self.f);
            for i in 0..m.min(j + 1) {
                let product = w * f64::dot(column(i), column(j));
                if j == m {
                    segment.d[i] += product;
                    continue;
                }
                segment.c[j * m + i] += product;
                if i < j {
                    segment.c[i * m + j] += product;
                }
            }
        }
        if self.system.integrates {
            let (t, u) = (self.trajectory.time(k), self.trajectory.state(k));
            segment.along[m] += w * self.system.average.at(t, u, &self.trajectory.p);
        }
    }

    /// Where state `k` is a sample, its effect on the inhomogeneous cotangent and `∫ g`.
    fn sample(&mut self, k: usize, segment: &mut Segment) -> Result<(), Error> {
        let Some(weight) = self.trajectory.sample(k).filter(|&weight| weight > 0.0) else {
            return Ok(());
        };
        let (t, u) = (self.trajectory.time(k), self.trajectory.state(k));
        let (n, m) = (self.trajectory.n, self.m);
        let (g, by_u, by_p) = self.slopes.at(t, u)?;
        f64::axpy(weight, by_u, &mut self.columns[m * (n + 1)..][..n]);
        f64::axpy(weight, by_p, &mut segment.p_bar[m * by_p.len()..]);
        segment.integral += weight * g;
        segment.along[m] += weight * g / segment.duration;
        Ok(())
    }

    fn segment(&mut self, steps: Range<usize>) -> Result<Segment, Error> {
        let Self { trajectory, m, .. } = *self;
        let (n, parameters) = (trajectory.n, trajectory.p.len());
        let mut found = Segment {
            duration: trajectory.time(steps.end) - trajectory.time(steps.start),
            integral: 0.0,
            c: vec![0.0; m * m],
            d: vec![0.0; m],
            r: vec![0.0; m * m],
            b: vec![0.0; m],
            along: vec![0.0; m + 1],
            p_bar: vec![0.0; (m + 1) * parameters],
            size: 0.0,
        };
        for i in steps.clone().rev() {
            let step = &trajectory.steps[i];
            let half = 0.5 * step.dt / found.duration;
            self.sample(i + 1, &mut found)?;
            self.weigh(i + 1, half, &mut found);
            found.integral += self.cotangents.replay(step, trajectory.state(i))?;
            let mut rows = found.p_bar.chunks_exact_mut(parameters.max(1));
            for column in self.columns.chunks_exact_mut(n + 1) {
                let row = rows.next().unwrap_or_default();
                self.cotangents.pull_back(step, column, row);
            }
            self.weigh(i, half, &mut found);
        }
        let t = trajectory.time(steps.start);
        if !(found.integral.is_finite() && found.along[m].is_finite()) {
            return Err(ErrorKind::AverageNotFinite { t }.into());
        }
        let (homogeneous, driven) = self.columns.split_at_mut((n + 1) * m);
        let driven = &mut driven[..n];
        let is_finite = self.basis.orthonormalize((n, n + 1), homogeneous, &mut found.r)
            && driven.iter().all(|x| x.is_finite());
        if !is_finite {
            return Err(ErrorKind::TangentNotFinite { t }.into());
        }
        // v̄* = v̄* - Q b
        for (q, b) in homogeneous.chunks_exact(n + 1).zip(&mut found.b) {
            *b = f64::dot(&q[..n], driven);
            f64::axpy(-*b, &q[..n], driven);
        }
        found.size = driven.iter().fold(0.0, |largest, x| largest.max(x.abs()));
        Ok(found)
    }

    /// `segments` in the order of the march: the last one in time comes first.
    fn finish(
        self,
        problem: &AverageProblem<F>,
        segments: Vec<Segment>,
        plan: &Plan,
        gamma: f64,
    ) -> Result<ShadowingGradient, Error> {
        let (m, trajectory) = (self.m, self.trajectory);
        let start = |i: usize| trajectory.time(plan.segments[plan.segments.len() - 1 - i].start);
        holds_all(m, segments.iter().map(|segment| segment.size), start)?;
        let all = |of: fn(&Segment) -> &[f64]| -> Vec<f64> {
            segments.iter().flat_map(of).copied().collect()
        };
        let singular = |i: usize| ErrorKind::SingularShadowing { t: start(i) };
        let solver =
            SegmentLeastSquares::new(m, &all(|s| &s.c), all(|s| &s.r), gamma).map_err(singular)?;
        let durations: Vec<f64> = segments.iter().map(|segment| segment.duration).collect();
        let integrals: Vec<f64> = segments.iter().map(|segment| segment.integral).collect();
        let mut a = solver.solve(&all(|s| &s.d), &all(|s| &s.b));
        if trajectory.has_flow && m > 0 {
            // Σ ∫ (v̄ · f + g) dt = T ⟨g⟩, a linear constraint h · a = c, moves a along the solution for h.
            let along = |s: &'_ Segment| -> Vec<f64> {
                s.along[..m].iter().map(|along| s.duration * along).collect()
            };
            let h: Vec<f64> = segments.iter().flat_map(along).collect();
            let missing: f64 = integrals.iter().sum::<f64>()
                - segments.iter().map(|s| s.duration * s.along[m]).sum::<f64>()
                - f64::dot(&h, &a);
            let by_multiplier = solver.solve(&h, &vec![0.0; h.len()]);
            let response = f64::dot(&h, &by_multiplier);
            let multiplier = missing / response;
            if !multiplier.is_finite() {
                return Err(singular(0).into());
            }
            f64::axpy(multiplier, &by_multiplier, &mut a);
        }
        let parameters = trajectory.p.len();
        let derivative = |parameter: usize| {
            let piece = |(i, s): (usize, &Segment)| {
                let of = |c: usize| s.p_bar[c * parameters + parameter];
                of(m) + (0..m).map(|j| a[i * m + j] * of(j)).sum::<f64>()
            };
            segments.iter().enumerate().map(piece).collect()
        };
        let mut stats = trajectory.stats;
        stats.products += plan.products + self.cotangents.products;
        let kept = segments.iter().map(|s| 2 * (s.c.len() + s.d.len()) + 2 * m + s.p_bar.len());
        let kept = kept.sum::<usize>() * size_of::<f64>() + size_of_val(&segments[..]);
        ShadowingGradient::assemble(&Pieces {
            method: "NILSAS",
            names: problem.system().param_names(),
            parameters: (0..parameters).collect(),
            derivatives: (0..parameters).map(derivative).collect(),
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
