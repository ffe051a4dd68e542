//! Stage and step limiters.

#[macro_use]
#[path = "method_matrix/adaptive.rs"]
mod adaptive;
mod method_matrix;

use method_matrix::{Claim, Visitor, every};
use ode_core::{
    ErrorKind, Euler, ExplicitRk, Integrator, Limited, Limiter, OdeProblem, Options, Save, Ssprk22,
    Ssprk33, Ssprk43, Ssprk104, StepSize, Tsit5, solve,
};
use scalar::{Dual, Scalar};
use system::System;
use testset::models::LotkaVolterra;

/// Changes nothing.
#[derive(Clone, Copy)]
struct Idle;

impl Limiter for Idle {}

struct IdleIsPlain;

impl Visitor for IdleIsPlain {
    fn visit<M: ExplicitRk + Copy + core::fmt::Debug>(&mut self, method: M, _: Claim) {
        let problem = OdeProblem::new(LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 5.0));
        let problem = problem.unwrap();
        let step = if M::TABLEAU.e.is_empty() { StepSize::Fixed(0.01) } else { StepSize::Auto };
        let options = Options { step, save: Save::Steps, ..Options::default() };
        let plain = solve(&problem, method, &options).unwrap();
        let limited = Limited { method, limiter: Idle };
        let limited = solve(&problem, limited, &options).unwrap();
        assert_eq!(plain.stats().accepted, limited.stats().accepted, "{method:?}");
        assert_eq!(plain.stats().evaluations, limited.stats().evaluations, "{method:?}");
        for (a, b) in plain.last().iter().zip(limited.last()) {
            assert!((a - b).abs() < 1e-9, "{method:?}: {a} and {b}");
        }
    }
}

#[test]
fn a_limiter_that_changes_nothing_changes_nothing() {
    every(&mut IdleIsPlain);
}

/// `u_t + u_x = 0` by discontinuous Galerkin of degree one, periodic: means, then slopes, with
/// `mean + slope` at the right end of a cell.
#[derive(Clone, Copy)]
struct Advection;

const CELLS: usize = 50;
const WIDTH: f64 = 1.0 / CELLS as f64;

impl System for Advection {
    fn dim(&self) -> usize {
        2 * CELLS
    }

    fn num_params(&self) -> usize {
        0
    }

    fn rhs<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
        let (mean, slope) = u.split_at(CELLS);
        for i in 0..CELLS {
            let before = (i + CELLS - 1) % CELLS;
            let (left, right) = (mean[before] + slope[before], mean[i] + slope[i]);
            du[i] = (left - right).scale(1.0 / WIDTH);
            du[CELLS + i] = (mean[i].scale(2.0) - left - right).scale(3.0 / WIDTH);
        }
    }
}

/// The minmod slope limiter of Cockburn and Shu: the means' total variation does not grow.
#[derive(Clone, Copy)]
struct Minmod;

impl Minmod {
    fn limit<S: Scalar>(u: &mut [S]) {
        let (mean, slope) = u.split_at_mut(CELLS);
        let zero = S::zero();
        for i in 0..CELLS {
            let forward = mean[(i + 1) % CELLS] - mean[i];
            let backward = mean[i] - mean[(i + CELLS - 1) % CELLS];
            let least = slope[i].min(forward).min(backward).max(zero);
            let most = slope[i].max(forward).max(backward).min(zero);
            slope[i] = least + most;
        }
    }
}

impl Limiter for Minmod {
    fn stage<S: Scalar>(&self, _t: S, u: &mut [S], _p: &[S]) {
        Self::limit(u);
    }

    fn step<S: Scalar>(&self, _t: S, u: &mut [S], _p: &[S]) {
        Self::limit(u);
    }
}

fn square_wave() -> Vec<f64> {
    let mean = |i: usize| if (CELLS / 4..CELLS / 2).contains(&i) { 1.0 } else { 0.0 };
    (0..2 * CELLS).map(|i| if i < CELLS { mean(i) } else { 0.0 }).collect()
}

fn variation(u: &[f64]) -> f64 {
    (0..CELLS).map(|i| (u[(i + 1) % CELLS] - u[i]).abs()).sum()
}

/// Largest total variation of the means on the way, and their sum at the end.
fn transport<M: ExplicitRk, L: Limiter>(method: M, limiter: L) -> (f64, f64) {
    // Euler's method needs dt ≤ h / 2 under this limiter; a third leaves linear stability too.
    let step = StepSize::Fixed(M::SSP * WIDTH / 3.0);
    let options = Options { step, save: Save::Steps, ..Options::default() };
    let problem = OdeProblem::new(Advection, square_wave(), [], (0.0, 1.0)).unwrap();
    let solution = solve(&problem, Limited { method, limiter }, &options).unwrap();
    let largest = solution.iter().map(|(_, u)| variation(u)).fold(0.0, f64::max);
    (largest, solution.last()[..CELLS].iter().sum())
}

#[test]
fn a_slope_limiter_keeps_the_total_variation_of_ssp_methods() {
    fn check<M: ExplicitRk>(method: M) {
        let (variation, mass) = transport(method.clone(), Minmod);
        assert!(variation < 2.0 + 1e-12, "{}: {variation}", M::NAME);
        let cells = (CELLS / 2 - CELLS / 4) as f64;
        assert!((mass - cells).abs() < 1e-11, "{}: {mass}", M::NAME);
        let (without, _) = transport(method, Idle);
        assert!(without > 2.1, "{}: {without} without a limiter", M::NAME);
    }
    check(Euler);
    check(Ssprk22);
    check(Ssprk33);
    check(Ssprk43);
    check(Ssprk104);
}

/// Shu and Osher's own form of the third-order method, with the limiter after every stage.
#[test]
fn stages_go_on_from_limited_stages() {
    let rhs = |u: &[f64]| {
        let mut du = vec![0.0; u.len()];
        Advection.rhs(0.0, u, &[], &mut du);
        du
    };
    let dt = WIDTH / 3.0;
    let euler = |u: &[f64]| -> Vec<f64> { u.iter().zip(rhs(u)).map(|(u, f)| u + dt * f).collect() };
    let mix = |a: f64, u: &[f64], v: &[f64]| -> Vec<f64> {
        let mut mixed: Vec<f64> = u.iter().zip(v).map(|(u, v)| a * u + (1.0 - a) * v).collect();
        Minmod::limit(&mut mixed);
        mixed
    };
    let mut u = square_wave();
    for _ in 0..30 {
        let first = mix(0.0, &u, &euler(&u));
        let second = mix(3.0 / 4.0, &u, &euler(&first));
        u = mix(1.0 / 3.0, &u, &euler(&second));
    }
    let problem = OdeProblem::new(Advection, square_wave(), [], (0.0, 30.0 * dt)).unwrap();
    let options = Options { step: StepSize::Fixed(dt), ..Options::default() };
    let limited = Limited { method: Ssprk33, limiter: Minmod };
    let solution = solve(&problem, limited, &options).unwrap();
    for (a, b) in solution.last().iter().zip(&u) {
        assert!((a - b).abs() < 1e-13, "{a} and {b}");
    }
    // Dense output goes through the limited ends of the steps.
    for (t, u) in &solution {
        let at = solution.at(t).unwrap();
        assert!(at.iter().zip(u).all(|(a, b)| (a - b).abs() < 1e-14), "t = {t}");
    }
}

system::system! {
    struct Sink;
    state { height }
    params { rate }
    rhs(_t) { d(height) = -rate + 0.0 * height; }
}

/// No tank is emptier than empty.
#[derive(Clone, Copy)]
struct Floor;

impl Limiter for Floor {
    fn step<S: Scalar>(&self, _t: S, u: &mut [S], _p: &[S]) {
        for u in u {
            *u = u.max(S::zero());
        }
    }
}

adaptive_test!(a_floor_holds_and_tangents_know_it, Floors, |method| {
    type D = Dual<f64, 1>;
    let height = |rate: f64, end: f64| {
        let problem =
            OdeProblem::over(Sink, [D::constant(1.0)], [D::variable(rate, 0)], (0.0, end));
        let limited = Limited { method, limiter: Floor };
        let solution = solve(&problem.unwrap(), limited, &Options::default()).unwrap();
        assert!(solution.iter().all(|(_, u)| u[0].re >= 0.0), "{method:?}");
        solution.last()[0]
    };
    let full = height(0.5, 1.0);
    assert!((full.re - 0.5).abs() < 1e-12 && (full.eps[0] + 1.0).abs() < 1e-12, "{method:?}");
    let empty = height(0.5, 3.0);
    assert_eq!((empty.re, empty.eps[0]), (0.0, 0.0), "{method:?}");
});

/// Answers NaN.
#[derive(Clone, Copy)]
struct Broken;

impl Limiter for Broken {
    fn stage<S: Scalar>(&self, _t: S, u: &mut [S], _p: &[S]) {
        u.fill(S::from_f64(f64::NAN));
    }
}

#[test]
fn a_limiter_that_answers_nan_is_a_typed_error() {
    let problem = OdeProblem::new(Sink, [1.0], [0.5], (0.0, 1.0)).unwrap();
    let limited = Limited { method: Tsit5, limiter: Broken };
    let error = solve(&problem, limited, &Options::default()).unwrap_err();
    let kind = error.error().kind();
    assert!(
        matches!(kind, ErrorKind::NonFinite { .. } | ErrorKind::StepTooSmall { .. }),
        "{error}"
    );
    assert_eq!(error.partial().last(), [1.0]);
}

#[test]
fn a_checkpoint_of_a_limited_method_is_none_of_the_method() {
    let problem =
        OdeProblem::new(LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 5.0)).unwrap();
    let options = Options::default();
    let limited = Limited { method: Tsit5, limiter: Idle };
    let mut integrator = Integrator::new(&problem, limited, &options).unwrap();
    integrator.step().unwrap();
    let checkpoint = integrator.checkpoint();
    let error = Integrator::resume(&problem, Tsit5, &options, &checkpoint).err().unwrap();
    let kind = ErrorKind::Checkpoint { made_by: "Limited Tsit5".into(), method: "Tsit5" };
    assert_eq!(error.kind(), &kind);
    let limited = Limited { method: Tsit5, limiter: Idle };
    assert!(Integrator::resume(&problem, limited, &options, &checkpoint).is_ok());
}
