//! What every suite shares: its command line, interleaved timing, and one JSON object a line.
//!
//! A suite is a binary of this package. `cargo xtask bench SUITE` finds it by its name, builds it
//! in release and runs it.

mod record;
mod suite;
mod timing;

pub use record::{Record, Recorder};
pub use suite::{Arguments, run};
pub use timing::{Contender, interleave};
