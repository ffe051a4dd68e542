//! Builds the peer programs that a suite asks (`benches/peers/README.md`). None of them is needed: the suite says what
//! it misses.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::build::{self, FOLDER};
use crate::failure::Failure;

/// Whether the options of the suite say that no peer is measured.
pub(super) fn unwanted(options: &[OsString]) -> bool {
    let help = options.iter().any(|option| option == "--help" || option == "-h");
    let pair = options.windows(2).any(|pair| pair[0] == "--who" && pair[1] == "sciml");
    help || pair || options.iter().any(|option| option == "--who=sciml")
}

/// Builds what can be built, and returns the variables that tell the suite where it is. A variable that is set already
/// stays as it is.
pub(super) fn build(root: &Path, suite: &str) -> Vec<(&'static str, PathBuf)> {
    let mut found = Vec::new();
    let mut add = |variable: &'static str,
                   build: &dyn Fn(&Path) -> Result<Option<PathBuf>, Failure>| {
        if std::env::var_os(variable).is_none() {
            match build(root) {
                Ok(path) => found.extend(path.map(|path| (variable, path))),
                Err(why) => eprintln!("xtask: {why}; the suite goes on without"),
            }
        }
    };
    add("PEERS_RUST", &|root| rust(root, "rust", "peers"));
    if suite == "networks" {
        add("PEERS_NETWORKS", &|root| rust(root, "networks", "networks-peers"));
    }
    add("PEERS_C", &|root| c(root, "peers"));
    if suite == "sensitivities" {
        add("PEERS_CVODES", &|root| c(root, "sensitivities"));
    }
    found
}

/// Peers written in Rust: a cargo project of its own, compiled with the flags of the suite.
fn rust(root: &Path, folder: &str, name: &str) -> Result<Option<PathBuf>, Failure> {
    let manifest = root.join("benches/peers").join(folder).join("Cargo.toml");
    let manifest = manifest.to_string_lossy();
    let target = root.join(FOLDER).join("peers");
    build::binary(&["--locked", "--manifest-path", &manifest], &target, name).map(Some)
}

/// A program with SUNDIALS, if it is built already or `SUNDIALS_SRC` says where its sources are.
fn c(root: &Path, name: &str) -> Result<Option<PathBuf>, Failure> {
    let target = root.join(FOLDER).join("sundials");
    let wanted = std::env::var_os("SUNDIALS_SRC").is_some_and(|source| source != OsStr::new(""));
    if !wanted && !target.join("install").is_dir() {
        return Ok(None);
    }
    let status = Command::new("sh")
        .arg(root.join("benches/peers/c/build.sh"))
        .arg(&target)
        .stdin(Stdio::null())
        // What it says is progress, not a result.
        .stdout(Stdio::null())
        .status()
        .map_err(|e| Failure::Check(format!("cannot start sh: {e}")))?;
    if !status.success() {
        return Err(Failure::Check("benches/peers/c does not build, see above".into()));
    }
    Ok(Some(target.join(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_built_unless_nobody_asks() {
        let options = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        for words in [&["--who", "sciml"][..], &["--quick", "--who=sciml"], &["--help"]] {
            assert!(unwanted(&options(words)), "{words:?}");
        }
        for words in [&[][..], &["--who", "sciml,scipy"], &["--problems", "sciml"]] {
            assert!(!unwanted(&options(words)), "{words:?}");
        }
    }
}
