//! Mass matrices, regular and singular, against duals through the same solver.

use crate::models::{Tangled, Zoo};
use crate::{close, flat};
use ode_core::{Algorithm, ErrorKind as SolveKind, OdeProblem, Options, Save, StepSize, solve};
use ode_stiff::{
    KenCarp4, Kvaerno5, RadauIIA5, Rodas4P, Rodas5P, Rosenbrock23, TrBdf2, consistent,
};
use scalar::{Dual, Scalar};
use sensitivity::{DiscreteAdjoint, DiscreteMethod, ErrorKind, Gradient, Loss, StepControl};
use system::{Mass, System, WithMass};
use testset::models::RobertsonDae;

type D = Dual<f64, 1>;

/// The derivative by each input, of which the algebraic variables follow the others.
fn by_duals<F, M, L>(
    problem: &OdeProblem<WithMass<F>, Vec<f64>>,
    method: &M,
    options: &Options,
    loss: &L,
) -> Vec<f64>
where
    F: System + Clone,
    M: Algorithm<WithMass<F>, Vec<D>>,
    L: Loss,
{
    let inputs = [&problem.u0()[..], problem.p()].concat();
    let along = |k: usize| {
        let lift = |(i, &re): (usize, &f64)| Dual { re, eps: [f64::from(u8::from(i == k))] };
        let mut u: Vec<D> = inputs.iter().enumerate().map(lift).collect();
        let p = u.split_off(problem.u0().len());
        let rhs = problem.rhs().clone();
        let lifted = OdeProblem::over(rhs, u, p.clone(), problem.tspan()).unwrap();
        let initial = consistent(&lifted, options).unwrap().u;
        let lifted = lifted.with_u0(initial).unwrap();
        let solution = solve(&lifted, method.clone(), options).unwrap();
        let mut total = loss.penalty(&p);
        for (i, (t, u)) in solution.iter().enumerate() {
            total += loss.at(i, D::from_f64(t), u, &p);
        }
        total.eps[0]
    };
    (0..inputs.len()).map(along).collect()
}

fn options(times: &[f64], stops: &[f64]) -> Options {
    Options {
        step: StepSize::Fixed(0.05),
        save: Save::At(times.to_vec()),
        stops: stops.to_vec(),
        rtol: 1e-12,
        atol: 1e-12,
        ..Options::default()
    }
}

fn masses() -> Vec<Mass> {
    let coupled =
        [[1.0, 0.5, 0.0, 0.0], [0.3, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]];
    // The last two states move together only, and the last two equations count as their difference.
    let joined =
        [[1.0, 0.0, 0.2, 0.2], [0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.5, 0.5]];
    let regular =
        [[1.0, 0.5, 0.0, 0.0], [0.3, 2.0, 0.0, 0.1], [0.0, 0.0, 1.0, 0.0], [0.0, 0.2, 0.0, 3.0]];
    let mut all = vec![Mass::diagonal([1.0, 2.0, 0.0, 0.0])];
    all.extend([coupled, joined, regular].iter().map(|rows| Mass::dense(rows).unwrap()));
    all
}

fn check<M>(method: M, masses: &[Mass], stops: &[f64], tol: f64)
where
    M: DiscreteMethod<WithMass<Zoo>, Tangled, Vec<f64>> + Algorithm<WithMass<Zoo>, Vec<D>>,
{
    let options = options(&[0.0, 0.13, 0.25, 0.4, 0.57, 0.8], stops);
    for (i, mass) in masses.iter().enumerate() {
        let rhs = WithMass::new(Zoo::Bound, mass.clone()).unwrap();
        let u0 = vec![0.7, 0.4, 0.3, 0.6];
        let problem = OdeProblem::new(rhs, u0, [0.9, 1.3, 0.4], (0.0, 0.8)).unwrap();
        let u0 = consistent(&problem, &options).unwrap().u;
        let problem = problem.with_u0(u0).unwrap();
        let expected = by_duals(&problem, &method, &options, &Tangled::POINTS);
        for control in [StepControl::State, StepControl::Sensitivity] {
            let found = DiscreteAdjoint { control, ..DiscreteAdjoint::default() }
                .gradient(&problem, method.clone(), &options, &Tangled::POINTS)
                .unwrap();
            close(&flat(&found), &expected, tol, &format!("mass matrix {i}"));
        }
    }
}

#[test]
fn rosenbrock_methods() {
    check(Rosenbrock23, &masses()[..1], &[0.4], 1e-11);
    check(Rodas4P, &masses()[..2], &[0.4], 1e-11);
    check(Rodas5P, &masses(), &[0.4], 1e-11);
}

#[test]
fn diagonally_implicit_methods() {
    check(TrBdf2, &masses()[..1], &[0.4], 1e-10);
    check(KenCarp4, &masses(), &[0.4], 1e-10);
    check(Kvaerno5, &masses()[..2], &[0.4], 1e-10);
}

/// Steps end at the save times.
#[test]
fn radau() {
    check(RadauIIA5, &masses(), &[0.13, 0.25, 0.4, 0.57], 1e-10);
}

/// The integral of a running term beside a mass matrix is that of one more state with the derivative `g`.
#[test]
fn a_running_term() {
    struct Running;
    impl Loss for Running {
        fn running<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
            Tangled::BOTH.running(t, u, p)
        }
    }
    #[derive(Clone)]
    struct WithIntegral;
    impl System for WithIntegral {
        fn dim(&self) -> usize {
            5
        }
        fn num_params(&self) -> usize {
            3
        }
        fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
            Zoo::Bound.rhs(t, &u[..4], p, &mut du[..4]);
            du[4] = Tangled::BOTH.running(t, u, p);
        }
    }
    struct Last;
    impl Loss for Last {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[4]
        }
    }
    let options = options(&[0.8], &[]);
    let mass = Mass::diagonal([1.0, 2.0, 0.0, 0.0]);
    let rhs = WithMass::new(Zoo::Bound, mass).unwrap();
    let problem =
        OdeProblem::new(rhs, vec![0.7, 0.4, 0.3, 0.6], [0.9, 1.3, 0.4], (0.0, 0.8)).unwrap();
    let u0 = consistent(&problem, &options).unwrap().u;
    let with = [&u0[..], &[0.0]].concat();
    let problem = problem.with_u0(u0).unwrap();
    let found = DiscreteAdjoint::default().gradient(&problem, Rodas5P, &options, &Running).unwrap();
    let rhs = WithMass::new(WithIntegral, Mass::diagonal([1.0, 2.0, 0.0, 0.0, 1.0])).unwrap();
    let problem = OdeProblem::new(rhs, with, [0.9, 1.3, 0.4], (0.0, 0.8)).unwrap();
    let expected = by_duals(&problem, &Rodas5P, &options, &Last);
    close(&found.u0, &expected[..4], 1e-11, "by the start");
    close(&found.p, &expected[5..], 1e-11, "by the parameters");
}

/// The same gradient as the differential equations have, and none by the algebraic variable.
#[test]
fn robertson() {
    struct Middle;
    impl Loss for Middle {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[0] + u[1].scale(1e4) + u[2] * u[2]
        }
    }
    let times = vec![0.4, 4.0, 400.0, 4e4];
    let options = Options {
        rtol: 1e-9,
        atol: 1e-13,
        max_steps: 1_000_000,
        save: Save::At(times),
        ..Options::default()
    };
    let (u0, p) = (vec![1.0, 0.0, 0.0], [0.04, 3e7, 1e4]);
    let rhs = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let dae = OdeProblem::new(rhs, u0.clone(), p, (0.0, 4e4)).unwrap();
    let ode = OdeProblem::new(testset::models::Robertson, u0, p, (0.0, 4e4)).unwrap();
    let gradient = |found: Result<Gradient, sensitivity::Error>| found.unwrap();
    let adjoint = DiscreteAdjoint::default();
    let expected = gradient(adjoint.gradient(&ode, Rodas5P, &options, &Middle));
    let u = &expected.u0;
    for found in [
        gradient(adjoint.gradient(&dae, Rodas5P, &options, &Middle)),
        gradient(adjoint.gradient(&dae, Kvaerno5, &options, &Middle)),
        gradient(adjoint.gradient(&dae, RadauIIA5, &options, &Middle)),
    ] {
        close(&[found.loss], &[expected.loss], 1e-8, "the loss");
        for (f, e) in found.p.iter().zip(&expected.p) {
            assert!((f - e).abs() < 1e-6 * e.abs(), "{f} {e}");
        }
        // Where the first moves, the third moves against it.
        close(&found.u0, &[u[0] - u[2], u[1] - u[2], 0.0], 1e-6, "by the start");
        close(&[found.t0], &[expected.t0], 1e-6, "by the start of time");
        // By u', which multiplies what is left of the stiff part by 1e4.
        close(&found.times, &expected.times, 2e-3, "by save times");
        assert!(found.u0[2].abs() < 1e-12 * u[0].abs());
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let rhs = WithMass::new(Zoo::Bound, Mass::diagonal([1.0, 2.0, 0.0, 0.0])).unwrap();
    let problem =
        OdeProblem::new(rhs, vec![0.7, 0.4, 0.3, 5.0], [0.9, 1.3, 0.4], (0.0, 0.8)).unwrap();
    let error = DiscreteAdjoint::default()
        .gradient(&problem, Rodas5P, &options(&[0.8], &[]), &Tangled::POINTS)
        .unwrap_err();
    let ErrorKind::Solve(error) = error.kind() else { panic!("{error}") };
    assert!(matches!(error.kind(), SolveKind::Inconsistent { .. }), "{error}");
}
