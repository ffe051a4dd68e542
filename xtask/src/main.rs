//! `cargo xtask`: the project's own checker.
//!
//! A subcommand is one file that offers a `COMMAND`, and one row in [`COMMANDS`] (with its `mod` line).

mod bench;
mod ci;
mod command;
mod failure;
mod gallery;
mod metadata;
mod tidy;

use std::process::ExitCode;

use command::Command;
use failure::Failure;

/// Every subcommand, in the order of the help text.
const COMMANDS: &[Command] = &[ci::COMMAND, tidy::COMMAND, bench::COMMAND, gallery::COMMAND];

fn main() -> ExitCode {
    match dispatch(lexopt::Parser::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("xtask: {message}\n\n{}", overview());
            ExitCode::from(2)
        }
        Err(Failure::Check(message)) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
        Err(Failure::Exit(code)) => ExitCode::from(code),
    }
}

fn dispatch(mut args: lexopt::Parser) -> Result<(), Failure> {
    use lexopt::prelude::*;
    let name = match args.next()? {
        None => return Err(Failure::Usage("which command?".into())),
        Some(Short('h') | Long("help")) => {
            println!("{}", overview());
            return Ok(());
        }
        Some(Value(name)) => name.string()?,
        Some(other) => return Err(other.unexpected().into()),
    };
    let command = COMMANDS.iter().find(|command| command.name == name);
    let command = command.ok_or_else(|| Failure::Usage(format!("there is no command `{name}`")))?;
    (command.run)(args)
}

fn overview() -> String {
    let mut text = String::from("usage: cargo xtask COMMAND [OPTIONS]\n\ncommands:");
    for command in COMMANDS {
        text += &format!("\n  {:<24} {}", command.usage, command.summary);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(args: &[&str]) -> Result<(), Failure> {
        dispatch(lexopt::Parser::from_args(args))
    }

    #[test]
    fn unknown_commands_and_options_are_usage_errors() {
        for args in [&[][..], &["gallop"], &["--fast"], &["tidy", "--fast"], &["tidy", "twice"]] {
            assert!(matches!(run(args), Err(Failure::Usage(_))), "{args:?}");
        }
        for args in [&["bench"][..], &["bench", "gallop"], &["bench", "--json", "rows.json"]] {
            assert!(matches!(run(args), Err(Failure::Usage(_))), "{args:?}");
        }
        for args in [&["gallery", "--fast"][..], &["gallery", "--out"]] {
            assert!(matches!(run(args), Err(Failure::Usage(_))), "{args:?}");
        }
        for args in [&["ci", "--skip"][..], &["ci", "--skip", "lunch"], &["ci", "fmt"]] {
            assert!(matches!(run(args), Err(Failure::Usage(_))), "{args:?}");
        }
    }

    #[test]
    fn the_overview_names_every_command() {
        for command in COMMANDS {
            assert!(overview().contains(command.name) && overview().contains(command.summary));
            assert!(command.usage.starts_with(command.name));
        }
    }

    #[test]
    fn help_is_not_a_failure() {
        assert!(run(&["--help"]).is_ok());
        assert!(run(&["ci", "--help"]).is_ok());
        assert!(run(&["tidy", "--help"]).is_ok());
        assert!(run(&["bench", "--help"]).is_ok());
    }
}
