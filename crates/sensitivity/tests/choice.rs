//! The algorithm that is chosen, why, and what an audit finds.

use ode_core::{OdeProblem, Options, Save, Vern7};
use scalar::Scalar;
use sensitivity::{
    AutoGradient, Automatic, ErrorKind, ForwardSensitivity, Gradient, GradientAlgorithm, Loss,
    gradient,
};
use system::{Mass, System, WithMass};
use testset::models::{LotkaVolterra, Robertson, RobertsonDae};

struct Sum;

impl Loss for Sum {
    fn at<S: Scalar>(&self, i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u.iter().map(|&u| u * u).sum::<S>().scale(1.0 + i as f64)
    }
}

fn close(found: &Gradient, expected: &Gradient, tol: f64) {
    let flat = |g: &Gradient| [&g.u0[..], &g.p, &[g.t0, g.t1], &g.times].concat();
    let (found, expected) = (flat(found), flat(expected));
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (i, (f, e)) in found.iter().zip(&expected).enumerate() {
        assert!((f - e).abs() <= tol * scale, "[{i}]: {f} vs {e}, scale {scale}");
    }
}

fn lotka() -> OdeProblem<LotkaVolterra, Vec<f64>> {
    OdeProblem::new(LotkaVolterra, vec![1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 5.0)).unwrap()
}

fn save(times: &[f64]) -> Options {
    Options { save: Save::At(times.to_vec()), ..Options::default() }
}

/// Cells in a ring, each with its own rate of decay.
struct Ring {
    cells: usize,
}

impl System for Ring {
    fn dim(&self) -> usize {
        self.cells
    }
    fn num_params(&self) -> usize {
        self.cells
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let n = self.cells;
        for i in 0..n {
            du[i] = (u[(i + n - 1) % n] + u[(i + 1) % n] - u[i].scale(2.0)) - p[i] * u[i] * u[i];
        }
    }
}

fn ring(cells: usize, rate: f64) -> OdeProblem<Ring, Vec<f64>> {
    let u0: Vec<f64> = (0..cells).map(|i| 1.0 + 0.3 * (i as f64).sin()).collect();
    let p: Vec<f64> = (0..cells).map(|i| rate * (1.0 + 0.3 * (i as f64).cos())).collect();
    OdeProblem::new(Ring { cells }, u0, p, (0.0, 2.0)).unwrap()
}

/// Few inputs forward, many backward, stiff ones by implicit methods, mass matrices too; all of them right, and told.
#[test]
fn the_choice_follows_the_problem() {
    let says = |found: &AutoGradient, algorithm: GradientAlgorithm, words: &[&str]| {
        let report = found.report();
        assert_eq!(found.choice.algorithm, algorithm, "{report}");
        for word in words.iter().chain(&[algorithm.name(), "plain solves", "expected costs"]) {
            assert!(report.contains(word), "{word}: {report}");
        }
    };
    let tight = Options { rtol: 1e-10, atol: 1e-10, ..save(&[1.0, 5.0]) };
    let few = gradient(&lotka(), &tight, &Sum).unwrap();
    says(&few, GradientAlgorithm::Forward, &["Vern7", "2 states and 4 parameters, not stiff"]);

    let tight = Options { rtol: 1e-10, atol: 1e-10, ..save(&[0.7, 2.0]) };
    let wide = ring(40, 1.0);
    let many = gradient(&wide, &tight, &Sum).unwrap();
    says(&many, GradientAlgorithm::Discrete, &["Vern7", "40 states and 40 parameters, not stiff"]);
    let expected = ForwardSensitivity.gradient(&wide, Vern7, &tight, &Sum).unwrap();
    close(&many.gradient, &expected, 1e-8);

    let options = Options { rtol: 1e-6, atol: 1e-9, ..save(&[1.0, 40.0]) };
    let rates = [0.04, 3e7, 1e4];
    let stiff = OdeProblem::new(Robertson, vec![1.0, 0.0, 0.0], rates, (0.0, 40.0)).unwrap();
    let found = gradient(&stiff, &options, &Sum).unwrap();
    says(&found, found.choice.algorithm, &["Rodas5P", "3 states and 3 parameters, stiff"]);
    let model = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let dae = OdeProblem::new(model, vec![1.0, 0.0, 0.0], rates, (0.0, 40.0)).unwrap();
    let with_mass = Automatic::default().gradient_of_dae(&dae, &options, &Sum).unwrap();
    says(&with_mass, with_mass.choice.algorithm, &["Rodas5P", "with a mass matrix"]);
    for (a, b) in found.gradient.p.iter().zip(&with_mass.gradient.p) {
        assert!((a - b).abs() < 1e-3 * a.abs(), "{a} {b}");
    }
}

/// What is asked for is done, or refused with what to take instead.
#[test]
fn the_choice_can_be_overridden() {
    let options = Options { rtol: 1e-9, atol: 1e-9, ..save(&[1.0, 5.0]) };
    let expected = gradient(&lotka(), &options, &Sum).unwrap().gradient;
    for algorithm in
        [GradientAlgorithm::Forward, GradientAlgorithm::Discrete, GradientAlgorithm::Gauss]
    {
        let automatic = Automatic { algorithm: Some(algorithm), ..Automatic::default() };
        let found = automatic.gradient(&lotka(), &options, &Sum).unwrap();
        assert!(found.gradient.report.algorithm == algorithm.name());
        assert!(found.choice.why.starts_with("asked for"));
        close(&found.gradient, &expected, 1e-6);
    }
    let discrete =
        Automatic { algorithm: Some(GradientAlgorithm::Discrete), ..Automatic::default() };
    let rates = [0.04, 3e7, 1e4];
    let model = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let dae = OdeProblem::new(model, vec![1.0, 0.0, 0.0], rates, (0.0, 40.0)).unwrap();
    let error = discrete.gradient_of_dae(&dae, &options, &Sum).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains("GaussAdjoint"), "{error}");
}

/// A bound on the memory is kept, and costs time and not digits.
#[test]
fn memory_is_bounded() {
    let wide = ring(40, 1.0);
    let options = Options { rtol: 1e-9, atol: 1e-9, ..save(&[2.0]) };
    for algorithm in [GradientAlgorithm::Discrete, GradientAlgorithm::Gauss] {
        let of = |memory: usize| {
            let automatic =
                Automatic { algorithm: Some(algorithm), memory, ..Automatic::default() };
            automatic.gradient(&wide, &options, &Sum).unwrap().gradient
        };
        let (all, some) = (of(1 << 30), of(12_000));
        assert!(all.report.replayed == 0 && some.report.replayed > 0, "{}", some.report);
        assert!(some.report.bytes < all.report.bytes, "{}\n{}", some.report, all.report);
        close(&some, &all, 1e-7);
    }
}

/// Trap 6: what is computed and what is meant have different derivatives. The audit says so at a loose tolerance, input by input,
/// and is silent at a tight one.
#[test]
fn loose_tolerances_are_reported() {
    let audited = |rtol: f64, algorithm: GradientAlgorithm| {
        let options = Options { rtol, atol: rtol, ..save(&[1.0, 2.5, 5.0]) };
        let automatic =
            Automatic { audit: Some(1e-3), algorithm: Some(algorithm), ..Automatic::default() };
        automatic.gradient(&lotka(), &options, &Sum).unwrap()
    };
    for algorithm in
        [GradientAlgorithm::Forward, GradientAlgorithm::Discrete, GradientAlgorithm::Gauss]
    {
        let tight = audited(1e-9, algorithm);
        let audit = tight.audit.as_ref().unwrap();
        assert!(audit.independent != algorithm && audit.algorithm == algorithm);
        assert_eq!(audit.warnings().count(), 0, "{audit}");
        assert!(tight.report().contains("no difference above 1e-3"), "{}", tight.report());
        let worst = audit.worst().map_or(0.0, |worst| worst.relative);
        assert!(worst < 1e-5, "{audit}");

        let loose = audited(1e-2, algorithm);
        let audit = loose.audit.as_ref().unwrap();
        assert!(audit.warnings().count() > 3, "{audit}");
        let worst = audit.worst().unwrap();
        assert!(worst.relative > 1e-2 && worst.found != worst.independent, "{audit}");
        let report = loose.report();
        for word in ["tighten", "x(0)", "t0", "t[2]"] {
            assert!(report.contains(word), "{word}: {report}");
        }
        // What is reported is what both algorithms found.
        let csv = audit.to_csv();
        assert_eq!(csv.lines().count(), 1 + audit.differences.len());
        let row = csv.lines().nth(3).unwrap();
        let numbers: Vec<f64> = row.split(',').skip(1).map(|x| x.parse().unwrap()).collect();
        assert_eq!(numbers[0], loose.gradient.p[0]);
        let relative = (numbers[0] - numbers[1]).abs() / numbers[0].abs().max(numbers[1].abs());
        assert!((relative - numbers[2]).abs() < 1e-12);
    }
}

/// A model whose derivative is wrong is caught: the audit is by other code.
#[test]
fn a_wrong_product_is_caught() {
    struct Wrong;
    impl System for Wrong {
        fn dim(&self) -> usize {
            1
        }
        fn num_params(&self) -> usize {
            2
        }
        fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
            du[0] = -p[0] * u[0] + p[1];
        }
        fn vjp<S: Scalar>(
            &self,
            _t: S,
            u: &[S],
            p: &[S],
            du_bar: &[S],
            u_bar: &mut [S],
            p_bar: &mut [S],
        ) -> bool {
            u_bar[0] -= p[0] * du_bar[0];
            p_bar[0] -= u[0] * du_bar[0];
            p_bar[1] += du_bar[0].scale(1.1);
            true
        }
    }
    let problem = OdeProblem::new(Wrong, vec![2.0], [0.5, 0.3], (0.0, 1.0)).unwrap();
    let audited = Automatic { audit: Some(1e-3), ..Automatic::default() };
    let found = audited.gradient(&problem, &save(&[1.0]), &Sum).unwrap();
    let audit = found.audit.unwrap();
    let wrong: Vec<&str> = audit.warnings().map(|warning| warning.input.as_str()).collect();
    assert_eq!(wrong, ["p2"], "{audit}");
    assert!((audit.worst().unwrap().relative - 0.1 / 1.1).abs() < 1e-3, "{audit}");
}
