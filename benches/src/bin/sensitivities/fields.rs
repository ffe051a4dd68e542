//! The Brusselator on a torus of 16 by 16 cells whose coefficients vary in space: as many parameters as one likes.

use scalar::Scalar;
use std::ops::Range;
use system::{System, literals};

/// Cells along each side.
const SIDE: usize = 16;
const CELLS: usize = SIDE * SIDE;

/// `u' = A + u² v - (B + 1) u + α Δu + f`, `v' = B u - u² v + α Δv`, cell by cell `u, v`, the first coordinate fastest; `f` counts in
/// the disc of radius 0.1 around `(0.3, 0.6)` of the unit square. Where they are no parameters `A = 1`, `B = 3.4`, `f = 5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fields {
    /// One `α`: 1 parameter.
    Constant,
    /// `α` in blocks of 4 by 4 cells: 16.
    Blocks,
    /// `α` in each cell: 256.
    Cells,
    /// `A`, `B`, `α`, `f` at the 17 by 17 corners of the cells, a cell has the mean of its four: 1156.
    Corners,
}

const CORNERS: usize = (SIDE + 1) * (SIDE + 1);

/// The coefficients of a cell.
type Coefficients<S> = [S; 4];

impl Fields {
    pub(crate) const ALL: [Self; 4] = [Self::Constant, Self::Blocks, Self::Cells, Self::Corners];

    /// In records, and for peers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Constant => "brusselator_16x16_1",
            Self::Blocks => "brusselator_16x16_16",
            Self::Cells => "brusselator_16x16_256",
            Self::Corners => "brusselator_16x16_1156",
        }
    }

    /// Each coefficient, with waves in space.
    pub(crate) fn parameters(self) -> Vec<f64> {
        let wave = |base: f64| move |k: usize| base * (1.0 + 0.2 * (1.7 * k as f64).sin());
        match self {
            Self::Corners => [1.0, 3.4, 0.1, 5.0]
                .into_iter()
                .flat_map(|base| (0..CORNERS).map(wave(base)))
                .collect(),
            _ => (0..self.num_params()).map(wave(0.1)).collect(),
        }
    }

    /// `u = 22 (y (1 - y))^(3/2)`, `v = 27 (x (1 - x))^(3/2)`.
    pub(crate) fn initial_state() -> Vec<f64> {
        let wave = |i: usize| {
            let x = i as f64 / (SIDE - 1) as f64;
            (x * (1.0 - x)).powf(1.5)
        };
        let cells = (0..SIDE).flat_map(|j| (0..SIDE).map(move |i| (i, j)));
        cells.flat_map(|(i, j)| [22.0 * wave(j), 27.0 * wave(i)]).collect()
    }

    /// `A`, `B`, `α`, `f` of a cell.
    fn at<S: Scalar>(self, i: usize, j: usize, p: &[S]) -> Coefficients<S> {
        let usual = [1.0, 3.4, 0.0, 5.0].map(S::from_f64);
        let with = |alpha: S| [usual[0], usual[1], alpha, usual[3]];
        match self {
            Self::Constant => with(p[0]),
            Self::Blocks => with(p[(j / 4) * 4 + i / 4]),
            Self::Cells => with(p[j * SIDE + i]),
            Self::Corners => {
                let first = j * (SIDE + 1) + i;
                [0, 1, 2, 3].map(|field| {
                    let p = &p[field * CORNERS + first..];
                    ((p[0] + p[1]) + (p[SIDE + 1] + p[SIDE + 2])).scale(0.25)
                })
            }
        }
    }
}

/// Whether a cell is in the disc.
fn is_fed(i: usize, j: usize) -> bool {
    let at = |i: usize| i as f64 / (SIDE - 1) as f64;
    let (x, y) = (at(i) - 0.3, at(j) - 0.6);
    x * x + y * y <= 0.01
}

/// Cells that the disc may reach.
const COLUMNS: Range<usize> = 3..7;
const ROWS: Range<usize> = 7..12;

impl System for Fields {
    fn dim(&self) -> usize {
        2 * CELLS
    }
    fn num_params(&self) -> usize {
        match self {
            Self::Constant => 1,
            Self::Blocks => 16,
            Self::Cells => CELLS,
            Self::Corners => 4 * CORNERS,
        }
    }

    #[literals]
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        if u.len() != self.dim() || p.len() != self.num_params() || du.len() != self.dim() {
            return system::wrong_lengths(du);
        }
        let per_distance_squared = ((SIDE - 1) * (SIDE - 1)) as f64;
        let (u, du) = (u.as_chunks::<2>().0, du.as_chunks_mut::<2>().0);
        for j in 0..SIDE {
            let row = |j: usize| &u[j * SIDE..(j + 1) * SIDE];
            let (south, here, north) = (row((j + SIDE - 1) % SIDE), row(j), row((j + 1) % SIDE));
            for i in 0..SIDE {
                let (west, east) = (here[(i + SIDE - 1) % SIDE], here[(i + 1) % SIDE]);
                let [a, b] = here[i];
                let [inflow, rate, alpha, _] = self.at(i, j, p);
                let g = alpha.scale(per_distance_squared);
                let around = |k: usize| west[k] + east[k] + south[i][k] + north[i][k];
                let reaction = rate * a - a * a * b;
                du[j * SIDE + i] = [
                    inflow - reaction - a + g * (around(0) - 4.0 * a),
                    reaction + g * (around(1) - 4.0 * b),
                ];
            }
        }
        for j in ROWS {
            for i in COLUMNS.filter(|&i| is_fed(i, j)) {
                du[j * SIDE + i][0] += self.at(i, j, p)[3];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testset::models::Brusselator2d;

    /// With one coefficient it is the reference problem, whose disc is fed from 1.1 on.
    #[test]
    fn constant_fields_are_the_reference() {
        let (reference, u) = (Brusselator2d { side: SIDE }, Fields::initial_state());
        assert_eq!(u, reference.initial_state());
        let (mut expected, mut du) = (vec![0.0; 2 * CELLS], vec![0.0; 2 * CELLS]);
        reference.rhs(2.0, &u, &[0.1], &mut expected);
        let constant = |fields: Fields| match fields {
            Fields::Corners => {
                [[1.0; CORNERS], [3.4; CORNERS], [0.1; CORNERS], [5.0; CORNERS]].concat()
            }
            other => vec![0.1; other.num_params()],
        };
        for fields in Fields::ALL {
            fields.rhs(2.0, &u, &constant(fields), &mut du);
            for (du, expected) in du.iter().zip(&expected) {
                assert!((du - expected).abs() < 1e-11, "{fields:?}: {du} {expected}");
            }
            assert_eq!(fields.parameters().len(), fields.num_params());
            assert!(fields.name().ends_with(&format!("_{}", fields.num_params())));
        }
    }
}
