//! Governing equations from data: sparse identification of nonlinear dynamics (SINDy).
//!
//! | step | with |
//! |---|---|
//! | differentiate a series | [`FiniteDifference`], [`SavitzkyGolay`], [`SmoothingSpline`] |
//! | candidate terms | [`PolynomialLibrary`], [`Library`] |
//! | data, checked once | [`Regression`]: of a series, of derivatives, of a trained network |
//! | sparse regression | [`Stlsq`], with all thresholds at once as a [`ThresholdPath`] |
//! | how sure is it? | [`Ensemble`]; standard errors and [`Statistics`] of each [`Equation`] |
//! | the answer | [`SparseModel`]: text, LaTeX, a table; [`SparseSystem`]: a model that runs |
//!
//! ```
//! use datadriven::{PolynomialLibrary, Regression, SmoothingSpline, SparseSystem, Stlsq};
//! use system::System;
//!
//! let t: Vec<f64> = (0..100).map(|i| 0.05 * i as f64).collect();
//! let x: Vec<[f64; 2]> = t.iter().map(|t| [(2.0 * t).cos(), -(2.0 * t).sin()]).collect();
//! let library = PolynomialLibrary { degree: 1, ..Default::default() }.build(&["x", "v"])?;
//! let regression = Regression::series(&library, &t, &x, &SmoothingSpline::default())?;
//! let model = Stlsq::default().fit(&regression)?;
//! assert!(model.to_string().contains("std error")); // a table
//! let oscillator = SparseSystem::new(&model)?;
//! assert_eq!(oscillator.param_names(), ["x: v", "v: x"]); // 2 and −2
//! # Ok::<(), datadriven::Error>(())
//! ```
//!
//! Features: `parallel` spreads the replicates of an ensemble over all cores (same bits),
//! `serde` reads and writes libraries and models.

mod differentiation;
mod ensemble;
mod equation;
mod error;
mod given_supports;
mod least_squares;
mod library;
mod notation;
mod polynomial_library;
mod reduced;
mod refit;
mod regression;
mod resample;
mod runnable;
mod sparse_model;
mod sparse_system;
mod stlsq;
mod student_t;
mod table;
mod term;
mod threshold_path;

pub use differentiation::{
    Differentiate, Estimate, FiniteDifference, SavitzkyGolay, Smoothing, SmoothingSpline,
};
pub use ensemble::Ensemble;
pub use equation::{Bootstrap, Equation, Statistics, Status, Target};
pub use error::{Collinearity, Error, ErrorKind};
pub use library::Library;
pub use polynomial_library::PolynomialLibrary;
pub use regression::Regression;
pub use sparse_model::SparseModel;
pub use sparse_system::{NoKnownPart, SparseSystem};
pub use stlsq::Stlsq;
pub use student_t::student_t_quantile;
pub use term::Term;
pub use threshold_path::{Candidate, Criterion, ThresholdGrid, ThresholdPath};
