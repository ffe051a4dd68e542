//! Newton's iteration for one implicit equation per step, with a matrix that is kept for many steps.

use super::words::{self, Reader};
use crate::Krylov;
use crate::iteration_matrix::Trouble;
use crate::linear_systems::{LinearSystems, Place};
use crate::tangents::{Part, square_of_all};
use linalg::Field;
use ode_core::{ErrorNorm, Refusal, Stats};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian};

/// Steps after which the matrix is factored anew in any case (CVODE's `MSBP`).
const FACTORS_AGE: usize = 20;
/// Relative change of `c` from which on it is factored anew (`DGMAX`).
const DRIFT: f64 = 0.3;
/// Relative change of `c` up to which a failure is blamed on the Jacobian (`DGMAX_JBAD`).
const DRIFT_BLAMED: f64 = 0.2;
/// Most increments of one iteration (`NLS_MAXCOR`); and with a fresh Jacobian, where nothing else
/// is left than a shorter step, as long as they promise success.
const MOST: usize = 3;
const MOST_FRESH: usize = 8;
/// Most increments of the tangents, whose equations are linear: each costs less than other factors for them
/// all.
const MOST_TANGENTS: usize = 30;
/// How fast an estimated rate of convergence may improve (`CRDOWN`).
const RATE_DOWN: f64 = 0.3;
/// How fast it fades, where one increment is enough and no rate is seen.
const RATE_AGES: f64 = 1.25;
/// An increment so much larger than the one before means divergence (`RDIV`).
const DIVERGED: f64 = 2.0;

/// `M (c e + r) = f(t, y)`, `y = predicted + e`, to be solved for `e`.
#[derive(Debug)]
pub(super) struct Equation<'a, S> {
    pub(super) t: f64,
    pub(super) c: f64,
    pub(super) r: &'a [S],
    pub(super) predicted: &'a [S],
    /// The state by which errors are scaled.
    pub(super) u: &'a [S],
    pub(super) p: &'a [S],
    /// Size of an increment, times the rate of convergence, that ends the iteration.
    pub(super) tolerance: f64,
    /// Whether there are algebraic equations: then the rate of convergence has to be seen anew in every
    /// step.
    pub(super) is_algebraic: bool,
}

/// What became of an iteration.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    /// It converged; the square of the norm of `e`.
    Converged { square: f64 },
    /// The right-hand side is not finite.
    NotFinite,
}

/// What went wrong with the attempt before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Failed {
    #[default]
    Nothing,
    /// Its error was too large.
    Error,
    /// It did not come so far.
    Iteration,
}

#[derive(Debug)]
pub(super) struct Newton<B: Buffer<Item: Field>, W> {
    systems: LinearSystems<B::Item, W>,
    /// The number of states, without their tangents.
    leading: usize,
    /// Where the Jacobian was evaluated, to find it again after a checkpoint.
    t_jac: f64,
    u_jac: B,
    has_jacobian: bool,
    /// The `c` of the factors; NaN where there are none.
    factored: f64,
    /// Whether Jacobian and factors have to be made again as they were.
    is_restored: bool,
    jacobian_age: usize,
    factors_age: usize,
    /// Estimated rate of convergence.
    rate: f64,
    /// That of the tangents, where they are found after the states.
    rate_of_tangents: f64,
    pub(super) failed: Failed,
    /// Residual, then increment.
    delta: B,
    coupled: B,
    evaluations: usize,
    failures: usize,
    pub(super) refusal: Option<Refusal>,
}

impl<B: Buffer<Item: Concrete + Field>, W> Newton<B, W> {
    pub(super) fn new<F: Jacobian<B::Item, Work = W>>(
        rhs: &F,
        u: &B,
        krylov: Option<&Krylov<B::Item>>,
    ) -> Self {
        Self {
            systems: LinearSystems::new(rhs, krylov),
            leading: rhs.leading(),
            t_jac: 0.0,
            u_jac: u.zeros(),
            has_jacobian: false,
            factored: f64::NAN,
            is_restored: false,
            jacobian_age: 0,
            factors_age: 0,
            rate: 1.0,
            rate_of_tangents: 1.0,
            failed: Failed::Nothing,
            delta: u.zeros(),
            coupled: u.zeros(),
            evaluations: 0,
            failures: 0,
            refusal: None,
        }
    }

    /// Nothing carries over.
    pub(super) fn begin(&mut self) {
        (self.has_jacobian, self.factored, self.is_restored) = (false, f64::NAN, false);
        (self.failed, self.refusal) = (Failed::Nothing, None);
        (self.rate, self.rate_of_tangents) = (1.0, 1.0);
    }

    /// A step was accepted.
    pub(super) fn accepted(&mut self) {
        self.jacobian_age += 1;
        self.factors_age += 1;
        self.failed = Failed::Nothing;
    }

    #[inline]
    pub(super) fn evaluate<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &[B::Item],
        p: &[B::Item],
        f: &mut [B::Item],
    ) -> Result<(), Failure> {
        self.evaluations += 1;
        rhs.eval(B::Item::from_f64(t), u, p, f)
    }

    /// Solves the equation; `e` and `y` are written. Every error is remembered, so that the next
    /// attempt begins with a fresh Jacobian.
    pub(super) fn solve<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        equation: &Equation<'_, B::Item>,
        norm: &mut ErrorNorm<'_>,
        jacobian_age: usize,
        (e, y): (&mut [B::Item], &mut [B::Item]),
    ) -> Result<Outcome, Failure> {
        if !equation.c.is_finite() {
            // A step of no length: what refused the longer ones is the reason.
            return Err(Failure::Recoverable);
        }
        self.refusal = None;
        let solved = self.iterate(rhs, equation, norm, jacobian_age, (e, y));
        match solved {
            Ok(Outcome::Converged { .. }) => {}
            _ => {
                self.failures += 1;
                self.failed = Failed::Iteration;
            }
        }
        solved.map_err(|trouble| trouble.tell(&mut self.refusal))
    }

    fn iterate<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        equation: &Equation<'_, B::Item>,
        norm: &mut ErrorNorm<'_>,
        jacobian_age: usize,
        (e, y): (&mut [B::Item], &mut [B::Item]),
    ) -> Result<Outcome, Trouble> {
        let c = equation.c;
        if self.is_restored {
            self.make_again(rhs, equation.p)?;
        }
        // What was seen some steps ago is trusted less and less.
        self.rate = (RATE_AGES * self.rate).min(1.0);
        self.rate_of_tangents = (RATE_AGES * self.rate_of_tangents).min(1.0);
        let has_tangents = self.leading < y.len();
        let staggers = has_tangents && rhs.staggers() && !self.systems.is_exact();
        let first = if staggers { Part::Leading } else { Part::All };
        let drift = |factored: f64| (factored / c - 1.0).abs();
        let mut differentiates = !self.has_jacobian
            || self.jacobian_age >= jacobian_age
            || self.failed == Failed::Iteration;
        let mut factors = self.factored.is_nan()
            || self.failed != Failed::Nothing
            || self.factors_age >= FACTORS_AGE
            || drift(self.factored) > DRIFT;
        let mut is_current = false;
        loop {
            y.copy_from_slice(equation.predicted);
            self.residual(rhs, equation, None, y, first)?;
            if factors {
                if differentiates {
                    match self.differentiate(rhs, equation, y) {
                        Err(Trouble::Refused(_)) if !self.is_finite(rhs, equation, y) => {
                            return Ok(Outcome::NotFinite);
                        }
                        outcome => outcome?,
                    }
                    is_current = true;
                }
                self.factor(rhs, c, equation.p)?;
            }
            let most = if is_current { MOST_FRESH } else { MOST };
            let mut found = self.increments(rhs, equation, norm, most, (&mut *e, &mut *y), first);
            if staggers && matches!(found, Ok(Some(_))) {
                found = self.tangents(rhs, equation, norm, (&mut *e, &mut *y));
            }
            match found {
                Ok(Some(square)) => return Ok(Outcome::Converged { square }),
                Ok(None) => {}
                // A fresh Jacobian may lead elsewhere.
                Err(Trouble::Failed(Failure::Recoverable)) if !is_current => {}
                Err(trouble) => return Err(trouble),
            }
            if !self.is_finite(rhs, equation, equation.predicted) {
                return Ok(Outcome::NotFinite);
            }
            if is_current {
                return Err(Trouble::Refused(Refusal::NotConverged));
            }
            differentiates = drift(self.factored) < DRIFT_BLAMED;
            factors = true;
        }
    }

    /// The tangents of states that are found: their equations are linear, and the matrix is the same. The
    /// square of the norm of all of `e`.
    #[inline(never)]
    fn tangents<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        equation: &Equation<'_, B::Item>,
        norm: &mut ErrorNorm<'_>,
        (e, y): (&mut [B::Item], &mut [B::Item]),
    ) -> Result<Option<f64>, Trouble> {
        let part = Part::Tangents;
        self.residual(rhs, equation, None, y, part)?;
        // Their rate of convergence is another one.
        std::mem::swap(&mut self.rate, &mut self.rate_of_tangents);
        let found = self.increments(rhs, equation, norm, MOST_TANGENTS, (&mut *e, y), part);
        std::mem::swap(&mut self.rate, &mut self.rate_of_tangents);
        Ok(found?.map(|_| norm.square_of(e, equation.u, equation.u)))
    }

    /// Increments until the iteration has converged (the square of the norm of `e`) or failed.
    #[inline(always)]
    fn increments<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        equation: &Equation<'_, B::Item>,
        norm: &mut ErrorNorm<'_>,
        most: usize,
        (e, y): (&mut [B::Item], &mut [B::Item]),
        part: Part,
    ) -> Result<Option<f64>, Trouble> {
        let Equation { t, c, predicted, u, p, tolerance, is_algebraic, .. } = *equation;
        let (n, leading) = (u.len(), self.leading);
        let range = part.range(leading, n);
        // Tangents take in what the increment of the states changes in the next one.
        let least = if part == Part::All && leading < n { 2 } else { 1 };
        // Factors of another c': an increment by them is best scaled by 2 c' / (c + c').
        let is_exact = self.systems.is_exact() || self.factored == c;
        let scale = if is_exact { 1.0 } else { 2.0 * self.factored / (c + self.factored) };
        // An increment is known up to what its iteration leaves.
        let unknown = self.systems.forcing() * tolerance;
        let mut previous = f64::INFINITY;
        for iteration in 1..=most {
            let delta = &mut self.delta.as_mut()[range.clone()];
            let place = Place { t, y, p, u, c, tolerance, is_estimate: iteration == 1 };
            self.systems.solve(rhs, &place, norm, delta)?;
            if scale != 1.0 {
                for delta in delta.iter_mut() {
                    *delta = delta.scale(scale);
                }
            }
            let delta = self.delta.as_ref();
            let scaled = (&delta[range.clone()], &u[range.clone()], &u[range.clone()]);
            let square = match part {
                Part::All => square_of_all(norm, leading, scaled),
                _ => norm.square_of(scaled.0, scaled.1, scaled.2),
            };
            let (e, y) = (&mut e[..n], &mut y[..n]);
            if iteration == 1 {
                for i in range.clone() {
                    e[i] = delta[i];
                    y[i] = predicted[i] + e[i];
                }
            } else {
                for i in range.clone() {
                    e[i] += delta[i];
                    y[i] = predicted[i] + e[i];
                }
            }
            let size = square.sqrt();
            if iteration > 1 {
                self.rate = (RATE_DOWN * self.rate).max((size + unknown) / previous);
            }
            let rate = if iteration == 1 && is_algebraic { 1.0 } else { self.rate.min(1.0) };
            if iteration >= least && size * rate <= tolerance {
                let square = if iteration == 1 { square } else { norm.square_of(e, u, u) };
                return Ok(Some(square));
            }
            // At this rate, what the last increment would be.
            let hopeless = iteration >= MOST
                && size * (size / previous).powi((most - iteration + 1) as i32) > tolerance;
            if iteration == most || size > DIVERGED * previous || size.is_nan() || hopeless {
                break;
            }
            previous = size;
            self.residual(rhs, equation, Some(e), y, part)?;
        }
        Ok(None)
    }

    /// `delta = f(t, y) - M (c e + r)`; no `e` means zero.
    #[inline]
    fn residual<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        equation: &Equation<'_, B::Item>,
        e: Option<&[B::Item]>,
        y: &[B::Item],
        part: Part,
    ) -> Result<(), Failure> {
        let Equation { t, c, r, p, .. } = *equation;
        self.evaluations += 1;
        let delta = self.delta.as_mut();
        let n = delta.len().min(r.len());
        let range = part.range(self.leading, n);
        match part {
            Part::Leading => {
                rhs.eval_leading(B::Item::from_f64(t), y, p, &mut delta[range.clone()])?;
            }
            _ => rhs.eval(B::Item::from_f64(t), y, p, delta)?,
        }
        match (rhs.mass(), e) {
            (None, None) => {
                for i in range {
                    delta[i] -= r[i];
                }
            }
            (None, Some(e)) => {
                for i in range {
                    delta[i] -= e[i].scale_add(c, r[i]);
                }
            }
            (Some(mass), e) => {
                let coupled = self.coupled.as_mut();
                for i in range.clone() {
                    coupled[i] = e.map_or(r[i], |e| e[i].scale_add(c, r[i]));
                }
                for i in range {
                    for &(j, m) in mass.row(i) {
                        delta[i] -= coupled[j].scale(m);
                    }
                }
            }
        }
        Ok(())
    }

    fn differentiate<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        equation: &Equation<'_, B::Item>,
        y: &[B::Item],
    ) -> Result<(), Trouble> {
        self.has_jacobian = false;
        self.t_jac = equation.t;
        self.u_jac.as_mut().copy_from_slice(y);
        self.systems.linearize(rhs, equation.t, y, equation.p)?;
        (self.has_jacobian, self.jacobian_age) = (true, 0);
        Ok(())
    }

    fn factor<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        c: f64,
        p: &[B::Item],
    ) -> Result<(), Trouble> {
        self.factored = f64::NAN;
        self.systems.factor(rhs, c, p)?;
        (self.factored, self.factors_age) = (c, 0);
        // Where every system has a matrix of its own, a preconditioner changes no rate.
        if !self.systems.is_exact() {
            self.rate = 1.0;
        }
        Ok(())
    }

    #[cold]
    fn make_again<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        p: &[B::Item],
    ) -> Result<(), Trouble> {
        self.is_restored = false;
        if self.has_jacobian {
            self.systems.linearize(rhs, self.t_jac, self.u_jac.as_ref(), p)?;
            if !self.factored.is_nan() {
                self.systems.factor(rhs, self.factored, p)?;
            }
        }
        Ok(())
    }

    /// Whether the right-hand side is finite, asked where something is not.
    #[cold]
    fn is_finite<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        equation: &Equation<'_, B::Item>,
        y: &[B::Item],
    ) -> bool {
        let t = B::Item::from_f64(equation.t);
        self.evaluations += 1;
        let evaluated = rhs.eval(t, y, equation.p, self.delta.as_mut());
        evaluated.is_err() || self.delta.as_ref().iter().all(|f| f.is_finite())
    }

    /// Words and numbers of [`memory`](Newton::memory), for `n` states.
    pub(super) fn memory(&self, memory: &mut Vec<B::Item>) {
        let flags = [self.has_jacobian, self.failed != Failed::Nothing];
        let failed = u64::from(self.failed == Failed::Iteration);
        words::write(memory, flags.iter().fold(failed, |bits, &flag| 2 * bits + u64::from(flag)));
        for real in [self.t_jac, self.factored, self.rate] {
            words::write(memory, real.to_bits());
        }
        words::write(memory, self.jacobian_age as u64);
        words::write(memory, self.factors_age as u64);
        if self.leading < self.u_jac.as_ref().len() {
            words::write(memory, self.rate_of_tangents.to_bits());
        }
        memory.extend_from_slice(self.u_jac.as_ref());
    }

    pub(super) fn restore(&mut self, memory: &mut Reader<'_, B::Item>) {
        let flags = memory.bits();
        self.has_jacobian = flags & 2 != 0;
        self.failed = match (flags & 1 != 0, flags & 4 != 0) {
            (false, _) => Failed::Nothing,
            (true, false) => Failed::Error,
            (true, true) => Failed::Iteration,
        };
        self.t_jac = memory.real();
        self.factored = memory.real();
        self.rate = memory.real();
        self.jacobian_age = memory.count(usize::MAX / 2);
        self.factors_age = memory.count(usize::MAX / 2);
        if self.leading < self.u_jac.as_ref().len() {
            self.rate_of_tangents = memory.real();
        }
        memory.numbers(self.u_jac.as_mut());
        self.is_restored = true;
        self.refusal = None;
    }

    pub(super) fn bound(&self) -> Option<f64> {
        self.systems.bound()
    }

    pub(super) fn work(&self) -> Stats {
        let Self { evaluations, failures, .. } = *self;
        Stats { evaluations, nonlinear_failures: failures, ..self.systems.work() }
    }
}
