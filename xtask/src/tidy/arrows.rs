//! Who may depend on whom.
//!
//! Normal and build dependencies between our own crates follow [`ARROWS`]. Dev-dependencies are free, except that
//! nobody depends on the facade. What lives in `examples/`, `benches/` and `xtask/` may use everything.

use super::finding::Finding;
use super::workspace::{Workspace, line_of};
use crate::metadata::{DependencyKind, Package};

/// The facade: it depends on all rooms, and no room depends on it.
const FACADE: &str = "sciml";

/// Stands for every room of the table except the facade itself.
const EVERYTHING: &str = "everything";

/// Each crate with those of our own crates that it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("scalar", &[]),
    ("system-macro", &[]),
    ("system", &["scalar", "system-macro"]),
    ("linalg", &["scalar"]),
    ("ode-core", &["scalar", "system"]),
    ("ode-stiff", &["scalar", "system", "linalg", "ode-core"]),
    ("ad-tape", &["scalar", "system"]),
    ("nn", &["scalar"]),
    ("optimize", &[]),
    ("sensitivity", &["scalar", "system", "linalg", "ode-core", "ode-stiff", "ad-tape"]),
    ("fit", &["scalar", "system", "ode-core", "ad-tape", "nn", "optimize", "sensitivity"]),
    ("datadriven", &["scalar", "system", "ode-core"]),
    ("report", &[]),
    ("sciml", &[EVERYTHING]),
    ("testset", &["scalar", "system"]),
];

/// Members in these folders use the crates, and nothing depends on them.
const USERS: &[&str] = &["examples", "benches", "xtask"];

const DOCUMENT: &str = "ARCHITECTURE.md";

/// Checks the dependencies, and that `ARCHITECTURE.md` shows the same table.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = document(workspace.text(DOCUMENT));
    for (package, folder) in workspace.metadata.members() {
        let manifest = format!("{folder}/Cargo.toml");
        let text = workspace.text(&manifest).unwrap_or_default();
        if !USERS.contains(&folder.split('/').next().unwrap_or_default()) {
            findings.extend(crate_arrows(package, &manifest, text));
        }
    }
    findings
}

fn crate_arrows(package: &Package, manifest: &str, text: &str) -> Vec<Finding> {
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
        let what = format!("the table of arrows does not know `{}`", package.name);
        let remedy = "add it to the table in xtask/src/tidy/arrows.rs with its arrows";
        return vec![Finding::new(
            manifest,
            1,
            what,
            "every crate has its place in the graph",
            remedy,
        )];
    };
    let mut findings = Vec::new();
    for dependency in package.dependencies.iter().filter(|dependency| dependency.own) {
        let to = dependency.name.as_str();
        let free = dependency.kind == DependencyKind::Dev && to != FACADE;
        let known = ARROWS.iter().any(|(name, _)| *name == to);
        let arrow = allowed.contains(&to) || allowed.contains(&EVERYTHING) && known && to != FACADE;
        if !free && !arrow {
            let what = format!("`{}` depends on `{to}`", package.name);
            let why = match to {
                FACADE => "nothing depends on the facade".to_owned(),
                _ => format!("its arrows lead to {} only", list(allowed)),
            };
            let remedy =
                "turn the dependency round, or move the shared idea into a room that both may use";
            findings.push(Finding::new(manifest, dependency_line(text, to), what, why, remedy));
        }
    }
    findings
}

/// The line that names the dependency, as `name = …`, `name.workspace = …` or `[dependencies.name]`.
fn dependency_line(manifest: &str, name: &str) -> usize {
    let names = |line: &str| {
        let line = line.trim();
        let key =
            line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']));
        key || line.starts_with('[') && line.ends_with(&format!("dependencies.{name}]"))
    };
    manifest.lines().position(names).map_or(1, |at| at + 1)
}

/// Compares the fenced block of the document with the table.
fn document(text: Option<&str>) -> Vec<Finding> {
    let why = "the table that is checked must be the one that is read";
    let Some(text) = text else {
        let remedy = format!("write it, with this fenced block: {}", block().replace('\n', "; "));
        return vec![Finding::new(DOCUMENT, 1, "there is no ARCHITECTURE.md", why, remedy)];
    };
    let Some((start, rows)) = fenced_arrows(text) else {
        let remedy = format!("add it:\n```text\n{}\n```", block());
        return vec![Finding::new(
            DOCUMENT,
            1,
            "no fenced block of lines `crate -> a, b`",
            why,
            remedy,
        )];
    };
    let mut findings = Vec::new();
    for (line, row) in (start..).zip(&rows).filter(|(_, row)| !row.trim().is_empty()) {
        let (from, to) = parse_row(row);
        match ARROWS.iter().find(|(name, _)| *name == from) {
            None => {
                let what = format!("the arrow of `{from}` is not in the table");
                findings.push(Finding::new(
                    DOCUMENT,
                    line,
                    what,
                    why,
                    "remove it here, or add it to the table",
                ));
            }
            Some((_, allowed)) if !same(&to, allowed) => {
                let what = format!("the arrows of `{from}` differ from the table");
                let remedy = format!("write `{from} -> {}`, or change the table", list(allowed));
                findings.push(Finding::new(DOCUMENT, line, what, why, remedy));
            }
            Some(_) => {}
        }
    }
    for (name, allowed) in ARROWS {
        match rows.iter().filter(|row| parse_row(row).0 == *name).count() {
            1 => {}
            0 => {
                let remedy = format!("add `{name} -> {}`", list(allowed));
                let what = format!("the arrows of `{name}` are missing");
                findings.push(Finding::new(DOCUMENT, start, what, why, remedy));
            }
            _ => {
                let what = format!("the arrows of `{name}` stand there twice");
                findings.push(Finding::new(DOCUMENT, start, what, why, "leave one line"));
            }
        }
    }
    findings
}

/// The first fenced block made of arrows only, with the number of its first line.
fn fenced_arrows(text: &str) -> Option<(usize, Vec<&str>)> {
    let mut open: Option<(usize, Vec<&str>)> = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let fence = line.trim_start().starts_with("```");
        match open.take() {
            None if fence => open = Some((line_of(text, offset) + 1, Vec::new())),
            None => {}
            Some((start, rows)) if fence => {
                let mut full = rows.iter().filter(|row| !row.trim().is_empty()).peekable();
                if full.peek().is_some() && full.all(|row| row.contains("->")) {
                    return Some((start, rows));
                }
            }
            Some((start, mut rows)) => {
                rows.push(line);
                open = Some((start, rows));
            }
        }
        offset += line.len();
    }
    None
}

fn parse_row(row: &str) -> (&str, Vec<&str>) {
    let (from, to) = row.split_once("->").unwrap_or((row, ""));
    let to = to.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "nothing");
    (from.trim(), to.collect())
}

fn same(written: &[&str], allowed: &[&str]) -> bool {
    written.len() == allowed.len() && allowed.iter().all(|name| written.contains(name))
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}

/// The text of the fenced block.
pub(crate) fn block() -> String {
    let rows: Vec<_> =
        ARROWS.iter().map(|(name, allowed)| format!("{name} -> {}", list(allowed))).collect();
    rows.join("\n")
}

#[cfg(test)]
#[path = "arrows_tests.rs"]
mod tests;
