//! Every package of the lock file can be used under a permissive licence, so that the workspace's own
//! `MIT OR Apache-2.0` can be kept. `deny.toml` holds the same list for cargo-deny.

use super::finding::Finding;
use super::spdx::satisfiable;
use super::workspace::Workspace;
use crate::metadata::Package;

/// What may be depended on. None of the GPL family.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Checks our own packages and every dependency.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let lock = workspace.text("Cargo.lock").unwrap_or_default();
    let finding = |package: &Package| {
        let what = objection(package.license.as_deref())?;
        let what = format!("`{} {}` {what}", package.name, package.version);
        let why = "the workspace is MIT OR Apache-2.0 and must stay so";
        let remedy = "choose another crate, or after reading the licence add it to licences.rs and deny.toml";
        Some(Finding::new("Cargo.lock", lock_line(lock, package), what, why, remedy))
    };
    workspace.metadata.packages.iter().filter_map(finding).collect()
}

fn objection(license: Option<&str>) -> Option<String> {
    let Some(license) = license else { return Some("names no licence".into()) };
    match satisfiable(license, &|id| ALLOWED.contains(&id)) {
        Ok(true) => None,
        Ok(false) => Some(format!("is under `{license}`")),
        Err(error) => Some(format!("has the unreadable licence `{license}` ({error})")),
    }
}

/// The line of the lock file on which the package's entry begins.
fn lock_line(lock: &str, package: &Package) -> usize {
    let name = format!("name = \"{}\"", package.name);
    let version = format!("version = \"{}\"", package.version);
    let lines: Vec<&str> = lock.lines().collect();
    let entry = lines.windows(2).position(|pair| pair == [name.as_str(), version.as_str()]);
    entry.map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(license: Option<&str>) -> usize {
        let package = Package { license: license.map(str::to_owned), ..Package::default() };
        check(&Workspace::of(vec![package], &[])).len()
    }

    #[test]
    fn permissive_licences_pass() {
        for license in [
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
            "0BSD OR MIT OR Apache-2.0",
            "MIT OR GPL-3.0-only",
            "MIT OR Apache-2.0 OR LGPL-2.1-or-later",
            "MPL-2.0",
        ] {
            assert_eq!(found(Some(license)), 0, "{license}");
        }
    }

    #[test]
    fn copyleft_unknown_and_missing_licences_are_found() {
        for license in [
            "GPL-3.0-only",
            "GPL-2.0-or-later WITH Classpath-exception-2.0",
            "LGPL-3.0",
            "AGPL-3.0",
            "MIT AND GPL-3.0-only",
            "SSPL-1.0",
            "Proprietary",
            "MIT OR",
            "",
        ] {
            assert_eq!(found(Some(license)), 1, "{license}");
        }
        assert_eq!(found(None), 1);
    }

    #[test]
    fn a_finding_stands_at_the_lock_entry() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n[[package]]\nname = \"a\"\nversion = \"2\"\n";
        let package = Package { name: "a".into(), version: "2".into(), ..Package::default() };
        let findings = check(&Workspace::of(vec![package], &[("Cargo.lock", lock)]));
        assert_eq!(findings[0].line, 7);
    }

    #[test]
    fn deny_toml_holds_the_same_list() {
        let deny = include_str!("../../../deny.toml");
        let (_, list) = deny.split_once("\nallow = [").expect("the list of licences");
        let (list, _) = list.split_once(']').expect("its end");
        let names: Vec<_> = list
            .split(',')
            .map(|name| name.trim().trim_matches('"'))
            .filter(|n| !n.is_empty())
            .collect();
        assert_eq!(names, ALLOWED);
    }
}
