//! Plain regression and classification.

mod adam;
mod data;
mod gradient;
mod loss;
mod options;
mod run;
mod shuffle;

pub use adam::{Adam, Update};
pub use data::{Data, Targets};
pub use loss::{cross_entropy, squared_error};
pub use options::{Epoch, StopReason, Trained, Training};
