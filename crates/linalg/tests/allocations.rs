//! After the first factorisation nothing allocates.

mod matrices;

use allocation_counter::measure;
use linalg::*;
use matrices::*;

fn counted<S: Random>(name: &str, structure: &Structure, solver: &mut dyn LinearSolve<S>) {
    let n = structure.dim();
    let values: Vec<Vec<S>> = (0..4)
        .map(|seed| {
            let mut values = vector::<S>(structure.len(), seed);
            (0..n).for_each(|i| values[structure.position(i, i).unwrap()] += S::real(n as f64));
            values
        })
        .collect();
    let mut b = vector::<S>(3 * n, 9);
    solver.factor(&values[0]).unwrap();
    solver.solve_in_place(&mut b[..n]).unwrap();
    let count = measure(|| {
        for values in &values {
            solver.factor(values).unwrap();
            solver.solve_in_place(&mut b[..n]).unwrap();
            solver.solve_transposed_in_place(&mut b[..n]).unwrap();
            solver.solve_many_in_place(3, &mut b).unwrap();
        }
    });
    assert_eq!(count.count_total, 0, "{name}, {structure}");
}

fn both<S: Random + Field<Row = usize>>() {
    counted::<S>("small", &Structure::Dense { n: 6 }, &mut SmallLu::<S, 6>::new());
    for n in [4, 20, 60, 200] {
        let dense = Structure::Dense { n };
        counted::<S>("dense", &dense, &mut DenseLu::<S>::new(n));
        counted::<S>("factors", &dense, &mut Factors::<S>::new(&dense).unwrap());
        let band = Structure::Banded { n, lower: 2, upper: 1 };
        counted::<S>("band", &band, &mut BandedLu::<S>::new(n, 2, 1));
        let sparse = Structure::Sparse(scattered(n, 3, 1).into());
        let Structure::Sparse(pattern) = &sparse else { unreachable!() };
        counted::<S>("sparse", &sparse, &mut SparseLu::<S>::new(pattern.clone()).unwrap());
        for method in [Method::Dense, Method::Banded, Method::Sparse] {
            let choice = choose(&sparse).unwrap().with_method(method);
            let mut factors = Factors::<S>::with_choice(&sparse, &choice).unwrap();
            counted::<S>("factors", &sparse, &mut factors);
        }
    }
}

#[test]
fn factor_and_solve_allocate_nothing() {
    both::<f64>();
    both::<c64>();
}
