//! The built checker on small workspaces of its own: what it prints and how it exits.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const TOP: &str = r#"
[workspace]
members = ["crates/*"]
resolver = "3"
[workspace.package]
license = "MIT OR Apache-2.0"
[workspace.lints.rust]
unsafe_code = "deny"
"#;

/// A document with the table that the checker itself prints.
fn document() -> String {
    let table = xtask(Path::new("."), &["tidy", "--arrows"]);
    assert!(table.status.success());
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.starts_with("scalar -> nothing\n"), "{table}");
    format!("# Architecture\n\n```text\n{table}```\n")
}

fn manifest(name: &str, rest: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\ndescription = \"A room\"\n\
         license.workspace = true\n[lints]\nworkspace = true\n{rest}"
    )
}

/// A fresh folder with these files besides a good `scalar`.
fn workspace(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&root);
    let (scalar, document) = (manifest("scalar", ""), document());
    let good = [
        ("Cargo.toml", TOP),
        ("ARCHITECTURE.md", &*document),
        ("crates/scalar/Cargo.toml", &*scalar),
        ("crates/scalar/src/lib.rs", "//! Numbers.\n"),
    ];
    for (path, text) in good.iter().chain(files) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}

fn xtask(root: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .args(args)
        .current_dir(root)
        .stdin(Stdio::null())
        .env("CARGO_NET_OFFLINE", "true")
        .output()
        .unwrap()
}

#[test]
fn a_good_workspace_is_tidy() {
    let root = workspace("good", &[]);
    let output = xtask(&root, &["tidy"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("rules hold"), "{text}");
}

#[test]
fn every_rule_speaks_up() {
    let system =
        manifest("system", "[dependencies]\nscalar.path = \"../scalar\"\nnn.path = \"../nn\"\n");
    let nn = manifest("nn", "").replace("license.workspace = true", "license = \"GPL-3.0-only\"");
    let long = format!("//! Long.\n{}", "// line\n".repeat(500));
    let root = workspace(
        "bad",
        &[
            ("crates/system/Cargo.toml", &system),
            ("crates/system/src/lib.rs", "//! Models.\n\nmod run;\nmod long;\npub fn f() {}\n"),
            (
                "crates/system/src/run.rs",
                "pub fn f() {\n    println!();\n    None::<u8>.unwrap();\n    todo!()\n}\n",
            ),
            ("crates/system/src/long.rs", &long),
            ("crates/nn/Cargo.toml", &nn),
            ("crates/nn/src/lib.rs", "//! Networks.\n"),
            ("crates/nn/tests/common/mod.rs", ""),
            ("notes.md", concat!("see /ho", "me/me/notes\n")),
        ],
    );
    let output = xtask(&root, &["tidy"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    let places: Vec<&str> = text.lines().filter_map(|line| line.split(": ").next()).collect();
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let entry = lock.lines().position(|line| line == "name = \"nn\"").unwrap() + 1;
    assert_eq!(
        places,
        [
            "crates/system/Cargo.toml:11",
            "crates/system/src/long.rs:501",
            "crates/system/src/run.rs:2",
            "crates/system/src/run.rs:3",
            "crates/system/src/run.rs:4",
            "crates/nn/Cargo.toml:1",
            "crates/system/src/lib.rs:5",
            "crates/nn/tests/common:1",
            "notes.md:1",
            &format!("Cargo.lock:{entry}"),
        ],
        "{text}"
    );
    let summary = String::from_utf8_lossy(&output.stderr);
    assert!(summary.contains(
        "arrows (1), sizes (1), forbidden (3), rooms (2), names (1), places (1), licences (1)"
    ));
}

#[test]
fn usage_errors_exit_with_two() {
    let root = workspace("usage", &[]);
    for args in [&[][..], &["gallop"], &["ci", "--skip", "lunch"]] {
        let output = xtask(&root, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("usage: cargo xtask"));
    }
    assert_eq!(xtask(&root, &["--help"]).status.code(), Some(0));
}

#[test]
fn a_failing_step_ends_the_run_and_is_named() {
    let root =
        workspace("unformatted", &[("crates/scalar/src/lib.rs", "//! Numbers.\nmod   a;\n")]);
    std::fs::write(root.join("crates/scalar/src/a.rs"), "").unwrap();
    let output = xtask(&root, &["ci"]);
    assert_eq!(output.status.code(), Some(1));
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(
        why.contains("ci: step `fmt` failed") && why.contains("`cargo fmt --all --check`"),
        "{why}"
    );
    assert!(!String::from_utf8_lossy(&output.stdout).contains("cargo clippy"));
}

/// A suite that shows its arguments, writes where it is told, and ends with 7.
const SUITE: &str = r#"
fn main() {
    let words: Vec<_> = std::env::args().skip(1).collect();
    println!("{words:?}");
    std::fs::write(&words[1], "rows").unwrap();
    std::process::exit(7);
}
"#;

#[test]
fn suites_are_found_built_and_run_where_the_caller_is() {
    let top = TOP.replace(r#"["crates/*"]"#, r#"["crates/*", "benches"]"#);
    let root = workspace(
        "suites",
        &[
            ("Cargo.toml", &top),
            ("benches/Cargo.toml", &manifest("benches", "")),
            ("benches/src/bin/broken.rs", "fn main() { gallop }\n"),
            ("benches/src/bin/stiff.rs", "fn main() {}\n"),
            ("benches/src/bin/ode.rs", SUITE),
        ],
    );
    for args in [&["bench"][..], &["bench", "gallop"], &["bench", "--repeats", "3"]] {
        let output = xtask(&root, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(why.contains("the suites are: broken, ode, stiff"), "{why}");
    }

    let folder = root.join("crates");
    let output = xtask(&folder, &["bench", "ode", "--json", "rows.json", "--repeats=3"]);
    let why = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(7), "{why}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.trim(), r#"["--json", "rows.json", "--repeats=3"]"#);
    assert_eq!(std::fs::read_to_string(folder.join("rows.json")).unwrap(), "rows");
    assert_eq!(xtask(&root, &["bench", "stiff"]).status.code(), Some(0));

    let output = xtask(&root, &["bench", "broken"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`broken` does not build"));
}

#[test]
fn outside_a_workspace_cargo_says_so() {
    let root = workspace("nowhere", &[]);
    std::fs::write(root.join("Cargo.toml"), "not a manifest").unwrap();
    let output = xtask(&root, &["tidy"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`cargo metadata` failed"));
}
