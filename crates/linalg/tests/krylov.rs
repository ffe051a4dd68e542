//! Iterations: what theory says about their lengths, and how they end badly.

mod matrices;

use allocation_counter::measure;
use linalg::*;
use matrices::*;
use std::sync::Arc;

fn grid(side: usize) -> (Structure, Vec<f64>) {
    let (pattern, values) = laplacian(side, 0.0);
    (Structure::Sparse(pattern.into()), values)
}

fn pattern(structure: &Structure) -> Arc<Pattern> {
    let Structure::Sparse(pattern) = structure else { unreachable!() };
    pattern.clone()
}

/// Convection and diffusion: no symmetry.
fn wind(side: usize) -> (Structure, Vec<f64>) {
    let (structure, mut values) = grid(side);
    structure.for_each(|i, j, at| {
        if i + 1 == j {
            values[at] += 0.4;
        } else if j + 1 == i {
            values[at] -= 0.4;
        }
    });
    (structure, values)
}

#[test]
fn gmres_ends_after_n_products() {
    for n in [1, 2, 5, 20, 60] {
        let structure = Structure::Dense { n };
        let a = vector::<f64>(n * n, n as u64);
        let b = vector::<f64>(n, 3);
        let mut operator = MatrixOperator::new(&structure, &a).unwrap();
        let mut solver =
            GmresSolver::new(n, Gmres { restart: n, rtol: 1e-9, ..Gmres::default() }).unwrap();
        let mut x = vec![0.0; n];
        let done = solver.solve(&mut operator, &mut Identity, &b, &mut x).unwrap();
        assert!(done.products <= n + 2, "{n}: {}", done.products); // two to check
        let mut lu = DenseLu::<f64>::new(n);
        lu.factor(&a).unwrap();
        let mut expected = b.clone();
        lu.solve_in_place(&mut expected).unwrap();
        let size = expected.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let tolerance = 1e-9 * lu.condition().unwrap() * size;
        assert!(x.iter().zip(&expected).all(|(x, y)| (x - y).abs() < tolerance), "{n}");
    }
}

#[test]
fn as_many_products_as_distinct_eigenvalues() {
    // A = diag(1, 2, 3, 1, 2, 3, …): the Krylov space has three dimensions.
    let n = 30;
    let mut a = FromFn::new(n, |x: &[f64], y: &mut [f64]| {
        for i in 0..x.len() {
            y[i] = (i % 3 + 1) as f64 * x[i];
        }
    });
    let b = vector::<f64>(n, 1);
    let mut x = vec![0.0; n];
    let mut solver = GmresSolver::new(n, Gmres { rtol: 1e-13, ..Gmres::default() }).unwrap();
    let done = solver.solve(&mut a, &mut Identity, &b, &mut x).unwrap();
    assert_eq!(done.products, 5);
    for i in 0..n {
        assert!((x[i] - b[i] / (i % 3 + 1) as f64).abs() < 1e-13);
    }
}

#[test]
fn every_preconditioner_solves_and_helps() {
    let (structure, values) = wind(24);
    let n = structure.dim();
    let p = pattern(&structure);
    let b = vector::<f64>(n, 4);
    let mut jacobi = Jacobi::new(n);
    jacobi.factor(&structure, &values).unwrap();
    let mut ilu0 = Ilu0::new(p.clone()).unwrap();
    ilu0.factor(&values).unwrap();
    let mut ilut = Ilut::new(p.clone(), 15, 1e-3).unwrap();
    ilut.factor(&values).unwrap();
    let mut lu = SparseLu::<f64>::new(p).unwrap();
    lu.factor(&values).unwrap();
    let list: [(&str, &mut dyn Preconditioner); 5] = [
        ("none", &mut Identity),
        ("Jacobi", &mut jacobi),
        ("ILU(0)", &mut ilu0),
        ("ILUT", &mut ilut),
        ("LU", &mut OfFactors(&mut lu)),
    ];
    let mut counts = Vec::new();
    for (name, preconditioner) in list {
        let mut a = MatrixOperator::new(&structure, &values).unwrap();
        let mut count = Vec::new();
        for side in [Side::Left, Side::Right] {
            let options = Gmres { side, max_products: 2000, ..Gmres::default() };
            let mut solver = GmresSolver::new(n, options).unwrap();
            let mut x = vec![0.0; n];
            let done = solver.solve(&mut a, preconditioner, &b, &mut x).unwrap();
            let error = backward_error(&structure, &values, &x, &b);
            assert!(error < 1e6, "{name} {side:?}: {error}"); // rtol is 1e-10
            count.push(done.products);
        }
        let mut solver = BiCgStabSolver::new(n, BiCgStab::default()).unwrap();
        let mut x = vec![0.0; n];
        let done = solver.solve(&mut a, preconditioner, &b, &mut x).unwrap();
        assert!(backward_error(&structure, &values, &x, &b) < 1e6, "{name}");
        count.push(done.products);
        counts.push(count);
    }
    for k in 0..3 {
        assert!(counts[0][k] > 2 * counts[2][k], "ILU(0) {counts:?}");
        assert!(counts[2][k] > 2 * counts[3][k], "ILUT {counts:?}");
        assert!(counts[4][k] <= 4, "LU {counts:?}");
    }
}

#[test]
fn ilu0_of_a_tridiagonal_matrix_is_exact() {
    for n in [1, 2, 3, 10, 200] {
        let near =
            (0..n).flat_map(|i: usize| (i.saturating_sub(1)..(i + 2).min(n)).map(move |j| (i, j)));
        let p = Pattern::from_entries(n, n, near).unwrap();
        let mut values = vector::<f64>(p.nnz(), 7);
        for i in 0..n {
            values[p.position(i, i).unwrap()] += 3.0;
        }
        let structure = Structure::Sparse(p.clone().into());
        let b = vector::<f64>(n, 8);
        let mut ilut = Ilut::new(p.clone(), 3, 0.0).unwrap();
        let mut ilu0 = Ilu0::new(p).unwrap();
        ilu0.factor(&values).unwrap();
        ilut.factor(&values).unwrap();
        let both: [&mut dyn Preconditioner; 2] = [&mut ilu0, &mut ilut];
        for m in both {
            let mut x = b.clone();
            m.apply(&mut x);
            assert!(backward_error(&structure, &values, &x, &b) < 8.0, "{n}");
        }
    }
}

#[test]
fn ilut_without_dropping_is_lu() {
    let p = scattered(40, 3, 2);
    let mut values = vector::<f64>(p.nnz(), 1);
    for i in 0..40 {
        values[p.position(i, i).unwrap()] += 5.0;
    }
    let mut ilut = Ilut::new(p.clone(), 40, 0.0).unwrap();
    ilut.factor(&values).unwrap();
    let b = vector::<f64>(40, 3);
    let mut x = b.clone();
    ilut.apply(&mut x);
    assert!(backward_error(&Structure::Sparse(p.clone().into()), &values, &x, &b) < 8.0);
    // The other end: nothing kept beside the diagonal.
    let mut diagonal = Ilut::new(p.clone(), 0, 0.0).unwrap();
    diagonal.factor(&values).unwrap();
    assert_eq!(diagonal.entries(), 40);
    let mut x = b.clone();
    diagonal.apply(&mut x);
    for i in 0..40 {
        assert!((x[i] * values[p.position(i, i).unwrap()] - b[i]).abs() < 1e-14);
    }
}

#[test]
fn nothing_allocates_after_set_up() {
    let (structure, values) = wind(12);
    let n = structure.dim();
    let b = vector::<f64>(n, 4);
    let mut x = vec![0.0; n];
    let mut ilu = Ilu0::new(pattern(&structure)).unwrap();
    let mut ilut = Ilut::new(pattern(&structure), 10, 1e-2).unwrap();
    ilut.factor(&values).unwrap();
    let mut a = MatrixOperator::new(&structure, &values).unwrap();
    let mut gmres = GmresSolver::new(n, Gmres { restart: 8, ..Gmres::default() }).unwrap();
    let mut stabilised = BiCgStabSolver::new(n, BiCgStab::default()).unwrap();
    let count = measure(|| {
        ilu.factor(&values).unwrap();
        ilut.factor(&values).unwrap();
        gmres.solve(&mut a, &mut ilu, &b, &mut x).unwrap();
        x.fill(0.0);
        stabilised.solve(&mut a, &mut ilut, &b, &mut x).unwrap();
    });
    assert_eq!(count.count_total, 0);
}

#[test]
fn a_budget_that_is_spent() {
    let (structure, values) = wind(30);
    let n = structure.dim();
    let b = vector::<f64>(n, 4);
    let start = b.iter().map(|v| v * v).sum::<f64>().sqrt();
    let mut a = MatrixOperator::new(&structure, &values).unwrap();
    let mut x = vec![0.0; n];
    let options = Gmres { max_products: 40, restart: 15, ..Gmres::default() };
    let mut solver = GmresSolver::new(n, options).unwrap();
    let error = solver.solve(&mut a, &mut Identity, &b, &mut x).unwrap_err();
    let check = |error: Error, x: &[f64]| {
        let ErrorKind::NotConverged { iterations, residual, tolerance, .. } = *error.kind() else {
            panic!("{error}")
        };
        assert!(iterations <= 40 && residual > tolerance && residual < start);
        let mut r = vec![0.0; n];
        structure.multiply(&values, x, &mut r).unwrap();
        let left = r.iter().zip(&b).map(|(r, b)| (b - r).powi(2)).sum::<f64>().sqrt();
        assert!((left - residual).abs() < 1e-10 * start, "{left} {residual}");
    };
    check(error, &x);
    // It goes on from there.
    solver.options_mut().max_products = 2000;
    solver.solve(&mut a, &mut Identity, &b, &mut x).unwrap();
    let options = BiCgStab { max_products: 40, ..BiCgStab::default() };
    let mut solver = BiCgStabSolver::new(n, options).unwrap();
    x.fill(0.0);
    let error = solver.solve(&mut a, &mut Identity, &b, &mut x).unwrap_err();
    check(error, &x);
}

#[test]
fn breakdowns() {
    // Singular: b has a part that A cannot reach.
    let mut a = FromFn::new(2, |x: &[f64], y: &mut [f64]| {
        y[0] = x[0];
        y[1] = 0.0;
    });
    let mut gmres = GmresSolver::new(2, Gmres::default()).unwrap();
    let mut stabilised = BiCgStabSolver::new(2, BiCgStab::default()).unwrap();
    let is_breakdown = |error: Error, least: f64| match *error.kind() {
        ErrorKind::Breakdown { residual, .. } => (residual - least).abs() < 1e-12,
        _ => false,
    };
    let mut x = [0.0; 2];
    let error = gmres.solve(&mut a, &mut Identity, &[1.0, 1.0], &mut x).unwrap_err();
    assert!(is_breakdown(error, 1.0));
    assert!((x[0] - 1.0).abs() < 1e-12); // the least squares solution
    let mut x = [0.0; 2];
    let error = stabilised.solve(&mut a, &mut Identity, &[1.0, 1.0], &mut x).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Breakdown { .. }));
    assert!(x.iter().all(|x| x.is_finite()));
    // A rotation by a right angle stops BiCGStab and GMRES(1), not GMRES(2).
    let mut turn = FromFn::new(2, |x: &[f64], y: &mut [f64]| {
        (y[0], y[1]) = (-x[1], x[0]);
    });
    let mut x = [0.0; 2];
    let error = stabilised.solve(&mut turn, &mut Identity, &[1.0, 0.0], &mut x).unwrap_err();
    assert!(is_breakdown(error, 1.0));
    gmres.solve(&mut turn, &mut Identity, &[1.0, 0.0], &mut x).unwrap();
    assert!(x[0].abs() < 1e-12 && (x[1] + 1.0).abs() < 1e-12);
    let mut short = GmresSolver::new(2, Gmres { restart: 1, ..Gmres::default() }).unwrap();
    let error = short.solve(&mut turn, &mut Identity, &[1.0, 0.0], &mut [0.0; 2]).unwrap_err();
    assert!(is_breakdown(error, 1.0));
    // A product that is NaN, at once or after a while.
    for good in 0..3 {
        let mut count = 0;
        let mut a = FromFn::new(2, move |x: &[f64], y: &mut [f64]| {
            count += 1;
            y.copy_from_slice(&[x[0] + x[1], 3.0 * x[1]]);
            if count > good {
                y[0] = f64::NAN;
            }
        });
        let mut x = [0.0; 2];
        let error = gmres.solve(&mut a, &mut Identity, &[1.0, 1.0], &mut x).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Breakdown { .. }), "{error}");
        assert!(x.iter().all(|x| x.is_finite()));
        let error = stabilised.solve(&mut a, &mut Identity, &[1.0, 1.0], &mut x).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Breakdown { .. }), "{error}");
        assert!(x.iter().all(|x| x.is_finite()));
    }
}

#[test]
fn trivial_systems() {
    let mut gmres = GmresSolver::new(3, Gmres::default()).unwrap();
    let mut stabilised = BiCgStabSolver::new(3, BiCgStab::default()).unwrap();
    let mut a = FromFn::new(3, |x: &[f64], y: &mut [f64]| y.copy_from_slice(x));
    let mut x = [0.0; 3];
    let done = gmres.solve(&mut a, &mut Identity, &[0.0; 3], &mut x).unwrap();
    assert_eq!((done.products, x), (1, [0.0; 3]));
    stabilised.solve(&mut a, &mut Identity, &[1e-300, 0.0, 1e-300], &mut x).unwrap();
    assert!((x[0] - 1e-300).abs() < 1e-309);
    let mut none = FromFn::new(0, |_: &[f64], _: &mut [f64]| {});
    let mut empty = GmresSolver::new(0, Gmres::default()).unwrap();
    empty.solve(&mut none, &mut Identity, &[], &mut []).unwrap();
    let mut empty = BiCgStabSolver::new(0, BiCgStab::default()).unwrap();
    empty.solve(&mut none, &mut Identity, &[], &mut []).unwrap();
}

#[test]
fn wrong_input() {
    let kind = |error: Error| error.kind().clone();
    let zero = Gmres { restart: 0, ..Gmres::default() };
    assert!(matches!(kind(GmresSolver::new(2, zero).unwrap_err()), ErrorKind::Option { .. }));
    let nan = Gmres { rtol: f64::NAN, ..Gmres::default() };
    assert!(matches!(kind(GmresSolver::new(2, nan).unwrap_err()), ErrorKind::Option { .. }));
    let negative = BiCgStab { atol: -1.0, ..BiCgStab::default() };
    let error = BiCgStabSolver::new(2, negative).unwrap_err();
    assert!(matches!(kind(error), ErrorKind::Option { name: "BiCgStab.atol", .. }));
    let mut solver = GmresSolver::new(2, Gmres::default()).unwrap();
    let mut a = FromFn::new(3, |_: &[f64], _: &mut [f64]| {});
    let error = solver.solve(&mut a, &mut Identity, &[1.0; 2], &mut [0.0; 2]).unwrap_err();
    assert!(matches!(kind(error), ErrorKind::Size { expected: 2, found: 3, .. }));
    let p = Pattern::from_entries(2, 2, [(0, 0), (0, 1)]).unwrap();
    let error = Ilu0::new(p.clone()).unwrap_err();
    assert_eq!(kind(error), ErrorKind::NoDiagonal { row: 1 });
    let mut ilut = Ilut::new(p.clone(), 5, 0.1).unwrap();
    assert_eq!(kind(ilut.factor(&[1.0, 1.0]).unwrap_err()), ErrorKind::Singular { pivot: 1 });
    assert!(matches!(
        kind(Ilut::new(p.clone(), 5, f64::NAN).unwrap_err()),
        ErrorKind::Option { .. }
    ));
    let mut jacobi = Jacobi::new(2);
    let structure = Structure::Sparse(p.into());
    let error = jacobi.factor(&structure, &[1.0, 1.0]).unwrap_err();
    assert_eq!(kind(error), ErrorKind::NoDiagonal { row: 1 });
    let dense = Structure::Dense { n: 2 };
    let error = jacobi.factor(&dense, &[1.0, 0.0, 0.0, 0.0]).unwrap_err();
    assert_eq!(kind(error), ErrorKind::Singular { pivot: 1 });
    let full = Pattern::from_entries(2, 2, [(0, 0), (1, 0), (0, 1), (1, 1)]).unwrap();
    let mut ilu = Ilu0::new(full).unwrap();
    let error = ilu.factor(&[1.0, f64::NAN, 0.0, 1.0]).unwrap_err();
    assert_eq!(kind(error), ErrorKind::NotFinite { row: 1, column: 0 });
    let error = ilu.factor(&[1.0, 1.0, 1.0, 1.0]).unwrap_err();
    assert_eq!(kind(error), ErrorKind::Singular { pivot: 1 });
}

/// The residual of the small problem is the true one, and costs no product.
#[test]
fn rough_solutions_keep_their_promise() {
    let n = 60;
    let structure = Structure::Banded { n, lower: 1, upper: 1 };
    let mut values = vec![0.0; structure.len()];
    structure.for_each(|i, j, at| {
        values[at] = if i == j {
            2.3 + 0.01 * i as f64
        } else if i > j {
            -1.2
        } else {
            -0.7
        };
    });
    let b: Vec<f64> = (0..n).map(|i| 1.0 + (i as f64).sin()).collect();
    for (restart, side) in [(60, Side::Right), (60, Side::Left), (5, Side::Right), (5, Side::Left)]
    {
        for atol in [1e-1, 1e-4, 1e-8] {
            let options = Gmres { restart, atol, rtol: 0.0, side, ..Gmres::default() };
            let mut solver = GmresSolver::new(n, options).unwrap();
            let mut m = Jacobi::new(n);
            m.factor(&structure, &values).unwrap();
            let mut x = vec![f64::NAN; n];
            let mut a = MatrixOperator::new(&structure, &values).unwrap();
            let done = solver.solve_roughly(&mut a, &mut m, &b, &mut x).unwrap();
            let mut left = vec![0.0; n];
            structure.multiply(&values, &x, &mut left).unwrap();
            left.iter_mut().zip(&b).for_each(|(left, b)| *left = b - *left);
            if side == Side::Left {
                m.apply(&mut left);
            }
            let norm = left.iter().map(|x| x * x).sum::<f64>().sqrt();
            assert!(norm <= atol * (1.0 + 1e-6), "{norm} and {atol}");
            assert!((norm - done.residual).abs() <= 1e-6 * atol, "{norm} and {}", done.residual);
            assert!(restart > 5 || done.products > 5 || atol > 1e-2);
        }
    }
    // Nothing to do.
    let mut solver = GmresSolver::new(n, Gmres::default()).unwrap();
    let mut x = vec![1.0; n];
    let mut a = MatrixOperator::new(&structure, &values).unwrap();
    let done = solver.solve_roughly(&mut a, &mut Identity, &vec![0.0; n], &mut x).unwrap();
    assert_eq!((done.products, x), (0, vec![0.0; n]));
    // Not enough allowed.
    let few = Gmres { restart: 3, max_products: 7, ..Gmres::default() };
    let mut solver = GmresSolver::new(n, few).unwrap();
    let error = solver.solve_roughly(&mut a, &mut Identity, &b, &mut vec![0.0; n]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotConverged { iterations: 7, .. }), "{error}");
}
