use std::ops::Range;
use system::{Scalar, System, literals, wrong_lengths};

/// The Brusselator on a torus of `side` by `side` cells (Hairer & Wanner IV.10), cell by cell `u, v`,
/// the first coordinate fastest.
///
/// `u' = 1 + u² v - 4.4 u + α Δu + f`, `v' = 3.4 u - u² v + α Δv`, where `f` is 5 in the disc of radius
/// 0.1 around `(0.3, 0.6)` from `t = 1.1` on, which must be a stop time. Its parameter is `α`. Points
/// and distances as in the SciML benchmarks: `x = i / (side - 1)` from 0 to 1, of which both ends are
/// cells, and neighbours across the border.
///
/// ```
/// use system::System;
/// use testset::models::Brusselator2d;
///
/// // At rest: u = 1, v = 3.4, whatever the diffusion.
/// let (mut du, model) = ([1.0; 32], Brusselator2d { side: 4 });
/// model.rhs(0.0, &[1.0, 3.4].repeat(16), &[0.1], &mut du);
/// assert!(du.iter().all(|du: &f64| du.abs() < 1e-14));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brusselator2d {
    /// Number of cells along each coordinate.
    pub side: usize,
}

/// Of the disc.
const CENTER: [f64; 2] = [0.3, 0.6];

impl Brusselator2d {
    /// `u = 22 (y (1 - y))^(3/2)`, `v = 27 (x (1 - x))^(3/2)`.
    pub fn initial_state(&self) -> Vec<f64> {
        let wave = |i: usize| (self.at(i) * (1.0 - self.at(i))).powf(1.5);
        let cells = (0..self.side).flat_map(|j| (0..self.side).map(move |i| (i, j)));
        cells.flat_map(|(i, j)| [22.0 * wave(j), 27.0 * wave(i)]).collect()
    }

    fn in_disc(&self, i: usize, j: usize) -> bool {
        let (x, y) = (self.at(i) - CENTER[0], self.at(j) - CENTER[1]);
        x * x + y * y <= 0.01
    }

    /// Along one coordinate, the cells that the disc may reach around its center.
    fn reach(&self, center: f64) -> Range<usize> {
        let cells = self.side.saturating_sub(1) as f64;
        let first = ((center - 0.1) * cells).floor() as usize;
        first..self.side.min(((center + 0.1) * cells).ceil() as usize + 1)
    }

    fn per_distance_squared(&self) -> f64 {
        (self.side.saturating_sub(1) as f64).powi(2)
    }

    /// The coordinate of a cell.
    fn at(&self, i: usize) -> f64 {
        i as f64 / self.side.saturating_sub(1).max(1) as f64
    }
}

impl System for Brusselator2d {
    fn dim(&self) -> usize {
        2 * self.side * self.side
    }

    fn num_params(&self) -> usize {
        1
    }

    #[literals]
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        let (n, &[alpha]) = (self.dim(), p) else { return wrong_lengths(du) };
        if u.len() != n || du.len() != n {
            return wrong_lengths(du);
        }
        let side = self.side;
        let g = alpha.scale(self.per_distance_squared());
        let source = t.select_lt(S::from_f64(1.1), S::zero(), S::from_f64(5.0));
        let (u, du) = (u.as_chunks::<2>().0, du.as_chunks_mut::<2>().0);
        let cell = |[a, b]: [S; 2], [west, east, south, north]: [[S; 2]; 4]| {
            let reaction = a * a * b;
            let around = |k: usize| west[k] + east[k] + south[k] + north[k];
            [
                1.0 + reaction - 4.4 * a + g * (around(0) - 4.0 * a),
                3.4 * a - reaction + g * (around(1) - 4.0 * b),
            ]
        };
        for j in 0..side {
            let row = |j: usize| &u[j * side..(j + 1) * side];
            let (south, here, north) = (row((j + side - 1) % side), row(j), row((j + 1) % side));
            let du = &mut du[j * side..(j + 1) * side];
            // The interior without a branch, so that it is vectorised.
            for i in 1..side.saturating_sub(1) {
                du[i] = cell(here[i], [here[i - 1], here[i + 1], south[i], north[i]]);
            }
            let last = side - 1;
            du[0] = cell(here[0], [here[last], here[1 % side], south[0], north[0]]);
            let around = [here[(last + side - 1) % side], here[0], south[last], north[last]];
            du[last] = cell(here[last], around);
        }
        let [columns, rows] = CENTER.map(|center| self.reach(center));
        for j in rows {
            for i in columns.clone().filter(|&i| self.in_disc(i, j)) {
                du[j * side + i][0] += source;
            }
        }
    }

    fn state_names(&self) -> Vec<String> {
        let cells = (1..=self.side).flat_map(|j| (1..=self.side).map(move |i| (i, j)));
        cells.flat_map(|(i, j)| [format!("u{i}_{j}"), format!("v{i}_{j}")]).collect()
    }

    fn param_names(&self) -> Vec<String> {
        vec!["alpha".to_string()]
    }
}
