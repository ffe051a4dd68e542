use crate::EsdirkTableau;

/// Coefficients of an additive Runge–Kutta method for `u' = f(u) + g(u)`: an ESDIRK method for the
/// stiff `f` and an explicit one for `g`, with the same abscissae and the same weights `b`.
///
/// ```text
/// Yᵢ = u + dt Σ (aᵢⱼ f(Yⱼ) + âᵢⱼ g(Yⱼ)) + γ dt f(Yᵢ),   j < i
/// u_next = u + dt Σ bᵢ (f(Yᵢ) + g(Yᵢ))
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ArkTableau {
    /// The implicit method, whose last row is `b`, with the error estimate of both.
    pub implicit: EsdirkTableau,
    /// `â`: strictly lower triangle, row by row; row `i` has `i + 1` entries.
    pub explicit: &'static [&'static [f64]],
}

impl ArkTableau {
    /// The tableau, if it is consistent; a compile error otherwise.
    ///
    /// # Panics
    ///
    /// In const evaluation, when something is wrong: beside what
    /// [`EsdirkTableau::checked`] asks, `cᵢ = Σ âᵢⱼ`.
    #[must_use]
    pub const fn checked(self) -> Self {
        let implicit = self.implicit.checked();
        let s = implicit.stages();
        assert!(!implicit.e.is_empty() && !implicit.is_filtered(), "a bounded error estimate");
        assert!(self.explicit.len() + 1 == s, "one row less than stages");
        let mut i = 1;
        while i < s {
            assert!(self.explicit[i - 1].len() == i, "a triangle");
            let (mut row, mut j) = (0.0, 0);
            while j < i {
                row += self.explicit[i - 1][j];
                j += 1;
            }
            // The coefficients of the fifth-order method reach 15.
            assert!((row - implicit.c[i]).abs() < 1e-13, "both methods have the same abscissae");
            i += 1;
        }
        self
    }

    /// Number of stages, the explicit one included.
    pub const fn stages(&self) -> usize {
        self.implicit.stages()
    }

    /// Entry `â[i][j]`, counting stages from 0; zero outside the triangle.
    pub const fn explicit(&self, i: usize, j: usize) -> f64 {
        if i == 0 || j >= i { 0.0 } else { self.explicit[i - 1][j] }
    }

    /// `bᵢ - âₛᵢ`: what the solution has beside the last stage, of the part treated explicitly.
    pub(super) const fn correction(&self) -> [f64; EsdirkTableau::MAX_STAGES] {
        let mut weights = [0.0; EsdirkTableau::MAX_STAGES];
        let mut i = 0;
        while i < self.stages() {
            weights[i] = self.b(i) - self.explicit(self.stages() - 1, i);
            i += 1;
        }
        weights
    }

    /// `b[i]`, counting stages from 0.
    pub const fn b(&self, i: usize) -> f64 {
        self.implicit.a(self.stages() - 1, i)
    }
}
