//! Starting cargo: shown before it runs, without a standard input, and with a failure that can be repeated by hand.

use std::fmt;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::metadata;

/// One call of cargo.
pub(crate) struct Cargo {
    words: Vec<String>,
    variables: Vec<(&'static str, &'static str)>,
}

impl Cargo {
    pub(crate) fn new<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Self {
        Self { words: words.into_iter().map(Into::into).collect(), variables: Vec::new() }
    }

    pub(crate) fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Runs it and waits; everything it prints is passed on.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        println!("$ {self}");
        self.wait(self.command())
    }

    fn wait(&self, mut command: Command) -> Result<(), Failure> {
        let failed = |why: String| Failure::Check(format!("`{self}` {why}"));
        let status = command.status().map_err(|e| failed(format!("cannot be started: {e}")))?;
        if status.success() { Ok(()) } else { Err(failed(format!("ended with {status}"))) }
    }

    /// Whether it can be run at all; what it prints is dropped.
    pub(crate) fn succeeds(&self) -> bool {
        let mut command = self.command();
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(metadata::cargo());
        // A check builds everything once: what the next build could take over costs time and gigabytes.
        if std::env::var_os("CARGO_INCREMENTAL").is_none() {
            command.env("CARGO_INCREMENTAL", "0");
        }
        command.args(&self.words).envs(self.variables.iter().copied()).stdin(Stdio::null());
        command
    }
}

/// As one would type it.
impl fmt::Display for Cargo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.variables {
            write!(f, "{name}='{value}' ")?;
        }
        write!(f, "cargo")?;
        for word in &self.words {
            if word.is_empty() || word.contains([' ', '"', '$', '*']) {
                write!(f, " '{word}'")?;
            } else {
                write!(f, " {word}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_shown_as_one_would_type_it() {
        let cargo = Cargo::new(["doc", "--no-deps", "a b"]).env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(cargo.to_string(), "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps 'a b'");
    }

    #[test]
    fn a_failing_call_is_a_failure_that_names_it() {
        assert!(Cargo::new(["--version"]).succeeds());
        assert!(!Cargo::new(["no-such-subcommand"]).succeeds());
        let cargo = Cargo::new(["--no-such-option"]);
        let mut quiet = cargo.command();
        quiet.stderr(Stdio::null());
        match cargo.wait(quiet) {
            Err(Failure::Check(message)) => assert!(message.contains("cargo --no-such-option")),
            other => panic!("{other:?}"),
        }
    }
}
