//! The suite `ensemble` as a program reads it, with peers that are shell scripts.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn ensemble(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ensemble"))
        .args(["--quick", "--repeats", "1"])
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

/// The records in a file, with error and seconds.
fn records(name: &str) -> Vec<(Value, f64, f64)> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let lines = std::fs::read_to_string(path).unwrap();
    let record = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let number = |key: &str| value[key].as_f64().unwrap();
        let (error, seconds) = (number("error"), number("seconds"));
        assert!(error.is_finite() && error > 0.0 && seconds.is_finite() && seconds > 0.0, "{line}");
        assert_eq!(value["suite"], "ensemble");
        (value, error, seconds)
    };
    lines.lines().map(record).collect()
}

#[test]
fn every_line_is_a_record() {
    let output =
        ensemble(&["--who", "sciml", "--problems", "Lorenz", "--json", "ensemble.json"], &[]);
    let table = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(table.contains("two references end ") && !table.contains("skipped"), "{table}");
    assert!(table.contains("best peer / ours in lanes -, one by one -"), "{table}");
    let all = records("ensemble.json");
    assert!(all.iter().all(|(record, ..)| record["who"] == "sciml"));
    let of = |method: &str, setting: &str| {
        let same = |record: &Value| {
            record["problem"] == "40 Lorenz, last"
                && record["method"] == method
                && record["setting"] == setting
        };
        all.iter().find(|(record, ..)| same(record)).map(|&(_, error, _)| error)
    };
    let ways = ["one by one", "4 lanes", "8 lanes, 2 threads", "8 lanes"];
    for method in ["Tsit5", "Dp5", "Vern6", "Vern7", "Dop853", "Vern8", "Vern9"] {
        // Lanes and threads change no bit.
        let errors = ways.map(|way| of(method, &format!("rtol=1e-6 {way}")).unwrap());
        assert!(errors.iter().all(|&error| error == errors[0]), "{method}: {errors:?}");
        // Four decades of tolerance are worth at least three of error.
        let gain =
            of(method, "rtol=1e-4 8 lanes").unwrap() / of(method, "rtol=1e-8 8 lanes").unwrap();
        assert!(gain > 1e3, "{method}: {gain}");
    }
    for error in ["1e-5", "1e-7", "1e-9"] {
        for way in ["8 lanes", "one by one"] {
            let setting = format!("at error {error} {way}");
            let count = all.iter().filter(|(record, ..)| record["setting"] == *setting).count();
            assert_eq!(count, 1, "{setting}");
        }
    }
    let points =
        all.iter().filter(|(record, ..)| record["problem"] == "40 Lorenz, 10 points").count();
    assert_eq!(points, ways.len());
}

#[test]
fn a_missing_peer_is_a_line() {
    let nowhere = [("PEERS_PYTHON", "no-such-python"), ("PEERS_RUST", "no/such/program")];
    let output = ensemble(&["--problems", "10 points"], &nowhere);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    // Nobody is asked for output points.
    assert!(table.contains("10 points") && !table.contains("skipped"), "{table}");
    let output = ensemble(&["--problems", "last"], &nowhere);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    for skipped in [
        "skipped: differential-equations, diffsol, ode_solvers, num-dual, echidna (rust: cannot be started",
        "skipped: sundials (PEERS_C is not set); set SUNDIALS_SRC",
        "skipped: scipy, numba, diffrax, jax, torch (python: cannot be started",
    ] {
        assert!(table.contains(skipped), "{skipped}: {table}");
    }
    assert!(!table.contains("10 points"), "{table}");
}

#[test]
fn no_problem_is_a_failure() {
    let output = ensemble(&["--problems", "nonesuch"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nonesuch"));
}

#[test]
fn stiff_members_have_rates_of_their_own() {
    let arguments = ["--problems", "Robertson", "--who", "sciml", "--json", "robertson.json"];
    let output = ensemble(&arguments, &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let all = records("robertson.json");
    let of = |method: &str, setting: &str| {
        let same = |record: &Value| record["method"] == method && record["setting"] == setting;
        all.iter().find(|(record, ..)| same(record)).map(|&(_, error, _)| error).unwrap()
    };
    for method in ["Rodas4", "Rodas4P", "Rodas5P", "RadauIIA5"] {
        let [crude, tight] =
            ["1e-4", "1e-8"].map(|rtol| of(method, &format!("rtol={rtol} one by one")));
        assert!(crude < 1e-3 && tight < 1e-2 * crude, "{method}: {crude}, {tight}");
    }
    let ways = ["one by one", "8 lanes, 2 threads", "8 lanes"];
    let errors = ways.map(|way| of("Rodas5P", &format!("rtol=1e-6 {way}")));
    assert!(errors.iter().all(|&error| error == errors[0]), "{errors:?}");
}

/// A peer that greets, has the right equations, and answers ensembles by the shell commands `then`, where `$sweep` is
/// the rule and `ends N` prints the answer of N final states at the origin.
#[cfg(unix)]
fn peer(name: &str, who: &str, then: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let script = format!(
        r#"#!/bin/sh
        ends() {{ awk -v n=$1 'BEGIN {{ printf "{{\"ends\":["; for (i = 0; i < n; i++) printf "%s[0,0,0]", i ? "," : ""; print "],\"seconds\":0.25}}" }}'; }}
        echo '{{"peers":[{{"who":"{who}","version":"1","methods":["m"]}}]}}'
        while read -r word a b c d rest; do case $word in
            problem) echo '{{}}';;
            rhs) echo "$b $c $d" | awk '{{ printf "{{\"du\":[%.17g,%.17g,%.17g]}}\n", 10*($2-$1), $1*(28-$3)-$2, $1*$2-8/3*$3 }}';;
            ensemble) sweep=$rest; {then};;
        esac; done"#
    );
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn peers_are_rows_and_those_that_break_are_left_out() {
    // One that dies at the second tolerance, and one that answers too few members.
    let all = "test \"$sweep\" = '1 0e0 2.8e1 40 2 1' || exit 3; test $c = 1e-4 || exit 7; ends 20";
    let dying = peer("dying_ensemble", "diffsol", all);
    let short = peer("short_ensemble", "sundials", "ends 19");
    let variables = [("PEERS_RUST", &*dying), ("PEERS_C", &*short)];
    let arguments =
        ["--problems", "40 Lorenz", "--who", "diffsol,sundials", "--json", "broken_ensemble.json"];
    let output = ensemble(&arguments, &variables);
    let table = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(table.contains("peer: diffsol 1"), "{table}");
    assert!(
        table.contains("skipped: diffsol m, 1e-6: rust: it has ended (exit status: 7)"),
        "{table}"
    );
    assert_eq!(table.matches("skipped: diffsol").count(), 1, "{table}");
    let number = "skipped: sundials m on 40 Lorenz, last, 1e-4: no number";
    assert!(table.contains(number), "{table}");
    let rows = records("broken_ensemble.json");
    let theirs: Vec<_> = rows.iter().filter(|(record, ..)| record["who"] != "sciml").collect();
    let [(record, error, seconds)] = theirs[..] else { panic!("{theirs:?}") };
    assert_eq!((&record["who"], &record["setting"]), (&"diffsol".into(), &"rtol=1e-4".into()));
    // The members end up to tens away from the origin.
    assert!(*error > 1.0 && *seconds == 0.25, "{record}");
}

#[cfg(unix)]
#[test]
fn who_is_too_slow_for_all_is_scaled() {
    let few = "test \"$sweep\" = '1 0e0 2.8e1 20 1 1' || exit 3; ends 20";
    let slow = peer("slow_ensemble", "scipy", few);
    let arguments =
        ["--problems", "40 Lorenz", "--who", "sundials,scipy", "--json", "slow_ensemble.json"];
    let nowhere = [("PEERS_C", &*slow), ("PEERS_PYTHON", "no-such-python")];
    let output = ensemble(&arguments, &nowhere);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let rows = records("slow_ensemble.json");
    let scaled = rows.iter().filter(|(record, ..)| record["who"] == "scipy");
    let scaled: Vec<_> =
        scaled.map(|(record, _, s)| (record["setting"].as_str().unwrap(), *s)).collect();
    let wanted = [4, 6, 8].map(|digits| (format!("rtol=1e-{digits} 20 members, scaled"), 0.5));
    assert_eq!(scaled.len(), wanted.len(), "{scaled:?}");
    for ((setting, seconds), wanted) in scaled.into_iter().zip(&wanted) {
        assert_eq!((setting, seconds), (wanted.0.as_str(), wanted.1));
    }
}
