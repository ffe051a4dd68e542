//! One step: attempt, judge, accept or try again.

use super::{Integrator, Progress, Start, Trouble, beside};
use crate::binary_log::{larger, smaller};
use crate::domain::Place;
use crate::initial_step::{InitialStep, shortest, ulp};
use crate::{Algorithm, Domain, Error, ErrorKind, Report, Step, StepSize, Taken};
use scalar::{Concrete, Scalar};
use std::time::Duration;
use system::{Buffer, Failure, Rhs};

/// What became of an attempt.
enum Verdict {
    /// Square of its scaled error, at most 1; and whether the state was moved onto the border of the domain.
    Accepted { square: f64, moved: bool },
    /// Square of its scaled error, NaN if something is not finite.
    Rejected { square: f64 },
    /// This component left the domain.
    Outside { index: usize },
}

impl<F: Rhs<B::Item>, A: Algorithm<F, B>, B: Buffer> Integrator<'_, F, A, B>
where
    B::Item: Concrete,
{
    pub(super) fn advance(&mut self) -> Result<Progress, Error> {
        self.begin()?;
        let mut size = match self.size {
            Some(size) => size,
            None => self.first_size()?,
        };
        loop {
            if let Err(error) = self.may_go_on() {
                self.size = Some(size);
                return Err(error);
            }
            let (stop, is_end) = self.stops.next();
            let remaining = (stop - self.t).abs();
            // A step is stretched a little rather than leaving a sliver before the stop.
            let lands = size * (1.0 + 1e-6) >= remaining;
            let t_next = if lands { stop } else { self.t + self.direction * size };
            // The distance that time really moves: `size` is rounded where t is large.
            let dt = t_next - self.t;
            if dt == 0.0 {
                self.size = Some(size);
                return Err(ErrorKind::StepTooSmall { t: self.t, dt: size }.into());
            }
            let jumps = lands && self.stops.is_jump();
            let t_last = if jumps { beside::<B::Item>(stop, -self.direction) } else { t_next };
            let taken = Taken { t: self.t, dt, t_first: self.t_first, t_last };

            let trouble = match self.attempt(&taken) {
                Ok(Verdict::Accepted { square, moved }) => {
                    self.size = Some(self.next_size(size, dt.abs(), square, lands));
                    self.commit(taken, t_next);
                    if lands {
                        self.stops.advance();
                    }
                    if jumps {
                        self.start = Start::Evaluate(beside::<B::Item>(stop, self.direction));
                        self.is_behind_stop = true;
                    } else if moved {
                        self.start = Start::Evaluate(t_last);
                    }
                    return Ok(match (lands, is_end) {
                        (false, _) => Progress::Running,
                        (true, false) => Progress::Stopped,
                        (true, true) => Progress::Finished,
                    });
                }
                Ok(Verdict::Rejected { square }) => {
                    let factor = self.control.reject(square, &self.controller);
                    size = dt.abs() * self.algorithm.retry_factor(&mut self.cache, factor);
                    square.is_nan().then_some(Trouble::NotFinite)
                }
                Ok(Verdict::Outside { index }) => {
                    size = 0.5 * dt.abs();
                    Some(Trouble::Outside { index })
                }
                Err(Failure::Recoverable) => {
                    self.control.hold();
                    size = 0.25 * dt.abs();
                    Some(Trouble::Refused)
                }
                Err(failure) => return Err(self.refused(&failure)),
            };
            self.stats.rejected += 1;
            let is_fixed = matches!(self.options.step, StepSize::Fixed(_));
            if is_fixed
                || size <= (4.0 * ulp(self.t)).max(0.999 * self.options.dt_min).max(SMALLEST)
            {
                self.size = Some(size);
                return Err(self.stuck(dt, trouble));
            }
        }
    }

    /// Makes the derivative at the start of a step available.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        match self.start {
            Start::Evaluate(t) => {
                if std::mem::take(&mut self.is_behind_stop) && self.rhs.mass().is_some() {
                    self.settle_at(t);
                }
                let begun = self.algorithm.begin(self.rhs, t, &self.u, &self.p, &mut self.cache);
                begun.map_err(|failure| self.refused(&failure))?;
                let f = self.algorithm.derivative(&self.cache);
                if let Some(i) = f.iter().position(|f| !f.is_finite()) {
                    return Err(self.non_finite(self.t, i));
                }
                if self.is_given && self.rhs.mass().is_some() {
                    let at = (t, &self.u, &self.p[..]);
                    self.algorithm.admit(self.rhs, at, &mut self.norm, &mut self.cache)?;
                }
                self.is_given = false;
                self.t_first = t;
            }
            Start::CarryOver => {
                self.algorithm.advance(&mut self.cache);
                self.t_first = self.before.t_last;
            }
            Start::Ready => {}
        }
        // Only now: a start that failed is evaluated again by the next attempt.
        self.start = Start::Ready;
        self.dense_is_current = false;
        Ok(())
    }

    /// Whether a budget is spent, or somebody wants the solve to end.
    fn may_go_on(&mut self) -> Result<(), Error> {
        let (t, options) = (self.t, self.options);
        if self.stats.accepted + self.stats.rejected >= options.max_steps {
            return Err(ErrorKind::MaxSteps { t, max_steps: options.max_steps }.into());
        }
        if self.is_watched { self.look_up() } else { Ok(()) }
    }

    #[cold]
    fn look_up(&mut self) -> Result<(), Error> {
        let (t, options) = (self.t, self.options);
        if options.cancel.as_ref().is_some_and(crate::Cancel::is_cancelled) {
            return Err(ErrorKind::Cancelled { t }.into());
        }
        if let Some(limit) = options.max_time
            && self.clock.elapsed() >= limit
        {
            return Err(ErrorKind::MaxTime { t, limit }.into());
        }
        if let Some(monitor) = &options.monitor {
            let (t0, stats) = (self.t0, self.stats());
            let fraction = (t - t0) / (self.end - t0);
            let report = |elapsed: Duration| Report { t, fraction, stats, elapsed };
            self.clock.tell(monitor, report);
        }
        Ok(())
    }

    fn first_size(&mut self) -> Result<f64, Error> {
        let dt_max = self.options.dt_max.min((self.stops.next().0 - self.t).abs());
        let estimate = InitialStep {
            t: self.t,
            u: self.u.as_ref(),
            p: &self.p,
            f0: self.algorithm.derivative(&self.cache),
            direction: self.direction,
            order: self.algorithm.first_order(&self.cache),
            dt_max,
        };
        self.stats.evaluations += 1;
        let (u1, f1) = (self.u_before.as_mut(), self.error.as_mut());
        let size = match estimate.estimate(self.rhs, &mut self.norm, u1, f1) {
            Ok(size) if size > 0.0 => size,
            // The probe left the domain: start small, and let the controller find its way.
            Ok(_) | Err(Failure::Recoverable) => {
                (1e-6 * (self.end - self.t).abs()).min(1e-6).max(shortest(self.t)).min(dt_max)
            }
            Err(failure) => return Err(self.refused(&failure)),
        };
        Ok(size.max(self.options.dt_min))
    }

    /// Attempts a step into `u_before`, and judges it.
    fn attempt(&mut self, taken: &Taken) -> Result<Verdict, Failure> {
        let mut step = Step {
            t: taken.t,
            dt: taken.dt,
            t_first: taken.t_first,
            t_last: taken.t_last,
            u: &self.u,
            p: &self.p,
            u_next: &mut self.u_before,
            error: &mut self.error,
        };
        self.algorithm.attempt(self.rhs, &mut step, &mut self.norm, &mut self.cache)?;
        self.controller.set_order(self.algorithm.order_of_error(&self.cache));
        let square = match self.options.step {
            StepSize::Fixed(_) => 0.0,
            _ => self.algorithm.squared_error(&step, &mut self.cache, &mut self.norm),
        };
        if square > 1.0 || square.is_nan() {
            return Ok(Verdict::Rejected { square });
        }
        // An infinite state scales any error to zero.
        if !step.u_next.as_ref().iter().all(|u| u.is_finite()) {
            return Ok(Verdict::Rejected { square: f64::NAN });
        }
        let mut moved = false;
        if self.options.domain != Domain::Anywhere {
            for (i, u) in step.u_next.as_mut().iter_mut().enumerate() {
                // What the start of the step promises for what is left of the span.
                let drift = self.algorithm.derivative(&self.cache)[i].scale(self.end - taken.t);
                let (start, atol) = (step.u.as_ref()[i], self.norm.atol(i));
                match self.options.domain.place(i, *u, (start, drift), atol) {
                    Place::Inside => {}
                    Place::Border(border) => (*u, moved) = (border, true),
                    Place::Outside => return Ok(Verdict::Outside { index: i }),
                }
            }
        }
        self.algorithm.accept(self.rhs, &mut step, &mut self.cache)?;
        Ok(Verdict::Accepted { square, moved })
    }

    /// The size to go on with after an accepted step of size `taken`, where `size` was proposed.
    fn next_size(&mut self, size: f64, taken: f64, square: f64, lands: bool) -> f64 {
        let options = self.options;
        if let StepSize::Fixed(size) = options.step {
            return size.min(options.dt_max);
        }
        let factor = self.control.accept(square, &self.controller);
        let factor = self.algorithm.step_factor(&mut self.cache, self.direction * taken, factor);
        let mut next = taken * factor;
        // A step cut short by a stop does not revoke the proposal.
        if lands && factor >= 1.0 {
            next = larger(next, size);
        }
        smaller(larger(next, options.dt_min), options.dt_max)
    }

    fn commit(&mut self, taken: Taken, t_next: f64) {
        std::mem::swap(&mut self.u, &mut self.u_before);
        self.before = taken;
        self.t = t_next;
        self.start = Start::CarryOver;
        self.dense_is_current = false;
        self.stats.accepted += 1;
    }
}

/// At t = 0 steps may become very short; the inverse of one must still be a number.
const SMALLEST: f64 = 1e-290;
