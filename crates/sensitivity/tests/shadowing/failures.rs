//! What cannot be answered is refused, with advice.

use crate::fixed;
use crate::models::{Forced, Lorenz96, State};
use ode_core::{Euler, Rk4};
use scalar::Scalar;
use sensitivity::{
    AdjointLss, Average, AverageProblem, Error, ErrorKind, ForwardLss, Nilsas, Nilss,
    lyapunov_exponents,
};
use system::System;
use testset::models::Lorenz63;

const P: [f64; 3] = [10.0, 28.0, 8.0 / 3.0];

fn lorenz(duration: f64) -> AverageProblem<Lorenz63> {
    AverageProblem::new(Lorenz63, [1.0, 1.0, 1.0], P, 20.0, duration).unwrap()
}

/// Whatever is asked in all four ways.
fn all<F: System>(problem: &AverageProblem<F>, dt: f64, g: &impl Average) -> Vec<Error> {
    let options = fixed(dt);
    [
        ForwardLss::default().gradient(problem, Rk4, &options, g),
        AdjointLss::default().gradient(problem, Rk4, &options, g),
        Nilss::default().gradient(problem, Rk4, &options, g),
        Nilsas::default().gradient(problem, Rk4, &options, g),
    ]
    .into_iter()
    .map(|found| found.map(|found| found.to_string()).unwrap_err())
    .collect()
}

#[test]
fn questions_that_make_no_sense() {
    let ask = |u0: Vec<f64>, p: Vec<f64>, spin_up, duration| {
        AverageProblem::new(Lorenz63, u0, p, spin_up, duration).map(|_| ()).unwrap_err()
    };
    let (u0, p) = (vec![1.0; 3], P.to_vec());
    for (spin_up, duration) in
        [(-1.0, 1.0), (f64::NAN, 1.0), (0.0, 0.0), (0.0, f64::NAN), (0.0, f64::INFINITY)]
    {
        let error = ask(u0.clone(), p.clone(), spin_up, duration);
        assert!(matches!(error.kind(), ErrorKind::Setting { .. }), "{error}");
    }
    for error in [
        ask(vec![1.0; 2], p.clone(), 0.0, 1.0),
        ask(u0.clone(), vec![1.0], 0.0, 1.0),
        ask(vec![1.0, f64::NAN, 1.0], p, 0.0, 1.0),
    ] {
        assert!(matches!(error.kind(), ErrorKind::Solve(_)), "{error}");
    }
    for interval in [0.0, -1.0, f64::NAN, 1.5] {
        let problem = AverageProblem::new(Lorenz63, [1.0; 3], P, 0.0, 1.0).unwrap();
        let error = problem.sampled_every(interval).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Setting { name: "interval", .. }), "{error}");
    }
    let nothing = AverageProblem::new(Lorenz96 { n: 0 }, [], [8.0], 0.0, 1.0).map(|_| ());
    assert!(nothing.unwrap_err().to_string().contains("state"));
}

#[test]
fn settings_that_make_no_sense() {
    let (problem, options, g) = (lorenz(20.0), fixed(0.01), State(2));
    let setting = |error: Error, expected: &str| match error.kind() {
        ErrorKind::Setting { name, .. } => assert_eq!(*name, expected, "{error}"),
        _ => panic!("{error}"),
    };
    for alpha in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let adjoint = AdjointLss { alpha, ..AdjointLss::default() };
        setting(adjoint.gradient(&problem, Rk4, &options, &g).unwrap_err(), "alpha");
    }
    for segment in [0.0, -1.0, f64::NAN] {
        let nilss = Nilss { segment: Some(segment), ..Nilss::default() };
        setting(nilss.gradient(&problem, Rk4, &options, &g).unwrap_err(), "segment");
    }
    for regularization in [-1.0, f64::NAN] {
        let nilss = Nilss { regularization, ..Nilss::default() };
        setting(nilss.gradient(&problem, Rk4, &options, &g).unwrap_err(), "regularization");
        let nilsas = Nilsas { regularization, ..Nilsas::default() };
        setting(nilsas.gradient(&problem, Rk4, &options, &g).unwrap_err(), "regularization");
    }
    let nilss = Nilss { directions: Some(3), ..Nilss::default() };
    setting(nilss.gradient(&problem, Rk4, &options, &g).unwrap_err(), "directions");
    let nilsas = Nilsas { directions: Some(4), ..Nilsas::default() };
    setting(nilsas.gradient(&problem, Rk4, &options, &g).unwrap_err(), "directions");
    for count in [0, 4] {
        let error = lyapunov_exponents(&problem, Rk4, &options, Some(count)).unwrap_err();
        setting(error, "count");
    }
    let parameters = Some(vec![0, 3]);
    let forward = ForwardLss { parameters: parameters.clone(), ..ForwardLss::default() };
    let nilss = Nilss { parameters, ..Nilss::default() };
    for error in [
        forward.gradient(&problem, Rk4, &options, &g).unwrap_err(),
        nilss.gradient(&problem, Rk4, &options, &g).unwrap_err(),
    ] {
        assert_eq!(*error.kind(), ErrorKind::NoSuchParameter { index: 3, parameters: 3 });
        assert!(error.to_string().contains("counted from 0"));
    }
}

#[test]
fn times_that_are_too_short() {
    for error in all(&lorenz(0.05), 0.01, &State(2)) {
        let kind = error.kind();
        assert!(matches!(kind, ErrorKind::TooFewSteps { steps: 5, .. }), "{error}");
        assert!(error.to_string().contains("longer time"), "{error}");
    }
    let nilsas = Nilsas { directions: Some(2), segment: Some(2.0), ..Nilsas::default() };
    let error = nilsas.gradient(&lorenz(10.0), Rk4, &fixed(0.01), &State(2)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooFewSegments { segments: 5, .. }), "{error}");
    assert!(lyapunov_exponents(&lorenz(0.1), Rk4, &fixed(0.01), None).is_err());
}

#[test]
fn trajectories_that_diverge() {
    system::system! {
        struct Blowup;
        state { x }
        params { a }
        rhs(_t) { d(x) = a * x * x; }
    }
    let problem = AverageProblem::new(Blowup, [1.0], [1.0], 0.0, 2.0).unwrap();
    for error in all(&problem, 0.01, &State(0)) {
        assert!(matches!(error.kind(), ErrorKind::Solve(_)), "{error}");
    }
    // Euler's method on Lorenz, with steps that are far too long.
    let error = Nilss::default().gradient(&lorenz(100.0), Euler, &fixed(0.3), &State(2));
    assert!(matches!(error.unwrap_err().kind(), ErrorKind::Solve(_)));
}

#[test]
fn quantities_that_are_not_finite() {
    struct Root;
    impl Average for Root {
        fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
            u[0].sqrt() // x changes its sign
        }
    }
    for error in all(&lorenz(40.0), 0.01, &Root) {
        assert!(matches!(error.kind(), ErrorKind::AverageNotFinite { .. }), "{error}");
    }
}

#[test]
fn models_without_a_derivative() {
    system::system! {
        struct Kink;
        state { x, y }
        params { a }
        rhs(_t) {
            d(x) = a - x + 0.0 * y;
            d(y) = x - y.powi(2).sqrt() + 0.0 * (x - x).sqrt();
        }
    }
    let problem = AverageProblem::new(Kink, [1.0, 1.0], [1.0], 0.0, 40.0).unwrap();
    for error in all(&problem, 0.02, &State(1)) {
        assert!(matches!(error.kind(), ErrorKind::TangentNotFinite { .. }), "{error}");
    }
}

#[test]
fn a_quantity_with_a_clock_of_its_own() {
    struct Clocked;
    impl Average for Clocked {
        fn at<S: Scalar>(&self, t: S, u: &[S], _p: &[S]) -> S {
            t.sin() * u[0]
        }
    }
    /// No derivative tells of the time, only the value.
    struct Switched;
    impl Average for Switched {
        fn at<S: Scalar>(&self, t: S, u: &[S], _p: &[S]) -> S {
            t.select_lt(S::from_f64(30.0), u[0], u[1])
        }
    }
    for error in
        all(&lorenz(20.0), 0.01, &Clocked).iter().chain(&all(&lorenz(20.0), 0.01, &Switched))
    {
        assert_eq!(*error.kind(), ErrorKind::AverageReadsTime);
        assert!(error.to_string().contains("make what drives it a state"));
    }
    // Where the model has that clock, too, it is welcome: ⟨x cos t⟩ = F k / 2 (1 + k²).
    struct InPhase;
    impl Average for InPhase {
        fn at<S: Scalar>(&self, t: S, u: &[S], _p: &[S]) -> S {
            u[0] * t.cos()
        }
    }
    let duration = 40.0 * std::f64::consts::TAU;
    let problem = AverageProblem::new(Forced, [0.0], [0.8, 1.5], 40.0, duration).unwrap();
    let found = Nilsas::default().gradient(&problem, Rk4, &fixed(0.02), &InPhase).unwrap();
    assert!((found.average - 1.5 * 0.8 / (2.0 * 1.64)).abs() < 1e-3, "{found}");
    assert!((found.p[1] - 0.8 / (2.0 * 1.64)).abs() < 4e-3, "{found}");
}

#[test]
fn grids_that_are_too_coarse() {
    let error = AdjointLss::default()
        .gradient(&lorenz(50.0), ode_core::Vern9, &crate::adaptive(1e-4), &State(2))
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::CoarseSteps { .. }), "{error}");
    assert!(error.to_string().contains("dt_max"));
}

/// One direction is too few for the 13 unstable ones of Lorenz 96.
#[test]
fn directions_that_are_too_few() {
    let u0: Vec<f64> = (0..40).map(|i| 8.0 + 0.01 * f64::from(i * i % 7)).collect();
    let problem = AverageProblem::new(Lorenz96 { n: 40 }, u0, [8.0], 20.0, 100.0).unwrap();
    let nilss = Nilss { directions: Some(2), segment: Some(1.0), ..Nilss::default() };
    let nilsas = Nilsas { directions: Some(2), segment: Some(1.0), ..Nilsas::default() };
    for error in [
        nilss.gradient(&problem, Rk4, &fixed(0.05), &State(0)).unwrap_err(),
        nilsas.gradient(&problem, Rk4, &fixed(0.05), &State(0)).unwrap_err(),
    ] {
        assert!(matches!(error.kind(), ErrorKind::TooFewDirections { directions: 2, .. }));
        assert!(error.to_string().contains("lyapunov_exponents"), "{error}");
    }
}

/// A model without parameters has an average, and no derivatives.
#[test]
fn no_parameters() {
    system::system! {
        struct Circle;
        state { x, y }
        params {}
        rhs(_t) {
            d(x) = -y + x * (1.0 - x * x - y * y);
            d(y) = x + y * (1.0 - x * x - y * y);
        }
    }
    let problem = AverageProblem::new(Circle, [1.0, 0.0], [], 10.0, 100.0).unwrap();
    let options = fixed(0.02);
    for found in [
        ForwardLss::default().gradient(&problem, Rk4, &options, &State(0)),
        AdjointLss::default().gradient(&problem, Rk4, &options, &State(0)),
        Nilss::default().gradient(&problem, Rk4, &options, &State(0)),
        Nilsas::default().gradient(&problem, Rk4, &options, &State(0)),
    ] {
        let found = found.unwrap();
        assert!(found.p.is_empty() && found.average.abs() < 0.02, "{found}");
    }
}
