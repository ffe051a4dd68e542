//! Random tables survive CSV to the last bit, and no bytes make the reader panic.

use fit::{CsvOptions, Dataset};
use proptest::prelude::*;

/// Times, names and values of a valid table, with about a quarter of the values missing.
fn tables() -> impl Strategy<Value = (Vec<f64>, Vec<String>, Vec<f64>)> {
    let finite = || any::<f64>().prop_filter("finite", |x| x.is_finite());
    let times = prop::collection::vec(finite(), 2..12).prop_map(|mut times| {
        times.sort_by(f64::total_cmp);
        times.dedup();
        times
    });
    // Line ends, quotes, delimiters and comment signs are all in `.` or added to it.
    let name = "([,\"#;\r\n é]|.){1,8}".prop_map(|name| name.trim().to_string());
    let names = prop::collection::hash_set(name, 1..5).prop_map(|names| {
        names.into_iter().filter(|name| !name.is_empty() && name != "t").collect::<Vec<_>>()
    });
    (times, names)
        .prop_filter("rows and series", |(times, names)| times.len() > 1 && !names.is_empty())
        .prop_flat_map(move |(times, names)| {
            let (count, width) = (times.len() * names.len(), names.len());
            let value = prop_oneof![3 => finite(), 1 => Just(f64::NAN)];
            let values = prop::collection::vec(value, count).prop_map(move |mut values| {
                for first in &mut values[..width] {
                    if first.is_nan() {
                        *first = 1.0;
                    }
                }
                values
            });
            (Just(times), Just(names), values)
        })
}

fn bits(values: &[f64]) -> Vec<Option<u64>> {
    values.iter().map(|value| (!value.is_nan()).then(|| value.to_bits())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_table_survives_csv_exactly((times, names, values) in tables()) {
        let data = Dataset::new(&times, &names, &values).unwrap();
        let back = Dataset::from_csv_str("x", &data.to_csv(), &CsvOptions::default()).unwrap();
        prop_assert_eq!(back.names(), &names[..]);
        prop_assert_eq!(bits(back.times()), bits(&times));
        prop_assert_eq!(bits(back.values()), bits(&values));
        prop_assert_eq!(&back, &data);
        let _ = data.to_string();
    }

    /// The `csv` crate reads what we write, and we read what it writes.
    #[test]
    fn the_csv_crate_agrees((times, names, values) in tables()) {
        let data = Dataset::new(&times, &names, &values).unwrap();
        let text = data.to_csv();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(String::from).collect();
        prop_assert_eq!(&header[0], "t");
        prop_assert_eq!(&header[1..], &names[..]);
        let mut rows = 0;
        for (record, (time, row)) in reader.records().zip(data.rows()) {
            let record = record.unwrap();
            let cells: Vec<f64> = record.iter().map(|c| c.parse().unwrap_or(f64::NAN)).collect();
            prop_assert_eq!(bits(&cells), bits(&[&[time], row].concat()));
            rows += 1;
        }
        prop_assert_eq!(rows, times.len());

        let mut writer = csv::WriterBuilder::new()
            .quote_style(csv::QuoteStyle::Always)
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer.write_record(&header).unwrap();
        for (time, row) in data.rows() {
            let cell = |x: &f64| if x.is_nan() { "NA".into() } else { x.to_string() };
            writer.write_record([time].iter().chain(row).map(cell)).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let back = Dataset::from_csv_str("x", &text, &CsvOptions::default()).unwrap();
        prop_assert_eq!(back, data);
    }

    #[test]
    fn windows_and_splits_lose_nothing((times, names, values) in tables(), at in 0usize..12) {
        let data = Dataset::new(&times, &names, &values).unwrap();
        let t = times[at % times.len()];
        match data.split_at(t) {
            Ok((train, test)) => {
                prop_assert!(train.times().iter().all(|&time| time <= t));
                prop_assert!(test.times().iter().all(|&time| time > t));
                let both = [train.values(), test.values()].concat();
                prop_assert_eq!(bits(&both), bits(&values));
            }
            Err(_) => prop_assert_eq!(Some(&t), times.last()),
        }
        prop_assert_eq!(data.window(t, t).unwrap().times().to_vec(), vec![t]);
        let backwards: Vec<&String> = names.iter().rev().collect();
        prop_assert_eq!(data.select(&backwards).unwrap().select(&names).unwrap(), data);
    }

    #[test]
    fn no_text_panics(
        text in "([t,x;\"#\n\r\t 0-9.eE+-]|NA|nan|inf|.){0,200}",
        delimiter: u8,
        comment: Option<u8>,
        time in prop::option::of("[tx]{0,2}"),
    ) {
        let options = CsvOptions { delimiter, comment, time, ..CsvOptions::default() };
        for options in [options, CsvOptions::default()] {
            match Dataset::from_csv_str("x", &text, &options) {
                Ok(data) => {
                    let _ = (data.to_string(), data.window(0.0, 1.0), data.split_at(0.0));
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }

    /// Almost a table, so that the checks behind the header are reached as well.
    #[test]
    fn no_almost_table_panics(
        rows in prop::collection::vec(prop::collection::vec("[0-9]{1,2}|NA||-1e9|\"3\"|\"|x", 1..4), 0..6),
    ) {
        let mut text = String::from("t,x\n");
        for row in rows {
            text += &(row.join(",") + "\n");
        }
        if let Ok(data) = Dataset::from_csv_str("x", &text, &CsvOptions::default()) {
            prop_assert!(data.len() >= 2);
            prop_assert!(data.times().windows(2).all(|w| w[0] < w[1]));
        }
    }
}

#[test]
fn no_bytes_in_a_file_panic() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("random-bytes.csv");
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    runner
        .run(&bytes, |bytes| {
            std::fs::write(&path, &bytes).unwrap();
            if let Err(error) = Dataset::from_csv_path(&path, &CsvOptions::default()) {
                prop_assert!(error.to_string().contains("random-bytes.csv"));
            }
            Ok(())
        })
        .unwrap();
}
