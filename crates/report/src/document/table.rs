//! Tables of text and numbers.

use crate::error::{Error, ErrorKind};
use crate::number::significant;
use crate::text::escape;

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// To the left: text.
    Left,
    /// In the middle.
    Center,
    /// To the right: numbers.
    Right,
}

/// Which cell of a column is marked as the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Best {
    /// The smallest finite number.
    Min,
    /// The largest finite number.
    Max,
}

/// The content of one cell.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Cell {
    /// Text as it is.
    Text(String),
    /// A number, written with the digits of the table. Not finite: shown as it is, never the best.
    Number(f64),
    /// A count, written in full.
    Integer(i64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

/// A table with headers, a caption, and the best number of a column marked.
///
/// # Examples
/// ```
/// use report::{Best, Table};
/// let table = Table::new(&["model", "forecast rmse"])
///     .row(&["universal ODE".into(), 0.31.into()])?
///     .row(&["mechanistic".into(), 0.42.into()])?
///     .best(1, Best::Min)?
///     .caption("Errors on the log scale.");
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    headers: Vec<String>,
    rows: Vec<Vec<Cell>>,
    align: Vec<Option<Align>>,
    best: Vec<Option<Best>>,
    digits: usize,
    pub(super) caption: String,
}

impl Table {
    /// A table without rows; one column per header.
    pub fn new<S: AsRef<str>>(headers: &[S]) -> Self {
        Self {
            headers: headers.iter().map(|h| h.as_ref().to_owned()).collect(),
            rows: Vec::new(),
            align: vec![None; headers.len()],
            best: vec![None; headers.len()],
            digits: 3,
            caption: String::new(),
        }
    }

    /// Adds a row of as many cells as there are headers; another number is an error.
    pub fn row(mut self, cells: &[Cell]) -> Result<Self, Error> {
        Error::check_lengths("table: headers and cells", self.headers.len(), cells.len())?;
        self.rows.push(cells.to_vec());
        Ok(self)
    }

    /// Sets one column (from 0). Without it numbers stand right and text left.
    pub fn align(mut self, column: usize, align: Align) -> Result<Self, Error> {
        self.check_column(column)?;
        self.align[column] = Some(align);
        Ok(self)
    }

    /// Marks the best number of a column (from 0); equal ones are all marked.
    pub fn best(mut self, column: usize, best: Best) -> Result<Self, Error> {
        self.check_column(column)?;
        self.best[column] = Some(best);
        Ok(self)
    }

    /// Significant digits of numbers; 3 at first.
    pub fn digits(mut self, digits: usize) -> Self {
        self.digits = digits;
        self
    }

    /// Text above the table.
    pub fn caption(mut self, caption: &str) -> Self {
        self.caption = caption.into();
        self
    }

    fn check_column(&self, column: usize) -> Result<(), Error> {
        let columns = self.headers.len();
        if column < columns {
            return Ok(());
        }
        Err(ErrorKind::NoSuchColumn { column, columns }.into())
    }

    /// The number that is the best of a column.
    fn best_of(&self, column: usize) -> Option<f64> {
        let better = match self.best[column]? {
            Best::Min => f64::min,
            Best::Max => f64::max,
        };
        self.rows
            .iter()
            .filter_map(|row| match row[column] {
                Cell::Number(v) if v.is_finite() => Some(v),
                Cell::Integer(v) => Some(v as f64),
                _ => None,
            })
            .reduce(better)
    }

    fn class(&self, column: usize) -> &'static str {
        let numeric = || {
            let cells = || self.rows.iter().map(|row| &row[column]);
            cells().any(|c| !matches!(c, Cell::Text(_)))
                && !cells().any(|c| matches!(c, Cell::Text(t) if t.chars().count() > 3))
        };
        match self.align[column] {
            Some(Align::Left) => "",
            Some(Align::Center) => "c",
            Some(Align::Right) => "r",
            None if numeric() => "r",
            None => "",
        }
    }

    /// The `<table>`, its caption preceded by `number`.
    pub(super) fn html(&self, number: usize) -> String {
        let attribute = |classes: [&str; 2]| {
            let joined = classes.join(" ");
            match joined.trim() {
                "" => String::new(),
                some => format!(" class=\"{some}\""),
            }
        };
        let mut out = String::from("<div class=\"scroll\"><table>");
        out.push_str(&format!(
            "<caption><b>Table {number}.</b> {}</caption>",
            escape(&self.caption)
        ));
        out.push_str("<thead><tr>");
        for (column, header) in self.headers.iter().enumerate() {
            let class = attribute([self.class(column), ""]);
            out.push_str(&format!("<th scope=\"col\"{class}>{}</th>", escape(header)));
        }
        out.push_str("</tr></thead><tbody>");
        let best: Vec<Option<f64>> = (0..self.headers.len()).map(|c| self.best_of(c)).collect();
        for row in &self.rows {
            out.push_str("<tr>");
            for (column, cell) in row.iter().enumerate() {
                let (text, marked) = match cell {
                    Cell::Text(text) => (text.clone(), false),
                    Cell::Integer(v) => {
                        (v.to_string().replace('-', "−"), best[column] == Some(*v as f64))
                    }
                    Cell::Number(v) => (significant(*v, self.digits), best[column] == Some(*v)),
                };
                let class = attribute([self.class(column), if marked { "best" } else { "" }]);
                out.push_str(&format!("<td{class}>{}</td>", escape(&text)));
            }
            out.push_str("</tr>");
        }
        out.push_str("</tbody></table></div>\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(values: &[f64]) -> Table {
        values.iter().fold(Table::new(&["v"]), |t, &v| t.row(&[v.into()]).unwrap())
    }

    #[test]
    fn the_best_ignores_what_is_not_finite_and_marks_ties() {
        let t = table(&[2.0, f64::NAN, 1.0, f64::NEG_INFINITY, 1.0]).best(0, Best::Min).unwrap();
        let html = t.html(1);
        assert_eq!(html.matches("best").count(), 2);
        assert!(html.contains("<td class=\"r best\">1.00</td>") && html.contains("NaN"));
        let t = table(&[2.0, f64::INFINITY, 1.0]).best(0, Best::Max).unwrap();
        assert!(t.html(1).contains("<td class=\"r best\">2.00</td>"));
    }

    #[test]
    fn wrong_sizes_are_typed_errors() {
        let error = Table::new(&["a", "b"]).row(&["only one".into()]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::LengthMismatch { expected: 2, found: 1, .. }));
        let error = Table::new(&["a"]).best(1, Best::Min).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NoSuchColumn { column: 1, columns: 1 }));
    }
}
