//! The suite `memory` as a program reads it.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

#[test]
fn memory_without_factors_grows_like_the_states() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("memory.json");
    let output = Command::new(env!("CARGO_BIN_EXE_memory"))
        .args(["--quick", "--json"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let number = |row: &Value, key: &str| -> f64 {
        let words = row["setting"].as_str().unwrap().split(' ');
        let value = words.filter_map(|word| word.strip_prefix(key)?.strip_prefix('=')).next();
        value.unwrap().parse().unwrap()
    };
    let bytes = |method: &str| -> Vec<(f64, f64)> {
        let own = rows.iter().filter(|row| row["method"] == method);
        own.map(|row| (number(row, "states"), number(row, "bytes"))).collect()
    };
    let (factors, products) = (bytes("Ndf"), bytes("Ndf-GMRES"));
    let (&[few, many], &[sparse_few, sparse_many]) = (&products[..], &factors[..]) else {
        panic!("{rows:?}")
    };
    assert_eq!((few.0, many.0, sparse_few.0, sparse_many.0), (128.0, 512.0, 128.0, 512.0));
    // Four times the states.
    assert!(many.1 < 4.1 * few.1, "{products:?}");
    assert!(sparse_many.1 > 2.0 * many.1, "{factors:?}");
    assert!(rows.iter().all(|row| row["error"].as_f64().unwrap() < 0.1), "{rows:?}");
}
