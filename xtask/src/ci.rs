//! `cargo xtask ci`: everything that must hold before a change goes in.
//!
//! `.ci/run` is this command and nothing else. The steps run in order, and the first that fails ends the run.

mod alone;
mod deny;
mod examples;
mod process;

use std::time::{Duration, Instant};

use crate::command::Command;
use crate::failure::Failure;
use crate::tidy;
use process::Cargo;

/// The subcommand.
pub(crate) const COMMAND: Command = Command {
    name: "ci",
    usage: "ci [--skip STEP]...",
    summary: "run every check, as the build server does",
    run: |args| match skipped(args)? {
        Some(skip) => run(&skip),
        None => {
            println!("{}", usage());
            Ok(())
        }
    },
};

/// One step of the run.
struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<(), Failure>,
}

/// All steps in their order: quick ones first, so that a slip is reported within seconds.
const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        what: "the format of every file",
        run: || Cargo::new(["fmt", "--all", "--check"]).run(),
    },
    Step {
        name: "clippy",
        what: "lints with warnings denied",
        run: || {
            let words = [
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--",
                "-D",
                "warnings",
            ];
            Cargo::new(words).run()
        },
    },
    Step {
        name: "doc",
        what: "the documentation with warnings denied",
        run: || {
            let words = ["doc", "--workspace", "--no-deps", "--all-features"];
            Cargo::new(words).env("RUSTDOCFLAGS", "-D warnings").run()
        },
    },
    Step {
        name: "test",
        what: "all tests and doctests, as the README runs them",
        run: || Cargo::new(["test", "--workspace"]).run(),
    },
    Step { name: "tidy", what: "what a compiler does not check", run: tidy::run },
    Step {
        name: "alone",
        what: "each crate by itself, with its default features and with none",
        run: alone::run,
    },
    Step { name: "examples", what: "every example, to its end", run: examples::run },
    Step {
        name: "deny",
        what: "licences and bans by cargo-deny, where it is installed",
        run: deny::run,
    },
];

/// Reads `--skip STEP`; `None` asks for the help text.
fn skipped(mut args: lexopt::Parser) -> Result<Option<Vec<String>>, Failure> {
    use lexopt::prelude::*;
    let mut skip = Vec::new();
    while let Some(arg) = args.next()? {
        match arg {
            Long("skip") => {
                let name = args.value()?.string()?;
                if !STEPS.iter().any(|step| step.name == name) {
                    let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
                    let message = format!(
                        "there is no step `{name}` to skip; the steps are {}",
                        names.join(", ")
                    );
                    return Err(Failure::Usage(message));
                }
                skip.push(name);
            }
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(skip))
}

fn usage() -> String {
    let mut text = String::from("usage: cargo xtask ci [--skip STEP]...\n\nsteps, in this order:");
    for step in STEPS {
        text += &format!("\n  {:<10} {}", step.name, step.what);
    }
    text
}

fn run(skip: &[String]) -> Result<(), Failure> {
    let start = Instant::now();
    let mut times = Vec::new();
    for step in STEPS {
        if skip.iter().any(|name| name == step.name) {
            println!("ci: {} skipped, as asked", step.name);
            continue;
        }
        println!("ci: {}: {}", step.name, step.what);
        let begun = Instant::now();
        let result = (step.run)();
        let seconds = seconds(begun.elapsed());
        if let Err(why) = result {
            return Err(Failure::Check(format!(
                "ci: step `{}` failed after {seconds}: {why}",
                step.name
            )));
        }
        println!("ci: {} done, {seconds}", step.name);
        times.push(format!("{} {seconds}", step.name));
    }
    println!("ci: no step failed, {} ({})", seconds(start.elapsed()), times.join(", "));
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_to_skip_are_collected() {
        let parse = |words: &[&str]| skipped(lexopt::Parser::from_args(words));
        assert_eq!(parse(&[]).unwrap().unwrap(), [""; 0]);
        assert_eq!(parse(&["--skip", "deny", "--skip=test"]).unwrap().unwrap(), ["deny", "test"]);
        assert!(parse(&["--help"]).unwrap().is_none());
        match parse(&["--skip", "lunch"]) {
            Err(Failure::Usage(message)) => {
                assert!(message.contains("lunch") && message.contains("clippy"))
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_usage_names_every_step_once() {
        for step in STEPS {
            assert_eq!(STEPS.iter().filter(|other| other.name == step.name).count(), 1);
            assert!(usage().contains(step.name) && usage().contains(step.what));
        }
    }
}
