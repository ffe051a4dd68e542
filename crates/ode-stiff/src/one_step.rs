use ode_core::ExplicitRk;

/// A method whose step depends on the state at its start alone, and the family whose formulas it
/// follows: by these a discrete adjoint knows how to pull a step back.
///
/// Explicit Runge–Kutta methods of `ode-core` and the one-step methods of this crate have it; multistep
/// methods do not.
///
/// ```
/// use ode_core::Tsit5;
/// use ode_stiff::{ExplicitFamily, OneStep, Rodas5P, RosenbrockFamily};
///
/// fn is_explicit<M: OneStep<Family = ExplicitFamily>>(_: M) {}
/// fn is_linearly_implicit<M: OneStep<Family = RosenbrockFamily>>(_: M) {}
/// is_explicit(Tsit5);
/// is_linearly_implicit(Rodas5P);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no one-step method",
    note = "explicit Runge-Kutta, Rosenbrock, SDIRK and collocation methods are; `Bdf`, `Ndf`, \
            `Switching` and `Auto` are not"
)]
pub trait OneStep: Clone {
    /// A type without values that stands for the family.
    type Family;
}

/// [`ExplicitRk`].
#[derive(Clone, Copy, Debug)]
pub enum ExplicitFamily {}

/// [`Rosenbrock`](crate::Rosenbrock).
#[derive(Clone, Copy, Debug)]
pub enum RosenbrockFamily {}

/// [`Esdirk`](crate::Esdirk).
#[derive(Clone, Copy, Debug)]
pub enum EsdirkFamily {}

/// Collocation: [`RadauIIA5`](crate::RadauIIA5) and the methods of Gauss.
#[derive(Clone, Copy, Debug)]
pub enum CollocationFamily {}

impl<M: ExplicitRk> OneStep for M {
    type Family = ExplicitFamily;
}
