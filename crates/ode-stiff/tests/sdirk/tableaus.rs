//! What the coefficients of the ESDIRK and the additive methods promise: every order condition, by rooted
//! trees (Hairer, Nørsett, Wanner I, II.2), the coupling conditions of the additive pairs by trees of two
//! colours (Hairer 1981; Kennedy, Carpenter 2003), and stability.

use ode_stiff::{
    Ark, Ark324, Ark436, Ark548, Esdirk, EsdirkTableau, ImplicitEuler, KenCarp3, KenCarp4,
    KenCarp5, Kvaerno3, Kvaerno4, Kvaerno5, TrBdf2, Trapezoid,
};

/// A rooted tree: its children, each with a colour (which of the two methods its edge belongs to).
#[derive(Clone, Debug, PartialEq)]
struct Tree(Vec<(usize, Tree)>);

impl Tree {
    fn order(&self) -> usize {
        1 + self.0.iter().map(|(_, child)| child.order()).sum::<usize>()
    }

    /// The density γ.
    fn gamma(&self) -> f64 {
        self.order() as f64 * self.0.iter().map(|(_, child)| child.gamma()).product::<f64>()
    }

    /// The elementary weights `Φᵢ` of each stage; `a` holds the matrix of each colour.
    fn phi(&self, a: &[Matrix]) -> Vec<f64> {
        let children: Vec<_> = self.0.iter().map(|(c, child)| (*c, child.phi(a))).collect();
        (0..a[0].len())
            .map(|i| children.iter().map(|(c, phi)| dot(&a[*c][i], phi)).product())
            .collect()
    }
}

type Matrix = Vec<Vec<f64>>;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// All trees with `order` nodes and edges of so many colours.
fn trees(order: usize, colours: usize) -> Vec<Tree> {
    type Edge = (usize, Tree);
    fn forests(size: usize, pool: &[Edge]) -> Vec<Vec<Edge>> {
        if size == 0 {
            return vec![Vec::new()];
        }
        let mut found = Vec::new();
        for (i, edge) in pool.iter().enumerate().filter(|(_, e)| e.1.order() <= size) {
            for mut rest in forests(size - edge.1.order(), &pool[i..]) {
                rest.push(edge.clone());
                found.push(rest);
            }
        }
        found
    }
    let smaller = (1..order).flat_map(|n| trees(n, colours));
    let pool: Vec<Edge> =
        smaller.flat_map(|tree| (0..colours).map(move |c| (c, tree.clone()))).collect();
    forests(order - 1, &pool).into_iter().map(Tree).collect()
}

#[test]
fn there_are_as_many_trees_as_in_the_literature() {
    let counts = |colours: usize| -> Vec<_> { (1..=5).map(|n| trees(n, colours).len()).collect() };
    assert_eq!(counts(1), [1, 1, 2, 4, 9]);
    // Trees with nodes of two colours are 2, 4, 14, 52, 214; the colour of the root is of no matter.
    assert_eq!(counts(2), [1, 2, 7, 26, 107]);
}

/// The largest defect of the conditions of order `n` for weights at `θ`.
fn defect(a: &[Matrix], weights: &[f64], n: usize, theta: f64) -> f64 {
    let of = |tree: Tree| (dot(weights, &tree.phi(a)) - theta.powi(n as i32) / tree.gamma()).abs();
    trees(n, a.len()).into_iter().map(of).fold(0.0, f64::max)
}

/// Satisfied up to `order`, and no further.
fn has_order(what: &str, a: &[Matrix], weights: &[f64], order: usize, theta: f64) {
    for n in 1..=order {
        let d = defect(a, weights, n, theta);
        assert!(d <= 1e-13, "{what} at {theta}: a condition of order {n} is off by {d:e}");
    }
    let d = defect(a, weights, order + 1, theta);
    assert!(d > 1e-5, "{what} at {theta}: order {order} is declared, {d:e} is missing for more");
}

fn matrix(tableau: &EsdirkTableau) -> Matrix {
    let s = tableau.stages();
    (0..s).map(|i| (0..s).map(|j| tableau.a(i, j)).collect()).collect()
}

/// The weights of the interpolant, from its definition.
fn weights_at(tableau: &EsdirkTableau, theta: f64) -> Vec<f64> {
    let s = tableau.stages();
    let bump = theta * theta * (1.0 - theta);
    let of = |i: usize| {
        let b = tableau.a(s - 1, i);
        let rise = b * (theta - theta * (1.0 - theta) + 2.0 * bump);
        let first = if i == 0 { theta * (1.0 - theta) - bump } else { 0.0 };
        let last = if i + 1 == s { -bump } else { 0.0 };
        let own = tableau.dense.get(i).map_or(0.0, |w| w * bump * (1.0 - theta));
        rise + first + last + own
    };
    (0..s).map(of).collect()
}

fn check<M: Esdirk>(embedded: usize, interpolant: usize) {
    let tableau = &M::TABLEAU;
    let a = [matrix(tableau)];
    let b = a[0].last().unwrap();
    has_order(M::NAME, &a, b, tableau.order as usize, 1.0);
    if !tableau.e.is_empty() {
        let hat: Vec<f64> = b.iter().zip(tableau.e).map(|(b, e)| b - e).collect();
        has_order(&format!("{}, embedded", M::NAME), &a, &hat, embedded, 1.0);
    }
    for theta in [0.3, 0.5, 0.8] {
        let what = format!("{}, interpolant", M::NAME);
        has_order(&what, &a, &weights_at(tableau, theta), interpolant, theta);
    }
}

#[test]
fn every_order_condition_holds() {
    check::<ImplicitEuler>(2, 1);
    check::<Trapezoid>(0, 2);
    check::<TrBdf2>(3, 2);
    check::<Kvaerno3>(2, 3);
    check::<KenCarp3>(2, 3);
    check::<Kvaerno4>(3, 3);
    check::<KenCarp4>(3, 4);
    check::<Kvaerno5>(4, 4);
    check::<KenCarp5>(4, 4);
}

fn check_additive<M: Ark>() {
    let tableau = &M::TABLEAU;
    let (s, order) = (tableau.stages(), tableau.implicit.order as usize);
    let explicit = (0..s).map(|i| (0..s).map(|j| tableau.explicit(i, j)).collect()).collect();
    let both: [Matrix; 2] = [matrix(&tableau.implicit), explicit];
    let b: Vec<f64> = (0..s).map(|i| tableau.b(i)).collect();
    let hat: Vec<f64> = b.iter().zip(tableau.implicit.e).map(|(b, e)| b - e).collect();
    has_order(M::NAME, &both, &b, order, 1.0);
    has_order(&format!("{}, embedded", M::NAME), &both, &hat, order - 1, 1.0);
    // The explicit method alone.
    has_order(&format!("{}, explicit", M::NAME), &both[1..], &b, order, 1.0);
}

#[test]
fn every_coupling_condition_holds() {
    check_additive::<Ark324>();
    check_additive::<Ark436>();
    check_additive::<Ark548>();
}

/// A complex number.
#[derive(Clone, Copy)]
struct C(f64, f64);

impl C {
    fn times(self, o: C) -> C {
        C(self.0 * o.0 - self.1 * o.1, self.0 * o.1 + self.1 * o.0)
    }
    fn over(self, o: C) -> C {
        let d = o.0 * o.0 + o.1 * o.1;
        let n = self.times(C(o.0, -o.1));
        C(n.0 / d, n.1 / d)
    }
}

/// The stages for `u' = λ u`, `z = λ dt`: `Yᵢ = (1 + z Σ aᵢⱼ Yⱼ) / (1 - γ z)`. The last is `R(z)`.
fn stages(tableau: &EsdirkTableau, z: C) -> Vec<C> {
    let mut y = vec![C(1.0, 0.0)];
    for i in 1..tableau.stages() {
        let mut sum = C(0.0, 0.0);
        for (j, y) in y.iter().enumerate() {
            sum = C(sum.0 + tableau.a(i, j) * y.0, sum.1 + tableau.a(i, j) * y.1);
        }
        let top = z.times(sum);
        let bottom = C(1.0 - tableau.gamma * z.0, -tableau.gamma * z.1);
        y.push(C(1.0 + top.0, top.1).over(bottom));
    }
    y
}

fn check_stability<M: Esdirk>(at_infinity: f64) {
    let tableau = &M::TABLEAU;
    let last = tableau.stages() - 1;
    // A-stable: bounded by 1 on the imaginary axis, and the only pole, 1/γ, lies to the right.
    for k in -400..=800 {
        let y = 10.0_f64.powf(f64::from(k) / 100.0);
        let r = stages(tableau, C(0.0, y))[last];
        let size = r.0.hypot(r.1);
        assert!(size <= 1.0 + 1e-12, "{}: |R({y} i)| = {size}", M::NAME);
    }
    let r = stages(tableau, C(-1e12, 0.0))[last].0;
    assert!((r - at_infinity).abs() < 1e-9, "{}: R(-∞) = {r}", M::NAME);
}

#[test]
fn all_are_a_stable_and_but_for_the_trapezoidal_rule_l_stable() {
    check_stability::<ImplicitEuler>(0.0);
    check_stability::<Trapezoid>(-1.0);
    check_stability::<TrBdf2>(0.0);
    check_stability::<Kvaerno3>(0.0);
    check_stability::<Kvaerno4>(0.0);
    check_stability::<Kvaerno5>(0.0);
    check_stability::<KenCarp3>(0.0);
    check_stability::<KenCarp4>(0.0);
    check_stability::<KenCarp5>(0.0);
}

/// The estimate for `u' = λ u`, `u = 1`, far out on the negative axis, filtered or not.
fn estimate<M: Esdirk>(z: f64) -> f64 {
    let tableau = &M::TABLEAU;
    let y = stages(tableau, C(z, 0.0));
    let raw: f64 = tableau.e.iter().zip(&y).map(|(e, y)| e * z * y.0).sum();
    if tableau.is_filtered() { raw / (1.0 - tableau.gamma * z) } else { raw }
}

#[test]
fn estimates_stay_bounded_however_stiff_the_problem_is() {
    assert!(ImplicitEuler::TABLEAU.is_filtered() && TrBdf2::TABLEAU.is_filtered());
    assert!(!Kvaerno5::TABLEAU.is_filtered() && !KenCarp4::TABLEAU.is_filtered());
    for z in [-1e3, -1e6, -1e9] {
        let all = [
            estimate::<ImplicitEuler>(z),
            estimate::<TrBdf2>(z),
            estimate::<Kvaerno3>(z),
            estimate::<Kvaerno4>(z),
            estimate::<Kvaerno5>(z),
            estimate::<KenCarp3>(z),
            estimate::<KenCarp4>(z),
            estimate::<KenCarp5>(z),
        ];
        for estimate in all {
            assert!(estimate.abs() > 0.05 && estimate.abs() < 1.7, "{z}: {all:?}");
        }
    }
}
