//! One test per bad input: the kind, its data, and that the text says where and what to try.

use std::path::{Path, PathBuf};

use fit::{CsvOptions, DataError, Dataset, Error, ErrorKind, Place};

fn kind(error: &Error) -> &DataError {
    let ErrorKind::Data(data) = error.kind() else { panic!("not about data: {error:?}") };
    data
}

fn read(text: &str) -> Error {
    read_with(text, &CsvOptions::default())
}

fn read_with(text: &str, options: &CsvOptions) -> Error {
    Dataset::from_csv_str("my.csv", text, options).expect_err("this must be refused")
}

fn line(line: usize) -> Place {
    Place::Line { file: "my.csv".into(), line }
}

#[track_caller]
fn says(error: &Error, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}

/// An empty directory of this test's own.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn missing_file() {
    let dir = directory("missing");
    let path = dir.join("pelt.csv");
    let options = CsvOptions::default();
    says(&Dataset::from_csv_path(&path, &options).unwrap_err(), &["pelt.csv", "no CSV files"]);

    for name in ["pelts.csv", "B.CSV", "notes.txt"] {
        std::fs::write(dir.join(name), "").unwrap();
    }
    let error = Dataset::from_csv_path(&path, &options).unwrap_err();
    let DataError::FileNotFound { csv_files, directory_exists: true, file, .. } = kind(&error)
    else {
        panic!("{error:?}")
    };
    assert_eq!(csv_files, &["B.CSV", "pelts.csv"]);
    assert_eq!(file, &path.display().to_string());
    says(&error, &["pelt.csv", "no such file", "has B.CSV, pelts.csv"]);

    let error = Dataset::from_csv_path(dir.join("no/x.csv"), &options).unwrap_err();
    assert!(matches!(kind(&error), DataError::FileNotFound { directory_exists: false, .. }));
    says(&error, &["x.csv", "directory", "is not there either"]);
    let error = Dataset::from_csv_path("", &options).unwrap_err();
    assert!(matches!(kind(&error), DataError::FileNotFound { .. }));
}

#[test]
fn a_directory_instead_of_a_file() {
    let dir = directory("directory");
    std::fs::write(dir.join("a.csv"), "").unwrap();
    let error = Dataset::from_csv_path(&dir, &CsvOptions::default()).unwrap_err();
    assert!(
        matches!(kind(&error), DataError::IsDirectory { csv_files, .. } if csv_files == &["a.csv"])
    );
    says(&error, &["directory", "give a file", "a.csv"]);
}

#[test]
fn an_unreadable_file() {
    // A file is no directory, whoever asks (permissions do not stop every user).
    let dir = directory("unreadable");
    std::fs::write(dir.join("a.csv"), "").unwrap();
    let error =
        Dataset::from_csv_path(dir.join("a.csv/b.csv"), &CsvOptions::default()).unwrap_err();
    assert!(matches!(
        kind(&error),
        DataError::Unreadable { .. } | DataError::FileNotFound { directory_exists: false, .. }
    ));
    says(&error, &["b.csv"]);
    let error = Dataset::from_csv_path("a\0b", &CsvOptions::default()).unwrap_err();
    assert!(matches!(kind(&error), DataError::Unreadable { .. }));
    says(&error, &["cannot be read", "check"]);
}

#[test]
fn invalid_utf8() {
    let path = directory("utf8").join("latin.csv");
    std::fs::write(&path, b"# note\r\nt,x\r\n0,1\r\n1,\xe9\r\n").unwrap();
    let error = Dataset::from_csv_path(&path, &CsvOptions::default()).unwrap_err();
    assert!(matches!(kind(&error), DataError::InvalidUtf8 { line: 4, .. }), "{error:?}");
    says(&error, &["latin.csv, line 4", "UTF-8", "save the file"]);
}

#[test]
fn empty_file() {
    for text in ["", "\u{feff}", "\n\r\n  \n"] {
        let error = read(text);
        assert_eq!(kind(&error), &DataError::Empty { file: "my.csv".into() });
        says(&error, &["my.csv", "empty", "needs a header"]);
    }
}

#[test]
fn only_comments() {
    let error = read("# a\n\n  # b\n");
    assert_eq!(kind(&error), &DataError::OnlyComments { file: "my.csv".into(), comment: '#' });
    says(&error, &["my.csv", "'#'", "set `comment`"]);
}

#[test]
fn no_header() {
    for text in ["# c\n1900,30.0,4.0\n1901,47.2,6.1\n", "\n1900,,NA\n1901,1,2\n", "#\n\"1\"\n2\n"] {
        let error = read(text);
        assert!(matches!(kind(&error), DataError::NoHeader { place, .. } if *place == line(2)));
        says(&error, &["my.csv, line 2", "all numbers", "add a line with names"]);
    }
}

#[test]
fn header_only() {
    let error = read("# c\nt,x\n# end\n");
    assert_eq!(kind(&error), &DataError::HeaderOnly { place: line(2) });
    says(&error, &["my.csv, line 2", "at least two are needed"]);
}

#[test]
fn one_row() {
    let error = read("t,x\n0,1\n");
    assert_eq!(
        kind(&error),
        &DataError::TooFewRows { place: Place::File("my.csv".into()), rows: 1 }
    );
    says(&error, &["my.csv", "1 row of data", "at least two are needed"]);
}

#[test]
fn a_wrong_column_name() {
    let text = "year,hare,lynx\n1,2,3\n2,3,4\n";
    let states = CsvOptions { states: Some(vec!["Hair".into()]), ..CsvOptions::default() };
    let error = read_with(text, &states);
    assert_eq!(
        kind(&error),
        &DataError::UnknownColumn {
            place: line(1),
            name: "Hair".into(),
            available: vec!["year".into(), "hare".into(), "lynx".into()],
            nearest: Some("hare".into()),
        }
    );
    says(&error, &["my.csv, line 1", "`Hair`", "did you mean `hare`?", "year, hare, lynx"]);

    let time = CsvOptions { time: Some("seconds".into()), ..CsvOptions::default() };
    let error = read_with(text, &time);
    assert!(matches!(kind(&error), DataError::UnknownColumn { nearest: None, .. }));
    says(&error, &["`seconds`", "available: year, hare, lynx"]);

    let error = fit::pelts().select(&["hare", "lyn"]).unwrap_err();
    says(&error, &["the table", "did you mean `lynx`?", "hare, lynx"]);
}

#[test]
fn a_column_asked_for_twice() {
    let text = "t,x\n0,1\n1,2\n";
    for names in [["x", "x"], ["x", "t"]] {
        let states = Some(names.map(String::from).to_vec());
        let error = read_with(text, &CsvOptions { states, ..CsvOptions::default() });
        assert_eq!(kind(&error), &DataError::AskedTwice { name: names[1].into() });
        says(&error, &["once"]);
    }
    let error = fit::pelts().select(&["hare", "hare"]).unwrap_err();
    assert_eq!(kind(&error), &DataError::AskedTwice { name: "hare".into() });
}

#[test]
fn duplicate_column_names() {
    for text in ["#\nt,x, x \n0,1,2\n1,2,3\n", "#\nt,\"t\"\n0,1\n1,2\n"] {
        let error = read(text);
        assert!(
            matches!(kind(&error), DataError::DuplicateColumn { place, .. } if *place == line(2))
        );
        says(&error, &["my.csv, line 2", "two columns", "rename"]);
    }
    for names in [["x", "x"], ["x", "t"]] {
        let error = Dataset::new(&[0.0, 1.0], &names, &[1.0; 4]).unwrap_err();
        assert_eq!(
            kind(&error),
            &DataError::DuplicateColumn { place: Place::Table, name: names[1].into() }
        );
    }
}

#[test]
fn a_column_without_a_name() {
    let text = ",t,x,\n0,0,1,\n1,1,2,\n";
    let error = read(text);
    assert_eq!(kind(&error), &DataError::UnnamedColumn { place: line(1), column: 1 });
    says(&error, &["my.csv, line 1", "column 1", "name it"]);
    // Columns that are not read need no name.
    let options = CsvOptions {
        time: Some("t".into()),
        states: Some(vec!["x".into()]),
        ..CsvOptions::default()
    };
    assert_eq!(Dataset::from_csv_str("my.csv", text, &options).unwrap().series(0), [1.0, 2.0]);
    let error = Dataset::new(&[0.0, 1.0], &[" "], &[1.0, 2.0]).unwrap_err();
    assert_eq!(kind(&error), &DataError::UnnamedColumn { place: Place::Table, column: 1 });
}

#[test]
fn too_few_and_too_many_fields() {
    let error = read("t,x,y\n0,1,2\n# c\n1,2\n");
    assert_eq!(kind(&error), &DataError::FieldCount { place: line(4), expected: 3, found: 2 });
    says(&error, &["my.csv, line 4", "2 fields", "header has 3", "leave a missing value empty"]);
    let error = read("t,x\n0,1\n1,2,5\n");
    assert_eq!(kind(&error), &DataError::FieldCount { place: line(3), expected: 2, found: 3 });
    says(&error, &["my.csv, line 3", "3 fields", "decimals with a point"]);
}

#[test]
fn a_non_number() {
    let error = read("# one\n# two\nt,x\n\n0,1\n1,many\n");
    let (column, text) = ("x".to_string(), "many".to_string());
    assert_eq!(kind(&error), &DataError::NotANumber { place: line(6), column, text });
    says(&error, &["my.csv, line 6", "column `x`", "\"many\"", "`missing`"]);

    says(&read("day,x\n1978-01-22,3\n"), &["line 2", "`day`", "days since"]);
    let semicolons = CsvOptions { delimiter: b';', ..CsvOptions::default() };
    says(&read_with("t;x\n0;1,5\n", &semicolons), &["line 2", "\"1,5\"", "with a point"]);
    let long = format!("t,x\n0,{}\n", "é".repeat(10_000));
    assert!(read(&long).to_string().len() < 300);
}

#[test]
fn nan_and_infinity_in_a_cell() {
    for cell in ["NaN", "nan", "inf", "-Infinity", "1e999"] {
        let error = read(&format!("t,x\n0,1\n1,{cell}\n"));
        let (column, text) = ("x".to_string(), cell.to_string());
        assert_eq!(kind(&error), &DataError::NonFinite { place: line(3), column, text });
        says(&error, &["my.csv, line 3", "column `x`", cell, "leave the cell empty"]);
    }
    assert!(matches!(kind(&read("t,x\ninf,1\n")), DataError::NonFinite { .. }));
    let error = Dataset::new(&[0.0, 1.0], &["x"], &[1.0, f64::INFINITY]).unwrap_err();
    assert!(matches!(kind(&error), DataError::NonFinite { place: Place::Row(1), .. }));
    says(&error, &["row 1", "`x`", "inf"]);
    let error = Dataset::new(&[0.0, f64::INFINITY], &["x"], &[1.0, 2.0]).unwrap_err();
    assert!(matches!(kind(&error), DataError::NonFinite { place: Place::Row(1), .. }));
    // Whoever writes NaN for missing can say so.
    let options = CsvOptions { missing: vec!["NaN".into()], ..CsvOptions::default() };
    let data = Dataset::from_csv_str("my.csv", "t,x\n0,1\n1,NaN\n", &options).unwrap();
    assert!(data.row(1)[0].is_nan());
}

#[test]
fn a_missing_time() {
    for row in [",5", " NA ,5", ","] {
        let error = read(&format!("t,x\n0,1\n1,3\n{row}\n"));
        assert_eq!(kind(&error), &DataError::MissingTime { place: line(4), column: "t".into() });
        says(&error, &["my.csv, line 4", "column `t`", "fill it in or remove the row"]);
    }
    let error = Dataset::new(&[f64::NAN, 1.0], &["x"], &[1.0, 2.0]).unwrap_err();
    assert!(matches!(kind(&error), DataError::MissingTime { place: Place::Row(0), .. }));
}

#[test]
fn unsorted_times() {
    let error = read("t,x\n0,1\n2,3\n# c\n1.5,3\n");
    assert_eq!(
        kind(&error),
        &DataError::UnsortedTimes { place: line(5), previous: 2.0, time: 1.5 }
    );
    says(&error, &["my.csv, line 5", "1.5", "2.0", "sort the rows"]);
    let error = Dataset::new(&[1.0, 0.0], &["x"], &[1.0, 2.0]).unwrap_err();
    says(&error, &["row 1 of the table", "sort the rows"]);
}

#[test]
fn duplicate_times() {
    let error = read("t,x\n0,1\n2,3\n2.0,3\n");
    assert_eq!(kind(&error), &DataError::DuplicateTime { place: line(4), time: 2.0 });
    says(&error, &["my.csv, line 4", "2.0", "average or remove"]);
    let error = Dataset::new(&[-0.0, 0.0], &["x"], &[1.0, 2.0]).unwrap_err();
    assert!(matches!(kind(&error), DataError::DuplicateTime { place: Place::Row(1), .. }));
}

#[test]
fn a_series_without_values() {
    let error = read("t,x,y\n0,1,\n1,2,NA\n");
    let (place, column) = (Place::File("my.csv".into()), "y".to_string());
    assert_eq!(kind(&error), &DataError::AllMissing { place, column });
    says(&error, &["my.csv", "column `y`", "all values are missing", "`states`"]);
    let error = Dataset::new(&[0.0, 1.0], &["x"], &[f64::NAN; 2]).unwrap_err();
    assert!(matches!(kind(&error), DataError::AllMissing { place: Place::Table, .. }));
}

#[test]
fn a_wrong_delimiter() {
    for (text, name) in [("t;x\n0;1\n", "b';'"), ("t\tx\n0\t1\n", "b'\\t'"), ("t|x\n0|1\n", "b'|'")]
    {
        let error = read(text);
        let found = text.as_bytes()[1];
        assert!(matches!(
            kind(&error),
            DataError::WrongDelimiter { used: b',', found: f, place, .. } if *f == found && *place == line(1)
        ));
        says(&error, &["my.csv, line 1", "single field", &format!("pass `delimiter: {name}`")]);
    }
    let tabs = CsvOptions { delimiter: b'\t', ..CsvOptions::default() };
    says(&read_with("t,x\n0,1\n", &tabs), &["pass `delimiter: b','`"]);
}

#[test]
fn no_series() {
    let error = read("t\n0\n1\n");
    assert_eq!(kind(&error), &DataError::NoSeries { place: line(1) });
    says(&error, &["my.csv, line 1", "at least one column", "`delimiter`"]);
    let none = CsvOptions { states: Some(vec![]), ..CsvOptions::default() };
    assert!(matches!(kind(&read_with("t,x\n0,1\n", &none)), DataError::NoSeries { .. }));
    let empty: [&str; 0] = [];
    let error = Dataset::new(&[0.0, 1.0], &empty, &[]).unwrap_err();
    assert_eq!(kind(&error), &DataError::NoSeries { place: Place::Table });
    let error = fit::pelts().select(&empty).unwrap_err();
    assert_eq!(kind(&error), &DataError::NoSeries { place: Place::Table });
}

#[test]
fn bad_quotes() {
    let error = read("t,x\n0,1\n1,\"2\n2,3\n3,4\n");
    assert_eq!(kind(&error), &DataError::UnclosedQuote { place: line(3) });
    says(&error, &["my.csv, line 3", "never closed", "close or remove it"]);
    let error = read("t,x\n0,\"1\" 2\n");
    assert!(matches!(kind(&error), DataError::TextAfterQuote { place, .. } if *place == line(2)));
    says(&error, &["my.csv, line 2", "\"1\"", "twice"]);
}

#[test]
fn options_that_make_no_sense() {
    for delimiter in [b'"', b'\n', b'.', b'-', b'1', b'e', 0xc3, 0] {
        let error = read_with("t,x\n0,1\n", &CsvOptions { delimiter, ..CsvOptions::default() });
        assert!(matches!(kind(&error), DataError::InvalidOption { option: "delimiter", .. }));
        says(&error, &["`delimiter`", "must be one of"]);
    }
    for comment in [b',', b'1', b'-', b'"', b' ', 0xff] {
        let options = CsvOptions { comment: Some(comment), ..CsvOptions::default() };
        let error = read_with("t,x\n0,1\n", &options);
        assert!(matches!(kind(&error), DataError::InvalidOption { option: "comment", .. }));
        says(&error, &["`comment`", "must be None"]);
    }
}

#[test]
fn slices_that_do_not_fit() {
    let error = Dataset::new(&[0.0, 1.0], &["x", "y"], &[1.0, 2.0, 3.0]).unwrap_err();
    assert_eq!(kind(&error), &DataError::Dimension { rows: 2, series: 2, found: 3 });
    says(&error, &["`values` has length 3", "2 times and 2 names", "need 4"]);
    let error = Dataset::new(&[0.0], &["x"], &[1.0]).unwrap_err();
    assert_eq!(kind(&error), &DataError::TooFewRows { place: Place::Table, rows: 1 });
}

#[test]
fn empty_windows() {
    let data = fit::pelts();
    let nan = f64::NAN;
    for (t0, t1) in
        [(1921.0, 1930.0), (1905.0, 1904.0), (1900.1, 1900.9), (nan, 1905.0), (1905.0, nan)]
    {
        let error = data.window(t0, t1).unwrap_err();
        assert!(matches!(kind(&error), DataError::EmptyWindow { first: 1900.0, last: 1920.0, .. }));
        says(&error, &["no row", "from 1900.0 to 1920.0"]);
    }
    for t in [1899.0, 1920.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(kind(&data.split_at(t).unwrap_err()), DataError::EmptyWindow { .. }));
    }
}
