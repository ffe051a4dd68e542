//! Rosenbrock methods on the stiff problems and DAEs of the literature.

mod stiff_set;

use ode_core::{Algorithm, Options, Save, Stats};
use ode_stiff::{Rodas4, Rodas4P, Rodas5P, Ros3P, Rosenbrock, Rosenbrock23};
use stiff_set::{Case, Model, case, cases};

/// Errors stay within this multiple of the tolerance.
fn check<M>(method: M, rtol: f64, allowed: impl Fn(&Case) -> f64)
where
    M: Rosenbrock + Algorithm<Model, Vec<f64>>,
{
    for case in cases() {
        let name = &case.reference.name;
        let solution = case.solve(method.clone(), rtol).unwrap();
        let (error, residual) = (case.error(&solution), case.residual(&solution));
        println!(
            "{} on {name} at {rtol:e}: {error:.1e}, {residual:.1e}, {}",
            M::NAME,
            solution.stats()
        );
        let allowed = allowed(&case);
        assert!(error <= allowed * rtol, "{} on {name}: {error:e}, {}", M::NAME, solution.stats());
        assert!(residual <= 10.0 * rtol, "{} on {name}: residual {residual:e}", M::NAME);
    }
}

/// The problem of Prothero and Robinson between long steps: the order of the interpolant is reduced.
fn reduced(case: &Case, reduced: f64, others: f64) -> f64 {
    if case.reference.name == "prothero_robinson" { reduced } else { others }
}

#[test]
fn every_method_solves_every_problem() {
    check(Rosenbrock23, 1e-5, |_| 100.0);
    check(Ros3P, 1e-5, |_| 10.0);
    check(Rodas4, 1e-6, |case| reduced(case, 1e3, 50.0));
    check(Rodas4P, 1e-6, |case| reduced(case, 1e3, 50.0));
    check(Rodas5P, 1e-6, |case| reduced(case, 1e3, 10.0));
    check(Rodas5P, 1e-9, |case| reduced(case, 1e3, 10.0));
}
