use crate::binary_log::{exp2, log2};
use crate::norm::ErrorNorm;
use scalar::Concrete;
use system::{Failure, Rhs};

/// What the estimate needs to know of a solve.
pub(crate) struct InitialStep<'a, S> {
    pub(crate) t: f64,
    pub(crate) u: &'a [S],
    pub(crate) p: &'a [S],
    pub(crate) f0: &'a [S],
    /// +1 forwards, -1 backwards.
    pub(crate) direction: f64,
    pub(crate) order: u32,
    pub(crate) dt_max: f64,
}

impl<S: Concrete> InitialStep<'_, S> {
    /// Hairer's estimate (Hairer, Nørsett, Wanner I, II.4): one Euler step of size `h0` with
    /// `h0 |f| ≈ 0.01 |u|`, from whose curvature the size follows. Positive, and long enough to move
    /// the time unless `dt_max` is shorter. One evaluation.
    pub(crate) fn estimate<F: Rhs<S>>(
        &self,
        rhs: &F,
        norm: &mut ErrorNorm<'_>,
        u1: &mut [S],
        f1: &mut [S],
    ) -> Result<f64, Failure> {
        let Self { t, u, p, f0, direction, order, dt_max } = *self;
        let mut size = |x: &[S]| norm.of(x, u, u);
        let (d0, d1) = (size(u), size(f0));
        let h0 = if d0 < 1e-10 || d1 < 1e-10 { 1e-6 } else { 0.01 * d0 / d1 };
        let h0 = h0.min(dt_max);
        for i in 0..u.len() {
            u1[i] = u[i] + f0[i].scale(direction * h0);
        }
        rhs.eval(S::from_f64(t + direction * h0), u1, p, f1)?;
        for i in 0..u.len() {
            f1[i] -= f0[i];
        }
        let d2 = size(f1) / h0;
        let curvature = d1.max(d2);
        let h1 = if curvature <= 1e-15 {
            (h0 * 1e-3).max(1e-6)
        } else {
            exp2(log2(0.01 / curvature) / f64::from(order + 1))
        };
        Ok(h1.min(100.0 * h0).max(shortest(t)).min(dt_max))
    }
}

/// The shortest first step that is of use at `t`, and can still be halved.
pub(crate) fn shortest(t: f64) -> f64 {
    10.0 * ulp(t)
}

/// The distance from `|t|` to the next larger number.
pub(crate) fn ulp(t: f64) -> f64 {
    t.abs().next_up() - t.abs()
}
