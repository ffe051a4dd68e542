//! Scientific machine learning: somebody with *part* of a model and *some* data simulates it fast,
//! differentiates it correctly, fits it robustly and finds the missing equations.
//!
//! This crate only re-exports; each module is a crate of its own, to be used alone if you prefer.
//!
//! | module | what it does |
//! |---|---|
//! | [`scalar`], [`system`] | models written once, for every number type |
//! | [`ode`], [`stiff`] | solves them, also where they are stiff or have constraints |
//! | [`linalg`] | the linear systems of stiff solvers |
//! | [`tape`], [`sensitivity`] | differentiates models and solutions |
//! | [`nn`], [`optimize`], [`fit`] | networks, minimisers, universal differential equations |
//! | [`datadriven`] | equations from data |
//! | [`report`] | plots and self-contained HTML reports |
//!
//! ```
//! use sciml::prelude::*;
//!
//! system! {
//!     /// A pendulum with friction.
//!     struct Pendulum;
//!     state { angle, speed }
//!     params { length, friction }
//!     rhs(_t) {
//!         d(angle) = speed;
//!         d(speed) = -9.81 / length * angle.sin() - friction * speed;
//!     }
//! }
//!
//! /// How far it still swings at the end.
//! struct Swing;
//! impl Loss for Swing {
//!     fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
//!         u[0] * u[0]
//!     }
//! }
//!
//! let problem = OdeProblem::new(Pendulum, [1.0, 0.0], [2.0, 0.1], (0.0, 10.0))?;
//! let solution = solve(&problem, Tsit5, &Options::default())?;
//! println!("{solution}");
//!
//! let options = Options { save: Save::Last, ..Options::default() };
//! let gradient = DiscreteAdjoint::default().gradient(&problem, Tsit5, &options, &Swing)?;
//! assert!(gradient.p.iter().all(|g| g.is_finite()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use ::datadriven;
pub use ::fit;
pub use ::linalg;
pub use ::nn;
pub use ::optimize;
pub use ::report;
pub use ::scalar;
pub use ::sensitivity;
pub use ::system;
pub use ad_tape as tape;
pub use ode_core as ode;
pub use ode_stiff as stiff;

/// The names that most programs need.
pub mod prelude {
    pub use datadriven::{PolynomialLibrary, Regression, SparseModel, SparseSystem, Stlsq};
    pub use fit::{
        CsvOptions, Dataset, ErrorScale, Fitting, Free, Known, Laplace, Settings, Stage,
        UniversalOde,
    };
    pub use nn::{Activation, Init, Mlp};
    pub use ode_core::{
        Bs3, Count, Dop853, Dp5, Ensemble, Euler, Extremes, Hamiltonian, HamiltonianSystem, Heun,
        Integrator, KahanLi6, KahanLi8, McAte4, McAte5, Member, Midpoint, Moments, OdeProblem,
        Options, PositionVerlet, Quantiles, Ralston, ReversibleHeun, Rk4, Ruth3, Save, Ssprk22,
        Ssprk33, Ssprk43, Ssprk104, StepSize, SymplecticEuler, Tsit5, VelocityVerlet, Vern6, Vern7,
        Vern8, Vern9, Yoshida6, solve,
    };
    pub use ode_core::{Events, Periodic, Root, Scheduled, solve_with, solve_within};
    pub use ode_stiff::{
        Bdf, GaussLegendre4, GaussLegendre6, ImplicitMidpoint, KenCarp4, Kvaerno5, Ndf, RadauIIA5,
        Rodas4, Rodas5P, Rosenbrock23, Switching, TrBdf2, consistent, solve_auto,
    };
    pub use optimize::{Adam, Bound, Control, Lbfgs, Schedule, Stop};
    pub use report::{Band, Line, Plot, Points, Report, Scale, Series, Timeseries};
    pub use scalar::{Dual, Lanes, Scalar};
    pub use sensitivity::{
        Automatic, DiscreteAdjoint, ForwardSensitivity, GaussAdjoint, Gradient, Loss, StepControl,
    };
    pub use system::{FiniteDiff, FromFn, Mass, System, WithMass, literals, system};
}

/// The README's programs are compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
