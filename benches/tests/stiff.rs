//! The suite `stiff` as a program reads it.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn stiff(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stiff"))
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
fn every_method_gains_by_a_tighter_tolerance() {
    let arguments = ["--repeats", "1", "--quick", "--who", "sciml", "--json", "stiff.json"];
    let output = stiff(&[&arguments[..], &["--problems", "rober,hires"]].concat(), &[]);
    let table = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(table.contains("at equal error") && !table.contains("failed:"), "{table}");
    let rows = records("stiff.json");
    let word = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    for problem in ["rober_1e5", "rober_1e11", "hires"] {
        // Radau and BDF have methods that the others have not; all are there.
        for (method, count) in [
            ("Rosenbrock23", 2),
            ("Rodas4", 3),
            ("Rodas4P", 3),
            ("Rodas5P", 3),
            ("TrBdf2", 2),
            ("KenCarp4", 3),
            ("Kvaerno5", 3),
            ("RadauIIA5", 3),
            ("Bdf", 3),
            ("Ndf", 3),
            ("solve_auto", 3),
        ] {
            let own = rows.iter().filter(|row| {
                word(row, "problem") == problem
                    && word(row, "method") == method
                    && word(row, "setting").starts_with("rtol=")
            });
            let errors: Vec<f64> = own.map(|row| row["error"].as_f64().unwrap()).collect();
            assert_eq!(errors.len(), count, "{problem}, {method}: {errors:?}");
            // Two decades of tolerance are worth one of error, at least.
            assert!(errors[count - 1] < 0.1 * errors[0], "{problem}, {method}: {errors:?}");
            assert!(errors[0] < 0.1, "{problem}, {method}: {errors:?}");
        }
        let equal = |row: &&Value| word(row, "setting") == "at error 1e-5";
        let best = rows.iter().filter(equal).find(|row| word(row, "problem") == problem).unwrap();
        assert_eq!((word(best, "who"), word(best, "suite")), ("sciml".into(), "stiff".into()));
        assert!(best["seconds"].as_f64().unwrap() > 0.0);
    }
}

#[test]
fn many_states_are_solved_with_the_pattern() {
    let arguments = ["--repeats", "1", "--quick", "--who", "sciml", "--problems", "akzo"];
    let output = stiff(&arguments, &[]);
    let table = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(table.contains("medical_akzo") && table.contains("RadauIIA5"), "{table}");
}

#[cfg(unix)]
#[test]
fn a_peer_with_another_jacobian_is_left_out() {
    use std::os::unix::fs::PermissionsExt;
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("other_jacobian");
    // Van der Pol's right-hand side, and one entry of the Jacobian with the wrong sign.
    let script = r#"#!/bin/sh
        echo '{"peers":[{"who":"sundials","version":"1","methods":[],"stiff":["BDF"]}]}'
        while read word n x y; do case $word in
            problem) echo '{}';;
            rhs) echo "$x $y" | awk '{printf "{\"du\":[%.17g,%.17g]}\n", $2, 1000*(1-$1*$1)*$2-$1}';;
            jac) echo "$x $y" | awk '{printf "{\"jac\":[[0,1,1.0],[1,0,%.17g],[1,1,%.17g]]}\n", SIGN*(-2000*$1*$2-1), 1000*(1-$1*$1)}';;
            solve) echo '{"u":[1.7,-9e-4],"seconds":1e-3}';;
        esac; done"#;
    for (sign, left_out) in [("1", false), ("-1", true)] {
        std::fs::write(&path, script.replace("SIGN", sign)).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let variables = [("PEERS_C", path.to_str().unwrap())];
        let arguments =
            ["--repeats", "1", "--quick", "--problems", "vdpol_mu", "--who", "sundials"];
        let output = stiff(&arguments, &variables);
        let table = text(&output.stdout);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let line = "skipped: vdpol_mu1000: a peer has another Jacobian";
        assert_eq!(table.contains(line), left_out, "{table}");
        assert_eq!(table.contains("BDF "), !left_out, "{table}");
    }
}
