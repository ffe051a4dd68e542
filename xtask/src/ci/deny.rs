//! Licences and bans by cargo-deny. It is not installed here, because its build takes minutes; `tidy` checks the licences
//! in any case.

use super::process::Cargo;
use crate::failure::Failure;

/// `cargo deny check licenses bans`, or one line that says how to get it.
pub(crate) fn run() -> Result<(), Failure> {
    if Cargo::new(["deny", "--version"]).succeeds() {
        return Cargo::new(["deny", "check", "licenses", "bans"]).run();
    }
    println!("deny: skipped, cargo-deny is not installed (`cargo install --locked cargo-deny`)");
    Ok(())
}
