//! Every algorithm against the others, against reference files, and against closed forms.

use ode_core::{
    Bs3, Dop853, Dp5, Euler, ExplicitRk, Heun, Midpoint, OdeProblem, Options, Ralston, Rk4, Save,
    Ssprk22, Ssprk33, Ssprk43, Ssprk104, StepSize, Tsit5, Vern6, Vern7, Vern8, Vern9, solve,
};
use scalar::{Dual, Scalar};
use sensitivity::{DiscreteAdjoint, ErrorKind, ForwardSensitivity, Gradient, Loss, StepControl};
use system::System;
use testset::models::{Lorenz63, LotkaVolterra, TimeSwitchedLotkaVolterra};
use testset::{Input, SensitivityReference};

/// Σ over times and components of (u - data)².
struct LeastSquares(Vec<Vec<f64>>);

impl Loss for LeastSquares {
    fn at<S: Scalar>(&self, i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u.iter().zip(&self.0[i]).map(|(&u, &d)| (u - S::from_f64(d)).powi(2)).sum()
    }
}

/// Depends on everything: index, time, states, parameters, nonlinearly.
struct Tangled;

impl Loss for Tangled {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], p: &[S]) -> S {
        let weight = t + S::from_f64(1.0 + i as f64);
        u[0] * u[1] * weight + (p[0] * u[0]).sin() + u[1].powi(3).scale(0.1)
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        p[1] * p[2]
    }
}

fn tight(times: &[f64]) -> Options {
    let save = Save::At(times.to_vec());
    Options { rtol: 1e-12, atol: 1e-12, max_steps: 1_000_000, save, ..Options::default() }
}

fn close(found: &[f64], expected: &[f64], tol: f64, what: &str) {
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tol * scale, "{what}[{i}]: {f} vs {e}, scale {scale}");
    }
    assert_eq!(found.len(), expected.len());
}

fn flat(gradient: &Gradient) -> Vec<f64> {
    [gradient.u0.as_slice(), &gradient.p].concat()
}

/// The gradient by one more level of duals: the tangent of the tangent-carrying solve.
fn by_nested_duals<F: System, M: ExplicitRk>(
    problem: &OdeProblem<F, Vec<f64>>,
    method: M,
    options: &Options,
    loss: &impl Loss,
) -> Vec<f64> {
    type D2 = Dual<Dual<f64, 1>, 1>;
    let inputs = [problem.u0().as_slice(), problem.p()].concat();
    (0..inputs.len())
        .map(|k| {
            // Both levels along input k: the inner tangent of the value is the derivative, and so
            // is the value of the outer tangent.
            let lift = |(i, &x): (usize, &f64)| match i == k {
                true => D2::variable(Dual::variable(x, 0), 0),
                false => D2::from_f64(x),
            };
            let mut u: Vec<D2> = inputs.iter().enumerate().map(lift).collect();
            let p = u.split_off(problem.u0().len());
            let lifted = problem.remake(u, p.clone()).unwrap();
            let solution = solve(&lifted, method.clone(), options).unwrap();
            let mut total = loss.penalty(&p);
            for (i, (t, u)) in solution.iter().enumerate() {
                total += loss.at(i, D2::from_f64(t), u, &p);
            }
            assert!((total.re.eps[0] - total.eps[0].re).abs() <= 1e-12 * total.re.eps[0].abs());
            total.eps[0].re
        })
        .collect()
}

/// At tolerance 1e-12 all algorithms agree to 1e-10, whatever the method.
#[test]
fn algorithms_agree_on_lotka_volterra() {
    // On the start, inside steps, and on the end.
    let times = [0.0, 0.3, 1.1, 2.0];
    let problem =
        OdeProblem::new(LotkaVolterra, vec![1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 2.0)).unwrap();
    let options = tight(&times);
    let reference = by_nested_duals(&problem, Vern7, &options, &Tangled);

    fn check<M: ExplicitRk>(
        problem: &OdeProblem<LotkaVolterra, Vec<f64>>,
        method: M,
        options: &Options,
        reference: &[f64],
    ) {
        let forward =
            ForwardSensitivity.gradient(problem, method.clone(), options, &Tangled).unwrap();
        close(&flat(&forward), reference, 1e-10, M::NAME);
        for control in [StepControl::Sensitivity, StepControl::State] {
            let adjoint = DiscreteAdjoint { control, ..DiscreteAdjoint::default() };
            let adjoint = adjoint.gradient(problem, method.clone(), options, &Tangled).unwrap();
            close(&flat(&adjoint), reference, 1e-10, M::NAME);
            assert!((adjoint.loss - forward.loss).abs() < 1e-9 * forward.loss.abs());
        }
    }
    check(&problem, Tsit5, &options, &reference);
    check(&problem, Dp5, &options, &reference);
    check(&problem, Vern7, &options, &reference);
}

/// With the same fixed steps, forward and adjoint differentiate the very same numbers, so that
/// they agree to round-off, whatever the order of the method.
#[test]
fn the_discrete_adjoint_is_the_transpose_of_the_tangent() {
    fn check<M: ExplicitRk>(method: M) {
        let times = vec![0.0, 0.13, 0.5, 0.77, 1.0];
        let options = Options {
            step: StepSize::Fixed(0.1),
            save: Save::At(times),
            stops: vec![0.33],
            ..Options::default()
        };
        for tspan in [(0.0, 1.0), (1.0, 0.0)] {
            let mut options = options.clone();
            if let (Save::At(times), true) = (&mut options.save, tspan.0 > tspan.1) {
                times.reverse();
            }
            let problem =
                OdeProblem::new(Lorenz63, [1.0, 2.0, 3.0], [1.0, 2.8, 0.5], tspan).unwrap();
            let forward =
                ForwardSensitivity.gradient(&problem, method.clone(), &options, &Tangled).unwrap();
            let adjoint = DiscreteAdjoint::default()
                .gradient(&problem, method.clone(), &options, &Tangled)
                .unwrap();
            // Large weights that cancel (Vern6, Vern8) leave more round-off.
            let weights: f64 = M::TABLEAU.b.iter().map(|b| b.abs()).sum();
            let round_off = 1e-14 * (weights / 10.0).max(1.0);
            close(&flat(&adjoint), &flat(&forward), 10.0 * round_off, M::NAME);
            assert!((adjoint.loss - forward.loss).abs() <= round_off * forward.loss.abs());
        }
    }
    check(Euler);
    check(Midpoint);
    check(Heun);
    check(Ralston);
    check(Rk4);
    check(Ssprk22);
    check(Ssprk33);
    check(Ssprk43);
    check(Ssprk104);
    check(Bs3);
    check(Dp5);
    check(Tsit5);
    check(Vern6);
    check(Vern7);
    check(Dop853);
    check(Vern8);
    check(Vern9);
}

#[test]
fn gradients_match_the_reference_files() {
    fn check<F: System + Copy, M: ExplicitRk>(system: F, name: &str, method: M, tol: f64) {
        let file = SensitivityReference::load(name).unwrap();
        let problem = OdeProblem::new(system, file.u0.clone(), file.p.clone(), file.tspan).unwrap();
        let options = tight(&file.observation_times);
        let loss = LeastSquares(file.data.clone());
        let n = file.u0.len();
        let wrt = |gradient: &Gradient| -> Vec<f64> {
            let all = flat(gradient);
            let index = |input: &Input| match *input {
                Input::InitialValue(i) => i,
                Input::Parameter(i) => n + i,
            };
            file.wrt.iter().map(|input| all[index(input)]).collect()
        };
        let forward =
            ForwardSensitivity.gradient(&problem, method.clone(), &options, &loss).unwrap();
        let adjoint =
            DiscreteAdjoint::default().gradient(&problem, method, &options, &loss).unwrap();
        close(&[forward.loss, adjoint.loss], &[file.loss; 2], tol, name);
        close(&wrt(&forward), &file.gradient, tol, name);
        close(&wrt(&adjoint), &file.gradient, tol, name);
    }
    check(LotkaVolterra, "lv_grad", Vern7, 1e-9);
    check(LotkaVolterra, "lv_grad", Tsit5, 1e-9);
    check(LotkaVolterra, "lv_grad", Dp5, 1e-9);
    check(Lorenz63, "lorenz_grad_short", Vern7, 1e-8);
}

#[test]
fn all_sensitivities_match_the_reference_file() {
    let file = SensitivityReference::load("lv_grad").unwrap();
    let problem =
        OdeProblem::new(LotkaVolterra, file.u0.clone(), file.p.clone(), file.tspan).unwrap();
    let found = ForwardSensitivity.solve(&problem, Vern7, &tight(&file.observation_times)).unwrap();
    assert_eq!(found.times(), file.observation_times);
    // The file's first point is the initial one.
    for (i, point) in file.state_and_sensitivities.iter().skip(1).enumerate() {
        close(found.state(i), &point.u, 1e-10, "u");
        for j in 0..2 {
            let row = found.derivative(i, j);
            let by_input: Vec<f64> = file
                .wrt
                .iter()
                .map(|input| match *input {
                    Input::InitialValue(k) => row[k],
                    Input::Parameter(k) => row[2 + k],
                })
                .collect();
            close(&by_input, &point.du_dq[j], 1e-9, "du/dq");
        }
    }
    assert!(found.derivative(99, 0).is_empty() && found.state(99).is_empty());
}

struct Sum;

impl Loss for Sum {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[0] + u[1]
    }
}

/// The state stands still while its sensitivities grow: a plain error norm sees nothing.
#[test]
fn time_switched_lotka_volterra() {
    type Model = TimeSwitchedLotkaVolterra;
    let problem = OdeProblem::new(Model {}, Model::U0, Model::P, Model::TSPAN).unwrap();
    let options = Options {
        rtol: 1e-9,
        atol: 1e-9,
        save: Save::At(Model::save_times().to_vec()),
        stops: Model::SWITCH_TIMES.to_vec(),
        ..Options::default()
    };
    fn check<M: ExplicitRk>(problem: &OdeProblem<Model, [f64; 2]>, method: M, options: &Options) {
        for gradient in [
            ForwardSensitivity.gradient(problem, method.clone(), options, &Sum).unwrap(),
            DiscreteAdjoint::default().gradient(problem, method, options, &Sum).unwrap(),
        ] {
            assert!((gradient.loss - Model::LOSS).abs() < 1e-12);
            for (found, exact) in gradient.p.iter().zip(Model::exact_gradient()) {
                assert!((found - exact).abs() < 1e-6, "{}: {found} vs {exact}", M::NAME);
            }
            for (found, exact) in gradient.p.iter().zip(Model::GRADIENT) {
                assert!((found - exact).abs() < 1e-6, "{}: {found} vs {exact}", M::NAME);
            }
            assert!(gradient.stats.accepted < 2000, "{}", gradient.stats);
        }
    }
    check(&problem, Tsit5, &options);
    check(&problem, Dp5, &options);
    check(&problem, Vern7, &options);

    // What the trap looks like: controlled by the state alone, the adjoint is exact for steps that
    // are far too long.
    let blind = DiscreteAdjoint { control: StepControl::State, ..DiscreteAdjoint::default() };
    let blind = blind.gradient(&problem, Tsit5, &options, &Sum).unwrap();
    assert!((blind.p[0] - Model::GRADIENT[0]).abs() > 1e-4);
}

#[test]
fn errors_name_what_is_missing() {
    let problem =
        OdeProblem::new(LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 2.0)).unwrap();
    let error = DiscreteAdjoint::default()
        .gradient(&problem, Tsit5, &Options::default(), &Sum)
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NoSaveTimes);
    let empty = Options { save: Save::At(vec![]), ..Options::default() };
    let error = ForwardSensitivity.gradient(&problem, Tsit5, &empty, &Sum).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NoSaveTimes);
    assert!(error.to_string().contains("Save::At"));

    struct Log;
    impl Loss for Log {
        fn at<S: Scalar>(&self, i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            if i == 1 { (-u[0]).ln() } else { u[0] }
        }
    }
    let options = Options { save: Save::At(vec![0.5, 1.0]), ..Options::default() };
    for error in [
        DiscreteAdjoint::default().gradient(&problem, Tsit5, &options, &Log).unwrap_err(),
        ForwardSensitivity.gradient(&problem, Tsit5, &options, &Log).unwrap_err(),
    ] {
        assert_eq!(error.kind(), &ErrorKind::LossNotFinite { index: 1, t: 1.0 });
    }

    // A finite loss with an infinite slope, and a penalty that does not exist.
    struct Root;
    impl Loss for Root {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            (u[0] - u[0]).sqrt()
        }
    }
    struct Penalty;
    impl Loss for Penalty {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[0]
        }
        fn penalty<S: Scalar>(&self, p: &[S]) -> S {
            (-p[0]).ln()
        }
    }
    for error in [
        DiscreteAdjoint::default().gradient(&problem, Tsit5, &options, &Penalty).unwrap_err(),
        ForwardSensitivity.gradient(&problem, Tsit5, &options, &Penalty).unwrap_err(),
    ] {
        assert_eq!(error.kind(), &ErrorKind::PenaltyNotFinite);
    }
    for error in [
        DiscreteAdjoint::default().gradient(&problem, Tsit5, &options, &Root).unwrap_err(),
        ForwardSensitivity.gradient(&problem, Tsit5, &options, &Root).unwrap_err(),
    ] {
        assert!(matches!(error.kind(), ErrorKind::GradientNotFinite { .. }), "{error:?}");
    }

    let short = Options { max_steps: 3, ..options };
    let error = DiscreteAdjoint::default().gradient(&problem, Tsit5, &short, &Sum).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Solve(_)), "{error}");
}

/// Populations counted in ones or in millions: the same gradients, up to the units.
#[test]
fn units_do_not_matter() {
    struct Relative(f64);
    impl Loss for Relative {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            (u[0] + u[1]).scale(1.0 / self.0)
        }
    }
    let gradients = |s: f64| {
        let p = [1.5, 1.0 / s, 3.0, 1.0 / s];
        let problem = OdeProblem::new(LotkaVolterra, vec![s; 2], p, (0.0, 2.0)).unwrap();
        let options = Options { rtol: 1e-10, atol: 1e-12, ..tight(&[1.0, 2.0]) };
        let forward = ForwardSensitivity.gradient(&problem, Vern7, &options, &Relative(s)).unwrap();
        let adjoint = DiscreteAdjoint::default();
        let adjoint = adjoint.gradient(&problem, Vern7, &options, &Relative(s)).unwrap();
        // With respect to u0 / s, and to the parameters without units.
        [forward, adjoint].map(|g| {
            let u0: Vec<f64> = g.u0.iter().map(|g| g * s).collect();
            [u0, vec![g.p[0], g.p[1] / s, g.p[2], g.p[3] / s]].concat()
        })
    };
    let expected = gradients(1.0);
    for found in gradients(1e6).iter().chain(&gradients(1e-3)) {
        close(found, &expected[0], 1e-7, "scaled");
        close(found, &expected[1], 1e-7, "scaled");
    }
}
