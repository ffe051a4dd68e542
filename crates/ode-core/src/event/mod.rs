//! Events: what happens to a solve on its way.

mod accumulation;
mod action;
mod agenda;
mod bracket;
mod dip;
mod discrete;
mod driver;
mod host;
mod log;
mod periodic;
mod projection;
mod recorder;
mod root;
mod saltation;
mod saving;
mod scheduled;
mod search;
mod set;
mod solve_with;
mod steady_state;
mod table;
mod watch;

pub use action::At;
pub use discrete::Discrete;
pub(crate) use log::EventLog;
pub use log::Occurrence;
pub use periodic::Periodic;
pub use projection::{Manifold, Projection};
pub use root::{Direction, Root};
pub use saving::Saving;
pub use scheduled::Scheduled;
pub use set::{Event, Events};
pub use solve_with::solve_with;
pub use steady_state::SteadyState;
pub use table::Table;
