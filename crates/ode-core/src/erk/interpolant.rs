use super::ErkTableau;
use super::tableau::sum;
use crate::dense::node;

/// The continuous extension `u(t + θ dt) = u + dt Σ bᵢ(θ) kᵢ` of an explicit method.
///
/// Stages are counted as in the tableau, followed by `f(t + dt, u_next)` (where it is not the last
/// stage anyway) and the extra stages.
///
/// A tableau with polynomials of different degrees is refused when it is compiled:
///
/// ```compile_fail,E0080
/// use ode_core::{ErkTableau, Interpolant};
///
/// const RAGGED: ErkTableau = ErkTableau {
///     order: 1,
///     c: &[],
///     a: &[],
///     b: &[1.0],
///     e: &[],
///     interpolant: Interpolant::Polynomial { extra: &[], b: &[&[1.0], &[0.0, 0.0]] },
/// }
/// .checked();
/// ```
///
/// ```
/// # use ode_core::{ErkTableau, Interpolant};
/// const EVEN: ErkTableau = ErkTableau {
///     order: 1,
///     c: &[],
///     a: &[],
///     b: &[1.0],
///     e: &[],
///     interpolant: Interpolant::Polynomial { extra: &[], b: &[&[1.0, 0.0], &[0.0, 0.0]] },
/// }
/// .checked();
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Interpolant {
    /// Cubic Hermite: from both ends and their derivatives, third order.
    Hermite,
    /// Cubic Hermite plus `dt θ²(1 - θ)² Σ dᵢ kᵢ`: fourth order (Shampine 1986; Hairer's DOPRI5).
    HermitePlusQuartic {
        /// The weights `d`.
        d: &'static [f64],
    },
    /// The method's own polynomials.
    Polynomial {
        /// Stages evaluated only when the interpolant is used.
        extra: &'static [ExtraStage],
        /// `bᵢ(θ)` in Newton's form: `b[i][0] θ + b[i][1] θ(1-θ) + b[i][2] θ²(1-θ) + …` for stage
        /// `i`; an empty row is zero.
        b: &'static [&'static [f64]],
    },
}

/// A stage that only the interpolant needs: `k = f(t + c dt, u + dt Σ aⱼ kⱼ)`.
#[derive(Clone, Copy, Debug)]
pub struct ExtraStage {
    /// Abscissa.
    pub c: f64,
    /// Weights of all stages before it.
    pub a: &'static [f64],
}

/// Rows of rounded coefficients sum up to the rounding of their entries.
const fn tolerance(row: &[f64]) -> f64 {
    let (mut total, mut i) = (1.0, 0);
    while i < row.len() {
        total += row[i].abs();
        i += 1;
    }
    4.0 * f64::EPSILON * total
}

impl Interpolant {
    /// The extra stages.
    pub const fn extra(&self) -> &'static [ExtraStage] {
        match self {
            Self::Polynomial { extra, .. } => extra,
            _ => &[],
        }
    }

    /// Degree in θ.
    pub const fn degree(&self) -> usize {
        match self {
            Self::Hermite => 3,
            Self::HermitePlusQuartic { .. } => 4,
            Self::Polynomial { b, .. } => {
                let (mut longest, mut i) = (0, 0);
                while i < b.len() {
                    if b[i].len() > longest {
                        longest = b[i].len();
                    }
                    i += 1;
                }
                longest
            }
        }
    }

    /// Compile-time checks: shapes, row sums, and `bᵢ(1) = bᵢ`.
    pub(super) const fn check(&self, stages: usize, b: &[f64]) {
        match self {
            Self::Hermite => {}
            Self::HermitePlusQuartic { d } => {
                assert!(d.len() == stages, "d has one entry per stage");
                assert!(sum(d).abs() < tolerance(d), "d must sum to 0");
            }
            Self::Polynomial { extra, b: rows } => {
                let mut i = 0;
                while i < extra.len() {
                    let ExtraStage { c, a } = extra[i];
                    assert!(a.len() == stages + i, "an extra stage sees all before it");
                    assert!((sum(a) - c).abs() < tolerance(a), "must sum to its c");
                    i += 1;
                }
                assert!(rows.len() == stages + extra.len(), "one polynomial per stage");
                let (degree, mut i) = (self.degree(), 0);
                assert!(degree > 0, "at least one polynomial");
                while i < rows.len() {
                    let length = rows[i].len();
                    assert!(length == 0 || length == degree, "polynomials of one degree, or none");
                    let end = if i < b.len() { b[i] } else { 0.0 };
                    let found = if rows[i].is_empty() { 0.0 } else { rows[i][0] };
                    assert!((found - end).abs() < tolerance(b), "polynomials end in b");
                    i += 1;
                }
            }
        }
    }
}

/// The polynomials `bᵢ(θ)` of a tableau's continuous extension, as one table.
///
/// Stages are counted as in [`Interpolant`]. Made by [`ErkTableau::interpolant_weights`].
#[derive(Clone, Debug)]
pub struct InterpolantWeights {
    // `table[i * degree + m]` multiplies function `m + 1` of Newton's form for stage `i`.
    degree: usize,
    table: Vec<f64>,
}

impl InterpolantWeights {
    pub(crate) fn new(tableau: &ErkTableau) -> Self {
        let (next, stages) = (tableau.next_stage(), tableau.all_stages());
        let degree = tableau.interpolant.degree();
        let mut weights = Self { degree, table: vec![0.0; stages * degree] };
        match tableau.interpolant {
            Interpolant::Hermite => weights.add_hermite(tableau.b, next),
            Interpolant::HermitePlusQuartic { d } => {
                weights.add_hermite(tableau.b, next);
                for (i, d) in d.iter().enumerate() {
                    weights.add(i, &[0.0, 0.0, 0.0, *d]); // θ²(1 - θ)²
                }
            }
            Interpolant::Polynomial { b, .. } => {
                for (i, row) in b.iter().enumerate() {
                    weights.add(i, row);
                }
            }
        }
        weights
    }

    pub(crate) fn degree(&self) -> usize {
        self.degree
    }

    /// Number of stages, extra ones included.
    pub fn stages(&self) -> usize {
        self.table.len() / self.degree
    }

    /// The polynomial of stage `i` in Newton's form, from `θ` upwards.
    pub(crate) fn row(&self, i: usize) -> &[f64] {
        &self.table[i * self.degree..(i + 1) * self.degree]
    }

    /// `bᵢ(θ)`; zero for a stage that does not exist.
    pub fn at(&self, i: usize, theta: f64) -> f64 {
        let row = if i < self.stages() { self.row(i) } else { &[] };
        row.iter().enumerate().rev().fold(0.0, |sum, (m, w)| (sum + w) * node(m, theta))
    }

    fn add(&mut self, i: usize, terms: &[f64]) {
        for (weight, term) in self.table[i * self.degree..].iter_mut().zip(terms) {
            *weight += term;
        }
    }

    /// `Δ θ + (dt f₀ - Δ) θ(1-θ) + (2Δ - dt f₀ - dt f₁) θ²(1-θ)` with `Δ = dt Σ bᵢ kᵢ`.
    fn add_hermite(&mut self, b: &[f64], next: usize) {
        for (i, b) in b.iter().enumerate() {
            self.add(i, &[*b, -b, 2.0 * b]);
        }
        self.add(0, &[0.0, 1.0, -1.0]);
        self.add(next, &[0.0, 0.0, -1.0]);
    }
}
