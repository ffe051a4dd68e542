//! Right-hand sides with their derivatives by hand.

/// `f(u, p)` and products of its derivatives.
pub(crate) trait Smooth {
    /// Numbers of states and parameters.
    fn sizes(&self) -> (usize, usize);
    fn is_stiff(&self) -> bool;
    fn f(&self, u: &[f64], p: &[f64], du: &mut [f64]);
    /// `∂f/∂u v`.
    fn jvp(&self, u: &[f64], p: &[f64], v: &[f64], y: &mut [f64]);
    /// `∂f/∂p q`.
    fn along(&self, u: &[f64], p: &[f64], q: &[f64], y: &mut [f64]);
    /// `(∂f/∂u)ᵀ v`.
    fn by_states(&self, u: &[f64], p: &[f64], v: &[f64], y: &mut [f64]);
    /// `(∂f/∂p)ᵀ v`.
    fn by_parameters(&self, u: &[f64], p: &[f64], v: &[f64], y: &mut [f64]);
}

/// Predators and prey.
pub(crate) struct LotkaVolterra;

impl Smooth for LotkaVolterra {
    fn sizes(&self) -> (usize, usize) {
        (2, 4)
    }
    fn is_stiff(&self) -> bool {
        false
    }
    fn f(&self, u: &[f64], p: &[f64], du: &mut [f64]) {
        du[0] = p[0] * u[0] - p[1] * u[0] * u[1];
        du[1] = -p[2] * u[1] + p[3] * u[0] * u[1];
    }
    fn jvp(&self, u: &[f64], p: &[f64], v: &[f64], y: &mut [f64]) {
        let change = v[0] * u[1] + u[0] * v[1];
        y[0] = p[0] * v[0] - p[1] * change;
        y[1] = -p[2] * v[1] + p[3] * change;
    }
    fn along(&self, u: &[f64], _: &[f64], q: &[f64], y: &mut [f64]) {
        let xy = u[0] * u[1];
        y[0] = q[0] * u[0] - q[1] * xy;
        y[1] = -q[2] * u[1] + q[3] * xy;
    }
    fn by_states(&self, u: &[f64], p: &[f64], v: &[f64], y: &mut [f64]) {
        let xy = p[3] * v[1] - p[1] * v[0];
        y[0] = p[0] * v[0] + xy * u[1];
        y[1] = -p[2] * v[1] + xy * u[0];
    }
    fn by_parameters(&self, u: &[f64], _: &[f64], v: &[f64], y: &mut [f64]) {
        let xy = u[0] * u[1];
        y.copy_from_slice(&[u[0] * v[0], -xy * v[0], -u[1] * v[1], xy * v[1]]);
    }
}

/// Air pollution: 25 reactions of 20 species.
pub(crate) struct Pollution;

/// The species that a rate is proportional to, and what the reaction changes.
struct Reaction(usize, Option<usize>, &'static [(usize, f64)]);

const REACTIONS: [Reaction; 25] = [
    Reaction(0, None, &[(0, -1.0), (1, 1.0), (2, 1.0)]),
    Reaction(1, Some(3), &[(0, 1.0), (1, -1.0), (3, -1.0)]),
    Reaction(4, Some(1), &[(0, 1.0), (1, -1.0), (4, -1.0), (5, 1.0)]),
    Reaction(6, None, &[(4, 2.0), (6, -1.0), (7, 1.0)]),
    Reaction(6, None, &[(6, -1.0), (7, 1.0)]),
    Reaction(6, Some(5), &[(4, 1.0), (5, -1.0), (6, -1.0), (7, 1.0)]),
    Reaction(8, None, &[(4, 1.0), (7, 1.0), (8, -1.0), (9, 1.0)]),
    Reaction(8, Some(5), &[(5, -1.0), (8, -1.0), (10, 1.0)]),
    Reaction(10, Some(1), &[(0, 1.0), (1, -1.0), (9, 1.0), (10, -1.0), (11, 1.0)]),
    Reaction(10, Some(0), &[(0, -1.0), (10, -1.0), (12, 1.0)]),
    Reaction(12, None, &[(0, 1.0), (10, 1.0), (12, -1.0)]),
    Reaction(9, Some(1), &[(0, 1.0), (1, -1.0), (9, -1.0), (13, 1.0)]),
    Reaction(13, None, &[(4, 1.0), (6, 1.0), (13, -1.0)]),
    Reaction(0, Some(5), &[(0, -1.0), (5, -1.0), (14, 1.0)]),
    Reaction(2, None, &[(2, -1.0), (3, 1.0)]),
    Reaction(3, None, &[(3, -1.0), (15, 1.0)]),
    Reaction(3, None, &[(2, 1.0), (3, -1.0)]),
    Reaction(15, None, &[(5, 2.0), (15, -1.0)]),
    Reaction(15, None, &[(2, 1.0), (15, -1.0)]),
    Reaction(16, Some(5), &[(4, 1.0), (5, -1.0), (16, -1.0), (17, 1.0)]),
    Reaction(18, None, &[(1, 1.0), (18, -1.0)]),
    Reaction(18, None, &[(0, 1.0), (2, 1.0), (18, -1.0)]),
    Reaction(0, Some(3), &[(0, -1.0), (3, -1.0), (18, 1.0)]),
    Reaction(18, Some(0), &[(0, -1.0), (18, -1.0), (19, 1.0)]),
    Reaction(19, None, &[(0, 1.0), (18, 1.0), (19, -1.0)]),
];

impl Reaction {
    fn add(&self, rate: f64, y: &mut [f64]) {
        self.2.iter().for_each(|&(species, by)| y[species] += by * rate);
    }
    fn weigh(&self, v: &[f64]) -> f64 {
        self.2.iter().map(|&(species, by)| by * v[species]).sum()
    }
    fn amount(&self, u: &[f64]) -> f64 {
        u[self.0] * self.1.map_or(1.0, |other| u[other])
    }
}

impl Smooth for Pollution {
    fn sizes(&self) -> (usize, usize) {
        (20, 25)
    }
    fn is_stiff(&self) -> bool {
        true
    }
    fn f(&self, u: &[f64], p: &[f64], du: &mut [f64]) {
        du.fill(0.0);
        REACTIONS.iter().zip(p).for_each(|(r, p)| r.add(p * r.amount(u), du));
    }
    fn jvp(&self, u: &[f64], p: &[f64], v: &[f64], y: &mut [f64]) {
        y.fill(0.0);
        for (r, p) in REACTIONS.iter().zip(p) {
            let change = match r.1 {
                None => v[r.0],
                Some(other) => v[r.0] * u[other] + u[r.0] * v[other],
            };
            r.add(p * change, y);
        }
    }
    fn along(&self, u: &[f64], _: &[f64], q: &[f64], y: &mut [f64]) {
        y.fill(0.0);
        REACTIONS.iter().zip(q).for_each(|(r, q)| r.add(q * r.amount(u), y));
    }
    fn by_states(&self, u: &[f64], p: &[f64], v: &[f64], y: &mut [f64]) {
        y.fill(0.0);
        for (r, p) in REACTIONS.iter().zip(p) {
            let bar = p * r.weigh(v);
            y[r.0] += bar * r.1.map_or(1.0, |other| u[other]);
            if let Some(other) = r.1 {
                y[other] += bar * u[r.0];
            }
        }
    }
    fn by_parameters(&self, u: &[f64], _: &[f64], v: &[f64], y: &mut [f64]) {
        REACTIONS.iter().zip(y).for_each(|(r, y)| *y = r.weigh(v) * r.amount(u));
    }
}
