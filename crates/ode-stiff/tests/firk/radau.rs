//! RadauIIA5 against reference values, published runs of the code RADAU5, and its orders.

use ode_core::{Integrator, OdeProblem, Options, Progress, Save, Solution, Stats, StepSize, solve};
use ode_stiff::RadauIIA5;
use system::System;
use testset::models::{LinearDampedOscillator, ProtheroRobinson, VanDerPolScaled};
use testset::{ErasedProblem, problems};

/// Absolute tolerances: a hundredth of the relative one, in units of each component's largest value.
fn options(reference: &testset::Reference, rtol: f64) -> Options {
    let atol_each = reference.scale().iter().map(|scale| 1e-2 * rtol * scale).collect();
    Options { rtol, atol_each, ..Options::default() }
}

/// A run that ends a step at every listed time, and its largest scaled error there.
fn run(problem: &ErasedProblem, rtol: f64, stops: bool) -> (f64, Stats) {
    let ErasedProblem { model, reference, .. } = problem;
    let times = reference.times();
    let (u0, p) = (reference.u0.clone(), reference.p.clone());
    let ode = OdeProblem::new(model.clone(), u0, p, reference.tspan).unwrap();
    let options = Options {
        save: Save::At(times.clone()),
        stops: if stops { times } else { Vec::new() },
        ..options(reference, rtol)
    };
    let solution: Solution = solve(&ode, RadauIIA5, &options).unwrap();
    let states: Vec<&[f64]> = (0..solution.len()).map(|i| solution.state(i)).collect();
    (reference.scaled_error(&states).unwrap(), solution.stats())
}

/// The problem of this name.
fn named(name: &str) -> ErasedProblem {
    let mut problems = [ErasedProblem::stiff(), ErasedProblem::demanding()].into_iter();
    problems
        .find_map(|list| list.unwrap().into_iter().find(|problem| problem.reference.name == name))
        .unwrap()
}

#[test]
fn every_stiff_problem_to_its_tolerance() {
    for problem in ErasedProblem::stiff().unwrap() {
        for rtol in [1e-4, 1e-6, 1e-8] {
            let (error, stats) = run(&problem, rtol, true);
            let name = &problem.reference.name;
            assert!(error < 8.0 * rtol, "{name} at {rtol:e}: {error:e}");
            assert!(stats.jacobians < stats.accepted + stats.rejected, "{name}: {stats}");
        }
    }
}

/// The same from the interpolant, wherever the steps end.
#[test]
fn saved_values_to_the_tolerance() {
    for problem in ErasedProblem::stiff().unwrap() {
        let name = &problem.reference.name;
        // A step of Prothero and Robinson's problem is as long as the slow solution bends, and no
        // error estimate sees what an interpolant does inside: ends of steps only, see above.
        if name == "prothero_robinson" {
            continue;
        }
        for rtol in [1e-4, 1e-6] {
            let (error, _) = run(&problem, rtol, false);
            assert!(error < 10.0 * rtol, "{name} at {rtol:e}: {error:e}");
        }
    }
}

/// Robertson to 1e11, where the smallest concentration is 8e-14.
#[test]
fn every_digit_of_robertson_to_the_end() {
    let problem = problems::rober().unwrap();
    let reference = &problem.reference;
    let p = reference.p.clone();
    let ode = OdeProblem::new(problem.system, problem.u0, p, reference.tspan).unwrap();
    let options = Options { rtol: 1e-8, atol: 1e-20, save: Save::Last, ..Options::default() };
    let solution = solve(&ode, RadauIIA5, &options).unwrap();
    let last = reference.points.len() - 1;
    let error = reference.relative_error(last, solution.last()).unwrap();
    assert!(error < 1e-7, "{error:e}");
    let mass: f64 = solution.last().iter().sum();
    assert!((mass - 1.0).abs() < 1e-12);
}

/// By the rule of RADAU5 errors are 20 times the tolerance where that is 1e-11.
#[test]
fn tight_tolerances_are_kept_as_well_as_loose_ones() {
    for name in ["hires", "pollution"] {
        let problem = named(name);
        for rtol in [1e-7, 1e-9, 1e-11] {
            let (error, _) = run(&problem, rtol, true);
            assert!(error < 3.0 * rtol, "{name} at {rtol:e}: {error:e}");
        }
    }
}

/// Where the relative tolerance asks for nothing that can be had, steps are held to the absolute one.
#[test]
fn an_absolute_tolerance_alone() {
    let problem = problems::vdpol_mu1000().unwrap();
    let reference = &problem.reference;
    let p = reference.p.clone();
    let ode = OdeProblem::new(problem.system, problem.u0, p, reference.tspan).unwrap();
    let options = Options { rtol: 1e-20, atol: 1e-7, save: Save::Last, ..Options::default() };
    let solution = solve(&ode, RadauIIA5, &options).unwrap();
    let exact = &reference.points.last().unwrap().u;
    assert!((solution.last()[0] - exact[0]).abs() < 1e-6, "{}", solution.stats());
}

/// What a change of the method's policies would change. The counts are ours: pinned with some room,
/// so that another rounding does not fail them.
#[test]
fn work_is_what_it_was() {
    fn check(name: &str, rtol: f64, counts: [usize; 5]) {
        let (_, stats) = run(&named(name), rtol, false);
        let Stats { accepted, evaluations, jacobians, factorizations, solves, .. } = stats;
        let found = [accepted, evaluations, jacobians, factorizations, solves];
        for (found, expected) in found.iter().zip(counts) {
            assert!(found.abs_diff(expected) <= 3 + expected / 20, "{name} {rtol:e}: {stats}");
        }
    }
    check("rober", 1e-4, [102, 773, 69, 220, 549]);
    check("vdpol_mu1000", 1e-4, [255, 2201, 107, 436, 1562]);
    check("hires", 1e-4, [58, 589, 36, 118, 413]);
    check("orego", 1e-6, [576, 5015, 223, 824, 3551]);
    check("brusselator_1d_n20", 1e-6, [74, 511, 16, 74, 366]);
}

/// Hairer and Wanner's own example, Van der Pol with ε = 1e-6 from (2, -0.66), tolerances 1e-4, first
/// step 1e-6 (their driver `dr1_radau5.f`). It prints y(2) = (1.706163410178, -0.892797128930), 2248
/// evaluations, 162 Jacobians, 280 steps of which 242 accepted and 8 rejected, 253 decompositions and
/// 668 solves, each a real and a complex one. It does not count the solves of error estimates.
#[test]
fn the_published_run_of_radau5() {
    let ode = OdeProblem::new(VanDerPolScaled, [2.0, -0.66], [1e-6], (0.0, 2.0)).unwrap();
    let step = StepSize::Initial(1e-6);
    let options = Options { rtol: 1e-4, atol: 1e-4, step, save: Save::Last, ..Options::default() };
    let solution = solve(&ode, RadauIIA5, &options).unwrap();
    let stats = solution.stats();
    assert!(stats.accepted.abs_diff(242) <= 24, "{stats}");
    assert!(stats.accepted + stats.rejected <= 280, "{stats}");
    assert!(stats.evaluations <= 2248, "{stats}");
    assert!(stats.jacobians <= 162, "{stats}");
    assert!(stats.factorizations <= 2 * 253, "{stats}");
    assert!(stats.solves <= 2 * 668 + 280, "{stats}");
    // Both are within the tolerance of the true value.
    let reference = problems::vdpol_scaled().unwrap().reference;
    let exact = &reference.points.last().unwrap().u;
    for (found, published, exact) in [
        (solution.last()[0], 1.706_163_410_178, exact[0]),
        (solution.last()[1], -0.892_797_128_930, exact[1]),
    ] {
        assert!((published - exact).abs() < 1e-4);
        assert!((found - exact).abs() < 1e-4, "{found}");
    }
}

/// Errors at the end of fixed steps, and the largest one inside them.
fn fixed(
    system: impl System + Copy,
    (u0, p): ([f64; 2], Vec<f64>),
    steps: usize,
    exact: impl Fn(f64) -> [f64; 2],
) -> (f64, f64) {
    let end = 2.0;
    let ode = OdeProblem::new(system, u0, p, (0.0, end)).unwrap();
    let step = StepSize::Fixed(end / steps as f64);
    let options = Options { rtol: 1e-13, atol: 1e-15, step, ..Options::default() };
    let mut integrator = Integrator::new(&ode, RadauIIA5, &options).unwrap();
    let distance = |u: &[f64], t: f64| {
        let exact = exact(t);
        (u[0] - exact[0]).abs().max((u[1] - exact[1]).abs())
    };
    let mut inside = 0.0_f64;
    loop {
        let progress = integrator.step().unwrap();
        let step = integrator.last_step();
        for k in 1..10 {
            let t = step.t + step.dt * f64::from(k) / 10.0;
            let mut u = [0.0; 2];
            integrator.interpolate(t, &mut u).unwrap();
            inside = inside.max(distance(&u, t));
        }
        if progress == Progress::Finished {
            return (distance(integrator.u(), end), inside);
        }
    }
}

#[test]
fn order_five_and_dense_output_as_good_where_nothing_is_stiff() {
    let reference = problems::linear_damped_oscillator().unwrap().reference;
    let p = reference.p.clone();
    let exact = |t: f64| LinearDampedOscillator::exact(t, [1.0, 0.5], [p[0], p[1]]);
    let run = |steps| fixed(LinearDampedOscillator, ([1.0, 0.5], p.clone()), steps, exact);
    let ((end, inside), (end_half, inside_half)) = (run(10), run(20));
    let order = (end / end_half).log2();
    assert!((4.8..5.3).contains(&order), "{order}: {end:e} {end_half:e}");
    let order = (inside / inside_half).log2();
    assert!((4.6..5.3).contains(&order), "dense {order}: {inside:e} {inside_half:e}");
    assert!(inside < 30.0 * end, "{inside:e} {end:e}");
}

/// Prothero and Robinson's problem with λ = 1e6: errors of stiffly accurate collocation are
/// `O(h³ / λ)`, where an order of the classical theory would be five without the factor.
#[test]
fn stiff_errors_are_small_as_lambda_is_large() {
    let run = |steps: usize| {
        let ode = OdeProblem::new(ProtheroRobinson, [1.0], [1e6], (0.0, 10.0)).unwrap();
        let step = StepSize::Fixed(10.0 / steps as f64);
        let options =
            Options { rtol: 1e-13, atol: 1e-15, step, save: Save::Steps, ..Options::default() };
        let solution = solve(&ode, RadauIIA5, &options).unwrap();
        let error = |i: usize| (solution.state(i)[0] - solution.times()[i].cos()).abs();
        (0..solution.len()).map(error).fold(0.0, f64::max)
    };
    let (coarse, fine) = (run(10), run(20));
    assert!(coarse < 1e-6, "{coarse:e}");
    let order = (coarse / fine).log2();
    assert!(order > 2.7, "{order}: {coarse:e} {fine:e}");
}

/// The interpolant has the ends of its steps, also under control.
#[test]
fn dense_output_is_continuous() {
    let problem = problems::orego().unwrap();
    let reference = &problem.reference;
    let p = reference.p.clone();
    let ode = OdeProblem::new(problem.system, problem.u0, p, reference.tspan).unwrap();
    let options = options(reference, 1e-5);
    let mut integrator = Integrator::new(&ode, RadauIIA5, &options).unwrap();
    while integrator.step().unwrap() != Progress::Finished {
        let (step, u, before) =
            (integrator.last_step(), integrator.u().to_vec(), integrator.u_before().to_vec());
        let dense = integrator.dense().unwrap();
        let mut at = [0.0; 3];
        for (t, u) in [(step.t, before), (step.t + step.dt, u)] {
            dense.eval(t, &mut at);
            for i in 0..3 {
                assert!((at[i] - u[i]).abs() <= 1e-12 * u[i].abs().max(1.0));
            }
        }
    }
}
