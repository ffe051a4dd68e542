//! `cargo xtask bench`: builds a suite of the package `benches`, and the peers that it is measured against, in release
//! for this machine's CPU, and runs it.
//!
//! A suite is a binary of that package: a new one needs no change here.

mod build;
mod peers;

use std::ffi::OsString;
use std::process::{self, ExitStatus, Stdio};

use crate::command::Command;
use crate::failure::Failure;
use crate::metadata::Metadata;

/// The subcommand.
pub(crate) const COMMAND: Command = Command {
    name: "bench",
    usage: "bench SUITE [OPTIONS]",
    summary: "measure; every suite knows [--json FILE] [--repeats N] [--quick] and more (--help)",
    run,
};

/// The package whose binaries are the suites.
const PACKAGE: &str = "benches";

/// Suites that are measured against peers.
const WITH_PEERS: &[&str] = &["ode", "ensemble", "stiff", "gradients", "networks", "sensitivities"];

/// Everything after the name of the suite is passed on as it is, and the suite runs in the folder of the caller: a
/// relative path means what the caller means by it.
fn run(mut args: lexopt::Parser) -> Result<(), Failure> {
    use lexopt::prelude::*;
    let metadata = Metadata::load()?;
    let suites = suites(&metadata);
    let list = format!("the suites are: {}", suites.join(", "));
    let suite = match args.next()? {
        Some(Value(name)) => name.string()?,
        Some(Short('h') | Long("help")) => {
            println!(
                "usage: cargo xtask bench SUITE [--json FILE] [--repeats N] [--quick]\n\n{list}"
            );
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
    let mut command = process::Command::new(build::suite(&metadata.root, &suite)?);
    if WITH_PEERS.contains(&suite.as_str()) && !peers::unwanted(&rest) {
        command.envs(peers::build(&metadata.root, &suite));
    }
    let status = command
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
}
