//! Ordinary differential equations: problems, explicit Runge–Kutta methods, solutions.
//!
//! ```
//! use ode_core::{OdeProblem, Options, Save, Tsit5, solve};
//!
//! system::system! {
//!     /// Predator and prey.
//!     struct LotkaVolterra;
//!     state { prey, predators }
//!     params { alpha, beta, gamma, delta }
//!     rhs(_t) {
//!         d(prey) = alpha * prey - beta * prey * predators;
//!         d(predators) = delta * prey * predators - gamma * predators;
//!     }
//! }
//!
//! let problem = OdeProblem::new(LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 10.0))?;
//! let solution = solve(&problem, Tsit5, &Options { rtol: 1e-9, ..Options::default() })?;
//! let u = solution.at(5.0)?; // the method's own interpolant
//! assert!((u[0] - 6.098494675971742).abs() < 1e-5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | who | what |
//! |---|---|
//! | [`OdeProblem`] | what to solve: right-hand side, initial state, parameters, span |
//! | [`Algorithm`] | how: a small value such as [`Tsit5`]; [`ExplicitRk`] makes one from a tableau |
//! | [`Options`] | how well: tolerances, step sizes, what to save, where to stop |
//! | [`Integrator`] | a solve in progress, step by step |
//! | [`Events`], [`solve_with`] | what happens on the way: [`Root`]s, doses, projections |
//! | [`solve_within`] | a solve whose global error is estimated, and within the tolerances |
//! | [`Solution`] | a finished solve; [`SolveError`] carries the part before a failure |
//!
//! The state is stored as the caller chooses by the type of `u0`: `[f64; N]` on the stack or
//! `Vec<f64>` of any length; and the number type may be any [`scalar::Concrete`].

mod algorithm;
mod binary_log;
mod check;
mod controller;
mod dense;
mod domain;
mod ensemble;
mod erk;
mod error;
mod event;
mod global_error;
mod initial_step;
mod integrator;
mod norm;
mod options;
mod problem;
mod reversible;
mod saver;
mod solution;
mod solve;
mod stats;
mod stops;
mod symplectic;
mod time;
mod watch;

pub use algorithm::{Algorithm, Interval, Refusal, Step};
pub use controller::Controller;
pub use dense::Dense;
pub use domain::Domain;
pub use ensemble::{
    Abreast, Bundled, Count, Engine, Ensemble, Extremes, Fold, InLanes, Job, Member, Moments,
    OneByOne, QuantileSketch, QuantileTable, Quantiles, Range, Reduced, Reduction, Summary,
    Trajectories,
};
pub use erk::{
    Bs3, Dop853, Dp5, ErkCache, ErkTableau, ErkTeam, Euler, ExplicitRk, ExtraStage, Heun,
    Interpolant, InterpolantWeights, Limited, LimitedCache, Limiter, Midpoint, Ralston, Rk4,
    Ssprk22, Ssprk33, Ssprk43, Ssprk104, Tsit5, Vern6, Vern7, Vern8, Vern9,
};
pub use error::{Error, ErrorKind};
pub use event::{
    At, Direction, Discrete, Event, EventIntegrator, Events, Manifold, Occurrence, Periodic,
    Projection, Root, Saving, Scheduled, SteadyState, Table, solve_with,
};
pub use global_error::{Within, solve_within, solve_within_by};
pub use integrator::{Bookmark, Checkpoint, Integrator, Progress};
pub use norm::{CustomNorm, ErrorNorm, Norm};
pub use options::{Components, Options, Save, StepSize};
pub use problem::OdeProblem;
pub use reversible::{ReversibleHeun, ReversibleHeunCache};
pub use solution::{Points, Solution};
pub use solve::{SolveError, solve};
pub use stats::Stats;
pub use symplectic::{
    Hamiltonian, HamiltonianSystem, KahanLi6, KahanLi8, McAte4, McAte5, PositionVerlet, Ruth3,
    Separable, Splitting, Symplectic, SymplecticCache, SymplecticEuler, VelocityVerlet, Yoshida6,
};
pub use time::{Taken, Time};
pub use watch::{Cancel, Monitor, Report};
