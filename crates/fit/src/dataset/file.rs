//! Reading a file into text, with errors that help.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::DataError;
use super::records::count_line_ends;
use crate::Error;

/// The largest file that is read, in bytes. Larger ones, and streams without end, are refused.
const LIMIT: u64 = 1 << 30;

/// The text of a file.
pub(super) fn read_text(path: &Path) -> Result<String, Error> {
    read_text_up_to(LIMIT, path)
}

fn read_text_up_to(limit: u64, path: &Path) -> Result<String, Error> {
    let file = path.display().to_string();
    if path.is_dir() {
        return Err(DataError::IsDirectory { file, csv_files: csv_files(path) }.into());
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|open| open.take(limit + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return Err(unreadable(path, file, &error));
    }
    if bytes.len() as u64 > limit {
        return Err(DataError::TooLarge { file, limit }.into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..valid).unwrap_or_default();
        let line = 1 + count_line_ends(&String::from_utf8_lossy(before));
        DataError::InvalidUtf8 { file, line }.into()
    })
}

fn unreadable(path: &Path, file: String, error: &io::Error) -> Error {
    if error.kind() != io::ErrorKind::NotFound {
        return DataError::Unreadable { file, reason: error.to_string() }.into();
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    DataError::FileNotFound {
        file,
        directory: directory.display().to_string(),
        directory_exists: directory.is_dir(),
        csv_files: csv_files(directory),
    }
    .into()
}

/// The names of the CSV files in a directory, sorted; none if it cannot be read.
fn csv_files(directory: &Path) -> Vec<String> {
    let is_csv = |name: &String| {
        Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
    };
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(is_csv)
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn a_file_over_the_limit_is_refused() {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/lynx_hare_1900_1920.csv"));
        let length = std::fs::metadata(path).unwrap().len();
        assert_eq!(read_text_up_to(length, path).unwrap().len() as u64, length);
        let error = read_text_up_to(length - 1, path).unwrap_err();
        let file = path.display().to_string();
        let expected = DataError::TooLarge { file, limit: length - 1 };
        assert_eq!(error.kind(), &ErrorKind::Data(expected));
        assert!(error.to_string().contains("lynx_hare_1900_1920.csv"));
    }
}
