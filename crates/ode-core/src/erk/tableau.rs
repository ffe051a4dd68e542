use super::{Interpolant, InterpolantWeights};

/// An explicit Butcher tableau.
///
/// ```text
/// c2 | a21
/// c3 | a31 a32
/// .. |
///    |  b1  b2  b3 ..
///    |  e1  e2  e3 ..     e = b - b̂: the error estimate is dt Σ eᵢ kᵢ
/// ```
///
/// Declare one as a free `const` and end it in [`checked`](ErkTableau::checked): a typing error in
/// a shape or a row sum is then a compile error.
///
/// ```compile_fail,E0080
/// use ode_core::{ErkTableau, Interpolant};
///
/// const TYPO: ErkTableau = ErkTableau {
///     order: 2,
///     c: &[1.0],
///     a: &[&[1.1]], // the row sums to 1.1, not to c2 = 1
///     b: &[0.5, 0.5],
///     e: &[],
///     interpolant: Interpolant::Hermite,
/// }
/// .checked();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ErkTableau {
    /// Order of the solution.
    pub order: u32,
    /// Abscissae, without `c1 = 0`.
    pub c: &'static [f64],
    /// Strictly lower triangle, row by row; row `i` has `i + 1` entries.
    pub a: &'static [&'static [f64]],
    /// Weights of the solution.
    pub b: &'static [f64],
    /// Weights of the error estimate; empty for a method without one.
    pub e: &'static [f64],
    /// The continuous extension.
    pub interpolant: Interpolant,
}

/// Rows of printed coefficients sum up to rounding of their largest entries.
const TOLERANCE: f64 = 4e-13;

impl ErkTableau {
    /// The most stages that a tableau may have: up to here the stage loop is unrolled.
    pub const MAX_STAGES: usize = 17;

    /// The tableau, if it is consistent; a compile error otherwise.
    ///
    /// # Panics
    ///
    /// In const evaluation, when a shape or a row sum is wrong.
    #[must_use]
    pub const fn checked(self) -> Self {
        let s = self.b.len();
        assert!(s >= 1 && s <= Self::MAX_STAGES, "1 to MAX_STAGES stages");
        assert!(self.c.len() + 1 == s && self.a.len() + 1 == s, "c and a have one row less than b");
        assert!(self.e.is_empty() || self.e.len() == s, "e is empty or as long as b");
        let mut i = 0;
        while i < self.a.len() {
            assert!(self.a[i].len() == i + 1, "row i of a must have i + 1 entries");
            assert!(near(sum(self.a[i]), self.c[i]), "a row of a must sum to its c");
            i += 1;
        }
        assert!(near(sum(self.b), 1.0), "b must sum to 1");
        assert!(near(sum(self.e), 0.0), "e must sum to 0");
        self.interpolant.check(self.next_stage() + 1, self.b);
        self
    }

    /// Number of stages.
    pub const fn stages(&self) -> usize {
        self.b.len()
    }

    /// First-same-as-last: the last stage is `f(t + dt, u_next)`.
    pub const fn is_fsal(&self) -> bool {
        let s = self.b.len();
        if s < 2 || self.b[s - 1] != 0.0 {
            return false;
        }
        let last = self.a[s - 2];
        let mut j = 0;
        while j < last.len() {
            if last[j] != self.b[j] {
                return false;
            }
            j += 1;
        }
        true
    }

    /// The index of `f(t + dt, u_next)` among the stages: the last one of a first-same-as-last
    /// method, one more for any other.
    pub const fn next_stage(&self) -> usize {
        if self.is_fsal() { self.b.len() - 1 } else { self.b.len() }
    }

    /// Number of stages, with `f(t + dt, u_next)` and the extra stages of the interpolant.
    pub const fn all_stages(&self) -> usize {
        self.next_stage() + 1 + self.interpolant.extra().len()
    }

    /// Entry `a[i][j]`, counting stages from 0; zero outside the triangle.
    pub const fn a(&self, i: usize, j: usize) -> f64 {
        if i >= 1 && i <= self.a.len() && j < i { self.a[i - 1][j] } else { 0.0 }
    }

    /// The polynomials of the continuous extension.
    pub fn interpolant_weights(&self) -> InterpolantWeights {
        InterpolantWeights::new(self)
    }

    /// Abscissa of stage `i`, counting from 0.
    pub const fn c(&self, i: usize) -> f64 {
        if i >= 1 && i <= self.c.len() { self.c[i - 1] } else { 0.0 }
    }
}

pub(super) const fn near(x: f64, y: f64) -> bool {
    (x - y).abs() < TOLERANCE
}

pub(super) const fn sum(row: &[f64]) -> f64 {
    let (mut total, mut i) = (0.0, 0);
    while i < row.len() {
        total += row[i];
        i += 1;
    }
    total
}
