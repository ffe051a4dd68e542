//! Sums over stages with coefficients that are known when the program is compiled, so that the loops over
//! them are unrolled and zeros vanish.

use super::EsdirkTableau;
use scalar::Scalar;
use system::Buffer;

/// A row of a tableau, with zeros where it has no entry.
pub(crate) struct Weights([f64; EsdirkTableau::MAX_STAGES]);

impl Weights {
    pub(crate) const fn of(row: &[f64]) -> Self {
        let mut weights = [0.0; EsdirkTableau::MAX_STAGES];
        let mut j = 0;
        while j < row.len() {
            weights[j] = row[j];
            j += 1;
        }
        Self(weights)
    }

    /// Row `i` of a strictly lower triangle that is written without its empty first row.
    pub(crate) const fn row(triangle: &[&'static [f64]], i: usize) -> Self {
        Self::of(if i > 0 && i <= triangle.len() { triangle[i - 1] } else { &[] })
    }

    /// `out = Σ wᵢ kᵢ`.
    #[inline(always)]
    pub(crate) fn sum<B: Buffer>(self, out: &mut [B::Item], stages: &[B]) {
        out.fill(B::Item::zero());
        self.add_to(out, stages);
    }

    /// `out += Σ wᵢ kᵢ`.
    #[inline(always)]
    pub(crate) fn add_to<B: Buffer>(self, out: &mut [B::Item], stages: &[B]) {
        for (w, k) in self.0.into_iter().zip(stages) {
            if w != 0.0 {
                for (out, &k) in out.iter_mut().zip(k.as_ref()) {
                    *out = k.scale_add(w, *out);
                }
            }
        }
    }
}

/// `x = factor x`.
#[inline(always)]
pub(crate) fn scale<S: Scalar>(x: &mut [S], factor: f64) {
    for x in x {
        *x = x.scale(factor);
    }
}

/// `x = u + dt x`.
#[inline(always)]
pub(crate) fn step_from<S: Scalar>(u: &[S], dt: f64, x: &mut [S]) {
    for (x, &u) in x.iter_mut().zip(u) {
        *x = x.scale_add(dt, u);
    }
}
