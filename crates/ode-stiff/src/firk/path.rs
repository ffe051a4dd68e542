//! The solution over a step of the Radau method, and what it says about the steps after it.

use super::collocation::RADAU;
use super::{Parts, notes};
use scalar::Scalar;
use system::Buffer;

/// The collocation polynomial of a step, less its start: `p(θ) = θ z + θ (1 - θ) (a + b θ)`, and what
/// is known of its error.
///
/// Where a component is not stiff, `p'` errs by a vector times `(θ - c₁) (θ - c₂) (θ - 1)`, and the
/// error estimate tells that vector: it is the error of `p'` at `θ = 0`. Where a component is stiff
/// the estimate is nearly zero.
#[derive(Debug)]
pub(super) struct Path<B> {
    rise: B,
    a: B,
    b: B,
    estimate: B,
    /// Signed length of the step; 0: there is none.
    size: f64,
}

/// The integral of `10 (θ - c₁) (θ - c₂) (θ - 1)`, which vanishes at both ends.
fn slope_defect(theta: f64) -> f64 {
    let v = theta * (1.0 - theta);
    v * (theta - 1.0 + 2.5 * v)
}

/// `θ (θ - c₁) (θ - c₂) (θ - 1)`.
fn node_defect(theta: f64) -> f64 {
    let v = theta * (1.0 - theta);
    v * (v - 0.1 - 0.2 * theta)
}

/// Beyond this ratio of step sizes a step says little about the one before it.
const FAR: f64 = 3.0;

impl<B: Buffer<Item: Parts>> Path<B> {
    pub(super) fn none(u: &B) -> Self {
        let [rise, a, b, estimate] = [u.zeros(), u.zeros(), u.zeros(), u.zeros()];
        Self { rise, a, b, estimate, size: 0.0 }
    }

    pub(super) fn forget(&mut self) {
        self.size = 0.0;
    }

    /// Through the stages `z` of an accepted step.
    #[inline(always)]
    pub(super) fn through(&mut self, z: &[B; 3], estimate: &B, size: f64) {
        let [c1, c2, _] = RADAU.c;
        let (z1, z2, z3) = (z[0].as_ref(), z[1].as_ref(), z[2].as_ref());
        let (rise, a, b) = (self.rise.as_mut(), self.a.as_mut(), self.b.as_mut());
        for x in 0..z1.len() {
            let q1 = (z1[x].scale(1.0 / c1) - z3[x]).scale(1.0 / (1.0 - c1));
            let q2 = (z2[x].scale(1.0 / c2) - z3[x]).scale(1.0 / (1.0 - c2));
            rise[x] = z3[x];
            b[x] = (q2 - q1).scale(1.0 / (c2 - c1));
            a[x] = b[x].scale_add(-c1, q1);
        }
        self.estimate.as_mut().copy_from_slice(estimate.as_ref());
        self.size = size;
    }

    /// Starting values for the stages of a step of length `dt` after this one.
    #[inline(always)]
    pub(super) fn beyond(&self, dt: f64, z: &mut [B; 3]) {
        if self.size == 0.0 {
            return z.iter_mut().for_each(|z| z.as_mut().fill(B::Item::zero()));
        }
        let ratio = dt / self.size;
        for (z, c) in z.iter_mut().zip(RADAU.c) {
            let s = c * ratio;
            for (x, z) in z.as_mut().iter_mut().enumerate() {
                *z = self.corrected(1.0 + s, x) - self.rise.as_ref()[x];
            }
        }
    }

    /// `p(θ)`, component `x`.
    #[inline(always)]
    fn at(&self, theta: f64, x: usize) -> B::Item {
        let (rise, a, b) = (self.rise.as_ref()[x], self.a.as_ref()[x], self.b.as_ref()[x]);
        let bracket = b.scale_add(theta, a);
        (bracket.scale(1.0 - theta) + rise).scale(theta)
    }

    /// `p(θ)` and what the estimate says of its error, component `x`.
    #[inline(always)]
    fn corrected(&self, theta: f64, x: usize) -> B::Item {
        let weight = -RADAU.gamma * slope_defect(theta);
        self.estimate.as_ref()[x].scale_add(weight, self.at(theta, x))
    }

    /// The coefficients of dense output in Newton's form, between the states `u` and `end`.
    ///
    /// A polynomial of fourth degree: the defect of a component that is not stiff follows from the
    /// estimate. The values of a stiff one are right at the nodes; its defect there, `d` times
    /// `θ (θ - c₁) (θ - c₂) (θ - 1)`, follows from how far the step `earlier`, continued, is off.
    pub(super) fn dense(
        &self,
        earlier: &Self,
        u: &[B::Item],
        end: &[B::Item],
        out: &mut [B::Item],
    ) {
        let n = u.len();
        let (a, b, estimate) = (self.a.as_ref(), self.b.as_ref(), self.estimate.as_ref());
        for x in 0..n {
            out[x] = u[x];
            out[n + x] = end[x] - u[x];
            out[2 * n + x] = estimate[x].scale_add(RADAU.gamma, a[x]);
            out[3 * n + x] = estimate[x].scale_add(-RADAU.gamma, b[x]);
            out[4 * n + x] = estimate[x].scale(-2.5 * RADAU.gamma);
        }
        let ratio = self.size / earlier.size;
        if earlier.size == 0.0 || ratio > FAR {
            return;
        }
        let theta = 1.0 + ratio;
        let weight = ratio.powi(4) / node_defect(theta);
        for x in 0..n {
            let off =
                self.rise.as_ref()[x] + earlier.rise.as_ref()[x] - earlier.corrected(theta, x);
            let d = off.scale(weight);
            out[2 * n + x] += d.scale(-0.1);
            out[3 * n + x] += d.scale(-0.2);
            out[4 * n + x] += d;
        }
    }

    pub(super) fn write(&self, notes: &mut Vec<B::Item>) {
        for part in [&self.rise, &self.a, &self.b, &self.estimate] {
            notes.extend_from_slice(part.as_ref());
        }
        notes::write(notes, self.size);
    }

    pub(super) fn read(&mut self, notes: &mut &[B::Item]) {
        for part in [&mut self.rise, &mut self.a, &mut self.b, &mut self.estimate] {
            let part = part.as_mut();
            if let Some((now, rest)) = notes.split_at_checked(part.len()) {
                part.copy_from_slice(now);
                *notes = rest;
            }
        }
        self.size = notes::read(notes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newton's form of both defects has the coefficients that `dense` writes, and they vanish where
    /// they must.
    #[test]
    fn the_defects_are_what_the_coefficients_say() {
        let [c1, c2, _] = RADAU.c;
        for theta in [-0.3, 0.1, 0.5, 0.9, 1.7, 4.0] {
            let v = theta * (1.0 - theta);
            let newton = |c: [f64; 3]| v * c[0] + v * theta * c[1] + v * v * c[2];
            let product = theta * (theta - c1) * (theta - c2) * (theta - 1.0);
            assert!((node_defect(theta) - product).abs() < 1e-13 * (1.0 + product.abs()));
            assert!((newton([-0.1, -0.2, 1.0]) - product).abs() < 1e-13 * (1.0 + product.abs()));
            let step = 1e-5;
            let slope = (slope_defect(theta + step) - slope_defect(theta - step)) / (2.0 * step);
            let expected = 10.0 * (theta - c1) * (theta - c2) * (theta - 1.0);
            assert!((slope - expected).abs() < 1e-7 * (1.0 + expected.abs()), "{slope} {expected}");
            let found = newton([1.0, -1.0, -2.5]) + slope_defect(theta);
            assert!(found.abs() < 1e-12 * (1.0 + theta.powi(4)));
        }
        for node in [0.0, c1, c2, 1.0] {
            assert!(node_defect(node).abs() < 1e-16);
        }
        assert_eq!((slope_defect(0.0), slope_defect(1.0)), (0.0, 0.0));
    }
}
