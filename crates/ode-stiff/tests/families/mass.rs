//! Mass matrices with entries other than 1 and beside the diagonal, in the pattern of a sparse Jacobian:
//! heat in a rod by linear finite elements, against the closed form of the discrete problem.

use ode_core::{Algorithm, OdeProblem, Options, Save, solve};
use ode_stiff::{Bdf, KenCarp4, Ndf, RadauIIA5, Rodas4, Rodas5P, TrBdf2};
use std::f64::consts::PI;
use system::{Mass, Scalar, System, WithMass};

/// Inner nodes, more than are solved densely.
const N: usize = 49;
const H: f64 = 1.0 / (N + 1) as f64;

/// `f = -K u`, the stiffness matrix of `u'' = 0` with zero ends.
#[derive(Clone, Copy)]
struct Rod;

impl System for Rod {
    fn dim(&self) -> usize {
        N
    }
    fn num_params(&self) -> usize {
        0
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
        let at = |i: usize| u.get(i).copied().unwrap_or(S::zero());
        for (i, du) in du.iter_mut().enumerate() {
            *du = (at(i.wrapping_sub(1)) - u[i].scale(2.0) + at(i + 1)).scale(1.0 / H);
        }
    }
}

/// Tridiagonal, `H / 6` times 1, 4, 1.
fn mass() -> Mass {
    let entry = |i: usize, j: usize| match i.abs_diff(j) {
        0 => 4.0 * H / 6.0,
        1 => H / 6.0,
        _ => 0.0,
    };
    let rows: Vec<Vec<f64>> = (0..N).map(|i| (0..N).map(|j| entry(i, j)).collect()).collect();
    Mass::dense(&rows).unwrap()
}

/// `M u' = -K u` keeps each `sin k π x` and damps it by the quotient of the eigenvalues.
fn exact(t: f64) -> Vec<f64> {
    let wave = |i: usize, k: f64| {
        let angle = k * PI * H;
        let rate = (2.0 - 2.0 * angle.cos()) / H / (H / 6.0 * (4.0 + 2.0 * angle.cos()));
        (-rate * t).exp() * (angle * (i + 1) as f64).sin()
    };
    (0..N).map(|i| wave(i, 1.0) + 0.5 * wave(i, 3.0) + 0.25 * wave(i, 20.0)).collect()
}

fn check<A>(method: A, bound: f64, most_steps: usize)
where
    A: Algorithm<WithMass<Rod>, Vec<f64>>,
{
    let rod = WithMass::new(Rod, mass()).unwrap();
    let problem = OdeProblem::new(rod, exact(0.0), [], (0.0, 0.2)).unwrap();
    let rtol = 1e-6;
    let options = Options { rtol, atol: 1e-2 * rtol, save: Save::Last, ..Options::default() };
    let solution = solve(&problem, method, &options).unwrap();
    let (stats, name) = (solution.stats(), solution.method().unwrap().to_string());
    let size = exact(0.2).into_iter().fold(0.0, f64::max);
    for (u, exact) in solution.last().iter().zip(exact(0.2)) {
        let error = (u - exact).abs() / size / rtol;
        assert!(error < bound, "{name}: {error} tolerances, {stats}");
    }
    // A wrong matrix shows in the work: the problem is linear, one increment solves a stage.
    assert_eq!(stats.nonlinear_failures, 0, "{name}: {stats}");
    assert!(
        stats.accepted <= most_steps && stats.rejected * 5 <= stats.accepted,
        "{name}: {stats}"
    );
}

#[test]
fn rosenbrock_methods() {
    check(Rodas5P, 10.0, 60);
    check(Rodas4, 10.0, 115);
}

#[test]
fn singly_diagonally_implicit_methods() {
    check(KenCarp4, 10.0, 80);
    check(TrBdf2, 50.0, 385);
}

#[test]
fn multistep_methods() {
    check(Bdf::default(), 10.0, 180);
    check(Ndf::default(), 10.0, 165);
}

/// By dense matrices.
#[test]
fn fully_implicit_methods() {
    check(RadauIIA5, 10.0, 55);
}
