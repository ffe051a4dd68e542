//! The suite `ode` as a program reads it.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn ode(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ode"))
        .args(arguments)
        .env_remove("PEERS_RUST")
        .env_remove("PEERS_C")
        .envs(variables.iter().copied())
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The records in a file.
fn records(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let lines = std::fs::read_to_string(path).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_line_is_a_record() {
    // Relative to the current folder.
    let arguments = ["--repeats", "1", "--who", "sciml", "--json", "ode.json"];
    let output = ode(&arguments, &[]);
    let table = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(table.contains("fixed buffers / by hand: ") && table.contains("at equal error"));
    assert!(!table.contains("skipped"), "{table}");

    let (mut one_step, mut at_error) = (Vec::new(), 0);
    // Tolerance and error by problem and method.
    let mut errors: BTreeMap<(String, String), Vec<(f64, f64)>> = BTreeMap::new();
    for record in records("ode.json") {
        let mut keys: Vec<&str> = record.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let wanted = ["error", "method", "problem", "seconds", "setting", "suite", "who"];
        assert_eq!(keys, wanted, "{record}");
        let text = |key: &str| record[key].as_str().unwrap();
        let (error, seconds) =
            (record["error"].as_f64().unwrap(), record["seconds"].as_f64().unwrap());
        assert!(error.is_finite() && error >= 0.0, "{record}");
        assert!(seconds.is_finite() && seconds > 0.0, "{record}");
        assert_eq!(text("suite"), "ode");
        assert!(["sciml", "by hand"].contains(&text("who")), "{record}");
        if text("problem") == "Lorenz, one step" {
            one_step.push((text("who").to_owned(), text("setting").to_owned()));
        } else if text("setting").starts_with("at error ") {
            at_error += 1;
        } else {
            let rtol = text("setting").strip_prefix("rtol=").unwrap().parse().unwrap();
            let key = (text("problem").to_owned(), text("method").to_owned());
            errors.entry(key).or_default().push((rtol, error));
        }
    }

    let contenders = one_step.iter().map(|(who, setting)| (who.as_str(), setting.as_str()));
    // The ratio to the hand-written loop is that of these two.
    assert_eq!(
        contenders.take(2).collect::<Vec<_>>(),
        [("by hand", "[f64; 3]"), ("sciml", "[f64; 3]")]
    );

    let problems: Vec<_> = errors.keys().filter(|key| key.1 == "Dp5").map(|key| &key.0).collect();
    assert_eq!(problems.len(), 7);
    // Three errors for each problem, but for what an f64 cannot reach.
    assert!((problems.len() * 3 - 1..=problems.len() * 3).contains(&at_error), "{at_error}");
    let decades = [1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12];
    for problem in problems {
        let methods = [("Bs3", 3), ("Dp5", 7), ("Tsit5", 7), ("Vern6", 9), ("Vern7", 9)];
        let high = ["Dop853", "Vern8", "Vern9"].map(|method| (method, 9));
        for (method, count) in methods.into_iter().chain(high) {
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
fn a_missing_peer_is_a_line() {
    let nowhere = [("PEERS_PYTHON", "no-such-python"), ("PEERS_RUST", "no/such/program")];
    let output = ode(&["--repeats", "1", "--quick", "--problems", "rigid"], &nowhere);
    let table = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for skipped in [
        "skipped: differential-equations, diffsol, ode_solvers, num-dual, echidna (rust: cannot be started",
        "skipped: sundials (PEERS_C is not set); set SUNDIALS_SRC",
        "skipped: scipy, numba, diffrax, jax, torch (python: cannot be started",
    ] {
        assert!(table.contains(skipped), "{skipped}: {table}");
    }
    assert!(table.contains("rigid_body") && !table.contains("lorenz63_short"));
}

#[cfg(unix)]
#[test]
fn peers_that_break_are_reported_and_left_out() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let peer = |name: &str, script: &str| {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let hello = |who: &str| {
        format!(r#"echo '{{"peers":[{{"who":"{who}","version":"1","methods":["m","n"]}}]}}'"#)
    };
    // Rigid body: answers the derivative truthfully and then dies, or has another one.
    let dying = format!(
        r#"{}
        read a; echo '{{}}'
        read word n x y z
        echo "$x $y $z" | awk '{{printf "{{\"du\":[%.17g,%.17g,%.17g]}}\n", $2*$3, -$1*$3, -0.51*$1*$2}}'
        read a"#,
        hello("diffsol")
    );
    let wrong =
        format!("{}\nread a; echo '{{}}'; read a; echo '{{\"du\":[1,2,3]}}'", hello("sundials"));
    let (dying, wrong) = (peer("dying", &dying), peer("wrong", &wrong));
    let variables = [("PEERS_RUST", &*dying), ("PEERS_C", &*wrong)];
    let arguments =
        ["--repeats", "1", "--quick", "--problems", "rigid", "--who", "diffsol,sundials"];
    let output = ode(&arguments, &variables);
    let table = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let dead = "skipped: diffsol m on rigid_body, 1e-4: rust: it has ended";
    assert!(table.contains(dead), "{table}");
    assert_eq!(table.matches("skipped: diffsol").count(), 1, "{table}");
    assert!(table.contains("skipped: rigid_body: a peer has another right-hand side"), "{table}");
    assert!(table.contains("Vern7"), "{table}");
}

#[test]
fn mistakes_are_exit_codes() {
    for arguments in [&["--fast"][..], &["--repeats", "0"], &["--json"]] {
        let output = ode(arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains("--repeats N"));
    }
    let output = ode(&["--json", "no/such/folder/rows.json"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no/such/folder/rows.json"));
    let output = ode(&["--who", "sciml", "--problems", "nonesuch", "--repeats", "1"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nonesuch"));
    assert_eq!(ode(&["--help"], &[]).status.code(), Some(0));
}
