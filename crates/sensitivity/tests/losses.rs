//! Every kind of loss, differentiated by everything that it depends on.

use ode_core::{
    Components, Domain, Dop853, ExplicitRk, OdeProblem, Options, Rk4, Save, Ssprk43, StepSize,
    Tsit5, Vern7,
};
use scalar::{Dual, Scalar, Unary};
use sensitivity::{
    DiscreteAdjoint, ErrorKind, ForwardSensitivity, Gradient, Loss, StepControl, Warning,
};
use testset::models::{Lorenz63, LotkaVolterra, TimeSwitchedLotkaVolterra};

system::system! {
    struct Decay;
    state { u }
    params { k }
    rhs(_t) {
        d(u) = -k * u;
    }
}

/// `Σ tᵢ u(tᵢ)² + ∫ k t u dt + k³`.
struct Everything;

impl Loss for Everything {
    fn at<S: Scalar>(&self, _i: usize, t: S, u: &[S], _p: &[S]) -> S {
        t * u[0].powi(2)
    }
    fn running<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
        p[0] * t * u[0]
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        p[0].powi(3)
    }
}

/// That loss of `u0`, `k`, `t0`, `t1` and the save times, in closed form.
fn closed_form<S: Scalar>(x: &[S]) -> S {
    let (u0, k, t0, t1) = (x[0], x[1], x[2], x[3]);
    let left = |t: S| (-k * (t - t0)).exp();
    let at: S = x[4..].iter().map(|&t| t * (u0 * left(t)).powi(2)).sum();
    let (lost, end) = (S::one() - left(t1), left(t1));
    at + u0 * (t0 * lost + lost / k - (t1 - t0) * end) + k.powi(3)
}

fn all_of(gradient: &Gradient) -> Vec<f64> {
    let (t0, t1) = ([gradient.t0], [gradient.t1]);
    [&gradient.u0[..], &gradient.p, &t0, &t1, &gradient.times].concat()
}

fn close(found: &[f64], expected: &[f64], tol: f64, what: &str) {
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tol * scale, "{what}[{i}]: {f} vs {e}, scale {scale}");
    }
    assert_eq!(found.len(), expected.len());
}

fn tight(save: Save) -> Options {
    Options { rtol: 1e-12, atol: 1e-12, max_steps: 1_000_000, save, ..Options::default() }
}

/// By everything at once: initial state, parameter, both ends, save times.
#[test]
fn closed_forms() {
    fn check<M: ExplicitRk>(method: M) {
        // On both ends and inside; forwards and backwards.
        for (span, times) in [
            ((0.3, 2.0), vec![0.3, 0.7, 1.1, 2.0]),
            ((0.3, 2.0), vec![1.9]),
            ((2.0, 0.3), vec![2.0, 1.25, 0.3]),
        ] {
            let problem = OdeProblem::new(Decay, [1.7], [0.6], span).unwrap();
            let x = [&[1.7, 0.6, span.0, span.1], &times[..]].concat();
            let exact: Vec<f64> = (0..x.len())
                .map(|k| {
                    let lift = |(i, &x): (usize, &f64)| match i == k {
                        true => Dual::<f64, 1>::variable(x, 0),
                        false => Dual::constant(x),
                    };
                    let x: Vec<_> = x.iter().enumerate().map(lift).collect();
                    closed_form(&x).eps[0]
                })
                .collect();
            let loss = closed_form(&x);
            let options = tight(Save::At(times));
            for found in [
                ForwardSensitivity.gradient(&problem, method.clone(), &options, &Everything),
                DiscreteAdjoint::default().gradient(
                    &problem,
                    method.clone(),
                    &options,
                    &Everything,
                ),
                DiscreteAdjoint { control: StepControl::State, ..DiscreteAdjoint::default() }
                    .gradient(&problem, method.clone(), &options, &Everything),
            ] {
                let found = found.unwrap();
                assert!((found.loss - loss).abs() < 1e-10 * loss.abs(), "{}", M::NAME);
                close(&all_of(&found), &exact, 1e-9, M::NAME);
                assert!(found.report.warnings.is_empty() && found.report.steps > 0);
            }
        }
    }
    check(Tsit5);
    check(Vern7);
}

struct Winding;

impl Loss for Winding {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], p: &[S]) -> S {
        (u[0] * t + p[0]).sin().scale(1.0 + i as f64)
    }
    fn running<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
        (u[0] * u[1] + t * p[2]).cos() + p[1] * u[2].powi(2).scale(0.01)
    }
}

/// With the same fixed steps both differentiate the same quadrature: the method's own.
#[test]
fn the_integral_is_the_methods_own() {
    fn check<M: ExplicitRk>(method: M) {
        for (span, times) in [((0.0, 1.0), vec![0.0, 0.13, 0.5, 1.0]), ((1.0, 0.0), vec![0.77])] {
            let options = Options {
                step: StepSize::Fixed(0.1),
                save: Save::At(times),
                stops: vec![0.33],
                ..Options::default()
            };
            let problem =
                OdeProblem::new(Lorenz63, [1.0, 2.0, 3.0], [1.0, 2.8, 0.5], span).unwrap();
            let forward = ForwardSensitivity.gradient(&problem, method.clone(), &options, &Winding);
            let adjoint = DiscreteAdjoint::default();
            let adjoint = adjoint.gradient(&problem, method.clone(), &options, &Winding);
            let (forward, adjoint) = (forward.unwrap(), adjoint.unwrap());
            let weights: f64 = M::TABLEAU.b.iter().map(|b| b.abs()).sum();
            let round_off = 1e-13 * (weights / 10.0).max(1.0);
            close(&all_of(&adjoint), &all_of(&forward), round_off, M::NAME);
            assert!((adjoint.loss - forward.loss).abs() <= round_off * forward.loss.abs());
        }
    }
    // With and without a last stage that is the first of the next step, with zeros among the weights,
    // with extra stages.
    check(Rk4);
    check(Ssprk43);
    check(Tsit5);
    check(Dop853);
}

/// Without save times, without a dependence on anything, with a function that no program knows.
#[test]
fn running_terms_of_all_kinds() {
    struct Constant(f64);
    impl Loss for Constant {
        fn running<S: Scalar>(&self, _t: S, _u: &[S], _p: &[S]) -> S {
            S::from_f64(self.0)
        }
    }
    #[derive(Clone, Copy, Debug)]
    struct Cube;
    impl Unary for Cube {
        fn f64(self, x: f64) -> f64 {
            x.powi(3)
        }
        fn slope<S: Scalar>(self, x: S, _: S) -> S {
            (x * x).scale(3.0)
        }
    }
    struct Own;
    impl Loss for Own {
        fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
            u[0].unary(Cube)
        }
    }
    let problem = OdeProblem::new(Decay, [2.0], [0.5], (1.0, 4.0)).unwrap();
    let both = |options: &Options, loss: &Constant| {
        [
            ForwardSensitivity.gradient(&problem, Tsit5, options, loss),
            DiscreteAdjoint::default().gradient(&problem, Tsit5, options, loss),
        ]
    };
    // How long it takes.
    for found in both(&Options::default(), &Constant(1.0)) {
        let found = found.unwrap();
        assert!((found.loss - 3.0).abs() < 1e-12);
        close(&all_of(&found), &[0.0, 0.0, -1.0, 1.0], 1e-14, "constant");
    }
    // No loss at all.
    for found in both(&Options::default(), &Constant(0.0)) {
        assert_eq!(found.unwrap_err().kind(), &ErrorKind::NoSaveTimes);
    }

    // ∫ u³ = u0³ (1 - e^(-3 k T)) / (3 k)
    let options = Options { rtol: 1e-11, atol: 1e-11, ..Options::default() };
    let found = DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Own).unwrap();
    let (k, left) = (0.5, (-4.5f64).exp());
    let exact = 8.0 * (1.0 - left) / (3.0 * k);
    assert!((found.loss - exact).abs() < 1e-9);
    assert!((found.u0[0] - 1.5 * exact).abs() < 1e-9);
    assert!((found.p[0] - (8.0 * 3.0 * left / k - exact / k)).abs() < 1e-9);
}

/// Settings that are lists over states still fit when the integral is one more.
#[test]
fn settings_for_single_states() {
    struct Area;
    impl Loss for Area {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[1]
        }
        fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
            u[0]
        }
    }
    let problem =
        OdeProblem::new(LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 2.0)).unwrap();
    let options = tight(Save::At(vec![1.3]));
    let expected = ForwardSensitivity.gradient(&problem, Vern7, &options, &Area).unwrap();
    for domain in [Domain::NonNegative, Domain::Within(vec![(0.0, 10.0); 2])] {
        let options = Options {
            rtol_each: vec![1e-12, 1e-11],
            atol_each: vec![1e-11, 1e-12],
            domain,
            components: Components::Only(vec![1]),
            ..options.clone()
        };
        for found in [
            ForwardSensitivity.gradient(&problem, Vern7, &options, &Area).unwrap(),
            DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Area).unwrap(),
        ] {
            close(&all_of(&found), &all_of(&expected), 1e-9, "settings");
        }
    }
}

/// A save time on a declared stop, where the model jumps: the derivative is that of the side before it.
#[test]
fn save_times_on_jumps() {
    type Model = TimeSwitchedLotkaVolterra;
    struct Prey;
    impl Loss for Prey {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[0]
        }
    }
    // u1' = a u1 - u1 u2 at rest, but for the second parameter, which acts after t = 1.
    let p = [1.0, 1.5, 1.0, 1.0];
    let problem = OdeProblem::new(Model {}, Model::U0, p, (0.0, 2.0)).unwrap();
    let options = Options { stops: vec![1.0], ..tight(Save::At(vec![1.0])) };
    for found in [
        ForwardSensitivity.gradient(&problem, Vern7, &options, &Prey).unwrap(),
        DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Prey).unwrap(),
    ] {
        assert!(found.times[0].abs() < 1e-9, "{}", found.times[0]);
    }
    // Starting on it, the model is that behind it.
    let problem = OdeProblem::new(Model {}, Model::U0, p, (1.0, 2.0)).unwrap();
    for found in [
        ForwardSensitivity.gradient(&problem, Vern7, &options, &Prey).unwrap(),
        DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Prey).unwrap(),
    ] {
        assert!((found.times[0] - 0.5).abs() < 1e-9, "{}", found.times[0]);
        assert!((found.t0 + 0.5).abs() < 1e-9, "{}", found.t0);
    }
}

/// A chaotic trajectory forgets where it comes from: the report says so.
#[test]
fn growth_is_reported() {
    struct Height;
    impl Loss for Height {
        fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
            u[2].scale(0.01)
        }
    }
    let run = |end: f64| {
        let p = [10.0, 28.0, 8.0 / 3.0];
        let problem = OdeProblem::new(Lorenz63, [1.0, 1.0, 1.0], p, (0.0, end)).unwrap();
        let options = Options { save: Save::Last, ..Options::default() };
        [
            ForwardSensitivity.gradient(&problem, Vern7, &options, &Height).unwrap(),
            DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Height).unwrap(),
        ]
    };
    for found in run(40.0) {
        let warnings = &found.report.warnings;
        let Some(Warning::Growth { factor, .. }) = warnings.first() else { panic!("{warnings:?}") };
        assert!(*factor > 1e6, "{factor}");
        assert!(found.report.to_string().contains("shadowing"));
    }
    for found in run(2.0) {
        assert!(found.report.warnings.is_empty(), "{}", found.report);
    }
}
