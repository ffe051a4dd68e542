//! Errors at this order and those beside it; the size and the order of the next step.

use super::coefficients::Coefficients;
use super::control;
use super::newton::Failed;
use super::step::BdfCache;
use linalg::Field;
use ode_core::ErrorNorm;
use scalar::{Concrete, Scalar};
use system::Buffer;

impl<B: Buffer<Item: Concrete + Field>, W> BdfCache<B, W> {
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
            return control::limited(here.growth(), growth);
        }
        self.wait = 2;
        let mut best = (here.growth(), q);
        if q > 1 {
            let square = self.square_below;
            let below = control::Candidate { square, bias: control::BIAS, power: q };
            if below.growth() > best.0 {
                best = (below.growth(), q - 1);
            }
        }
        if q < self.most {
            let square = self.square_above;
            let above = control::Candidate { square, bias: control::BIAS_ABOVE, power: q + 2 };
            if above.growth() > best.0 {
                best = (above.growth(), q + 1);
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
}
