//! What the names `Ssprk…` promise: SSP coefficients, from the tableaus and as seen in total variation.

use ode_core::{
    Euler, ExplicitRk, Heun, Midpoint, OdeProblem, Options, Rk4, Save, Ssprk22, Ssprk33, Ssprk43,
    Ssprk104, StepSize, solve,
};
use system::{Scalar, System};

/// The stages and the solution: `K = (A 0; bᵀ 0)`.
fn k<M: ExplicitRk>() -> Vec<Vec<f64>> {
    let tableau = &M::TABLEAU;
    let s = tableau.stages();
    let mut rows: Vec<Vec<f64>> =
        (0..s).map(|i| (0..=s).map(|j| tableau.a(i, j)).collect()).collect();
    rows.push(tableau.b.iter().copied().chain([0.0]).collect());
    rows
}

/// Whether `K (I + r K)⁻¹ ≥ 0` and `r K (I + r K)⁻¹ e ≤ e` (Kraaijevanger 1991).
fn absolutely_monotonic(k: &[Vec<f64>], r: f64) -> bool {
    // P = K (I + r K)⁻¹ solves P = K - r P K; K is strictly lower triangular.
    let n = k.len();
    (0..n).all(|i| {
        let mut row = vec![0.0; n];
        for j in (0..i).rev() {
            row[j] = k[i][j] - r * (j + 1..i).map(|l| row[l] * k[l][j]).sum::<f64>();
        }
        row.iter().all(|&p| p >= -1e-12) && r * row.iter().sum::<f64>() <= 1.0 + 1e-12
    })
}

/// The largest radius of absolute monotonicity, by bisection: the SSP coefficient.
fn ssp_coefficient<M: ExplicitRk>() -> f64 {
    let k = k::<M>();
    let (mut holds, mut fails) = (0.0, 20.0);
    for _ in 0..60 {
        let r = 0.5 * (holds + fails);
        if absolutely_monotonic(&k, r) { holds = r } else { fails = r }
    }
    holds
}

#[test]
fn ssp_coefficients_are_those_of_the_literature() {
    fn check<M: ExplicitRk>(literature: f64) {
        let found = ssp_coefficient::<M>();
        assert!((found - literature).abs() < 1e-9, "{}: {found}, not {literature}", M::NAME);
        assert_eq!(M::SSP, literature, "{}", M::NAME);
    }
    check::<Euler>(1.0);
    check::<Heun>(1.0);
    check::<Ssprk22>(1.0);
    check::<Ssprk33>(1.0);
    check::<Ssprk43>(2.0);
    check::<Ssprk104>(6.0);
    // Methods that have none.
    check::<Midpoint>(0.0);
    check::<Rk4>(0.0);
}

const CELLS: usize = 100;

/// `u_t + u_x = 0` and `u_t + (u²/2)_x = 0` for positive `u`, upwind, periodic.
#[derive(Clone, Copy)]
enum Upwind {
    Advection,
    Burgers,
}

impl System for Upwind {
    fn dim(&self) -> usize {
        CELLS
    }

    fn num_params(&self) -> usize {
        0
    }

    fn rhs<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
        let flux = |u: S| match self {
            Upwind::Advection => u,
            Upwind::Burgers => (u * u).scale(0.5),
        };
        for i in 0..CELLS {
            let left = u[(i + CELLS - 1) % CELLS];
            du[i] = (flux(left) - flux(u[i])).scale(CELLS as f64);
        }
    }
}

fn total_variation(u: &[f64]) -> f64 {
    (0..u.len()).map(|i| (u[(i + 1) % u.len()] - u[i]).abs()).sum()
}

/// The largest growth of the total variation in one of 60 steps of `factor` times what Euler may.
fn growth<M: ExplicitRk>(method: M, system: Upwind, factor: f64) -> f64 {
    // A step up and down; the largest speed is 1, so that Euler may take 1 / CELLS.
    let u0: Vec<f64> = (0..CELLS).map(|i| if (20..60).contains(&i) { 1.0 } else { 0.1 }).collect();
    let dt = factor / CELLS as f64;
    let problem = OdeProblem::new(system, u0, [], (0.0, 60.0 * dt)).unwrap();
    let options = Options { step: StepSize::Fixed(dt), save: Save::Steps, ..Options::default() };
    let solution = solve(&problem, method, &options).unwrap();
    let variations: Vec<f64> = solution.iter().map(|(_, u)| total_variation(u)).collect();
    assert_eq!(variations.len(), 61);
    variations.windows(2).map(|w| w[1] - w[0]).fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn total_variation_does_not_grow_up_to_the_ssp_coefficient() {
    fn check<M: ExplicitRk + Copy>(method: M, coefficient: f64) {
        for system in [Upwind::Advection, Upwind::Burgers] {
            for part in [0.3, 0.9, 1.0] {
                let grown = growth(method, system, part * coefficient);
                assert!(grown < 1e-12, "{} at {part} of its bound: {grown:e}", M::NAME);
            }
        }
        // The bound is sharp.
        let grown = growth(method, Upwind::Advection, 1.1 * coefficient);
        assert!(grown > 1e-6, "{} beyond its bound: {grown:e}", M::NAME);
    }
    check(Euler, 1.0);
    check(Ssprk22, 1.0);
    check(Ssprk33, 1.0);
    check(Ssprk43, 2.0);
    check(Ssprk104, 6.0);
}
