//! The stages of a step, and its interpolant, for one step size or one per lane.

use super::kernel::{combine, combine_blocks, padded, row, sum, sum_blocks};
use super::{ErkTableau, ExplicitRk, InterpolantWeights};
use crate::{Taken, Time};
use system::{Buffer, Failure, Rhs};

/// Stage `I`: `k_I = f(t + c_I dt, z)` with `z = u + dt Σ a_Ij k_j`, which stays in `z`.
#[inline(always)]
fn stage<M: ExplicitRk, F: Rhs<B::Item>, B: Buffer, T: Time<B::Item>, const I: usize>(
    rhs: &F,
    when: Taken<T>,
    (u, p): (&B, &[B::Item]),
    z: &mut B,
    k: &mut [B],
) -> Result<(), Failure> {
    if I >= M::TABLEAU.stages() {
        return Ok(());
    }
    let (done, rest) = k.split_at_mut(I);
    combine(z, u, when.dt, const { row::<I>(&M::TABLEAU) }, done);
    rhs.eval(when.at(const { M::TABLEAU.c(I) }), z.as_ref(), p, rest[0].as_mut())
}

/// All stages after the first, the solution and the error estimate; `after(i, kᵢ)` is called for
/// each stage.
#[inline(always)]
pub(crate) fn stages<M: ExplicitRk, F: Rhs<B::Item>, B: Buffer, T: Time<B::Item>>(
    rhs: &F,
    when: Taken<T>,
    (u, p): (&B, &[B::Item]),
    (u_next, error): (&mut B, &mut B),
    k: &mut [B],
    mut after: impl FnMut(usize, &B),
) -> Result<(), Failure> {
    // One check here spares one per access below.
    let k = &mut k[..const { M::TABLEAU.stages() }];
    macro_rules! unrolled {
        ($($i:literal)*) => {$(
            if $i < const { M::TABLEAU.stages() } {
                stage::<M, F, B, T, $i>(rhs, when, (u, p), u_next, k)?;
                after($i, &k[$i]);
            }
        )*};
    }
    unrolled! { 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 }
    if !const { M::TABLEAU.is_fsal() } {
        combine(u_next, u, when.dt, const { padded(M::TABLEAU.b) }, k);
    }
    if !const { M::TABLEAU.e.is_empty() } {
        sum(error, when.dt, const { padded(M::TABLEAU.e) }, k);
    }
    Ok(())
}

/// As [`stages`], as a loop.
#[inline(always)]
pub(crate) fn stages_in_a_loop<M: ExplicitRk, F: Rhs<B::Item>, B: Buffer, T: Time<B::Item>>(
    rhs: &F,
    when: Taken<T>,
    (u, p): (&B, &[B::Item]),
    (u_next, error): (&mut B, &mut B),
    k: &mut [B],
) -> Result<(), Failure> {
    let ErkTableau { c, a, b, e, .. } = const { M::TABLEAU };
    for (i, (&c, a)) in c.iter().zip(a).enumerate() {
        let (done, rest) = k.split_at_mut(i + 1);
        combine_blocks(u_next, u, when.dt, a, done);
        rhs.eval(when.at(c), u_next.as_ref(), p, rest[0].as_mut())?;
    }
    if !const { M::TABLEAU.is_fsal() } {
        combine_blocks(u_next, u, when.dt, b, k);
    }
    if !e.is_empty() {
        sum_blocks(error, when.dt, e, k);
    }
    Ok(())
}

/// The extra stages of the interpolant, and its polynomial: `coefficients` holds `degree + 1` rows
/// of `n` zeros. `scratch` has the length of the state.
pub(crate) fn polynomial<M: ExplicitRk, F: Rhs<B::Item>, B: Buffer, T: Time<B::Item>>(
    rhs: &F,
    when: Taken<T>,
    (u, p): (&B, &[B::Item]),
    scratch: &mut B,
    (k, weights): (&mut [B], &InterpolantWeights),
    coefficients: &mut [B::Item],
) -> Result<(), Failure> {
    let n = u.as_ref().len();
    let first = const { M::TABLEAU.next_stage() } + 1;
    for (i, extra) in M::TABLEAU.interpolant.extra().iter().enumerate() {
        let (done, rest) = k.split_at_mut(first + i);
        // z = u + dt Σ aⱼ kⱼ
        scratch.as_mut().copy_from_slice(u.as_ref());
        for (&a, k) in extra.a.iter().zip(&*done) {
            if a != 0.0 {
                for (z, &k) in scratch.as_mut().iter_mut().zip(k.as_ref()) {
                    *z = when.dt.scaled(a).add_times(k, *z);
                }
            }
        }
        rhs.eval(when.at(extra.c), scratch.as_ref(), p, rest[0].as_mut())?;
    }
    coefficients[..n].copy_from_slice(u.as_ref());
    for (i, k) in k.iter().enumerate() {
        for (m, &w) in weights.row(i).iter().enumerate() {
            if w != 0.0 {
                let power = &mut coefficients[(m + 1) * n..(m + 2) * n];
                for (c, &k) in power.iter_mut().zip(k.as_ref()) {
                    *c = when.dt.scaled(w).add_times(k, *c);
                }
            }
        }
    }
    Ok(())
}
