//! One step of a Gauss method.

use super::collocation::Gauss;
use super::evaluations::Evaluations;
use super::factors::Factors;
use super::gauss_legendre::Collocated;
use super::roundoff::RoundOff;
use super::{Parts, notes};
use crate::convergence::Verdict;
use crate::iteration_matrix::Trouble;
use ode_core::{Dense, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use std::array::from_fn;
use system::{Buffer, Failure, Jacobian, Rhs};

/// A slower iteration asks for a new Jacobian.
const SLOW: f64 = 0.05;

/// Stages, factors and memory of a Gauss method with `S` stages.
#[derive(Debug)]
pub struct GaussCache<B: Buffer, W, const S: usize> {
    factors: Factors<W>,
    /// A bound of the eigenvalues of the Jacobian.
    stiffness: f64,
    ends: Evaluations<B>,
    /// `Zᵢ`, the stages less the start, and `f` there.
    z: [B; S],
    slopes: [B; S],
    /// The residuals, then the increments of `Z`.
    r: [B; S],
    /// The size of the step accepted last, of which `z` are the stages and `rise` the
    /// move; 0: none.
    path_size: f64,
    rise: B,
    /// What rounding has dropped from the state so far: the state is `u + rest`.
    rest: B,
    rest_next: B,
    failures: usize,
    refusal: Option<Refusal>,
}

impl<B: Buffer<Item: Parts>, W, const S: usize> GaussCache<B, W, S> {
    pub(super) fn new<M, F: Jacobian<f64, Work = W>>(_: &M, rhs: &F, u: &B) -> Self {
        let stages = || from_fn(|_| u.zeros());
        Self {
            factors: Factors::new(rhs, S),
            stiffness: 0.0,
            ends: Evaluations::new(u),
            z: stages(),
            slopes: stages(),
            r: stages(),
            path_size: 0.0,
            rise: u.zeros(),
            rest: u.zeros(),
            rest_next: u.zeros(),
            failures: 0,
            refusal: None,
        }
    }

    /// Starts afresh: nothing is known of the solution, and nothing has been rounded yet.
    pub(super) fn begin<F: Rhs<B::Item>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
    ) -> Result<(), Failure> {
        self.factors.forget();
        self.path_size = 0.0;
        self.rest.as_mut().fill(B::Item::zero());
        self.ends.begin(rhs, t, u, p)
    }

    pub(super) fn derivative(&self) -> &[B::Item] {
        self.ends.f.as_ref()
    }

    pub(super) fn attempt<M: Collocated<S>, F>(
        &mut self,
        _: &M,
        rhs: &F,
        step: &mut Step<'_, B>,
        _norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Failure>
    where
        F: Rhs<B::Item> + Jacobian<f64, Work = W>,
    {
        self.refusal = None;
        self.collocate(const { &M::GAUSS }, rhs, step)
            .map_err(|trouble| trouble.tell(&mut self.refusal))
    }

    fn collocate<F>(
        &mut self,
        method: &Gauss<S>,
        rhs: &F,
        step: &mut Step<'_, B>,
    ) -> Result<(), Trouble>
    where
        F: Rhs<B::Item> + Jacobian<f64, Work = W>,
    {
        if !self.factors.is_differentiated() {
            self.differentiate(rhs, step)?;
        }
        self.extrapolate(method, step.dt);
        // The stages are no longer those of the step before.
        self.path_size = 0.0;
        loop {
            self.factors.prepare(&method.basis, step.dt, None)?;
            let mut newton = RoundOff::begin();
            match self.iterate(method, rhs, step, &mut newton)? {
                Verdict::Diverged if self.factors.is_current() => {
                    self.failures += 1;
                    return if self.blame(step) {
                        Ok(())
                    } else {
                        Err(Trouble::Refused(Refusal::NotConverged))
                    };
                }
                Verdict::Diverged => {
                    self.failures += 1;
                    self.differentiate(rhs, step)?;
                    self.z.iter_mut().for_each(|z| z.as_mut().fill(B::Item::zero()));
                }
                _ => {
                    self.factors.keep(newton.rate() <= SLOW);
                    break;
                }
            }
        }
        self.sum(method, step);
        Ok(())
    }

    fn differentiate<F: Jacobian<f64, Work = W>>(
        &mut self,
        rhs: &F,
        step: &Step<'_, B>,
    ) -> Result<(), Trouble> {
        self.factors.differentiate(rhs, step.t_first, step.u.as_ref(), step.p)?;
        self.stiffness = self.factors.bound();
        Ok(())
    }

    /// Starting values: the collocation polynomial of the step before, beyond its end.
    fn extrapolate(&mut self, method: &Gauss<S>, dt: f64) {
        let n = self.rise.as_ref().len();
        if self.path_size == 0.0 {
            self.z.iter_mut().for_each(|z| z.as_mut().fill(B::Item::zero()));
            return;
        }
        let c = &method.basis.c;
        // Lagrange's polynomials over 0 and the nodes, where the one of 0 does not count.
        let lagrange = |j: usize, s: f64| {
            let others = (0..S).filter(|&m| m != j);
            s / c[j] * others.map(|m| (s - c[m]) / (c[j] - c[m])).product::<f64>()
        };
        let weights: [[f64; S]; S] =
            from_fn(|i| from_fn(|j| lagrange(j, 1.0 + c[i] * dt / self.path_size)));
        for x in 0..n {
            let old: [B::Item; S] = from_fn(|j| self.z[j].as_ref()[x]);
            for (z, weights) in self.z.iter_mut().zip(&weights) {
                z.as_mut()[x] = combined(weights, &old) - self.rise.as_ref()[x];
            }
        }
    }

    /// Simplified Newton iterations for `Z = h A f(u + Z)`, with the residual as it stands there.
    fn iterate<F: Rhs<B::Item>>(
        &mut self,
        method: &Gauss<S>,
        rhs: &F,
        step: &mut Step<'_, B>,
        newton: &mut RoundOff,
    ) -> Result<Verdict, Trouble> {
        let Gauss { basis, b, divisor, skew, root, .. } = method;
        let divisor = B::Item::from_f64(*divisor);
        let (n, dt, u) = (step.u.as_ref().len(), step.dt, step.u.as_ref());
        let (gamma, (alpha, beta)) = (basis.gamma, basis.pair);
        // Components near zero are known as well as the others let them be.
        let size = |x: &[B::Item]| x.iter().map(|x| x.largest_part()).fold(0.0, f64::max);
        let atol = 1e-3 * (size(u) + dt.abs() * size(self.ends.f.as_ref())) + f64::MIN_POSITIVE;
        loop {
            for i in 0..S {
                let (t, z) = (step.t + basis.c[i] * dt, self.z[i].as_ref());
                self.ends.stage(rhs, t, u, z, step.p, self.slopes[i].as_mut())?;
            }
            for x in 0..n {
                let slopes: [B::Item; S] = from_fn(|j| self.slopes[j].as_ref()[x]);
                let half = (combined(b, &slopes) / divisor).scale(0.5);
                let residual: [B::Item; S] = from_fn(|i| {
                    let slope = combined(&skew[i], &slopes).scale_add(*root, half);
                    slope.scale(dt) - self.z[i].as_ref()[x]
                });
                let r: [B::Item; S] = from_fn(|i| combined(&basis.t_inverse[i], &residual));
                // Times the eigenvalues of A⁻¹ over the step size.
                let (p, q) = (r[S - 2], r[S - 1]);
                self.r[S - 2].as_mut()[x] = q.scale_add(-beta, p.scale(alpha)).scale(1.0 / dt);
                self.r[S - 1].as_mut()[x] = p.scale_add(beta, q.scale(alpha)).scale(1.0 / dt);
                if S % 2 == 1 {
                    self.r[0].as_mut()[x] = r[0].scale(gamma / dt);
                }
            }
            if S % 2 == 1 {
                self.factors.solve_real(self.r[0].as_mut())?;
            }
            let [.., p, q] = &mut self.r[..] else { return Ok(Verdict::Diverged) };
            self.factors.solve_pair(p.as_mut(), q.as_mut())?;
            let mut largest = 0.0_f64;
            for x in 0..n {
                let r: [B::Item; S] = from_fn(|i| self.r[i].as_ref()[x]);
                for i in 0..S {
                    let (z, step) = (&mut self.z[i].as_mut()[x], combined(&basis.t[i], &r));
                    *z += step;
                    let square = B::Item::scaled_square(step, u[x], *z, atol, 1.0).largest_part();
                    largest = if square > largest || square.is_nan() { square } else { largest };
                }
            }
            match newton.judge(largest.sqrt() / f64::EPSILON) {
                Verdict::GoOn => {}
                verdict => return Ok(verdict),
            }
        }
    }

    /// Whether it is `f` that is not finite at a stage; marks the components.
    #[cold]
    fn blame(&mut self, step: &mut Step<'_, B>) -> bool {
        step.u_next.as_mut().copy_from_slice(step.u.as_ref());
        let mut is_guilty = false;
        for (x, next) in step.u_next.as_mut().iter_mut().enumerate() {
            // After the first iteration a NaN is everywhere; the derivative at the start is whole.
            if self.slopes.iter().any(|f| f.as_ref()[x].largest_part().is_nan()) {
                (*next, is_guilty) = (B::Item::from_f64(f64::NAN), true);
            }
        }
        is_guilty
    }

    /// The state at the end, `u + rest + h Σ bᵢ fᵢ`, where `rest` collects what rounding drops
    /// (Hairer, Lubich & Wanner, VIII.5; the sum of two numbers and its rounding error are
    /// Knuth's).
    fn sum(&mut self, method: &Gauss<S>, step: &mut Step<'_, B>) {
        let Gauss { b, divisor, d, .. } = method;
        // Where the step is stiff, h f magnifies the rounding of the stages; `b A⁻¹ Z` does not.
        let is_stiff = self.stiffness * step.dt.abs() > 1.0;
        let divisor = B::Item::from_f64(*divisor);
        let u = step.u.as_ref();
        for (x, next) in step.u_next.as_mut().iter_mut().enumerate() {
            let rise = if is_stiff {
                combined(d, &from_fn(|i| self.z[i].as_ref()[x]))
            } else {
                let slope = combined(b, &from_fn(|i| self.slopes[i].as_ref()[x]));
                slope.scale(step.dt) / divisor
            };
            let move_by = self.rest.as_ref()[x] + rise;
            let sum = u[x] + move_by;
            let moved = sum - u[x];
            self.rest_next.as_mut()[x] = (u[x] - (sum - moved)) + (move_by - moved);
            self.rise.as_mut()[x] = rise;
            *next = sum;
        }
    }

    pub(super) fn accept<M, F: Rhs<B::Item>>(
        &mut self,
        _: &M,
        rhs: &F,
        step: &mut Step<'_, B>,
    ) -> Result<(), Failure> {
        std::mem::swap(&mut self.rest, &mut self.rest_next);
        self.path_size = step.dt;
        self.ends.accept(rhs, step)
    }

    /// The cubic through both ends with the derivatives there; with three stages one term more from
    /// theirs. Where the step is stiff, derivatives say little: then through the stages.
    pub(super) fn dense<M: Collocated<S>>(
        &self,
        _: &M,
        interval: &Interval<'_, B>,
        dense: &mut Dense<B::Item>,
    ) {
        let method = const { &M::GAUSS };
        let (n, step) = (interval.u.as_ref().len(), interval.step);
        let (c1, c2) = (method.basis.c[0], method.basis.c[S - 1]);
        let Evaluations { f, f_next, end, .. } = &self.ends;
        let (u, end) = (interval.u.as_ref(), end.as_ref());
        let out = dense.reset(step.t, step.dt, n, if S == 2 { 3 } else { 4 });
        let is_stiff = self.stiffness * step.dt.abs() > 1.0;
        for x in 0..n {
            let rise = end[x] - u[x];
            let (a, b, q) = if is_stiff {
                // θ rise + θ (1 - θ) (a + b θ + q θ (1 - θ)) through the stages: what is left of
                // them after the straight line, over θ (1 - θ).
                let bulge = |i: usize| {
                    let (c, z) = (method.basis.c[i], self.z[i].as_ref()[x]);
                    (z - rise.scale(c)).scale(1.0 / (c * (1.0 - c)))
                };
                let (first, last) = (bulge(0), bulge(S - 1));
                let b = (last - first).scale(1.0 / (c2 - c1));
                let line = |c: f64| b.scale_add(c - c1, first);
                // The parabola that vanishes at both outer nodes is q (θ (1 - θ) - c₁ (1 - c₁)).
                let v = c1 * (1.0 - c1);
                let q = if S == 2 {
                    B::Item::zero()
                } else {
                    (bulge(1) - line(0.5)).scale(1.0 / (0.25 - v))
                };
                (line(0.0) - q.scale(v), b, q)
            } else {
                let (f0, f1) = (f.as_ref()[x].scale(step.dt), f_next.as_ref()[x]);
                let a = f0 - rise;
                let b = rise.scale(2.0) - f0 - f1.scale(step.dt);
                let q = if S == 2 {
                    B::Item::zero()
                } else {
                    // From the difference of the slopes at the outer stages.
                    let slope = |i: usize| self.slopes[i].as_ref()[x].scale(step.dt);
                    let width = c2 - c1;
                    let left = slope(0) - slope(S - 1) - (a.scale(2.0) + b).scale(width);
                    left.scale(1.0 / (4.0 * c1 * (1.0 - c1) * width))
                };
                (a, b, q)
            };
            out[x] = u[x];
            out[n + x] = rise;
            (out[2 * n + x], out[3 * n + x]) = (a, b);
            if S > 2 {
                out[4 * n + x] = q;
            }
        }
    }

    pub(super) fn advance(&mut self) {
        self.ends.advance();
        self.factors.advance();
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    pub(super) fn work(&self) -> Stats {
        Stats {
            evaluations: self.ends.count(),
            nonlinear_failures: self.failures,
            ..self.factors.work()
        }
    }

    /// The stages of the step before, what rounding has dropped, the Jacobian.
    pub(super) fn memory(&self, advanced: bool) -> Vec<B::Item> {
        let mut out = Vec::new();
        self.z.iter().for_each(|z| out.extend_from_slice(z.as_ref()));
        out.extend_from_slice(self.rise.as_ref());
        out.extend_from_slice(self.rest.as_ref());
        self.factors.write(&mut out, advanced);
        notes::write(&mut out, self.path_size);
        out
    }

    /// Memory of another length is none of ours.
    pub(super) fn restore(&mut self, memory: &[B::Item]) {
        let n = self.rise.as_ref().len();
        if memory.len() != self.memory(true).len() {
            return;
        }
        let mut notes = memory;
        for part in self.z.iter_mut().chain([&mut self.rise, &mut self.rest]) {
            let (now, rest) = notes.split_at(n);
            part.as_mut().copy_from_slice(now);
            notes = rest;
        }
        self.factors.read(&mut notes);
        self.stiffness = self.factors.bound();
        self.path_size = notes::read(&mut notes);
    }
}

/// `Σ wᵢ xᵢ`.
#[inline(always)]
fn combined<S: Scalar, const N: usize>(weights: &[f64; N], x: &[S; N]) -> S {
    let mut sum = x[0].scale(weights[0]);
    for i in 1..N {
        sum = x[i].scale_add(weights[i], sum);
    }
    sum
}
