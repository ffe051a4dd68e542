/// Coefficients of a singly diagonally implicit Runge–Kutta method with an explicit first stage, whose
/// last stage is the solution.
///
/// ```text
/// 0  | 0
/// c2 | a21 γ
/// c3 | a31 a32 γ
/// .. |
/// 1  | b1  b2  b3 .. γ
/// ```
///
/// The first stage `k₁` is the last one of the step before; every other solves
///
/// ```text
/// M kᵢ = f(t + cᵢ dt, u + dt Σ aᵢⱼ kⱼ + γ dt kᵢ),   j < i
/// error = dt Σ eᵢ kᵢ
/// u(t + θ dt) = Hermite's cubic + θ² (1 - θ)² dt Σ wᵢ kᵢ
/// ```
///
/// Declare one as a `const` that ends in [`checked`](EsdirkTableau::checked).
#[derive(Clone, Copy, Debug)]
pub struct EsdirkTableau {
    /// Order of the solution.
    pub order: u32,
    /// The diagonal coefficient.
    pub gamma: f64,
    /// Strictly lower triangle, row by row; row `i` has `i + 1` entries.
    pub a: &'static [&'static [f64]],
    /// Abscissae, all of them.
    pub c: &'static [f64],
    /// Weights of the error estimate; empty for a method without one.
    pub e: &'static [f64],
    /// What the iteration for a stage starts from, as weights of the stages before it; as `a`.
    pub predictor: &'static [&'static [f64]],
    /// `w`, which makes the interpolant one of fourth order; empty where Hermite's cubic is enough.
    pub dense: &'static [f64],
}

/// Printed coefficients are rounded.
const TOLERANCE: f64 = 1e-13;

impl EsdirkTableau {
    /// The most stages that a tableau may have.
    pub const MAX_STAGES: usize = 8;

    /// The tableau, if it is consistent; a compile error otherwise: shapes, row sums, weights of the
    /// error estimate and of the interpolant that vanish for constants.
    ///
    /// # Panics
    ///
    /// In const evaluation, when something is wrong.
    #[must_use]
    pub const fn checked(self) -> Self {
        let s = self.c.len();
        assert!(s >= 2 && s <= Self::MAX_STAGES, "2 to MAX_STAGES stages");
        assert!(self.a.len() + 1 == s && self.predictor.len() + 1 == s, "one row less than stages");
        assert!(self.gamma > 0.0, "γ is positive");
        assert!(self.c[0] == 0.0 && self.c[s - 1] == 1.0, "from the start of the step to its end");
        let mut i = 1;
        while i < s {
            assert!(self.a[i - 1].len() == i && self.predictor[i - 1].len() == i, "triangles");
            assert!(near(sum(self.a[i - 1]) + self.gamma, self.c[i]), "cᵢ is the sum of row i");
            assert!(near(sum(self.predictor[i - 1]), 1.0), "a predictor is right for constants");
            i += 1;
        }
        assert!(self.e.is_empty() || self.e.len() == s, "one weight of the estimate per stage");
        assert!(near(sum(self.e), 0.0), "the error estimate vanishes for constants");
        assert!(self.dense.is_empty() || self.dense.len() == s, "one weight per stage");
        assert!(near(sum(self.dense), 0.0), "the interpolant is right for constants");
        self
    }

    /// Number of stages, the explicit one included.
    pub const fn stages(&self) -> usize {
        self.c.len()
    }

    /// What becomes of the error estimate, divided by `z`, for `u' = λ u` and `z = λ dt → ∞`. Where it is
    /// not zero, the estimate grows with the stiffness and is of no use: then it is multiplied by
    /// `(M - γ dt J)⁻¹ M`, as Hosea and Shampine advise. Where it is, the estimate is bounded, and
    /// that factor would hide errors that are real.
    pub const fn growth_of_estimate(&self) -> f64 {
        // The stages at infinity: Yᵢ = 1 + z Σ aᵢⱼ Yⱼ becomes 0 = Σ aᵢⱼ Yⱼ + γ Yᵢ, and Y₁ = 1.
        let mut stages = [1.0; Self::MAX_STAGES];
        let (mut i, mut growth) = (1, 0.0);
        while i < self.c.len() {
            let (mut sum, mut j) = (0.0, 0);
            while j < i {
                sum += self.a[i - 1][j] * stages[j];
                j += 1;
            }
            stages[i] = -sum / self.gamma;
            i += 1;
        }
        let mut i = 0;
        while i < self.e.len() {
            growth += self.e[i] * stages[i];
            i += 1;
        }
        growth
    }

    /// Whether the estimate has to be filtered.
    pub const fn is_filtered(&self) -> bool {
        self.growth_of_estimate().abs() > 1e-9
    }

    /// `c[i]`, counting stages from 0; zero where there is no stage.
    pub const fn abscissa(&self, i: usize) -> f64 {
        if i < self.c.len() { self.c[i] } else { 0.0 }
    }

    /// Entry `a[i][j]`, counting stages from 0, the diagonal included; zero above it.
    pub const fn a(&self, i: usize, j: usize) -> f64 {
        if i == 0 || j > i {
            0.0
        } else if j == i {
            self.gamma
        } else {
            self.a[i - 1][j]
        }
    }
}

const fn near(x: f64, y: f64) -> bool {
    (x - y).abs() < TOLERANCE
}

const fn sum(row: &[f64]) -> f64 {
    let (mut total, mut i) = (0.0, 0);
    while i < row.len() {
        total += row[i];
        i += 1;
    }
    total
}
