//! What is chosen for which structure, and that every choice solves the same system.

mod matrices;

use linalg::*;
use matrices::*;

fn method(structure: &Structure) -> Method {
    choose(structure).unwrap().method()
}

fn sparse(n: usize, entries: impl IntoIterator<Item = (usize, usize)>) -> Structure {
    Structure::Sparse(Pattern::from_entries(n, n, entries).unwrap().with_diagonal().into())
}

#[test]
fn by_size_bandwidth_and_fill() {
    assert_eq!(method(&Structure::Dense { n: 10 }), Method::Small);
    assert_eq!(method(&Structure::Dense { n: 11 }), Method::Dense);
    assert_eq!(method(&Structure::Banded { n: 400, lower: 2, upper: 2 }), Method::Banded);
    assert_eq!(method(&Structure::Banded { n: 60, lower: 59, upper: 59 }), Method::Dense);
    // A chain is banded, a ring is sparse, a few states are small, whatever their pattern.
    assert_eq!(method(&sparse(300, (1..300).map(|i| (i, i - 1)))), Method::Banded);
    assert_eq!(method(&sparse(300, (0..300).map(|i| ((i + 1) % 300, i)))), Method::Sparse);
    assert_eq!(method(&sparse(8, (0..8).map(|i| ((i + 1) % 8, i)))), Method::Small);
    let all = (0..40).flat_map(|i| (0..40).map(move |j| (i, j)));
    assert_eq!(method(&sparse(40, all)), Method::Dense);
    let (grid, _) = laplacian(32, 0.0);
    assert_eq!(method(&Structure::Sparse(grid.into())), Method::Sparse);
}

#[test]
fn every_choice_solves_the_same_system() {
    let (pattern, values) = laplacian(6, 0.5);
    let structure = Structure::Sparse(pattern.into());
    let b = vector::<f64>(36, 1);
    let choice = choose(&structure).unwrap();
    for method in [Method::Small, Method::Dense, Method::Banded, Method::Sparse] {
        let choice = choice.clone().with_method(method);
        let mut factors = Factors::<f64>::with_choice(&structure, &choice).unwrap();
        assert_eq!(factors.dim(), 36);
        factors.factor(&values).unwrap();
        let mut x = b.clone();
        factors.solve_in_place(&mut x).unwrap();
        assert!(backward_error(&structure, &values, &x, &b) < 8.0, "{choice}");
        let mut y = b.clone();
        factors.solve_transposed_in_place(&mut y).unwrap();
        assert!(backward_error(&structure, &values, &y, &b) < 8.0, "{choice}"); // symmetric
        assert!(factors.factor(&values[1..]).is_err());
    }
    // A banded structure by dense factors.
    let band = Structure::Banded { n: 12, lower: 1, upper: 2 };
    let values = vector::<f64>(band.len(), 2);
    let choice = choose(&band).unwrap().with_method(Method::Dense);
    let mut factors = Factors::<f64>::with_choice(&band, &choice).unwrap();
    factors.factor(&values).unwrap();
    let b = vector::<f64>(12, 3);
    let mut x = b.clone();
    factors.solve_in_place(&mut x).unwrap();
    assert!(backward_error(&band, &values, &x, &b) < 8.0);
}

#[test]
fn shifts_and_products() {
    // W = c I - J in every structure, against the dense one.
    let (pattern, j) = laplacian(4, 0.0);
    let structure = Structure::Sparse(pattern.into());
    let mut w = vec![c64::new(0.0, 0.0); j.len()];
    let c = c64::new(2.0, -1.0);
    structure.shift(c, &j, &mut w).unwrap();
    let (full_j, full_w) = (full(&structure, &j), full(&structure, &w));
    for k in 0..256 {
        let diagonal = if k % 17 == 0 { c } else { c64::new(0.0, 0.0) };
        assert_eq!(full_w[k], diagonal - full_j[k]);
    }
    let without = Structure::Sparse(Pattern::from_entries(2, 2, [(0, 0)]).unwrap().into());
    let error = without.shift(1.0, &[1.0], &mut [0.0]).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoDiagonal { row: 1 });
    let error = structure.shift(1.0, &j[1..], &mut [0.0; 64]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Size { .. }));
    // yᵀ (A x) = (Aᵀ y)ᵀ x.
    for structure in [structure, Structure::Banded { n: 16, lower: 3, upper: 1 }] {
        let a = vector::<f64>(structure.len(), 4);
        let (x, y) = (vector::<f64>(16, 5), vector::<f64>(16, 6));
        let (mut ax, mut aty) = (vec![0.0; 16], vec![0.0; 16]);
        structure.multiply(&a, &x, &mut ax).unwrap();
        structure.multiply_transposed(&a, &y, &mut aty).unwrap();
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        assert!((dot(&y, &ax) - dot(&aty, &x)).abs() < 1e-13);
    }
}
