//! The motions of the event problems.

use scalar::Scalar;
use system::system;

system! {
    /// A ball in free fall; the restitution `e` acts only at the bounces
    /// (`event_bouncing_ball`).
    pub struct BouncingBall;
    state { x, v }
    params { g, e }
    rhs(_t) {
        d(x) = v;
        d(v) = -g;
    }
}

impl BouncingBall {
    /// The time of the `k`-th bounce, `k = 1, 2, …`, of a ball dropped from rest at height `h`:
    /// `√(2h/g) (1 + 2 (e + e² + … + e^(k-1)))`.
    pub fn bounce_time<S: Scalar>(k: u32, h: S, [g, e]: [S; 2]) -> S {
        let (mut sum, mut power) = (S::one(), S::one());
        for _ in 1..k {
            power *= e;
            sum += power.scale(2.0);
        }
        (h.scale(2.0) / g).sqrt() * sum
    }
}

system! {
    /// `x'' = -x` (`event_oscillator_zero_crossings`).
    pub struct HarmonicOscillator;
    state { x, v }
    params {}
    rhs(_t) {
        d(x) = v;
        d(v) = -x;
    }
}

impl HarmonicOscillator {
    /// The solution that is `u0` at time 0.
    pub fn exact<S: Scalar>(t: S, [x0, v0]: [S; 2], []: [S; 0]) -> [S; 2] {
        let (sin, cos) = (t.sin(), t.cos());
        [x0 * cos + v0 * sin, v0 * cos - x0 * sin]
    }

    /// `(x² + v²) / 2`, constant along solutions.
    pub fn energy<S: Scalar>([x, v]: [S; 2]) -> S {
        (x * x + v * v).scale(0.5)
    }
}

system! {
    /// A thrown stone without drag (`event_projectile_terminal`).
    pub struct Projectile;
    state { x, y, vx, vy }
    params { g }
    rhs(_t) {
        d(x) = vx;
        d(y) = vy;
        d(vx) = 0.0;
        d(vy) = -g;
    }
}

impl Projectile {
    /// The solution that is `u0` at time 0.
    pub fn exact<S: Scalar>(t: S, [x, y, vx, vy]: [S; 4], [g]: [S; 1]) -> [S; 4] {
        [x + vx * t, y + vy * t - (g * t * t).scale(0.5), vx, vy - g * t]
    }
}

system! {
    /// Euler's equations of a free rigid body: the parameters are the differences of its moments of
    /// inertia, divided by the third moment.
    pub struct RigidBody;
    state { x, y, z }
    params { a, b, c }
    rhs(_t) {
        d(x) = a * y * z;
        d(y) = b * x * z;
        d(z) = c * x * y;
    }
}

impl RigidBody {
    /// `b x² - a y²` and `c x² - a z²`, constant along solutions.
    pub fn invariants<S: Scalar>([x, y, z]: [S; 3], [a, b, c]: [S; 3]) -> [S; 2] {
        [b * x * x - a * y * y, c * x * x - a * z * z]
    }
}
