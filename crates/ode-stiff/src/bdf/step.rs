//! One step of BDF in Nordsieck form, and the choice of the next step's size and order.

use super::coefficients::{self, Coefficients, MOST};
use super::history::History;
use super::newton::{Equation, Failed, Newton, Outcome};
use super::words::{self, Reader};
use super::{Bdf, control};
use linalg::Field;
use ode_core::{Dense, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian};

/// History, factors and scratch of [`Bdf`].
#[derive(Debug)]
pub struct BdfCache<B: Buffer<Item: Field>, W> {
    /// The highest order.
    most: usize,
    newton: Newton<B, W>,
    /// At the start of the step, scaled by `h`; the columns after the `q`-th mean nothing.
    z: History<B>,
    predicted: History<B>,
    h: f64,
    /// Length of the step that is attempted.
    dt: f64,
    /// Lengths of the steps before, the latest first.
    past: [f64; MOST + 1],
    q: usize,
    /// The order of the next step; the array is changed when it is attempted.
    q_next: usize,
    /// Steps since the start; and until another order is considered.
    steps: usize,
    wait: usize,
    coefficients: Coefficients,
    /// Correction of the step.
    e: B,
    /// That of an earlier step, and its `second`.
    earlier: B,
    earlier_second: f64,
    /// `z₁ / h`, later scratch.
    slope: B,
    /// Derivative at the start.
    f: B,
    /// Square of the scaled error of the attempt, and of what it would be at the orders beside.
    square: f64,
    square_below: f64,
    square_above: f64,
    /// Largest growth of the next step; 1 after a failure.
    growth: f64,
    /// Attempts of this step that were rejected for their error.
    rejections: usize,
    /// The first derivative has to be evaluated anew before the next attempt.
    is_worn: bool,
    /// Whether `f` is a derivative of the state, and not a right-hand side before the mass matrix.
    is_slope: bool,
    /// Whether errors are looked at: not where the step size is fixed.
    is_judged: bool,
}

impl<B: Buffer<Item: Concrete + Field>, W> BdfCache<B, W> {
    pub(super) fn new<F: Jacobian<B::Item, Work = W>>(most: usize, u: &B, work: W) -> Self {
        Self {
            most: most.clamp(1, MOST),
            dt: 0.0,
            newton: Newton::new::<F>(u, work),
            z: History::new(u),
            predicted: History::new(u),
            h: 0.0,
            past: [0.0; MOST + 1],
            q: 1,
            q_next: 1,
            steps: 0,
            wait: 2,
            coefficients: Coefficients::NONE,
            e: u.zeros(),
            earlier: u.zeros(),
            earlier_second: 0.0,
            slope: u.zeros(),
            f: u.zeros(),
            square: 0.0,
            square_below: 0.0,
            square_above: 0.0,
            growth: control::FIRST_GROWTH,
            rejections: 0,
            is_worn: false,
            is_slope: false,
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
        self.is_slope = rhs.mass().is_none();
        self.newton.evaluate(rhs, t, u.as_ref(), p, self.f.as_mut())
    }

    pub(super) fn derivative(&self) -> &[B::Item] {
        self.f.as_ref()
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
            self.from_slope(rhs, step)?;
        }
        self.change_order();
        let dt = step.dt;
        self.dt = dt;
        self.z.0[0].as_mut().copy_from_slice(step.u.as_ref());
        self.z.predict(self.q, (dt / self.h, dt), &mut self.predicted, self.slope.as_mut());
        let neighbours = self.wait == 1;
        self.coefficients = Coefficients::new(self.q, dt, &self.past, neighbours);
        let equation = Equation {
            t: step.t_last,
            c: self.coefficients.l[1] / dt,
            r: self.slope.as_ref(),
            predicted: self.predicted.column(0),
            u: step.u.as_ref(),
            p: step.p,
            tolerance: control::NEWTON / self.coefficients.error,
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
    fn from_slope<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        step: &Step<'_, B>,
    ) -> Result<(), Failure> {
        let u = step.u.as_ref();
        if self.is_worn {
            self.is_worn = false;
            self.is_slope = rhs.mass().is_none();
            self.newton.evaluate(rhs, step.t_first, u, step.p, self.f.as_mut())?;
        }
        if let (false, Some(mass)) = (self.is_slope, rhs.mass()) {
            let place = (step.t_first, step.dt);
            self.newton.slope(rhs, mass, place, (u, step.p), self.f.as_mut())?;
            self.is_slope = true;
        }
        self.h = step.dt;
        for (z, f) in self.z.column_mut(1).iter_mut().zip(self.f.as_ref()) {
            *z = f.scale(step.dt);
        }
        Ok(())
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

    pub(super) fn squared_error(&mut self, u: &[B::Item], norm: &mut ErrorNorm<'_>) -> f64 {
        self.is_judged = true;
        if self.wait == 1 && self.square <= 1.0 {
            self.judge_neighbours(u, norm);
        }
        self.square
    }

    /// The errors that steps of the orders beside would have had.
    fn judge_neighbours(&mut self, u: &[B::Item], norm: &mut ErrorNorm<'_>) {
        let (q, l) = (self.q, &self.coefficients.l);
        let Coefficients { second, below, above, .. } = self.coefficients;
        let (e, scratch) = (self.e.as_ref(), self.slope.as_mut());
        (self.square_below, self.square_above) = (f64::INFINITY, f64::INFINITY);
        if q > 1 {
            for (i, z) in scratch.iter_mut().enumerate() {
                *z = e[i].scale_add(l[q], self.predicted.column(q)[i]);
            }
            self.square_below = below * below * norm.square_of(scratch, u, u);
        }
        if q < self.most && self.earlier_second != 0.0 {
            let ratio = (self.dt / self.past[0]).powi(q as i32 + 1);
            let weight = second / self.earlier_second * ratio;
            for (i, x) in scratch.iter_mut().enumerate() {
                *x = self.earlier.as_ref()[i].scale_add(-weight, e[i]);
            }
            self.square_above = above * above * norm.square_of(scratch, u, u);
        }
    }

    /// The state's polynomial at the end of the step.
    pub(super) fn accept(&mut self, u_next: &[B::Item]) {
        let q = self.q;
        self.z.correct(q, &self.predicted, &self.coefficients.l, self.e.as_ref());
        self.z.column_mut(0).copy_from_slice(u_next);
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
    }

    fn keep_correction(&mut self) {
        self.earlier.as_mut().copy_from_slice(self.e.as_ref());
        self.earlier_second = self.coefficients.second;
    }

    /// The change of the step size after an accepted step; settles the next order.
    pub(super) fn step_factor(&mut self) -> f64 {
        let growth = std::mem::replace(&mut self.growth, control::GROWTH);
        if growth == 1.0 {
            self.wait = self.wait.max(2);
            return 1.0;
        }
        let q = self.q;
        let here = control::Candidate { square: self.square, bias: control::BIAS, power: q + 1 };
        if self.wait > 0 {
            return control::limited(here.factor(), growth);
        }
        self.wait = 2;
        let mut best = (here.factor(), q);
        if q > 1 {
            let square = self.square_below;
            let below = control::Candidate { square, bias: control::BIAS, power: q };
            if below.factor() > best.0 {
                best = (below.factor(), q - 1);
            }
        }
        if q < self.most {
            let square = self.square_above;
            let above = control::Candidate { square, bias: control::BIAS_ABOVE, power: q + 2 };
            if above.factor() > best.0 {
                best = (above.factor(), q + 1);
            }
        }
        let factor = control::limited(best.0, growth);
        if factor != 1.0 {
            self.q_next = best.1;
            if self.q_next > q {
                self.earlier.as_mut().copy_from_slice(self.e.as_ref());
            }
        }
        factor
    }

    /// The change of the step size after a rejected attempt; settles the order of the next.
    pub(super) fn retry_factor(&mut self) -> f64 {
        self.growth = 1.0;
        if self.square.is_nan() {
            return control::FAILED;
        }
        self.newton.failed = Failed::Error;
        self.rejections += 1;
        let here =
            control::Candidate { square: self.square, bias: control::BIAS, power: self.q + 1 };
        match self.rejections {
            // The very first size is a guess; the first error says how good it was.
            1 if self.steps == 0 => here.factor().max(control::LEAST_FIRST),
            1 => here.factor().max(control::LEAST),
            2 | 3 => here.factor().clamp(control::LEAST, control::AGAIN),
            _ => {
                // The history is of no use.
                if self.q > 1 {
                    self.q_next = self.q - 1;
                } else {
                    (self.is_worn, self.wait) = (true, control::LONG_WAIT);
                }
                control::LEAST
            }
        }
    }

    pub(super) fn advance(&mut self) {
        for (f, z) in self.f.as_mut().iter_mut().zip(self.z.column(1)) {
            *f = z.scale(1.0 / self.h);
        }
    }

    pub(super) fn dense(&self, interval: &Interval<'_, B>, dense: &mut Dense<B::Item>) {
        let place = (interval.step.t, interval.step.dt);
        self.z.dense(self.q, place, interval.u.as_ref(), dense);
    }

    /// The order of the last step.
    pub(super) fn order(&self) -> usize {
        self.q
    }

    pub(super) fn memory(&self) -> Vec<B::Item> {
        let mut memory = Vec::new();
        let counts = [self.q, self.q_next, self.steps, self.wait, self.rejections];
        for count in counts {
            words::write(&mut memory, count as u64);
        }
        for flag in [self.is_worn, self.is_slope] {
            words::write(&mut memory, u64::from(flag));
        }
        for real in [self.h, self.growth, self.earlier_second].iter().chain(&self.past) {
            words::write(&mut memory, real.to_bits());
        }
        self.newton.memory(&mut memory);
        for (j, column) in self.z.0.iter().enumerate() {
            // What the others hold is not part of the history, and may be no number.
            let zero = |_: &B::Item| B::Item::zero();
            match j <= self.q && self.steps > 0 {
                true => memory.extend_from_slice(column.as_ref()),
                false => memory.extend(column.as_ref().iter().map(zero)),
            }
        }
        memory.extend_from_slice(self.earlier.as_ref());
        memory.extend_from_slice(self.f.as_ref());
        memory
    }

    pub(super) fn restore(&mut self, memory: &[B::Item]) {
        let mut memory = Reader(memory);
        self.q = memory.count(self.most).max(1);
        // Only the neighbours can be reached.
        self.q_next = memory.count(self.most).clamp((self.q - 1).max(1), self.q + 1).min(self.most);
        self.steps = memory.count(usize::MAX / 2);
        self.wait = memory.count(control::LONG_WAIT);
        self.rejections = memory.count(usize::MAX / 2);
        self.is_worn = memory.flag();
        self.is_slope = memory.flag();
        self.h = memory.real();
        self.growth = memory.real();
        self.earlier_second = memory.real();
        for past in &mut self.past {
            *past = memory.real();
        }
        self.newton.restore(&mut memory);
        for column in &mut self.z.0 {
            memory.numbers(column.as_mut());
        }
        memory.numbers(self.earlier.as_mut());
        memory.numbers(self.f.as_mut());
    }

    pub(super) fn work(&self) -> Stats {
        self.newton.work()
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.newton.refusal
    }
}
