use crate::{Mass, System, WithMass};

/// A [`System`], perhaps with a mass matrix ([`WithMass`]): what asks for a model that can be
/// differentiated in every way, and solves `M u' = f(t, u; p)`.
///
/// ```
/// use system::{Mass, MassSystem, System, WithMass};
///
/// system::system! {
///     struct Decay;
///     state { u }
///     params { k }
///     rhs(_t) { d(u) = -k * u; }
/// }
/// assert!(Decay.mass_matrix().is_none());
/// let heavy = WithMass::new(Decay, Mass::diagonal([2.0]))?;
/// assert_eq!(heavy.mass_matrix().map(Mass::size), Some(1));
/// assert_eq!(heavy.model().num_params(), 1);
/// # Ok::<(), system::MassError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `System`, with or without a mass matrix",
    note = "write the model with `system!`, or implement `System`; join a mass matrix by `WithMass`"
)]
pub trait MassSystem {
    /// The model `f`.
    type Model: System;

    /// The model `f`.
    fn model(&self) -> &Self::Model;

    /// The matrix `M`; none where it is the identity.
    fn mass_matrix(&self) -> Option<&Mass>;
}

impl<F: System> MassSystem for F {
    type Model = F;

    fn model(&self) -> &F {
        self
    }
    fn mass_matrix(&self) -> Option<&Mass> {
        None
    }
}

impl<F: System> MassSystem for WithMass<F> {
    type Model = F;

    fn model(&self) -> &F {
        &self.rhs
    }
    fn mass_matrix(&self) -> Option<&Mass> {
        Some(&self.mass)
    }
}
