//! How many times our seconds the others take, and what is wanted.

use crate::case::Row;
use benches::{OURS, Recorder};
use std::io;

/// What is wanted: problem, batch, words that the names of peer and method contain, ratio.
const WANTED: &[(&str, usize, &str, f64)] = &[
    ("mlp-2-32-32-2", 1, "call", 20.0),
    ("mlp-2-32-32-2", 64, "call", 5.0),
    ("mlp-2-32-32-2", 1024, "call", 2.0),
    ("mlp-2-32-32-2", 1, "loop", 2.0),
    ("mlp-2-32-32-2", 64, "loop", 1.5),
    ("mlp-2-32-32-2", 1024, "loop", 1.2),
    ("laplacian-2-50-50-1", 1024, "nested-reverse", 5.0),
];

/// Writes a line for each case and peer.
pub(crate) fn table(recorder: &mut Recorder, rows: &[Row]) -> io::Result<()> {
    recorder.remark(&format!(
        "\n{:<22} {:<5} {:>6} {:>10}  {:<28} {:>10} {:>7} {:>7}",
        "problem", "kind", "batch", "ours/us", "peer", "us", "ratio", "wanted"
    ))?;
    for ours in rows.iter().filter(|row| row.who == OURS) {
        let same = |row: &&Row| {
            let place = |row: &Row| (row.problem, row.single, row.batch);
            row.who != OURS && place(row) == place(ours)
        };
        for theirs in rows.iter().filter(same) {
            recorder.remark(&line(ours, theirs))?;
        }
    }
    Ok(())
}

fn line(ours: &Row, theirs: &Row) -> String {
    let ratio = theirs.seconds / ours.seconds;
    let wanted = WANTED
        .iter()
        .find(|(problem, batch, method, _)| {
            (*problem, *batch) == (ours.problem, ours.batch) && theirs.method == *method
        })
        .map(|&(_, _, _, wanted)| {
            format!("{wanted:>5.1} {}", if ratio >= wanted { "yes" } else { "NO" })
        });
    format!(
        "{:<22} {:<5} {:>6} {:>10.2}  {:<28} {:>10.2} {:>7.2} {}",
        ours.problem,
        if ours.single { "f32" } else { "f64" },
        ours.batch,
        ours.seconds * 1e6,
        format!("{} {}", theirs.who, theirs.method),
        theirs.seconds * 1e6,
        ratio,
        wanted.unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_is_about_one_method() {
        let row = |who: &str, method: &str, seconds| Row {
            problem: "mlp-2-32-32-2",
            single: false,
            batch: 64,
            who: who.into(),
            method: method.into(),
            seconds,
        };
        let ours = row(OURS, "kernel", 1e-5);
        assert!(line(&ours, &row("jax", "call", 6e-5)).ends_with("5.0 yes"));
        assert!(line(&ours, &row("jax", "loop", 1.4e-5)).ends_with("1.5 NO"));
        assert!(line(&ours, &row("numpy", "by-hand", 1e-4)).trim_end().ends_with("10.00"));
    }
}
