//! Declared patterns and Jacobians of one's own are compared with products once per solve.

use ode_core::{Algorithm, ErrorKind, Integrator, OdeProblem, Options, Save, solve};
use ode_stiff::{Bdf, KenCarp4, Ndf, RadauIIA5, Rodas5P};
use scalar::{Dual, Scalar};
use std::cell::Cell;
use system::{
    Coloring, Failure, Jacobian, Mass, Pattern, Rhs, System, WithMass, WithPattern,
    jacobian_pattern,
};
use testset::models::Brusselator1d;

const MODEL: Brusselator1d = Brusselator1d { cells: 30 };

fn start() -> Vec<f64> {
    (0..60).map(|k| if k % 2 == 0 { 1.0 + 0.1 * (k as f64).sin() } else { 3.0 }).collect()
}

fn options() -> Options {
    Options { rtol: 1e-5, save: Save::Last, ..Options::default() }
}

/// The traced pattern without some entries.
fn without(missing: &[(usize, usize)]) -> Pattern {
    let full = jacobian_pattern(&MODEL);
    let row =
        |i: usize| full.row(i).iter().copied().filter(|&j| !missing.contains(&(i, j))).collect();
    Pattern::from_rows((0..60).map(row).collect::<Vec<Vec<usize>>>())
}

fn entry_named<F, A>(rhs: F, method: A) -> (usize, usize)
where
    F: Rhs<f64>,
    A: Algorithm<F, Vec<f64>>,
{
    let problem = OdeProblem::new(rhs, start(), [20.0], (0.0, 1.0)).unwrap();
    let error = solve(&problem, method, &options()).unwrap_err();
    match error.kind() {
        ErrorKind::JacobianEntry { row, column, of, by } => {
            let names = MODEL.state_names();
            assert_eq!((of, by), (&names[*row], &names[*column]), "{error}");
            (*row, *column)
        }
        _ => panic!("{error}"),
    }
}

#[test]
fn a_missing_entry_is_named() {
    for missing in [(0, 1), (7, 6), (20, 22), (59, 57), (33, 33)] {
        let model = || WithPattern::new(MODEL, without(&[missing])).unwrap();
        assert_eq!(entry_named(model(), Rodas5P), missing);
        assert_eq!(entry_named(model(), Ndf::default()), missing);
        assert_eq!(entry_named(model(), Bdf::default()), missing);
        assert_eq!(entry_named(model(), KenCarp4), missing);
        assert_eq!(entry_named(model(), RadauIIA5), missing);
        let mass = Mass::diagonal([1.0; 60]);
        assert_eq!(entry_named(WithMass::new(model(), mass).unwrap(), Rodas5P), missing);
    }
    let two = [(10, 11), (41, 43)];
    let named = entry_named(WithPattern::new(MODEL, without(&two)).unwrap(), Rodas5P);
    assert!(two.contains(&named), "{named:?}");
}

/// At the start nothing depends on `b`, for `a` is zero; beside it does.
#[test]
fn entries_that_vanish_at_the_start_are_seen() {
    #[derive(Clone, Copy)]
    struct Pairs;
    impl System for Pairs {
        fn dim(&self) -> usize {
            40
        }
        fn num_params(&self) -> usize {
            0
        }
        fn rhs<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
            for k in (0..40).step_by(2) {
                (du[k], du[k + 1]) = (u[k] * u[k + 1] - u[k], -u[k + 1]);
            }
        }
    }
    let diagonal = Pattern::from_rows((0..40).map(|i| vec![i]));
    let model = WithPattern::new(Pairs, diagonal).unwrap();
    let problem = OdeProblem::new(model, vec![0.0; 40], [], (0.0, 1.0)).unwrap();
    let error = solve(&problem, Rodas5P, &options()).unwrap_err();
    let ErrorKind::JacobianEntry { row, column, .. } = error.kind() else { panic!("{error}") };
    assert!(row % 2 == 0 && *column == row + 1, "{error}");
}

#[test]
fn a_right_pattern_changes_nothing() {
    let more = (0..60usize).map(|i| (i.saturating_sub(3)..(i + 4).min(60)).collect());
    for pattern in [without(&[]), Pattern::from_rows(more)] {
        let model = WithPattern::new(MODEL, pattern).unwrap();
        let declared = OdeProblem::new(model.clone(), start(), [20.0], (0.0, 1.0)).unwrap();
        let traced = OdeProblem::new(MODEL, start(), [20.0], (0.0, 1.0)).unwrap();
        let [a, b] = [
            solve(&declared, Ndf::default(), &options()).unwrap(),
            solve(&traced, Ndf::default(), &options()).unwrap(),
        ];
        assert_eq!(a.stats(), b.stats());
        for (a, b) in a.last().iter().zip(b.last()) {
            assert!((a - b).abs() < 1e-10);
        }
        // Tangents and single precision too.
        type D = Dual<f64, 2>;
        let u0: Vec<D> = start().into_iter().map(D::constant).collect();
        let p = [D::variable(20.0, 0)];
        let problem = OdeProblem::over(model.clone(), u0, p, (0.0, 0.1)).unwrap();
        solve(&problem, Rodas5P, &options()).unwrap();
        let u0: Vec<f32> = start().into_iter().map(|u| u as f32).collect();
        let problem = OdeProblem::over(model, u0, [20.0f32], (0.0, 0.1)).unwrap();
        solve(&problem, Rodas5P, &Options { rtol: 1e-3, atol: 1e-3, ..options() }).unwrap();
    }
}

/// A chain with derivatives by hand, with a factor in one entry; counts its products.
struct Own<'a> {
    factor: f64,
    products: &'a Cell<usize>,
    has_products: bool,
}

impl Rhs<f64> for Own<'_> {
    fn states(&self) -> usize {
        60
    }
    fn params(&self) -> Option<usize> {
        Some(1)
    }
    fn eval(&self, _t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        for i in 0..60 {
            du[i] = p[0] * (if i == 0 { 0.0 } else { u[i - 1] } - u[i]);
        }
        Ok(())
    }
    fn names(&self) -> Vec<String> {
        MODEL.state_names()
    }
}

impl Jacobian<f64> for Own<'_> {
    type Work = ();
    fn jacobian_work(&self) {}
    fn jacobian(
        &self,
        _t: f64,
        _u: &[f64],
        _p: &[f64],
        _jac: &mut [f64],
        _work: &mut (),
    ) -> Result<(), Failure> {
        Err(Failure::Fatal("nobody asks for it".into()))
    }
    fn time_derivative(
        &self,
        _t: f64,
        _u: &[f64],
        _p: &[f64],
        dfdt: &mut [f64],
        _work: &mut (),
    ) -> Result<(), Failure> {
        dfdt.fill(0.0);
        Ok(())
    }
    fn jvp(
        &self,
        t: f64,
        _u: &[f64],
        p: &[f64],
        (v, out): (&[f64], &mut [f64]),
        _work: &mut (),
    ) -> Result<(), Failure> {
        self.products.set(self.products.get() + 1);
        if !self.has_products {
            return Err(Failure::Fatal("none".into()));
        }
        self.eval(t, v, p, out)
    }
    fn pattern(&self) -> Option<Pattern> {
        Some(Pattern::from_rows((0..60usize).map(|i| (i.saturating_sub(1)..=i).collect())))
    }
    fn sparse_derivatives(
        &self,
        _t: f64,
        _u: &[f64],
        p: &[f64],
        entries: &Coloring,
        (values, dfdt): (&mut [f64], &mut [f64]),
        _work: &mut (),
    ) -> Result<(), Failure> {
        for j in 0..60 {
            for (at, &i) in (entries.starts()[j]..).zip(entries.rows_of(j)) {
                let factor = if (i, j) == (17, 16) { self.factor } else { 1.0 };
                values[at] = if i == j { -p[0] } else { factor * p[0] };
            }
        }
        dfdt.fill(0.0);
        Ok(())
    }
}

#[test]
fn a_jacobian_of_your_own_is_checked_once() {
    let products = Cell::new(0);
    let own = |factor, has_products| Own { factor, products: &products, has_products };
    let problem = OdeProblem::new(own(1.0, true), start(), [20.0], (0.0, 1.0)).unwrap();
    let options = options();
    let mut integrator = Integrator::new(&problem, Rodas5P, &options).unwrap();
    for _ in 0..5 {
        integrator.step().unwrap();
    }
    assert_eq!(products.get(), 4);
    // A wrong value is named like a missing entry.
    for factor in [1.0 + 1e-6, -1.0, 0.0] {
        assert_eq!(entry_named(own(factor, true), Rodas5P), (17, 16));
    }
    // Without products there is nothing to compare with.
    let problem = OdeProblem::new(own(1.0, false), start(), [20.0], (0.0, 1.0)).unwrap();
    solve(&problem, Rodas5P, &options).unwrap();
}
