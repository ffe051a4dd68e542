//! The best method of each at equal error: records, and a table for people.

use crate::SUITE;
use benches::{Measured, OURS, Record, Recorder};
use std::io;

/// The errors at which all are compared.
const TARGETS: [f64; 3] = [1e-5, 1e-7, 1e-9];

/// Peers that are not compiled ahead of a solve or just in time as a whole.
const SLOW: [&str; 2] = ["scipy", "diffrax"];

/// Writes a record for each problem, error and peer, and the ratios to ours.
pub(crate) fn table(recorder: &mut Recorder, measured: &Measured) -> io::Result<()> {
    let mut lines = Vec::new();
    for problem in measured.problems() {
        for error in TARGETS {
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
            lines.push(line(measured, problem, error));
        }
    }
    recorder.remark(&format!(
        "\nat equal error, microseconds of the best method of each\n{:<20} {:>6} {:>9} {:<9} {:>9} {:<32} {:>7} {:>7} {:>8}",
        "problem", "error", "ours", "", "peer", "(the best that is compiled)", "ratio", "scipy", "diffrax"
    ))?;
    lines.iter().try_for_each(|line| recorder.remark(line))
}

/// Ours, the best compiled peer, and how many times our seconds the others take.
fn line(measured: &Measured, problem: &str, error: f64) -> String {
    let ours = measured.best(problem, OURS, error);
    let compiled = measured.who().into_iter().filter(|who| *who != OURS && !SLOW.contains(who));
    let peers = compiled.filter_map(|who| Some((who, measured.best(problem, who, error)?)));
    let peer = peers.min_by(|a, b| a.1.1.total_cmp(&b.1.1));
    let ratio = |other: Option<f64>| match (ours, other) {
        (Some((_, ours)), Some(other)) => format!("{:.2}", other / ours),
        _ => "-".into(),
    };
    let micros = |seconds: Option<f64>| seconds.map_or("-".into(), |s| format!("{:.1}", s * 1e6));
    let slow = SLOW.map(|who| ratio(measured.best(problem, who, error).map(|best| best.1)));
    format!(
        "{problem:<20} {error:>6.0e} {:>9} {:<9} {:>9} {:<32} {:>7} {:>7} {:>8}",
        micros(ours.map(|best| best.1)),
        ours.map_or("", |best| best.0),
        micros(peer.map(|best| best.1.1)),
        peer.map_or(String::new(), |(who, (method, _))| format!("{who} {method}")),
        ratio(peer.map(|best| best.1.1)),
        slow[0],
        slow[1],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use benches::Point;

    #[test]
    fn ratios_are_to_the_best_compiled_peer() {
        let mut measured = Measured::default();
        for (who, seconds) in
            [("sciml", 2e-6), ("diffsol", 9e-6), ("ode_solvers", 3e-6), ("scipy", 1e-6)]
        {
            measured.push("p", who, "m", Point { error: 1e-6, seconds });
        }
        let words = line(&measured, "p", 1e-5);
        let words: Vec<&str> = words.split_whitespace().collect();
        assert_eq!(
            words,
            ["p", "1e-5", "2.0", "m", "3.0", "ode_solvers", "m", "1.50", "0.50", "-"]
        );
        let nobody = line(&measured, "p", 1e-7);
        assert_eq!(
            nobody.split_whitespace().collect::<Vec<_>>(),
            ["p", "1e-7", "-", "-", "-", "-", "-"]
        );
    }
}
