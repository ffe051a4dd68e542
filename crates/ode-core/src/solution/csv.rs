//! Solutions as comma-separated values (RFC 4180), written and read by the same few rules.

use super::Solution;
use crate::{Error, ErrorKind, check};
use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufWriter, Read, Write};

impl Solution<f64> {
    /// Comma-separated values: a header `t,name,…`, then one line per point.
    ///
    /// Numbers are written in the fewest digits that give them back to the last bit; NaN and
    /// infinities as `NaN`, `inf` and `-inf`. Names with commas, quotes or line ends are quoted.
    ///
    /// ```
    /// # system::system! { struct Decay; state { u } params {} rhs(_t) { d(u) = -u; } }
    /// use ode_core::{OdeProblem, Options, Save, Solution, Tsit5, solve};
    ///
    /// let problem = OdeProblem::new(Decay, [1.0], [], (0.0, 5.0))?;
    /// let options = Options { save: Save::At(vec![0.0, 1.0]), ..Options::default() };
    /// let csv = solve(&problem, Tsit5, &options)?.to_csv();
    /// assert!(csv.starts_with("t,u\n0.0,1.0\n1.0,0.3678794"));
    /// assert_eq!(Solution::from_csv(&csv)?.to_csv(), csv);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_csv(&self) -> String {
        Table(self).to_string()
    }

    /// As [`to_csv`](Solution::to_csv), into a file or any other writer; buffered.
    ///
    /// # Errors
    ///
    /// When the writer fails.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        write!(out, "{}", Table(self))?;
        out.flush()
    }

    /// A solution from what [`to_csv`](Solution::to_csv) wrote: the points, without interpolants and
    /// statistics.
    ///
    /// The header must begin with `t`. Lines may end in `\n` or `\r\n`; empty ones are skipped.
    ///
    /// ```
    /// use ode_core::{ErrorKind, Solution};
    ///
    /// let solution = Solution::from_csv("t,\"prey, young\"\n0,1\n0.5,1e-3\n")?;
    /// assert_eq!(solution.names(), ["prey, young"]);
    /// assert_eq!(solution.last(), [0.001]);
    /// let error = Solution::from_csv("t,u\n0,one\n").unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Csv { line: 2, column: 2, .. }));
    /// # Ok::<(), ode_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the header does not begin with `t`, a line has another number of fields, a field is no
    /// number, a quote is not closed, or the times are not finite or not in order.
    pub fn from_csv(text: &str) -> Result<Self, Error> {
        let mut records = Records { rest: text.trim_start_matches('\u{feff}'), line: 1 };
        let Some(header) = records.next()? else {
            return refuse(1, 1, "there is no header `t,name,…`");
        };
        let mut names = header.fields.into_iter();
        if names.next().as_deref() != Some("t") {
            return refuse(header.line, 1, "the first column must be the time `t`");
        }
        let mut solution = Self::new(names.map(Cow::into_owned).collect::<Vec<_>>());
        let mut lines = Vec::new();
        while let Some(Record { line, fields }) = records.next()? {
            let expected = solution.dim() + 1;
            if fields.len() != expected {
                let found = fields.len();
                let problem = format!("the line has {found} fields, but the header {expected}");
                return refuse(line, found.min(expected), problem);
            }
            for (column, field) in fields.iter().enumerate() {
                let Ok(value) = field.trim_matches([' ', '\t']).parse() else {
                    let problem = format!("{:?} is no number", shortened(field));
                    return refuse(line, column + 1, problem);
                };
                match column {
                    0 => solution.times.push(value),
                    _ => solution.states.push(value),
                }
            }
            lines.push(line);
        }
        match check::order(&solution.times) {
            Ok(()) => Ok(solution),
            Err((i, problem)) => refuse(lines[i], 1, problem),
        }
    }

    /// As [`from_csv`](Solution::from_csv), from a file or any other reader, which is read whole.
    ///
    /// # Errors
    ///
    /// As [`from_csv`](Solution::from_csv), and when the reader fails or its bytes are no UTF-8.
    pub fn read_csv(mut reader: impl Read) -> Result<Self, Error> {
        let mut text = String::new();
        match reader.read_to_string(&mut text) {
            Ok(_) => Self::from_csv(&text),
            Err(error) => Err(ErrorKind::Read { reason: error.to_string() }.into()),
        }
    }
}

fn refuse<T>(line: usize, column: usize, problem: impl Into<String>) -> Result<T, Error> {
    Err(ErrorKind::Csv { line, column, problem: problem.into() }.into())
}

/// Enough of a field to recognise it.
fn shortened(field: &str) -> String {
    const MOST: usize = 30;
    let mut short: String = field.chars().take(MOST).collect();
    if short.len() < field.len() {
        short.push('…');
    }
    short
}

/// Writes a solution.
struct Table<'a>(&'a Solution<f64>);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("t")?;
        for name in self.0.names() {
            if name.contains([',', '"', '\r', '\n']) {
                write!(f, ",\"{}\"", name.replace('"', "\"\""))?;
            } else {
                write!(f, ",{name}")?;
            }
        }
        for (t, u) in self.0 {
            write!(f, "\n{t:?}")?;
            for u in u {
                write!(f, ",{u:?}")?;
            }
        }
        f.write_str("\n")
    }
}

/// What is not read yet.
struct Records<'a> {
    rest: &'a str,
    /// The line, from 1.
    line: usize,
}

struct Record<'a> {
    /// The line that it begins on.
    line: usize,
    fields: Vec<Cow<'a, str>>,
}

impl<'a> Records<'a> {
    fn next(&mut self) -> Result<Option<Record<'a>>, Error> {
        while self.skip_line_end() {}
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut record = Record { line: self.line, fields: Vec::new() };
        loop {
            let column = record.fields.len() + 1;
            record.fields.push(match self.rest.strip_prefix('"') {
                Some(quoted) => self.quoted(quoted, column)?,
                None => self.plain(column)?,
            });
            if let Some(rest) = self.rest.strip_prefix(',') {
                self.rest = rest;
            } else if self.rest.is_empty() || self.skip_line_end() {
                return Ok(Some(record));
            } else {
                return refuse(self.line, column, "there is text after a closing quote");
            }
        }
    }

    fn skip_line_end(&mut self) -> bool {
        let after = self.rest.strip_prefix('\n').or_else(|| self.rest.strip_prefix("\r\n"));
        self.rest = after.unwrap_or(self.rest);
        self.line += usize::from(after.is_some());
        after.is_some()
    }

    /// A field up to the next comma or the end of the line.
    fn plain(&mut self, column: usize) -> Result<Cow<'a, str>, Error> {
        let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        let is_last = !self.rest[end..].starts_with(',');
        let field = &self.rest[..end];
        let field = if is_last { field.strip_suffix('\r').unwrap_or(field) } else { field };
        if field.contains('"') {
            return refuse(self.line, column, "there is a quote in a field that is not quoted");
        }
        // Leaves the whole line end.
        self.rest = if is_last { &self.rest[field.len()..] } else { &self.rest[end..] };
        if self.rest == "\r" {
            self.rest = "";
        }
        Ok(Cow::Borrowed(field))
    }

    /// A field up to its closing quote; `""` stands for a quote.
    fn quoted(&mut self, mut rest: &'a str, column: usize) -> Result<Cow<'a, str>, Error> {
        let mut field = String::new();
        let opened = self.line;
        loop {
            let Some((part, after)) = rest.split_once('"') else {
                return refuse(opened, column, "a quote is not closed");
            };
            field += part;
            self.line += part.matches('\n').count();
            match after.strip_prefix('"') {
                Some(after) => {
                    field.push('"');
                    rest = after;
                }
                None => {
                    self.rest = after;
                    return Ok(Cow::Owned(field));
                }
            }
        }
    }
}
