//! One step of BDF in Nordsieck form, and the choice of the next step's size and order.

use super::coefficients::{self, Coefficients, MOST};
use super::history::History;
use super::interpolant::interpolate;
use super::newton::{Equation, Newton, Outcome};
use super::start::Start;

use super::control;
use crate::initialization::{self, Constraints};
use crate::{Bdf, Krylov};
use linalg::Field;
use ode_core::{Dense, Error, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian};

/// History, factors and scratch of [`Bdf`](crate::Bdf).
#[derive(Debug)]
pub struct BdfCache<B: Buffer<Item: Field>, W> {
    /// The highest order.
    pub(super) most: usize,
    pub(super) newton: Newton<B, W>,
    /// What a mass matrix leaves algebraic.
    pub(super) constraints: Option<Box<Constraints<B::Item, W>>>,
    /// At the start of the step, scaled by `h`; the columns after the `q`-th mean nothing.
    pub(super) z: History<B>,
    pub(super) predicted: History<B>,
    pub(super) h: f64,
    /// Length of the step that is attempted.
    pub(super) dt: f64,
    /// Lengths of the steps before, the latest first.
    pub(super) past: [f64; MOST + 1],
    pub(super) q: usize,
    /// The order of the next step; the array is changed when it is attempted.
    pub(super) q_next: usize,
    /// Steps since the start; and until another order is considered.
    pub(super) steps: usize,
    pub(super) wait: usize,
    pub(super) coefficients: Coefficients,
    /// Those of equal steps, for each order.
    uniform: [Coefficients; MOST + 1],
    /// Correction of the step.
    pub(super) e: B,
    /// That of an earlier step, and its `second`.
    pub(super) earlier: B,
    pub(super) earlier_second: f64,
    /// `z₁ / h`, later scratch.
    pub(super) slope: B,
    pub(super) start: Start<B>,
    /// Square of the scaled error of the attempt, and of what it would be at the orders beside.
    pub(super) square: f64,
    pub(super) square_below: f64,
    pub(super) square_above: f64,
    /// Largest growth of the next step; 1 after a failure.
    pub(super) growth: f64,
    /// Attempts of this step that were rejected for their error.
    pub(super) rejections: usize,
    /// The first derivative has to be evaluated anew before the next attempt.
    pub(super) is_worn: bool,
    /// Whether errors are looked at: not where the step size is fixed.
    pub(super) is_judged: bool,
}

impl<B: Buffer<Item: Concrete + Field>, W> BdfCache<B, W> {
    pub(super) fn new<F: Jacobian<B::Item, Work = W>>(method: &Bdf, rhs: &F, u: &B) -> Self {
        Self::with(method, rhs, u, None)
    }

    pub(super) fn with<F: Jacobian<B::Item, Work = W>>(
        method: &Bdf,
        rhs: &F,
        u: &B,
        krylov: Option<&Krylov<B::Item>>,
    ) -> Self {
        Self {
            most: method.max_order.clamp(1, MOST),
            dt: 0.0,
            newton: Newton::new(rhs, u, krylov),
            constraints: Constraints::new(rhs).map(Box::new),
            z: History::new(u),
            predicted: History::new(u),
            h: 0.0,
            past: [0.0; MOST + 1],
            q: 1,
            q_next: 1,
            steps: 0,
            wait: 2,
            coefficients: Coefficients::NONE,
            uniform: std::array::from_fn(|q| match q {
                0 => Coefficients::NONE,
                _ => Coefficients::new(q, 1.0, &[1.0; MOST + 1], true),
            }),
            e: u.zeros(),
            earlier: u.zeros(),
            earlier_second: 0.0,
            slope: u.zeros(),
            start: Start::new(u),
            square: 0.0,
            square_below: 0.0,
            square_above: 0.0,
            growth: control::FIRST_GROWTH,
            rejections: 0,
            is_worn: false,
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
        (self.q, self.q_next, self.steps, self.wait) = (1, 1, 0, 2);
        (self.h, self.past, self.growth) = (0.0, [0.0; MOST + 1], control::FIRST_GROWTH);
        (self.rejections, self.is_worn, self.earlier_second) = (0, false, 0.0);
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
        method: &Bdf,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Failure> {
        self.is_judged = false;
        if self.steps == 0 || self.is_worn {
            self.rise_from_slope(rhs, step)?;
        }
        self.change_order();
        let dt = step.dt;
        self.dt = dt;
        self.z.0[0].as_mut().copy_from_slice(step.u.as_ref());
        self.z.predict(self.q, (dt / self.h, dt), &mut self.predicted, self.slope.as_mut());
        self.coefficients = self.coefficients_of(dt);
        let is_algebraic = self.constraints.as_ref().is_some_and(|found| !found.is_empty());
        let equation = Equation {
            t: step.t_last,
            c: self.coefficients.l[1] / dt,
            r: self.slope.as_ref(),
            predicted: self.predicted.column(0),
            u: step.u.as_ref(),
            p: step.p,
            tolerance: control::newton(is_algebraic) / self.coefficients.error,
            is_algebraic,
        };
        let out = (self.e.as_mut(), step.u_next.as_mut());
        match self.newton.solve(rhs, &equation, norm, method.jacobian_age, out) {
            Ok(Outcome::Converged { square }) => {
                self.square = square * self.coefficients.error * self.coefficients.error;
                Ok(())
            }
            Ok(Outcome::NotFinite) => {
                self.growth = 1.0;
                self.square = f64::NAN;
                step.u_next.as_mut().fill(B::Item::from_f64(f64::NAN));
                Ok(())
            }
            Err(failure) => {
                self.growth = 1.0;
                Err(failure)
            }
        }
    }

    /// Order 1 from the derivative at the start.
    fn rise_from_slope<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        step: &Step<'_, B>,
    ) -> Result<(), Failure> {
        if self.is_worn {
            self.is_worn = false;
            let place = (step.u.as_ref(), step.p);
            self.start.evaluate(&mut self.newton, rhs, step.t_first, place)?;
        }
        self.start.rise(self.constraints.as_deref_mut(), rhs, step, self.z.column_mut(1))?;
        self.h = step.dt;
        Ok(())
    }

    fn coefficients_of(&self, dt: f64) -> Coefficients {
        let (q, past) = (self.q, &self.past);
        // Only the correction depends on them: what rounding of time makes of equal steps is nothing.
        let is_uniform = past.iter().take(q).all(|h| (h - dt).abs() <= 1e-9 * dt.abs());
        match self.uniform.get(q) {
            Some(uniform) if is_uniform => *uniform,
            _ => Coefficients::new(q, dt, past, self.wait == 1),
        }
    }

    /// Makes the array one of order `q_next`.
    fn change_order(&mut self) {
        let (q, h, past) = (self.q, self.h, &self.past);
        if self.q_next == q {
            return;
        }
        if self.q_next > q {
            let (weight, l) = coefficients::raise(q, h, past);
            for (z, e) in self.z.0[q + 1].as_mut().iter_mut().zip(self.earlier.as_ref()) {
                *z = e.scale(weight);
            }
            self.z.add(q, &l, 1.0, q + 1);
        } else if q > 2 {
            let l = coefficients::lower(q, h, past);
            self.z.add(q - 1, &l, -1.0, q);
        }
        self.q = self.q_next;
        self.wait = self.q + 1;
    }

    /// The state's polynomial at the end of the step.
    pub(super) fn accept<F>(&mut self, _: &Bdf, _: &F, step: &Step<'_, B>) -> Result<(), Failure> {
        let q = self.q;
        self.z.correct(q, &self.predicted, &self.coefficients.l, self.e.as_ref());
        self.z.column_mut(0).copy_from_slice(step.u_next.as_ref());
        self.past.copy_within(0..MOST, 1);
        (self.past[0], self.h) = (self.dt, self.dt);
        self.steps += 1;
        self.wait = self.wait.saturating_sub(1);
        self.rejections = 0;
        self.newton.accepted();
        if self.wait == 1 && q < self.most {
            self.keep_correction();
        }
        if !self.is_judged {
            // Steps of a fixed size: up to the highest order as soon as there is history.
            if self.wait == 0 {
                self.wait = 1;
                if q < self.most {
                    self.q_next = q + 1;
                    self.keep_correction();
                }
            }
            self.growth = control::GROWTH;
        }
        Ok(())
    }

    fn keep_correction(&mut self) {
        self.earlier.as_mut().copy_from_slice(self.e.as_ref());
        self.earlier_second = self.coefficients.second;
    }

    pub(super) fn advance(&mut self) {
        let inverse = 1.0 / self.h;
        for (f, z) in self.start.derivative_mut().iter_mut().zip(self.z.column(1)) {
            *f = z.scale(inverse);
        }
    }

    pub(super) fn dense(&self, _: &Bdf, interval: &Interval<'_, B>, dense: &mut Dense<B::Item>) {
        let q = self.q;
        let part = |i, j| if j <= q { self.z.column(j)[i] } else { B::Item::zero() };
        interpolate(q, interval, dense, |i| std::array::from_fn(|j| part(i, j)));
    }

    pub(super) fn spectral_radius(&self) -> Option<f64> {
        self.newton.bound()
    }

    pub(super) fn work(&self) -> Stats {
        let work = self.newton.work();
        self.constraints.as_ref().map_or(work, |constraints| work + constraints.work())
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.newton.refusal
    }
}
