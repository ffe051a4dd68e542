//! A circuit that multiplies two signals.

use super::dual::Real;
use super::models::Stiff;
use crate::models::array;
use std::f64::consts::PI;

/// Horneber's ring modulator.
#[derive(Clone, Copy)]
pub(crate) struct RingModulator([f64; 16]);

impl RingModulator {
    /// The voltages over the diodes, times `δ`.
    #[inline(always)]
    fn voltages<T: Real>(&self, t: f64, u: &[T; 15]) -> [T; 4] {
        let (delta, u2) = (self.0[15], T::from(2.0 * (20000.0 * PI * t).sin()));
        [
            (u[2] - u[4] - u[6] - u2) * delta,
            (u[5] - u[3] - u[6] - u2) * delta,
            (u[3] + u[4] + u[6] + u2) * delta,
            (u[6] + u2 - u[2] - u[5]) * delta,
        ]
    }
}

impl Stiff<15> for RingModulator {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(Self)
    }

    #[inline(always)]
    fn f<T: Real>(&self, t: f64, u: &[T; 15]) -> [T; 15] {
        let [c, cs, cp, r, rp, lh, ls1, ls2, ls3, rg1, rg2, rg3, ri, rc, gamma, _] = self.0;
        let u1 = T::from(0.5 * (2000.0 * PI * t).sin());
        let [q1, q2, q3, q4] = self.voltages(t, u).map(|x| (x.exp() - T::from(1.0)) * gamma);
        [
            (u[7] - u[9] * 0.5 + u[10] * 0.5 + u[13] - u[0] * (1.0 / r)) * (1.0 / c),
            (u[8] - u[11] * 0.5 + u[12] * 0.5 + u[14] - u[1] * (1.0 / r)) * (1.0 / c),
            (u[9] - q1 + q4) * (1.0 / cs),
            (q2 - u[10] - q3) * (1.0 / cs),
            (u[11] + q1 - q3) * (1.0 / cs),
            (q4 - u[12] - q2) * (1.0 / cs),
            (q1 + q2 - q3 - q4 - u[6] * (1.0 / rp)) * (1.0 / cp),
            u[0] * (-1.0 / lh),
            u[1] * (-1.0 / lh),
            (u[0] * 0.5 - u[2] - u[9] * rg2) * (1.0 / ls2),
            (u[3] - u[0] * 0.5 - u[10] * rg3) * (1.0 / ls3),
            (u[1] * 0.5 - u[4] - u[11] * rg2) * (1.0 / ls2),
            (u[5] - u[1] * 0.5 - u[12] * rg3) * (1.0 / ls3),
            (u1 - u[0] - u[13] * (ri + rg1)) * (1.0 / ls1),
            (-u[1] - u[14] * (rc + rg1)) * (1.0 / ls1),
        ]
    }

    #[inline(always)]
    fn jac(&self, t: f64, u: &[f64; 15], mut set: impl FnMut(usize, usize, f64)) {
        let [c, cs, cp, r, rp, lh, ls1, ls2, ls3, rg1, rg2, rg3, ri, rc, gamma, delta] = self.0;
        // Conductances of the diodes.
        let [g1, g2, g3, g4] = self.voltages(t, u).map(|x| gamma * delta * x.exp());
        for (i, row) in [(0, [7, 9, 10, 13]), (1, [8, 11, 12, 14])] {
            set(i, i, -1.0 / (r * c));
            for (j, factor) in row.into_iter().zip([1.0, -0.5, 0.5, 1.0]) {
                set(i, j, factor / c);
            }
        }
        for (i, row) in [
            (2, [-g1 - g4, 0.0, g1, -g4, g1 + g4]),
            (3, [0.0, -g2 - g3, -g3, g2, -g2 - g3]),
            (4, [g1, -g3, -g1 - g3, 0.0, -g1 - g3]),
            (5, [-g4, g2, 0.0, -g2 - g4, g2 + g4]),
        ] {
            for (j, value) in (2..7).zip(row) {
                set(i, j, value / cs);
            }
        }
        for (i, j, sign) in [(2, 9, 1.0), (3, 10, -1.0), (4, 11, 1.0), (5, 12, -1.0)] {
            set(i, j, sign / cs);
        }
        for (j, value) in
            (2..7).zip([g1 + g4, -g2 - g3, -g1 - g3, g2 + g4, -g1 - g2 - g3 - g4 - 1.0 / rp])
        {
            set(6, j, value / cp);
        }
        for (i, j, value) in [
            (7, 0, -1.0 / lh),
            (8, 1, -1.0 / lh),
            (9, 0, 0.5 / ls2),
            (9, 2, -1.0 / ls2),
            (9, 9, -rg2 / ls2),
            (10, 0, -0.5 / ls3),
            (10, 3, 1.0 / ls3),
            (10, 10, -rg3 / ls3),
            (11, 1, 0.5 / ls2),
            (11, 4, -1.0 / ls2),
            (11, 11, -rg2 / ls2),
            (12, 1, -0.5 / ls3),
            (12, 5, 1.0 / ls3),
            (12, 12, -rg3 / ls3),
            (13, 0, -1.0 / ls1),
            (13, 13, -(ri + rg1) / ls1),
            (14, 1, -1.0 / ls1),
            (14, 14, -(rc + rg1) / ls1),
        ] {
            set(i, j, value);
        }
    }
}
