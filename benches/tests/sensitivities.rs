//! The suite `sensitivities` as a program reads it.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn rows(problems: &str) -> Vec<Value> {
    let path =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sensitivities-{problems}.json"));
    let output = Command::new(env!("CARGO_BIN_EXE_sensitivities"))
        .args(["--quick", "--repeats", "1", "--who", "sciml", "--problems", problems, "--json"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = std::fs::read_to_string(path).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_algorithm_finds_the_gradient() {
    let rows = rows("lotka,spiral_16");
    let error = |problem: &str, method: &str| {
        let own = rows.iter().filter(|row| row["problem"] == problem && row["method"] == method);
        own.filter(|row| row["setting"].as_str().unwrap().starts_with("rtol=1e-7"))
            .map(|row| row["error"].as_f64().unwrap())
            .next()
    };
    let all = ["discrete", "discrete-state", "gauss", "interpolating", "backsolve"];
    for solver in ["Tsit5", "Vern7"] {
        for algorithm in all.into_iter().chain(["forward"]) {
            let error = error("lotka_volterra", &format!("{algorithm} {solver}")).unwrap();
            assert!(error < 1e-5, "{algorithm} {solver}: {error}");
        }
        for algorithm in all.into_iter().chain(["discrete-kernels"]) {
            let error = error("spiral_16", &format!("{algorithm} {solver}")).unwrap();
            assert!(error < 1e-5, "{algorithm} {solver}: {error}");
        }
        assert_eq!(error("spiral_16", &format!("forward {solver}")), None);
    }
    assert!(rows.iter().any(|row| row["setting"] == "at error 1e-6"), "{rows:?}");
}

#[test]
fn a_bounded_memory_gives_the_same_gradient() {
    let rows = rows("ring_of_100");
    let number = |row: &Value, key: &str| -> f64 {
        let words = row["setting"].as_str().unwrap().split(' ');
        let value = words.filter_map(|word| word.strip_prefix(key)?.strip_prefix('=')).next();
        value.unwrap().parse().unwrap()
    };
    let [all, bounded] = &rows[..] else { panic!("{rows:?}") };
    assert!(bounded["error"].as_f64().unwrap() <= 1e-12, "{bounded}");
    assert!(number(bounded, "bytes") < 3e6 && number(all, "bytes") > 1.6e7, "{rows:?}");
    assert!(number(bounded, "replayed") > 0.0 && number(all, "replayed") == 0.0, "{rows:?}");
}
