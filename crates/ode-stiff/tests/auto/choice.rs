//! What is chosen, why, and that it solves the problem.

use crate::stiff_set;
use ode_core::{Events, Integrator, OdeProblem, Options, Progress, Root, Save, solve_with};
use ode_stiff::{Auto, AutoExplicit, ImplicitMethod, solve_auto};
use std::time::{Duration, Instant};
use system::{Mass, Scalar, System, WithMass};
use testset::models::{Robertson, RobertsonDae};

/// Reactions on a ring of `n` cells, each of which works for a while before it answers.
#[derive(Clone, Copy, Debug)]
struct Ring {
    n: usize,
    work: Duration,
    is_dense: bool,
}

impl System for Ring {
    fn dim(&self) -> usize {
        self.n
    }
    fn num_params(&self) -> usize {
        0
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
        let begin = Instant::now();
        while begin.elapsed() < self.work {
            std::hint::spin_loop();
        }
        let n = self.n;
        let mean = u.iter().copied().sum::<S>().scale(1.0 / n as f64);
        for i in 0..n {
            let around = u[(i + 1) % n] + u[(i + n - 1) % n] - u[i].scale(2.0);
            du[i] = around.scale(1e4) - u[i] * u[i] * u[i];
            if self.is_dense {
                du[i] += mean;
            }
        }
    }
}

fn ring(n: usize, work: Duration, is_dense: bool) -> OdeProblem<Ring, Vec<f64>> {
    let u0 = (0..n).map(|i| (i as f64).sin()).collect();
    OdeProblem::new(Ring { n, work, is_dense }, u0, [], (0.0, 1.0)).unwrap()
}

fn options(rtol: f64) -> Options {
    Options { rtol, atol: 1e-3 * rtol, save: Save::Last, ..Options::default() }
}

#[test]
fn the_explicit_method_follows_the_tolerance() {
    for (rtol, expected) in [
        (1e-3, AutoExplicit::Tsit5),
        (1e-6, AutoExplicit::Tsit5),
        (1e-9, AutoExplicit::Vern7),
        (1e-12, AutoExplicit::Vern9),
    ] {
        assert_eq!(Auto::for_options(&options(rtol)).nonstiff, expected);
    }
    let each = Options { rtol_each: vec![1e-3, 1e-9], ..options(1e-3) };
    assert_eq!(Auto::for_options(&each).nonstiff, AutoExplicit::Vern7);
}

#[test]
fn small_systems_take_no_iteration() {
    let robertson = |rtol| {
        let p = [0.04, 3e7, 1e4];
        let problem = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], p, (0.0, 1e5)).unwrap();
        solve_auto(&problem, &options(rtol)).unwrap()
    };
    let medium = robertson(1e-6);
    assert_eq!(medium.implicit.as_ref().unwrap().method, ImplicitMethod::Rodas5P);
    assert!((medium.solution.last()[0] - 0.017_865_921_142_099_55).abs() < 1e-6);
    assert_eq!(medium.solution.method(), Some("Tsit5, the cheapest where stiff"));
    let text = medium.to_string();
    assert!(text.starts_with("Tsit5, and where the problem is stiff Rodas5P: 3 states"), "{text}");
    let tight = robertson(1e-9);
    assert_eq!(tight.implicit.unwrap().method, ImplicitMethod::RadauIIA5);
}

#[test]
fn dear_right_hand_sides_get_the_method_that_asks_least() {
    let found = solve_auto(&ring(24, Duration::from_micros(100), false), &options(1e-4)).unwrap();
    let choice = found.implicit.unwrap();
    assert_eq!(choice.method, ImplicitMethod::Ndf, "{choice}");
    assert!(choice.timings.unwrap().evaluation >= Duration::from_micros(100));
    assert_eq!(choice.costs.len(), 4);
    assert!(choice.costs[0].1 == 1.0 && choice.costs.is_sorted_by(|a, b| a.1 <= b.1), "{choice}");
    let text = choice.to_string();
    assert!(text.contains("the cheapest for 24 states; measured: evaluation 1"), "{text}");
}

#[test]
fn large_dense_systems_are_never_factored() {
    let problem = ring(3001, Duration::ZERO, true);
    let found = solve_auto(&problem, &Options { max_steps: 40, ..options(1e-3) });
    let stats = found.map_or_else(|e| e.partial().stats(), |found| found.solution.stats());
    assert_eq!(stats.factorizations, 0, "{stats}");
    let sparse = solve_auto(&ring(3001, Duration::ZERO, false), &options(1e-3)).unwrap();
    assert!(sparse.solution.stats().factorizations > 0);
    assert!(sparse.implicit.unwrap().timings.is_some());
}

/// Where diffusion is mild, a system takes few products; its factors fill up.
#[test]
fn large_systems_are_tried_by_iteration() {
    let torus = testset::problems::brusselator_2d_n32().unwrap();
    let (u0, p) = (torus.reference.u0, torus.reference.p);
    let problem = OdeProblem::new(torus.system, u0, p, (0.0, 0.5)).unwrap();
    let found = solve_auto(&problem, &options(1e-4)).unwrap();
    let choice = found.implicit.unwrap();
    assert!(choice.timings.unwrap().iteration.is_some(), "{choice}");
    assert!(choice.to_string().contains("solve by GMRES"), "{choice}");
    let tried = |(method, _): &(ImplicitMethod, f64)| *method == ImplicitMethod::NdfKrylov;
    assert!(choice.costs.iter().any(tried), "{choice}");
    let stats = found.solution.stats();
    match choice.method {
        ImplicitMethod::NdfKrylov => assert!(stats.products > 0 && stats.factorizations == 0),
        _ => assert!(stats.products == 0 && stats.factorizations > 0),
    }
}

#[test]
fn eigenvalues_on_the_imaginary_axis_rule_out_backward_differences() {
    let beam = testset::problems::beam().unwrap();
    let u0 = beam.u0.to_vec();
    let problem = OdeProblem::new(beam.system, u0, beam.reference.p, (0.0, 5.0)).unwrap();
    let found = solve_auto(&problem, &options(1e-3)).unwrap();
    let choice = found.implicit.unwrap();
    assert!(choice.method != ImplicitMethod::Ndf && choice.costs.len() == 3, "{choice}");
    assert!(choice.to_string().contains("imaginary axis"), "{choice}");
    assert!(found.solution.stats().accepted < 500, "{}", found.solution.stats());
}

#[test]
fn oscillations_that_have_to_be_resolved_are_begun_explicitly() {
    let beam = testset::problems::beam().unwrap();
    let u0 = beam.u0.to_vec();
    let problem = OdeProblem::new(beam.system, u0, beam.reference.p, (0.0, 5.0)).unwrap();
    let starts_stiff = |rtol| Auto::for_problem(&problem, &options(rtol)).rule.starts_stiff;
    assert!(starts_stiff(1e-3) && starts_stiff(1e-6));
    assert!(!starts_stiff(1e-7) && !starts_stiff(1e-9));
}

#[test]
fn a_mass_matrix_has_no_explicit_method() {
    let rhs = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let problem = OdeProblem::new(rhs, [1.0, 0.0, 0.0], [0.04, 3e7, 1e4], (0.0, 1e3)).unwrap();
    let found = solve_auto(&problem, &options(1e-6)).unwrap();
    assert_eq!(found.explicit, None);
    assert!(found.to_string().ends_with("the problem has a mass matrix"), "{found}");
    let u = found.solution.last();
    assert!((u[0] + u[1] + u[2] - 1.0).abs() < 1e-9);
    let inconsistent = OdeProblem::new(
        WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap(),
        [1.0, 0.0, 0.5],
        [0.04, 3e7, 1e4],
        (0.0, 1e3),
    );
    let error = solve_auto(&inconsistent.unwrap(), &options(1e-6)).unwrap_err();
    assert!(error.to_string().contains("consistent"), "{error}");
}

#[test]
fn every_small_problem_of_the_set_is_solved_to_its_tolerance() {
    for case in stiff_set::small() {
        let name = case.reference.name.clone();
        for rtol in [1e-4, 1e-7] {
            let auto = Auto::for_options(&case.options(rtol));
            let solution = case.solve(auto.clone(), rtol).unwrap();
            let error = case.error(&solution) / rtol;
            let told = auto.choice().map(|choice| choice.to_string());
            assert!(error <= 55.0, "{name} at {rtol:e}: {error} tolerances, {told:?}");
        }
    }
}

#[test]
fn it_resumes_and_takes_events_like_any_method() {
    let p = [0.04, 3e7, 1e4];
    let problem = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], p, (0.0, 1e4)).unwrap();
    let options = options(1e-6);
    let auto = Auto::for_options(&options);
    let mut whole = Integrator::new(&problem, auto.clone(), &options).unwrap();
    let mut checkpoints = Vec::new();
    while whole.step().unwrap() != Progress::Finished {
        // Before and after the implicit method is chosen.
        if checkpoints.is_empty() || whole.t() > 10.0 && checkpoints.len() == 1 {
            checkpoints.push((auto.choice().is_some(), whole.checkpoint()));
        }
    }
    assert_eq!([checkpoints[0].0, checkpoints[1].0], [false, true]);
    for (_, checkpoint) in checkpoints {
        let mut rest = Integrator::resume(&problem, auto.clone(), &options, &checkpoint).unwrap();
        while rest.step().unwrap() != Progress::Finished {}
        assert_eq!(rest.u(), whole.u());
    }
    let mut events = Events::new().with(Root::new("half", |_, u: &[f64], _| u[0] - 0.5).terminal());
    let auto = Auto::for_options(&options);
    let solution = solve_with(&problem, auto, &options, &mut events).unwrap();
    assert!((solution.last()[0] - 0.5).abs() < 1e-9);
}
