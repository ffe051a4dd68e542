//! Test problems with reference values, for the tests and benchmarks of solvers and gradients.
//!
//! | what | where |
//! |---|---|
//! | right-hand sides, closed forms, invariants | [`models`] |
//! | reference values of initial value problems, error of a run | [`Reference`] |
//! | one function per problem: model and values together | [`problems`] |
//! | a test over every problem, with static types | [`Visitor`], [`nonstiff`], [`measured`], [`stiff`], [`demanding`], [`large`] |
//! | a test over many problems, with one type for all models | [`ErasedProblem`], [`Erased`] |
//! | gradients and sensitivities | [`SensitivityReference`], [`ClosedFormSensitivity`] |
//! | event times | [`EventReference`] |
//! | long-time averages of a chaotic system | [`AverageReference`] |
//!
//! The values are the JSON files of `reference/`, described in its README and embedded in the
//! crate. That the models are the equations of those files is a test: the text of each equation is
//! evaluated ([`Equations`]) and compared.
//!
//! ```
//! let lorenz = testset::problems::lorenz63_short()?;
//! assert_eq!(lorenz.u0, [1.0, 1.0, 1.0]);
//!
//! // The error of a run, here one that returns the reference itself.
//! let run: Vec<Vec<f64>> = lorenz.reference.points.iter().map(|point| point.u.clone()).collect();
//! assert_eq!(lorenz.reference.scaled_error(&run)?, 0.0);
//! # Ok::<(), testset::Error>(())
//! ```

mod average;
mod catalogue;
mod closed_form_sensitivity;
mod document;
mod equations;
mod erased;
mod error;
mod event;
mod expression;
pub mod models;
mod problem;
pub mod problems;
mod ranges;
mod reference;
mod sensitivity;

pub use average::{AverageReference, MeanAt};
pub use catalogue::{IndexEntry, Kind, index};
pub use closed_form_sensitivity::ClosedFormSensitivity;
pub use equations::Equations;
pub use erased::{Erased, ErasedProblem};
pub use error::{Error, ErrorKind};
pub use event::{Event, EventReference, StateAt};
pub use expression::{ExpressionError, Reason, evaluate};
pub use problem::{Problem, Visitor};
pub use problems::{demanding, differential_algebraic, large, measured, nonstiff, stiff};
pub use reference::{PeerError, Point, PublishedComparison, Reference};
pub use sensitivity::{Input, SensitivityPoint, SensitivityReference};
