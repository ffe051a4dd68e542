//! Every LU against nalgebra and by its residuals, over sizes, structures and number types.

mod matrices;

use linalg::*;
use matrices::*;
use nalgebra::{DMatrix, DVector};

const SIZES: [usize; 18] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 17, 33, 64, 97, 130];

/// Factors, solves, solves with the transpose, and looks at the residuals.
fn residuals<S: Random>(structure: &Structure, solver: &mut dyn LinearSolve<S>, seed: u64) {
    let n = structure.dim();
    assert_eq!(solver.dim(), n);
    for round in 0..3 {
        let values = vector::<S>(structure.len(), 7 * seed + round);
        solver.factor(&values).unwrap();
        let b = vector::<S>(n, seed + 100 + round);
        let mut x = b.clone();
        solver.solve_in_place(&mut x).unwrap();
        let error = backward_error(structure, &values, &x, &b);
        assert!(error < 8.0, "{structure}: {error}");
        let mut x = b.clone();
        solver.solve_transposed_in_place(&mut x).unwrap();
        let dense = full(structure, &values);
        let transposed: Vec<S> = (0..n * n).map(|k| dense[k % n * n + k / n]).collect();
        let error = backward_error(&Structure::Dense { n }, &transposed, &x, &b);
        assert!(error < 8.0, "transposed, {structure}: {error}");
        // Two right-hand sides are the same one after the other.
        let mut both = [b.clone(), values.iter().copied().cycle().take(n).collect()].concat();
        let mut alone = both.clone();
        solver.solve_many_in_place(2, &mut both).unwrap();
        alone.chunks_exact_mut(n).for_each(|b| solver.solve_in_place(b).unwrap());
        for (a, b) in both.iter().zip(&alone) {
            let difference = (*a - *b).absolute();
            assert!(difference <= 1e-9 * b.absolute().max(1.0), "{structure}");
        }
    }
}

fn every_structure<S: Random + Field<Row = usize>>() {
    for n in SIZES {
        let seed = n as u64;
        residuals::<S>(&Structure::Dense { n }, &mut DenseLu::new(n), seed);
        for (lower, upper) in [(0, 0), (1, 1), (2, 0), (0, 3), (3, 2), (4, 4), (6, 1), (9, 12)] {
            let structure = Structure::Banded { n, lower, upper };
            residuals::<S>(&structure, &mut BandedLu::new(n, lower, upper), seed);
        }
        for per_column in [1, 3] {
            let pattern = scattered(n, per_column, seed);
            let mut lu = SparseLu::new(pattern.clone()).unwrap();
            residuals::<S>(&Structure::Sparse(pattern.into()), &mut lu, seed);
        }
    }
}

#[test]
fn real_systems() {
    every_structure::<f64>();
}

#[test]
fn complex_systems() {
    every_structure::<c64>();
}

fn small<S: Random, const N: usize>() {
    residuals::<S>(&Structure::Dense { n: N }, &mut SmallLu::<S, N>::new(), N as u64);
}

#[test]
fn small_systems() {
    macro_rules! all {
        ($($n:literal)*) => {$( small::<f64, $n>(); small::<c64, $n>(); )*};
    }
    all!(1 2 3 4 5 6 7 8 9 10);
}

#[test]
fn as_nalgebra() {
    for n in SIZES {
        let a = vector::<f64>(n * n, n as u64);
        let b = vector::<f64>(n, 1);
        let matrix = DMatrix::from_column_slice(n, n, &a);
        let expected = matrix.clone().lu().solve(&DVector::from_column_slice(&b)).unwrap();
        let inverse = matrix.clone().try_inverse().unwrap();
        let sums = |m: &DMatrix<f64>| m.column_iter().map(|c| c.lp_norm(1)).fold(0.0, f64::max);
        let condition = sums(&matrix) * sums(&inverse);
        let mut lu = DenseLu::<f64>::new(n);
        lu.factor(&a).unwrap();
        let mut x = b.clone();
        lu.solve_in_place(&mut x).unwrap();
        for (x, y) in x.iter().zip(&expected) {
            assert!((x - y).abs() < 4.0 * f64::EPSILON * condition * expected.amax(), "{n}");
        }
        let estimate = lu.condition().unwrap();
        assert!(estimate < 1.0001 * condition && estimate > condition / 3.0, "{n}: {estimate}");
        assert!((lu.norm() - sums(&matrix)).abs() < 1e-13 * lu.norm());
    }
}

#[test]
fn condition_numbers_of_hilbert_matrices() {
    // ‖H‖₁ ‖H⁻¹‖₁ are whole numbers: Higham, Accuracy and Stability, section 28.1; the inverse has
    // whole entries.
    let published = [1.0, 27.0, 748.0, 28375.0, 943656.0, 29070279.0, 985194889.0];
    for (n, condition) in (1..).zip(published) {
        let hilbert: Vec<f64> = (0..n * n).map(|k| 1.0 / ((k % n + k / n + 1) as f64)).collect();
        let mut lu = DenseLu::<f64>::new(n);
        lu.factor(&hilbert).unwrap();
        let estimate = lu.condition().unwrap();
        assert!((estimate - condition).abs() < 1e-6 * condition, "{n}: {estimate}");
    }
    let mut small = SmallLu::<f64, 3>::new();
    small.factor(&[1.0, 0.5, 1.0 / 3.0, 0.5, 1.0 / 3.0, 0.25, 1.0 / 3.0, 0.25, 0.2]).unwrap();
    assert!((LinearSolve::condition(&mut small).unwrap() - 748.0).abs() < 1e-9);
}

#[test]
fn condition_of_banded_and_sparse() {
    for side in [3, 8] {
        let (pattern, values) = laplacian(side, 0.1);
        let n = side * side;
        let (lower, upper) = pattern.bandwidths();
        let structure = Structure::Sparse(pattern.into());
        let dense = full(&structure, &values);
        let mut reference = DenseLu::<f64>::new(n);
        reference.factor(&dense).unwrap();
        let expected = reference.condition().unwrap();
        let banded = Structure::Banded { n, lower, upper };
        let mut band = vec![0.0; banded.len()];
        structure.for_each(|i, j, at| band[banded.position(i, j).unwrap()] = values[at]);
        let mut lu = BandedLu::<f64>::new(n, lower, upper);
        lu.factor(&band).unwrap();
        assert!((lu.condition().unwrap() / expected - 1.0).abs() < 1e-10);
        let mut factors = Factors::<f64>::new(&structure).unwrap();
        factors.factor(&values).unwrap();
        assert!((factors.condition().unwrap() / expected - 1.0).abs() < 1e-10);
        let complex: Vec<c64> = values.iter().map(|&v| c64::new(0.0, v)).collect();
        let mut factors = Factors::<c64>::new(&structure).unwrap();
        factors.factor(&complex).unwrap();
        assert!((factors.condition().unwrap() / expected - 1.0).abs() < 1e-10);
    }
}

#[test]
fn pivots_of_a_sparse_matrix_are_searched_again() {
    // The second matrix makes the pivots of the first useless, the third brings them back.
    let n = 40;
    let pattern = scattered(n, 4, 5);
    let structure = Structure::Sparse(pattern.clone().into());
    let mut lu = SparseLu::<f64>::new(pattern.clone()).unwrap();
    for (round, diagonal) in [10.0, 1e-14, 10.0, 0.0].into_iter().enumerate() {
        let mut values = vector::<f64>(pattern.nnz(), round as u64);
        for i in 0..n {
            values[pattern.position(i, i).unwrap()] *= diagonal;
        }
        let b = vector::<f64>(n, 9);
        let mut x = b.clone();
        lu.factor(&values).unwrap();
        lu.solve_in_place(&mut x).unwrap();
        let error = backward_error(&structure, &values, &x, &b);
        assert!(error < 8.0, "{round}: {error}");
    }
}

/// Elimination by a list of products: pivots that become small are searched anew, and the new list
/// serves afterwards.
#[test]
fn listed_pivots_are_given_up_where_they_are_small() {
    let n = 12;
    let entries = (0..n).flat_map(|j| [(j, j), ((j + 1) % n, j), ((j + 5) % n, j)]);
    let pattern = Pattern::from_entries(n, n, entries).unwrap();
    let structure = Structure::Sparse(pattern.clone().into());
    let mut lu = SparseLu::<f64>::new(pattern.clone()).unwrap();
    for round in 0..6 {
        let mut values = vector::<f64>(pattern.nnz(), round);
        for j in 0..n {
            let diagonal = pattern.position(j, j).unwrap();
            // Large, then too small to divide by, then gone.
            values[diagonal] = [4.0, 3.0, 1e-9, 1e-12, 0.0, 5.0][round as usize];
        }
        lu.factor(&values).unwrap();
        let b = vector::<f64>(n, 50 + round);
        let mut x = b.clone();
        lu.solve_in_place(&mut x).unwrap();
        assert!(backward_error(&structure, &values, &x, &b) < 8.0, "{round}");
        let dense = full(&structure, &values);
        let mut y = b.clone();
        lu.solve_transposed_in_place(&mut y).unwrap();
        let transposed: Vec<f64> = (0..n * n).map(|k| dense[k % n * n + k / n]).collect();
        assert!(backward_error(&Structure::Dense { n }, &transposed, &y, &b) < 8.0, "{round}");
    }
}
