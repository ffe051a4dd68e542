//! What every benchmark shares: interleaved timing, and one JSON object a line.

mod record;
mod timing;

pub use record::{Record, Recorder};
pub use timing::{Contender, interleave};
