//! The order conditions of every Rosenbrock method, of its error estimate and its interpolant.
//!
//! Hairer, Wanner II, IV.7: with `β = α + γ`, a vertex with one branch stands for `β`, one with more
//! for `α`.

use ode_stiff::{Rodas4, Rodas4P, Rodas5P, Ros3P, Rosenbrock, Rosenbrock23, RosenbrockTableau};

/// A rooted tree: the branches at its root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tree(Vec<Tree>);

impl Tree {
    fn order(&self) -> u32 {
        1 + self.0.iter().map(Tree::order).sum::<u32>()
    }

    /// `γ(τ)`.
    fn density(&self) -> f64 {
        f64::from(self.order()) * self.0.iter().map(Tree::density).product::<f64>()
    }
}

/// All trees of this order: one more leaf on every vertex of the smaller ones.
fn trees(order: u32) -> Vec<Tree> {
    if order == 1 {
        return vec![Tree(vec![])];
    }
    let mut all: Vec<Tree> = trees(order - 1).iter().flat_map(grown).collect();
    all.sort();
    all.dedup();
    all
}

fn grown(tree: &Tree) -> Vec<Tree> {
    let mut branches = tree.0.clone();
    branches.push(Tree(vec![]));
    branches.sort();
    let mut all = vec![Tree(branches)];
    for (i, branch) in tree.0.iter().enumerate() {
        for larger in grown(branch) {
            let mut branches = tree.0.clone();
            branches[i] = larger;
            branches.sort();
            all.push(Tree(branches));
        }
    }
    all
}

/// The classical coefficients.
struct Classical {
    alpha: Vec<Vec<f64>>,
    beta: Vec<Vec<f64>>,
    gamma: Vec<Vec<f64>>,
}

type Matrix = Vec<Vec<f64>>;

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let n = b.len();
    let entry = |row: &Vec<f64>, j: usize| (0..n).map(|k| row[k] * b[k][j]).sum();
    a.iter().map(|row| (0..n).map(|j| entry(row, j)).collect()).collect()
}

impl Classical {
    fn new(tableau: &RosenbrockTableau) -> Self {
        let s = tableau.stages();
        let full = |rows: &[&[f64]]| -> Matrix {
            let entry = |i: usize, j: usize| if j < i { rows[i - 1][j] } else { 0.0 };
            (0..s).map(|i| (0..s).map(|j| entry(i, j)).collect()).collect()
        };
        let coupling = full(tableau.coupling);
        // Γ = (1/γ - C)⁻¹, row by row: Γᵢ = γ (eᵢ + Σ Cᵢⱼ Γⱼ).
        let mut gamma: Matrix = vec![vec![0.0; s]; s];
        for i in 0..s {
            for k in 0..s {
                let below: f64 = (0..i).map(|j| coupling[i][j] * gamma[j][k]).sum();
                gamma[i][k] = tableau.gamma * (f64::from(u8::from(i == k)) + below);
            }
        }
        let alpha = product(&full(tableau.a), &gamma);
        let sum = |(a, g): (&Vec<f64>, &Vec<f64>)| a.iter().zip(g).map(|(a, g)| a + g).collect();
        let beta = alpha.iter().zip(&gamma).map(sum).collect();
        Self { alpha, beta, gamma }
    }

    /// Weights of `Uᵢ` as weights of `kᵢ`.
    fn weights(&self, of_u: &[f64]) -> Vec<f64> {
        product(&vec![of_u.to_vec()], &self.gamma).remove(0)
    }

    /// `Φᵢ(τ)`.
    fn elementary(&self, tree: &Tree) -> Vec<f64> {
        let s = self.alpha.len();
        let matrix = if tree.0.len() == 1 { &self.beta } else { &self.alpha };
        let mut phi = vec![1.0; s];
        for branch in &tree.0 {
            let inner = self.elementary(branch);
            for i in 0..s {
                phi[i] *= (0..s).map(|j| matrix[i][j] * inner[j]).sum::<f64>();
            }
        }
        phi
    }

    /// The largest `|Σ wᵢ Φᵢ(τ) - value / γ(τ)|` over the trees of this order.
    fn defect(&self, weights: &[f64], order: u32, value: f64) -> f64 {
        let of_tree = |tree: &Tree| {
            let sum: f64 = weights.iter().zip(self.elementary(tree)).map(|(w, phi)| w * phi).sum();
            (sum - value / tree.density()).abs()
        };
        trees(order).iter().map(of_tree).fold(0.0, f64::max)
    }
}

/// Orders of the solution, of the embedded one, and of the interpolant.
fn check<M: Rosenbrock>(solution: u32, embedded: u32, dense: u32, tolerance: f64) {
    let tableau = &M::TABLEAU;
    assert_eq!(tableau.order, solution, "{}", M::NAME);
    let classical = Classical::new(tableau);
    let b = classical.weights(tableau.b);
    let e = classical.weights(tableau.e);
    let b_hat: Vec<f64> = b.iter().zip(&e).map(|(b, e)| b - e).collect();
    let orders = |weights: &[f64], order: u32, what: &str| {
        for k in 1..=order {
            let defect = classical.defect(weights, k, 1.0);
            assert!(defect < tolerance, "{} {what}, order {k}: {defect:e}", M::NAME);
        }
        let beyond = classical.defect(weights, order + 1, 1.0);
        assert!(beyond > 1e-4, "{} {what} is of order {}", M::NAME, order + 1);
    };
    orders(&b, solution, "solution");
    orders(&b_hat, embedded, "embedded");
    for theta in [0.1, 0.35, 0.5, 0.8, 0.95] {
        // u + θ (u_next - u) + θ (1 - θ) (K₀ + θ K₁ + θ² K₂)
        let mut weights: Vec<f64> = tableau.b.iter().map(|b| theta * b).collect();
        for (m, row) in tableau.dense.iter().enumerate() {
            for (w, h) in weights.iter_mut().zip(*row) {
                *w += theta * (1.0 - theta) * theta.powi(m as i32) * h;
            }
        }
        let weights = classical.weights(&weights);
        for k in 1..=dense {
            let defect = classical.defect(&weights, k, theta.powi(k as i32));
            assert!(defect < tolerance, "{} at {theta}, order {k}: {defect:e}", M::NAME);
        }
    }
}

#[test]
fn there_are_as_many_trees_as_cayley_counted() {
    let counts: Vec<usize> = (1..=7).map(|order| trees(order).len()).collect();
    assert_eq!(counts, [1, 1, 2, 4, 9, 20, 48]);
}

#[test]
fn every_method_satisfies_its_order_conditions() {
    check::<Rosenbrock23>(2, 3, 2, 1e-13);
    check::<Ros3P>(3, 2, 2, 1e-13);
    check::<Rodas4>(4, 3, 3, 1e-13);
    check::<Rodas4P>(4, 3, 3, 1e-13);
    check::<Rodas5P>(5, 4, 4, 1e-12);
}

/// The published estimate of ROS3P vanishes on linear problems; ours does not.
#[test]
fn the_estimate_of_ros3p_sees_linear_problems() {
    let classical = Classical::new(&Ros3P::TABLEAU);
    let e = classical.weights(Ros3P::TABLEAU.e);
    let chain = Tree(vec![Tree(vec![Tree(vec![])])]);
    let linear: f64 = e.iter().zip(classical.elementary(&chain)).map(|(e, phi)| e * phi).sum();
    assert!((linear.abs() - 1.0 / 6.0).abs() < 1e-14, "{linear}");
}

/// `R(∞) = 1 - bᵀ β⁻¹ 1`: L-stable methods forget what is infinitely stiff.
#[test]
fn stiff_components_are_damped() {
    fn at_infinity<M: Rosenbrock>() -> f64 {
        let classical = Classical::new(&M::TABLEAU);
        let s = M::TABLEAU.stages();
        // x = β⁻¹ 1, by forward substitution.
        let mut x = vec![0.0; s];
        for i in 0..s {
            let below: f64 = (0..i).map(|j| classical.beta[i][j] * x[j]).sum();
            x[i] = (1.0 - below) / classical.beta[i][i];
        }
        let b = classical.weights(M::TABLEAU.b);
        1.0 - b.iter().zip(&x).map(|(b, x)| b * x).sum::<f64>()
    }
    assert!(at_infinity::<Rosenbrock23>().abs() < 1e-12);
    assert!(at_infinity::<Rodas4>().abs() < 1e-12);
    assert!(at_infinity::<Rodas4P>().abs() < 1e-12);
    assert!(at_infinity::<Rodas5P>().abs() < 1e-11);
    // A-stable only, as published: |R(∞)| = √3 - 1.
    assert!((at_infinity::<Ros3P>().abs() - (3f64.sqrt() - 1.0)).abs() < 1e-12);
}
