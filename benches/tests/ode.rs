//! The suite `ode` as a program reads it.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn ode(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ode"))
        .args(arguments)
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn every_line_is_a_record() {
    // Relative to the current folder.
    let output = ode(&["--repeats", "1", "--json", "ode.json"]);
    let table = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(table.contains("fixed buffers / by hand: "));

    let lines =
        std::fs::read_to_string(Path::new(env!("CARGO_TARGET_TMPDIR")).join("ode.json")).unwrap();
    let mut one_step = Vec::new();
    // Tolerance and error by problem and method.
    let mut errors: BTreeMap<(String, String), Vec<(f64, f64)>> = BTreeMap::new();
    for line in lines.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let mut keys: Vec<&str> = record.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            ["error", "method", "problem", "seconds", "setting", "suite", "who"],
            "{line}"
        );
        let text = |key: &str| record[key].as_str().unwrap();
        let (error, seconds) =
            (record["error"].as_f64().unwrap(), record["seconds"].as_f64().unwrap());
        assert!(error.is_finite() && error >= 0.0, "{line}");
        assert!(seconds.is_finite() && seconds > 0.0, "{line}");
        assert_eq!(text("suite"), "ode");
        assert!(["sciml", "by hand"].contains(&text("who")), "{line}");
        if text("problem") == "Lorenz, one step" {
            one_step.push((text("who").to_owned(), text("setting").to_owned()));
            continue;
        }
        let (rtol, storage) = text("setting").split_once(' ').unwrap();
        let rtol = rtol.strip_prefix("rtol=").unwrap().parse().unwrap();
        assert!(storage.starts_with("[f64; ") && storage.ends_with(']'), "{line}");
        let key = (text("problem").to_owned(), text("method").to_owned());
        errors.entry(key).or_default().push((rtol, error));
    }

    let contenders = one_step.iter().map(|(who, setting)| (who.as_str(), setting.as_str()));
    // The ratio to the hand-written loop is that of these two.
    assert_eq!(
        contenders.take(2).collect::<Vec<_>>(),
        [("by hand", "[f64; 3]"), ("sciml", "[f64; 3]")]
    );

    let problems: Vec<_> = errors.keys().filter(|key| key.1 == "Dp5").map(|key| &key.0).collect();
    assert_eq!(problems.len(), 12);
    let decades = [1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12];
    for problem in problems {
        for (method, count) in [("Bs3", 3), ("Dp5", 7), ("Tsit5", 7), ("Vern7", 9)] {
            let rows = &errors[&(problem.clone(), method.to_owned())];
            let tolerances: Vec<f64> = rows.iter().map(|row| row.0).collect();
            assert_eq!(tolerances, decades[..count], "{problem}, {method}");
            // Every decade of tolerance is worth at least two thirds of one of error; chaos and
            // close approaches hide it at loose tolerances.
            let chaos_hides_it = method == "Bs3" && problem.starts_with("lorenz");
            let gain = 10f64.powf(-2.0 / 3.0 * (rows.len() - 1).min(6) as f64);
            assert!(
                chaos_hides_it || rows[rows.len().min(7) - 1].1 < gain * rows[0].1,
                "{problem}, {method}: {rows:?}"
            );
        }
    }
}

#[test]
fn mistakes_are_exit_codes() {
    for arguments in [&["--fast"][..], &["--repeats", "0"], &["--json"]] {
        let output = ode(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("--repeats N"));
    }
    let output = ode(&["--json", "no/such/folder/rows.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no/such/folder/rows.json"));
    assert_eq!(ode(&["--help"]).status.code(), Some(0));
}
