//! `u' = A u` with the entries of `A` as parameters, against the matrix exponential and its Fréchet
//! derivative.

use crate::close;
use crate::models::Model;
use nalgebra::{DMatrix, DVector};
use ode_core::{Algorithm, OdeProblem, Options, Save, Vern7};
use ode_stiff::{Bdf, KenCarp4, Ndf, NewtonKrylov, RadauIIA5, Rodas5P};
use proptest::prelude::*;
use sensitivity::{Corrector, ForwardEquations, StateAndTangents, StepControl};

/// State, and derivatives by the initial state and the entries, at `t`. The Fréchet derivative along `E` is
/// the upper right block of `exp [[A, E], [0, A]]` (Higham 2008, theorem 3.6).
fn exact(a: &[f64], u0: &[f64], t: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = u0.len();
    let matrix = DMatrix::from_row_slice(n, n, a) * t;
    let start = DVector::from_column_slice(u0);
    let flow = matrix.exp();
    let mut columns: Vec<Vec<f64>> =
        (0..n).map(|j| flow.column(j).iter().copied().collect()).collect();
    for entry in 0..n * n {
        let mut block = DMatrix::zeros(2 * n, 2 * n);
        block.view_mut((0, 0), (n, n)).copy_from(&matrix);
        block.view_mut((n, n), (n, n)).copy_from(&matrix);
        block[(entry / n, n + entry % n)] = t;
        let derivative = block.exp().view((0, n), (n, n)) * &start;
        columns.push(derivative.iter().copied().collect());
    }
    ((flow * start).iter().copied().collect(), columns)
}

fn check<A>(
    method: A,
    rtol: f64,
    tol: f64,
    (a, u0, t): (&[f64], &[f64], f64),
    how: ForwardEquations,
) where
    A: for<'a> Algorithm<StateAndTangents<&'a Model>, Vec<f64>>,
{
    let n = u0.len();
    let what = format!("{} {how:?}", method.name());
    let problem = OdeProblem::new(Model::Linear { n }, u0.to_vec(), a, (0.0, t)).unwrap();
    // A time inside a step, too.
    let save = Save::At(vec![0.37 * t, t]);
    let options = Options { rtol, atol: rtol, save, ..Options::default() };
    let found = how.solve(&problem, method, &options).unwrap();
    for (i, t) in [0.37 * t, t].into_iter().enumerate() {
        let (u, columns) = exact(a, u0, t);
        close(found.state(i), &u, tol, &what);
        let all: Vec<f64> = (0..n).flat_map(|j| found.derivative(i, j).to_vec()).collect();
        let expected: Vec<f64> = (0..n).flat_map(|j| columns.iter().map(move |c| c[j])).collect();
        close(&all, &expected, tol, &what);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_exponential_and_its_derivative(
        a in proptest::collection::vec(-1.5f64..1.5, 9),
        u0 in proptest::collection::vec(0.2f64..2.0, 3),
        t in 0.5f64..2.0,
    ) {
        let case = (&a[..], &u0[..], t);
        let staggered = ForwardEquations::default();
        let simultaneous = ForwardEquations { corrector: Corrector::Simultaneous, ..staggered };
        let of_state = ForwardEquations { control: StepControl::State, ..staggered };
        check(Vern7, 1e-11, 1e-9, case, staggered);
        check(Vern7, 1e-11, 1e-8, case, of_state);
        check(Rodas5P, 1e-9, 1e-6, case, staggered);
        check(KenCarp4, 1e-8, 1e-5, case, staggered);
        check(KenCarp4, 1e-8, 1e-5, case, simultaneous);
        check(KenCarp4, 1e-8, 1e-5, case, of_state);
        check(RadauIIA5, 1e-9, 1e-6, case, staggered);
        check(Bdf::default(), 1e-8, 1e-4, case, staggered);
        check(Bdf::default(), 1e-8, 1e-4, case, simultaneous);
        check(Ndf::default(), 1e-8, 1e-4, case, staggered);
    }
}

/// Products only: one system of all.
#[test]
fn without_factors() {
    let a = [-2.0, 1.0, 0.5, -0.3, -1.0, 0.7, 0.1, 0.0, -4.0];
    let how = ForwardEquations::default();
    let method = NewtonKrylov::new(Bdf::default());
    check(method, 1e-8, 1e-4, (&a, &[1.0, 0.5, -2.0], 1.5), how);
}
