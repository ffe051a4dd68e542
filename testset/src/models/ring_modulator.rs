use core::f64::consts::PI;
use system::system;

/// Angular frequencies of the two signals that the circuit multiplies.
const SLOW: f64 = 2000.0 * PI;
const FAST: f64 = 20000.0 * PI;

system! {
    /// A ring modulator: two signals, four diodes (Horneber 1976; RINGMOD of the Bari test set).
    ///
    /// A small capacity `cs` makes it stiff and lets it oscillate at high frequencies. With `cs = 0`
    /// it would be a differential-algebraic system of index 2.
    pub struct RingModulator;
    state { y1, y2, y3, y4, y5, y6, y7, y8, y9, y10, y11, y12, y13, y14, y15 }
    params { c, cs, cp, r, rp, lh, ls1, ls2, ls3, rg1, rg2, rg3, ri, rc, gamma, delta }
    rhs(t) {
        let (uin1, uin2) = (0.5 * t.scale(SLOW).sin(), 2.0 * t.scale(FAST).sin());
        // The currents through the diodes.
        let q1 = gamma * ((delta * (y3 - y5 - y7 - uin2)).exp() - 1.0);
        let q2 = gamma * ((delta * (-y4 + y6 - y7 - uin2)).exp() - 1.0);
        let q3 = gamma * ((delta * (y4 + y5 + y7 + uin2)).exp() - 1.0);
        let q4 = gamma * ((delta * (-y3 - y6 + y7 + uin2)).exp() - 1.0);
        d(y1) = (y8 - 0.5 * y10 + 0.5 * y11 + y14 - y1 / r) / c;
        d(y2) = (y9 - 0.5 * y12 + 0.5 * y13 + y15 - y2 / r) / c;
        d(y3) = (y10 - q1 + q4) / cs;
        d(y4) = (-y11 + q2 - q3) / cs;
        d(y5) = (y12 + q1 - q3) / cs;
        d(y6) = (-y13 - q2 + q4) / cs;
        d(y7) = (-y7 / rp + q1 + q2 - q3 - q4) / cp;
        d(y8) = -y1 / lh;
        d(y9) = -y2 / lh;
        d(y10) = (0.5 * y1 - y3 - rg2 * y10) / ls2;
        d(y11) = (-0.5 * y1 + y4 - rg3 * y11) / ls3;
        d(y12) = (0.5 * y2 - y5 - rg2 * y12) / ls2;
        d(y13) = (-0.5 * y2 + y6 - rg3 * y13) / ls3;
        d(y14) = (-y1 + uin1 - (ri + rg1) * y14) / ls1;
        d(y15) = (-y2 - (rc + rg1) * y15) / ls1;
    }
}
