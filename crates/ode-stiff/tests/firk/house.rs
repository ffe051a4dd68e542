//! RadauIIA5 in the house of `ode-core`: duals, checkpoints, events, memory, failures.

use allocation_counter::measure;
use ode_core::{
    ErrorKind, Events, Integrator, OdeProblem, Options, Progress, Root, Save, StepSize, solve,
    solve_with,
};
use ode_stiff::{GaussLegendre4, GaussLegendre6, RadauIIA5};
use scalar::{Dual, Scalar};
use system::{Mass, WithMass};
use testset::SensitivityReference;
use testset::models::{Robertson, VanDerPol};
use testset::problems;

type D3 = Dual<f64, 3>;

/// All sensitivities of Robertson's problem from one solve, by the logarithms of the rates, which
/// makes them comparable; the factors are those of the values.
#[test]
fn duals_carry_the_sensitivities_with_the_factorizations_of_the_values() {
    let reference = SensitivityReference::load("rober_grad").unwrap();
    let u0: [D3; 3] = std::array::from_fn(|i| D3::constant(reference.u0[i]));
    let p: Vec<D3> = (0..3).map(|i| D3::variable(0.0, i).exp().scale(reference.p[i])).collect();
    let ode = OdeProblem::over(Robertson, u0, p, reference.tspan).unwrap();
    let points = &reference.state_and_sensitivities;
    let times: Vec<f64> = points.iter().map(|point| point.t).collect();
    let options = Options {
        rtol: 1e-7,
        atol_each: vec![1e-10, 1e-15, 1e-10],
        stops: times.clone(),
        save: Save::At(times),
        ..Options::default()
    };
    let solution = solve(&ode, RadauIIA5, &options).unwrap();
    let relative = |found: f64, exact: f64| (found - exact).abs() / exact.abs().max(1e-300);
    for (i, point) in points.iter().enumerate().filter(|(_, point)| point.t > 0.0) {
        for x in 0..3 {
            let found = solution.state(i)[x];
            assert!(relative(found.re, point.u[x]) < 1e-7, "u{x} at {}", point.t);
            for q in 0..3 {
                let error = relative(found.eps[q] / reference.p[q], point.du_dq[x][q]);
                assert!(error < 1e-6, "du{x}/dk{q} at {}: {error:e}", point.t);
            }
        }
    }
    let stats = solution.stats();
    // Two systems, real and complex, and the error estimate, each for a value and three tangents.
    assert_eq!(stats.solves % 4, 0, "{stats}");
    assert!(stats.nonlinear_failures < 5 && stats.rejected < 10, "{stats}");
    assert!(stats.factorizations <= 2 * (stats.accepted + stats.rejected), "{stats}");
}

/// Where the tolerance asks for less than rounding, iterations still end.
#[test]
fn tolerances_near_rounding() {
    let ode = OdeProblem::new(VanDerPol, [2.0, 0.0], [100.0], (0.0, 50.0)).unwrap();
    let run = |rtol: f64| {
        let options = Options { rtol, atol: rtol, save: Save::Last, ..Options::default() };
        let solution = solve(&ode, RadauIIA5, &options).unwrap();
        assert!(solution.stats().nonlinear_failures < 10, "{}", solution.stats());
        solution.last()[0]
    };
    assert!((run(1e-12) - run(1e-14)).abs() < 1e-11);
}

#[test]
fn single_precision() {
    let ode = OdeProblem::over(VanDerPol, [2.0_f32, 0.0], [10.0], (0.0, 5.0)).unwrap();
    let wide = OdeProblem::new(VanDerPol, [2.0, 0.0], [10.0], (0.0, 5.0)).unwrap();
    let options = Options { rtol: 1e-4, atol: 1e-5, ..Options::default() };
    let (narrow, wide) =
        (solve(&ode, RadauIIA5, &options).unwrap(), solve(&wide, RadauIIA5, &options).unwrap());
    assert!((f64::from(narrow.last()[0]) - wide.last()[0]).abs() < 1e-3);
}

/// A solve left at every step and taken up again has the bits of one that was not.
#[test]
fn checkpoints_go_on_to_the_same_bits() {
    fn check<S: scalar::BranchScalar + ode_stiff::Parts + PartialEq + 'static>(u0: [S; 2], mu: S) {
        let ode = OdeProblem::over(VanDerPol, u0, [mu], (0.0, 100.0)).unwrap();
        let adaptive = Options { stops: vec![30.0, 60.0], rtol: 1e-5, ..Options::default() };
        let mut whole = Integrator::new(&ode, RadauIIA5, &adaptive).unwrap();
        let mut checkpoint = whole.checkpoint();
        loop {
            let mut resumed = Integrator::resume(&ode, RadauIIA5, &adaptive, &checkpoint).unwrap();
            let progress = whole.step().unwrap();
            assert_eq!(resumed.step().unwrap(), progress);
            assert_eq!((resumed.t(), resumed.u()), (whole.t(), whole.u()));
            assert_eq!(resumed.proposed_size(), whole.proposed_size());
            let (t, mut inside, mut same) = (whole.t() - 0.3 * whole.last_step().dt, u0, u0);
            whole.interpolate(t, &mut inside).unwrap();
            resumed.interpolate(t, &mut same).unwrap();
            assert_eq!(inside, same);
            checkpoint = whole.checkpoint();
            if progress == Progress::Finished {
                break;
            }
        }
    }
    check([2.0, 0.0], 50.0);
    check([2.0_f32, 0.0], 50.0);
    check([D3::variable(2.0, 0), D3::constant(0.0)], D3::variable(50.0, 2));
}

#[test]
fn gauss_checkpoints_too() {
    let ode = OdeProblem::new(VanDerPol, [2.0, 0.0], [3.0], (0.0, 20.0)).unwrap();
    let options = Options { step: StepSize::Fixed(0.03), ..Options::default() };
    let mut whole = Integrator::new(&ode, GaussLegendre6, &options).unwrap();
    let mut checkpoint = whole.checkpoint();
    loop {
        let mut resumed = Integrator::resume(&ode, GaussLegendre6, &options, &checkpoint).unwrap();
        let progress = whole.step().unwrap();
        assert_eq!(resumed.step().unwrap(), progress);
        assert_eq!(resumed.u(), whole.u());
        checkpoint = whole.checkpoint();
        if progress == Progress::Finished {
            break;
        }
    }
}

/// Crossings of Van der Pol's oscillator, by events and by values saved on the way; one solve with
/// another method at a much tighter tolerance says where they are.
#[test]
fn events_and_saved_values() {
    let ode = OdeProblem::new(VanDerPol, [2.0, 0.0], [20.0], (0.0, 60.0)).unwrap();
    let crossings = |rtol: f64, rodas: bool| {
        let times = vec![10.0, 20.0, 30.0];
        let options = Options { rtol, atol: rtol, save: Save::At(times), ..Options::default() };
        let mut events = Events::new().with(Root::new("zero", |_, u, _| u[0]));
        let solution = match rodas {
            true => solve_with(&ode, ode_stiff::Rodas5P, &options, &mut events),
            false => solve_with(&ode, RadauIIA5, &options, &mut events),
        };
        let solution = solution.unwrap();
        let times: Vec<f64> = solution.events().iter().map(|event| event.t).collect();
        let saved: Vec<f64> = (0..3).map(|i| solution.state(i)[0]).collect();
        (times, saved)
    };
    let (exact, ours) = (crossings(1e-11, true), crossings(1e-7, false));
    assert!(exact.0.len() >= 3 && exact.0.len() == ours.0.len());
    for (exact, ours) in exact.0.iter().zip(&ours.0) {
        assert!((exact - ours).abs() < 1e-5, "{exact} {ours}");
    }
    for (exact, ours) in exact.1.iter().zip(&ours.1) {
        assert!((exact - ours).abs() < 2e-6, "{exact} {ours}");
    }
}

/// Steps allocate nothing; for arrays and `Vec`s, floats and duals.
#[test]
fn more_steps_need_no_more_memory() {
    fn check<S, B>(u0: B, mu: S)
    where
        S: scalar::BranchScalar + ode_stiff::Parts + 'static,
        B: system::Buffer<Item = S>,
    {
        let count = |end: f64| {
            let ode = OdeProblem::over(VanDerPol, u0.clone(), [mu], (0.0, end)).unwrap();
            let options = Options { save: Save::Last, ..Options::default() };
            let mut steps = 0;
            let info = measure(|| {
                steps = solve(&ode, RadauIIA5, &options).unwrap().stats().accepted;
            });
            (steps, info.count_total)
        };
        let ((few, short), (many, long)) = (count(10.0), count(400.0));
        assert!(many > 4 * few);
        assert_eq!(short, long);
    }
    check([2.0, 0.0], 30.0);
    check(vec![2.0, 0.0], 30.0);
    check([D3::variable(2.0, 0), D3::constant(0.0)], D3::variable(30.0, 2));
    let count = |end: f64| {
        let ode = OdeProblem::new(VanDerPol, [2.0, 0.0], [3.0], (0.0, end)).unwrap();
        let step = StepSize::Fixed(0.1);
        let options = Options { step, save: Save::Last, ..Options::default() };
        measure(|| drop(solve(&ode, GaussLegendre4, &options).unwrap())).count_total
    };
    assert_eq!(count(1.0), count(20.0));
}

system::system! {
    /// The derivative of the root at 0 is infinite.
    struct Root0;
    state { u }
    params {}
    rhs(_t) { d(u) = -u.sqrt(); }
}

system::system! {
    /// NaN from `t = 1` on.
    struct Ends;
    state { u, v }
    params {}
    rhs(t) {
        d(u) = -u;
        d(v) = -v * (1.0 - t).sqrt();
    }
}

/// A right-hand side whose Jacobian is a lie, so that no Newton iteration converges.
#[derive(Clone, Copy)]
struct Liar;

impl system::Rhs<f64> for Liar {
    fn states(&self) -> usize {
        1
    }
    fn params(&self) -> Option<usize> {
        None
    }
    fn eval(&self, _: f64, u: &[f64], _: &[f64], du: &mut [f64]) -> Result<(), system::Failure> {
        // Never the same slope twice, however near: sin of a huge number.
        du[0] = 1e3 * (1e18 * u[0]).sin();
        Ok(())
    }
}

impl system::Jacobian<f64> for Liar {
    type Work = ();
    fn jacobian_work(&self) {}
    fn jacobian(
        &self,
        _: f64,
        _: &[f64],
        _: &[f64],
        jac: &mut [f64],
        (): &mut (),
    ) -> Result<(), system::Failure> {
        jac[0] = 0.0;
        Ok(())
    }
    fn time_derivative(
        &self,
        _: f64,
        _: &[f64],
        _: &[f64],
        dfdt: &mut [f64],
        (): &mut (),
    ) -> Result<(), system::Failure> {
        dfdt[0] = 0.0;
        Ok(())
    }
}

#[test]
fn failures_say_what_and_where() {
    let ode = OdeProblem::new(Root0, [0.0], [], (0.0, 1.0)).unwrap();
    let error = solve(&ode, RadauIIA5, &Options::default()).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::JacobianNotFinite { of, by, .. } if of == "u" && by == "u")
    );

    let ode = OdeProblem::new(Ends, [1.0, 1.0], [], (0.0, 2.0)).unwrap();
    let error = solve(&ode, RadauIIA5, &Options::default()).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::NonFinite { t, component } if (*t - 1.0).abs() < 1e-6 && component == "v"),
        "{error}"
    );

    let ode = OdeProblem::new(Liar, [1.0], [], (0.0, 1.0)).unwrap();
    let step = StepSize::Fixed(0.1);
    let options = Options { step, ..Options::default() };
    let error = solve(&ode, RadauIIA5, &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotConverged { .. }), "{error}");
    let error = solve(&ode, GaussLegendre4, &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotConverged { .. }), "{error}");

    // Gauss's methods take no mass matrix, and no adaptive steps.
    let problem = problems::rober_dae().unwrap();
    let dae = WithMass::new(problem.system, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let ode = OdeProblem::new(dae, problem.u0, problem.reference.p, (0.0, 1.0)).unwrap();
    let error = solve(&ode, GaussLegendre6, &Options { step, ..Options::default() }).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MassMatrix { .. }), "{error}");
    let error = solve(&ode, GaussLegendre6, &Options::default()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::FixedStepNeeded { .. }), "{error}");
}
