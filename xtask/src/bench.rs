//! `cargo xtask bench`: builds a suite of the package `benches` in release and runs it.
//!
//! A suite is a binary of that package: a new one needs no change here.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{self, ExitStatus, Stdio};

use serde_json::Value;

use crate::command::Command;
use crate::failure::Failure;
use crate::metadata::{self, Metadata};

/// The subcommand.
pub(crate) const COMMAND: Command = Command {
    name: "bench",
    usage: "bench SUITE [OPTIONS]",
    summary: "measure; every suite knows [--json FILE] [--repeats N]",
    run,
};

/// The package whose binaries are the suites.
const PACKAGE: &str = "benches";

/// Everything after the name of the suite is passed on as it is, and the suite runs in the folder of the caller: a
/// relative path means what the caller means by it.
fn run(mut args: lexopt::Parser) -> Result<(), Failure> {
    use lexopt::prelude::*;
    let suites = suites(&Metadata::load()?);
    let list = format!("the suites are: {}", suites.join(", "));
    let suite = match args.next()? {
        Some(Value(name)) => name.string()?,
        Some(Short('h') | Long("help")) => {
            println!("usage: cargo xtask bench SUITE [--json FILE] [--repeats N]\n\n{list}");
            return Ok(());
        }
        Some(other) => {
            let message = format!("{}; first comes the suite, {list}", other.unexpected());
            return Err(Failure::Usage(message));
        }
        None => return Err(Failure::Usage(format!("which suite? {list}"))),
    };
    if !suites.contains(&suite) {
        return Err(Failure::Usage(format!("there is no suite `{suite}`; {list}")));
    }
    let rest: Vec<OsString> = args.raw_args()?.collect();
    let status = process::Command::new(build(&suite)?)
        .args(rest)
        .stdin(Stdio::null())
        .status()
        .map_err(|e| Failure::Check(format!("suite `{suite}` cannot be started: {e}")))?;
    passed_on(&suite, status)
}

/// The binaries of the package, sorted.
fn suites(metadata: &Metadata) -> Vec<String> {
    let packages = metadata.members().filter(|(package, _)| package.name == PACKAGE);
    let targets = packages.flat_map(|(package, _)| &package.targets);
    let mut suites: Vec<_> =
        targets.filter(|target| target.is("bin")).map(|target| target.name.clone()).collect();
    suites.sort();
    suites
}

/// Builds the suite and returns its executable, wherever cargo is told to put it.
fn build(suite: &str) -> Result<PathBuf, Failure> {
    let output = process::Command::new(metadata::cargo())
        .args(["build", "--release", "--package", PACKAGE, "--bin", suite])
        .args(["--message-format", "json-render-diagnostics"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| Failure::Check(format!("cannot start cargo: {e}; is it on the PATH?")))?;
    if !output.status.success() {
        return Err(Failure::Check(format!("suite `{suite}` does not build, see above")));
    }
    executable(&String::from_utf8_lossy(&output.stdout), suite)
        .ok_or_else(|| Failure::Check(format!("cargo does not say where it put suite `{suite}`")))
}

/// The path in the message about the binary `suite`, among one JSON message a line.
fn executable(messages: &str, suite: &str) -> Option<PathBuf> {
    let path = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let target = &message["target"];
        let is_bin = target["kind"].as_array()?.iter().any(|kind| kind == "bin");
        let path = message["executable"].as_str()?;
        (is_bin && target["name"] == suite).then(|| path.into())
    };
    messages.lines().find_map(path)
}

/// A suite that fails has said why: only its exit code is handed on.
fn passed_on(suite: &str, status: ExitStatus) -> Result<(), Failure> {
    match status.code().map(u8::try_from) {
        Some(Ok(0)) => Ok(()),
        Some(Ok(code)) => Err(Failure::Exit(code)),
        _ => Err(Failure::Check(format!("suite `{suite}` ended with {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::{Package, Target};

    #[test]
    fn suites_are_the_binaries_of_one_package() {
        let target = |name: &str, kind: &str| Target {
            name: name.into(),
            kinds: vec![kind.into()],
            source: String::new(),
            required_features: Vec::new(),
        };
        let package = |name: &str, folder: Option<&str>, targets| Package {
            name: name.into(),
            folder: folder.map(Into::into),
            targets,
            ..Package::default()
        };
        let own = vec![target("stiff", "bin"), target("benches", "lib"), target("ode", "bin")];
        let packages = vec![
            package("xtask", Some("xtask"), vec![target("xtask", "bin")]),
            package("benches", Some("benches"), own),
            package("benches", None, vec![target("elsewhere", "bin")]),
        ];
        assert_eq!(suites(&Metadata { root: "root".into(), packages }), ["ode", "stiff"]);
    }

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
}
