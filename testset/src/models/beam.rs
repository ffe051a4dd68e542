use core::f64::consts::PI;
use system::{Scalar, System, literals, wrong_lengths};

/// Segments of the beam.
const N: usize = 40;
const N2: f64 = (N * N) as f64;
const N4: f64 = N2 * N2;

/// An elastic beam, clamped at one end, with a force at the other (Hairer & Wanner IV.10): the angles
/// `θ` of 40 segments, then their velocities `ω`.
///
/// With the differences `δᵢ = θᵢ - θᵢ₋₁` the forces `v` bend the segments, and
/// `θ'' = C v + D w` where `C w = D v + θ'²`; `C` is symmetric with the diagonal `1, 2, …, 2, 3` and
/// `-cos δ` beside it, `D` skew with `-sin δ` below the diagonal. The force `1.5 sin² t` ends at
/// `t = π`, which must be a stop time for methods of order above 2.
///
/// ```
/// use system::System;
/// use testset::models::Beam;
///
/// // Straight and at rest; the force has not set in.
/// let mut du = [1.0; 80];
/// Beam.rhs(0.0, &[0.0; 80], &[], &mut du);
/// assert_eq!(du, [0.0; 80]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beam;

impl System for Beam {
    fn dim(&self) -> usize {
        2 * N
    }

    fn num_params(&self) -> usize {
        0
    }

    #[literals]
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        let (Ok(u), true) = (<&[S; 2 * N]>::try_from(u), p.is_empty() && du.len() == 2 * N) else {
            return wrong_lengths(du);
        };
        let (theta, omega) = u.split_at(N);
        let (velocity, acceleration) = du.split_at_mut(N);
        velocity.copy_from_slice(omega);

        let zero = S::zero();
        let force = t.select_lt(S::from_f64(PI), 1.5 * t.sin().powi(2), zero);
        let mut v = [zero; N];
        for (i, v) in v.iter_mut().enumerate() {
            let bent = match i {
                0 => -3.0 * theta[0] + theta[1],
                _ if i + 1 == N => theta[i - 1] - theta[i],
                _ => theta[i - 1] - 2.0 * theta[i] + theta[i + 1],
            };
            *v = bent.scale(N4) + (force * (theta[i].cos() + theta[i].sin())).scale(N2);
        }
        // Sine and cosine of each difference; none before the first segment and after the last.
        let (mut sin, mut cos) = ([zero; N + 1], [zero; N + 1]);
        for i in 1..N {
            let difference = theta[i] - theta[i - 1];
            (sin[i], cos[i]) = (difference.sin(), difference.cos());
        }

        // C w = D v + θ'², eliminated from the free end.
        let at = |x: &[S; N], i: usize| x.get(i).copied().unwrap_or(zero);
        let (mut w, mut pivot, mut quotient) = ([zero; N], [S::one(); N + 1], [zero; N]);
        for i in (0..N).rev() {
            let before = sin[i] * at(&v, i.wrapping_sub(1));
            let side = -before + sin[i + 1] * at(&v, i + 1) + omega[i].powi(2);
            quotient[i] = -cos[i + 1] / pivot[i + 1];
            w[i] = side - at(&w, i + 1) * quotient[i];
            pivot[i] = S::from_f64(diagonal(i)) + cos[i + 1] * quotient[i];
        }
        for i in 0..N {
            w[i] = (w[i] + cos[i] * at(&w, i.wrapping_sub(1))) / pivot[i];
        }
        for (i, a) in acceleration.iter_mut().enumerate() {
            let (before, after) = (i.wrapping_sub(1), i + 1);
            *a = v[i].scale(diagonal(i))
                - cos[i] * at(&v, before)
                - sin[i] * at(&w, before)
                - cos[after] * at(&v, after)
                + sin[after] * at(&w, after);
        }
    }

    fn state_names(&self) -> Vec<String> {
        let names = |of: &'static str| (1..=N).map(move |i| format!("{of}{i}"));
        names("th").chain(names("om")).collect()
    }
}

/// The diagonal of `C`.
fn diagonal(i: usize) -> f64 {
    match i {
        0 => 1.0,
        _ if i + 1 == N => 3.0,
        _ => 2.0,
    }
}
