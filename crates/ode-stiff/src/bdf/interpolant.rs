use super::coefficients::MOST;
use ode_core::{Dense, Interval};
use scalar::Scalar;
use system::Buffer;

/// Writes the polynomial `Σ z_j (θ - 1)^j` of degree `q` over a step that starts at `interval.u`;
/// `z(i)` are the coefficients of component `i`.
pub(super) fn interpolate<B: Buffer>(
    q: usize,
    interval: &Interval<'_, B>,
    dense: &mut Dense<B::Item>,
    z: impl Fn(usize) -> [B::Item; MOST + 1],
) {
    let u = interval.u.as_ref();
    let n = u.len();
    let out = dense.reset(interval.step.t, interval.step.dt, n, q);
    for i in 0..n {
        // Powers of x = 1 - θ.
        let mut a = z(i);
        let end = a[0];
        for odd in a.iter_mut().skip(1).step_by(2) {
            *odd = -*odd;
        }
        // What is left is p; p = p(θ = 0) + θ q and p = p(θ = 1) + (1 - θ) q in turn.
        let mut degree = q;
        for k in 0..=q {
            if k % 2 == 0 {
                // The quotient by 1 - x has the negative sums of the coefficients above.
                let mut sum = B::Item::zero();
                for a in a[..=degree].iter_mut().rev() {
                    let above = sum;
                    sum += *a;
                    *a = -above;
                }
                out[k * n + i] = sum;
            } else {
                out[k * n + i] = a[0];
                a.copy_within(1..=degree, 0);
                a[degree] = B::Item::zero();
            }
            degree = degree.saturating_sub(1);
        }
        // Its value at the start is that of the step before, up to rounding.
        out[i] = u[i];
        out[n + i] = end - u[i];
    }
}
