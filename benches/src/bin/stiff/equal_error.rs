//! The best method of each at equal error: records, and tables for people.

use crate::SUITE;
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
        "\nat equal error, microseconds of the best method of each\n{:<22} {:>6} {:>10} {:<13} {:>10} {:<34} {:>6} {:>6}  {}",
        "problem", "error", "ours", "", "peer", "", "ratio", "wanted", "our next ones: times the best"
    ))?;
    lines.iter().try_for_each(|line| recorder.remark(line))
}

/// Ours, the best peer, how many times our seconds it takes, and whether that is enough.
fn line(measured: &Measured, problem: &str, size: usize, error: f64) -> String {
    let all = measured.ranking(problem, OURS, error);
    let ours = all.first().copied();
    let (wanted, only) = if size <= SMALL { (2.0, None) } else { (1.0, Some("sundials")) };
    let theirs = measured.who().into_iter().filter(|who| *who != OURS);
    let peers: Vec<_> =
        theirs.filter_map(|who| Some((who, measured.best(problem, who, error)?))).collect();
    let best = peers.iter().min_by(|a, b| a.1.1.total_cmp(&b.1.1));
    let yardstick = peers.iter().find(|peer| Some(peer.0) == only).or(best);
    let micros = |seconds: Option<f64>| seconds.map_or("-".into(), |s| format!("{:.1}", s * 1e6));
    let ratio = |peer: Option<&(&str, (&str, f64))>| Some(peer?.1.1 / ours?.1);
    let verdict = match (ours, ratio(yardstick)) {
        (_, Some(ratio)) if ratio >= wanted => "yes",
        (_, Some(_)) => "no",
        (Some(_), None) => "alone",
        (None, _) if best.is_some() => "not reached",
        (None, _) => "-",
    };
    let others = all.iter().skip(1).take(3).map(|(method, seconds)| {
        format!("{method} {:.2}", seconds / ours.map_or(f64::NAN, |best| best.1))
    });
    format!(
        "{problem:<22} {error:>6.0e} {:>10} {:<13} {:>10} {:<34} {:>6} {verdict:>6}  {}",
        micros(ours.map(|best| best.1)),
        ours.map_or("", |best| best.0),
        micros(best.map(|peer| peer.1.1)),
        best.map_or(String::new(), |(who, (method, _))| format!("{who} {method}")),
        ratio(best).map_or("-".into(), |ratio| format!("{ratio:.2}")),
        others.collect::<Vec<_>>().join(", "),
    )
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
            ("sciml", "a", 2e-6),
            ("sciml", "b", 3e-6),
            ("diffsol", "m", 3e-6),
            ("sundials", "n", 5e-6),
        ] {
            measured.push("p", who, method, Point { error: 1e-6, seconds });
        }
        let small = "p 1e-5 2.0 a 3.0 diffsol m 1.50 no b 1.50";
        assert_eq!(words(&measured, 3, 1e-5), small);
        // Against CVODE, not against the best.
        assert_eq!(words(&measured, 1000, 1e-5), small.replace(" no ", " yes "));
        assert_eq!(words(&measured, 3, 1e-7), "p 1e-7 - - - -");
        measured.push("p", "scipy", "q", Point { error: 1e-8, seconds: 1.0 });
        assert_eq!(words(&measured, 3, 1e-7), "p 1e-7 - 1000000.0 scipy q - not reached");
    }
}
