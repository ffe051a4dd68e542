//! Linear equations, all with closed forms.

use scalar::Scalar;
use system::system;

system! {
    /// `y' = -λ y + cos t`.
    pub struct LinearDecayForced;
    state { y }
    params { lam }
    rhs(t) {
        d(y) = -lam * y + t.cos();
    }
}

impl LinearDecayForced {
    /// The solution that is `u0` at time 0.
    pub fn exact<S: Scalar>(t: S, [y0]: [S; 1], [lam]: [S; 1]) -> [S; 1] {
        let norm = lam * lam + S::one();
        [(lam * t.cos() + t.sin()) / norm + (y0 - lam / norm) * (-lam * t).exp()]
    }
}

system! {
    /// `x'' + 2 ζ ω x' + ω² x = 0`.
    pub struct LinearDampedOscillator;
    state { x, v }
    params { w, z }
    rhs(_t) {
        d(x) = v;
        d(v) = -w.powi(2) * x - 2.0 * z * w * v;
    }
}

impl LinearDampedOscillator {
    /// The solution that is `u0` at time 0, for weak damping `|ζ| < 1` (NaN otherwise).
    pub fn exact<S: Scalar>(t: S, [x0, v0]: [S; 2], [w, z]: [S; 2]) -> [S; 2] {
        let wd = w * (S::one() - z * z).sqrt();
        let (decay, sin, cos) = ((-z * w * t).exp(), (wd * t).sin(), (wd * t).cos());
        [
            decay * (x0 * cos + (v0 + z * w * x0) / wd * sin),
            decay * (v0 * cos - (w * w * x0 + z * w * v0) / wd * sin),
        ]
    }
}

system! {
    /// Eigenvalues -1 and -1000.
    pub struct LinearStiff2x2;
    state { u, v }
    params {}
    rhs(_t) {
        d(u) = 998.0 * u + 1998.0 * v;
        d(v) = -999.0 * u - 1999.0 * v;
    }
}

impl LinearStiff2x2 {
    /// The solution that is `u0` at time 0.
    pub fn exact<S: Scalar>(t: S, [u0, v0]: [S; 2], []: [S; 0]) -> [S; 2] {
        // Eigenvectors (2, -1) and (-1, 1).
        let slow = (u0 + v0) * (-t).exp();
        let fast = (u0 + v0 + v0) * t.scale(-1000.0).exp();
        [slow + slow - fast, fast - slow]
    }
}

system! {
    /// Strongly non-normal: grows by a factor 700 before it decays.
    pub struct LinearNonnormal3x3;
    state { a, b, c }
    params {}
    rhs(_t) {
        d(a) = -a + 100.0 * b;
        d(b) = -2.0 * b + 100.0 * c;
        d(c) = -3.0 * c;
    }
}

impl LinearNonnormal3x3 {
    /// The solution that is `u0` at time 0.
    pub fn exact<S: Scalar>(t: S, [a0, b0, c0]: [S; 3], []: [S; 0]) -> [S; 3] {
        let e1 = (-t).exp();
        let (e2, e3) = (e1 * e1, e1 * e1 * e1);
        // m = 1 - e^(-t), without cancellation; e^(-t) - 2 e^(-2t) + e^(-3t) = e^(-t) m².
        let m = -(-t).exp_m1();
        [
            a0 * e1 + (b0 * e1 * m).scale(100.0) + (c0 * e1 * m * m).scale(5000.0),
            b0 * e2 + (c0 * e2 * m).scale(100.0),
            c0 * e3,
        ]
    }
}

system! {
    /// `y' = -2 t y`.
    pub struct TimeVaryingLinear;
    state { y }
    params {}
    rhs(t) {
        d(y) = -2.0 * t * y;
    }
}

impl TimeVaryingLinear {
    /// The solution that is `u0` at time 0.
    pub fn exact<S: Scalar>(t: S, [y0]: [S; 1], []: [S; 0]) -> [S; 1] {
        [y0 * (-t * t).exp()]
    }
}

system! {
    /// Prothero and Robinson's problem `y' = -λ (y - cos t) - sin t`, whose smooth solution
    /// `cos t` does not depend on λ: shows order reduction (Math. Comp. 28, 1974).
    pub struct ProtheroRobinson;
    state { y }
    params { lam }
    rhs(t) {
        d(y) = -lam * (y - t.cos()) - t.sin();
    }
}

impl ProtheroRobinson {
    /// The solution that is `u0` at time 0; `cos t` if that is 1.
    pub fn exact<S: Scalar>(t: S, [y0]: [S; 1], [lam]: [S; 1]) -> [S; 1] {
        [t.cos() + (y0 - S::one()) * (-lam * t).exp()]
    }
}

system! {
    /// `y' = -k y`, the model of `sens_exponential_decay` and `adjoint_integral_cost`.
    pub struct ExponentialDecay;
    state { y }
    params { k }
    rhs(_t) {
        d(y) = -k * y;
    }
}

impl ExponentialDecay {
    /// The solution that is `u0` at time 0.
    pub fn exact<S: Scalar>(t: S, [y0]: [S; 1], [k]: [S; 1]) -> [S; 1] {
        [y0 * (-k * t).exp()]
    }

    /// `∫₀ᵗ y² dt`.
    pub fn integral_of_square<S: Scalar>(t: S, [y0]: [S; 1], [k]: [S; 1]) -> S {
        -y0 * y0 * (k * t).scale(-2.0).exp_m1() / k.scale(2.0)
    }
}
