//! Where the results go.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder that can be written into.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Tries before the work: a folder that cannot be written into is a disappointment at its end.
    pub(crate) fn create(path: &Path) -> Result<Self, String> {
        let folder = Self(path.into());
        let refused = |error| format!("--out {}: {error}; give another folder", path.display());
        fs::create_dir_all(path).map_err(refused)?;
        folder.write("report.json", "")?;
        Ok(folder)
    }

    /// Writes a file and returns its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.0.join(name);
        match fs::write(&path, text) {
            Ok(()) => Ok(path),
            Err(error) => Err(format!("{}: {error}; give another folder by --out", path.display())),
        }
    }
}
