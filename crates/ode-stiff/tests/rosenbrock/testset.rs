//! Rosenbrock methods on the stiff problems and DAEs of the literature.

use crate::stiff_set::{Case, Model, case, cases};
use ode_core::{Algorithm, Events, Integrator, OdeProblem, Options, Root, Save, solve, solve_with};
use ode_stiff::{Rodas4, Rodas4P, Rodas5P, Ros3P, Rosenbrock, Rosenbrock23};
use scalar::Dual;
use testset::models::Robertson;
use testset::{Input, SensitivityReference};

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

/// Steps and factorizations: a change here is a change of the step size control.
#[test]
fn the_work_is_pinned() {
    fn pin<M>(method: M, name: &str, [accepted, factorizations]: [usize; 2])
    where
        M: Rosenbrock + Algorithm<Model, Vec<f64>>,
    {
        // Saved points between the steps of a DAE are moved onto its constraints, which is work of its own.
        let case = case(name);
        let options = Options { save: Save::Last, ..case.options(1e-6) };
        let stats = solve(&case.problem, method, &options).unwrap().stats();
        for (found, wanted) in [(stats.accepted, accepted), (stats.factorizations, factorizations)]
        {
            let slack = 2.max(wanted / 50);
            assert!(found.abs_diff(wanted) <= slack, "{} on {name}: {stats}", M::NAME);
        }
        // One Jacobian a step, one factorization an attempt, one solve a stage; and one of each for the
        // question whether a DAE can start there.
        let admission = usize::from(name.ends_with("_dae"));
        assert_eq!(stats.jacobians, stats.accepted + admission);
        assert_eq!(stats.factorizations, stats.accepted + stats.rejected + admission);
        assert_eq!(
            stats.solves,
            M::TABLEAU.stages() * (stats.factorizations - admission) + admission
        );
    }
    pin(Rodas5P, "rober", [278, 278]);
    pin(Rodas5P, "hires", [304, 304]);
    pin(Rodas5P, "orego", [951, 974]);
    pin(Rodas5P, "vdpol_mu1000", [782, 791]);
    pin(Rodas5P, "chemakzo_dae", [154, 154]);
    pin(Rodas4, "hires", [526, 526]);
    pin(Rodas4P, "hires", [381, 385]);
}

/// The gradient of a solve by duals, against the reference's.
#[test]
fn tangents_of_robertson() {
    let reference = SensitivityReference::load("rober_grad").unwrap();
    let mut u0: Vec<Dual<f64, 3>> = reference.u0.iter().map(|u| Dual::constant(*u)).collect();
    let mut p: Vec<Dual<f64, 3>> = reference.p.iter().map(|p| Dual::constant(*p)).collect();
    for (j, input) in reference.wrt.iter().enumerate() {
        match *input {
            Input::Parameter(i) => p[i].eps[j] = 1.0,
            Input::InitialValue(i) => u0[i].eps[j] = 1.0,
        }
    }
    let points = &reference.state_and_sensitivities;
    let times = points.iter().map(|point| point.t).collect();
    let problem = OdeProblem::over(Robertson, u0, p, reference.tspan).unwrap();
    let options = Options { rtol: 1e-9, atol: 1e-14, save: Save::At(times), ..Options::default() };
    let solution = solve(&problem, Rodas5P, &options).unwrap();
    for (point, (t, u)) in points.iter().zip(solution.iter()) {
        for i in 0..3 {
            for j in 0..reference.wrt.len() {
                let (found, wanted) = (u[i].eps[j], point.du_dq[i][j]);
                let scale = wanted.abs().max(1e-3);
                assert!(
                    (found - wanted).abs() < 1e-6 * scale,
                    "du{i}/dq{j}({t}): {found}, {wanted}"
                );
            }
        }
    }
}

#[test]
fn a_step_allocates_nothing() {
    let case = case("hires");
    let options = Options { rtol: 1e-8, save: Save::Last, ..Options::default() };
    let mut integrator = Integrator::new(&case.problem, Rodas5P, &options).unwrap();
    integrator.step().unwrap();
    let info = allocation_counter::measure(|| {
        for _ in 0..100 {
            integrator.step().unwrap();
        }
    });
    assert_eq!(info.count_total, 0);
}

#[test]
fn a_checkpoint_goes_on_to_the_same_bits() {
    let case = case("orego");
    let options = Options { save: Save::Last, ..Options::default() };
    let mut whole = Integrator::new(&case.problem, Rodas4, &options).unwrap();
    for _ in 0..50 {
        whole.step().unwrap();
    }
    let checkpoint = whole.checkpoint();
    let mut resumed = Integrator::resume(&case.problem, Rodas4, &options, &checkpoint).unwrap();
    for _ in 0..50 {
        whole.step().unwrap();
        resumed.step().unwrap();
        assert_eq!((whole.t(), whole.u()), (resumed.t(), resumed.u()));
    }
}

/// Forwards and backwards, with an event and other number types: all that explicit methods do.
#[test]
fn all_that_surrounds_a_method_works() {
    // x = cos t crosses zero at π/2 although the other component is stiff.
    system::system! {
        struct Slaved;
        state { x, y, z }
        params { k }
        rhs(_t) {
            d(x) = -y;
            d(y) = x;
            d(z) = -k * (z - x * y);
        }
    }
    let problem = OdeProblem::new(Slaved, [1.0, 0.0, 0.0], [1e5], (0.0, 3.0)).unwrap();
    let options = Options { rtol: 1e-9, atol: 1e-11, ..Options::default() };
    let crossing = Root::new("crossing", |_, u: &[f64], _| u[0]).terminal();
    let solution =
        solve_with(&problem, Rodas5P, &options, &mut Events::new().with(crossing)).unwrap();
    let end = solution.ended_by().unwrap().t;
    assert!((end - std::f64::consts::FRAC_PI_2).abs() < 1e-8, "{end}");
    assert!(solution.stats().accepted < 500, "{}", solution.stats());

    let back = OdeProblem::new(Slaved, [1.0, 0.0, 0.0], [-1e5], (0.0, -3.0)).unwrap();
    let back = solve(&back, Rodas5P, &options).unwrap();
    assert!((back.last()[0] - 3f64.cos()).abs() < 1e-7);

    let single = OdeProblem::over(Slaved, [1f32, 0.0, 0.0], [1e4f32], (0.0, 3.0)).unwrap();
    let options = Options { rtol: 1e-4, atol: 1e-5, ..Options::default() };
    let single = solve(&single, Rodas4, &options).unwrap();
    assert!((single.last()[0] - 3f32.cos()).abs() < 1e-3);
}
