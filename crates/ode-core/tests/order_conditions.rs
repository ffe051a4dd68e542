//! Every order condition, by rooted trees (Hairer, Nørsett, Wanner I, II.2), for the solutions and
//! for the interpolants.

use ode_core::{Bs3, Dp5, ErkTableau, Euler, ExplicitRk, Midpoint, Rk4, Tsit5, Vern7};

/// A rooted tree: its children.
#[derive(Clone, Debug, PartialEq)]
struct Tree(Vec<Tree>);

impl Tree {
    fn order(&self) -> usize {
        1 + self.0.iter().map(Tree::order).sum::<usize>()
    }

    /// The density γ.
    fn gamma(&self) -> f64 {
        self.order() as f64 * self.0.iter().map(Tree::gamma).product::<f64>()
    }

    /// The elementary weights `Φᵢ` of each stage.
    fn phi(&self, a: &[Vec<f64>]) -> Vec<f64> {
        let children: Vec<_> = self.0.iter().map(|child| child.phi(a)).collect();
        a.iter()
            .map(|row| {
                let inner = |phi: &Vec<f64>| row.iter().zip(phi).map(|(a, p)| a * p).sum::<f64>();
                children.iter().map(inner).product()
            })
            .collect()
    }
}

/// All trees with `order` nodes: a root over every multiset of smaller trees.
fn trees(order: usize) -> Vec<Tree> {
    fn forests(size: usize, largest: &[Tree]) -> Vec<Vec<Tree>> {
        if size == 0 {
            return vec![Vec::new()];
        }
        let mut found = Vec::new();
        for (i, tree) in largest.iter().enumerate().filter(|(_, t)| t.order() <= size) {
            for mut rest in forests(size - tree.order(), &largest[i..]) {
                rest.push(tree.clone());
                found.push(rest);
            }
        }
        found
    }
    let smaller: Vec<Tree> = (1..order).flat_map(trees).collect();
    forests(order - 1, &smaller).into_iter().map(Tree).collect()
}

#[test]
fn there_are_as_many_trees_as_in_the_literature() {
    let counts: Vec<_> = (1..=8).map(|order| trees(order).len()).collect();
    assert_eq!(counts, [1, 1, 2, 4, 9, 20, 48, 115]);
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

fn defect(weights: &[f64], phi: &[f64], exact: f64) -> f64 {
    (weights.iter().zip(phi).map(|(w, p)| w * p).sum::<f64>() - exact).abs()
}

fn check<M: ExplicitRk>(dense_order: usize, estimate_order: usize) {
    let tableau = &M::TABLEAU;
    let a = matrix(tableau);
    let order = tableau.order as usize;
    for n in 1..=order {
        for tree in trees(n) {
            let (phi, exact) = (tree.phi(&a), 1.0 / tree.gamma());
            let d = defect(tableau.b, &phi, exact);
            assert!(d < 1e-12, "{} of order {n}: {tree:?} is off by {d:e}", M::NAME);
        }
    }
    // One order more must fail, or the declared order is too low.
    let beyond = |weights: &[f64], n, theta: f64| {
        let all = trees(n);
        let worst = all
            .iter()
            .map(|tree| defect(weights, &tree.phi(&a), theta.powi(n as i32) / tree.gamma()));
        worst.fold(0.0, f64::max)
    };
    assert!(beyond(tableau.b, order + 1, 1.0) > 1e-7, "{} has a higher order", M::NAME);

    if !tableau.e.is_empty() {
        let embedded: Vec<_> = tableau.b.iter().zip(tableau.e).map(|(b, e)| b - e).collect();
        for n in 1..=estimate_order {
            assert!(beyond(&embedded, n, 1.0) < 1e-12, "{} embedded, order {n}", M::NAME);
        }
        assert!(beyond(&embedded, estimate_order + 1, 1.0) > 1e-7);
    }

    for theta in [0.0, 0.25, 0.6, 0.9, 1.0] {
        let weights: Vec<f64> = weights_at(tableau, theta);
        for n in 1..=dense_order {
            let d = beyond(&weights, n, theta);
            assert!(d < 2e-12, "{} interpolant at {theta}, order {n}: off by {d:e}", M::NAME);
        }
    }
    let halfway = weights_at(tableau, 0.4);
    assert!(beyond(&halfway, dense_order + 1, 0.4) > 1e-8, "{} interpolant is better", M::NAME);
}

#[test]
fn methods_satisfy_every_condition_up_to_their_order() {
    check::<Euler>(1, 0);
    check::<Midpoint>(2, 0);
    check::<Rk4>(3, 0);
    check::<Bs3>(3, 2);
    check::<Dp5>(4, 4);
    check::<Tsit5>(4, 4);
    check::<Vern7>(6, 6);
}

fn weights_at(tableau: &ErkTableau, theta: f64) -> Vec<f64> {
    let weights = tableau.interpolant_weights();
    (0..weights.stages()).map(|i| weights.at(i, theta)).collect()
}
