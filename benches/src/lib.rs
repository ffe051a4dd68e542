//! What every suite shares: its command line, interleaved timing, peers, and one JSON object a line.
//!
//! A suite is a binary of this package. `cargo xtask bench SUITE` finds it by its name, builds it
//! in release for the machine's own CPU and runs it.

mod arguments;
mod at_error;
mod crew;
mod errors;
mod introduce;
mod measured;
mod peer;
mod race;
mod record;
mod suite;
mod sweep;
mod timing;

pub use arguments::Arguments;
pub use at_error::{Point, seconds_at};
pub use crew::{Crew, hire};
pub use errors::{median_error, mixed_error};
pub use measured::{Measured, OURS};
pub use peer::{Answer, Ends, Member, Peer, PeerError, Product};
pub use race::{Entry, Heat, Kind, Out, Race};
pub use record::{Record, Recorder};
pub use suite::run;
pub use sweep::Sweep;
pub use timing::{Contender, interleave, interleave_within, turns};
