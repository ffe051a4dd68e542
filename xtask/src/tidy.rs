//! `cargo xtask tidy`: the promises of `ARCHITECTURE.md` that a compiler does not check.
//!
//! A rule is one file with one function from the workspace to its findings, and one row in [`RULES`].

mod arrows;
mod finding;
mod forbidden;
mod lexer;
mod licences;
mod names;
mod places;
mod regions;
mod rooms;
mod sizes;
mod spdx;
mod tokens;
mod workspace;

use std::io::Write;

use crate::command::Command;
use crate::failure::Failure;
use crate::metadata::Metadata;
use finding::Finding;
use workspace::Workspace;

/// The subcommand.
pub(crate) const COMMAND: Command = Command {
    name: "tidy",
    usage: "tidy [--arrows]",
    summary: "check arrows, sizes, forbidden words, manifests, names, paths, licences",
    run: |args| match Request::read(args)? {
        Request::Check => run(),
        Request::Arrows => {
            println!("{}", arrows::block());
            Ok(())
        }
        Request::Help => {
            println!("{USAGE}");
            Ok(())
        }
    },
};

const USAGE: &str = "\
usage: cargo xtask tidy [--arrows]

Prints each finding as `path:line: what, why, what to do`.
  --arrows   print the table of arrows as ARCHITECTURE.md must show it";

enum Request {
    Check,
    Arrows,
    Help,
}

impl Request {
    fn read(mut args: lexopt::Parser) -> Result<Self, Failure> {
        use lexopt::prelude::*;
        let mut request = Self::Check;
        while let Some(arg) = args.next()? {
            match arg {
                Long("arrows") => request = Self::Arrows,
                Short('h') | Long("help") => return Ok(Self::Help),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(request)
    }
}

/// A rule looks at the workspace and says what is wrong.
type Rule = fn(&Workspace) -> Vec<Finding>;

/// Every rule with the name that a finding is counted under.
const RULES: &[(&str, Rule)] = &[
    ("arrows", arrows::check),
    ("sizes", sizes::check),
    ("forbidden", forbidden::check),
    ("rooms", rooms::check),
    ("names", names::check),
    ("places", places::check),
    ("licences", licences::check),
];

/// Runs every rule over the workspace of the current folder.
pub(crate) fn run() -> Result<(), Failure> {
    let workspace = Workspace::load(Metadata::load()?)?;
    let mut broken = Vec::new();
    let mut out = std::io::stdout().lock();
    for (name, rule) in RULES {
        let mut findings = rule(&workspace);
        findings.sort();
        findings.dedup();
        for finding in &findings {
            // A closed pipe (`| head`) must not hide the exit code.
            let _ = writeln!(out, "{finding}");
        }
        if !findings.is_empty() {
            broken.push(format!("{name} ({})", findings.len()));
        }
    }
    if broken.is_empty() {
        let _ =
            writeln!(out, "tidy: {} rules hold over {} files", RULES.len(), workspace.files.len());
        return Ok(());
    }
    Err(Failure::Check(format!("tidy: findings in {}", broken.join(", "))))
}
