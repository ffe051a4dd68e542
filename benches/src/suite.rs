use crate::Recorder;
use std::error::Error;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "options: [--json FILE] [--repeats N]
  --json FILE    also write one JSON object a line to FILE
  --repeats N    how often each measurement is repeated; the median counts";

/// The command line of a suite.
///
/// ```
/// use benches::Arguments;
///
/// let line = lexopt::Parser::from_args(["--json", "rows.json", "--repeats", "3"]);
/// let arguments = Arguments::parse(line, 25)?.unwrap_or_default();
/// assert_eq!(arguments.json.as_deref(), Some("rows.json".as_ref()));
/// assert_eq!(arguments.repeats, 3);
/// # Ok::<(), lexopt::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Where to write one JSON object a line.
    pub json: Option<PathBuf>,
    /// How often each measurement is repeated.
    pub repeats: usize,
}

impl Arguments {
    /// Reads `[--json FILE] [--repeats N]`; `None` if help is asked for.
    ///
    /// # Errors
    ///
    /// When an option is unknown or lacks its value, or `N` is not a positive integer.
    pub fn parse(mut line: lexopt::Parser, repeats: usize) -> Result<Option<Self>, lexopt::Error> {
        use lexopt::prelude::*;
        let mut arguments = Self { json: None, repeats };
        while let Some(argument) = line.next()? {
            match argument {
                Long("json") => arguments.json = Some(line.value()?.into()),
                Long("repeats") => {
                    arguments.repeats = line.value()?.parse::<NonZeroUsize>()?.get();
                }
                Short('h') | Long("help") => return Ok(None),
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(Some(arguments))
    }
}

/// The `main` of a suite: reads the command line and runs `suite(recorder, repeats)`, where
/// `repeats` is what the command line says instead.
///
/// The exit code is 2 if the command line makes no sense, and 1 if the suite fails.
pub fn run(
    repeats: usize,
    suite: impl FnOnce(&mut Recorder, usize) -> Result<(), Box<dyn Error>>,
) -> ExitCode {
    let arguments = match Arguments::parse(lexopt::Parser::from_env(), repeats) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let outcome = Recorder::new(arguments.json.as_deref())
        .map_err(Into::into)
        .and_then(|mut recorder| suite(&mut recorder, arguments.repeats));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Option<Arguments>, lexopt::Error> {
        Arguments::parse(lexopt::Parser::from_args(words), 25)
    }

    #[test]
    fn what_is_not_said_stays_as_it_is() {
        let plain = Arguments { json: None, repeats: 25 };
        assert_eq!(parse(&[]).unwrap(), Some(plain));
        assert_eq!(parse(&["--repeats=7"]).unwrap().unwrap().repeats, 7);
        assert_eq!(parse(&["--help"]).unwrap(), None);
    }

    #[test]
    fn mistakes_are_errors() {
        for words in [
            &["--json"][..],
            &["--repeats"],
            &["--repeats", "0"],
            &["--repeats", "-1"],
            &["--repeats", "many"],
            &["--fast"],
            &["lorenz"],
        ] {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }
}
