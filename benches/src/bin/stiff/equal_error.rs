//! The best method of each at equal error: records, and tables for people.

use crate::SUITE;
use crate::ours::{AUTO, GMRES};
use crate::problems::Size;
use benches::{Measured, OURS, Record, Recorder};
use std::io;

/// The errors at which all are compared.
const TARGETS: [f64; 4] = [1e-3, 1e-5, 1e-7, 1e-9];

/// Up to this many states a problem is small: there twice the speed of the best peer is wanted, beyond as much as CVODE.
const SMALL: usize = 20;

/// Writes a record for each problem, error and peer, and the ratios to ours.
pub(crate) fn table(
    recorder: &mut Recorder,
    measured: &Measured,
    sizes: &[Size],
) -> io::Result<()> {
    let mut lines = Vec::new();
    for &Size { name: problem, states, trusted } in sizes {
        for error in TARGETS.into_iter().filter(|error| *error >= trusted) {
            for who in measured.who() {
                if let Some((method, seconds)) = measured.best(problem, who, error) {
                    let setting = &format!("at error {error:e}");
                    let suite = SUITE;
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
            lines.push(line(measured, problem, states, error));
        }
    }
    recorder.remark(&format!(
        "\nat equal error, microseconds of the best method of each; beyond {SMALL} states also CVODE against ours with the same \
         linear algebra\n{:<16} {:>6} {:>10} {:<14} {:>10} {:<34} {:>6} {:>6} {:>6} {:>6}  {}",
        "problem", "error", "ours", "", "peer", "", "ratio", "CVODE", "wanted", "auto", "our next ones: times the best"
    ))?;
    lines.iter().try_for_each(|line| recorder.remark(line))
}

/// Ours, the best peer, how many times our seconds it takes, whether that is enough, and how many times our seconds the
/// automatic choice takes.
fn line(measured: &Measured, problem: &str, size: usize, error: f64) -> String {
    let all = measured.ranking(problem, OURS, error);
    let ours = all.first().copied();
    let theirs = measured.who().into_iter().filter(|who| *who != OURS);
    let peers: Vec<_> =
        theirs.filter_map(|who| Some((who, measured.best(problem, who, error)?))).collect();
    let best = peers.iter().min_by(|a, b| a.1.1.total_cmp(&b.1.1));
    let micros = |seconds: Option<f64>| seconds.map_or("-".into(), |s| format!("{:.1}", s * 1e6));
    let times = |a: Option<f64>, b: Option<f64>| Some(a? / b?);
    let shown = |ratio: Option<f64>| ratio.map_or("-".into(), |ratio| format!("{ratio:.2}"));
    let seconds = |method: Option<(&str, f64)>| Some(method?.1);
    let ratio = times(best.map(|peer| peer.1.1), seconds(ours));
    // CVODE and what of ours does the same linear algebra.
    let cvode = peers.iter().find(|peer| peer.0 == "sundials").map(|peer| peer.1);
    let same = |method: &&(&str, f64)| cvode.is_some_and(|cvode| alike(method.0, cvode.0));
    let fair = times(seconds(cvode), seconds(all.iter().find(same).copied()));
    let large = size > SMALL && cvode.is_some();
    let (judged, wanted) = match (large, size > SMALL) {
        (true, _) => (fair, 1.0),
        (false, true) => (ratio, 1.0),
        (false, false) => (ratio, 2.0),
    };
    let verdict = match (ours, judged) {
        (_, Some(ratio)) if ratio >= wanted => "yes",
        (_, Some(_)) => "no",
        (Some(_), None) if best.is_none() => "alone",
        (None, _) if best.is_none() => "-",
        _ => "not reached",
    };
    let auto = all.iter().find(|method| method.0 == AUTO).copied();
    let others = all
        .iter()
        .skip(1)
        .filter(|method| method.0 != AUTO)
        .take(3)
        .map(|method| format!("{} {}", method.0, shown(times(Some(method.1), seconds(ours)))));
    format!(
        "{problem:<16} {error:>6.0e} {:>10} {:<14} {:>10} {:<34} {:>6} {:>6} {verdict:>6} {:>6}  {}",
        micros(seconds(ours)),
        ours.map_or("", |best| best.0),
        micros(best.map(|peer| peer.1.1)),
        best.map_or(String::new(), |(who, (method, _))| format!("{who} {method}")),
        shown(ratio),
        if large { shown(fair) } else { String::new() },
        shown(times(seconds(auto), seconds(ours))),
        others.collect::<Vec<_>>().join(", "),
    )
}

/// Whether both solve their equations by factors, or both by GMRES.
fn alike(ours: &str, theirs: &str) -> bool {
    ours.contains(GMRES) == theirs.contains(GMRES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use benches::Point;

    fn words(measured: &Measured, size: usize, error: f64) -> String {
        let line = line(measured, "p", size, error);
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_verdict_depends_on_the_size() {
        let mut measured = Measured::default();
        for (who, method, seconds) in [
            ("sciml", "a-GMRES", 2e-6),
            ("sciml", "b", 3e-6),
            ("sciml", AUTO, 4e-6),
            ("diffsol", "m", 3e-6),
            ("sundials", "n", 5e-6),
        ] {
            measured.push("p", who, method, Point { error: 1e-6, seconds });
        }
        let small = "p 1e-5 2.0 a-GMRES 3.0 diffsol m 1.50 no 2.00 b 1.50";
        assert_eq!(words(&measured, 3, 1e-5), small);
        // Against CVODE, not against the best; and factors against factors.
        assert_eq!(words(&measured, 1000, 1e-5), small.replace(" no ", " 1.67 yes "));
        measured.push("q", "sciml", "a", Point { error: 1e-6, seconds: 1.0 });
        measured.push("q", "sundials", "n-GMRES", Point { error: 1e-6, seconds: 2.0 });
        let none = line(&measured, "q", 1000, 1e-5);
        assert!(none.contains("2.00      - not reached"), "{none}");
        assert_eq!(words(&measured, 3, 1e-7), "p 1e-7 - - - - -");
        measured.push("p", "scipy", "q", Point { error: 1e-8, seconds: 1.0 });
        assert_eq!(words(&measured, 3, 1e-7), "p 1e-7 - 1000000.0 scipy q - not reached -");
    }
}
