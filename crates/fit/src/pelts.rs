//! The lynx and hare pelts of the Hudson's Bay Company.

use crate::Dataset;

/// The file, with its sources in the first two lines.
const CSV: &str = include_str!("../data/lynx_hare_1900_1920.csv");

/// Pelts of snowshoe hare and Canada lynx bought by the Hudson's Bay Company, in thousands, yearly
/// from 1900 to 1920: 21 rows, time `year`, series `hare` and `lynx`, nothing missing.
///
/// Source: E. P. Odum, *Fundamentals of Ecology* (1953), after D. A. MacLulich (1937) and C. Elton
/// & M. Nicholson, J. Anim. Ecol. 11 (1942), 215–244.
///
/// ```
/// let data = fit::pelts();
/// assert_eq!(data.names(), ["hare", "lynx"]);
/// assert_eq!((data.times()[3], data.row(3)), (1903.0, &[77.4, 35.2][..]));
/// ```
pub fn pelts() -> Dataset {
    // Comments and the header are no numbers, so they give no row. A test compares with the reader
    // of CSV files, which skips nothing in silence.
    let rows: Vec<[f64; 3]> = CSV.lines().filter_map(row).collect();
    Dataset::from_valid_parts(
        "year".into(),
        rows.iter().map(|[year, _, _]| *year).collect(),
        vec!["hare".into(), "lynx".into()],
        rows.iter().flat_map(|[_, hare, lynx]| [*hare, *lynx]).collect(),
    )
}

/// The three numbers of a line.
fn row(line: &str) -> Option<[f64; 3]> {
    let mut cells = line.split(',').map_while(|cell| cell.trim().parse().ok());
    Some([cells.next()?, cells.next()?, cells.next()?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CsvOptions;

    #[test]
    fn the_pelts_are_the_file_and_the_published_numbers() {
        let data = pelts();
        let read = Dataset::from_csv_str("pelts", CSV, &CsvOptions::default()).unwrap();
        assert_eq!(data, read);
        assert_eq!(data.time_name(), "year");
        assert_eq!((data.len(), data.num_series()), (21, 2));
        for (i, year, hare, lynx) in
            [(0, 1900.0, 30.0, 4.0), (3, 1903.0, 77.4, 35.2), (20, 1920.0, 24.7, 8.6)]
        {
            assert_eq!(data.times()[i], year);
            assert_eq!(data.row(i), [hare, lynx]);
        }
        assert!(data.times().windows(2).all(|w| w[1] - w[0] == 1.0));
        assert_eq!(data.first_nonpositive(), None);
    }
}
