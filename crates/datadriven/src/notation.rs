//! How numbers and names are written.

/// Four significant digits, without trailing zeros: `0.52`, `-27`, `1.5e-7`.
pub(crate) fn number(value: f64) -> String {
    let scientific = format!("{value:.3e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific; // NaN and infinities
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        let decimals = usize::try_from(3 - exponent).unwrap_or(0);
        // Rounded to four digits before it is written out, so that 123456 becomes 123500.
        let rounded: f64 = scientific.parse().unwrap_or(value);
        trimmed(&format!("{rounded:.decimals$}")).to_owned()
    } else {
        format!("{}e{exponent}", trimmed(mantissa))
    }
}

fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// A number for LaTeX: `1.5 \times 10^{-7}`.
pub(crate) fn latex_number(value: f64) -> String {
    let text = number(value);
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa} \\times 10^{{{exponent}}}"),
        None => text,
    }
}

/// A name for LaTeX: `x`, `x_{1}`, `\mathrm{hare}`, with special characters escaped.
pub(crate) fn latex_name(name: &str) -> String {
    let (base, index) = match name.split_once('_') {
        Some((base, index)) if !base.is_empty() && !index.is_empty() => (base, Some(index)),
        _ => match name.find(|c: char| c.is_ascii_digit()) {
            Some(at) if at > 0 && name[at..].bytes().all(|b| b.is_ascii_digit()) => {
                (&name[..at], Some(&name[at..]))
            }
            _ => (name, None),
        },
    };
    let base = upright(base);
    match index {
        Some(index) => format!("{base}_{{{}}}", upright(index)),
        None => base,
    }
}

/// One letter and numbers stay as they are, longer names are set upright.
fn upright(name: &str) -> String {
    if name.chars().count() == 1 && name.chars().all(char::is_alphanumeric)
        || name.bytes().all(|b| b.is_ascii_digit())
    {
        return name.to_owned();
    }
    let mut escaped = String::new();
    for c in name.chars() {
        match c {
            '\\' => escaped.push_str("\\backslash{}"),
            '~' => escaped.push_str("\\sim{}"),
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(c);
            }
            ' ' => escaped.push_str("\\ "),
            _ => escaped.push(c),
        }
    }
    format!("\\mathrm{{{escaped}}}")
}

/// `a x - b y`: coefficients and terms as a sum. `one` is the name of the constant term.
pub(crate) fn sum<'a>(
    terms: impl Iterator<Item = (f64, &'a str)>,
    number: impl Fn(f64) -> String,
    space: &str,
) -> String {
    let mut text = String::new();
    for (coefficient, term) in terms {
        let minus = coefficient.is_sign_negative();
        text.push_str(match (text.is_empty(), minus) {
            (true, true) => "-",
            (true, false) => "",
            (false, true) => " - ",
            (false, false) => " + ",
        });
        text.push_str(&number(coefficient.abs()));
        if term != "1" {
            text.push_str(space);
            text.push_str(term);
        }
    }
    if text.is_empty() { "0".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits() {
        let cases = [
            (0.52, "0.52"),
            (-27.0, "-27"),
            (1.5e-7, "1.5e-7"),
            (123_456.0, "123500"),
            (9.99999, "10"),
            (0.0, "0"),
            (2.0 / 3.0, "0.6667"),
            (1e6, "1e6"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(latex_number(-1.5e-7), "-1.5 \\times 10^{-7}");
    }

    #[test]
    fn names_are_safe_in_latex() {
        let cases = [
            ("x", "x"),
            ("x1", "x_{1}"),
            ("x_10", "x_{10}"),
            ("hare", "\\mathrm{hare}"),
            ("a_b_c", "a_{\\mathrm{b\\_c}}"),
            ("50%", "\\mathrm{50\\%}"),
        ];
        for (name, latex) in cases {
            assert_eq!(latex_name(name), latex);
        }
    }
}
