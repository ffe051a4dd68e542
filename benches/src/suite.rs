use crate::arguments::USAGE;
use crate::{Arguments, Recorder};
use std::error::Error;
use std::process::ExitCode;

/// The `main` of a suite: reads the command line and runs `suite(recorder, arguments)`, where
/// `repeats` is what the command line says instead.
///
/// The exit code is 2 if the command line makes no sense, and 1 if the suite fails.
pub fn run(
    repeats: usize,
    suite: impl FnOnce(&mut Recorder, &Arguments) -> Result<(), Box<dyn Error>>,
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
        .and_then(|mut recorder| suite(&mut recorder, &arguments));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
