//! An elastic beam of 40 segments: angles, then velocities.

use super::dual::Real;
use super::models::Stiff;
use crate::models::array;
use std::f64::consts::PI;

const N: usize = 40;
const N2: f64 = (N * N) as f64;

/// Clamped at one end, pushed at the other.
#[derive(Clone, Copy)]
pub(crate) struct Beam;

fn diagonal(i: usize) -> f64 {
    match i {
        0 => 1.0,
        _ if i == N - 1 => 3.0,
        _ => 2.0,
    }
}

impl Stiff<80> for Beam {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(|[]| Self)
    }

    fn f<T: Real>(&self, t: f64, u: &[T; 80]) -> [T; 80] {
        let (theta, omega) = u.split_at(N);
        let load = if t < PI { 1.5 * t.sin() * t.sin() } else { 0.0 };
        let zero = T::from(0.0);
        // Each with a zero before the first segment and after the last.
        let (mut v, mut w) = ([zero; N + 2], [zero; N + 2]);
        let (mut sin, mut cos) = ([zero; N + 1], [zero; N + 1]);
        let mut pivot = [T::from(1.0); N + 2];
        for i in 0..N {
            let bent = match i {
                0 => theta[1] - theta[0] * 3.0,
                _ if i == N - 1 => theta[i - 1] - theta[i],
                _ => theta[i - 1] - theta[i] * 2.0 + theta[i + 1],
            };
            v[i + 1] = bent * (N2 * N2) + (theta[i].cos() + theta[i].sin()) * (N2 * load);
        }
        for i in 1..N {
            let difference = theta[i] - theta[i - 1];
            (sin[i], cos[i]) = (difference.sin(), difference.cos());
        }
        for i in (0..N).rev() {
            let quotient = -cos[i + 1] / pivot[i + 2];
            let side = sin[i + 1] * v[i + 2] - sin[i] * v[i] + omega[i] * omega[i];
            w[i + 1] = side - w[i + 2] * quotient;
            pivot[i + 1] = T::from(diagonal(i)) + cos[i + 1] * quotient;
        }
        for i in 0..N {
            w[i + 1] = (w[i + 1] + cos[i] * w[i]) / pivot[i + 1];
        }
        std::array::from_fn(|k| match k.checked_sub(N) {
            None => omega[k],
            Some(i) => {
                v[i + 1] * diagonal(i) - cos[i] * v[i] - sin[i] * w[i] - cos[i + 1] * v[i + 2]
                    + sin[i + 1] * w[i + 2]
            }
        })
    }

    /// Column by column: the matrix is full where it is not the identity.
    fn jac(&self, t: f64, u: &[f64; 80], mut set: impl FnMut(usize, usize, f64)) {
        for j in 0..80 {
            let column = self.jvp(t, u, &std::array::from_fn(|i| f64::from(u8::from(i == j))));
            for (i, value) in column.into_iter().enumerate() {
                set(i, j, value);
            }
        }
    }
}
