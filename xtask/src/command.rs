//! What a subcommand is.

use crate::failure::Failure;

/// One subcommand of `cargo xtask`.
pub(crate) struct Command {
    /// The word on the command line.
    pub(crate) name: &'static str,
    /// Its arguments in short, beginning with the name.
    pub(crate) usage: &'static str,
    /// What it does, in one line.
    pub(crate) summary: &'static str,
    /// Reads the arguments after the name, and does the work.
    pub(crate) run: fn(lexopt::Parser) -> Result<(), Failure>,
}
