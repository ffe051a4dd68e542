//! What every crate under `crates/` looks like: described, licensed, linted, documented, and opened by a `lib.rs` that
//! is a table of contents.

use super::finding::Finding;
use super::lexer::Lexed;
use super::regions;
use super::tokens::{reads, tokens};
use super::workspace::Workspace;
use crate::metadata::{Package, Target};

/// The facade may hold what joins the rooms.
const FACADE: &str = "sciml";

/// Words that begin an item which belongs into a file of its own.
const ITEMS: &[&str] =
    &["fn", "impl", "struct", "enum", "union", "trait", "type", "const", "static"];

/// Checks manifest and root file of every crate under `crates/`.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (package, folder) in workspace.metadata.crates() {
        let manifest = format!("{folder}/Cargo.toml");
        let text = workspace.text(&manifest).unwrap_or_default();
        findings.extend(check_manifest(package, &manifest, text));
        for target in package.targets.iter().filter(|target| is_root(target)) {
            let text = workspace.text(&target.source).unwrap_or_default();
            findings.extend(check_root(package, target, text));
        }
    }
    findings
}

/// A library of any kind, or the binary of a crate: its docs are the crate's docs.
fn is_root(target: &Target) -> bool {
    ["lib", "rlib", "dylib", "cdylib", "staticlib", "proc-macro", "bin"]
        .iter()
        .any(|kind| target.is(kind))
}

fn check_manifest(package: &Package, manifest: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let description = package.description.as_deref().unwrap_or_default().trim();
    if description.is_empty() || description.contains('\n') {
        let why = "a reader of the workspace must see in one line what the crate is";
        findings.push(Finding::new(
            manifest,
            1,
            "no one-line `description`",
            why,
            "add it below [package]",
        ));
    }
    if !inherits(text, "package", "license") {
        let why = "the licence is set in one place";
        let what = "the licence is not inherited";
        findings.push(Finding::new(
            manifest,
            1,
            what,
            why,
            "write `license.workspace = true` below [package]",
        ));
    }
    if !inherits(text, "lints", "") {
        let why = "every crate is held to the same lints";
        findings.push(Finding::new(
            manifest,
            1,
            "no workspace lints",
            why,
            "add `[lints]` with `workspace = true`",
        ));
    }
    findings
}

/// Whether `[section]` takes `key` (or with an empty key, itself) from the workspace.
fn inherits(manifest: &str, section: &str, key: &str) -> bool {
    let mut current = "";
    manifest.lines().any(|line| {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            current = name.trim();
            return false;
        }
        let line: String = line.split_whitespace().collect();
        let full = match (current, key) {
            ("", _) => line,
            (_, _) => format!("{current}.{line}"),
        };
        let name = if key.is_empty() { section.to_owned() } else { format!("{section}.{key}") };
        full == format!("{name}.workspace=true") || full == format!("{name}={{workspace=true}}")
    })
}

fn check_root(package: &Package, target: &Target, text: &str) -> Vec<Finding> {
    let path = target.source.as_str();
    let mut findings = Vec::new();
    if !has_crate_doc(text) {
        let why = "the first page says what the crate is for";
        findings.push(Finding::new(path, 1, "no `//!` crate doc", why, "begin the file with it"));
    }
    if target.is("bin") {
        return findings;
    }
    let lexed = Lexed::new(text);
    let tokens = tokens(&lexed.code);
    let tests = regions::tests(&tokens).ranges;
    let items = if package.name == FACADE || target.is("proc-macro") { &[] } else { ITEMS };
    for at in (0..tokens.len()).filter(|at| !tests.iter().any(|range| range.contains(at))) {
        let word = tokens[at].text;
        let is_macro = reads(&tokens, at, &["macro_rules", "!"]);
        if is_macro || items.contains(&word) {
            let why = "lib.rs is a table of contents: docs, `mod` and `pub use`";
            let what = format!("`{word}` in lib.rs");
            findings.push(Finding::new(
                path,
                tokens[at].line,
                what,
                why,
                "move it to a file named by its idea",
            ));
        }
    }
    // One finding for `const fn` and for the methods of one line.
    findings.dedup_by_key(|finding| finding.line);
    findings
}

/// Whether inner docs come before the first item; only comments and inner attributes may come earlier.
fn has_crate_doc(text: &str) -> bool {
    let lexed = Lexed::new(text);
    for (docs, code) in lexed.docs.lines().zip(lexed.code.lines()) {
        let (docs, code) = (docs.trim(), code.trim());
        if !code.is_empty() && !code.starts_with("#!") {
            return false;
        }
        let inner = docs.strip_prefix("//!").or(docs.strip_prefix("/*!"));
        let attribute = code.starts_with("#![doc") && code.contains('=');
        if attribute || inner.is_some_and(|doc| !doc.trim().is_empty()) {
            return true;
        }
    }
    false
}

#[cfg(test)]
#[path = "rooms_tests.rs"]
mod tests;
