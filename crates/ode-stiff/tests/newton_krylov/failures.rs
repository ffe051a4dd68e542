//! What cannot work is a typed error that says what to do.

use crate::torus::{Torus, distance, options};
use ode_core::{ErrorKind, OdeProblem, solve};
use ode_stiff::{Bdf, KenCarp4, Ndf, NewtonKrylov, Preconditioning};
use system::{Failure, FiniteDiff, FromFn, Jacobian, Mass, Rhs, WithMass};

fn reason<M>(krylov: NewtonKrylov<M>) -> String
where
    NewtonKrylov<M>: ode_core::Algorithm<Torus, Vec<f64>>,
{
    let error = solve(&Torus { n: 4 }.problem(1.0), krylov, &options(1e-4)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::RightHandSide { .. }), "{error}");
    error.to_string()
}

#[test]
fn settings_are_checked() {
    let ndf = || NewtonKrylov::new(Ndf::default());
    assert!(reason(NewtonKrylov { restart: 0, ..ndf() }).contains("restart"));
    assert!(reason(NewtonKrylov { max_products: 0, ..ndf() }).contains("max_products"));
    for forcing in [0.0, -1.0, 1.0, f64::NAN] {
        assert!(reason(NewtonKrylov { forcing, ..ndf() }).contains("forcing"));
        assert!(
            reason(NewtonKrylov { forcing, ..NewtonKrylov::new(KenCarp4) }).contains("forcing")
        );
    }
    let drop = Preconditioning::Ilut { fill: 3, drop: f64::NAN };
    assert!(reason(NewtonKrylov { preconditioning: drop, ..ndf() }).contains("drop"));
}

fn decay() -> FiniteDiff<impl Rhs<f64>> {
    FiniteDiff(FromFn::new(2, |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| {
        (du[0], du[1]) = (-1e3 * (u[0] - u[1]), -u[1]);
    }))
}

/// A Jacobian of your own that has no products.
struct Own;

impl Rhs<f64> for Own {
    fn states(&self) -> usize {
        1
    }
    fn params(&self) -> Option<usize> {
        Some(0)
    }
    fn eval(&self, _t: f64, u: &[f64], _p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        du[0] = -u[0];
        Ok(())
    }
}

impl Jacobian<f64> for Own {
    type Work = ();
    fn jacobian_work(&self) {}
    fn jacobian(
        &self,
        _t: f64,
        _u: &[f64],
        _p: &[f64],
        jac: &mut [f64],
        _work: &mut (),
    ) -> Result<(), Failure> {
        jac[0] = -1.0;
        Ok(())
    }
    fn time_derivative(
        &self,
        _t: f64,
        _u: &[f64],
        _p: &[f64],
        dfdt: &mut [f64],
        _work: &mut (),
    ) -> Result<(), Failure> {
        dfdt[0] = 0.0;
        Ok(())
    }
}

#[test]
fn what_the_right_hand_side_does_not_tell() {
    let ilu0 = NewtonKrylov {
        preconditioning: Preconditioning::Ilu0,
        ..NewtonKrylov::new(Bdf::default())
    };
    let problem = OdeProblem::new(decay(), [1.0, 1.0], [], (0.0, 1.0)).unwrap();
    let error = solve(&problem, ilu0, &options(1e-4)).unwrap_err();
    assert!(error.to_string().contains("Jacobian::pattern"), "{error}");
    // Without one, differences along directions do.
    let end = solve(&problem, NewtonKrylov::new(Bdf::default()), &options(1e-6)).unwrap();
    assert!((end.last()[1] - (-1.0f64).exp()).abs() < 1e-5);

    let own = OdeProblem::new(Own, [1.0], [], (0.0, 1.0)).unwrap();
    let error = solve(&own, NewtonKrylov::new(Bdf::default()), &options(1e-4)).unwrap_err();
    assert!(error.to_string().contains("Jacobian::jvp"), "{error}");
}

#[test]
fn mass_matrices_where_the_method_takes_them() {
    let rhs = WithMass::new(decay(), Mass::diagonal([1.0, 2.0])).unwrap();
    let problem = OdeProblem::new(rhs, [1.0, 1.0], [], (0.0, 1.0)).unwrap();
    let exact = (-0.5f64).exp();
    let end = solve(&problem, NewtonKrylov::new(KenCarp4), &options(1e-6)).unwrap();
    assert!((end.last()[1] - exact).abs() < 1e-5);
    let end = solve(&problem, NewtonKrylov::new(Ndf::default()), &options(1e-6)).unwrap();
    assert!((end.last()[1] - exact).abs() < 1e-5);
}

/// Too few products for the accuracy asked: shorter steps, or a typed error, no wrong answer.
#[test]
fn too_few_products() {
    let problem = Torus { n: 12 }.problem(0.2);
    let poor = NewtonKrylov { restart: 2, max_products: 2, ..NewtonKrylov::new(Ndf::default()) };
    let exact = solve(&problem, Ndf::default(), &options(1e-8)).unwrap();
    match solve(&problem, poor, &options(1e-4)) {
        Ok(end) => assert!(distance(end.last(), exact.last()) < 1e-2),
        Err(error) => assert!(matches!(
            error.kind(),
            ErrorKind::NotConverged { .. } | ErrorKind::MaxSteps { .. }
        )),
    }
}
