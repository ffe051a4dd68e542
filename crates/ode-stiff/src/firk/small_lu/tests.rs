use super::*;

/// A matrix whose pivots are not on the diagonal.
fn jacobian(n: usize) -> Vec<f64> {
    let entry = |k: usize| ((k * k * 7 + 3 * k + 5) % 19) as f64 - 9.0;
    (0..n * n).map(entry).collect()
}

/// `(α + iβ) M - J`, row `i`, times `x + iy`.
fn times(
    jac: &[f64],
    (c, d): (f64, f64),
    mass: &Mass,
    (x, y): (&[f64], &[f64]),
    i: usize,
) -> (f64, f64) {
    let n = x.len();
    let mut sum = (0.0, 0.0);
    for j in 0..n {
        sum.0 -= jac[i * n + j] * x[j];
        sum.1 -= jac[i * n + j] * y[j];
    }
    for &(j, m) in mass.row(i) {
        sum.0 += m * (c * x[j] - d * y[j]);
        sum.1 += m * (c * y[j] + d * x[j]);
    }
    sum
}

fn check<const N: usize>() {
    let jac = jacobian(N);
    let ones: [f64; N] = std::array::from_fn(|i| f64::from(u8::from(i % 3 != 2)));
    let singular = Mass::diagonal(ones);
    let unit = Mass::diagonal([1.0; N]);
    let (c, beta) = (0.3, 0.7);
    let b: [f64; N] = std::array::from_fn(|i| 1.0 + i as f64);
    let e: [f64; N] = std::array::from_fn(|i| 2.0 - 0.3 * i as f64);
    for (given, mass) in [(None, &unit), (Some(&singular), &singular)] {
        let mut real = RealLu::new(N);
        real.factor::<N>(&jac, c, given).unwrap();
        let x = real.solve(b);
        let mut pair = ComplexLu::new(N);
        pair.factor::<N>(&jac, (c, beta), given).unwrap();
        let (y, z) = pair.solve(b, e);
        for i in 0..N {
            let (found, _) = times(&jac, (c, 0.0), mass, (&x, &[0.0; N]), i);
            assert!((found - b[i]).abs() < 1e-11, "real {N}: {found} {}", b[i]);
            let (re, im) = times(&jac, (c, beta), mass, (&y, &z), i);
            assert!((re - b[i]).abs() < 1e-11, "complex {N}: {re} {}", b[i]);
            assert!((im - e[i]).abs() < 1e-11, "complex {N}: {im} {}", e[i]);
        }
    }
}

#[test]
fn residuals_vanish_for_every_size() {
    check::<1>();
    check::<2>();
    check::<3>();
    check::<4>();
    check::<5>();
    check::<6>();
    check::<7>();
    check::<8>();
    check::<9>();
    check::<10>();
}

#[test]
fn singular_matrices_and_overflow_are_told_apart() {
    let jac = [-1.0, 0.0, 1.0, 0.0];
    let mass = Mass::diagonal([1.0, 0.0]);
    let zero = Err(BadPivot { zero: Some(1) });
    assert_eq!(RealLu::new(2).factor::<2>(&jac, 1.0, Some(&mass)), zero);
    assert_eq!(ComplexLu::new(2).factor::<2>(&jac, (1.0, 1.0), Some(&mass)), zero);
    let huge = Err(BadPivot { zero: None });
    assert_eq!(RealLu::new(2).factor::<2>(&jac, f64::INFINITY, None), huge);
    let infinite = (f64::INFINITY, f64::INFINITY);
    assert_eq!(ComplexLu::new(2).factor::<2>(&jac, infinite, None), huge);
}
