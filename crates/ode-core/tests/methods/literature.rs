//! Every method on every problem of the literature for explicit methods, against reference values.
//!
//! Tolerances: `atol = 0.01 rtol max |component|` over components and listed times, as the runs of
//! the peer (scipy's DOP853) that stand in the reference files, here one number for all components.

use crate::erased::erased;
use crate::method_matrix::{Claim, Visitor as Methods, every};
use core::fmt::Debug;
use ode_core::{Dp5, ExplicitRk, Options, Save, Solution, StepSize, Tsit5, Vern7, solve};
use system::System;
use testset::{Problem, Reference, Visitor as Problems};

fn options(reference: &Reference, rtol: f64) -> Options {
    let largest = reference.scale().into_iter().fold(0.0, f64::max);
    Options {
        rtol,
        atol: 0.01 * rtol * largest,
        save: Save::At(reference.times()),
        max_steps: 1_000_000,
        ..Options::default()
    }
}

/// Solves with both kinds of storage, which must give the same bits.
fn run<M, F, const N: usize>(method: M, problem: &Problem<F, N>, options: &Options) -> Solution
where
    M: ExplicitRk,
    F: System + Copy,
{
    let Reference { name, u0, p, tspan, .. } = &problem.reference;
    let fixed = erased(problem.system, problem.u0, p.clone(), *tspan).unwrap();
    let fixed = solve(&fixed, method.clone(), options).unwrap();
    let any = erased(problem.system, u0.clone(), p.clone(), *tspan).unwrap();
    let any = solve(&any, method, options).unwrap();
    assert!(fixed.iter().eq(any.iter()), "{} on {name}: arrays and Vecs differ", M::NAME);
    assert_eq!(fixed.stats(), any.stats());
    assert_eq!(fixed.times(), problem.reference.times());
    fixed
}

fn error(reference: &Reference, solution: &Solution) -> f64 {
    let states: Vec<&[f64]> = solution.iter().map(|(_, u)| u).collect();
    reference.scaled_error(&states).unwrap()
}

/// The peer's error at this tolerance: between its runs on a straight line of logarithms.
fn peer(reference: &Reference, rtol: f64) -> f64 {
    let runs = &reference.peer_errors;
    let upper = runs.windows(2).find(|w| w[1].rtol <= rtol).unwrap();
    let [a, b] = upper else { unreachable!() };
    let x = (rtol / a.rtol).ln() / (b.rtol / a.rtol).ln();
    (a.scaled_error.ln() * (1.0 - x) + b.scaled_error.ln() * x).exp()
}

/// How much worse than the peer, a method of order eight, a method may be.
fn factor(order: u32) -> f64 {
    if order < 5 { 1000.0 } else { 20.0 }
}

struct Matrix<M> {
    method: M,
    visited: usize,
}

impl<M: ExplicitRk + Copy> Problems for Matrix<M> {
    fn visit<F: System + Copy, const N: usize>(&mut self, problem: &Problem<F, N>) {
        self.visited += 1;
        let reference = &problem.reference;
        for rtol in [1e-6, 1e-9] {
            let solution = run(self.method, problem, &options(reference, rtol));
            let error = error(reference, &solution);
            let bound = factor(M::TABLEAU.order) * peer(reference, rtol);
            let what = format!("{} on {} at {rtol:e}", M::NAME, reference.name);
            assert!(error < bound, "{what}: error {error:.1e}, bound {bound:.1e}");
            // The controller foresees most of the errors.
            let stats = solution.stats();
            assert!(stats.rejected <= 10 + stats.accepted / 5, "{what}: {stats}");
        }
    }
}

struct EveryMethod;

impl Methods for EveryMethod {
    fn visit<M: ExplicitRk + Copy + Debug>(&mut self, method: M, _: Claim) {
        if !M::TABLEAU.e.is_empty() {
            let mut matrix = Matrix { method, visited: 0 };
            testset::nonstiff(&mut matrix).unwrap();
            assert_eq!(matrix.visited, 12);
        }
    }
}

#[test]
fn every_adaptive_method_solves_every_problem() {
    every(&mut EveryMethod);
}

/// Errors after 20 000 equal steps: bounds for Euler, Midpoint, Rk4 and methods of higher order.
/// (Above 1 where equal steps of this size resolve nothing, close encounters and chaos: there the
/// bound says that the trajectory stays about where it belongs.)
const FIXED: &[(&str, [f64; 4])] = &[
    ("linear_decay_forced", [1e-3, 1e-7, 1e-14, 1e-14]),
    ("linear_damped_oscillator", [1e-2, 1e-5, 2e-12, 1e-14]),
    ("linear_nonnormal_3x3", [1e-3, 1e-6, 3e-13, 3e-14]),
    ("time_varying_linear", [1e-4, 1e-8, 1e-14, 1e-14]),
    ("logistic", [1e-3, 1e-7, 1e-14, 1e-14]),
    ("lotka_volterra", [1e-2, 2e-6, 1e-12, 1e-13]),
    ("brusselator_0d", [1e-3, 2e-6, 2e-12, 1e-13]),
    ("fitzhugh_nagumo", [1e-3, 1e-6, 3e-12, 1e-13]),
    ("lorenz63_short", [2.0, 0.5, 1e-5, 1e-7]),
    ("kepler_e05", [2.0, 3e-4, 2e-10, 2e-12]),
    ("arenstorf", [10.0, 6.0, 2.0, 5e-2]),
    ("pleiades", [50.0, 0.1, 3e-5, 2e-7]),
];

struct FixedMatrix<M>(M);

impl<M: ExplicitRk + Copy> Problems for FixedMatrix<M> {
    fn visit<F: System + Copy, const N: usize>(&mut self, problem: &Problem<F, N>) {
        let reference = &problem.reference;
        let row = FIXED.iter().find(|(name, _)| *name == reference.name).unwrap();
        let bound = match M::TABLEAU.order {
            2 | 3 => row.1[1],
            4 => row.1[2],
            5.. => row.1[3],
            _ => row.1[0],
        };
        // Large weights that cancel leave more round-off.
        let weights: f64 = M::TABLEAU.b.iter().map(|b| b.abs()).sum();
        let bound = bound * (weights / 10.0).max(1.0);
        let step = StepSize::Fixed((reference.tspan.1 - reference.tspan.0) / 20_000.0);
        let options = Options { step, ..options(reference, 1e-6) };
        let solution = run(self.0, problem, &options);
        assert_eq!(solution.stats().accepted, 20_000);
        let error = error(reference, &solution);
        let what = format!("{} on {}", M::NAME, reference.name);
        assert!(error <= bound, "{what}: error {error:.1e}, bound {bound:.1e}");
    }
}

struct EveryFixed;

impl Methods for EveryFixed {
    fn visit<M: ExplicitRk + Copy + Debug>(&mut self, method: M, _: Claim) {
        testset::nonstiff(&mut FixedMatrix(method)).unwrap();
    }
}

#[test]
fn every_method_solves_every_problem_in_equal_steps() {
    every(&mut EveryFixed);
}

/// Within two per cent, or within two.
fn pinned(what: &str, found: usize, wanted: usize) {
    let slack = 2.max(wanted / 50);
    assert!(found.abs_diff(wanted) <= slack, "{what}: {found}, was {wanted}");
}

fn pin<M, F, const N: usize>(method: M, problem: &Problem<F, N>, rtol: f64, counts: [usize; 3])
where
    M: ExplicitRk,
    F: System + Copy,
{
    let what = format!("{} on {} at {rtol:e}", M::NAME, problem.reference.name);
    let stats = run(method, problem, &options(&problem.reference, rtol)).stats();
    pinned(&format!("accepted, {what}"), stats.accepted, counts[0]);
    pinned(&format!("rejected, {what}"), stats.rejected, counts[1]);
    pinned(&format!("evaluations, {what}"), stats.evaluations, counts[2]);
}

/// Accepted and rejected steps, evaluations: a change here is a change of the step size control.
#[test]
fn the_work_is_pinned() {
    let arenstorf = testset::problems::arenstorf().unwrap();
    pin(Dp5, &arenstorf, 1e-6, [224, 20, 1466]);
    pin(Tsit5, &arenstorf, 1e-6, [225, 20, 1472]);
    pin(Vern7, &arenstorf, 1e-6, [144, 15, 1587]);
    pin(Vern7, &arenstorf, 1e-9, [363, 12, 3750]);
    let brusselator = testset::problems::brusselator_0d().unwrap();
    pin(Dp5, &brusselator, 1e-6, [163, 12, 1052]);
    pin(Tsit5, &brusselator, 1e-9, [561, 0, 3368]);
    pin(Vern7, &brusselator, 1e-9, [220, 6, 2271]);
    let lotka_volterra = testset::problems::lotka_volterra().unwrap();
    pin(Dp5, &lotka_volterra, 1e-9, [435, 0, 2612]);
    pin(Tsit5, &lotka_volterra, 1e-6, [113, 0, 680]);
    pin(Vern7, &lotka_volterra, 1e-6, [65, 6, 721]);
    let pleiades = testset::problems::pleiades().unwrap();
    pin(Tsit5, &pleiades, 1e-6, [231, 28, 1556]);
    pin(Vern7, &pleiades, 1e-9, [360, 23, 3819]);
}
