//! Sweeps over long vectors. Sums are formed in parts side by side: one after the other, each addition
//! would wait for the one before.

/// Parts of a sum: enough to hide the latency of an addition, in two to eight vector registers.
const PARTS: usize = 16;

/// `aᵀ b`.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len());
    let mut sums = [0.0; PARTS];
    let (a, a_rest) = a[..n].as_chunks::<PARTS>();
    let (b, b_rest) = b[..n].as_chunks::<PARTS>();
    for (a, b) in a.iter().zip(b) {
        for i in 0..PARTS {
            sums[i] = plus_product(sums[i], a[i], b[i]);
        }
    }
    for (sum, (&a, &b)) in sums.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *sum = plus_product(*sum, a, b);
    }
    total(sums)
}

/// `y += factor x`.
pub(crate) fn axpy(factor: f64, x: &[f64], y: &mut [f64]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = plus_product(*y, factor, x);
    }
}

/// `y += factor x`, and `zᵀ y` of what `y` has become; of `y` itself where there is no `z`.
pub(crate) fn axpy_dot(factor: f64, x: &[f64], y: &mut [f64], z: Option<&[f64]>) -> f64 {
    let n = y.len().min(x.len());
    let (x, y) = (&x[..n], &mut y[..n]);
    let mut sums = [0.0; PARTS];
    let (x, x_rest) = x.as_chunks::<PARTS>();
    let (y, y_rest) = y.as_chunks_mut::<PARTS>();
    let one = |sum: &mut f64, x: f64, y: &mut f64, z: Option<f64>| {
        *y = plus_product(*y, factor, x);
        *sum = plus_product(*sum, z.unwrap_or(*y), *y);
    };
    if let Some(z) = z {
        let (z, z_rest) = z[..n].as_chunks::<PARTS>();
        for ((x, y), z) in x.iter().zip(y).zip(z) {
            for i in 0..PARTS {
                one(&mut sums[i], x[i], &mut y[i], Some(z[i]));
            }
        }
        for (i, y) in y_rest.iter_mut().enumerate() {
            one(&mut sums[i], x_rest[i], y, Some(z_rest[i]));
        }
    } else {
        for (x, y) in x.iter().zip(y) {
            for i in 0..PARTS {
                one(&mut sums[i], x[i], &mut y[i], None);
            }
        }
        for (i, y) in y_rest.iter_mut().enumerate() {
            one(&mut sums[i], x_rest[i], y, None);
        }
    }
    total(sums)
}

/// `x /= divisor`.
pub(crate) fn scale(x: &mut [f64], divisor: f64) {
    let inverse = 1.0 / divisor;
    if inverse.is_normal() {
        x.iter_mut().for_each(|x| *x *= inverse);
    } else {
        x.iter_mut().for_each(|x| *x /= divisor);
    }
}

/// `‖x‖₂`, also where squares overflow or vanish.
pub(crate) fn norm(x: &[f64]) -> f64 {
    norm_of_square(x, dot(x, x))
}

/// `‖x‖₂` from its square, which may have overflowed or vanished.
pub(crate) fn norm_of_square(x: &[f64], square: f64) -> f64 {
    if (1e-280..1e280).contains(&square) {
        return square.sqrt();
    }
    let largest = x.iter().fold(0.0f64, |m, v| if v.is_nan() { *v } else { m.max(v.abs()) });
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * x.iter().map(|v| (v / largest).powi(2)).sum::<f64>().sqrt()
}

#[inline(always)]
fn plus_product(sum: f64, a: f64, b: f64) -> f64 {
    // Without the instruction `mul_add` would call a slow function.
    match cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
        true => a.mul_add(b, sum),
        false => sum + a * b,
    }
}

#[inline(always)]
fn total(sums: [f64; PARTS]) -> f64 {
    let mut sums = sums;
    let mut width = PARTS / 2;
    while width > 0 {
        for i in 0..width {
            sums[i] += sums[i + width];
        }
        width /= 2;
    }
    sums[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of whole numbers are exact in any order.
    #[test]
    fn sums_of_any_length_are_whole() {
        for n in 0..70 {
            let a: Vec<f64> = (0..n).map(|i| i as f64 - 7.0).collect();
            let b: Vec<f64> = (0..n).map(|i| (i % 5) as f64).collect();
            let c: Vec<f64> = (0..n).map(|i| (i % 3) as f64).collect();
            let sum = |f: &dyn Fn(usize) -> f64| (0..n).map(f).sum::<f64>();
            assert_eq!(dot(&a, &b), sum(&|i| a[i] * b[i]));
            let moved: Vec<f64> = (0..n).map(|i| b[i] - 2.0 * a[i]).collect();
            let mut y = b.clone();
            assert_eq!(axpy_dot(-2.0, &a, &mut y, Some(&c)), sum(&|i| c[i] * moved[i]));
            assert_eq!(y, moved);
            let mut y = b.clone();
            assert_eq!(axpy_dot(-2.0, &a, &mut y, None), sum(&|i| moved[i] * moved[i]));
            assert_eq!(y, moved);
            let mut y = b.clone();
            axpy(-2.0, &a, &mut y);
            assert_eq!(y, moved);
        }
    }

    #[test]
    fn norms_survive_extremes() {
        for size in [2f64.powi(700), 2f64.powi(-700)] {
            assert_eq!(norm(&[3.0 * size, 4.0 * size]), 5.0 * size);
        }
        assert_eq!(norm(&[0.0; 20]), 0.0);
        assert!(norm(&[1.0, f64::NAN]).is_nan());
        assert_eq!(norm(&[1.0, f64::INFINITY]), f64::INFINITY);
        let mut x = [2e-310, 4e-310];
        scale(&mut x, 2e-310);
        assert_eq!(x, [1.0, 2.0]);
    }
}
