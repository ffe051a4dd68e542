//! Numbers as people read them: significant digits, powers of ten, thousands.

/// Thin no-break space: the thousands separator of the SI brochure (9th ed., §5.4.4).
const THIN_SPACE: char = '\u{202F}';

/// `value` with `digits` significant digits, readable anywhere: `1 234`, `0.012`, `−3.4×10⁻⁷`, `NaN`.
///
/// Fixed notation from 10⁻⁴ up to 10⁶, powers of ten outside. Groups of three digits from 10 000 on.
///
/// # Examples
/// ```
/// use report::significant;
/// assert_eq!(significant(0.0123456, 3), "0.0123");
/// assert_eq!(significant(-1.5e-7, 3), "−1.50×10⁻⁷");
/// ```
pub fn significant(value: f64, digits: usize) -> String {
    let digits = digits.clamp(1, 17);
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".into() } else { "−∞".into() };
    }
    if value == 0.0 {
        return "0".into();
    }
    // `{:e}` rounds first, so that 9.9996 at four digits has the exponent of 10.00.
    let scientific = format!("{:.*e}", digits - 1, value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        return fixed(value, decimals, value.abs() >= 9999.5);
    }
    format!("{}×10{}", mantissa.replace('-', "−"), superscript(exponent))
}

/// `value` with a fixed number of decimals, a true minus sign, and optional groups of three digits.
pub(crate) fn fixed(value: f64, decimals: usize, grouped: bool) -> String {
    let plain = format!("{:.*}", decimals, value.abs());
    let negative = value < 0.0 && plain.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut out = String::from(if negative { "−" } else { "" });
    for (i, digit) in whole.chars().enumerate() {
        if grouped && i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(THIN_SPACE);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// An integer in Unicode superscripts.
pub(crate) fn superscript(n: i32) -> String {
    n.to_string()
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '0' => '⁰',
            '4'..='9' => char::from_u32('⁴' as u32 + c as u32 - '4' as u32).unwrap_or(c),
            other => other,
        })
        .collect()
}

/// A pixel coordinate: two decimals at most, no trailing zeros, never a non-number.
pub(crate) fn px(value: f64) -> String {
    if !value.is_finite() {
        return "0".into();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significant_digits() {
        for (value, digits, expected) in [
            (1234.0, 3, "1234"),
            (12345.0, 3, "12\u{202F}345"),
            (9.9996, 4, "10.00"),
            (0.00012345, 3, "0.000123"),
            (0.000012345, 3, "1.23×10⁻⁵"),
            (6.02214e23, 4, "6.022×10²³"),
            (-0.5, 2, "−0.50"),
            (0.0, 3, "0"),
            (f64::NAN, 3, "NaN"),
            (f64::NEG_INFINITY, 3, "−∞"),
        ] {
            assert_eq!(significant(value, digits), expected);
        }
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(fixed(-0.001, 1, false), "0.0");
        assert_eq!(px(-0.001), "0");
    }

    #[test]
    fn groups_of_three() {
        assert_eq!(fixed(1234567.5, 1, true), "1\u{202F}234\u{202F}567.5");
        assert_eq!(fixed(123.0, 0, true), "123");
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!(px(10.0), "10");
        assert_eq!(px(10.256), "10.26");
        assert_eq!(px(f64::NAN), "0");
    }
}
