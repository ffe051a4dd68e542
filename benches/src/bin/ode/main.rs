//! `ode-core`: the cost of one step against a hand-written loop.

mod hand_written;
mod lorenz;

use benches::Recorder;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut json: Option<PathBuf> = None;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("json") => json = Some(arguments.value()?.into()),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let mut recorder = Recorder::new(json.as_deref())?;
    lorenz::one_step(&mut recorder)?;
    Ok(())
}
