//! No file or folder is a drawer for everything.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::workspace::Workspace;

const DRAWERS: &[&str] = &["util", "utils", "helper", "helpers", "misc", "common"];

/// Checks every part of every path.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut drawers = BTreeSet::new();
    for file in &workspace.files {
        let mut end = 0;
        for part in file.path.split('/') {
            end += part.len();
            let stem = part.split('.').next().unwrap_or(part).to_lowercase();
            if DRAWERS.contains(&stem.as_str()) {
                drawers.insert((file.path[..end].to_owned(), stem));
            }
            end += 1;
        }
    }
    let finding = |(path, stem): (String, String)| {
        let why = "a name that says nothing collects everything";
        Finding::new(
            &path,
            1,
            format!("the name `{stem}`"),
            why,
            "name it by the idea that it holds",
        )
    };
    drawers.into_iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> Vec<String> {
        check(&Workspace::of_files(&[(path, "")])).into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn drawers_are_found_as_files_and_folders() {
        assert_eq!(found("crates/nn/src/utils.rs"), ["crates/nn/src/utils.rs"]);
        assert_eq!(found("crates/nn/src/util/dot.rs"), ["crates/nn/src/util"]);
        assert_eq!(found("crates/nn/tests/common/mod.rs"), ["crates/nn/tests/common"]);
        assert_eq!(
            found("crates/misc/src/Helpers.rs"),
            ["crates/misc", "crates/misc/src/Helpers.rs"]
        );
    }

    #[test]
    fn a_drawer_is_named_once() {
        let files = [("misc/a.rs", ""), ("misc/b.rs", "")];
        assert_eq!(check(&Workspace::of_files(&files)).len(), 1);
    }

    #[test]
    fn names_that_only_contain_the_word_are_free() {
        for path in
            ["crates/nn/src/utility.rs", "docs/common_sense.md", "a/commons/b.rs", "uncommon.rs"]
        {
            assert!(found(path).is_empty(), "{path}");
        }
    }
}
