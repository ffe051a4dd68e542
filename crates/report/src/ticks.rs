//! Where an axis is marked, and what is written there.
//!
//! Linear axes: steps of 1, 2 or 5 times a power of ten, after P. S. Heckbert, "Nice numbers for graph labels",
//! *Graphics Gems* (1990), pp. 61–63. Log axes: decades with minor marks at 2…9, or 1-2-5 when decades are few.

use crate::number;
use crate::scale::{Domain, Scale};

/// A label: text and, where powers of ten are written, the exponent to raise.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Label {
    pub(crate) text: String,
    pub(crate) exponent: Option<String>,
}

/// The marks of one axis.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Ticks {
    /// Labelled marks: value and label.
    pub(crate) major: Vec<(f64, Label)>,
    /// Marks without a label.
    pub(crate) minor: Vec<f64>,
    /// A common factor 10^k of all labels, written once at the end of the axis.
    pub(crate) factor: Option<i32>,
}

impl Ticks {
    /// About `target` labelled marks inside the domain.
    pub(crate) fn new(domain: &Domain, target: usize) -> Self {
        let target = target.clamp(2, 40);
        match domain.scale {
            Scale::Linear => linear(domain, target),
            Scale::Log => log(domain, target),
        }
    }
}

/// `digits × 10^exponent`, correctly rounded: ticks are the doubles nearest to the decimals that are written.
fn decimal(digits: i64, exponent: i32) -> f64 {
    format!("{digits}e{exponent}").parse().unwrap_or(f64::NAN)
}

/// The nice step nearest to `raw`: mantissa 1, 2, 5 or 10, and exponent (Heckbert's `nicenum` with rounding).
pub(crate) fn nice_step(raw: f64) -> (i64, i32) {
    let exponent = raw.log10().floor() as i32;
    let fraction = raw / 10f64.powi(exponent);
    let mantissa = match fraction {
        f if f < 1.5 => 1,
        f if f < 3.0 => 2,
        f if f < 7.0 => 5,
        _ => 10,
    };
    if mantissa == 10 { (1, exponent + 1) } else { (mantissa, exponent) }
}

fn linear(domain: &Domain, target: usize) -> Ticks {
    // Heckbert takes range/(target − 1); halves keep the width finite.
    let raw = (domain.hi * 0.5 - domain.lo * 0.5) / (target - 1) as f64 * 2.0;
    let (mantissa, exponent) = nice_step(raw.min(1e307));
    let step = decimal(mantissa, exponent);
    if !(step.is_finite() && step > 0.0) {
        return Ticks::default();
    }
    let slack = 1e-9; // a bound that is a tick up to rounding keeps it
    let first = (domain.lo / step - slack).ceil() as i64;
    let last = (domain.hi / step + slack).floor() as i64;
    if last.saturating_sub(first) > 400 {
        return Ticks::default();
    }
    let digits: Vec<i64> = (first..=last).map(|k| k.saturating_mul(mantissa)).collect();
    let values = digits.iter().map(|&d| decimal(d, exponent)).filter(|v| v.is_finite());
    let largest = values.clone().fold(0.0_f64, |m, v| m.max(v.abs()));
    let order = if largest > 0.0 { largest.log10().floor() as i32 } else { 0 };
    let factor = (order >= 6 || order <= -4).then_some(order);
    let shift = factor.unwrap_or(0);
    let decimals = (shift - exponent).max(0) as usize;
    let grouped = factor.is_none() && largest >= 10_000.0;
    let label = |v: f64, d: i64| {
        let scaled = if factor.is_some() { decimal(d, exponent - shift) } else { v };
        Label { text: number::fixed(scaled, decimals, grouped), exponent: None }
    };
    let major = values.zip(&digits).map(|(v, &d)| (v, label(v, d))).collect();
    Ticks { major, minor: Vec::new(), factor }
}

fn log(domain: &Domain, target: usize) -> Ticks {
    let (a, b) = (domain.lo.log10(), domain.hi.log10());
    let span = b - a;
    if span < 0.7 {
        return linear(&Domain { scale: Scale::Linear, ..*domain }, target);
    }
    let inside = |v: f64| v >= domain.lo * (1.0 - 1e-9) && v <= domain.hi * (1.0 + 1e-9);
    let decades = a.floor() as i32..=b.floor() as i32;
    let written_out = domain.lo >= 0.99e-4 && domain.hi < 1.01e6;
    let label = |digit: i64, e: i32| match (written_out, digit) {
        (true, _) => Label {
            text: number::fixed(decimal(digit, e), (-e).max(0) as usize, domain.hi >= 1e4),
            exponent: None,
        },
        (false, 1) => Label { text: "10".into(), exponent: Some(exponent(e)) },
        (false, d) => Label { text: format!("{d}×10"), exponent: Some(exponent(e)) },
    };
    let (digits, stride): (&[i64], i32) = if span < 2.2 && target >= 4 {
        (&[1, 2, 5], 1)
    } else {
        (&[1], (span / target as f64).ceil().max(1.0) as i32)
    };
    let mut ticks = Ticks::default();
    for e in decades {
        for digit in 1..=9 {
            let value = decimal(digit, e);
            if !value.is_finite() || value <= 0.0 || !inside(value) {
                continue;
            }
            if digits.contains(&digit) && e.rem_euclid(stride) == 0 {
                ticks.major.push((value, label(digit, e)));
            } else if stride == 1 || digit == 1 {
                ticks.minor.push(value);
            }
        }
    }
    ticks
}

fn exponent(e: i32) -> String {
    e.to_string().replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(scale: Scale, lo: f64, hi: f64, target: usize) -> (Vec<f64>, Vec<String>) {
        let t = Ticks::new(&Domain { scale, lo, hi }, target);
        t.major
            .into_iter()
            .map(|(v, l)| {
                (v, l.text + l.exponent.map(|e| format!("^{e}")).as_deref().unwrap_or(""))
            })
            .unzip()
    }

    #[test]
    fn nice_numbers_of_heckbert() {
        for (raw, expected) in [
            (1.0, (1, 0)),
            (1.49, (1, 0)),
            (1.5, (2, 0)),
            (2.9, (2, 0)),
            (3.0, (5, 0)),
            (6.99, (5, 0)),
            (7.0, (1, 1)),
            (0.034, (5, -2)),
            (1234.0, (1, 3)),
        ] {
            assert_eq!(nice_step(raw), expected, "{raw}");
        }
    }

    #[test]
    fn heckberts_example() {
        // Graphics Gems, p. 61: data from 105 to 543 get marks at 100, 200, …; those inside remain here.
        let (values, labels) = ticks(Scale::Linear, 105.0, 543.0, 5);
        assert_eq!(values, [200.0, 300.0, 400.0, 500.0]);
        assert_eq!(labels, ["200", "300", "400", "500"]);
    }

    #[test]
    fn decimals_are_exact() {
        let (values, labels) = ticks(Scale::Linear, 0.0, 1.0, 11);
        assert_eq!(values, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
        assert_eq!(labels[3], "0.3");
    }

    #[test]
    fn years_have_no_separator_but_large_numbers_do() {
        assert_eq!(
            ticks(Scale::Linear, 1899.0, 1921.0, 5).1,
            ["1900", "1905", "1910", "1915", "1920"]
        );
        assert_eq!(
            ticks(Scale::Linear, 0.0, 20_000.0, 3).1,
            ["0", "10\u{202F}000", "20\u{202F}000"]
        );
    }

    #[test]
    fn huge_and_tiny_ranges_share_a_factor() {
        let t = Ticks::new(&Domain { scale: Scale::Linear, lo: 0.0, hi: 4e-7 }, 5);
        assert_eq!(t.factor, Some(-7));
        let texts: Vec<_> = t.major.iter().map(|(_, l)| l.text.as_str()).collect();
        assert_eq!(texts, ["0", "1", "2", "3", "4"]);
        let t = Ticks::new(&Domain { scale: Scale::Linear, lo: f64::MIN, hi: f64::MAX }, 5);
        assert!(!t.major.is_empty() && t.major.len() < 40);
    }

    #[test]
    fn negative_labels_use_a_true_minus() {
        assert_eq!(ticks(Scale::Linear, -1.0, 1.0, 3).1, ["−1", "0", "1"]);
    }

    #[test]
    fn decades_with_minor_marks() {
        let t = Ticks::new(&Domain { scale: Scale::Log, lo: 1.0, hi: 1000.0 }, 6);
        let major: Vec<_> = t.major.iter().map(|(v, _)| *v).collect();
        assert_eq!(major, [1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(t.minor.len(), 24);
        assert_eq!(t.minor[..3], [2.0, 3.0, 4.0]);
    }

    #[test]
    fn few_decades_are_marked_one_two_five() {
        assert_eq!(ticks(Scale::Log, 4.0, 80.0, 6).0, [5.0, 10.0, 20.0, 50.0]);
    }

    #[test]
    fn many_decades_are_thinned_and_written_as_powers() {
        let (values, labels) = ticks(Scale::Log, 1e-12, 1.0, 5);
        assert_eq!(values, [1e-12, 1e-9, 1e-6, 1e-3, 1.0]);
        assert_eq!(labels, ["10^−12", "10^−9", "10^−6", "10^−3", "10^0"]);
    }

    #[test]
    fn less_than_a_decade_is_marked_linearly() {
        assert_eq!(ticks(Scale::Log, 40.0, 61.0, 3).0, [40.0, 50.0, 60.0]);
    }
}
