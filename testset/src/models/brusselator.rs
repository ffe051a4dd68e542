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
        let end = [S::one(), S::from_f64(3.0)];
        let cell = |left: [S; 2], [a, b]: [S; 2], right: [S; 2]| {
            let reaction = a * a * b;
            [
                1.0 + reaction - 4.0 * a + g * (left[0] - 2.0 * a + right[0]),
                3.0 * a - reaction + g * (left[1] - 2.0 * b + right[1]),
            ]
        };
        let (u, du) = (u.as_chunks::<2>().0, du.as_chunks_mut::<2>().0);
        // The interior without a branch, so that it is vectorised.
        for (du, cells) in du[1.min(n / 2)..].iter_mut().zip(u.windows(3)) {
            *du = cell(cells[0], cells[1], cells[2]);
        }
        let at = |i: usize| u.get(i).copied().unwrap_or(end);
        if let Some(last) = u.len().checked_sub(1) {
            for i in [0, last] {
                du[i] = cell(at(i.wrapping_sub(1)), u[i], at(i + 1));
            }
        }
    }

    fn state_names(&self) -> Vec<String> {
        (1..=self.cells).flat_map(|i| [format!("u{i}"), format!("v{i}")]).collect()
    }

    fn param_names(&self) -> Vec<String> {
        vec!["g".to_string()]
    }
}
