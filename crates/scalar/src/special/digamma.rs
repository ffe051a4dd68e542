use super::compensated::Compensated;
use core::f64::consts::PI;

/// The root of the digamma function on the positive side is `1 + ROOT.0 + ROOT.1`.
const ROOT: (f64, f64) = (0.461_632_144_968_362_36, -1.552_234_816_285_867_7e-17);

/// `ψ(1 + s) / (s - root)` in powers of `s - 1/2` for `0 ≤ s ≤ 1`, highest first: the Chebyshev
/// interpolant, made by `tests/table/coefficients.py`.
const NEAR_ROOT: [f64; 22] = [
    -0.000_173_122_618_027_273_94,
    0.000_259_684_821_264_307_47,
    -0.000_151_485_868_367_733_65,
    0.000_227_233_166_098_737_6,
    -0.000_482_199_053_056_678_9,
    0.000_723_326_627_928_755_4,
    -0.001_037_637_409_841_860_4,
    0.001_556_631_747_448_683_8,
    -0.002_345_267_632_540_769,
    0.003_519_006_401_502_276,
    -0.005_279_964_873_257_405,
    0.007_926_944_646_403_797,
    -0.011_908_218_001_568_644,
    0.017_907_252_439_451_2,
    -0.026_975_796_756_138_25,
    0.040_760_833_812_420_74,
    -0.061_922_133_273_064_534,
    0.094_988_724_454_941_22,
    -0.148_404_923_053_908_84,
    0.240_542_484_240_774_2,
    -0.423_627_421_281_460_5,
    0.951_055_876_031_833,
];

/// `B₂ⱼ / (2j)`.
const ASYMPTOTIC: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 120.0,
    1.0 / 252.0,
    -1.0 / 240.0,
    1.0 / 132.0,
    -691.0 / 32760.0,
    1.0 / 12.0,
    -3617.0 / 8160.0,
];

/// Far enough for the asymptotic series.
const FAR: f64 = 14.0;

/// `ψ(x) = Γ'(x) / Γ(x)`.
///
/// Between 1 and 2 by a polynomial, from which the root is split off; up to 14 by the recurrence
/// `ψ(x + 1) = ψ(x) + 1/x`; beyond by the asymptotic series; below 0 by reflection (NIST DLMF 5.5,
/// 5.11).
pub(crate) fn digamma(x: f64) -> f64 {
    if x >= FAR {
        // Also ∞.
        let w = 1.0 / (x * x);
        let series = ASYMPTOTIC.iter().rev().fold(0.0, |sum, b| sum * w + b);
        return x.ln() - (0.5 / x + w * series);
    }
    if x >= 1.0 {
        return upwards(x);
    }
    if x > 0.0 {
        return Compensated::quotient(-1.0, x).and(near_root(x)).round();
    }
    if x == 0.0 {
        return -1.0 / x;
    }
    let to_pole = x - x.round();
    if to_pole == 0.0 || !x.is_finite() {
        return f64::NAN;
    }
    // ψ(x) = ψ(1 - x) - π cot(π x).
    digamma(1.0 - x) - PI / (PI * to_pole).tan()
}

/// `ψ(1 + s)` for `0 ≤ s ≤ 1`.
fn near_root(s: f64) -> Compensated {
    let t = s - 0.5;
    let (smaller, last) = (&NEAR_ROOT[..21], NEAR_ROOT[21]);
    let rest = smaller.iter().fold(0.0, |sum, c| sum * t + c);
    let factor = Compensated::product(rest, t).plus(last);
    let near = s - ROOT.0;
    factor.times(near).plus(-ROOT.1 * factor.leading())
}

/// From `[1, 2)` by steps of 1 to `1 ≤ x < 14`.
fn upwards(x: f64) -> f64 {
    let floor = x.floor();
    let mut sum = near_root(x - floor);
    let mut down = 1.0;
    while down < floor {
        sum = sum.and(Compensated::quotient(1.0, x - down));
        down += 1.0;
    }
    sum.round()
}
