//! The inner loops: weighted sums of stages.
//!
//! States of a few numbers live in registers: their sums are unrolled over the stages, with the
//! weights as constants ([`combine`], [`sum`]). Longer states are read block by block
//! ([`combine_blocks`], [`sum_blocks`]): one pass over each stage, sums in vector registers, and one
//! instance of the loop for all methods. Both add in the same order, so that they give the same bits.

use super::ErkTableau;
use crate::Time;
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
pub(crate) const fn padded(weights: &[f64]) -> [f64; ErkTableau::MAX_STAGES] {
    let mut row = [0.0; ErkTableau::MAX_STAGES];
    let mut j = 0;
    while j < weights.len() {
        row[j] = weights[j];
        j += 1;
    }
    row
}

/// `out = base + Σ (dt wⱼ) kⱼ`; zero weights cost nothing.
///
/// Only the last term has to wait for the last stage: between two evaluations of the right-hand side
/// there is one multiplication and one addition.
#[inline(always)]
pub(super) fn combine<B: Buffer, T: Time<B::Item>, const J: usize>(
    out: &mut B,
    base: &B,
    dt: T,
    weights: [f64; J],
    k: &[B],
) {
    if T::EACH_LANE {
        *out = term_by_term(base.clone(), dt, &weights, k);
        return;
    }
    let n = base.as_ref().len();
    let (out, base) = (&mut out.as_mut()[..n], &base.as_ref()[..n]);
    for x in 0..n {
        out[x] = weighted(base[x], dt, &weights, k, x);
    }
}

/// `out = Σ (dt wⱼ) kⱼ`.
#[inline(always)]
pub(crate) fn sum<B: Buffer, T: Time<B::Item>, const J: usize>(
    out: &mut B,
    dt: T,
    weights: [f64; J],
    k: &[B],
) {
    if T::EACH_LANE {
        *out = term_by_term(out.zeros(), dt, &weights, k);
        return;
    }
    for (x, out) in out.as_mut().iter_mut().enumerate() {
        *out = weighted(B::Item::zero(), dt, &weights, k, x);
    }
}

/// `base + Σ (dt wⱼ) kⱼ[x]`.
#[inline(always)]
fn weighted<B: Buffer, T: Time<B::Item>, const J: usize>(
    base: B::Item,
    dt: T,
    weights: &[f64; J],
    k: &[B],
    x: usize,
) -> B::Item {
    let mut total = base;
    for j in 0..J {
        if weights[j] != 0.0 {
            total = dt.scaled(weights[j]).add_times(k[j].as_ref()[x], total);
        }
    }
    total
}

/// `base + Σ (dt wⱼ) kⱼ`, adding in the same order: `dt wⱼ` is computed once for all components, and
/// the sums stay in registers.
#[inline(always)]
fn term_by_term<B: Buffer, T: Time<B::Item>, const J: usize>(
    mut total: B,
    dt: T,
    weights: &[f64; J],
    k: &[B],
) -> B {
    let n = total.as_ref().len();
    for j in 0..J {
        if weights[j] != 0.0 {
            let (w, k, total) = (dt.scaled(weights[j]), &k[j].as_ref()[..n], total.as_mut());
            for x in 0..n {
                total[x] = w.add_times(k[x], total[x]);
            }
        }
    }
    total
}

/// As [`combine`], for any number of weights and states.
pub(super) fn combine_blocks<B: Buffer, T: Time<B::Item>>(
    out: &mut B,
    base: &B,
    dt: T,
    weights: &[f64],
    k: &[B],
) {
    blocks(out.as_mut(), Some(base.as_ref()), dt, weights, k);
}

/// As [`sum`], for any number of weights and states.
pub(crate) fn sum_blocks<B: Buffer, T: Time<B::Item>>(
    out: &mut B,
    dt: T,
    weights: &[f64],
    k: &[B],
) {
    blocks(out.as_mut(), None, dt, weights, k);
}

/// `out = base + Σ (dt wⱼ) kⱼ`, in blocks that fit into vector registers.
#[inline(always)]
fn blocks<B: Buffer, T: Time<B::Item>>(
    out: &mut [B::Item],
    base: Option<&[B::Item]>,
    dt: T,
    weights: &[f64],
    k: &[B],
) {
    let mut x = 0;
    if const { size_of::<B::Item>() <= 8 } {
        x = blocks_of::<B, T, 16>(out, x, base, dt, weights, k);
        x = blocks_of::<B, T, 8>(out, x, base, dt, weights, k);
    }
    x = blocks_of::<B, T, 4>(out, x, base, dt, weights, k);
    x = blocks_of::<B, T, 2>(out, x, base, dt, weights, k);
    blocks_of::<B, T, 1>(out, x, base, dt, weights, k);
}

/// From `x` on as many blocks of `N` as fit; returns where they end.
#[inline(always)]
fn blocks_of<B: Buffer, T: Time<B::Item>, const N: usize>(
    out: &mut [B::Item],
    mut x: usize,
    base: Option<&[B::Item]>,
    dt: T,
    weights: &[f64],
    k: &[B],
) -> usize {
    while let Some(block) = out.get_mut(x..).and_then(|rest| rest.first_chunk_mut::<N>()) {
        let mut total = match base {
            None => [B::Item::zero(); N],
            Some(base) => match block_at::<B::Item, N>(base, x) {
                Some(base) => *base,
                None => return x,
            },
        };
        for (&w, k) in weights.iter().zip(k) {
            if w == 0.0 {
                continue;
            }
            let Some(k) = block_at::<B::Item, N>(k.as_ref(), x) else { return x };
            let w = dt.scaled(w);
            for i in 0..N {
                total[i] = w.add_times(k[i], total[i]);
            }
        }
        *block = total;
        x += N;
    }
    x
}

#[inline(always)]
fn block_at<S, const N: usize>(all: &[S], x: usize) -> Option<&[S; N]> {
    all.get(x..)?.first_chunk::<N>()
}
