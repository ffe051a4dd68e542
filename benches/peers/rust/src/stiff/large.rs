//! The large systems: right-hand sides, and their Jacobians times a vector, by hand.

use crate::models::{array, brusselator};

/// A right-hand side of many states.
pub(crate) trait Large {
    /// `f(t, u)`.
    fn f(&self, t: f64, u: &[f64], du: &mut [f64]);

    /// The Jacobian times `v`.
    fn jvp(&self, t: f64, u: &[f64], v: &[f64], y: &mut [f64]);
}

/// The problem of this name, if it is large.
pub(crate) fn large(name: &str, p: &[f64]) -> Option<Result<Box<dyn Large>, String>> {
    match name {
        "brusselator_1d_n500" => Some(array(p).map(|[g]| Box::new(Tube(g)) as Box<dyn Large>)),
        "medical_akzo" => Some(array(p).map(|[k, c]| Box::new(Tumour { k, c }) as Box<dyn Large>)),
        "brusselator_2d_n32" => {
            Some(array(p).map(|[alpha]| Box::new(Torus { alpha }) as Box<dyn Large>))
        }
        _ => None,
    }
}

/// The Brusselator in a tube.
struct Tube(f64);

impl Large for Tube {
    fn f(&self, _t: f64, u: &[f64], du: &mut [f64]) {
        brusselator(self.0, u, du);
    }

    fn jvp(&self, _t: f64, u: &[f64], v: &[f64], y: &mut [f64]) {
        let (g, n) = (self.0, u.len());
        let at = |i: usize| v.get(i).copied().unwrap_or(0.0);
        for i in (0..n).step_by(2) {
            let (a, b, da, db) = (u[i], u[i + 1], v[i], v[i + 1]);
            let reaction = 2.0 * a * b * da + a * a * db;
            let sides = |k: usize| at(k.wrapping_sub(2)) + at(k + 2) - 2.0 * v[k];
            y[i] = reaction - 4.0 * da + g * sides(i);
            y[i + 1] = 3.0 * da - reaction + g * sides(i + 1);
        }
    }
}

/// Antibodies that diffuse into a tumour, `u₁ v₁ u₂ v₂ …`.
struct Tumour {
    k: f64,
    c: f64,
}

impl Tumour {
    /// `u` and `v` of a cell with the linear part of its derivative, for this value at the border.
    fn cells(&self, u: &[f64], border: f64, mut found: impl FnMut(usize, f64)) {
        let (cells, per_c2) = ((u.len() / 2) as f64, 1.0 / (self.c * self.c));
        for i in (0..u.len()).step_by(2) {
            let depth = (i / 2 + 1) as f64 / cells - 1.0;
            let (drift, spread) =
                (depth.powi(3) * cells * per_c2, depth.powi(4) * cells * cells * per_c2);
            let here = u[i];
            let before = if i > 0 { u[i - 2] } else { border };
            let after = u.get(i + 2).copied().unwrap_or(here);
            found(i, drift * (after - before) + spread * (before - 2.0 * here + after));
        }
    }
}

impl Large for Tumour {
    fn f(&self, t: f64, u: &[f64], du: &mut [f64]) {
        let border = if t < 5.0 { 2.0 } else { 0.0 };
        self.cells(u, border, |i, linear| {
            let bound = self.k * u[i] * u[i + 1];
            (du[i], du[i + 1]) = (linear - bound, -bound);
        });
    }

    fn jvp(&self, _t: f64, u: &[f64], v: &[f64], y: &mut [f64]) {
        self.cells(v, 0.0, |i, linear| {
            let bound = self.k * (v[i] * u[i + 1] + u[i] * v[i + 1]);
            (y[i], y[i + 1]) = (linear - bound, -bound);
        });
    }
}

/// The Brusselator on a torus of 32 by 32 cells.
struct Torus {
    alpha: f64,
}

const SIDE: usize = 32;

impl Torus {
    /// `g` times the sum of differences to the neighbours, cell by cell.
    #[inline(always)]
    fn cells(&self, u: &[f64], mut found: impl FnMut(usize, [f64; 2])) {
        let g = self.alpha * ((SIDE - 1) * (SIDE - 1)) as f64;
        for j in 0..SIDE {
            let (south, north) = ((j + SIDE - 1) % SIDE * SIDE, (j + 1) % SIDE * SIDE);
            let mut cell = |i: usize, west: usize, east: usize| {
                let (row, at) = (j * SIDE, 2 * (j * SIDE + i));
                let of = |cell: usize, k: usize| u[2 * cell + k];
                found(
                    at,
                    [0, 1].map(|k| {
                        g * (of(row + west, k)
                            + of(row + east, k)
                            + of(south + i, k)
                            + of(north + i, k)
                            - 4.0 * u[at + k])
                    }),
                );
            };
            for i in 1..SIDE - 1 {
                cell(i, i - 1, i + 1);
            }
            cell(0, SIDE - 1, 1);
            cell(SIDE - 1, SIDE - 2, 0);
        }
    }
}

fn in_disc(cell: usize) -> bool {
    let at = |i: usize| i as f64 / (SIDE - 1) as f64;
    let (x, y) = (at(cell % SIDE) - 0.3, at(cell / SIDE) - 0.6);
    x * x + y * y <= 0.01
}

impl Large for Torus {
    fn f(&self, t: f64, u: &[f64], du: &mut [f64]) {
        self.cells(u, |i, [da, db]| {
            let (a, b) = (u[i], u[i + 1]);
            let reaction = a * a * b;
            du[i] = 1.0 + reaction - 4.4 * a + da;
            du[i + 1] = 3.4 * a - reaction + db;
        });
        if t >= 1.1 {
            for cell in (0..SIDE * SIDE).filter(|&cell| in_disc(cell)) {
                du[2 * cell] += 5.0;
            }
        }
    }

    fn jvp(&self, _t: f64, u: &[f64], v: &[f64], y: &mut [f64]) {
        self.cells(v, |i, [da, db]| {
            let (a, b) = (u[i], u[i + 1]);
            let reaction = 2.0 * a * b * v[i] + a * a * v[i + 1];
            y[i] = reaction - 4.4 * v[i] + da;
            y[i + 1] = 3.4 * v[i] - reaction + db;
        });
    }
}
