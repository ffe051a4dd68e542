//! Invariants, number types, sensitivities, edits, memory, and failures that say what happened.

use allocation_counter::measure;
use ode_core::{
    Algorithm, ErrorKind, Integrator, OdeProblem, Options, Progress, Save, StepSize, solve,
};
use ode_stiff::{
    ImplicitEuler, ImplicitMidpoint, KenCarp3, KenCarp4, KenCarp5, Kvaerno3, Kvaerno4, Kvaerno5,
    TrBdf2, Trapezoid,
};
use scalar::{Dual, Lanes, Scalar};
use system::{Failure, FiniteDiff, FromFn, Jacobian, Rhs, System};
use testset::models::{Kepler, Robertson};

system::system! {
    /// Euler's rigid body: two quadratic invariants, energy and the square of the momentum.
    #[derive(Clone, Copy)]
    struct RigidBody;
    state { a, b, c }
    params { }
    rhs(_t) {
        d(a) = (1.0 / 3.0 - 1.0 / 2.0) * b * c;
        d(b) = (1.0 - 1.0 / 3.0) * c * a;
        d(c) = (1.0 / 2.0 - 1.0) * a * b;
    }
}

#[test]
fn the_midpoint_rule_keeps_quadratic_invariants_to_round_off() {
    let invariants = |u: &[f64]| {
        let momentum = u.iter().map(|u| u * u).sum::<f64>();
        [momentum, u[0] * u[0] + u[1] * u[1] / 2.0 + u[2] * u[2] / 3.0]
    };
    let u0 = [1.0, 0.5, 0.9];
    let problem = OdeProblem::new(RigidBody, u0, [], (0.0, 2000.0)).unwrap();
    // The tolerances do not matter.
    for rtol in [1e-3, 1e-9] {
        let options = Options { step: StepSize::Fixed(0.2), rtol, ..Options::default() };
        let solution = solve(&problem, ImplicitMidpoint, &options).unwrap();
        assert_eq!(solution.stats().accepted, 10_000);
        let start = invariants(&u0);
        for (t, u) in solution.iter() {
            let now = invariants(u);
            let drift = (now[0] - start[0]).abs().max((now[1] - start[1]).abs());
            assert!(drift < 2e-13, "{t}: {drift:e}");
        }
    }
    // Another method of the same order loses them by far more.
    let options = Options { step: StepSize::Fixed(0.2), ..Options::default() };
    let other = solve(&problem, TrBdf2, &options).unwrap();
    assert!((invariants(other.last())[0] - invariants(&u0)[0]).abs() > 1e-4);
}

#[test]
fn the_midpoint_rule_is_symmetric() {
    let problem = OdeProblem::new(Kepler, [0.5, 0.0, 0.0, 3.0_f64.sqrt()], [1.0], (0.0, 3.0));
    let problem = problem.unwrap();
    let options = Options { step: StepSize::Fixed(0.01), ..Options::default() };
    let there = solve(&problem, ImplicitMidpoint, &options).unwrap();
    let mut u = [0.0; 4];
    u.copy_from_slice(there.last());
    let back = OdeProblem::new(Kepler, u, [1.0], (3.0, 0.0)).unwrap();
    let back = solve(&back, ImplicitMidpoint, &options).unwrap();
    for (u, start) in back.last().iter().zip([0.5, 0.0, 0.0, 3.0_f64.sqrt()]) {
        assert!((u - start).abs() < 1e-12, "{u} {start}");
    }
}

/// Every method for the same problem.
macro_rules! every {
    ($f:ident) => {
        $f(ImplicitEuler);
        $f(TrBdf2);
        $f(Kvaerno3);
        $f(Kvaerno4);
        $f(Kvaerno5);
        $f(KenCarp3);
        $f(KenCarp4);
        $f(KenCarp5);
    };
}

const P: [f64; 3] = [0.04, 3e7, 1e4];

#[test]
fn arrays_and_vectors_take_the_same_steps() {
    fn check<A>(method: A)
    where
        A: Algorithm<Robertson, [f64; 3]> + Algorithm<Robertson, Vec<f64>> + Copy,
    {
        let options = Options { rtol: 1e-4, atol: 1e-9, ..Options::default() };
        let array = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], P, (0.0, 1e3)).unwrap();
        let vector = OdeProblem::new(Robertson, vec![1.0, 0.0, 0.0], P, (0.0, 1e3)).unwrap();
        let (a, b) = (solve(&array, method, &options), solve(&vector, method, &options));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!((a.stats(), a.states()), (b.stats(), b.states()));
    }
    every!(check);
}

#[test]
fn single_precision_is_enough_for_two_digits() {
    fn check<A: Algorithm<Robertson, [f32; 3]>>(method: A) {
        let p = P.map(|p| p as f32);
        let problem = OdeProblem::over(Robertson, [1.0_f32, 0.0, 0.0], p, (0.0, 400.0)).unwrap();
        let options = Options { rtol: 1e-4, atol: 1e-8, ..Options::default() };
        let u = solve(&problem, method, &options).unwrap();
        let u = u.last();
        for (u, exact) in u.iter().zip([0.450_518_5, 3.223e-6, 0.549_478_2]) {
            assert!((f64::from(*u) - exact).abs() < 3e-8 + 5e-3 * exact, "{u} {exact}");
        }
    }
    every!(check);
}

#[test]
fn duals_carry_sensitivities_and_newton_converges_in_them() {
    type D = Dual<f64, 3>;
    let reference = testset::SensitivityReference::load("rober_grad").unwrap();
    assert_eq!(reference.p, P);
    let p: [D; 3] = std::array::from_fn(|k| D::variable(P[k], k));
    let u0 = [D::constant(1.0), D::constant(0.0), D::constant(0.0)];
    let problem = OdeProblem::over(Robertson, u0, p, reference.tspan).unwrap();
    // The tangents by the second rate are of the size of 1e-9 and smaller.
    let points = &reference.state_and_sensitivities;
    let stops: Vec<f64> = points.iter().map(|point| point.t).skip(1).collect();
    let options = Options { rtol: 1e-8, atol: 1e-18, stops, ..Options::default() };
    let check = |name: &str, solution: ode_core::Solution<D>| {
        for point in &points[1..] {
            let u = solution.at(point.t).unwrap();
            for (i, u) in u.iter().enumerate() {
                assert!((u.re / point.u[i] - 1.0).abs() < 1e-6);
                for (k, exact) in point.du_dq[i].iter().enumerate() {
                    let error = (u.eps[k] / exact - 1.0).abs();
                    assert!(error < 1e-5, "{name}, t = {}, {i}, {k}: {error:e}", point.t);
                }
            }
        }
    };
    check("KenCarp5", solve(&problem, KenCarp5, &options).unwrap());
    check("Kvaerno5", solve(&problem, Kvaerno5, &options).unwrap());
    check("KenCarp4", solve(&problem, KenCarp4, &options).unwrap());
}

#[test]
fn nested_duals_give_second_derivatives() {
    system::system! {
        #[derive(Clone, Copy)]
        struct Logistic;
        state { x }
        params { rate }
        rhs(_t) { d(x) = rate * x * (1.0 - x); }
    }
    type D = Dual<Dual<f64, 1>, 1>;
    let rate = D { re: Dual { re: 2.0, eps: [1.0] }, eps: [Dual::constant(1.0)] };
    let problem = OdeProblem::over(Logistic, [D::from_f64(0.1)], [rate], (0.0, 1.5)).unwrap();
    let options = Options { rtol: 1e-10, atol: 1e-12, ..Options::default() };
    let x = solve(&problem, KenCarp5, &options).unwrap().last()[0];
    // x = 1 / (1 + 9 e^(-rate t)): x' = t x (1 - x), x'' = t² x (1 - x) (1 - 2 x).
    let (t, v) = (1.5, 1.0 / (1.0 + 9.0 * (-3.0_f64).exp()));
    assert!((x.re.re - v).abs() < 1e-8);
    assert!((x.eps[0].re - t * v * (1.0 - v)).abs() < 1e-7);
    assert!((x.eps[0].eps[0] - t * t * v * (1.0 - v) * (1.0 - 2.0 * v)).abs() < 1e-6);
}

#[test]
fn lanes_are_solved_side_by_side() {
    let k1 = Lanes([0.04, 0.02]);
    let p = [k1, Lanes([3e7; 2]), Lanes([1e4; 2])];
    let u0 = [Lanes([1.0; 2]), Lanes([0.0; 2]), Lanes([0.0; 2])];
    let problem = OdeProblem::over(Robertson, u0, p, (0.0, 100.0)).unwrap();
    let options = Options { rtol: 1e-8, atol: 1e-13, ..Options::default() };
    let both = solve(&problem, KenCarp4, &options).unwrap();
    for lane in 0..2 {
        let p = [k1.0[lane], 3e7, 1e4];
        let alone = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], p, (0.0, 100.0)).unwrap();
        let alone = solve(&alone, KenCarp4, &options).unwrap();
        for (both, alone) in both.last().iter().zip(alone.last()) {
            assert!((both.0[lane] / alone - 1.0).abs() < 1e-6);
        }
    }
}

#[test]
fn an_edit_restarts_the_method() {
    fn check<A: Algorithm<Robertson, [f64; 3]> + Copy>(method: A) {
        let options = Options { rtol: 1e-5, atol: 1e-10, ..Options::default() };
        let problem = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], P, (0.0, 10.0)).unwrap();
        let mut integrator = Integrator::new(&problem, method, &options).unwrap();
        for _ in 0..20 {
            integrator.step().unwrap();
        }
        let t = integrator.t();
        integrator.p_mut()[0] = 0.08;
        integrator.u_mut()[2] += 0.1;
        let mut u = [0.0; 3];
        u.copy_from_slice(integrator.u());
        while integrator.step().unwrap() != Progress::Finished {}
        let fresh = OdeProblem::new(Robertson, u, [0.08, 3e7, 1e4], (t, 10.0)).unwrap();
        let fresh =
            solve(&fresh, method, &Options { save: Save::Last, ..options.clone() }).unwrap();
        assert_eq!(integrator.u(), fresh.last(), "{}", method.name());
    }
    every!(check);
}

#[test]
fn a_solve_goes_on_from_a_checkpoint_with_the_same_bits() {
    fn check<A, const N: usize>(method: A, p: [f64; 3])
    where
        A: Algorithm<Robertson, [f64; 3]> + Copy,
    {
        let adaptive = method.is_adaptive();
        let (step, end) = match adaptive {
            true => (StepSize::Auto, 100.0),
            false => (StepSize::Fixed(1e-5), 1e-3),
        };
        let options = Options { step, rtol: 1e-5, atol: 1e-10, ..Options::default() };
        let problem = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], p, (0.0, end)).unwrap();
        let mut whole = Integrator::new(&problem, method, &options).unwrap();
        for _ in 0..N {
            whole.step().unwrap();
        }
        let checkpoint = whole.checkpoint();
        let mut resumed = Integrator::resume(&problem, method, &options, &checkpoint).unwrap();
        for integrator in [&mut whole, &mut resumed] {
            while integrator.step().unwrap() != Progress::Finished {}
        }
        assert_eq!(whole.u(), resumed.u(), "{}", method.name());
        assert_eq!(whole.stats().accepted, resumed.stats().accepted);
        assert_eq!(whole.stats().jacobians, resumed.stats().jacobians);
    }
    fn both<A: Algorithm<Robertson, [f64; 3]> + Copy>(method: A) {
        check::<A, 7>(method, P);
        check::<A, 20>(method, P);
    }
    every!(both);
    both(Trapezoid);
    both(ImplicitMidpoint);
}

#[test]
fn steps_and_their_interpolants_allocate_nothing() {
    fn check<A: Algorithm<Robertson, Vec<f64>> + Copy>(method: A) {
        let (step, end) = match method.is_adaptive() {
            true => (StepSize::Auto, 1e4),
            false => (StepSize::Fixed(1e-5), 1e-3),
        };
        let problem = OdeProblem::new(Robertson, vec![1.0, 0.0, 0.0], P, (0.0, end)).unwrap();
        let options = Options { step, rtol: 1e-4, atol: 1e-9, ..Options::default() };
        let mut integrator = Integrator::new(&problem, method, &options).unwrap();
        let mut u = [0.0; 3];
        integrator.step().unwrap();
        integrator.interpolate(0.5 * integrator.t(), &mut u).unwrap();
        let info = measure(|| {
            while integrator.step().unwrap() != Progress::Finished {
                let taken = integrator.last_step();
                integrator.interpolate(taken.t + 0.5 * taken.dt, &mut u).unwrap();
            }
        });
        assert!(integrator.stats().accepted > 20);
        assert_eq!(info.count_total, 0, "{}", method.name());
    }
    every!(check);
    check(Trapezoid);
    check(ImplicitMidpoint);
}

#[test]
fn matrices_of_large_systems_are_kept_for_many_steps() {
    let problem = testset::problems::brusselator_1d_n20().unwrap();
    let p = problem.reference.p.clone();
    let ode = OdeProblem::new(problem.system, problem.u0, p, problem.reference.tspan).unwrap();
    let stats = solve(&ode, KenCarp3, &Options::default()).unwrap().stats();
    assert!(stats.accepted > 100 && stats.jacobians * 10 < stats.accepted, "{stats}");
    assert!(stats.factorizations * 5 < stats.accepted, "{stats}");
}

/// A right-hand side whose Jacobian is its own.
struct Own {
    jacobian: fn(f64) -> f64,
}

impl Rhs<f64> for Own {
    fn states(&self) -> usize {
        1
    }
    fn params(&self) -> Option<usize> {
        None
    }
    fn eval(&self, _t: f64, u: &[f64], _p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        du[0] = -1e3 * (u[0] - 1.0).powi(3) - u[0];
        Ok(())
    }
    fn names(&self) -> Vec<String> {
        vec!["load".to_owned()]
    }
}

impl Jacobian<f64> for Own {
    type Work = ();
    fn jacobian_work(&self) {}
    fn jacobian(
        &self,
        t: f64,
        _u: &[f64],
        _p: &[f64],
        jac: &mut [f64],
        (): &mut (),
    ) -> Result<(), Failure> {
        jac[0] = (self.jacobian)(t);
        Ok(())
    }
    fn time_derivative(
        &self,
        _t: f64,
        _u: &[f64],
        _p: &[f64],
        dfdt: &mut [f64],
        (): &mut (),
    ) -> Result<(), Failure> {
        dfdt[0] = 0.0;
        Ok(())
    }
}

#[test]
fn failures_say_what_happened_and_where() {
    fn fail<F: Jacobian<f64>>(rhs: F, u0: f64, step: StepSize) -> ode_core::SolveError<f64> {
        let problem = OdeProblem::new(rhs, [u0], [], (0.0, 1.0)).unwrap();
        let options = Options { step, ..Options::default() };
        solve(&problem, KenCarp4, &options).unwrap_err()
    }
    let nan =
        fail(Own { jacobian: |t| if t > 0.5 { f64::NAN } else { -1.0 } }, 1.0, StepSize::Auto);
    assert!(
        matches!(nan.kind(), ErrorKind::JacobianNotFinite { t, of, by }
        if *t > 0.5 && of == "load" && by == "load"),
        "{nan}"
    );
    // 1 / (γ dt) = 40 is an eigenvalue of the Jacobian that is given.
    let singular = fail(Own { jacobian: |_| 40.0 }, 1.0, StepSize::Fixed(0.1));
    assert!(
        matches!(singular.kind(), ErrorKind::SingularMatrix { component, .. }
        if component == "load"),
        "{singular}"
    );
    // A Jacobian of the wrong sign.
    let wrong = fail(Own { jacobian: |_| 500.0 }, 3.0, StepSize::Fixed(0.1));
    assert!(matches!(wrong.kind(), ErrorKind::NotConverged { t: 0.0, dt: 0.1 }), "{wrong}");
}

#[test]
fn a_wrong_jacobian_costs_steps_and_not_accuracy() {
    let exact = OdeProblem::new(Own { jacobian: |_| -1e4 }, [3.0], [], (0.0, 1.0)).unwrap();
    let rough = OdeProblem::new(Own { jacobian: |_| -100.0 }, [3.0], [], (0.0, 1.0)).unwrap();
    let options = Options { rtol: 1e-8, atol: 1e-10, ..Options::default() };
    let (a, b) = (solve(&exact, KenCarp4, &options), solve(&rough, KenCarp4, &options));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert!((a.last()[0] - b.last()[0]).abs() < 1e-7);
    assert!(a.stats().nonlinear_failures + b.stats().nonlinear_failures > 0);
}

#[test]
fn a_model_that_refuses_a_point_is_asked_again_nearer() {
    // The square root's domain ends where the solution does.
    let root = FromFn::fallible(1, |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| {
        if u[0] < 0.0 {
            return Err(Failure::Recoverable);
        }
        du[0] = -u[0].sqrt();
        Ok(())
    });
    let problem = OdeProblem::new(FiniteDiff(root), [1.0], [], (0.0, 1.9)).unwrap();
    let solution = solve(&problem, Kvaerno3, &Options::default()).unwrap();
    assert!((solution.last()[0] - 0.0025).abs() < 1e-4, "{:?}", solution.last());
}

#[test]
fn systems_of_no_stiffness_are_solved_as_well() {
    struct Rotation;
    impl System for Rotation {
        fn dim(&self) -> usize {
            2
        }
        fn num_params(&self) -> usize {
            0
        }
        fn rhs<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
            du[0] = u[1];
            du[1] = -u[0];
        }
    }
    let problem = OdeProblem::new(Rotation, [1.0, 0.0], [], (0.0, 10.0)).unwrap();
    let options = Options { rtol: 1e-8, atol: 1e-10, ..Options::default() };
    for u in
        [solve(&problem, KenCarp5, &options).unwrap(), solve(&problem, Kvaerno4, &options).unwrap()]
    {
        assert!((u.last()[0] - 10.0_f64.cos()).abs() < 1e-6);
        // Between the points, too.
        assert!((u.at(3.3).unwrap()[1] + 3.3_f64.sin()).abs() < 1e-6);
    }
}
