//! What the stages of an explicit method tell of stiffness (Hairer, Wanner II, IV.2).

use super::{ErkTableau, ExplicitRk};
use scalar::{Concrete, Scalar};
use system::Buffer;

impl ErkTableau {
    /// How far the stability region reaches along the negative real axis: the largest `x` such that
    /// `|R(z)| ≤ 1` for `-x ≤ z ≤ 0`.
    ///
    /// ```
    /// use ode_core::{ExplicitRk, Rk4, Tsit5};
    ///
    /// assert!((Rk4::TABLEAU.real_stability() - 2.785).abs() < 1e-3);
    /// assert!((Tsit5::TABLEAU.real_stability() - 3.5).abs() < 0.1);
    /// ```
    pub const fn real_stability(&self) -> f64 {
        const STRIDE: f64 = 0.125;
        let mut inside = 0.0;
        while inside < 64.0 && self.is_stable(inside + STRIDE) {
            inside += STRIDE;
        }
        let (mut outside, mut i) = (inside + STRIDE, 0);
        while i < 30 {
            let middle = 0.5 * (inside + outside);
            if self.is_stable(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
            i += 1;
        }
        inside
    }

    /// Whether `|R(-x)| ≤ 1`: the method applied to `u' = -x u`, `u = 1`, `dt = 1`.
    const fn is_stable(&self, x: f64) -> bool {
        let (mut k, mut i) = ([0.0; Self::MAX_STAGES], 0);
        let mut next = 1.0;
        while i < self.stages() {
            let (mut z, mut j) = (1.0, 0);
            while j < i {
                z += self.a(i, j) * k[j];
                j += 1;
            }
            k[i] = -x * z;
            next += self.b[i] * k[i];
            i += 1;
        }
        -1.0 - 1e-9 <= next && next <= 1.0 + 1e-9
    }

    /// The two last stages at one abscissa, or the two last ones where there are none; equal for a
    /// method with one stage.
    const fn neighbours(&self) -> (usize, usize) {
        let last = self.stages() - 1;
        let mut i = last;
        while i > 0 {
            let mut j = i;
            while j > 0 {
                j -= 1;
                if self.c(i) == self.c(j) {
                    return (i, j);
                }
            }
            i -= 1;
        }
        (last, last.saturating_sub(1))
    }

    /// `a_i - a_j` of those two.
    const fn between_neighbours(&self) -> [f64; Self::MAX_STAGES] {
        let (i, j) = self.neighbours();
        let (mut row, mut m) = ([0.0; Self::MAX_STAGES], 0);
        while m < i {
            row[m] = self.a(i, m) - self.a(j, m);
            m += 1;
        }
        row
    }
}

/// `|f(z_i) - f(z_j)| / |z_i - z_j|` of two stages at one time: where some direction is stiff, it is
/// the one that the two differ in, and the quotient its eigenvalue.
pub(super) fn spectral_radius<M: ExplicitRk, B: Buffer<Item: Concrete>>(dt: f64, k: &[B]) -> f64 {
    let (i, j) = const { M::TABLEAU.neighbours() };
    let (f, g) = (k[i].as_ref(), k[j].as_ref());
    let (mut above, mut below) = (0.0, 0.0);
    for x in 0..f.len() {
        let mut z = B::Item::zero();
        for (w, k) in const { M::TABLEAU.between_neighbours() }.into_iter().zip(k) {
            if w != 0.0 {
                z = k.as_ref()[x].scale_add(w, z);
            }
        }
        let (f, z) = ((f[x] - g[x]).largest_part(), dt * z.largest_part());
        above += f * f;
        below += z * z;
    }
    if below > 0.0 { (above / below).sqrt() } else { 0.0 }
}
