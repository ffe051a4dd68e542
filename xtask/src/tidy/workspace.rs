//! What the rules look at: the packages and the text of every file that git tracks or would add.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::metadata::Metadata;

/// The whole workspace in memory.
pub(crate) struct Workspace {
    pub(crate) metadata: Metadata,
    /// Sorted by path.
    pub(crate) files: Vec<File>,
}

/// One file of the repository.
pub(crate) struct File {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    /// `None` for what is not UTF-8 text.
    pub(crate) text: Option<String>,
}

impl Workspace {
    /// Reads every file of the repository below the root of `metadata`.
    pub(crate) fn load(metadata: Metadata) -> Result<Self, Failure> {
        let mut paths = tracked(&metadata.root).unwrap_or_default();
        if paths.is_empty() {
            // An unpacked archive, or a machine without git: take what lies there.
            walk(&metadata.root, "", &mut paths)?;
        }
        paths.sort();
        paths.dedup();
        let read = |path: String| {
            // A file that is tracked but deleted in the work tree is nothing to check.
            let bytes = std::fs::read(metadata.root.join(&path)).ok()?;
            let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
            Some(File { path, text })
        };
        let files = paths.into_iter().filter_map(read).collect();
        Ok(Self { metadata, files })
    }

    /// Paths and texts of all Rust sources.
    pub(crate) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(|(path, _)| path.ends_with(".rs"))
    }

    /// Paths and texts of all text files.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.texts().find(|(own, _)| *own == path).map(|(_, text)| text)
    }
}

/// Line (from 1) of a byte offset.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset].iter().filter(|&&byte| byte == b'\n').count()
}

/// `git ls-files`, or nothing where git or the repository is missing.
fn tracked(root: &Path) -> Option<Vec<String>> {
    let git = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let list = String::from_utf8_lossy(&git.stdout).into_owned();
    Some(list.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// Every file below `folder`, except build output and the repository itself.
fn walk(root: &Path, folder: &str, paths: &mut Vec<String>) -> Result<(), Failure> {
    let unreadable = |e| Failure::Check(format!("cannot read folder `{folder}`: {e}"));
    for entry in std::fs::read_dir(root.join(folder)).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_file() {
            paths.push(path);
        } else if kind.is_dir() && name != "target" && name != ".git" {
            walk(root, &path, paths)?;
        }
    }
    Ok(())
}

#[cfg(test)]
impl Workspace {
    /// A workspace made of these texts and no packages.
    pub(crate) fn of_files(files: &[(&str, &str)]) -> Self {
        Self::of(Vec::new(), files)
    }

    /// A workspace made of these packages and texts.
    pub(crate) fn of(packages: Vec<crate::metadata::Package>, files: &[(&str, &str)]) -> Self {
        let file =
            |(path, text): &(&str, &str)| File { path: (*path).into(), text: Some((*text).into()) };
        Self {
            metadata: Metadata { root: Path::new("root").into(), packages },
            files: files.iter().map(file).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        assert_eq!(line_of("a\nb\n", 0), 1);
        assert_eq!(line_of("a\nb\n", 2), 2);
        assert_eq!(line_of("a\nb\n", 4), 3);
    }

    #[test]
    fn our_own_sources_are_found_with_and_without_git() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut walked = Vec::new();
        walk(root, "", &mut walked).unwrap();
        assert!(walked.iter().any(|path| path == "src/tidy/workspace.rs"));
        if let Some(tracked) = tracked(root).filter(|list| !list.is_empty()) {
            assert!(tracked.iter().all(|path| !path.starts_with("target/")));
        }
    }
}
