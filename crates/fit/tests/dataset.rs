//! What is accepted, and what comes out.

use fit::{CsvOptions, Dataset};

fn read(text: &str) -> Dataset {
    Dataset::from_csv_str("my.csv", text, &CsvOptions::default()).unwrap()
}

#[test]
fn every_dialect_gives_the_same_table() {
    let plain = read("t,x,y\n0,1.5,\n1,2.5,-3e-2\n");
    assert_eq!(plain.names(), ["x", "y"]);
    assert_eq!(plain.times(), [0.0, 1.0]);
    assert_eq!(plain.values()[0], 1.5);
    assert!(plain.values()[1].is_nan());
    assert_eq!(plain.row(1), [2.5, -0.03]);
    for text in [
        "\u{feff}t,x,y\n0,1.5,\n1,2.5,-3e-2\n", // byte-order mark
        "t,x,y\r\n0,1.5,\r\n1,2.5,-3e-2\r\n",   // CRLF
        "t,x,y\r0,1.5,\r1,2.5,-3e-2",           // CR alone, no last line end
        "\n t , x,\ty \n 0 , 1.5 , \n\n1, 2.5 ,-3e-2", // spaces and blank lines
        "t,x,y\n0,1.5,\n1,2.5,-3e-2\n\n \n\r\n\t\n", // blank lines at the end
        "\"t\",\"x\", \"y\" \n\"0\",1.5,\"\"\n1,\" 2.5 \",-3e-2\n", // quotes
        "# a, b\nt,x,y\n0,1.5,NA\n  # c \"\n1,2.5,-3e-2\n# d", // comments
        "t,x,y\n+0.0,1.5E0,\n1.,2.50,-.03\n",   // ways to write numbers
    ] {
        assert_eq!(read(text), plain, "{text:?}");
    }
    for delimiter in [";", "\t", "|", " ", ":"] {
        let options = CsvOptions { delimiter: delimiter.as_bytes()[0], ..CsvOptions::default() };
        let text = "t,x,y\n0,1.5,\n1,2.5,-3e-2\n".replace(',', delimiter);
        assert_eq!(Dataset::from_csv_str("my.csv", &text, &options).unwrap(), plain);
    }
}

#[test]
fn names_may_hold_anything_in_quotes() {
    let data = read(
        "t,\"a, b\",\"say \"\"x\"\"\",\"two\r\nlines\",\"# no comment\"\n0,1,2,3,4\n1,2,3,4,5\n",
    );
    assert_eq!(data.names(), ["a, b", "say \"x\"", "two\r\nlines", "# no comment"]);
    assert_eq!(read(&data.to_csv()), data);
}

#[test]
fn lines_are_counted_through_quoted_line_ends() {
    let text = "t,\"two\r\nlines\"\n0,1\n1,x\n";
    let error = Dataset::from_csv_str("my.csv", text, &CsvOptions::default()).unwrap_err();
    assert!(error.to_string().starts_with("my.csv, line 4, "), "{error}");
}

#[test]
fn columns_are_chosen_by_name() {
    let text = "who,t,x,y\nA,0,1,2\nB,1,3,4\n";
    let options = CsvOptions {
        time: Some("t".into()),
        states: Some(vec!["y".into(), "x".into()]),
        ..CsvOptions::default()
    };
    let data = Dataset::from_csv_str("my.csv", text, &options).unwrap();
    assert_eq!(data.names(), ["y", "x"]);
    assert_eq!(data.values(), [2.0, 1.0, 4.0, 3.0]);
    assert_eq!((data.index_of("x"), data.index_of("who")), (Some(1), None));
    assert_eq!(data.select(&["x"]).unwrap().series(0), [1.0, 3.0]);
}

#[test]
fn a_file_is_read_as_its_text_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/lynx_hare_1900_1920.csv");
    assert_eq!(Dataset::from_csv_path(path, &CsvOptions::default()).unwrap(), fit::pelts());
}

#[test]
fn parts_fit_together() {
    let data = fit::pelts();
    let (train, test) = data.split_at(1914.5).unwrap();
    assert_eq!((train.len(), test.len()), (15, 6));
    assert_eq!([train.times(), test.times()].concat(), data.times());
    assert_eq!([train.values(), test.values()].concat(), data.values());
    assert_eq!((test.time_name(), test.names()), (data.time_name(), data.names()));
    assert_eq!(data.window(f64::NEG_INFINITY, f64::INFINITY).unwrap(), data);
    assert_eq!(data.window(1900.0, 1914.0).unwrap(), train);
    assert_eq!(data.window(1920.0, 1920.0).unwrap().row(0), [24.7, 8.6]);
    assert!(data.split_at(1900.0).unwrap().0.len() == 1);
}

#[test]
fn the_summary_counts_and_ranks() {
    let nan = f64::NAN;
    let data = Dataset::new(
        &[0.0, 1.0, 2.0, 3.0],
        &["x", "longer name"],
        &[4.0, 1.0, nan, 2.0, -1.0, 3e9, 0.5, 1e-7],
    )
    .unwrap();
    let [x, y] = &data.summary()[..] else { panic!() };
    assert_eq!((x.count, x.missing, x.min, x.median, x.max), (3, 1, -1.0, 0.5, 4.0));
    assert_eq!((y.count, y.missing, y.min, y.median, y.max), (4, 0, 1e-7, 1.5, 3e9));
    assert_eq!(
        data.to_string(),
        "4 rows, t from 0 to 3\n\
         series       n  missing        min  median       max\n\
         x            3        1         -1     0.5         4\n\
         longer name  4        0  1.0000e-7     1.5  3.0000e9"
    );
    // A window may have a series without values.
    let gap = data.window(1.0, 1.0).unwrap();
    assert!(gap.summary()[0].median.is_nan() && gap.summary()[0].missing == 1);
    assert!(gap.to_string().starts_with("1 row, t from 1 to 1"));
    // The median of huge values does not overflow.
    let huge = Dataset::new(&[0.0, 1.0], &["x"], &[f64::MAX, f64::MAX]).unwrap();
    assert_eq!(huge.summary()[0].median, f64::MAX);
}

#[test]
fn the_first_value_without_a_logarithm_is_found() {
    assert_eq!(fit::pelts().first_nonpositive(), None);
    let data = Dataset::new(&[0.0, 1.0], &["x", "y"], &[1.0, f64::NAN, -0.0, -1.0]).unwrap();
    assert_eq!(data.first_nonpositive(), Some((1, 0)));
}
