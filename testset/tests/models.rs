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

/// Compares model and text at random points, with random parameters and those of the file.
fn agrees<F: System>(model: &F, equations: &Equations, p: &[f64], positive: bool) {
    let mut random = Uniform(1);
    // Rust names are in lower case; the file of the averages calls r by its Greek name.
    let rust = |name: &String| name.to_lowercase().replace("rho", "r");
    assert_eq!(model.state_names(), equations.variables);
    assert_eq!(model.param_names(), equations.param_names.iter().map(rust).collect::<Vec<_>>());
    let mut du = vec![f64::NAN; model.dim()];
    // Text is read at each call.
    let trials = if model.dim() <= 100 { 200 } else { 12 };
    for trial in 0..trials {
        let t = random.between(-3.0, 6.0);
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
    testset::demanding(&mut compare).unwrap();
    testset::large(&mut compare).unwrap();
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
    testset::demanding(&mut Stiffness(true)).unwrap();
    testset::large(&mut Stiffness(true)).unwrap();
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
    for (u, p) in [(&[0.0; 5][..], &[1.0, 2.0][..]), (&[0.0; 6], &[1.0])] {
        let mut du = [0.0_f64; 6];
        MedicalAkzo { cells: 3 }.rhs(0.0, u, p, &mut du);
        assert!(du.iter().all(|x| x.is_nan()));
    }
    for (u, p) in [(&[0.0; 80][..], &[1.0][..]), (&[0.0; 79], &[])] {
        let mut du = [0.0_f64; 80];
        Beam.rhs(0.0, u, p, &mut du);
        assert!(du.iter().all(|x| x.is_nan()));
    }
    for (u, p) in [(&[0.0; 7][..], &[1.0][..]), (&[0.0; 8], &[])] {
        let mut du = [0.0_f64; 8];
        Brusselator2d { side: 2 }.rhs(0.0, u, p, &mut du);
        assert!(du.iter().all(|x| x.is_nan()));
    }
    for (u, p) in [(&[0.0; 5][..], &[1.0][..]), (&[0.0; 6], &[])] {
        let mut du = [0.0_f64; 6];
        Brusselator1d { cells: 3 }.rhs(0.0, u, p, &mut du);
        assert!(du.iter().all(|x| x.is_nan()));
    }
}

#[test]
fn sized_models_start_as_their_files_say() {
    let akzo = testset::problems::medical_akzo().unwrap();
    assert_eq!(akzo.system.initial_state(), akzo.reference.u0);
    let field = testset::problems::brusselator_2d_n32().unwrap();
    for (ours, listed) in field.system.initial_state().iter().zip(&field.reference.u0) {
        assert!((ours - listed).abs() < 1e-14, "{ours} {listed}");
    }
    assert!(Brusselator2d { side: 0 }.initial_state().is_empty());
    // One cell, which is its own neighbour, does not move by diffusion.
    let mut du = [0.0; 2];
    Brusselator2d { side: 1 }.rhs(0.0, &[1.0, 1.0], &[0.1], &mut du);
    assert!((du[0] + 2.4_f64).abs() < 1e-15 && (du[1] - 2.4).abs() < 1e-15);
}

/// What reactions conserve, they conserve exactly: in the listed values too.
#[test]
fn invariants_of_the_demanding_problems() {
    let pollution = testset::problems::pollution().unwrap();
    let (sulfur, nitrogen) = (0.007, 0.2);
    for point in &pollution.reference.points {
        let y: [f64; 20] = point.u.clone().try_into().unwrap();
        assert!((Pollution::sulfur(y) / sulfur - 1.0).abs() < 1e-15);
        assert!((Pollution::nitrogen(y) / nitrogen - 1.0).abs() < 1e-15);
    }
    let pyrolysis = testset::problems::pyrolysis_e5().unwrap();
    for point in &pyrolysis.reference.points {
        let y: [f64; 4] = point.u.clone().try_into().unwrap();
        assert!(Pyrolysis::balance(y).abs() <= 1e-14 * y[1], "{}", point.t);
    }
}
