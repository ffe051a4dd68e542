//! Builds for measuring: in release, for the CPU of this machine, in a target folder of their own (other flags would
//! otherwise rebuild everything, back and forth).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::PACKAGE;
use crate::failure::Failure;
use crate::metadata;

/// What the suites and the peers written in Rust are compiled with, unless `RUSTFLAGS` says otherwise.
const FLAGS: &str = "-C target-cpu=native";

/// Where all of it goes, below the root of the workspace.
pub(super) const FOLDER: &str = "target/bench";

/// Builds a suite and returns its executable.
pub(super) fn suite(root: &Path, suite: &str) -> Result<PathBuf, Failure> {
    binary(&["--package", PACKAGE], &root.join(FOLDER), suite)
}

/// Builds a binary with the flags for measuring, and returns its executable.
pub(super) fn binary(which: &[&str], target: &Path, name: &str) -> Result<PathBuf, Failure> {
    let output = Command::new(metadata::cargo())
        .args(["build", "--release", "--bin", name])
        .args(which)
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--target-dir")
        .arg(target)
        .env("RUSTFLAGS", flags(std::env::var("RUSTFLAGS").ok()))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| Failure::Check(format!("cannot start cargo: {e}; is it on the PATH?")))?;
    if !output.status.success() {
        return Err(Failure::Check(format!("`{name}` does not build, see above")));
    }
    executable(&String::from_utf8_lossy(&output.stdout), name)
        .ok_or_else(|| Failure::Check(format!("cargo does not say where it put `{name}`")))
}

/// The user's flags, or ours.
fn flags(own: Option<String>) -> String {
    own.filter(|flags| !flags.trim().is_empty()).unwrap_or_else(|| FLAGS.into())
}

/// The path in the message about the binary `name`, among one JSON message a line.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    let path = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let target = &message["target"];
        let is_bin = target["kind"].as_array()?.iter().any(|kind| kind == "bin");
        let path = message["executable"].as_str()?;
        (is_bin && target["name"] == name).then(|| path.into())
    };
    messages.lines().find_map(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_that_of_the_binary() {
        let messages = r#"not a message
            {"reason":"compiler-artifact","target":{"kind":["lib"],"name":"ode"},"executable":null}
            {"reason":"compiler-artifact","target":{"kind":["bin"],"name":"stiff"},"executable":"/t/stiff"}
            {"reason":"compiler-artifact","target":{"kind":["bin"],"name":"ode"},"executable":"/t/ode"}
            {"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages, "ode"), Some("/t/ode".into()));
        assert_eq!(executable(messages, "sde"), None);
    }

    #[test]
    fn flags_of_the_user_count() {
        assert_eq!(flags(None), FLAGS);
        assert_eq!(flags(Some(" ".into())), FLAGS);
        assert_eq!(flags(Some("-C opt-level=3".into())), "-C opt-level=3");
    }
}
