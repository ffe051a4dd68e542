//! Electrical circuits: differential–algebraic equations with mass matrices that are not diagonal.

use scalar::Scalar;
use system::{Mass, MassError, system};

system! {
    /// The transistor amplifier of Rentrop, Roche and Steinebach (1989), of index 1: eight node
    /// voltages of two transistors, and a mass matrix of rank 5 with no zero row
    /// ([`mass`](TransistorAmplifier::mass)). Volts and seconds.
    ///
    /// # References
    ///
    /// Mazzia, Magherini, *Test Set for Initial Value Problem Solvers*, release 2.4, University of Bari
    /// (2008), problem `transamp`; Hairer, Wanner, *Solving Ordinary Differential Equations II*, VI.1.
    pub struct TransistorAmplifier;
    state { u1, u2, u3, u4, u5, u6, u7, u8 }
    params {}
    rhs(t) {
        let first = 1e-6 * ((u2 - u3) / 0.026).exp_m1();
        let second = 1e-6 * ((u5 - u6) / 0.026).exp_m1();
        let signal = 0.1 * (628.318_530_717_958_6 * t).sin();
        d(u1) = (u1 - signal) / 1000.0;
        d(u2) = u2 / 9000.0 + (u2 - 6.0) / 9000.0 + 0.01 * first;
        d(u3) = u3 / 9000.0 - first;
        d(u4) = (u4 - 6.0) / 9000.0 + 0.99 * first;
        d(u5) = u5 / 9000.0 + (u5 - 6.0) / 9000.0 + 0.01 * second;
        d(u6) = u6 / 9000.0 - second;
        d(u7) = (u7 - 6.0) / 9000.0 + 0.99 * second;
        d(u8) = u8 / 9000.0;
    }
}

impl TransistorAmplifier {
    /// The state at `t = 0`.
    pub const U0: [f64; 8] = [0.0, 3.0, 3.0, 6.0, 3.0, 3.0, 6.0, 0.0];

    /// The state at `t = 0.2`, as published in the test set.
    pub const AT_END: [f64; 8] = [
        -0.556_214_501_226_270_9e-2,
        3.006_522_471_903_042,
        2.849_958_788_608_128,
        2.926_422_536_206_241,
        2.704_617_865_010_554,
        2.761_837_778_393_145,
        4.770_927_631_616_772,
        1.236_995_868_091_548,
    ];

    /// Capacitors of 1 to 5 µF.
    ///
    /// # Errors
    ///
    /// None.
    pub fn mass() -> Result<Mass, MassError> {
        let mut rows = [[0.0; 8]; 8];
        for (first, c) in [(0, 1e-6), (3, 3e-6), (6, 5e-6)] {
            (rows[first][first], rows[first][first + 1]) = (-c, c);
            (rows[first + 1][first], rows[first + 1][first + 1]) = (c, -c);
        }
        (rows[2][2], rows[5][5]) = (-2e-6, -4e-6);
        Mass::dense(&rows)
    }
}

/// Charges of a transistor in the charge pump, from the voltages of its gate against bulk, source and
/// drain: those of the gate, and of source and drain (the same). Coulombs and volts.
///
/// The channel is switched on over a range of `width` volts: 0 in the test set. There the charges have
/// kinks at which Newton's method with a Jacobian from the other side diverges, however short the step.
pub fn transistor_charges<S: Scalar>(vgb: S, vgs: S, vgd: S, width: S) -> (S, S) {
    const THRESHOLD: f64 = 0.2;
    const GAMMA: f64 = 0.035;
    const CAPACITY: f64 = 4e-12;
    let real = S::from_f64;
    let phi = 1.01;
    let (zero, root) = (S::zero(), f64::sqrt(phi));
    let (ugs, ugd) = (vgs.max(vgd), vgs.min(vgd));
    let bulk = real(phi) - (ugs - vgb);
    let flat = vgb - real(THRESHOLD - GAMMA * root - phi);
    let threshold = (bulk.sqrt() - real(root)).scale(GAMMA) + real(THRESHOLD);
    let is_on = |on: S, off: S| threshold.select_lt(ugs, on, off);
    let excess = |u: S| {
        let smooth = ((u - threshold) / width).softplus() * width;
        zero.select_lt(width, smooth, (u - threshold).max(zero))
    };
    let (ugst, ugdt) = (excess(ugs), excess(ugd));
    let both = ugdt + ugst - ugdt * ugst / (ugdt + ugst + real(1e-200));
    let depleted = zero.select_lt(flat, flat, zero);
    let half = 0.5 * GAMMA;
    let depletion = ((depleted + real(half * half)).sqrt() - real(half)).scale(GAMMA);
    let inverted = is_on(bulk.sqrt().scale(GAMMA), depletion) + both.scale(2.0 / 3.0);
    let gate = zero.select_lt(flat, inverted, flat);
    let channel = zero.select_lt(flat, both.scale(-1.0 / 3.0), zero);
    (gate.scale(CAPACITY), channel.scale(CAPACITY))
}

/// The input of the charge pump: every 120 ns a pulse of 20 V, with ramps of 10 ns from 50 and from
/// 110 ns on; for ten periods.
pub fn pulses<S: Scalar>(t: S) -> S {
    let ramp =
        |from: f64| (t - S::from_f64(from)).scale(1e8).max(S::zero()).min(S::one()).scale(20.0);
    let period = |k: usize| 120e-9 * k as f64;
    (0..10).fold(S::zero(), |v, k| v + ramp(period(k) + 50e-9) - ramp(period(k) + 110e-9))
}

/// Capacities of source and drain.
const SOURCE: f64 = 1.6e-12;
const DRAIN: f64 = 0.4e-12;

system! {
    /// The charge pump of Günther and Hoschek, of index 2: charges of the gate, at the source (outside
    /// and inside the transistor) and at the drain, node voltages, and the current, which is the
    /// derivative of an algebraic variable. Seconds to `1.2e-6`.
    ///
    /// # References
    ///
    /// As [`TransistorAmplifier`], problem `pump`.
    pub struct ChargePump;
    state { gate, source, inner_source, drain, inner_drain, v1, v2, v3, current }
    params {}
    rhs(t) {
        let (of_gate, of_channel) = transistor_charges(v1, v1 - v2, v1 - v3, 0.0 * v1);
        d(gate) = -current;
        d(source) = 0.0 * source;
        d(inner_source) = 0.0 * source;
        d(drain) = pulses(t) - v1;
        d(inner_drain) = gate - of_gate;
        d(v1) = source - SOURCE * v2;
        d(v2) = inner_source - of_channel;
        d(v3) = drain - DRAIN * v3;
        d(current) = inner_drain - of_channel;
    }
}

impl ChargePump {
    /// The mass matrix.
    ///
    /// # Errors
    ///
    /// None.
    pub fn mass() -> Result<Mass, MassError> {
        let mut rows = [[0.0; 9]; 9];
        rows[0][0] = 1.0;
        (rows[1][1], rows[1][2], rows[2][3], rows[2][4]) = (1.0, 1.0, 1.0, 1.0);
        Mass::dense(&rows)
    }

    /// The state at `t = 0`.
    pub fn u0() -> [f64; 9] {
        let mut u = [0.0; 9];
        (u[0], u[2]) = transistor_charges(0.0, 0.0, 0.0, 0.0);
        u[4] = u[2];
        u
    }
}

system! {
    /// [`ChargePump`] without the current: of index 1. Charges in pC, voltages, times in ns: the
    /// units matter, for the equations of charges are compared with those of voltages.
    ///
    /// The channel is switched on over `width` volts: 0 in the test set.
    pub struct ChargePumpIndex1;
    state { gate, source, inner_source, drain, inner_drain, v1, v2, v3 }
    params { width }
    rhs(t) {
        let (of_gate, of_channel) = transistor_charges(v1, v1 - v2, v1 - v3, width);
        d(gate) = 0.0 * gate;
        d(source) = 0.0 * source;
        d(inner_source) = pulses(1e-9 * t) - v1;
        d(drain) = gate - 1e12 * of_gate;
        d(inner_drain) = source - 1e12 * SOURCE * v2;
        d(v1) = inner_source - 1e12 * of_channel;
        d(v2) = drain - 1e12 * DRAIN * v3;
        d(v3) = inner_drain - 1e12 * of_channel;
    }
}

impl ChargePumpIndex1 {
    /// The mass matrix: two sums of charges are constant.
    ///
    /// # Errors
    ///
    /// None.
    pub fn mass() -> Result<Mass, MassError> {
        let mut rows = [[0.0; 8]; 8];
        (rows[0][1], rows[0][2], rows[1][3], rows[1][4]) = (1.0, 1.0, 1.0, 1.0);
        Mass::dense(&rows)
    }

    /// The state at time `t`, from no charge but that of the gate: of the charge `w` that source and
    /// drain have each taken from the channel, by bisection.
    pub fn exact(t: f64, width: f64) -> [f64; 8] {
        let v1 = pulses(1e-9 * t);
        let voltages = |w: f64| (w / SOURCE, w / DRAIN);
        let charges = |w: f64| {
            let (v2, v3) = voltages(w);
            transistor_charges(v1, v1 - v2, v1 - v3, width)
        };
        let (mut low, mut high) = (0.0, 1e-9);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if middle + charges(middle).1 < 0.0 { low = middle } else { high = middle }
        }
        let (v2, v3) = voltages(high);
        let (gate, channel) = charges(high);
        let [gate, channel, w] = [gate, channel, high].map(|q| 1e12 * q);
        [gate, w, channel, w, channel, v1, v2, v3]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_charge_of_the_gate() {
        let [gate, ..] = ChargePump::u0();
        assert!((gate - 0.126_280_042_987_675_93e-12).abs() < 1e-27, "{gate:e}");
        // The input is periodic and ends where it started.
        let end = ChargePumpIndex1::exact(1200.0, 0.0);
        assert!((end[0] - 1e12 * gate).abs() < 1e-13 && end[6] < 1e-9, "{end:?}");
        let on = ChargePumpIndex1::exact(80.0, 0.0);
        assert!((on[1] + on[2]).abs() < 1e-9 && on[6] > 1.0 && on[5] == 20.0, "{on:?}");
    }
}
