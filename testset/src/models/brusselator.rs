//! The Brusselator, stirred and in a tube.

use system::{Scalar, System, literals, system, wrong_lengths};

system! {
    /// The stirred Brusselator (Hairer, Nørsett & Wanner I.16). Parameters `A` and `B` of the file.
    pub struct Brusselator0d;
    state { u, v }
    params { a, b }
    rhs(_t) {
        d(u) = a + u.powi(2) * v - (b + 1.0) * u;
        d(v) = b * u - u.powi(2) * v;
    }
}

/// The Brusselator with diffusion on `cells` interior points (Hairer & Wanner IV.10), the state
/// interleaved: `u₁ v₁ u₂ v₂ …`; at the ends `u = 1` and `v = 3`.
///
/// Its parameter is `G = α (cells + 1)²` with the diffusion constant `α`.
///
/// ```
/// use system::System;
/// use testset::models::Brusselator1d;
///
/// // At rest: u = A = 1, v = B / A = 3.
/// let (mut du, model) = ([1.0; 6], Brusselator1d { cells: 3 });
/// model.rhs(0.0, &[1.0, 3.0, 1.0, 3.0, 1.0, 3.0], &[0.32], &mut du);
/// assert_eq!(du, [0.0; 6]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brusselator1d {
    /// Number of interior points.
    pub cells: usize,
}

impl System for Brusselator1d {
    fn dim(&self) -> usize {
        2 * self.cells
    }

    fn num_params(&self) -> usize {
        1
    }

    #[literals]
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let (n, &[g]) = (self.dim(), p) else { return wrong_lengths(du) };
        if u.len() != n || du.len() != n {
            return wrong_lengths(du);
        }
        let (u_end, v_end) = (S::one(), S::from_f64(3.0));
        for i in (0..n).step_by(2) {
            let (a, b) = (u[i], u[i + 1]);
            let (left_u, left_v) = if i == 0 { (u_end, v_end) } else { (u[i - 2], u[i - 1]) };
            let last = n - i == 2;
            let (right_u, right_v) = if last { (u_end, v_end) } else { (u[i + 2], u[i + 3]) };
            let reaction = a * a * b;
            du[i] = 1.0 + reaction - 4.0 * a + g * (left_u - 2.0 * a + right_u);
            du[i + 1] = 3.0 * a - reaction + g * (left_v - 2.0 * b + right_v);
        }
    }

    fn state_names(&self) -> Vec<String> {
        (1..=self.cells).flat_map(|i| [format!("u{i}"), format!("v{i}")]).collect()
    }

    fn param_names(&self) -> Vec<String> {
        vec!["g".to_string()]
    }
}
