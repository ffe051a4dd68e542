//! What cannot be solved is said, with where; no input panics.

mod matrices;

use linalg::*;
use matrices::*;
use proptest::prelude::*;
use scalar::Dual;

fn kind<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorKind {
    let error = result.unwrap_err();
    assert!(error.to_string().len() > 20, "{error}");
    error.kind().clone()
}

#[test]
fn wrong_sizes() {
    let mut small = SmallLu::<f64, 2>::new();
    assert!(matches!(kind(small.factor(&[1.0])), ErrorKind::Size { expected: 4, found: 1, .. }));
    small.factor(&[1.0, 0.0, 0.0, 1.0]).unwrap();
    let wrong = kind(small.solve_in_place(&mut [1.0; 3]));
    assert!(matches!(wrong, ErrorKind::Size { expected: 2, found: 3, .. }));
    let mut dense = DenseLu::<f64>::new(2);
    assert!(matches!(kind(dense.factor(&[1.0])), ErrorKind::Size { expected: 4, found: 1, .. }));
    let mut band = BandedLu::<f64>::new(4, 1, 1);
    let wrong = kind(band.factor(&[1.0]));
    assert!(matches!(wrong, ErrorKind::Size { expected: 12, found: 1, .. }));
    let pattern = Pattern::from_entries(2, 2, [(0, 0), (1, 1)]).unwrap();
    let mut sparse = SparseLu::<f64>::new(pattern).unwrap();
    assert!(matches!(kind(sparse.factor(&[1.0])), ErrorKind::Size { expected: 2, found: 1, .. }));
    sparse.factor(&[1.0, 2.0]).unwrap();
    let wrong = kind(sparse.solve_in_place(&mut [1.0]));
    assert!(matches!(wrong, ErrorKind::Size { expected: 2, found: 1, .. }));
    let wrong = kind(sparse.solve_many_in_place(usize::MAX, &mut [1.0]));
    assert!(matches!(wrong, ErrorKind::Size { .. }));
    let oblong = Pattern::from_entries(3, 2, [(0, 0), (1, 1)]).unwrap();
    assert!(matches!(kind(SparseLu::<f64>::new(oblong)), ErrorKind::Size { .. }));
}

#[test]
fn no_factors() {
    let mut x = [1.0];
    assert_eq!(kind(SmallLu::<f64, 1>::new().solve_in_place(&mut x)), ErrorKind::NotFactored);
    assert_eq!(kind(DenseLu::new(1).solve_in_place(&mut x)), ErrorKind::NotFactored);
    assert_eq!(kind(BandedLu::new(1, 0, 0).solve_in_place(&mut x)), ErrorKind::NotFactored);
    let pattern = Pattern::from_entries(1, 1, [(0, 0)]).unwrap();
    let mut sparse = SparseLu::new(pattern).unwrap();
    assert_eq!(kind(sparse.solve_in_place(&mut x)), ErrorKind::NotFactored);
    // A failed factorisation leaves none.
    sparse.factor(&[2.0]).unwrap();
    sparse.factor(&[0.0]).unwrap_err();
    assert_eq!(kind(sparse.solve_in_place(&mut x)), ErrorKind::NotFactored);
    assert_eq!(kind(sparse.condition()), ErrorKind::NotFactored);
}

/// Every solver for a full matrix of `n` rows, with the values that it takes.
fn all(n: usize, a: &[f64]) -> Vec<(Box<dyn LinearSolve>, Vec<f64>)> {
    let (lower, upper) = (n.saturating_sub(1), n.saturating_sub(1));
    let dense = Structure::Dense { n };
    let band = Structure::Banded { n, lower, upper };
    let mut diagonals = vec![0.0; band.len()];
    dense.for_each(|i, j, at| diagonals[band.position(i, j).unwrap()] = a[at]);
    let everything = (0..n * n).map(|k| (k % n, k / n));
    let pattern = Pattern::from_entries(n, n, everything).unwrap();
    vec![
        (Box::new(DenseLu::<f64>::new(n)), a.to_vec()),
        (Box::new(BandedLu::<f64>::new(n, lower, upper)), diagonals),
        (Box::new(SparseLu::<f64>::new(pattern).unwrap()), a.to_vec()),
    ]
}

#[test]
fn singular_matrices() {
    for n in [2, 3, 10, 11, 30, 100] {
        // A column of zeros; two equal columns of whole numbers.
        let mut zeros = vector::<f64>(n * n, 1);
        zeros[n..2 * n].fill(0.0);
        let mut equal = vec![0.0; n * n];
        for i in 0..n {
            equal[i * n + i] = 2.0;
            equal[i] = 1.0;
            equal[(n - 1) * n + i] = 1.0;
        }
        for a in [zeros, equal] {
            for (mut solver, values) in all(n, &a) {
                let kind = kind(solver.factor(&values));
                assert!(
                    matches!(kind, ErrorKind::Singular { pivot } if pivot < n),
                    "{n}: {kind:?}"
                );
            }
        }
    }
    let kind = kind(SmallLu::<f64, 2>::new().factor(&[1.0, 2.0, 2.0, 4.0]));
    assert_eq!(kind, ErrorKind::Singular { pivot: 1 });
}

#[test]
fn entries_that_are_not_finite() {
    for n in [1, 2, 5, 10, 12, 100] {
        for (row, column) in [(0, 0), (n - 1, 0), (0, n - 1), (n / 2, n / 3)] {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let mut a = vector::<f64>(n * n, 1);
                a[column * n + row] = bad;
                for (mut solver, values) in all(n, &a) {
                    let found = kind(solver.factor(&values));
                    assert_eq!(found, ErrorKind::NotFinite { row, column }, "{n}");
                }
            }
        }
    }
    // In the small ones, by what elimination makes of it.
    for at in 0..9 {
        let mut a = vector::<f64>(9, 2);
        a[at] = f64::NAN;
        let found = kind(SmallLu::<f64, 3>::new().factor(&a));
        assert_eq!(found, ErrorKind::NotFinite { row: at % 3, column: at / 3 });
        let mut a = vector::<c64>(9, 2);
        a[at].im = f64::INFINITY;
        let found = kind(SmallLu::<c64, 3>::new().factor(&a));
        assert_eq!(found, ErrorKind::NotFinite { row: at % 3, column: at / 3 });
        // A tangent is a number as well.
        let lift = |re: &f64| Dual::<f64, 1>::constant(*re);
        let mut a: Vec<_> = vector::<f64>(9, 2).iter().map(lift).collect();
        a[at].eps[0] = f64::NAN;
        let found = kind(SmallLu::<Dual, 3>::new().factor(&a));
        assert_eq!(found, ErrorKind::NotFinite { row: at % 3, column: at / 3 });
        let found = kind(DenseLu::<Dual>::new(3).factor(&a));
        assert_eq!(found, ErrorKind::NotFinite { row: at % 3, column: at / 3 });
    }
}

#[test]
fn structure_that_is_singular() {
    // Columns 1 and 2 have only row 0.
    let p = Pattern::from_entries(3, 3, [(0, 0), (1, 0), (2, 0), (0, 1), (0, 2)]).unwrap();
    let found = kind(SparseLu::<f64>::new(p.clone()));
    assert!(matches!(found, ErrorKind::StructurallySingular { rank: 2, .. }), "{found:?}");
    let found = kind(Factors::<f64>::new(&Structure::Sparse(p.into())));
    assert!(matches!(found, ErrorKind::StructurallySingular { rank: 2, .. }), "{found:?}");
}

#[test]
fn patterns_out_of_order() {
    let csc = |ptr: &[usize], idx: &[usize]| Pattern::from_csc(2, 2, ptr.to_vec(), idx.to_vec());
    assert!(matches!(kind(csc(&[0, 1], &[0])), ErrorKind::Size { .. }));
    assert!(matches!(kind(csc(&[0, 1, 2], &[0])), ErrorKind::Size { .. }));
    assert!(matches!(kind(csc(&[1, 1, 2], &[0, 1])), ErrorKind::Pattern { column: 0 }));
    assert!(matches!(kind(csc(&[0, 3, 2], &[0, 1])), ErrorKind::Pattern { column: 0 }));
    assert!(matches!(kind(csc(&[0, 2, 2], &[1, 0])), ErrorKind::Pattern { column: 0 }));
    assert!(matches!(kind(csc(&[0, 0, 2], &[1, 1])), ErrorKind::Pattern { column: 1 }));
    assert!(matches!(kind(csc(&[0, 1, 2], &[0, 2])), ErrorKind::Index { index: 2, .. }));
    let outside = Pattern::from_entries(2, 2, [(0, 2)]);
    assert!(matches!(kind(outside), ErrorKind::Index { index: 2, limit: 2, .. }));
}

#[test]
fn nothing_to_solve() {
    for (mut solver, values) in all(0, &[]) {
        solver.factor(&values).unwrap();
        solver.solve_in_place(&mut []).unwrap();
        solver.solve_transposed_in_place(&mut []).unwrap();
        solver.solve_many_in_place(3, &mut []).unwrap();
        assert_eq!(solver.condition().unwrap(), 0.0);
    }
    let mut factors = Factors::<f64>::new(&Structure::Dense { n: 0 }).unwrap();
    factors.factor(&[]).unwrap();
    for (mut solver, values) in all(1, &[4.0]) {
        solver.factor(&values).unwrap();
        let mut x = [2.0];
        solver.solve_in_place(&mut x).unwrap();
        solver.solve_transposed_in_place(&mut x).unwrap();
        assert_eq!(x, [0.125]);
        assert_eq!(solver.condition().unwrap(), 1.0);
    }
}

#[test]
fn extreme_sizes() {
    // Neither overflow nor underflow where the solution has none.
    for scale in [1e-290, 1e-150, 1e150, 1e290] {
        for n in [3, 15] {
            let a: Vec<f64> = vector::<f64>(n * n, 3).iter().map(|v| v * scale).collect();
            for (mut solver, values) in all(n, &a) {
                let mut x: Vec<f64> = (0..n).map(|i| (0..n).map(|j| a[j * n + i]).sum()).collect();
                solver.factor(&values).unwrap();
                solver.solve_in_place(&mut x).unwrap();
                assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-10), "{scale}");
            }
            let a: Vec<c64> = vector::<c64>(n * n, 3).iter().map(|v| v * scale).collect();
            let mut x: Vec<c64> =
                (0..n).map(|i| (0..n).map(|j| a[j * n + i]).sum::<c64>()).collect();
            let mut lu = DenseLu::<c64>::new(n);
            lu.factor(&a).unwrap();
            lu.solve_in_place(&mut x).unwrap();
            assert!(x.iter().all(|x| (x - 1.0).absolute() < 1e-10), "{scale} {x:?}");
        }
    }
}

proptest! {
    /// Whatever stands in a matrix: an error, or a solution; never a panic.
    #[test]
    fn any_matrix(
        n in 0usize..14,
        pool in prop::collection::vec(prop::num::f64::ANY, 1..40),
        b in prop::num::f64::ANY,
    ) {
        let a: Vec<f64> = pool.iter().copied().cycle().take(n * n).collect();
        for (mut solver, values) in all(n, &a) {
            let mut x = vec![b; n];
            match solver.factor(&values) {
                Ok(()) => {
                    prop_assert!(a.iter().all(|v| v.is_finite()));
                    solver.solve_in_place(&mut x).unwrap();
                }
                Err(_) => {
                    let kind = kind(solver.solve_in_place(&mut x));
                    prop_assert_eq!(kind, ErrorKind::NotFactored);
                }
            }
        }
    }

    /// Rows and columns in another order: the same system.
    #[test]
    fn permutation(n in 1usize..20, seed in 0u64..1000, turn in 0usize..20) {
        let a = vector::<f64>(n * n, seed);
        let b = vector::<f64>(n, seed + 1);
        let place = |i: usize| (i * 7 + turn) % n; // a bijection unless 7 divides n
        prop_assume!(n % 7 != 0);
        let mut lu = DenseLu::<f64>::new(n);
        lu.factor(&a).unwrap();
        let condition = lu.condition().unwrap();
        prop_assume!(condition < 1e10);
        let mut x = b.clone();
        lu.solve_in_place(&mut x).unwrap();
        let (mut moved, mut y) = (vec![0.0; n * n], vec![0.0; n]);
        for i in 0..n {
            y[place(i)] = b[i];
            for j in 0..n {
                moved[place(j) * n + place(i)] = a[j * n + i];
            }
        }
        lu.factor(&moved).unwrap();
        lu.solve_in_place(&mut y).unwrap();
        let size = x.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        for i in 0..n {
            prop_assert!((x[i] - y[place(i)]).abs() < 1e-15 * 50.0 * condition * size);
        }
    }
}
