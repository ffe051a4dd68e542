//! Minimisers for training models.
//!
//! One small interface: an [`Objective`] gives a value and a gradient, a [`Minimizer`] lowers it, a
//! [`Stop`] says when to end, a callback watches, and an [`Outcome`] says what was found and why the
//! run ended. An objective that cannot be evaluated (a differential equation that blew up) returns
//! NaN or infinity; every minimiser here survives that.
//!
//! | to do this | use |
//! |---|---|
//! | train from a rough start, noisy or stochastic gradients | [`Adam`] with a [`Schedule`] |
//! | finish a smooth problem to full precision | [`Lbfgs`] with a [`StrongWolfe`] search |
//! | keep parameters positive or inside an interval | [`Bounded`] with [`Bound`]s |
//! | many basins | [`latin_hypercube`] and [`multistart`] |
//!
//! ```
//! use optimize::{Adam, FromFn, Lbfgs, Stop, minimize};
//!
//! // Rosenbrock's valley: f = 100 (y - x²)² + (1 - x)².
//! let mut valley = FromFn::new(2, |x: &[f64], g: &mut [f64]| {
//!     let (a, b) = (x[1] - x[0] * x[0], 1.0 - x[0]);
//!     g[0] = -400.0 * a * x[0] - 2.0 * b;
//!     g[1] = 200.0 * a;
//!     100.0 * a * a + b * b
//! });
//! let adam = Adam { rate: 0.02, ..Adam::default() };
//! let rough = minimize(&adam, &mut valley, &[-1.2, 1.0], &Stop::iterations(200))?;
//! let fine = minimize(&Lbfgs::default(), &mut valley, &rough.x, &Stop::default())?;
//! assert!(fine.reason.is_converged());
//! assert!((fine.x[0] - 1.0).abs() < 1e-8 && (fine.x[1] - 1.0).abs() < 1e-8);
//! # Ok::<(), optimize::Error>(())
//! ```
//!
//! Features: `serde` (option structs, stop reasons and outcomes can be written and read),
//! `parallel` (multi-start on all cores, same answer as on one).

mod adam;
mod bound;
mod bounded;
mod error;
mod latin_hypercube;
mod lbfgs;
mod line_search;
mod minimizer;
mod multistart;
mod objective;
mod run;
mod schedule;
mod stop;
mod vector;

pub use adam::Adam;
pub use bound::Bound;
pub use bounded::Bounded;
pub use error::{Error, ErrorKind};
pub use latin_hypercube::latin_hypercube;
pub use lbfgs::Lbfgs;
pub use line_search::StrongWolfe;
pub use minimizer::{Control, Iterate, Minimizer, Outcome, minimize};
#[cfg(feature = "parallel")]
pub use multistart::multistart_parallel;
pub use multistart::{FailedStart, Found, Multistart, Starts, multistart};
pub use objective::{FromFn, Objective};
pub use schedule::Schedule;
pub use stop::{Stop, StopReason};
