//! The method chosen for the user, and told.

mod choice;
mod cost;
mod each;
mod explicit;
mod implicit;
mod implicit_cache;
mod solve_auto;

pub use choice::{Choice, ImplicitMethod, Timings};
pub use explicit::AutoExplicit;
pub use implicit::AutoImplicit;
pub use implicit_cache::AutoCache;
pub use solve_auto::{Auto, AutoSolution, solve_auto};

use each::each;
