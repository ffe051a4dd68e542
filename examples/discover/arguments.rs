//! What the user asks for.

use sciml::fit::{self, DataError, ErrorKind};
use std::error::Error;
use std::fmt;
use std::path::PathBuf;

/// How to call the program.
pub(crate) const USAGE: &str = "\
discover: from measurements and half a model to the model

  cargo run --release --example discover [-- OPTIONS]

  (none)                the lynx and hare pelts of the Hudson's Bay Company, 1900-1920
  --synthetic           data with a known truth, and how well it is recovered
  --data FILE           your own measurements: a CSV with a header, times in the first column
  --states PREY,PRED    the two columns to model (default: the first two after the time)
  --time COLUMN         the column of times (default: the first)
  --delimiter CHAR      what separates columns (default: a comma; `tab` for a tab)
  --train-until T       fit up to this time, forecast the rest (default: 70 % of the span)
  --seed N              seed of everything random (default: 1)
  --out FOLDER          where the report goes (default: target/discover)
";

/// The options.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) source: Source,
    pub(crate) seed: u64,
    pub(crate) out: PathBuf,
    pub(crate) help: bool,
}

/// Where the measurements come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    Pelts,
    Synthetic,
    File {
        path: PathBuf,
        states: Option<Vec<String>>,
        time: Option<String>,
        delimiter: u8,
        train_until: Option<f64>,
    },
}

/// A command line that cannot be understood.
#[derive(Debug)]
pub(crate) struct Misuse(String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\n{USAGE}", self.0)
    }
}

impl Error for Misuse {}

impl From<lexopt::Error> for Misuse {
    fn from(error: lexopt::Error) -> Self {
        Self(error.to_string())
    }
}

impl Arguments {
    /// Reads the command line.
    pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        use lexopt::prelude::*;

        let mut found = Self {
            source: Source::Pelts,
            seed: 1,
            out: PathBuf::from("target/discover"),
            help: false,
        };
        let (mut path, mut states, mut time, mut delimiter) = (None, None, None, b',');
        let (mut train_until, mut synthetic, mut of_file) = (None, false, None);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("help") | Short('h') => found.help = true,
                Long("synthetic") => synthetic = true,
                Long("data") => path = Some(PathBuf::from(parser.value()?)),
                Long("seed") => {
                    let text = parser.value()?.string()?;
                    found.seed = text.parse().map_err(|_| {
                        Misuse(format!(
                            "--seed takes a whole number from 0 to 2^64 - 1, not {text:?}"
                        ))
                    })?;
                }
                Long("out") => found.out = parser.value()?.into(),
                Long("states") => {
                    of_file = Some("--states");
                    let names = parser.value()?.string()?;
                    states = Some(names.split(',').map(|s| s.trim().to_string()).collect());
                }
                Long("time") => {
                    of_file = Some("--time");
                    time = Some(parser.value()?.string()?);
                }
                Long("delimiter") => {
                    of_file = Some("--delimiter");
                    delimiter = one_character(&parser.value()?.string()?)?;
                }
                Long("train-until") => {
                    of_file = Some("--train-until");
                    train_until = Some(finite_time(&parser.value()?.string()?)?);
                }
                _ => return Err(argument.unexpected().into()),
            }
        }
        found.source = match (path, synthetic, of_file) {
            (Some(_), true, _) => {
                return Err(Misuse("give --data or --synthetic, not both".into()));
            }
            (Some(path), false, _) => Source::File { path, states, time, delimiter, train_until },
            (None, _, Some(option)) => {
                return Err(Misuse(format!("{option} goes with --data FILE")));
            }
            (None, true, None) => Source::Synthetic,
            (None, false, None) => Source::Pelts,
        };
        Ok(found)
    }
}

/// What to change on the command line, where an error of the library speaks of its own settings.
pub(crate) fn advice(error: &(dyn Error + 'static)) -> Option<String> {
    match error.downcast_ref::<fit::Error>()?.kind() {
        ErrorKind::Data(DataError::WrongDelimiter { found, .. }) => {
            let delimiter =
                if *found == b'\t' { "tab".into() } else { char::from(*found).to_string() };
            Some(format!("--delimiter '{delimiter}'"))
        }
        ErrorKind::Data(DataError::UnknownColumn { .. }) => {
            Some("--states PREY,PREDATOR and --time COLUMN name columns".into())
        }
        ErrorKind::Data(DataError::EmptyWindow { .. }) => {
            Some("--train-until must leave rows on both sides".into())
        }
        ErrorKind::NotPositive { .. } => {
            Some("populations are fitted by relative errors, so they must be positive".into())
        }
        _ => None,
    }
}

/// A time must be finite.
fn finite_time(text: &str) -> Result<f64, Misuse> {
    let time = text.parse().ok().filter(|time: &f64| time.is_finite());
    time.ok_or_else(|| Misuse(format!("--train-until takes a time as a number, not {text:?}")))
}

fn one_character(text: &str) -> Result<u8, Misuse> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        &[byte] => Ok(byte),
        _ => Err(Misuse(format!("--delimiter takes one character, not {text:?}"))),
    }
}
