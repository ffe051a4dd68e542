//! Gradients of solutions of differential equations with respect to the initial state, the parameters,
//! the ends of the time span and the save times, for losses at save times and along the way.
//!
//! | algorithm | cost | when |
//! |---|---|---|
//! | [`ForwardSensitivity`] | one solve with duals per 8 inputs | few inputs; or all of `∂u/∂(u0, p)` |
//! | [`ForwardEquations`] | one solve of state and tangents, factors shared by all columns | stiff, DAEs, few inputs |
//! | [`DiscreteAdjoint`], of every one-step method, explicit or implicit | a few solves, whatever the number of parameters; memory: states of all steps, or within a budget | training, stiff or not |
//! | [`SymplecticAdjoint`] | as the discrete adjoint of explicit methods, with the tape of one stage at a time | networks with long tapes |
//! | [`SecondOrder`] | a few gradients per product of the Hessian (or the Gauss–Newton matrix) with a vector | Newton's method, uncertainty |
//! | [`SteadyStateAdjoint`] | one transposed solve | losses of a state of rest |
//!
//! All are exact for the steps that were taken, and by default they choose their steps so that
//! sensitivities, and not only states, are resolved.
//!
//! ```
//! use ode_core::{OdeProblem, Options, Save, Vern7};
//! use scalar::Scalar;
//! use sensitivity::{DiscreteAdjoint, ForwardSensitivity, Loss};
//!
//! system::system! {
//!     struct Decay;
//!     state { u }
//!     params { k }
//!     rhs(_t) {
//!         d(u) = -k * u;
//!     }
//! }
//!
//! /// Σ u(tᵢ)²
//! struct Squares;
//!
//! impl Loss for Squares {
//!     fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
//!         u[0] * u[0]
//!     }
//! }
//!
//! let problem = OdeProblem::new(Decay, [2.0], [0.5], (0.0, 1.0))?;
//! let options = Options { rtol: 1e-10, save: Save::At(vec![1.0]), ..Options::default() };
//! let exact = -2.0 * 4.0 * (-1f64).exp(); // d/dk of 4 exp(-2k)
//! for gradient in [
//!     ForwardSensitivity.gradient(&problem, Vern7, &options, &Squares)?,
//!     DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Squares)?,
//! ] {
//!     assert!((gradient.p[0] - exact).abs() < 1e-9);
//! }
//! # Ok::<(), sensitivity::Error>(())
//! ```
//!
//! [`gradient`] chooses, and says why; with [`Automatic`] the choice can be overridden, and the result compared with that of an
//! independent algorithm ([`Audit`]).
//!
//! # Long-time averages of chaotic systems
//!
//! There the derivative of an average over a finite time has nothing to do with that of the long-time
//! average: it grows as fast as neighbouring solutions separate. What follows compares with the
//! solution that stays close, asked as an [`AverageProblem`] for an [`Average`], and gives derivatives
//! with standard errors.
//!
//! | algorithm | cost | when |
//! |---|---|---|
//! | [`AdjointLss`] | `O(N n³)` for `N` steps of `n` states | few states, many parameters; any solver |
//! | [`ForwardLss`] | the same, and a solve for each parameter | few states, one parameter |
//! | [`Nilsas`] | unstable directions + 1 pulled back through each step | many states, many parameters |
//! | [`Nilss`] | unstable directions + parameters through each step | many states, few parameters |
//!
//! [`lyapunov_exponents`] tells whether a system is chaotic, and how many directions are unstable. All
//! of these also take what is not chaotic: limit cycles, steady states, periodic forcing.

mod adjoint;
mod augmented;
mod choice;
mod continuous;
mod error;
mod forward;
mod forward_equations;
mod gradient;
mod loss;
mod mass;
mod report;
mod shadowing;
mod steady;

pub use adjoint::{
    Curvature, CurvatureMatrix, CurvatureProduct, DiscreteAdjoint, DiscreteMethod, EventModel,
    Memory, SecondOrder, StepControl, SymplecticAdjoint, When,
};
pub use augmented::Augmented;
pub use choice::{
    Audit, AutoGradient, Automatic, Difference, GradientAlgorithm, GradientChoice, gradient,
};
pub use continuous::{
    AdjointEquation, AdjointWork, BacksolveAdjoint, GaussAdjoint, GaussRule, InterpolatingAdjoint,
    QuadratureAdjoint, SolvesAdjoint, SolvesDaeAdjoint,
};
pub use error::{Error, ErrorKind};
pub use forward::{ForwardSensitivity, Sensitivities};
pub use forward_equations::{Corrector, ForwardEquations, StateAndTangents};
pub use gradient::Gradient;
pub use loss::Loss;
pub use report::{Report, Warning};
pub use shadowing::{
    AdjointLss, Average, AverageProblem, ForwardLss, LyapunovExponents, Nilsas, Nilss,
    ShadowingGradient, Window, lyapunov_exponents,
};
pub use steady::{SteadyGradient, SteadySolver, SteadyStart, SteadyStateAdjoint};
