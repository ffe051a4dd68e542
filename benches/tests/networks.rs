//! The suite `networks` as a program reads it.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

#[test]
fn networks_without_peers() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("networks.json");
    let output = Command::new(env!("CARGO_BIN_EXE_networks"))
        .args(["--quick", "--repeats", "1", "--who", "sciml", "--json"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("matrix part of value and gradients"), "{said}");
    let lines = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |problem: &str| rows.iter().filter(|row| row["problem"] == problem).count();
    // Both kinds of numbers: three batches, one batch, five loops.
    let counts = (of("mlp-2-32-32-2"), of("laplacian-2-50-50-1"), of("peak-32"));
    assert_eq!(counts, (6, 2, 10));
    assert_eq!((of("mlp-784-128-10"), of("linear-784-128-10")), (2, 4));
    let trainings = ["train-24-8-2", "train-4-32-16-4", "train-784-128-10"];
    assert_eq!(trainings.map(of), [2; 3]);
    for row in &rows {
        assert!(row["seconds"].as_f64().unwrap() > 0.0, "{row}");
        let single_training = row["problem"].as_str().unwrap().starts_with("train");
        let tolerance = if single_training { 1e-2 } else { 1e-5 };
        assert!(row["error"].as_f64().unwrap() < tolerance, "{row}");
    }
}
