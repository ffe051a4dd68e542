//! The best method of each at equal error, and at the same tolerance: records, and tables for people.

use crate::SUITE;
use crate::ours::{LANES, ONE_BY_ONE};
use crate::work_precision::{ALONE, All, NOMINAL, Row};
use benches::{OURS, Point, Record, Recorder};
use std::io;

/// The errors at which all are compared.
const TARGETS: [f64; 3] = [1e-5, 1e-7, 1e-9];

/// Writes a record for each error and contestant, and the ratios to ours.
pub(crate) fn tables(recorder: &mut Recorder, all: &All) -> io::Result<()> {
    let All { problem, members, curves, nominal } = all;
    if curves.is_empty() {
        return Ok(());
    }
    let mut texts =
        vec![table(&format!("the fastest at rtol=1e-{NOMINAL}"), fastest(nominal), *members)];
    for error in TARGETS {
        let title = format!("at error {error:e}");
        let mut rows = Vec::new();
        for contestant in curves.who() {
            let Some((method, seconds)) = curves.best(problem, contestant, error) else { continue };
            let (who, setting) = match contestant {
                OURS => (OURS, format!("{title} {LANES}")),
                ALONE => (OURS, format!("{title} {ONE_BY_ONE}")),
                peer => (peer, title.clone()),
            };
            let (suite, setting) = (SUITE, &setting);
            recorder.write(&Record { suite, who, problem, method, setting, error, seconds })?;
            rows.push((contestant, method, Point { error, seconds }));
        }
        texts.push(table(&title, rows, *members));
    }
    recorder.remark(
        "\none thread, median error, microseconds a trajectory of the best method of each",
    )?;
    texts.iter().try_for_each(|text| recorder.remark(text))
}

/// The fastest row of each.
fn fastest(rows: &[Row]) -> Vec<(&str, &str, Point)> {
    let mut best: Vec<(&str, &str, Point)> = Vec::new();
    for Row { who, method, point, .. } in rows {
        match best.iter_mut().find(|row| row.0 == who) {
            Some(row) if row.2.seconds <= point.seconds => {}
            Some(row) => *row = (who, method, *point),
            None => best.push((who, method, *point)),
        }
    }
    best
}

/// One line for each, fastest first, with how many times our seconds it takes.
fn table(title: &str, mut rows: Vec<(&str, &str, Point)>, members: usize) -> String {
    rows.sort_by(|a, b| a.2.seconds.total_cmp(&b.2.seconds));
    let of = |who: &str| rows.iter().find(|row| row.0 == who).map(|row| row.2.seconds);
    let (ours, alone) = (of(OURS), of(ALONE));
    let peer = rows.iter().find(|row| row.0 != OURS && row.0 != ALONE).map(|row| row.2.seconds);
    let ratio = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => format!("{:.2}", a / b),
        _ => "-".into(),
    };
    let (lanes, alone) = (ratio(peer, ours), ratio(peer, alone));
    let mut text = format!("{title}\n");
    for (who, method, Point { error, seconds }) in rows {
        let micros = 1e6 * seconds / members as f64;
        let ratio = ratio(Some(seconds), ours);
        text += &format!("  {who:<22} {method:<10} {error:>9.1e} {micros:>9.2} {ratio:>8}\n");
    }
    text + &format!("  best peer / ours in lanes {lanes}, one by one {alone}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(who: &str, method: &str, seconds: f64) -> Row {
        let point = Point { error: 1e-6, seconds };
        Row { who: who.into(), method: method.into(), setting: String::new(), point }
    }

    #[test]
    fn the_fastest_of_each_is_compared_to_ours() {
        let mut rows = vec![
            row("b", "slow", 9.0),
            row("b", "fast", 6.0),
            row(OURS, "x", 2.0),
            row("a", "m", 4.0),
        ];
        let words = |rows: &[Row]| -> Vec<String> {
            let text = table("title", fastest(rows), 1_000_000);
            text.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
        };
        let mut wanted = vec![
            "title",
            "sciml x 1.0e-6 2.00 1.00",
            "a m 1.0e-6 4.00 2.00",
            "b fast 1.0e-6 6.00 3.00",
            "best peer / ours in lanes 2.00, one by one -",
        ];
        assert_eq!(words(&rows), wanted);
        rows.push(row(ALONE, "y", 5.0));
        wanted.splice(3.., ["sciml, one by one y 1.0e-6 5.00 2.50", wanted[3]]);
        wanted.push("best peer / ours in lanes 2.00, one by one 0.80");
        assert_eq!(words(&rows), wanted);
        let alone = ["title", "b fast 1.0e-6 6.00 -", "best peer / ours in lanes -, one by one -"];
        assert_eq!(words(&rows[..2]), alone);
    }
}
