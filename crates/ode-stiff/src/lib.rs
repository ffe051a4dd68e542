//! Stiff differential equations, and differential–algebraic ones of index 1.
//!
//! Everything around the methods is that of [`ode_core`]: problems, options, events, dense output,
//! checkpoints, ensembles, errors. A method of this crate is given to the same
//! [`solve`](ode_core::solve). It needs the Jacobian of the right-hand side, which every model
//! written with `system!` has exactly; above a few states it is evaluated and factored in the pattern
//! that tracing finds.
//!
//! | family | methods | good for |
//! |---|---|---|
//! | Rosenbrock: no iteration | [`Rosenbrock23`], [`Ros3P`], [`Rodas4`], [`Rodas4P`], [`Rodas5P`] | up to about ten states; DAEs |
//! | singly diagonally implicit | [`ImplicitEuler`], [`TrBdf2`], [`Kvaerno3`] to 5, [`KenCarp3`] to 5 | tens of states and more |
//! | additive pairs | [`Ark324`], [`Ark436`], [`Ark548`] | [`Split`](system::Split) right-hand sides: only one part is stiff |
//! | fully implicit | [`RadauIIA5`]; [`GaussLegendre4`], [`GaussLegendre6`], [`ImplicitMidpoint`] | tight tolerances, DAEs; symplectic, fixed steps |
//! | multistep | [`Bdf`], [`Ndf`] | expensive right-hand sides and large systems |
//! | SDIRK, additive and multistep methods, by [`NewtonKrylov`] | no matrix at all | systems whose factors fill up |
//!
//! [`solve_auto`] picks for you, and says what and why; [`Switching`] is any explicit method with any
//! implicit one.
//!
//! `M u' = f` with a constant mass matrix is a [`WithMass`](system::WithMass) right-hand side; where
//! `M` is singular the index must be 1, and the initial state must satisfy the algebraic equations:
//! [`consistent`] finds one that does. All families treat such problems alike:
//!
//! - A start is refused where the algebraic variables are off by more than ten tolerances, in the norm
//!   of the solve: their Newton correction is compared with `atol + rtol |u|`, so that the units of the
//!   equations do not matter. So is a state that an edit or the effect of an event has put off the
//!   algebraic equations: call [`make_consistent`] there.
//! - A higher index is refused with the rows and states in question: the Jacobian of the algebraic
//!   equations by the algebraic variables is singular.
//! - At the steps, and wherever a state is saved, the algebraic equations hold to the tolerance: what is
//!   saved between steps ([`Save::At`](ode_core::Save::At), the table of a [`Saving`](ode_core::Saving),
//!   the log of an event), and what an edit or the effect of an event sees, is moved onto them by
//!   Newton's method from the interpolant, with the exact Jacobian of that state. `M u` stays. The cost is
//!   one Jacobian, one factorisation of as many rows as there are algebraic equations, and a few
//!   evaluations for each such state. Where Newton's method finds no state on the equations near the
//!   interpolant, the solve ends with
//!   [`NoConsistentState`](ode_core::ErrorKind::NoConsistentState) and what was saved before.
//! - Dense output is the interpolant itself, without the right-hand side: [`Solution::at`](ode_core::Solution::at) misses the
//!   algebraic equations by the error of the interpolant, which in fast transients can be tens to hundreds
//!   of tolerances, and more where the steps of [`Kvaerno4`], [`Kvaerno5`] and [`RadauIIA5`] pass over what
//!   only algebraic variables do. Ask for the times by `Save::At` where that matters, or step by step for
//!   [`Integrator::state_at`](ode_core::Integrator::state_at).
//! - Behind a declared stop algebraic variables take the values that their equations have there.
//! - The times of events have derivatives, of second and higher order too but with [`RadauIIA5`].
//! - Where the equations have kinks, a step over one may fail with the Jacobian of its start, however
//!   short: [`Bdf`] and [`Ndf`] evaluate theirs where the step leads.
//!
//! Stiff problems often hold components near zero (concentrations that are used up) for a long time, in
//! long steps. An absolute tolerance above them leaves their sign open, and a model that leads away from
//! states below zero then gives values without meaning: see *choosing tolerances* in
//! [`Options`](ode_core::Options), [`Domain`](ode_core::Domain) for the remedy, and an example in [`Bdf`].
//!
//! ```
//! use ode_core::{OdeProblem, Options, solve};
//! use ode_stiff::Rodas5P;
//!
//! system::system! {
//!     /// Robertson's reactions: rates from 0.04 to 3e7.
//!     struct Robertson;
//!     state { a, b, c }
//!     params { k1, k2, k3 }
//!     rhs(_t) {
//!         d(a) = -k1 * a + k3 * b * c;
//!         d(b) = k1 * a - k3 * b * c - k2 * b * b;
//!         d(c) = k2 * b * b;
//!     }
//! }
//!
//! let problem = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], [0.04, 3e7, 1e4], (0.0, 1e5))?;
//! let solution = solve(&problem, Rodas5P, &Options { atol: 1e-12, ..Options::default() })?;
//! assert!((solution.last()[0] - 0.01786592114209955).abs() < 1e-6);
//! assert!(solution.stats().accepted < 300);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod auto;
mod bdf;
mod by_cache;
mod convergence;
mod firk;
mod imex;
mod initialization;
mod iteration_matrix;
mod linear_systems;
mod newton_krylov;
mod one_step;
mod reverse;
mod rosenbrock;
mod sdirk;
mod switching;
mod tangents;

pub use auto::{
    Auto, AutoCache, AutoExplicit, AutoImplicit, AutoSolution, Choice, ImplicitMethod, Timings,
    solve_auto,
};
pub use bdf::{Bdf, BdfCache, Ndf, NdfCache};
#[doc(hidden)]
pub use firk::{CollocationCoefficients, CollocationMethod, CoupledMatrix};
pub use firk::{GaussCache, GaussLegendre4, GaussLegendre6, Parts, RadauCache, RadauIIA5};
pub use imex::{Ark, Ark324, Ark436, Ark548, ArkCache, ArkTableau};
pub use initialization::{Initial, consistent, make_consistent};
pub use newton_krylov::{
    Krylov, NewtonIteration, NewtonKrylov, Preconditioning, ShiftedPreconditioner,
};
pub use one_step::{CollocationFamily, EsdirkFamily, ExplicitFamily, OneStep, RosenbrockFamily};
#[doc(hidden)]
pub use reverse::{AlgebraicEquations, StepMatrix};
pub use rosenbrock::{
    Rodas4, Rodas4P, Rodas5P, Ros3P, Rosenbrock, Rosenbrock23, RosenbrockCache, RosenbrockTableau,
};
pub use sdirk::{
    Esdirk, EsdirkCache, EsdirkTableau, ImplicitEuler, ImplicitMidpoint, ImplicitMidpointCache,
    KenCarp3, KenCarp4, KenCarp5, Kvaerno3, Kvaerno4, Kvaerno5, TrBdf2, Trapezoid,
};
pub use switching::{SwitchRule, Switching, SwitchingCache};
