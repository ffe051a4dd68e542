//! The suite `gradients` as a program reads it.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

#[test]
fn every_way_gives_the_gradient() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gradients.json");
    let output = Command::new(env!("CARGO_BIN_EXE_gradients"))
        .args(["--quick", "--repeats", "1", "--who", "sciml", "--json"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let methods = |problem: &str| -> Vec<&str> {
        let own = rows.iter().filter(|row| row["problem"] == problem);
        own.map(|row| row["method"].as_str().unwrap()).collect()
    };
    let all = [
        "function",
        "by hand",
        "generated",
        "generated, 8 lanes",
        "Vjp",
        "Vjp in one call",
        "program",
        "program in one call",
        "program, 8 lanes",
    ];
    assert_eq!(methods("lotka_volterra"), all);
    // Too large for code of its own.
    let recorded: Vec<&str> = all.into_iter().filter(|way| !way.starts_with("generated")).collect();
    assert_eq!(methods("brusselator_16x16"), [&recorded[..1], &recorded[2..]].concat());
    assert!(rows.iter().all(|row| row["error"].as_f64().unwrap() < 1e-12), "{rows:?}");
}
