//! Stiff chemical kinetics of the Bari test set.

use scalar::Scalar;
use system::system;

system! {
    /// Robertson's three reactions (1966).
    pub struct Robertson;
    state { y1, y2, y3 }
    params { k1, k2, k3 }
    rhs(_t) {
        let (slow, fast, pair) = (k1 * y1, k3 * y2 * y3, k2 * y2.powi(2));
        d(y1) = fast - slow;
        d(y2) = slow - fast - pair;
        d(y3) = pair;
    }
}

impl Robertson {
    /// The total mass `y1 + y2 + y3`, constant along solutions.
    pub fn mass<S: Scalar>([y1, y2, y3]: [S; 3]) -> S {
        y1 + y2 + y3
    }
}

system! {
    /// Robertson's reactions as a system of index 1: the third equation is conservation of mass,
    /// mass matrix `diag(1, 1, 0)`.
    pub struct RobertsonDae;
    state { y1, y2, y3 }
    params { k1, k2, k3 }
    rhs(_t) {
        let (slow, fast) = (k1 * y1, k3 * y2 * y3);
        d(y1) = fast - slow;
        d(y2) = slow - fast - k2 * y2.powi(2);
        d(y3) = y1 + y2 + y3 - 1.0;
    }
}

system! {
    /// High irradiance response of a plant's photomorphogenesis (Schäfer 1975).
    pub struct Hires;
    state { y1, y2, y3, y4, y5, y6, y7, y8 }
    params {}
    rhs(_t) {
        let binding = 280.0 * y6 * y8;
        d(y1) = -1.71 * y1 + 0.43 * y2 + 8.32 * y3 + 0.0007;
        d(y2) = 1.71 * y1 - 8.75 * y2;
        d(y3) = -10.03 * y3 + 0.43 * y4 + 0.035 * y5;
        d(y4) = 8.32 * y2 + 1.71 * y3 - 1.12 * y4;
        d(y5) = -1.745 * y5 + 0.43 * y6 + 0.43 * y7;
        d(y6) = -binding + 0.69 * y4 + 1.71 * y5 - 0.43 * y6 + 0.69 * y7;
        d(y7) = binding - 1.81 * y7;
        d(y8) = -binding + 1.81 * y7;
    }
}

impl Hires {
    /// `y7 + y8`, the enzyme free and bound, constant along solutions.
    pub fn enzyme<S: Scalar>(y: [S; 8]) -> S {
        y[6] + y[7]
    }
}

system! {
    /// The Oregonator of Field and Noyes (1974).
    pub struct Oregonator;
    state { y1, y2, y3 }
    params { s, q, w }
    rhs(_t) {
        d(y1) = s * (y2 - y1 * y2 + y1 - q * y1.powi(2));
        d(y2) = (-y2 - y1 * y2 + y3) / s;
        d(y3) = w * (y1 - y3);
    }
}

system! {
    /// Chemical pyrolysis (Enright, Hull & Lindberg 1975; problem E5 of stiff DETEST). The rates differ
    /// by 16 orders of magnitude, the concentrations by more: `atol` must be about 1e-24.
    pub struct Pyrolysis;
    state { y1, y2, y3, y4 }
    params { a, b, c, m }
    rhs(_t) {
        d(y1) = -a * y1 - b * y1 * y3;
        d(y2) = a * y1 - m * c * y2 * y3;
        d(y3) = a * y1 - b * y1 * y3 - m * c * y2 * y3 + c * y4;
        d(y4) = b * y1 * y3 - c * y4;
    }
}

impl Pyrolysis {
    /// `y2 - y3 - y4`, zero along solutions.
    pub fn balance<S: Scalar>([_, y2, y3, y4]: [S; 4]) -> S {
        y2 - y3 - y4
    }
}

system! {
    /// The chemical Akzo Nobel problem, of index 1: the last equation is algebraic, mass matrix
    /// `diag(1, 1, 1, 1, 1, 0)`. NaN where `y2` is negative.
    ///
    /// In the file `k` is `K`, `kla` is `klA`, `ks` is `Ks`, `pco2` is `pCO2` and `h` is `H`.
    pub struct ChemicalAkzoNobel;
    state { y1, y2, y3, y4, y5, y6 }
    params { k1, k2, k3, k4, k, kla, ks, pco2, h }
    rhs(_t) {
        let oxygen = y2.sqrt();
        let r1 = k1 * y1.powi(4) * oxygen;
        let r2 = k2 * y3 * y4;
        let r3 = k2 / k * y1 * y5;
        let r4 = k3 * y1 * y4.powi(2);
        let r5 = k4 * y6.powi(2) * oxygen;
        let inflow = kla * (pco2 / h - y2);
        d(y1) = -2.0 * r1 + r2 - r3 - r4;
        d(y2) = -0.5 * r1 - r4 - 0.5 * r5 + inflow;
        d(y3) = r1 - r2 + r3;
        d(y4) = -r2 + r3 - 2.0 * r4;
        d(y5) = r2 - r3 + r5;
        d(y6) = ks * y1 * y4 - y6;
    }
}
