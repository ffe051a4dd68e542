use crate::{Recorder, Var};
use scalar::Dual;

/// Tangents carried per sweep of [`hessian`].
const CHUNK: usize = 4;

/// Value, gradient and the product `H v` of the Hessian of `f` at `x` with a vector: one sweep of a
/// tape over dual numbers, about three times the cost of a gradient.
///
/// Entries that `v` lacks count as zero. If `f` cannot be recorded, all numbers are NaN, as for
/// [`gradient`](crate::gradient).
///
/// ```
/// // f = x² y: H = [2y 2x; 2x 0]
/// let f = ad_tape::hessian_vector(|x| x[0] * x[0] * x[1], &[2.0, 3.0], &[1.0, 0.5]);
/// assert_eq!(f, (12.0, vec![12.0, 4.0], vec![8.0, 4.0]));
/// ```
pub fn hessian_vector(
    f: impl for<'t> Fn(&[Var<'t, Dual>]) -> Var<'t, Dual>,
    x: &[f64],
    v: &[f64],
) -> (f64, Vec<f64>, Vec<f64>) {
    let nan = Dual { re: f64::NAN, eps: [f64::NAN] };
    let tangents = v.iter().copied().chain(core::iter::repeat(0.0));
    let lifted: Vec<_> = x.iter().zip(tangents).map(|(&re, v)| Dual { re, eps: [v] }).collect();
    let mut bars = vec![nan; x.len()];
    let value = Recorder::new().gradient(f, &lifted, &mut bars).unwrap_or(nan);
    (value.re, bars.iter().map(|bar| bar.re).collect(), bars.iter().map(|bar| bar.eps[0]).collect())
}

/// Value, gradient and Hessian (`n × n`, row by row) of `f` at `x`: ⌈n / 4⌉ sweeps of a tape over
/// dual numbers with four tangents.
///
/// If `f` cannot be recorded, all numbers are NaN, as for [`gradient`](crate::gradient).
///
/// ```
/// let (_, _, hessian) = ad_tape::hessian(|x| x[0] * x[0] * x[1], &[2.0, 3.0]);
/// assert_eq!(hessian, [6.0, 4.0, 4.0, 0.0]);
/// ```
pub fn hessian(
    f: impl for<'t> Fn(&[Var<'t, Dual<f64, CHUNK>>]) -> Var<'t, Dual<f64, CHUNK>>,
    x: &[f64],
) -> (f64, Vec<f64>, Vec<f64>) {
    let n = x.len();
    let nan = Dual { re: f64::NAN, eps: [f64::NAN; CHUNK] };
    let (mut recorder, mut value) = (Recorder::new(), f64::NAN);
    let (mut lifted, mut bars) = (vec![nan; n], vec![nan; n]);
    let mut hessian = vec![f64::NAN; n * n];
    // Once also without any input: there is still a value.
    for first in (0..n.max(1)).step_by(CHUNK) {
        for (j, (lifted, &x)) in lifted.iter_mut().zip(x).enumerate() {
            // A tangent index beyond the chunk seeds nothing.
            *lifted = Dual::variable(x, j.wrapping_sub(first));
        }
        if let Ok(f) = recorder.gradient(&f, &lifted, &mut bars) {
            value = f.re;
            for (bar, row) in bars.iter().zip(hessian.chunks_exact_mut(n.max(1))) {
                for (entry, tangent) in row[first..].iter_mut().zip(bar.eps) {
                    *entry = tangent;
                }
            }
        }
    }
    (value, bars.iter().map(|bar| bar.re).collect(), hessian)
}
