//! What the errors of measurements say.

use std::fmt;

use super::DataError;

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileNotFound { file, directory, directory_exists, csv_files } => {
                write!(f, "{file}: there is no such file; ")?;
                match (directory_exists, csv_files.as_slice()) {
                    (false, _) => write!(f, "the directory {directory} is not there either"),
                    (true, []) => write!(f, "{directory} has no CSV files: check the path"),
                    (true, names) => write!(f, "{directory} has {}", list(names)),
                }
            }
            Self::IsDirectory { file, csv_files } => {
                write!(f, "{file}: this is a directory, give a file")?;
                match csv_files.as_slice() {
                    [] => write!(f, " (there are no CSV files in it)"),
                    names => write!(f, "; in it: {}", list(names)),
                }
            }
            Self::Unreadable { file, reason } => write!(
                f,
                "{file}: the file cannot be read ({reason}): check that it is a plain file and \
                 that you may read it"
            ),
            Self::TooLarge { file, limit } => {
                write!(f, "{file}: more than {limit} bytes: give fewer rows or columns")
            }
            Self::InvalidUtf8 { file, line } => write!(
                f,
                "{file}, line {line}: this is not UTF-8 text: save the file as CSV in UTF-8 (a \
                 spreadsheet must be exported first)"
            ),
            Self::InvalidOption { option, value, must } => {
                write!(f, "the option `{option}` is '{value}', but must be {must}")
            }
            Self::Empty { file } => {
                write!(f, "{file}: the file is empty: it needs a header and at least two rows")
            }
            Self::OnlyComments { file, comment } => write!(
                f,
                "{file}: every line is a comment (starts with '{comment}'): it needs a header and \
                 at least two rows; set `comment` if '{comment}' starts no comment"
            ),
            Self::NoHeader { place, first } => write!(
                f,
                "{place}: there is no header, the first row is all numbers ({}): add a line with \
                 names before it, such as `t,x,y`; names behind a comment sign do not count",
                excerpt(first)
            ),
            Self::WrongDelimiter { place, header, used, found } => write!(
                f,
                "{place}: the header is a single field, {}, with '{}' as the delimiter: pass \
                 `delimiter: b'{}'`",
                excerpt(header),
                char::from(*used).escape_default(),
                char::from(*found).escape_default()
            ),
            Self::HeaderOnly { place } => {
                write!(f, "{place}: no row follows the header: at least two are needed")
            }
            Self::NoSeries { place } => write!(
                f,
                "{place}: there is no series: give at least one column beside the time, and set \
                 `delimiter` if columns are not separated by commas"
            ),
            Self::UnnamedColumn { place, column } => write!(
                f,
                "{place}: column {column} has no name: name it, or name the columns to read in \
                 `time` and `states`"
            ),
            Self::DuplicateColumn { place, name } => {
                write!(f, "{place}: two columns are called `{name}`: rename one of them")
            }
            Self::UnknownColumn { place, name, available, nearest } => {
                write!(f, "{place}: there is no column `{name}`")?;
                if let Some(nearest) = nearest {
                    write!(f, ", did you mean `{nearest}`?")?;
                }
                write!(f, "; available: {}", list(available))
            }
            Self::AskedTwice { name } => write!(
                f,
                "the column `{name}` is asked for twice: list every column once, and the time not \
                 among the series"
            ),
            Self::UnclosedQuote { place } => {
                write!(f, "{place}: a quote \" is opened here and never closed: close or remove it")
            }
            Self::TextAfterQuote { place, field } => write!(
                f,
                "{place}: text follows the closing quote of {}: write a quote inside a quoted \
                 field twice (\"\")",
                excerpt(field)
            ),
            Self::FieldCount { place, expected, found } => write!(
                f,
                "{place}: {found} field{}, but the header has {expected}: {}",
                if *found == 1 { "" } else { "s" },
                if found < expected {
                    "leave a missing value empty but keep its delimiter"
                } else {
                    "put quotes around text with delimiters in it, and write decimals with a point"
                }
            ),
            Self::NotANumber { place, column, text } => write!(
                f,
                "{place}, column `{column}`: {} is not a number: {}",
                excerpt(text),
                not_a_number_advice(text)
            ),
            Self::NonFinite { place, column, text } => write!(
                f,
                "{place}, column `{column}`: {} is not finite: leave the cell empty if the value is \
                 missing, or add this text to `missing`",
                excerpt(text)
            ),
            Self::MissingTime { place, column } => write!(
                f,
                "{place}, column `{column}`: the time is missing: fill it in or remove the row"
            ),
            Self::UnsortedTimes { place, previous, time } => write!(
                f,
                "{place}: the time {time:?} comes after {previous:?}: sort the rows by time, or \
                 name the right column in `time`"
            ),
            Self::DuplicateTime { place, time } => write!(
                f,
                "{place}: the time {time:?} is there twice: average or remove repeated rows, give \
                 one subject per file, or name the right column in `time`"
            ),
            Self::TooFewRows { place, rows } => write!(
                f,
                "{place}: {rows} row{} of data: at least two are needed",
                if *rows == 1 { "" } else { "s" }
            ),
            Self::AllMissing { place, column } => write!(
                f,
                "{place}, column `{column}`: all values are missing: leave this column out by \
                 naming the others in `states`, or check `missing`"
            ),
            Self::Dimension { rows, series, found } => write!(
                f,
                "`values` has length {found}, but {rows} times and {series} names need {}: give \
                 one value per time and name, NaN if missing",
                rows.saturating_mul(*series)
            ),
            Self::EmptyWindow { t0, t1, first, last } => write!(
                f,
                "no row has a time from {t0:?} to {t1:?}: choose times inside the data, which go \
                 from {first:?} to {last:?}"
            ),
        }
    }
}

/// The first names of a list, and how many more there are.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text += &format!(" and {} more", names.len() - SHOWN);
    }
    text
}

/// A text in quotes, cut if it is long, with control characters made visible.
fn excerpt(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", &text[..end]),
    }
}

fn not_a_number_advice(text: &str) -> &'static str {
    let is_made_of = |marks: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || marks.contains(c))
    };
    if is_made_of("+-,") && text.contains(',') {
        "write decimals with a point"
    } else if is_made_of("-/:. TZ") && text.contains(['-', '/', ':']) {
        "write dates as numbers, such as days since the first"
    } else {
        "correct it, or add this text to `missing` if it stands for a missing value"
    }
}
