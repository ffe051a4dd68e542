//! A solution in a few lines.

use super::Solution;
use scalar::Concrete;
use std::fmt;

/// More components than this are cut in the middle.
const MOST: usize = 12;

/// Method, points and span; the work; the final state by name.
///
/// Numbers have six significant digits; of many components the first and the last are shown.
///
/// ```
/// # system::system! {
/// #     struct LotkaVolterra;
/// #     state { prey, predators }
/// #     params {}
/// #     rhs(_t) {
/// #         d(prey) = 1.5 * prey - prey * predators;
/// #         d(predators) = prey * predators - 3.0 * predators;
/// #     }
/// # }
/// # use ode_core::{OdeProblem, Options, Tsit5, solve};
/// # let problem = OdeProblem::new(LotkaVolterra, [1.0, 1.0], [], (0.0, 10.0))?;
/// # let solution = solve(&problem, Tsit5, &Options::default())?;
/// let text = solution.to_string();
/// // Tsit5: 67 points from t = 0 to 10
/// //   66 steps, 6 rejected, 434 evaluations, 25.1 µs
/// //   prey       1.02635
/// //   predators  0.909692
/// assert!(text.lines().nth(2) == Some("  prey       1.02635"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<S: Concrete + fmt::Debug> fmt::Display for Solution<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = self.method() {
            write!(f, "{method}: ")?;
        }
        match (self.times.first(), self.times.last()) {
            (Some(&t), Some(_)) if self.len() == 1 => write!(f, "1 point at t = {}", Digits(t))?,
            (Some(&t0), Some(&t1)) => {
                let (points, t0, t1) = (self.len(), Digits(t0), Digits(t1));
                write!(f, "{points} points from t = {t0} to {t1}")?;
            }
            _ => f.write_str("nothing saved")?,
        }
        if self.method.is_some() {
            write!(f, "\n  {}, {:.3?}", self.stats, self.elapsed)?;
        }
        let rows: Vec<_> = self.names.iter().zip(self.last()).collect();
        let (head, tail) = match rows.len() > MOST {
            true => (&rows[..MOST / 2], &rows[rows.len() - MOST / 2..]),
            false => (&rows[..], &[][..]),
        };
        let shown = head.iter().chain(tail);
        let width = shown.map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let row = |f: &mut fmt::Formatter<'_>, (name, u): &(&String, &S)| {
            write!(f, "\n  {name:width$}  {}", value(*u))
        };
        head.iter().try_for_each(|each| row(f, each))?;
        if !tail.is_empty() {
            write!(f, "\n  … {} more …", rows.len() - head.len() - tail.len())?;
        }
        tail.iter().try_for_each(|each| row(f, each))
    }
}

/// Shortened: names, times and states are cut after a few.
impl<S: fmt::Debug> fmt::Debug for Solution<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Solution")
            .field("method", &self.method())
            .field("names", &Few(&self.names))
            .field("times", &Few(&self.times))
            .field("last", &Few(self.last()))
            .field("stats", &self.stats)
            .field("elapsed", &self.elapsed)
            .field("interpolants", &self.interpolants.steps.len())
            .finish_non_exhaustive()
    }
}

/// A list of which at most a few entries are shown.
struct Few<'a, T>(&'a [T]);

impl<T: fmt::Debug> fmt::Debug for Few<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ENDS: usize = 3;
        if self.0.len() <= 2 * ENDS {
            return self.0.fmt(f);
        }
        let (head, tail) = (&self.0[..ENDS], &self.0[self.0.len() - ENDS..]);
        let more = format_args!("… {} more …", self.0.len() - 2 * ENDS).to_string();
        let more: &dyn fmt::Debug = &Verbatim(more);
        f.debug_list().entries(head).entry(more).entries(tail).finish()
    }
}

struct Verbatim(String);

impl fmt::Debug for Verbatim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A plain number in six digits; anything else (duals, lanes) as it shows itself.
fn value<S: fmt::Debug>(u: &S) -> String {
    let text = format!("{u:?}");
    match text.parse() {
        Ok(number) => Digits(number).to_string(),
        Err(_) => text,
    }
}

/// A number in at most six significant digits.
struct Digits(f64);

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: usize = 6;
        let rounded = format!("{:.*e}", DIGITS - 1, self.0);
        // `d.ddddde±x`, or NaN or infinite.
        let Some((mantissa, exponent)) = rounded.split_once('e') else {
            return f.write_str(&rounded);
        };
        let trim = |digits: &str| match digits.contains('.') {
            true => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => digits.to_owned(),
        };
        match exponent.parse::<isize>() {
            Ok(e @ -4..6) => {
                let places = (DIGITS as isize - 1 - e).unsigned_abs();
                f.write_str(&trim(&format!("{:.places$}", self.0)))
            }
            _ => write!(f, "{}e{exponent}", trim(mantissa)),
        }
    }
}
