//! The suite `field` as a program reads it.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

#[test]
fn a_field_is_three_digits_a_cell() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("field.json");
    let output = Command::new(env!("CARGO_BIN_EXE_field"))
        .args(["--quick", "--json"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // People see the start of a long setting.
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.lines().all(|line| line.chars().count() < 200), "{table}");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut largest = 0.0f64;
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert!(row["error"].as_f64().unwrap() < 1e-2, "{line}");
        let setting = row["setting"].as_str().unwrap();
        let value = |key: &str| setting.split(' ').find_map(|word| word.strip_prefix(key)).unwrap();
        let side: usize = value("side=").parse().unwrap();
        let (lo, hi): (f64, f64) = (value("lo=").parse().unwrap(), value("hi=").parse().unwrap());
        let digits = value("u=").as_bytes().chunks(3);
        let u: Vec<f64> = digits
            .map(|digits| {
                let part: f64 = std::str::from_utf8(digits).unwrap().parse().unwrap();
                lo + part / 999.0 * (hi - lo)
            })
            .collect();
        assert_eq!(u.len(), side * side);
        if setting.starts_with("t=0 ") {
            // u = 22 (y (1 - y))^(3/2), the same in each row.
            for (k, u) in u.iter().enumerate() {
                let y = (k / side) as f64 / (side - 1) as f64;
                assert!((u - 22.0 * (y * (1.0 - y)).powf(1.5)).abs() < 5e-3, "{k}: {u}");
            }
        }
        largest = u.iter().copied().fold(largest, f64::max);
    }
    assert_eq!(text.lines().count(), 6);
    assert!(largest > 3.0, "{largest}");
}
