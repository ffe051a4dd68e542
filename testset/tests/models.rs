//! The models are the equations of the files: their text is evaluated and compared.

use system::System;
use testset::models::*;
use testset::{
    AverageReference, ClosedFormSensitivity, Equations, EventReference, Problem,
    SensitivityReference, Visitor,
};

/// Uniform numbers from a linear congruential generator.
struct Uniform(u64);

impl Uniform {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        low + (high - low) * (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Compares model and text at 200 random points, with random parameters and those of the file.
fn agrees<F: System>(model: &F, equations: &Equations, p: &[f64], positive: bool) {
    let mut random = Uniform(1);
    // Rust names are in lower case; the file of the averages calls r by its Greek name.
    let rust = |name: &String| name.to_lowercase().replace("rho", "r");
    assert_eq!(model.state_names(), equations.variables);
    assert_eq!(model.param_names(), equations.param_names.iter().map(rust).collect::<Vec<_>>());
    let mut du = vec![f64::NAN; model.dim()];
    for trial in 0..200 {
        let t = random.between(-3.0, 3.0);
        let low = if positive { 0.1 } else { -2.0 };
        let u: Vec<f64> = (0..model.dim()).map(|_| random.between(low, 2.0)).collect();
        let random_p: Vec<f64> = p.iter().map(|_| random.between(0.2, 2.0)).collect();
        let p = if trial % 2 == 0 { p } else { &random_p };
        model.rhs(t, &u, p, &mut du);
        let want = equations.eval(t, &u, p).unwrap();
        assert_eq!(du.len(), want.len());
        let size = want.iter().fold(1.0, |m: f64, x| m.max(x.abs()));
        for (i, (got, want)) in du.iter().zip(&want).enumerate() {
            assert!((got - want).abs() <= 1e-13 * size, "{i}: {got} {want} {equations:?}");
        }
    }
}

struct Compare(Vec<String>);

impl Visitor for Compare {
    fn visit<F: System + Copy, const N: usize>(&mut self, problem: &Problem<F, N>) {
        let reference = &problem.reference;
        let positive = reference.name == "chemakzo_dae";
        agrees(&problem.system, &reference.equations, &reference.p, positive);
        self.0.push(reference.name.clone());
    }
}

#[test]
fn every_problem_is_its_file() {
    let mut compare = Compare(Vec::new());
    testset::nonstiff(&mut compare).unwrap();
    testset::measured(&mut compare).unwrap();
    testset::stiff(&mut compare).unwrap();
    testset::differential_algebraic(&mut compare).unwrap();
    let mut names: Vec<String> = Vec::new();
    for entry in testset::index().unwrap() {
        if matches!(entry.kind, testset::Kind::Ode | testset::Kind::DaeIndex1) {
            names.push(entry.name);
        }
    }
    names.sort();
    compare.0.sort();
    assert_eq!(compare.0, names);
}

#[test]
fn the_groups_are_those_of_the_files() {
    struct Stiffness(bool);
    impl Visitor for Stiffness {
        fn visit<F: System + Copy, const N: usize>(&mut self, problem: &Problem<F, N>) {
            assert_eq!(problem.reference.stiff, self.0, "{}", problem.reference.name);
        }
    }
    testset::nonstiff(&mut Stiffness(false)).unwrap();
    testset::measured(&mut Stiffness(false)).unwrap();
    testset::stiff(&mut Stiffness(true)).unwrap();
}

#[test]
fn the_other_references_are_about_the_same_models() {
    let gradient = |name| SensitivityReference::load(name).unwrap();
    let (lv, lorenz, rober) =
        (gradient("lv_grad"), gradient("lorenz_grad_short"), gradient("rober_grad"));
    agrees(&LotkaVolterra, &lv.equations, &lv.p, false);
    agrees(&Lorenz63, &lorenz.equations, &lorenz.p, false);
    agrees(&Robertson, &rober.equations, &rober.p, false);
    let closed = |name| ClosedFormSensitivity::load(name).unwrap();
    for name in ["sens_exponential_decay", "adjoint_integral_cost"] {
        agrees(&ExponentialDecay, &closed(name).equations, &[0.7], false);
    }
    let oscillator = closed("sens_damped_oscillator");
    agrees(&LinearDampedOscillator, &oscillator.equations, &oscillator.p, false);
    let event = |name| EventReference::load(name).unwrap();
    agrees(&BouncingBall, &event("event_bouncing_ball").equations, &[9.81, 0.8], false);
    agrees(&Projectile, &event("event_projectile_terminal").equations, &[9.81], false);
    let crossings = event("event_oscillator_zero_crossings");
    agrees(&HarmonicOscillator, &crossings.equations, &[], false);
    let average = AverageReference::load("lorenz_time_average_sensitivity").unwrap();
    agrees(&Lorenz63, &average.equations, &average.p, false);
}

#[test]
fn wrong_lengths_give_nan() {
    for (u, p) in [(&[0.0; 27][..], &[][..]), (&[0.0; 28], &[1.0])] {
        let mut du = [0.0_f64; 28];
        Pleiades.rhs(0.0, u, p, &mut du);
        assert!(du.iter().all(|x| x.is_nan()));
    }
    for (u, p) in [(&[0.0; 5][..], &[1.0][..]), (&[0.0; 6], &[])] {
        let mut du = [0.0_f64; 6];
        Brusselator1d { cells: 3 }.rhs(0.0, u, p, &mut du);
        assert!(du.iter().all(|x| x.is_nan()));
    }
}
