//! The best algorithm of each at equal error: records, and tables for people.

use crate::SUITE;
use benches::{Measured, OURS, Record, Recorder};
use std::io;

/// The errors at which all are compared; the figures are about the second one.
const TARGETS: [f64; 3] = [1e-4, 1e-6, 1e-8];
pub(crate) const JUDGED: f64 = 1e-6;

/// What is wanted of a problem.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figure {
    pub(crate) problem: &'static str,
    /// A peer, and how many times our seconds its best algorithm has to take.
    pub(crate) peers: Vec<(&'static str, f64)>,
    /// How many plain solves our fastest gradient may cost, and how many it does.
    pub(crate) solves: (Option<f64>, Option<f64>),
}

impl Figure {
    pub(crate) fn new(
        problem: &'static str,
        peers: &[(&'static str, f64)],
        solves: (Option<f64>, Option<f64>),
    ) -> Self {
        Self { problem, peers: peers.to_vec(), solves }
    }

    /// A line about the second figure.
    fn in_solves(&self) -> Option<String> {
        let (wanted, found) = (self.solves.0?, self.solves.1?);
        let verdict = if found <= wanted { "yes" } else { "no" };
        let problem = self.problem;
        Some(format!(
            "{problem}: our fastest gradient costs {found:.2} solves, at most {wanted} are wanted: {verdict}"
        ))
    }
}

/// Writes a record for each problem, error and library, and the ratios to ours.
pub(crate) fn table(
    recorder: &mut Recorder,
    measured: &Measured,
    figures: &[Figure],
) -> io::Result<()> {
    let mut lines = Vec::new();
    for figure in figures {
        for error in TARGETS {
            for who in measured.who() {
                if let Some((method, seconds)) = measured.best(figure.problem, who, error) {
                    let (suite, problem) = (SUITE, figure.problem);
                    let setting = &format!("at error {error:e}");
                    recorder.write(&Record {
                        suite,
                        who,
                        problem,
                        method,
                        setting,
                        error,
                        seconds,
                    })?;
                }
            }
            lines.extend(section(measured, figure, error));
        }
    }
    recorder.remark(&format!(
        "\nat equal error of the gradient, microseconds of the best algorithm of each; how many times our seconds\n{:<22} {:>6} {:>11} \
         {:<26} {:<12} {:>11} {:<26} {:>9} {:>7}",
        "problem", "error", "ours", "", "who", "theirs", "", "ratio", "wanted"
    ))?;
    lines.extend(figures.iter().filter_map(Figure::in_solves));
    lines.iter().try_for_each(|line| recorder.remark(line))
}

/// Ours, and everybody else.
fn section(measured: &Measured, figure: &Figure, error: f64) -> Vec<String> {
    let problem = figure.problem;
    let Some((method, seconds)) = measured.best(problem, OURS, error) else {
        return vec![format!("{problem:<22} {error:>6.0e} not reached")];
    };
    let ours = format!("{problem:<22} {error:>6.0e} {:>11.1} {method:<26}", seconds * 1e6);
    let mut lines = Vec::new();
    for who in measured.who().into_iter().filter(|who| *who != OURS) {
        let Some((method, theirs)) = measured.best(problem, who, error) else { continue };
        let ratio = theirs / seconds;
        let wanted = figure.peers.iter().find(|(name, _)| *name == who && error == JUDGED);
        let verdict = wanted.map_or(String::new(), |(_, wanted)| {
            format!("{wanted:>7} {}", if ratio >= *wanted { "yes" } else { "no" })
        });
        lines.push(format!(
            "{ours} {who:<12} {:>11.1} {method:<26} {ratio:>9.2} {verdict}",
            theirs * 1e6
        ));
    }
    if lines.is_empty() {
        lines.push(ours);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use benches::Point;

    #[test]
    fn a_figure_is_judged_at_one_error() {
        let mut measured = Measured::default();
        for (who, method, seconds) in [("sciml", "discrete Tsit5", 1e-5), ("diffrax", "x", 3e-4)] {
            measured.push("p", who, method, Point { error: 1e-9, seconds });
        }
        let figure = Figure::new("p", &[("diffrax", 20.0)], (Some(4.0), Some(4.5)));
        let line = |error: f64| section(&measured, &figure, error).concat();
        assert!(line(1e-6).ends_with("30.00      20 yes"), "{}", line(1e-6));
        assert!(line(1e-4).trim_end().ends_with("30.00"), "{}", line(1e-4));
        assert!(line(1e-12).ends_with("not reached"));
        let strict = Figure::new("p", &[("diffrax", 40.0)], (None, None));
        assert!(section(&measured, &strict, 1e-6)[0].ends_with("no"));
        assert!(
            figure
                .in_solves()
                .is_some_and(|line| line.ends_with("4.50 solves, at most 4 are wanted: no"))
        );
        assert_eq!(strict.in_solves(), None);
    }
}
