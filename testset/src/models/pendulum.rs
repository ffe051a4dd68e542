//! The pendulum in Cartesian coordinates, by the number of times its constraint is differentiated.

use scalar::Scalar;
use system::system;

macro_rules! pendulum {
    ($(#[$docs:meta])* $name:ident, $constraint:ident) => {
        system! {
            $(#[$docs])*
            ///
            /// Mass and length 1; mass matrix [`PENDULUM_MASS`].
            pub struct $name;
            state { x, y, vx, vy, tension }
            params { g }
            rhs(_t) {
                d(x) = vx;
                d(y) = vy;
                d(vx) = -tension * x;
                d(vy) = -tension * y - g;
                d(tension) = $constraint([x, y, vx, vy, tension, g]);
            }
        }
    };
}

/// The diagonal of the mass matrix.
pub const PENDULUM_MASS: [f64; 5] = [1.0, 1.0, 1.0, 1.0, 0.0];

fn length<S: Scalar>([x, y, ..]: [S; 6]) -> S {
    x * x + y * y - S::one()
}

fn length_rate<S: Scalar>([x, y, vx, vy, ..]: [S; 6]) -> S {
    x * vx + y * vy
}

fn length_acceleration<S: Scalar>([x, y, vx, vy, tension, g]: [S; 6]) -> S {
    vx * vx + vy * vy - tension * (x * x + y * y) - g * y
}

pendulum!(
    /// With its length as the constraint: index 3.
    PendulumIndex3,
    length
);

pendulum!(
    /// With the derivative of its length: index 2.
    PendulumIndex2,
    length_rate
);

pendulum!(
    /// With the second derivative of its length, which holds the tension: index 1.
    PendulumIndex1,
    length_acceleration
);

impl PendulumIndex1 {
    /// The motion of a pendulum that is let go at rest from `x = 1, y = 0`, with `θ` from the lowest
    /// point: `sin(θ/2) = k sn(K + √g t)`, `k² = 1/2`.
    pub fn exact(t: f64, g: f64) -> [f64; 5] {
        let (k, omega) = (0.5f64.sqrt(), g.sqrt());
        let (sn, cn, dn) = elliptic(0.5, omega * t);
        // sin(θ/2) = k sn, cos(θ/2) = dn, θ' = 2 k ω cn.
        let (x, y) = (2.0 * k * sn * dn, 2.0 * (k * sn).powi(2) - 1.0);
        let speed = 2.0 * k * omega * cn;
        [x, y, -y * speed, x * speed, -3.0 * g * y]
    }
}

/// `sn`, `cn`, `dn` at `K + u` with parameter `m`, by the arithmetic–geometric mean (Abramowitz and
/// Stegun 16.4).
fn elliptic(m: f64, u: f64) -> (f64, f64, f64) {
    let (mut a, mut b) = (1.0, (1.0 - m).sqrt());
    let mut ratios = Vec::new();
    while ratios.len() < 8 {
        let c = 0.5 * (a - b);
        (a, b) = (0.5 * (a + b), (a * b).sqrt());
        ratios.push(c / a);
    }
    let quarter = core::f64::consts::FRAC_PI_2 / a;
    let mut phi = (quarter + u) * a * 2f64.powi(ratios.len() as i32);
    for ratio in ratios.into_iter().rev() {
        phi = 0.5 * (phi + (ratio * phi.sin()).asin());
    }
    let (sn, cn) = phi.sin_cos();
    (sn, cn, (1.0 - m * sn * sn).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use system::System;

    #[test]
    fn the_closed_form_satisfies_the_equations() {
        let (g, h) = (9.81, 1e-5);
        assert!((PendulumIndex1::exact(0.0, g)[0] - 1.0).abs() < 1e-15);
        for t in [0.3, 1.0, 2.7, 9.0] {
            let u = PendulumIndex1::exact(t, g);
            let mut du = [0.0; 5];
            PendulumIndex1.rhs(t, &u, &[g], &mut du);
            assert!(du[4].abs() < 1e-12, "{du:?}");
            assert!((u[0] * u[0] + u[1] * u[1] - 1.0).abs() < 1e-14);
            let (after, before) =
                (PendulumIndex1::exact(t + h, g), PendulumIndex1::exact(t - h, g));
            for i in 0..4 {
                let slope = (after[i] - before[i]) / (2.0 * h);
                assert!((slope - du[i]).abs() < 1e-7, "{i} at {t}: {slope} {}", du[i]);
            }
        }
    }
}
