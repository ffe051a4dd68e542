//! Fully implicit methods on many states: banded factors, real and complex, also with a mass matrix.

use ode_core::{Integrator, OdeProblem, Options, Progress, Save, StepSize, solve};
use ode_stiff::{GaussLegendre4, GaussLegendre6, KenCarp4, RadauIIA5};
use scalar::{Dual, Scalar};
use std::f64::consts::{PI, TAU};
use system::{Mass, System, WithMass};
use testset::models::Brusselator1d;

/// `u' = κ (left - 2 u + right)` with zeros at the ends.
#[derive(Clone, Copy)]
struct Rod {
    n: usize,
}

impl System for Rod {
    fn dim(&self) -> usize {
        self.n
    }
    fn num_params(&self) -> usize {
        1
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        for i in 0..self.n {
            let left = if i == 0 { S::zero() } else { u[i - 1] };
            let right = u.get(i + 1).copied().unwrap_or(S::zero());
            du[i] = p[0] * (left - u[i].scale(2.0) + right);
        }
    }
}

impl Rod {
    /// The slowest mode, and its eigenvalue for `κ = 1`.
    fn mode(&self) -> (Vec<f64>, f64) {
        let angle = PI / (self.n + 1) as f64;
        let mode = (1..=self.n).map(|i| (angle * i as f64).sin()).collect();
        (mode, 2.0 * angle.cos() - 2.0)
    }

    /// The mass matrix of linear elements, `tridiag(1, 4, 1) / 6`, and what the eigenvalue of the
    /// slowest mode is divided by.
    fn elements(&self) -> (Mass, f64) {
        let mut rows = vec![vec![0.0; self.n]; self.n];
        for i in 0..self.n {
            rows[i][i] = 4.0 / 6.0;
            if i > 0 {
                (rows[i][i - 1], rows[i - 1][i]) = (1.0 / 6.0, 1.0 / 6.0);
            }
        }
        let angle = PI / (self.n + 1) as f64;
        (Mass::dense(&rows).unwrap(), (4.0 + 2.0 * angle.cos()) / 6.0)
    }
}

fn options(rtol: f64) -> Options {
    Options { rtol, atol: 1e-2 * rtol, save: Save::Last, ..Options::default() }
}

fn brusselator(cells: usize) -> (Brusselator1d, Vec<f64>, [f64; 1]) {
    let wave = |i: usize| 1.0 + (TAU * (i + 1) as f64 / (cells + 1) as f64).sin();
    let u0 = (0..2 * cells).map(|k| if k % 2 == 0 { wave(k / 2) } else { 3.0 }).collect();
    (Brusselator1d { cells }, u0, [0.02 * (cells as f64 + 1.0).powi(2)])
}

#[test]
fn a_thousand_states_as_another_family_sees_them() {
    let (model, u0, p) = brusselator(500);
    let problem = OdeProblem::new(model, u0, p, (0.0, 3.0)).unwrap();
    let radau = solve(&problem, RadauIIA5, &options(1e-7)).unwrap();
    let other = solve(&problem, KenCarp4, &options(1e-8)).unwrap();
    for (a, b) in radau.last().iter().zip(other.last()) {
        assert!((a - b).abs() < 1e-6, "{a} and {b}");
    }
    assert!(radau.stats().accepted < 80, "{}", radau.stats());
}

#[test]
fn finite_elements_have_a_banded_mass_matrix() {
    let rod = Rod { n: 450 };
    let ((mode, eigenvalue), (mass, weight)) = (rod.mode(), rod.elements());
    // Once around the time scale of the mode; the fastest one is 10⁵ times as fast.
    let kappa = -weight / eigenvalue;
    let rhs = WithMass::new(rod, mass).unwrap();
    let problem = OdeProblem::new(rhs, mode.clone(), [kappa], (0.0, 1.0)).unwrap();
    let end = solve(&problem, RadauIIA5, &options(1e-8)).unwrap();
    for (u, mode) in end.last().iter().zip(&mode) {
        assert!((u - (-1.0f64).exp() * mode).abs() < 1e-8, "{u} and {mode}");
    }
}

/// `∂u/∂κ` in duals: factors of the values alone, one more right-hand side.
#[test]
fn tangents_share_the_banded_factors() {
    type D = Dual<f64, 1>;
    let rod = Rod { n: 450 };
    let ((mode, eigenvalue), (mass, weight)) = (rod.mode(), rod.elements());
    let kappa = -weight / eigenvalue;
    let u0: Vec<D> = mode.iter().map(|&u| D::constant(u)).collect();
    let rhs = WithMass::new(rod, mass).unwrap();
    let problem = OdeProblem::over(rhs, u0, [D::variable(kappa, 0)], (0.0, 1.0)).unwrap();
    let end = solve(&problem, RadauIIA5, &options(1e-8)).unwrap();
    for (u, mode) in end.last().iter().zip(&mode) {
        let exact = -(-1.0f64).exp() * mode / kappa;
        assert!((u.eps[0] - exact).abs() < 1e-8 / kappa, "{} and {exact}", u.eps[0]);
    }
}

/// On a mode every step multiplies by the stability function, a diagonal Padé approximation of `eᶻ`.
#[test]
fn gauss_methods_multiply_by_their_stability_functions() {
    let rod = Rod { n: 300 };
    let (mode, eigenvalue) = rod.mode();
    let problem = OdeProblem::new(rod, mode.clone(), [-1.0 / eigenvalue], (0.0, 2.0)).unwrap();
    let options = Options { step: StepSize::Fixed(0.25), ..options(1e-6) };
    let z = -0.25f64;
    let even = |z: f64, s: usize| match s {
        2 => 1.0 + z / 2.0 + z * z / 12.0,
        _ => 1.0 + z / 2.0 + z * z / 10.0 + z * z * z / 120.0,
    };
    let check = |end: &[f64], s: usize| {
        let factor = (even(z, s) / even(-z, s)).powi(8);
        for (u, mode) in end.iter().zip(&mode) {
            assert!((u - factor * mode).abs() < 1e-12, "{u} and {}", factor * mode);
        }
    };
    check(solve(&problem, GaussLegendre4, &options).unwrap().last(), 2);
    check(solve(&problem, GaussLegendre6, &options).unwrap().last(), 3);
}

#[test]
fn steps_with_banded_factors_allocate_nothing() {
    let (model, u0, p) = brusselator(60);
    let problem = OdeProblem::new(model, u0, p, (0.0, 10.0)).unwrap();
    let options = options(1e-5);
    let mut integrator = Integrator::new(&problem, RadauIIA5, &options).unwrap();
    assert_eq!(integrator.step().unwrap(), Progress::Running);
    let info = allocation_counter::measure(|| {
        for _ in 0..15 {
            integrator.step().unwrap();
        }
    });
    assert_eq!(info.count_total, 0);
}

/// A checkpoint holds the entries of the pattern: the steps after it have the same bits.
#[test]
fn a_checkpoint_carries_the_sparse_jacobian() {
    let (model, u0, p) = brusselator(40);
    let problem = OdeProblem::new(model, u0, p, (0.0, 4.0)).unwrap();
    let options = options(1e-5);
    let mut integrator = Integrator::new(&problem, RadauIIA5, &options).unwrap();
    for _ in 0..9 {
        integrator.step().unwrap();
    }
    let checkpoint = integrator.checkpoint();
    let mut resumed = Integrator::resume(&problem, RadauIIA5, &options, &checkpoint).unwrap();
    for _ in 0..9 {
        integrator.step().unwrap();
        resumed.step().unwrap();
    }
    assert_eq!(integrator.u(), resumed.u());
    assert_eq!(integrator.t(), resumed.t());
}
