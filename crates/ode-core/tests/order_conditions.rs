//! Every order condition, by rooted trees (Hairer, Nørsett, Wanner I, II.2), for the solutions and
//! for the interpolants.

mod trees;

use ode_core::{
    Bs3, Dop853, Dp5, ErkTableau, Euler, ExplicitRk, Heun, Midpoint, Ralston, Rk4, Ssprk22,
    Ssprk33, Ssprk43, Ssprk104, Tsit5, Vern6, Vern7, Vern8, Vern9,
};
use trees::{Tree, trees};

/// The elementary weights `Φᵢ` of each stage.
fn phi(tree: &Tree, a: &[Vec<f64>]) -> Vec<f64> {
    let children: Vec<_> = tree.0.iter().map(|child| phi(child, a)).collect();
    a.iter()
        .map(|row| {
            let inner = |phi: &Vec<f64>| row.iter().zip(phi).map(|(a, p)| a * p).sum::<f64>();
            children.iter().map(inner).product()
        })
        .collect()
}

#[test]
fn there_are_as_many_trees_as_in_the_literature() {
    let counts: Vec<_> = (1..=10).map(|order| trees(order).len()).collect();
    assert_eq!(counts, [1, 1, 2, 4, 9, 20, 48, 115, 286, 719]);
}

/// The square matrix of stages: those of the tableau, the derivative at the end, the extra ones.
fn matrix(tableau: &ErkTableau) -> Vec<Vec<f64>> {
    let (s, next) = (tableau.stages(), tableau.next_stage());
    let n = next + 1 + tableau.interpolant.extra().len();
    let mut a: Vec<Vec<f64>> = (0..s).map(|i| (0..n).map(|j| tableau.a(i, j)).collect()).collect();
    let padded = |row: &[f64]| {
        let mut row = row.to_vec();
        row.resize(n, 0.0);
        row
    };
    if next == s {
        a.push(padded(tableau.b));
    }
    a.extend(tableau.interpolant.extra().iter().map(|extra| padded(extra.a)));
    a
}

/// One order condition, `Σ wᵢ Φᵢ = θⁿ / γ`, for some weights `w`.
struct Condition {
    tree: Tree,
    phi: Vec<f64>,
}

impl Condition {
    fn defect(&self, weights: &[f64], theta: f64) -> f64 {
        let exact = theta.powi(self.tree.order() as i32) / self.tree.gamma();
        (weights.iter().zip(&self.phi).map(|(w, p)| w * p).sum::<f64>() - exact).abs()
    }
}

/// Every condition of order `n`.
fn conditions(a: &[Vec<f64>], n: usize) -> Vec<Condition> {
    trees(n).into_iter().map(|tree| Condition { phi: phi(&tree, a), tree }).collect()
}

fn check<M: ExplicitRk>(dense_order: usize, estimate_order: usize) {
    check_to::<M>(dense_order, estimate_order, 1e-12);
}

/// `allowed` is what rounding of the coefficients leaves.
fn check_to<M: ExplicitRk>(dense_order: usize, estimate_order: usize, allowed: f64) {
    let tableau = &M::TABLEAU;
    let a = matrix(tableau);
    let order = tableau.order as usize;
    let all: Vec<Vec<Condition>> = (1..=order + 1).map(|n| conditions(&a, n)).collect();
    let satisfied = |what: &str, weights: &[f64], up_to: usize, theta: f64| {
        for condition in all[..up_to].iter().flatten() {
            let (d, tree) = (condition.defect(weights, theta), &condition.tree);
            assert!(d <= allowed, "{}, {what} at {theta}: {tree:?} is off by {d:e}", M::NAME);
        }
        // One order more must fail, or the declared order is too low.
        let worst = all[up_to].iter().map(|c| c.defect(weights, theta)).fold(0.0, f64::max);
        let ends = theta == 0.0 || theta == 1.0 && what == "interpolant";
        assert!(ends || worst > 1e-8, "{}, {what} at {theta} is better", M::NAME);
    };
    satisfied("solution", tableau.b, order, 1.0);
    let without = |e: &[f64]| tableau.b.iter().zip(e).map(|(b, e)| b - e).collect::<Vec<_>>();
    if !tableau.e.is_empty() {
        satisfied("embedded", &without(tableau.e), estimate_order, 1.0);
    }
    if !M::SECOND_ESTIMATE.is_empty() {
        satisfied("embedded, cruder", &without(M::SECOND_ESTIMATE), 3, 1.0);
    }
    for theta in [0.0, 0.25, 0.6, 0.9, 1.0] {
        satisfied("interpolant", &weights_at(tableau, theta), dense_order, theta);
    }
}

#[test]
fn methods_satisfy_every_condition_up_to_their_order() {
    check::<Euler>(1, 0);
    check::<Midpoint>(2, 0);
    check::<Heun>(2, 0);
    check::<Ralston>(2, 0);
    check::<Rk4>(3, 0);
    check::<Ssprk22>(2, 0);
    check::<Ssprk33>(3, 0);
    check::<Ssprk43>(3, 2);
    check::<Ssprk104>(3, 0);
    check::<Bs3>(3, 2);
    check::<Dp5>(4, 4);
    check::<Tsit5>(4, 4);
    // Weights of ±200 and stages of ±400 that cancel.
    check_to::<Vern6>(6, 5, 1e-10);
    check::<Vern7>(6, 6);
    check::<Dop853>(7, 5);
    check::<Vern8>(8, 7);
    check::<Vern9>(9, 8);
}

fn weights_at(tableau: &ErkTableau, theta: f64) -> Vec<f64> {
    let weights = tableau.interpolant_weights();
    (0..weights.stages()).map(|i| weights.at(i, theta)).collect()
}
