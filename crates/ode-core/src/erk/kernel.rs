//! The inner loops: weighted sums of stages, unrolled over the stages.

use super::ErkTableau;
use scalar::Scalar;
use system::Buffer;

/// Row `I` of the tableau, of any length: entries past the row are zero.
pub(super) const fn row<const I: usize>(tableau: &ErkTableau) -> [f64; I] {
    let mut row = [0.0; I];
    let mut j = 0;
    while j < I {
        row[j] = tableau.a(I, j);
        j += 1;
    }
    row
}

/// Weights padded to a fixed length.
pub(super) const fn padded(weights: &[f64]) -> [f64; ErkTableau::MAX_STAGES] {
    let mut row = [0.0; ErkTableau::MAX_STAGES];
    let mut j = 0;
    while j < weights.len() {
        row[j] = weights[j];
        j += 1;
    }
    row
}

/// `out = base + dt Σ wⱼ kⱼ`; zero weights cost nothing.
#[inline(always)]
pub(super) fn combine<B: Buffer, const J: usize>(
    out: &mut B,
    base: &B,
    dt: f64,
    weights: [f64; J],
    k: &[B],
) {
    let n = base.as_ref().len();
    let (out, base) = (&mut out.as_mut()[..n], &base.as_ref()[..n]);
    for x in 0..n {
        out[x] = base[x] + weighted(&weights, k, x).scale(dt);
    }
}

/// `out = dt Σ wⱼ kⱼ`.
#[inline(always)]
pub(super) fn sum<B: Buffer, const J: usize>(out: &mut B, dt: f64, weights: [f64; J], k: &[B]) {
    for (x, out) in out.as_mut().iter_mut().enumerate() {
        *out = weighted(&weights, k, x).scale(dt);
    }
}

/// `Σ wⱼ kⱼ[x]`, starting with the first nonzero weight.
#[inline(always)]
fn weighted<B: Buffer, const J: usize>(weights: &[f64; J], k: &[B], x: usize) -> B::Item {
    let mut total: Option<B::Item> = None;
    for j in 0..J {
        if weights[j] != 0.0 {
            let term = k[j].as_ref()[x].scale(weights[j]);
            total = Some(total.map_or(term, |total| total + term));
        }
    }
    total.unwrap_or_else(B::Item::zero)
}
