//! Explicit where the problem is not stiff, implicit where it is.

use ode_core::{
    Algorithm, Dp5, Events, Integrator, OdeProblem, Options, Progress, Root, Save, Solution, Tsit5,
    Vern7, solve, solve_with,
};
use ode_stiff::{Auto, Ndf, Rodas5P, SwitchRule, Switching};
use system::{Mass, WithMass, system};
use testset::models::RobertsonDae;

system! {
    struct VanDerPol;
    state { x, v }
    params { mu }
    rhs(_t) { d(x) = v; d(v) = mu * (1.0 - x * x) * v - x; }
}

fn options(rtol: f64) -> Options {
    Options { rtol, atol: rtol, save: Save::Last, ..Options::default() }
}

/// The method and whether it is the implicit one, step by step.
fn phases<M: Algorithm<VanDerPol, [f64; 2]>>(method: M, mu: f64, end: f64) -> Vec<(f64, usize)> {
    let problem = OdeProblem::new(VanDerPol, [2.0, 0.0], [mu], (0.0, end)).unwrap();
    let options = options(1e-6);
    let mut integrator = Integrator::new(&problem, method, &options).unwrap();
    let mut phases = Vec::new();
    while integrator.step().unwrap() != Progress::Finished {
        phases.push((integrator.t(), integrator.stats().factorizations));
    }
    phases
}

#[test]
fn the_stability_interval_is_that_of_the_literature() {
    let reach = |method: &dyn Fn() -> f64| method();
    let of = |x: f64, expected: f64| assert!((x - expected).abs() < 6e-3, "{x}, {expected}");
    // Hairer, Wanner II, IV.2: 3.3 and 6.1; Tsitouras' and Verner's pairs: as other programs use them.
    of(reach(&|| Algorithm::<VanDerPol, [f64; 2]>::real_stability(&Dp5)), 3.3066);
    of(reach(&|| Algorithm::<VanDerPol, [f64; 2]>::real_stability(&Tsit5)), 3.5068);
    of(reach(&|| Algorithm::<VanDerPol, [f64; 2]>::real_stability(&Vern7)), 4.64);
}

#[test]
fn a_problem_that_is_not_stiff_never_sees_a_matrix() {
    let steps = phases(Switching::new(Tsit5, Rodas5P), 1.0, 20.0);
    assert!(steps.iter().all(|&(_, matrices)| matrices == 0));
    // The very steps of the explicit method, the first one included, though others start at order 1.
    let explicit = phases(Tsit5, 1.0, 20.0);
    assert_eq!(steps, explicit);
    assert_eq!(phases(Switching::new(Tsit5, Ndf::default()), 1.0, 20.0), explicit);
    assert_eq!(phases(Auto::for_options(&options(1e-6)), 1.0, 20.0), explicit);
    // And the first one of the implicit method, where that one starts.
    let rule = SwitchRule { starts_stiff: true, ..SwitchRule::default() };
    let ndf = phases(Switching { rule, ..Switching::new(Tsit5, Ndf::default()) }, 1.0, 20.0);
    assert_eq!(ndf[0], phases(Ndf::default(), 1.0, 20.0)[0]);
    let rodas = phases(Switching { rule, ..Switching::new(Tsit5, Rodas5P) }, 1.0, 20.0);
    assert_eq!(rodas[0], phases(Rodas5P, 1.0, 20.0)[0]);
}

#[test]
fn relaxation_switches_there_and_back() {
    // Slow and stiff on the branches, fast and not stiff in the jumps at t = 807 + 1614 k.
    let steps = phases(Switching::new(Tsit5, Rodas5P), 1000.0, 3000.0);
    let stiff = |pair: &[(f64, usize)]| pair[1].1 > pair[0].1;
    let kinds: Vec<bool> = steps.windows(2).map(stiff).collect();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(!kinds[0] && (3..=9).contains(&changes), "{changes} changes in {} steps", kinds.len());
    let explicit = kinds.iter().filter(|stiff| !**stiff).count();
    let implicit = kinds.len() - explicit;
    assert!(explicit > 20 && implicit > 100, "{explicit} explicit, {implicit} implicit");
}

#[test]
fn the_answer_is_that_of_the_implicit_method() {
    let reference = testset::problems::vdpol_mu1000().unwrap();
    let (u0, span) = (reference.u0, (0.0, reference.reference.points.last().unwrap().t));
    let expected = &reference.reference.points.last().unwrap().u;
    for rtol in [1e-5, 1e-7] {
        let problem = OdeProblem::new(VanDerPol, u0, [1000.0], span).unwrap();
        let solution = solve(&problem, Switching::new(Tsit5, Rodas5P), &options(rtol)).unwrap();
        let alone = solve(&problem, Rodas5P, &options(rtol)).unwrap();
        let error = (solution.last()[0] - expected[0]).abs();
        assert!(error < 10.0 * rtol, "{error:e}");
        assert!(solution.stats().accepted < 2 * alone.stats().accepted);
        assert!(solution.stats().factorizations < alone.stats().factorizations * 11 / 10);
    }
}

#[test]
fn it_resumes_from_a_checkpoint_anywhere_with_the_same_bits() {
    let problem = OdeProblem::new(VanDerPol, [2.0, 0.0], [300.0], (0.0, 700.0)).unwrap();
    let (options, method) = (options(1e-5), Switching::new(Tsit5, Rodas5P));
    let mut whole = Integrator::new(&problem, method, &options).unwrap();
    let mut checkpoints = Vec::new();
    while whole.step().unwrap() != Progress::Finished {
        checkpoints.push(whole.checkpoint());
    }
    for checkpoint in checkpoints.iter().step_by(7) {
        let mut rest = Integrator::resume(&problem, method, &options, checkpoint).unwrap();
        while rest.step().unwrap() != Progress::Finished {}
        let bits = |u: &[f64]| [u[0].to_bits(), u[1].to_bits()];
        assert_eq!(bits(rest.u()), bits(whole.u()), "from t = {}", checkpoint.t());
    }
    let other = Switching::new(Vern7, Rodas5P);
    assert!(Integrator::resume(&problem, other, &options, &checkpoints[3]).is_err());
}

#[test]
fn events_and_saved_points_go_on_over_a_switch() {
    let problem = OdeProblem::new(VanDerPol, [2.0, 0.0], [100.0], (0.0, 400.0)).unwrap();
    let times: Vec<f64> = (0..=400).map(f64::from).collect();
    let options = Options { rtol: 1e-8, atol: 1e-8, save: Save::At(times), ..Options::default() };
    let crossings = || Events::new().with(Root::new("x = 0", |_, u: &[f64], _| u[0]));
    let (mut ours, mut theirs) = (crossings(), crossings());
    let switching = Switching::new(Tsit5, Rodas5P);
    let found = solve_with(&problem, switching, &options, &mut ours).unwrap();
    let expected = solve_with(&problem, Rodas5P, &options, &mut theirs).unwrap();
    assert_eq!(found.times().len(), expected.times().len());
    for i in 0..found.len() {
        let (a, b) = (found.state(i), expected.state(i));
        assert!((a[0] - b[0]).abs() < 1e-4, "{a:?} {b:?} at {}", found.times()[i]);
    }
    let times =
        |solution: &Solution| -> Vec<f64> { solution.events().iter().map(|e| e.t).collect() };
    let (found, expected) = (times(&found), times(&expected));
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-4), "{found:?}");
}

#[test]
fn a_mass_matrix_is_for_the_implicit_method_alone() {
    let rhs = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let problem = OdeProblem::new(rhs, [1.0, 0.0, 0.0], [0.04, 3e7, 1e4], (0.0, 1e3)).unwrap();
    let options = Options { rtol: 1e-6, atol: 1e-10, ..Options::default() };
    let found = solve(&problem, Switching::new(Tsit5, Rodas5P), &options).unwrap();
    let alone = solve(&problem, Rodas5P, &options).unwrap();
    assert_eq!(found.last(), alone.last());
    assert_eq!(found.method(), Some("Tsit5, Rodas5P where stiff"));
}

/// A hundred waves on a string of masses: eigenvalues on the imaginary axis, only the slowest moves.
#[derive(Clone, Copy)]
struct String100;

impl system::System for String100 {
    fn dim(&self) -> usize {
        200
    }
    fn num_params(&self) -> usize {
        0
    }
    fn rhs<S: system::Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
        let at = |i: usize| if i < 100 { u[i] } else { S::zero() };
        for i in 0..100 {
            let bend = at(i + 1) + at(i.wrapping_sub(1)) - at(i).scale(2.0);
            (du[i], du[100 + i]) = (u[100 + i], bend.scale(1e4));
        }
    }
}

#[test]
fn an_implicit_start_stays_where_fast_waves_are_asleep() {
    let wave = |i: usize| (std::f64::consts::PI * (i + 1) as f64 / 101.0).sin();
    let u0: Vec<f64> = (0..200).map(|i| if i < 100 { wave(i) } else { 0.0 }).collect();
    let problem = OdeProblem::new(String100, u0, [], (0.0, 40.0)).unwrap();
    let options = options(1e-3);
    let rule = SwitchRule { starts_stiff: true, ..SwitchRule::default() };
    let method = Switching { rule, ..Switching::new(Tsit5, Rodas5P) };
    let found = solve(&problem, method, &options).unwrap();
    let explicit = solve(&problem, Tsit5, &options).unwrap();
    let (found_steps, explicit_steps) = (found.stats().accepted, explicit.stats().accepted);
    assert!(4 * found_steps < explicit_steps, "{found_steps}, {explicit_steps}");
    // cos(ω t) with ω = 2 · 100 sin(π / 202).
    let omega = 200.0 * (std::f64::consts::PI / 202.0).sin();
    let exact = (40.0 * omega).cos() * wave(50);
    assert!((found.last()[50] - exact).abs() < 0.05, "{} {exact}", found.last()[50]);
}

#[test]
fn an_implicit_start_gives_way_and_resumes() {
    let problem = OdeProblem::new(VanDerPol, [2.0, 0.0], [1.0], (0.0, 50.0)).unwrap();
    let options = options(1e-6);
    let rule = SwitchRule { starts_stiff: true, ..SwitchRule::default() };
    let method = Switching { rule, ..Switching::new(Tsit5, Rodas5P) };
    let mut whole = Integrator::new(&problem, method, &options).unwrap();
    let mut checkpoints = Vec::new();
    while whole.step().unwrap() != Progress::Finished {
        checkpoints.push(whole.checkpoint());
    }
    assert!((20..30).contains(&whole.stats().factorizations), "{}", whole.stats());
    for checkpoint in checkpoints.iter().step_by(3) {
        let mut rest = Integrator::resume(&problem, method, &options, checkpoint).unwrap();
        while rest.step().unwrap() != Progress::Finished {}
        assert_eq!(rest.u(), whole.u(), "from t = {}", checkpoint.t());
    }
}

#[test]
fn a_slow_start_of_the_implicit_method_is_no_reason_to_leave_it() {
    let akzo = testset::problems::medical_akzo().unwrap();
    let (u0, stops) = (akzo.u0.to_vec(), akzo.reference.stops.clone());
    let problem = OdeProblem::new(akzo.system, u0, akzo.reference.p, (0.0, 10.0)).unwrap();
    let options = Options { atol: 1e-9, stops, ..options(1e-7) };
    let found = solve(&problem, Switching::new(Tsit5, Ndf::default()), &options).unwrap();
    assert!(found.stats().accepted < 1600, "{}", found.stats());
}
