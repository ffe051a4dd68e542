//! One step of NDF in backward differences, and the choice of the next step's size and order.

use super::coefficients::MOST;
use super::control::{self, Candidate};
use super::differences::{Differences, HARMONIC};
use super::interpolant::interpolate;
use super::newton::{Equation, Failed, Newton, Outcome};
use super::start::Start;
use super::words::{self, Reader};
use crate::initialization::{self, Constraints};
use crate::{Krylov, Ndf};
use linalg::Field;
use ode_core::{Dense, Error, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian};

/// Weights of the additional term, for each order (Klopfenstein; Reiher; Shampine and Reichelt).
const KAPPA: [f64; MOST + 1] = [0.0, -0.185, -1.0 / 9.0, -0.082_3, -0.041_5, 0.0];

/// The leading coefficient `(1 - κ) γ_q`.
fn alpha(q: usize) -> f64 {
    (1.0 - KAPPA[q]) * HARMONIC[q]
}

/// The local error of order `q` is so many times `∇^{q+1} u`.
fn error_of(q: usize) -> f64 {
    KAPPA[q] * HARMONIC[q] + 1.0 / (q + 1) as f64
}

/// Differences, factors and scratch of [`Ndf`](crate::Ndf).
#[derive(Debug)]
pub struct NdfCache<B: Buffer<Item: Field>, W> {
    /// The highest order.
    most: usize,
    newton: Newton<B, W>,
    /// What a mass matrix leaves algebraic.
    constraints: Option<Box<Constraints<B::Item, W>>>,
    /// At the start of the step, on a grid of step `h`.
    d: Differences<B>,
    h: f64,
    /// Length of the step that is attempted.
    dt: f64,
    q: usize,
    /// Steps since the start; and of one size and order.
    steps: usize,
    equal: usize,
    predicted: B,
    /// `Σ γⱼ Dⱼ / h`, later scratch.
    slope: B,
    /// Correction of the step.
    e: B,
    start: Start<B>,
    /// Square of the scaled error of the attempt, and of what it would be at the orders beside.
    square: f64,
    square_below: f64,
    square_above: f64,
    /// The order of the next step.
    q_next: usize,
    /// Attempts of this step that were rejected for their error.
    rejections: usize,
    /// Whether errors are looked at: not where the step size is fixed.
    is_judged: bool,
}

impl<B: Buffer<Item: Concrete + Field>, W> NdfCache<B, W> {
    pub(super) fn new<F: Jacobian<B::Item, Work = W>>(method: &Ndf, rhs: &F, u: &B) -> Self {
        Self::with(method, rhs, u, None)
    }

    pub(super) fn with<F: Jacobian<B::Item, Work = W>>(
        method: &Ndf,
        rhs: &F,
        u: &B,
        krylov: Option<&Krylov<B::Item>>,
    ) -> Self {
        Self {
            most: method.max_order.clamp(1, MOST),
            newton: Newton::new(rhs, u, krylov),
            constraints: Constraints::new(rhs).map(Box::new),
            d: Differences::new(u),
            h: 0.0,
            dt: 0.0,
            q: 1,
            steps: 0,
            equal: 0,
            predicted: u.zeros(),
            slope: u.zeros(),
            e: u.zeros(),
            start: Start::new(u),
            square: 0.0,
            square_below: 0.0,
            square_above: 0.0,
            q_next: 1,
            rejections: 0,
            is_judged: false,
        }
    }

    /// Starts anew at order 1.
    pub(super) fn begin<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
    ) -> Result<(), Failure> {
        self.newton.begin();
        (self.q, self.q_next, self.steps, self.equal, self.rejections) = (1, 1, 0, 0, 0);
        self.h = 0.0;
        for d in &mut self.d.0 {
            d.as_mut().fill(B::Item::zero());
        }
        self.start.evaluate(&mut self.newton, rhs, t, (u.as_ref(), p))
    }

    pub(super) fn admit<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &[B::Item], &[B::Item]),
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Error> {
        let Some(constraints) = &mut self.constraints else { return Ok(()) };
        constraints.forget();
        initialization::admit(constraints, rhs, at, self.start.derivative(), norm)
    }

    pub(super) fn settle<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &mut [B::Item], &[B::Item]),
        norm: &mut ErrorNorm<'_>,
    ) -> Result<bool, Error> {
        initialization::settle(self.constraints.as_deref_mut(), rhs, at, norm)
    }

    pub(super) fn slope<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (B::Item, &[B::Item], &[B::Item]),
        du: &mut [B::Item],
    ) -> Result<(), Failure> {
        initialization::slope_at(self.constraints.as_deref_mut(), rhs, at, du)
    }

    pub(super) fn derivative(&self) -> &[B::Item] {
        self.start.derivative()
    }

    pub(super) fn attempt<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        method: &Ndf,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Failure> {
        self.is_judged = false;
        let dt = step.dt;
        self.dt = dt;
        if self.steps == 0 {
            self.start.rise(self.constraints.as_deref_mut(), rhs, step, self.d.0[1].as_mut())?;
            self.h = dt;
        }
        if self.q_next != self.q {
            (self.q, self.equal) = (self.q_next, 0);
        }
        self.d.0[0].as_mut().copy_from_slice(step.u.as_ref());
        // Steps that differ by the rounding of time are equal.
        if (dt - self.h).abs() > 2.0 * f64::EPSILON * step.t.abs() {
            let ratio = dt / self.h;
            self.d.rescale(self.q, ratio);
            if (ratio - 1.0).abs() > 1e-3 {
                self.equal = 0;
            }
            self.h = dt;
        }
        let q = self.q;
        self.d.predict(q, dt, self.predicted.as_mut(), self.slope.as_mut());
        let is_algebraic = self.constraints.as_ref().is_some_and(|found| !found.is_empty());
        let equation = Equation {
            t: step.t_last,
            c: alpha(q) / dt,
            r: self.slope.as_ref(),
            predicted: self.predicted.as_ref(),
            u: step.u.as_ref(),
            p: step.p,
            tolerance: control::newton(is_algebraic) / error_of(q),
            is_algebraic,
        };
        let out = (self.e.as_mut(), step.u_next.as_mut());
        match self.newton.solve(rhs, &equation, norm, method.jacobian_age, out)? {
            Outcome::Converged { square } => self.square = square * error_of(q) * error_of(q),
            Outcome::NotFinite => {
                self.square = f64::NAN;
                step.u_next.as_mut().fill(B::Item::from_f64(f64::NAN));
            }
        }
        Ok(())
    }

    pub(super) fn squared_error(&mut self, u: &[B::Item], norm: &mut ErrorNorm<'_>) -> f64 {
        self.is_judged = true;
        let q = self.q;
        if self.equal >= q && self.square <= 1.0 {
            let scratch = self.slope.as_mut();
            (self.square_below, self.square_above) = (f64::INFINITY, f64::INFINITY);
            let square_of = |constant: f64, x: &[B::Item], norm: &mut ErrorNorm<'_>| {
                constant * constant * norm.square_of(x, u, u)
            };
            // ∇^q u and ∇^{q+2} u at the end of the step.
            if q > 1 {
                for (i, x) in scratch.iter_mut().enumerate() {
                    *x = self.d.of(q)[i] + self.e.as_ref()[i];
                }
                self.square_below = square_of(error_of(q - 1), scratch, norm);
            }
            if q < self.most {
                for (i, x) in scratch.iter_mut().enumerate() {
                    *x = self.e.as_ref()[i] - self.d.of(q + 1)[i];
                }
                self.square_above = square_of(error_of(q + 1), scratch, norm);
            }
        }
        self.square
    }

    pub(super) fn accept<F>(&mut self, _: &Ndf, _: &F, step: &Step<'_, B>) -> Result<(), Failure> {
        self.d.advance(self.q, self.e.as_ref());
        self.d.0[0].as_mut().copy_from_slice(step.u_next.as_ref());
        self.steps += 1;
        self.equal += 1;
        self.rejections = 0;
        self.newton.accepted();
        // Steps of a fixed size: up to the highest order as soon as there is history.
        if !self.is_judged && self.equal > self.q && self.q < self.most {
            self.q_next = self.q + 1;
        }
        Ok(())
    }

    /// The change of the step size after an accepted step; settles the next order.
    pub(super) fn step_factor(&mut self) -> f64 {
        let q = self.q;
        if self.steps == 1 {
            // The first size was a guess.
            return control::limited(self.here().factor(), control::FIRST_GROWTH);
        }
        if self.equal <= q {
            return 1.0;
        }
        let bias = |safety: f64, power: usize| safety.powi(power as i32);
        let mut best = (self.here().factor_from(control::WORTHWHILE_EQUAL), q);
        if q > 1 {
            let (square, power) = (self.square_below, q);
            let below = Candidate { square, bias: bias(1.3, power), power };
            let below = below.factor_from(control::WORTHWHILE_EQUAL);
            if below > best.0 {
                best = (below, q - 1);
            }
        }
        if q < self.most {
            let (square, power) = (self.square_above, q + 2);
            let above = Candidate { square, bias: bias(1.4, power), power };
            let above = above.factor_from(control::WORTHWHILE_EQUAL);
            if above > best.0 {
                best = (above, q + 1);
            }
        }
        if best.0 < control::WORTHWHILE_EQUAL {
            return 1.0;
        }
        self.q_next = best.1;
        best.0.min(control::GROWTH)
    }

    fn here(&self) -> Candidate {
        let power = self.q + 1;
        Candidate { square: self.square, bias: 1.2f64.powi(power as i32), power }
    }

    /// The change of the step size after a rejected attempt; settles the order of the next.
    pub(super) fn retry_factor(&mut self) -> f64 {
        if self.square.is_nan() {
            return control::FAILED;
        }
        self.newton.failed = Failed::Error;
        self.rejections += 1;
        let least = if self.steps == 0 { control::LEAST_FIRST } else { control::LEAST };
        let factor = self.here().factor().clamp(least, 0.8);
        if self.rejections < 3 {
            return factor;
        }
        // The history is of no use.
        self.q_next = (self.q - 1).max(1);
        factor.min(0.5)
    }

    pub(super) fn advance(&mut self) {
        self.d.slope(self.q, self.h, self.start.derivative_mut());
    }

    pub(super) fn dense(&self, _: &Ndf, interval: &Interval<'_, B>, dense: &mut Dense<B::Item>) {
        interpolate(self.q, interval, dense, |i| self.d.powers(self.q, i));
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.newton.refusal
    }

    pub(super) fn memory(&self, _advanced: bool) -> Vec<B::Item> {
        let mut memory = Vec::new();
        for count in [self.q, self.q_next, self.steps, self.equal, self.rejections] {
            words::write(&mut memory, count as u64);
        }
        words::write(&mut memory, self.h.to_bits());
        self.newton.memory(&mut memory);
        self.start.memory(&mut memory);
        for d in &self.d.0 {
            memory.extend_from_slice(d.as_ref());
        }
        memory
    }

    pub(super) fn restore(&mut self, memory: &[B::Item]) {
        let mut memory = Reader(memory);
        self.q = memory.count(self.most).max(1);
        self.q_next = memory.count(self.most).clamp((self.q - 1).max(1), self.q + 1).min(self.most);
        self.steps = memory.count(usize::MAX / 2);
        self.equal = memory.count(usize::MAX / 2);
        self.rejections = memory.count(usize::MAX / 2);
        self.h = memory.real();
        self.newton.restore(&mut memory);
        self.start.restore(&mut memory);
        for d in &mut self.d.0 {
            memory.numbers(d.as_mut());
        }
    }

    pub(super) fn spectral_radius(&self) -> Option<f64> {
        self.newton.bound()
    }

    pub(super) fn work(&self) -> Stats {
        let work = self.newton.work();
        self.constraints.as_ref().map_or(work, |constraints| work + constraints.work())
    }
}
