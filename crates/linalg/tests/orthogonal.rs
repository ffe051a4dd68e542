//! Cholesky, QR and singular values against nalgebra and closed forms.

mod matrices;

use allocation_counter::measure;
use linalg::*;
use matrices::*;
use nalgebra::{DMatrix, DVector};

fn kind<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorKind {
    result.unwrap_err().kind().clone()
}

/// `Bᵀ B + I`.
fn definite(n: usize) -> Vec<f64> {
    let b = DMatrix::from_column_slice(n, n, &vector::<f64>(n * n, 1));
    (b.transpose() * &b + DMatrix::identity(n, n)).as_slice().to_vec()
}

#[test]
fn cholesky_of_dense_matrices() {
    for n in [0, 1, 2, 5, 30, 120] {
        let a = definite(n);
        let mut cholesky = DenseCholesky::new(n);
        cholesky.factor(&a).unwrap();
        let b = vector::<f64>(n, 2);
        let mut x = b.clone();
        cholesky.solve_in_place(&mut x).unwrap();
        let structure = Structure::Dense { n };
        assert!(backward_error(&structure, &a, &x, &b) < 8.0);
        if n > 0 {
            let mut lu = DenseLu::<f64>::new(n);
            lu.factor(&a).unwrap();
            let (one, other) = (cholesky.condition().unwrap(), lu.condition().unwrap());
            assert!((one / other - 1.0).abs() < 1e-8);
            let mut bad = a.clone();
            bad[n * n - 1] = -1.0;
            let pivot = n - 1;
            assert_eq!(kind(cholesky.factor(&bad)), ErrorKind::NotPositiveDefinite { pivot });
            assert_eq!(kind(cholesky.solve_in_place(&mut x)), ErrorKind::NotFactored);
        }
    }
}

#[test]
fn cholesky_of_sparse_matrices() {
    for side in [1, 2, 6, 25] {
        let (pattern, values) = laplacian(side, 0.01);
        let n = side * side;
        let structure = Structure::Sparse(pattern.clone().into());
        let b = vector::<f64>(n, 2);
        let mut x = b.clone();
        let mut cholesky = SparseCholesky::new(pattern).unwrap();
        for _ in 0..2 {
            x.copy_from_slice(&b);
            cholesky.factor(&values).unwrap();
            cholesky.solve_in_place(&mut x).unwrap();
            assert!(backward_error(&structure, &values, &x, &b) < 8.0, "{side}");
        }
        let count = measure(|| {
            cholesky.factor(&values).unwrap();
            cholesky.solve_in_place(&mut x).unwrap();
        });
        assert_eq!(count.count_total, 0, "{side}");
        let negative: Vec<f64> = values.iter().map(|v| -v).collect();
        let found = kind(cholesky.factor(&negative));
        assert!(matches!(found, ErrorKind::NotPositiveDefinite { .. }), "{found:?}");
    }
}

#[test]
fn qr_of_square_matrices() {
    for n in [0, 1, 2, 5, 30, 120] {
        let structure = Structure::Dense { n };
        let a = vector::<f64>(n * n, n as u64);
        let b = vector::<f64>(n, 2);
        let mut qr = DenseQr::new(n, n).unwrap();
        qr.factor(&a).unwrap();
        let mut x = b.clone();
        qr.solve_in_place(&mut x).unwrap();
        assert!(backward_error(&structure, &a, &x, &b) < 8.0);
        let mut x = b.clone();
        qr.solve_transposed_in_place(&mut x).unwrap();
        let transposed: Vec<f64> = (0..n * n).map(|k| a[k % n * n + k / n]).collect();
        assert!(backward_error(&structure, &transposed, &x, &b) < 8.0);
        let count = measure(|| {
            qr.factor(&a).unwrap();
            qr.solve_in_place(&mut x).unwrap();
        });
        assert_eq!(count.count_total, 0, "{n}");
    }
    let mut qr = DenseQr::new(2, 2).unwrap();
    assert_eq!(kind(qr.factor(&[1.0, 2.0, 2.0, 4.0])), ErrorKind::Singular { pivot: 1 });
    assert_eq!(kind(qr.solve_in_place(&mut [1.0; 2])), ErrorKind::NotFactored);
    assert!(matches!(kind(DenseQr::new(2, 3)), ErrorKind::Size { .. }));
}

/// Least squares of nalgebra, by its SVD.
fn reference(m: usize, n: usize, a: &[f64], b: &[f64]) -> DVector<f64> {
    let svd = DMatrix::from_column_slice(m, n, a).svd(true, true);
    svd.solve(&DVector::from_column_slice(b), 1e-12).unwrap()
}

#[test]
fn least_squares() {
    for (m, n) in [(1, 1), (3, 1), (4, 3), (10, 10), (40, 7), (100, 30)] {
        let a = vector::<f64>(m * n, (m + n) as u64);
        let b = vector::<f64>(m, 3);
        let expected = reference(m, n, &a, &b);
        let close = |x: &[f64], name: &str| {
            let size = expected.amax();
            let ok = x.iter().zip(&expected).all(|(x, y)| (x - y).abs() < 1e-11 * size);
            assert!(ok, "{name} {m}×{n}");
        };
        let mut qr = DenseQr::new(m, n).unwrap();
        qr.factor(&a).unwrap();
        let mut x = vec![0.0; n];
        let residual = qr.least_squares(&b, &mut x).unwrap();
        close(&x, "QR");
        let matrix = DMatrix::from_column_slice(m, n, &a);
        let left = (&matrix * &expected - DVector::from_column_slice(&b)).norm();
        assert!((residual - left).abs() < 1e-12);
        let pivoted = PivotedQr::new(m, n, &a, 0.0).unwrap();
        assert_eq!(pivoted.rank(), n);
        close(&pivoted.least_squares(&b).unwrap(), "pivoted QR");
        let svd = Svd::new(m, n, &a).unwrap();
        close(&svd.pseudo_solve(&b, 1e-12).unwrap(), "SVD");
        let mut values: Vec<f64> = matrix.singular_values().iter().copied().collect();
        values.sort_by(|a, b| b.total_cmp(a));
        for (value, other) in svd.values().iter().zip(&values) {
            assert!((value - other).abs() < 1e-13 * values[0]);
        }
    }
}

#[test]
fn dependent_columns() {
    // 8 × 5 of rank 3.
    let (m, n, rank) = (8, 5, 3);
    let left = DMatrix::from_column_slice(m, rank, &vector::<f64>(m * rank, 1));
    let right = DMatrix::from_column_slice(rank, n, &vector::<f64>(rank * n, 2));
    let a = &left * &right;
    let b = vector::<f64>(m, 3);
    let qr = PivotedQr::new(m, n, a.as_slice(), 0.0).unwrap();
    assert_eq!(qr.rank(), rank);
    let svd = Svd::new(m, n, a.as_slice()).unwrap();
    assert_eq!(svd.rank(1e-12), rank);
    assert!(svd.condition() > 1e14);
    let basic = DVector::from_vec(qr.least_squares(&b).unwrap());
    let short = DVector::from_vec(svd.pseudo_solve(&b, 1e-12).unwrap());
    let b = DVector::from_vec(b);
    // Both are stationary, one is sparse and one is short.
    for x in [&basic, &short] {
        assert!((a.transpose() * (&a * x - &b)).amax() < 1e-12);
    }
    assert!(basic.iter().filter(|x| **x == 0.0).count() >= n - rank);
    assert!(short.norm() < basic.norm());
    let expected = reference(m, n, a.as_slice(), b.as_slice());
    assert!((short - expected).amax() < 1e-11);
    // More columns than rows.
    let wide = a.transpose();
    let qr = PivotedQr::new(n, m, wide.as_slice(), 0.0).unwrap();
    assert_eq!(qr.rank(), rank);
    let c = vector::<f64>(n, 4);
    let x = DVector::from_vec(qr.least_squares(&c).unwrap());
    assert!((&a * (&wide * &x - DVector::from_vec(c))).amax() < 1e-12);
    // Nothing at all.
    let zero = PivotedQr::new(3, 2, &[0.0; 6], 0.0).unwrap();
    assert_eq!((zero.rank(), zero.least_squares(&[1.0; 3]).unwrap()), (0, vec![0.0; 2]));
    let empty = PivotedQr::new(0, 2, &[], 0.0).unwrap();
    assert_eq!(empty.least_squares(&[]).unwrap(), vec![0.0; 2]);
    let empty = Svd::new(0, 2, &[]).unwrap();
    assert_eq!(empty.pseudo_solve(&[], 0.0).unwrap(), vec![0.0; 2]);
}

#[test]
fn hilbert_condition_in_the_euclidean_norm() {
    // cond₂ of Hilbert matrices: Todd's table, as in Higham (2002), table 28.2.
    let published = [(2, 1.928e1), (3, 5.241e2), (4, 1.551e4), (5, 4.766e5), (6, 1.495e7)];
    for (n, condition) in published {
        let hilbert: Vec<f64> = (0..n * n).map(|k| 1.0 / ((k % n + k / n + 1) as f64)).collect();
        let found = Svd::new(n, n, &hilbert).unwrap().condition();
        assert!((found / condition - 1.0).abs() < 5e-4, "{n}: {found}");
    }
}

#[test]
fn largest_singular_values() {
    // σₖ = 2⁻ᵏ with random vectors; the sketch must find the first few.
    let (m, n) = (60, 40);
    let basis = |rows: usize, seed| {
        DMatrix::from_column_slice(rows, n, &vector::<f64>(rows * n, seed)).qr().q()
    };
    let (u, v) = (basis(m, 1), basis(n, 2));
    let sigma = DMatrix::from_diagonal(&DVector::from_fn(n, |k, _| 0.5f64.powi(k as i32)));
    let a = &u * sigma * v.transpose();
    let product = |a: &DMatrix<f64>, x: &[f64], y: &mut [f64]| {
        y.copy_from_slice((a * DVector::from_column_slice(x)).as_slice());
    };
    let transposed = a.transpose();
    let options = TruncatedSvd { rank: 5, ..TruncatedSvd::default() };
    let svd = options
        .of_products(m, n, |x, y| product(&a, x, y), |x, y| product(&transposed, x, y))
        .unwrap();
    assert_eq!(svd.values().len(), 5);
    for k in 0..5 {
        assert!((svd.values()[k] - 0.5f64.powi(k as i32)).abs() < 1e-13, "{k}");
        let along: f64 = svd.left(k).iter().zip(u.column(k).iter()).map(|(a, b)| a * b).sum();
        let other: f64 = svd.right(k).iter().zip(v.column(k).iter()).map(|(a, b)| a * b).sum();
        assert!((along.abs() - 1.0).abs() < 1e-12 && (other - along).abs() < 1e-6);
    }
    // The same bits again; a small rank; more asked for than there is.
    let again = options
        .of_products(m, n, |x, y| product(&a, x, y), |x, y| product(&transposed, x, y))
        .unwrap();
    assert_eq!(svd, again);
    let ones = vec![1.0; 9];
    let svd = options.of(&Structure::Dense { n: 3 }, &ones).unwrap();
    assert!((svd.values()[0] - 3.0).abs() < 1e-14 && svd.values()[1] < 1e-14);
    assert_eq!(svd.values().len(), 3);
    let empty = options.of(&Structure::Dense { n: 0 }, &[]).unwrap();
    assert!(empty.values().is_empty());
    let nan = options.of_products(2, 2, |_, y| y.fill(f64::NAN), |_, y| y.fill(0.0));
    assert!(matches!(kind(nan), ErrorKind::NotFinite { .. }));
}

#[test]
fn sparse_least_squares() {
    let (m, n) = (60, 20);
    let mut rng = generator(4);
    use rand::RngExt;
    let entries: Vec<_> = (0..m * 3).map(|k| (k / 3, rng.random_range(0..n))).collect();
    let pattern = Pattern::from_entries(m, n, entries).unwrap();
    let values = vector::<f64>(pattern.nnz(), 5);
    let b = vector::<f64>(m, 6);
    let mut a = DMatrix::<f64>::zeros(m, n);
    for j in 0..n {
        for &i in pattern.column(j) {
            a[(i, j)] = values[pattern.position(i, j).unwrap()];
        }
    }
    let mut qr = SparseQr::new(pattern).unwrap();
    assert_eq!(kind(qr.least_squares(&b)), ErrorKind::NotFactored);
    qr.factor(&values).unwrap();
    let x = qr.least_squares(&b).unwrap();
    let expected = reference(m, n, a.as_slice(), &b);
    assert!(x.iter().zip(&expected).all(|(x, y)| (x - y).abs() < 1e-11));
    let pattern = Pattern::from_entries(3, 2, [(0, 0), (1, 0)]).unwrap();
    let found = kind(SparseQr::new(pattern));
    assert_eq!(found, ErrorKind::StructurallySingular { column: 1, rank: 1 });
}
