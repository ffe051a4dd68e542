//! No text file names a place on somebody's machine.

use super::finding::Finding;
use super::workspace::Workspace;

/// Absolute folders of users and workplaces.
const ABSOLUTE: &[&str] = &["/root/", "/home/", "/work/"];

/// A neighbour of the checkout.
const OUTSIDE: &str = "../shared";

/// The lock file is cargo's own; this file has to spell the places out.
const NOT_SCANNED: &[&str] = &["Cargo.lock", "xtask/src/tidy/places.rs"];

/// Checks every text file.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in workspace.texts().filter(|(path, _)| !NOT_SCANNED.contains(path)) {
        for (line, content) in (1..).zip(text.lines()) {
            for place in
                ABSOLUTE.iter().filter(|place| starts_path(content, place)).chain(outside(content))
            {
                let why = "it does not exist on another machine";
                let remedy = "use a path relative to the repository, or an argument";
                findings.push(Finding::new(path, line, format!("the path `{place}`"), why, remedy));
            }
        }
    }
    findings
}

/// Whether `place` occurs as the beginning of a path, and not inside `crates/work/` or `example.org/home/`.
fn starts_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || "_-.~})".contains(c)))
    })
}

fn outside(line: &str) -> Option<&'static &'static str> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut hits = line.match_indices(OUTSIDE);
    hits.any(|(at, _)| !line[at + OUTSIDE.len()..].starts_with(is_name)).then_some(&OUTSIDE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&Workspace::of_files(&[(path, text)]))
            .into_iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn places_are_found_in_every_text() {
        for text in [
            "/home/me/x",
            "see `/root/x`",
            "open(\"/work/data.csv\")",
            "PATH=/home/me/bin",
            "file:///root/x",
            "(/work/a)",
            "include_str!(\"../shared/x\")",
            "../../shared",
            "ls ../shared",
        ] {
            assert_eq!(lines("README.md", &format!("first\n{text}\n")), [2], "{text}");
        }
    }

    #[test]
    fn relative_paths_and_addresses_are_free() {
        for text in [
            "crates/work/src",
            "https://example.org/home/page",
            "${HOME}/work/x",
            "~/work/x",
            "./work/x",
            "homework",
            "../shared_types.rs",
            "../shared-memory",
        ] {
            assert_eq!(lines("README.md", text), [0; 0], "{text}");
        }
    }

    #[test]
    fn the_lock_file_is_not_scanned() {
        assert_eq!(lines("Cargo.lock", "/home/me"), [0; 0]);
        assert_eq!(lines("benches/peers/x.toml", "/home/me"), [1]);
    }
}
