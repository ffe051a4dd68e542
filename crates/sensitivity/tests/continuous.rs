//! Continuous adjoints against forward sensitivities and closed forms.

use ode_core::{OdeProblem, Options, Save, Tsit5, Vern7};
use ode_stiff::{Bdf, KenCarp4, RadauIIA5, Rodas5P};
use scalar::Scalar;
use sensitivity::{
    BacksolveAdjoint, Error, ErrorKind, ForwardSensitivity, GaussAdjoint, GaussRule, Gradient,
    InterpolatingAdjoint, Loss, QuadratureAdjoint, SolvesAdjoint, Warning,
};
use system::System;
use testset::models::{LotkaVolterra, Robertson, TimeSwitchedLotkaVolterra};

/// Every algorithm that keeps the solution.
fn gradients<F, L, A>(
    problem: &OdeProblem<F, Vec<f64>>,
    method: A,
    options: &Options,
    loss: &L,
) -> Vec<(&'static str, Result<Gradient, Error>)>
where
    F: System,
    L: Loss,
    A: SolvesAdjoint<F, L>,
{
    let legendre = GaussAdjoint::default();
    let kronrod = GaussAdjoint { rule: GaussRule::Kronrod, ..legendre };
    let interpolating = InterpolatingAdjoint::default();
    let pieces = InterpolatingAdjoint { segments: 5, ..interpolating };
    let quadrature = QuadratureAdjoint::default();
    let in_segments = GaussAdjoint { segments: 4, ..legendre };
    let m = || method.clone();
    vec![
        ("interpolating", interpolating.gradient(problem, m(), options, loss)),
        ("interpolating, segments", pieces.gradient(problem, m(), options, loss)),
        ("quadrature", quadrature.gradient(problem, m(), options, loss)),
        ("Gauss", legendre.gradient(problem, m(), options, loss)),
        ("Gauss, segments", in_segments.gradient(problem, m(), options, loss)),
        ("Gauss-Kronrod", kronrod.gradient(problem, m(), options, loss)),
    ]
}

/// By all inputs in one.
fn flat(gradient: &Gradient) -> Vec<f64> {
    [&gradient.u0[..], &gradient.p, &[gradient.t0, gradient.t1], &gradient.times].concat()
}

fn close(found: &Gradient, expected: &Gradient, tol: f64, what: &str) {
    let off = (found.loss - expected.loss).abs();
    assert!(off <= tol * expected.loss.abs(), "{what}: {} {}", found.loss, expected.loss);
    let (found, expected) = (flat(found), flat(expected));
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (i, (f, e)) in found.iter().zip(&expected).enumerate() {
        assert!((f - e).abs() <= tol * scale, "{what}[{i}]: {f} vs {e}, scale {scale}");
    }
    assert_eq!(found.len(), expected.len());
}

/// Depends on everything, at points and along the way.
struct Tangled;

impl Loss for Tangled {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], p: &[S]) -> S {
        let weight = t + S::from_f64(1.0 + i as f64);
        u[0] * u[1] * weight + (p[0] * u[0]).sin() + u[1].powi(3).scale(0.1)
    }
    fn running<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
        u[0] * u[0] * p[1] + t * u[1]
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        p[1] * p[2]
    }
}

fn lotka(tspan: (f64, f64)) -> OdeProblem<LotkaVolterra, Vec<f64>> {
    OdeProblem::new(LotkaVolterra, vec![1.0, 1.0], [1.5, 1.0, 3.0, 1.0], tspan).unwrap()
}

#[test]
fn all_agree_on_lotka_volterra() {
    for (tspan, times) in [((0.0, 2.0), [0.0, 0.3, 1.1, 2.0]), ((2.0, 0.5), [2.0, 1.7, 1.0, 0.5])] {
        let problem = lotka(tspan);
        let save = Save::At(times.to_vec());
        let tight =
            Options { rtol: 1e-12, atol: 1e-12, max_steps: 1_000_000, save, ..Options::default() };
        let expected = ForwardSensitivity.gradient(&problem, Vern7, &tight, &Tangled).unwrap();
        let mut found = gradients(&problem, Vern7, &tight, &Tangled);
        found.push((
            "backsolve",
            BacksolveAdjoint::default().gradient(&problem, Vern7, &tight, &Tangled),
        ));
        let plain = BacksolveAdjoint { checkpoints: false, ..BacksolveAdjoint::default() };
        found.push(("plain backsolve", plain.gradient(&problem, Vern7, &tight, &Tangled)));
        for (name, gradient) in found {
            close(&gradient.unwrap(), &expected, 1e-9, name);
        }
    }
}

#[test]
fn loose_tolerances_are_followed() {
    let problem = lotka((0.0, 5.0));
    let save = Save::At((0..=10).map(|i| 0.5 * f64::from(i)).collect());
    let tight = Options {
        rtol: 1e-12,
        atol: 1e-12,
        max_steps: 1_000_000,
        save: save.clone(),
        ..Options::default()
    };
    let expected = ForwardSensitivity.gradient(&problem, Vern7, &tight, &Tangled).unwrap();
    for rtol in [1e-4, 1e-6, 1e-8] {
        let options = Options { rtol, atol: rtol, save: save.clone(), ..Options::default() };
        for (name, gradient) in gradients(&problem, Tsit5, &options, &Tangled) {
            close(&gradient.unwrap(), &expected, 100.0 * rtol, &format!("{name} at {rtol:e}"));
        }
    }
}

/// All states at the end, and the middle one along the way.
struct Robust;

impl Loss for Robust {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[0] + u[1].scale(1e4) + u[2] * u[2]
    }
    fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[1].scale(1e3)
    }
}

#[test]
fn stiff_solves_by_implicit_methods() {
    let rates = [0.04, 3e7, 1e4];
    let problem = OdeProblem::new(Robertson, vec![1.0, 0.0, 0.0], rates, (0.0, 40.0)).unwrap();
    let options = |rtol: f64| Options {
        rtol,
        atol: 1e-6 * rtol,
        max_steps: 1_000_000,
        save: Save::At(vec![1.0, 10.0, 40.0]),
        ..Options::default()
    };
    let exact = ForwardSensitivity.gradient(&problem, RadauIIA5, &options(1e-11), &Robust).unwrap();
    // In units of the parameters, whose sizes differ by 1e9.
    let scaled = |gradient: &Gradient| -> Vec<f64> {
        let by_p = gradient.p.iter().zip(rates).map(|(g, p)| g * p);
        gradient.u0.iter().copied().chain(by_p).collect()
    };
    let expected = scaled(&exact);
    let check = |found: Vec<(&'static str, Result<Gradient, Error>)>, what: &str| {
        for (name, gradient) in found {
            let gradient = gradient.unwrap();
            for (i, (f, e)) in scaled(&gradient).iter().zip(&expected).enumerate() {
                assert!((f - e).abs() < 1e-6 * e.abs(), "{what}, {name}[{i}]: {f} vs {e}");
            }
        }
    };
    check(gradients(&problem, RadauIIA5, &options(1e-9), &Robust), "RadauIIA5");
    check(gradients(&problem, Rodas5P, &options(1e-9), &Robust), "Rodas5P");
    check(gradients(&problem, KenCarp4, &options(1e-9), &Robust), "KenCarp4");
    check(gradients(&problem, Bdf::default(), &options(1e-10), &Robust), "Bdf");
}

/// Trap 1 of adjoints: the state stands still, its sensitivities do not. The adjoint is under error
/// control of its own.
#[test]
fn time_switched_lotka_volterra() {
    type Model = TimeSwitchedLotkaVolterra;
    struct Sum;
    impl Loss for Sum {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[0] + u[1]
        }
    }
    let problem = OdeProblem::new(Model {}, Model::U0.to_vec(), Model::P, Model::TSPAN).unwrap();
    let options = Options {
        rtol: 1e-9,
        atol: 1e-9,
        save: Save::At(Model::save_times().to_vec()),
        stops: Model::SWITCH_TIMES.to_vec(),
        ..Options::default()
    };
    for (name, gradient) in gradients(&problem, Vern7, &options, &Sum) {
        for (found, exact) in gradient.unwrap().p.iter().zip(Model::exact_gradient()) {
            assert!((found - exact).abs() < 1e-6, "{name}: {found} vs {exact}");
        }
    }
}

system::system! {
    struct Decay;
    state { u }
    params { k }
    rhs(_t) { d(u) = -k * u; }
}

struct End;

impl Loss for End {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[0]
    }
}

#[test]
fn backsolve_refuses_what_forgets_its_past() {
    let problem = OdeProblem::new(Decay, vec![1.0], [1000.0], (0.0, 1.0)).unwrap();
    let options = Options { save: Save::Last, ..Options::default() };
    let error = BacksolveAdjoint::default().gradient(&problem, Tsit5, &options, &End).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Backsolve { .. }), "{error}");
    assert!(error.to_string().contains("GaussAdjoint"), "{error}");

    // Milder: e^20, told as a factor, and answered where that is wished for.
    let milder = OdeProblem::new(Decay, vec![1.0], [20.0], (0.0, 1.0)).unwrap();
    let error = BacksolveAdjoint::default().gradient(&milder, Tsit5, &options, &End).unwrap_err();
    let ErrorKind::Backsolve { factor, .. } = *error.kind() else { panic!("{error}") };
    assert!((1e3..1e12).contains(&factor), "{factor}");
    let forced = BacksolveAdjoint { force: true, ..BacksolveAdjoint::default() };
    let gradient = forced.gradient(&milder, Tsit5, &options, &End).unwrap();
    assert!(matches!(gradient.report.warnings[..], [Warning::Backsolve { .. }]));

    // What keeps the solution has no trouble.
    let exact = -(-20f64).exp();
    for (name, gradient) in gradients(&milder, Tsit5, &options, &End) {
        let found = gradient.unwrap().p[0];
        assert!((found / exact - 1.0).abs() < 1e-3, "{name}: {found} vs {exact}");
    }
}

/// `e^32` from end to start is lost, `e^2` from one save time to the one before is not.
#[test]
fn backsolve_starts_anew_at_save_times() {
    let problem = OdeProblem::new(Decay, vec![1.0], [8.0], (0.0, 4.0)).unwrap();
    let times = (1..=16).map(|i| 0.25 * f64::from(i)).collect();
    let options = Options { rtol: 1e-10, atol: 1e-14, save: Save::At(times), ..Options::default() };
    let checkpoints = BacksolveAdjoint::default();
    let found = checkpoints.gradient(&problem, Vern7, &options, &End).unwrap();
    let expected = GaussAdjoint::default().gradient(&problem, Vern7, &options, &End).unwrap();
    close(&found, &expected, 1e-7, "from save times");
    let through = BacksolveAdjoint { checkpoints: false, ..checkpoints };
    let error = through.gradient(&problem, Vern7, &options, &End).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Backsolve { .. }), "{error}");
}

#[test]
fn segments_bound_the_memory() {
    let problem = lotka((0.0, 100.0));
    let options = Options { rtol: 1e-10, save: Save::Last, ..Options::default() };
    let whole = InterpolatingAdjoint::default();
    let parts = InterpolatingAdjoint { segments: 20, ..whole };
    let whole = whole.gradient(&problem, Tsit5, &options, &Tangled).unwrap();
    let parts = parts.gradient(&problem, Tsit5, &options, &Tangled).unwrap();
    close(&parts, &whole, 1e-6, "segments");
    assert!(10 * parts.report.bytes < whole.report.bytes, "{}\n{}", parts.report, whole.report);
    assert_eq!((whole.report.replayed, parts.report.replayed), (0, whole.report.steps));
}

/// `u' = -u + p sin(80 t)`: the adjoint is slow, what the parameter does is not.
#[test]
fn kronrod_sees_what_legendre_does_not() {
    system::system! {
        struct Shaken;
        state { u }
        params { p }
        rhs(t) { d(u) = -u + p * (80.0 * t).sin(); }
    }
    let problem = OdeProblem::new(Shaken, vec![0.0], [1.0], (0.0, 3.0)).unwrap();
    let options = Options { rtol: 1e-8, save: Save::Last, ..Options::default() };
    // ∫ e^(t - 3) sin(80 t) dt
    let exact = ((240f64).sin() - 80.0 * (240f64).cos() + 80.0 * (-3f64).exp()) / 6401.0;
    for (name, gradient) in gradients(&problem, Vern7, &options, &End) {
        let found = gradient.unwrap().p[0];
        let is_blind = name.starts_with("Gauss") && name != "Gauss-Kronrod";
        assert_eq!((found - exact).abs() > 1e-4, is_blind, "{name}: {found} vs {exact}");
        assert!(is_blind || (found - exact).abs() < 1e-8, "{name}: {found} vs {exact}");
    }
}

/// Absolute tolerances of cotangents go with the loss.
#[test]
fn the_unit_of_the_loss_does_not_matter() {
    struct Small(f64);
    impl Loss for Small {
        fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], p: &[S]) -> S {
            Tangled.at(i, t, u, p).scale(self.0)
        }
    }
    let problem = lotka((0.0, 3.0));
    let options = Options { save: Save::At(vec![1.0, 3.0]), ..Options::default() };
    let found = [1.0, 2f64.powi(-60)].map(|size| {
        let gradient = GaussAdjoint::default().gradient(&problem, Tsit5, &options, &Small(size));
        flat(&gradient.unwrap()).iter().map(|g| g / size).collect::<Vec<_>>()
    });
    assert_eq!(found[0], found[1]);
}

#[test]
fn errors_of_the_model_are_told() {
    let problem = OdeProblem::new(Decay, vec![1.0], [1.0], (0.0, 1.0)).unwrap();
    let none = GaussAdjoint::default().gradient(&problem, Tsit5, &Options::default(), &End);
    assert_eq!(none.unwrap_err().kind(), &ErrorKind::NoSaveTimes);

    struct Bad;
    impl Loss for Bad {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            (u[0] - S::from_f64(5.0)).ln()
        }
    }
    let options = Options { save: Save::Last, ..Options::default() };
    let error = GaussAdjoint::default().gradient(&problem, Tsit5, &options, &Bad).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::LossNotFinite { index: 0, .. }), "{error}");
}
