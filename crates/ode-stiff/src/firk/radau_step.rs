//! One step of the Radau IIA method of order 5.

use super::collocation::RADAU;
use super::evaluations::Evaluations;
use super::factors::Factors;
use super::path::Path;
use super::predictive::Predictive;
use super::{Parts, notes};
use crate::convergence::{Convergence, Verdict};
use crate::initialization::{self, Constraints, Settlement};
use crate::iteration_matrix::Trouble;
use crate::tangents::square_of_all;
use ode_core::{Dense, Error, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian, Mass, Rhs};

/// Weights of the stages in the error estimate, `γ₀ (e₁, e₂, e₃)` (equation 8.18).
const ESTIMATE: [f64; 3] =
    [-10.048_809_399_827_416, 1.382_142_733_160_749, -0.333_333_333_333_333_3];

/// A slower iteration asks for a new Jacobian.
const SLOW: f64 = 2e-2;

/// What Newton's method leaves may be three times what [`Convergence`] allows: 0.03 of the tolerance.
const REMAINDER: f64 = 1.0 / 3.0;

/// Relative increments of this size are rounding.
const NOISE: f64 = 10.0 * f64::EPSILON;

/// Within these changes of size a step keeps the size of the one before, and the factors with it.
const DEAD_BAND: std::ops::RangeInclusive<f64> = 0.95..=1.2;

/// Stages, factors and memory of [`RadauIIA5`](crate::RadauIIA5).
#[derive(Debug)]
pub struct RadauCache<B: Buffer, W> {
    factors: Factors<W>,
    ends: Evaluations<B>,
    /// What a mass matrix leaves algebraic.
    constraints: Option<Box<Constraints<f64, W>>>,
    settlement: Settlement<B::Item>,
    /// `Zᵢ`, the stages less the start, and `W = T⁻¹ Z`.
    z: [B; 3],
    w: [B; 3],
    /// `M W`; `f` at the stages, the residual, the increments of `W`, one after the other.
    mass_w: [B; 3],
    r: [B; 3],
    /// The first error estimate of the last attempt.
    estimate: B,
    /// The step before, and the one before that.
    path: Path<B>,
    earlier: Path<B>,
    newton: Convergence,
    iterations: usize,
    predictive: Predictive,
    /// What turns squared sizes of errors in the norm of the solve into those by which a step is
    /// judged; 0: not known yet. See [`allowance`].
    scale: f64,
    /// The size of increments that are rounding.
    noise: f64,
    /// The square of the error of the last attempt.
    square: f64,
    is_first: bool,
    /// The step was attempted before.
    is_retry: bool,
    was_attempted: bool,
    failures: usize,
    refusal: Option<Refusal>,
}

/// What a Newton iteration came to.
enum Outcome {
    Converged,
    Diverged,
    /// `f` is not finite at a stage; the culprits are marked in the step's end.
    NotFinite,
}

impl<B: Buffer<Item: Parts>, W> RadauCache<B, W> {
    pub(super) fn new<M, F: Jacobian<f64, Work = W>>(_: &M, rhs: &F, u: &B) -> Self {
        let three = || [u.zeros(), u.zeros(), u.zeros()];
        Self {
            factors: Factors::new(rhs, 3),
            ends: Evaluations::new(u),
            constraints: Constraints::new(rhs).map(Box::new),
            settlement: Settlement::default(),
            z: three(),
            w: three(),
            mass_w: three(),
            r: three(),
            estimate: u.zeros(),
            path: Path::none(u),
            earlier: Path::none(u),
            newton: Convergence::default(),
            iterations: 0,
            predictive: Predictive::NEW,
            scale: 0.0,
            noise: 0.0,
            square: 0.0,
            is_first: true,
            is_retry: false,
            was_attempted: false,
            failures: 0,
            refusal: None,
        }
    }

    /// Starts afresh: nothing is known of the solution.
    pub(super) fn begin<F: Rhs<B::Item>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
    ) -> Result<(), Failure> {
        self.factors.forget();
        self.path.forget();
        self.newton = Convergence::default();
        self.predictive = Predictive::NEW;
        (self.is_first, self.was_attempted) = (true, false);
        self.ends.begin(rhs, t, u, p)
    }

    pub(super) fn admit<F>(
        &mut self,
        rhs: &F,
        at: (f64, &[B::Item], &[B::Item]),
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Error>
    where
        F: Rhs<B::Item> + Jacobian<f64, Work = W>,
    {
        let Some(constraints) = &mut self.constraints else { return Ok(()) };
        constraints.forget();
        initialization::admit_parts(constraints, rhs, at, self.ends.f.as_ref(), norm)
    }

    pub(super) fn settle<F>(
        &mut self,
        rhs: &F,
        at: (f64, &mut [B::Item], &[B::Item]),
        norm: &mut ErrorNorm<'_>,
    ) -> Result<bool, Error>
    where
        F: Rhs<B::Item> + Jacobian<f64, Work = W>,
    {
        let (constraints, scratch) = (self.constraints.as_deref_mut(), &mut self.settlement);
        initialization::settle_parts(constraints, scratch, rhs, at, norm)
    }

    pub(super) fn slope<F>(
        &mut self,
        rhs: &F,
        at: (B::Item, &[B::Item], &[B::Item]),
        du: &mut [B::Item],
    ) -> Result<(), Failure>
    where
        F: Rhs<B::Item> + Jacobian<f64, Work = W>,
    {
        initialization::slope_of_values(self.constraints.as_deref_mut(), rhs, at, du)
    }

    pub(super) fn derivative(&self) -> &[B::Item] {
        self.ends.f.as_ref()
    }

    pub(super) fn attempt<M, F>(
        &mut self,
        _: &M,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Failure>
    where
        F: Rhs<B::Item> + Jacobian<f64, Work = W>,
    {
        self.refusal = None;
        self.collocate(rhs, step, norm).map_err(|trouble| trouble.tell(&mut self.refusal))
    }

    fn collocate<F>(
        &mut self,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Trouble>
    where
        F: Rhs<B::Item> + Jacobian<f64, Work = W>,
    {
        let mass = Rhs::<B::Item>::mass(rhs);
        self.is_retry = std::mem::replace(&mut self.was_attempted, true);
        if self.scale == 0.0 {
            let rtol = relative_tolerance(norm, &mut self.estimate);
            // Where the relative tolerance is below rounding, the absolute one counts as it is.
            (self.scale, self.noise) = match rtol >= f64::EPSILON {
                true => ((rtol / allowance(rtol)).powi(2), (NOISE / rtol).min(1.0)),
                false => (1.0, 0.0),
            };
        }
        if !self.factors.is_differentiated() || (self.is_retry && !self.factors.is_current()) {
            self.factors.differentiate(rhs, step.t_first, step.u.as_ref(), step.p)?;
        }
        loop {
            self.factors.prepare(&RADAU, step.dt, mass)?;
            self.extrapolate(step.dt);
            match self.iterate(rhs, step, norm, (mass, rhs.leading()))? {
                Outcome::Converged => break,
                Outcome::NotFinite => {
                    self.square = f64::NAN;
                    return Ok(());
                }
                Outcome::Diverged if self.factors.is_current() => {
                    self.failures += 1;
                    return Err(Trouble::Refused(Refusal::NotConverged));
                }
                Outcome::Diverged => {
                    self.failures += 1;
                    self.factors.differentiate(rhs, step.t_first, step.u.as_ref(), step.p)?;
                }
            }
        }
        let (u, z) = (step.u.as_ref(), self.z[2].as_ref());
        for (x, next) in step.u_next.as_mut().iter_mut().enumerate() {
            *next = u[x] + z[x];
        }
        self.estimate(rhs, step, norm, mass)
    }

    /// Starting values: the collocation polynomial of the step before, beyond its end.
    #[inline(always)]
    fn extrapolate(&mut self, dt: f64) {
        self.path.beyond(dt, &mut self.z);
        let Self { z: [z1, z2, z3], w: [w1, w2, w3], .. } = self;
        let (z1, z2, z3) = (z1.as_ref(), z2.as_ref(), z3.as_ref());
        let (w1, w2, w3) = (w1.as_mut(), w2.as_mut(), w3.as_mut());
        for x in 0..z1.len() {
            [w1[x], w2[x], w3[x]] = transformed(&RADAU.t_inverse, [z1[x], z2[x], z3[x]]);
        }
    }

    /// Simplified Newton iterations for `W` (equations 8.13 and 8.14).
    #[inline(always)]
    fn iterate<F: Rhs<B::Item>>(
        &mut self,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
        (mass, leading): (Option<&Mass>, usize),
    ) -> Result<Outcome, Trouble> {
        self.newton.begin();
        self.iterations = 0;
        let depth = B::Item::DEPTH + usize::from(leading < step.u.as_ref().len());
        let inverse = 1.0 / step.dt;
        let [gamma, alpha, beta] = [RADAU.gamma, RADAU.pair.0, RADAU.pair.1].map(|x| x * inverse);
        loop {
            self.evaluate(rhs, step)?;
            if let Some(mass) = mass {
                for (out, w) in self.mass_w.iter_mut().zip(&self.w) {
                    mass.times(w.as_ref(), out.as_mut());
                }
            }
            let [r1, r2, r3] = &mut self.r;
            let (r1, r2, r3) = (r1.as_mut(), r2.as_mut(), r3.as_mut());
            let [w1, w2, w3] = if mass.is_some() { &self.mass_w } else { &self.w };
            let (w1, w2, w3) = (w1.as_ref(), w2.as_ref(), w3.as_ref());
            for x in 0..r1.len() {
                let [f1, f2, f3] = transformed(&RADAU.t_inverse, [r1[x], r2[x], r3[x]]);
                r1[x] = w1[x].scale_add(-gamma, f1);
                r2[x] = w3[x].scale_add(beta, w2[x].scale_add(-alpha, f2));
                r3[x] = w2[x].scale_add(-beta, w3[x].scale_add(-alpha, f3));
            }
            self.factors.solve_real(r1)?;
            self.factors.solve_pair(r2, r3)?;
            let u = step.u.as_ref();
            let mut square = |r: &[B::Item]| square_of_all(norm, leading, (r, u, u));
            let squares = [square(r1), square(r2), square(r3)];
            let sum = squares[0] + squares[1] + squares[2];
            self.iterations += 1;
            // Squares where they do: the next evaluation waits for all of this.
            let verdict = if sum <= 3.0 * self.noise * self.noise {
                Verdict::Converged
            } else if self.iterations <= depth && sum.is_finite() {
                // The tangents take in what the increment of the values changes in the next one.
                Verdict::GoOn
            } else {
                self.newton.judge((sum * (REMAINDER * REMAINDER / 3.0)).sqrt())
            };
            if verdict == Verdict::Diverged {
                let is_finite = sum.is_finite() || !self.blame(rhs, step)?;
                return Ok(if is_finite { Outcome::Diverged } else { Outcome::NotFinite });
            }
            let Self { z: [z1, z2, z3], w: [w1, w2, w3], .. } = self;
            let (z1, z2, z3) = (z1.as_mut(), z2.as_mut(), z3.as_mut());
            let (w1, w2, w3) = (w1.as_mut(), w2.as_mut(), w3.as_mut());
            for x in 0..u.len() {
                w1[x] += r1[x];
                w2[x] += r2[x];
                w3[x] += r3[x];
                [z1[x], z2[x], z3[x]] = transformed(&RADAU.t, [w1[x], w2[x], w3[x]]);
            }
            if verdict == Verdict::Converged {
                return Ok(Outcome::Converged);
            }
        }
    }

    /// `f` at the stages.
    #[inline(always)]
    fn evaluate<F: Rhs<B::Item>>(&mut self, rhs: &F, step: &Step<'_, B>) -> Result<(), Trouble> {
        let [c1, c2, _] = RADAU.c;
        let times = [step.t + c1 * step.dt, step.t + c2 * step.dt, step.t_last];
        for i in 0..3 {
            let (u, z) = (step.u.as_ref(), self.z[i].as_ref());
            self.ends.stage(rhs, times[i], u, z, step.p, self.r[i].as_mut())?;
        }
        Ok(())
    }

    /// Whether it is `f` that is not finite at a stage; marks the components.
    #[cold]
    fn blame<F: Rhs<B::Item>>(&mut self, rhs: &F, step: &mut Step<'_, B>) -> Result<bool, Trouble> {
        self.evaluate(rhs, step)?;
        step.u_next.as_mut().copy_from_slice(step.u.as_ref());
        let mut is_guilty = false;
        for (x, next) in step.u_next.as_mut().iter_mut().enumerate() {
            if self.r.iter().any(|f| !f.as_ref()[x].is_finite()) {
                (*next, is_guilty) = (B::Item::from_f64(f64::NAN), true);
            }
        }
        Ok(is_guilty)
    }

    /// The error estimate (equations 8.19 and 8.20): of third order, and bounded for stiff
    /// components.
    #[inline(always)]
    fn estimate<F: Rhs<B::Item>>(
        &mut self,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
        mass: Option<&Mass>,
    ) -> Result<(), Trouble> {
        let inverse = 1.0 / step.dt;
        let [e1, e2, e3] = ESTIMATE.map(|e| e * inverse);
        let [z1, z2, z3] = &self.z;
        let (z1, z2, z3) = (z1.as_ref(), z2.as_ref(), z3.as_ref());
        let [slope, mass_slope, _] = &mut self.r;
        for (x, slope) in slope.as_mut().iter_mut().enumerate() {
            *slope = z3[x].scale_add(e3, z2[x].scale_add(e2, z1[x].scale(e1)));
        }
        if let Some(mass) = mass {
            mass.times(slope.as_ref(), mass_slope.as_mut());
        }
        let slope = if mass.is_some() { mass_slope.as_ref() } else { slope.as_ref() };
        let (error, f) = (step.error.as_mut(), self.ends.f.as_ref());
        for x in 0..error.len() {
            error[x] = f[x] + slope[x];
        }
        self.factors.solve_real(error)?;
        self.estimate.as_mut().copy_from_slice(error);
        let (u, next) = (step.u.as_ref(), step.u_next.as_ref());
        self.square = self.scale * norm.square_of(error, u, next);
        // A step is not given up for what the second estimate may mend, NaN included.
        let is_good = self.square < 1.0;
        if !is_good && (self.is_first || self.is_retry) {
            self.ends.stage(rhs, step.t_first, u, self.estimate.as_ref(), step.p, error)?;
            for x in 0..error.len() {
                error[x] += slope[x];
            }
            self.factors.solve_real(error)?;
            self.square = self.scale * norm.square_of(error, u, next);
        }
        Ok(())
    }

    /// As the controller expects it of a method of order 5: it takes a fifth root where a fourth one
    /// is meant.
    #[inline]
    pub(super) fn squared_error(&self) -> f64 {
        if self.square > 1.0 { self.square.powf(1.25) } else { self.square }
    }

    pub(super) fn accept<M, F: Rhs<B::Item>>(
        &mut self,
        _: &M,
        rhs: &F,
        step: &mut Step<'_, B>,
    ) -> Result<(), Failure> {
        std::mem::swap(&mut self.path, &mut self.earlier);
        self.path.through(&self.z, &self.estimate, step.dt);
        self.factors.keep(self.newton.rate() <= SLOW);
        self.ends.accept(rhs, step)
    }

    pub(super) fn step_factor(&mut self, dt: f64) -> f64 {
        let mut factor = self.predictive.accept(dt.abs(), self.square, self.iterations);
        if self.is_retry {
            factor = factor.min(1.0);
        }
        // Without a new Jacobian the factors can be kept as well.
        if self.factors.is_differentiated() && DEAD_BAND.contains(&factor) { 1.0 } else { factor }
    }

    pub(super) fn dense<M>(&self, _: &M, interval: &Interval<'_, B>, dense: &mut Dense<B::Item>) {
        let u = interval.u.as_ref();
        let out = dense.reset(interval.step.t, interval.step.dt, u.len(), 4);
        self.path.dense(&self.earlier, u, self.ends.end.as_ref(), out);
    }

    pub(super) fn advance(&mut self) {
        self.ends.advance();
        self.factors.advance();
        (self.is_first, self.was_attempted) = (false, false);
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    pub(super) fn spectral_radius(&self) -> Option<f64> {
        Some(self.factors.bound())
    }

    pub(super) fn work(&self) -> Stats {
        let (evaluations, nonlinear_failures) = (self.ends.count(), self.failures);
        let work = Stats { evaluations, nonlinear_failures, ..self.factors.work() };
        self.constraints.as_ref().map_or(work, |constraints| work + constraints.work())
    }

    /// The step before, the Jacobian, and what the choices of the next step depend on.
    pub(super) fn memory(&self, advanced: bool) -> Vec<B::Item> {
        let mut out = Vec::new();
        self.path.write(&mut out);
        self.factors.write(&mut out, advanced);
        let flag = |is: bool| f64::from(u8::from(is));
        let numbers = [
            self.newton.eta,
            flag(advanced && self.is_first),
            flag(advanced && self.was_attempted),
        ];
        numbers.iter().for_each(|&x| notes::write(&mut out, x));
        self.predictive.write(&mut out);
        out
    }

    /// Memory of another length is none of ours.
    pub(super) fn restore(&mut self, memory: &[B::Item]) {
        if memory.len() != self.memory(true).len() {
            return;
        }
        let mut notes = memory;
        self.path.read(&mut notes);
        self.factors.read(&mut notes);
        self.newton.eta = notes::read(&mut notes);
        self.is_first = notes::read(&mut notes) != 0.0;
        self.was_attempted = notes::read(&mut notes) != 0.0;
        self.predictive = Predictive::read(&mut notes);
    }
}

/// The three numbers of a component in the other basis.
#[inline(always)]
fn transformed<S: Scalar>(by: &[[f64; 3]; 3], [a, b, c]: [S; 3]) -> [S; 3] {
    by.map(|[x, y, z]| c.scale_add(z, b.scale_add(y, a.scale(x))))
}

/// What the estimate, an error of third order, may be at relative tolerance `r`, so that the error of
/// the solution, which is of fifth order, is about `r`.
///
/// The code RADAU5 allows `r^(2/3) / 10`, which makes errors of one step proportional to `r`, and
/// those of the solution to `r^(5/6)`: more than ten times `r` at tight tolerances. The errors of the
/// solution are proportional to `r` if the estimate is to `r^(4/5)`; so it is from `r = 1e-4` down.
#[cold]
fn allowance(rtol: f64) -> f64 {
    0.1 * rtol.powf(2.0 / 3.0) * (1e4 * rtol).min(1.0).powf(2.0 / 15.0)
}

/// The relative tolerance of a norm: an error as large as a large state measures its inverse.
#[cold]
fn relative_tolerance<B: Buffer<Item: Parts>>(norm: &mut ErrorNorm<'_>, scratch: &mut B) -> f64 {
    scratch.as_mut().fill(B::Item::from_f64(1e30));
    let large = scratch.as_ref();
    1.0 / norm.of(large, large, large)
}
