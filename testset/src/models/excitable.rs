//! Relaxation oscillators.

use system::system;

system! {
    /// FitzHugh's model of a nerve (1961). The current `i` is `I` in the file.
    pub struct FitzHughNagumo;
    state { v, w }
    params { i, a, b, eps }
    rhs(_t) {
        d(v) = v - v.powi(3) / 3.0 - w + i;
        d(w) = eps * (v + a - b * w);
    }
}

system! {
    /// Van der Pol's oscillator with the parameter in front of the damping.
    pub struct VanDerPol;
    state { y1, y2 }
    params { mu }
    rhs(_t) {
        d(y1) = y2;
        d(y2) = mu * (1.0 - y1.powi(2)) * y2 - y1;
    }
}

system! {
    /// Van der Pol's oscillator in scaled time (Hairer & Wanner IV.10).
    pub struct VanDerPolScaled;
    state { y1, y2 }
    params { eps }
    rhs(_t) {
        d(y1) = y2;
        d(y2) = ((1.0 - y1.powi(2)) * y2 - y1) / eps;
    }
}
