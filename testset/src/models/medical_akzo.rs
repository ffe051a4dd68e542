use system::{Scalar, System, literals, wrong_lengths};

/// Antibodies that diffuse into a tumour and bind there (the Medical Akzo Nobel problem of the Bari
/// test set), on `cells` points `ζ = j / cells` of the stretched axis, interleaved: `u₁ v₁ u₂ v₂ …`.
///
/// `u` diffuses with `α = 2 (ζ - 1)³ / c²` and `β = (ζ - 1)⁴ / c²`; `v` stays where it is; they bind
/// with the rate `k`. Parameters `k` and `c`. At the border `u` is 2 up to `t = 5` and 0 afterwards:
/// 5 must be a stop time.
///
/// ```
/// use testset::models::MedicalAkzo;
///
/// let u0 = MedicalAkzo { cells: 3 }.initial_state();
/// assert_eq!(u0, [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MedicalAkzo {
    /// Number of points.
    pub cells: usize,
}

impl MedicalAkzo {
    /// No antibody, and all places free.
    pub fn initial_state(&self) -> Vec<f64> {
        [0.0, 1.0].repeat(self.cells)
    }

    /// `c² α / (2 Δζ)` and `c² β / Δζ²` at a point.
    fn coefficients(&self, j: usize) -> (f64, f64) {
        let cells = self.cells as f64;
        let depth = (j + 1) as f64 / cells - 1.0;
        (depth.powi(3) * cells, depth.powi(4) * cells * cells)
    }
}

impl System for MedicalAkzo {
    fn dim(&self) -> usize {
        2 * self.cells
    }

    fn num_params(&self) -> usize {
        2
    }

    #[literals]
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        let (n, &[k, c]) = (self.dim(), p) else { return wrong_lengths(du) };
        if u.len() != n || du.len() != n {
            return wrong_lengths(du);
        }
        let border = t.select_lt(S::from_f64(5.0), S::from_f64(2.0), S::zero());
        let per_c2 = S::one() / (c * c);
        let (u, du) = (u.as_chunks::<2>().0, du.as_chunks_mut::<2>().0);
        for (j, du) in du.iter_mut().enumerate() {
            let [here, free] = u[j];
            let before = j.checked_sub(1).map_or(border, |j| u[j][0]);
            // At the last point ζ = 1, and nothing comes from behind it.
            let after = u.get(j + 1).map_or(here, |u| u[0]);
            let (alpha, beta) = self.coefficients(j);
            let drift = (after - before).scale(alpha) + (before - 2.0 * here + after).scale(beta);
            let bound = k * here * free;
            *du = [drift * per_c2 - bound, -bound];
        }
    }

    fn state_names(&self) -> Vec<String> {
        (1..=self.cells).flat_map(|i| [format!("u{i}"), format!("v{i}")]).collect()
    }

    fn param_names(&self) -> Vec<String> {
        vec!["k".to_string(), "c".to_string()]
    }
}
