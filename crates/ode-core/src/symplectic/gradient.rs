use core::array::from_fn;
use scalar::{Dual, Scalar};

/// A scalar function of the time, some variables and the parameters.
pub(super) trait Energy {
    fn at<S: Scalar>(&self, t: S, x: &[S], params: &[S]) -> S;
}

/// `∂E/∂x` into `out`, exactly, by dual numbers: ⌈n / 8⌉ evaluations of `E` with eight tangents
/// each (fewer variables take fewer tangents).
///
/// The duals live on the stack while they fit there; a larger model allocates one buffer per call.
#[inline]
pub(super) fn gradient<E: Energy, S: Scalar>(
    energy: &E,
    t: S,
    x: &[S],
    params: &[S],
    out: &mut [S],
) {
    match x.len() {
        0 | 1 => lifted::<E, S, 1>(energy, t, x, params, out),
        2 => lifted::<E, S, 2>(energy, t, x, params, out),
        3 | 4 => lifted::<E, S, 4>(energy, t, x, params, out),
        _ => lifted::<E, S, 8>(energy, t, x, params, out),
    }
}

/// What may lie on the stack, in bytes: a thread has two megabytes or more.
const STACK: usize = 1 << 17;

#[inline]
fn lifted<E: Energy, S: Scalar, const N: usize>(
    energy: &E,
    t: S,
    x: &[S],
    params: &[S],
    out: &mut [S],
) {
    let zero = Dual::<S, N>::zero();
    // Small models take one sweep, which the compiler can keep in registers.
    if x.len() <= N && params.len() <= 4 {
        let lifted: [_; N] = from_fn(|i| x.get(i).map_or(zero, |&x| Dual::variable(x, i)));
        let constants: [_; 4] = from_fn(|i| params.get(i).map_or(zero, |&p| Dual::constant(p)));
        let (x, params) = (&lifted[..x.len()], &constants[..params.len()]);
        let value = energy.at(Dual::constant(t), x, params);
        return out.copy_from_slice(&value.eps[..x.len()]);
    }
    let len = x.len() + params.len();
    macro_rules! on_the_stack {
        ($($capacity:literal)*) => {$(
            if const { size_of::<[Dual<S, N>; $capacity]>() <= STACK } && len <= $capacity {
                return sweep(energy, t, x, params, out, &mut [zero; $capacity]);
            }
        )*};
    }
    on_the_stack! { 16 64 256 512 }
    sweep(energy, t, x, params, out, &mut vec![zero; len]);
}

/// With `work` of at least the length of `x` and `params` together.
fn sweep<E: Energy, S: Scalar, const N: usize>(
    energy: &E,
    t: S,
    x: &[S],
    params: &[S],
    out: &mut [S],
    work: &mut [Dual<S, N>],
) {
    let (lifted_x, rest) = work.split_at_mut(x.len());
    let lifted_params = &mut rest[..params.len()];
    for (lifted, &p) in lifted_params.iter_mut().zip(params) {
        *lifted = Dual::constant(p);
    }
    for (chunk, out) in out.chunks_mut(N).enumerate() {
        for (j, (lifted, &x)) in lifted_x.iter_mut().zip(x).enumerate() {
            // A tangent index beyond the chunk seeds nothing.
            *lifted = Dual::variable(x, j.wrapping_sub(chunk * N));
        }
        let value = energy.at(Dual::constant(t), lifted_x, lifted_params);
        out.copy_from_slice(&value.eps[..out.len()]);
    }
}
