/// Coefficients of a Rosenbrock method in the form without products by the Jacobian:
///
/// ```text
/// (M / (γ dt) - J) Uᵢ = f(t + cᵢ dt, u + Σ aᵢⱼ Uⱼ) + M Σ (Cᵢⱼ / dt) Uⱼ + dt dᵢ ∂f/∂t,   j < i
/// u_next = u + Σ bᵢ Uᵢ,    error = Σ eᵢ Uᵢ
/// u(t + θ dt) = u + θ (u_next - u) + θ (1 - θ) (K₀ + θ K₁ + θ² K₂ …),    Kₘ = Σ Hₘᵢ Uᵢ
/// ```
///
/// (Hairer, Wanner II, IV.7, equation 7.25; the dense output of RODAS.) Declare one as a `const` that
/// ends in [`checked`](RosenbrockTableau::checked).
#[derive(Clone, Copy, Debug)]
pub struct RosenbrockTableau {
    /// Order of the solution.
    pub order: u32,
    /// The diagonal coefficient.
    pub gamma: f64,
    /// `a`: strictly lower triangle, row by row; row `i` has `i + 1` entries.
    pub a: &'static [&'static [f64]],
    /// `C`: as `a`.
    pub coupling: &'static [&'static [f64]],
    /// Abscissae, all of them.
    pub c: &'static [f64],
    /// Coefficients of `dt ∂f/∂t`.
    pub d: &'static [f64],
    /// Weights of the solution.
    pub b: &'static [f64],
    /// Weights of the error estimate: those of the solution less those of the embedded one.
    pub e: &'static [f64],
    /// `H`, row by row.
    pub dense: &'static [&'static [f64]],
}

/// Printed coefficients carry rounding that the couplings magnify.
const TOLERANCE: f64 = 5e-13;

impl RosenbrockTableau {
    /// The most stages that a tableau may have.
    pub const MAX_STAGES: usize = 8;

    /// The tableau, if it is consistent; a compile error otherwise: shapes, `cᵢ = Σ αᵢⱼ`,
    /// `dᵢ = Σ γᵢⱼ`, and a solution of order one at least.
    ///
    /// # Panics
    ///
    /// In const evaluation, when something is wrong.
    #[must_use]
    pub const fn checked(self) -> Self {
        let s = self.b.len();
        assert!(s >= 1 && s <= Self::MAX_STAGES, "1 to MAX_STAGES stages");
        assert!(self.c.len() == s && self.d.len() == s && self.e.len() == s, "one entry per stage");
        assert!(self.a.len() + 1 == s && self.coupling.len() + 1 == s, "one row less than stages");
        assert!(self.gamma > 0.0, "γ is positive");
        // With Γ = (1/γ - C)⁻¹, the sums of its rows are d; α = a Γ has the row sums c; and b Γ
        // sums to 1: the classical weights.
        let mut i = 0;
        let mut sums = [0.0; Self::MAX_STAGES];
        while i < s {
            let (mut row, mut abscissa, mut j) = (1.0, 0.0, 0);
            while j < i {
                assert!(self.a[i - 1].len() == i && self.coupling[i - 1].len() == i, "triangles");
                row += self.coupling[i - 1][j] * sums[j];
                abscissa += self.a[i - 1][j] * sums[j];
                j += 1;
            }
            sums[i] = self.gamma * row;
            assert!(near(sums[i], self.d[i]), "dᵢ is the sum of row i of Γ");
            assert!(near(abscissa, self.c[i]), "cᵢ is the sum of row i of α");
            i += 1;
        }
        assert!(near(dot(self.b, &sums), 1.0), "the weights sum to 1");
        assert!(near(dot(self.e, &sums), 0.0), "the error estimate vanishes for constants");
        let mut m = 0;
        while m < self.dense.len() {
            assert!(self.dense[m].len() == s, "one entry of H per stage");
            m += 1;
        }
        self
    }

    /// Number of stages.
    pub const fn stages(&self) -> usize {
        self.b.len()
    }

    /// Degree of the interpolant.
    pub const fn degree(&self) -> usize {
        self.dense.len() + 1
    }

    /// Whether the right-hand side of the last stage is `f(t + dt, u_next)`.
    pub const fn is_fsal(&self) -> bool {
        let s = self.b.len();
        if s < 2 || self.b[s - 1] != 0.0 || self.c[s - 1] != 1.0 {
            return false;
        }
        let mut j = 0;
        while j + 1 < s {
            if self.a[s - 2][j] != self.b[j] {
                return false;
            }
            j += 1;
        }
        true
    }
}

const fn near(x: f64, y: f64) -> bool {
    (x - y).abs() < TOLERANCE
}

const fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (mut total, mut i) = (0.0, 0);
    while i < a.len() {
        total += a[i] * b[i];
        i += 1;
    }
    total
}
