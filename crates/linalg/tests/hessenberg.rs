//! One reduction, many shifts, against LU of the shifted matrix.

mod matrices;

use allocation_counter::measure;
use linalg::*;
use matrices::*;

fn shifted<S: Random + From<f64>>(n: usize, seed: u64, shifts: &[S]) {
    let structure = Structure::Dense { n };
    let a = vector::<f64>(n * n, seed);
    let mut j = ShiftedHessenberg::new(n);
    j.reduce(&a).unwrap();
    let mut factors = ShiftedFactors::<S>::new(n);
    for &c in shifts {
        let mut w = vec![S::ZERO; n * n];
        structure.shift(c, &a, &mut w).unwrap();
        let b = vector::<S>(n, 5);
        j.factor(c, &mut factors).unwrap();
        let mut x = b.clone();
        j.solve_in_place(&mut factors, &mut x).unwrap();
        let error = backward_error(&structure, &w, &x, &b);
        assert!(error < 10.0, "{n}: {error}");
        let mut x = b.clone();
        j.solve_transposed_in_place(&mut factors, &mut x).unwrap();
        let transposed: Vec<S> = (0..n * n).map(|k| w[k % n * n + k / n]).collect();
        let error = backward_error(&structure, &transposed, &x, &b);
        assert!(error < 10.0, "{n}, transposed: {error}");
    }
}

#[test]
fn solves_for_every_shift() {
    for n in [1, 2, 3, 4, 7, 20, 64, 130] {
        shifted::<f64>(n, n as u64, &[0.0, 1.0, 1e8, -0.3, 1e-8]);
        let i = |re, im| c64::new(re, im);
        shifted::<c64>(n, n as u64, &[i(0.0, 1.0), i(3.6, -2.1), i(1e6, 1e6)]);
    }
    // n > 256 takes the blocked reduction.
    shifted::<f64>(300, 9, &[2.0]);
}

#[test]
fn nothing_allocates_after_the_first_time() {
    let n = 40;
    let a = vector::<f64>(n * n, 1);
    let mut b = vector::<f64>(n, 2);
    let mut j = ShiftedHessenberg::new(n);
    let mut factors = ShiftedFactors::new(n);
    j.reduce(&a).unwrap();
    let count = measure(|| {
        j.reduce(&a).unwrap();
        j.factor(20.0, &mut factors).unwrap();
        j.solve_in_place(&mut factors, &mut b).unwrap();
        j.solve_transposed_in_place(&mut factors, &mut b).unwrap();
    });
    assert_eq!(count.count_total, 0);
}

#[test]
fn failures() {
    let mut j = ShiftedHessenberg::new(2);
    let mut factors = ShiftedFactors::<f64>::new(2);
    let kind = |result: Result<(), Error>| result.unwrap_err().kind().clone();
    assert_eq!(kind(j.factor(1.0, &mut factors)), ErrorKind::NotFactored);
    assert!(matches!(kind(j.reduce(&[1.0])), ErrorKind::Size { expected: 4, found: 1, .. }));
    let nan = j.reduce(&[1.0, 2.0, f64::NAN, 1.0]);
    assert_eq!(kind(nan), ErrorKind::NotFinite { row: 0, column: 1 });
    // An eigenvalue of a diagonal matrix.
    j.reduce(&[2.0, 0.0, 0.0, 3.0]).unwrap();
    assert_eq!(kind(j.factor(3.0, &mut factors)), ErrorKind::Singular { pivot: 1 });
    assert_eq!(kind(j.solve_in_place(&mut factors, &mut [1.0; 2])), ErrorKind::NotFactored);
    assert!(matches!(kind(j.factor(f64::NAN, &mut factors)), ErrorKind::Option { .. }));
    let mut other = ShiftedFactors::<f64>::new(3);
    assert!(matches!(kind(j.factor(1.0, &mut other)), ErrorKind::Size { .. }));
    j.factor(1.0, &mut factors).unwrap();
    assert!(matches!(kind(j.solve_in_place(&mut factors, &mut [1.0])), ErrorKind::Size { .. }));
    let mut none = ShiftedHessenberg::new(0);
    none.reduce(&[]).unwrap();
    let mut factors = ShiftedFactors::<f64>::new(0);
    none.factor(1.0, &mut factors).unwrap();
    none.solve_in_place(&mut factors, &mut []).unwrap();
}
