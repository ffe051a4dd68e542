//! Orbits in the plane.

use core::f64::consts::TAU;
use scalar::Scalar;
use system::system;

system! {
    /// A planet around a fixed sun of mass 1. The eccentricity `e` only sets the initial state,
    /// `(1 - e, 0, 0, √((1 + e) / (1 - e)))`: the right-hand side does not depend on it.
    pub struct Kepler;
    state { x, y, vx, vy }
    params { e }
    rhs(_t) {
        let r2 = x * x + y * y;
        let r3 = r2 * r2.sqrt();
        d(x) = vx;
        d(y) = vy;
        d(vx) = -x / r3;
        d(vy) = -y / r3;
    }
}

impl Kepler {
    /// The orbit of eccentricity `0 ≤ e < 1` that passes its pericentre at time 0 (NaN for other
    /// eccentricities and for times that are not finite). Its energy is -1/2, its period 2π.
    ///
    /// Solves Kepler's equation `E - e sin E = t` by Newton's iteration from `E = π`, which
    /// decreases monotonically towards the root.
    ///
    /// ```
    /// let half_way = testset::models::Kepler::exact(core::f64::consts::PI, 0.5);
    /// assert!((half_way[0] + 1.5).abs() < 1e-15 && half_way[1].abs() < 1e-15);
    /// ```
    pub fn exact(t: f64, e: f64) -> [f64; 4] {
        if !(0.0..1.0).contains(&e) || !t.is_finite() {
            return [f64::NAN; 4];
        }
        // The orbit is symmetric: y and vx change sign with time, so t in [0, π] suffices.
        let turn = t.rem_euclid(TAU);
        let (mean, sign) = if turn > TAU / 2.0 { (TAU - turn, -1.0) } else { (turn, 1.0) };
        let mut anomaly = TAU / 2.0;
        for _ in 0..100 {
            let step = (anomaly - e * anomaly.sin() - mean) / (1.0 - e * anomaly.cos());
            anomaly -= step;
            if step.abs() <= f64::EPSILON {
                break;
            }
        }
        let (sin, cos) = anomaly.sin_cos();
        let (flattening, rate) = ((1.0 - e * e).sqrt(), 1.0 / (1.0 - e * cos));
        [cos - e, sign * flattening * sin, -sign * rate * sin, rate * flattening * cos]
    }

    /// `|v|²/2 - 1/r`, constant along solutions.
    pub fn energy<S: Scalar>([x, y, vx, vy]: [S; 4]) -> S {
        (vx * vx + vy * vy).scale(0.5) - S::one() / (x * x + y * y).sqrt()
    }

    /// `x vy - y vx`, constant along solutions.
    pub fn angular_momentum<S: Scalar>([x, y, vx, vy]: [S; 4]) -> S {
        x * vy - y * vx
    }
}

system! {
    /// A satellite between earth and moon, in rotating coordinates (Hairer, Nørsett & Wanner II.0).
    /// `mup` is `1 - mu`.
    pub struct Arenstorf;
    state { x, y, vx, vy }
    params { mu, mup }
    rhs(_t) {
        let (s1, s2) = ((x + mu).powi(2) + y.powi(2), (x - mup).powi(2) + y.powi(2));
        let (d1, d2) = (s1 * s1.sqrt(), s2 * s2.sqrt());
        d(x) = vx;
        d(y) = vy;
        d(vx) = x + 2.0 * vy - mup * (x + mu) / d1 - mu * (x - mup) / d2;
        d(vy) = y - 2.0 * vx - mup * y / d1 - mu * y / d2;
    }
}

impl Arenstorf {
    /// The Jacobi constant `x² + y² + 2 mup / r₁ + 2 mu / r₂ - |v|²`, constant along solutions.
    pub fn jacobi<S: Scalar>([x, y, vx, vy]: [S; 4], [mu, mup]: [S; 2]) -> S {
        let r1 = ((x + mu) * (x + mu) + y * y).sqrt();
        let r2 = ((x - mup) * (x - mup) + y * y).sqrt();
        x * x + y * y + (mup / r1 + mu / r2).scale(2.0) - vx * vx - vy * vy
    }
}

system! {
    /// A star in the symmetry plane of a galaxy (Hénon & Heiles 1964).
    pub struct HenonHeiles;
    state { x, y, vx, vy }
    params {}
    rhs(_t) {
        d(x) = vx;
        d(y) = vy;
        d(vx) = -x - 2.0 * x * y;
        d(vy) = -y - x * x + y * y;
    }
}

impl HenonHeiles {
    /// `(|v|² + x² + y²) / 2 + x² y - y³ / 3`, constant along solutions.
    pub fn energy<S: Scalar>([x, y, vx, vy]: [S; 4]) -> S {
        let quadratic = vx * vx + vy * vy + x * x + y * y;
        quadratic.scale(0.5) + x * x * y - (y * y * y).scale(1.0 / 3.0)
    }
}
