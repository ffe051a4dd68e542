use super::equation::AdjointEquation;
use crate::Loss;
use crate::augmented::Augmented;
use ode_core::Algorithm;
use system::{System, WithMass};

/// A method for continuous adjoints: it solves the model, with the integral of a running loss as one more state, and the
/// adjoint equation. Every [`Algorithm`] that does is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot solve this model and its adjoint equation",
    note = "explicit and implicit methods for general right-hand sides can; symplectic ones cannot"
)]
pub trait SolvesAdjoint<F: System, L: Loss>:
    for<'a> Algorithm<Augmented<'a, F, L>, Vec<f64>>
    + for<'a> Algorithm<AdjointEquation<'a, F, L>, Vec<f64>>
{
}

impl<F: System, L: Loss, A> SolvesAdjoint<F, L> for A where
    A: for<'a> Algorithm<Augmented<'a, F, L>, Vec<f64>>
        + for<'a> Algorithm<AdjointEquation<'a, F, L>, Vec<f64>>
{
}

/// The same for a model with a mass matrix: it solves `M u' = f` and the adjoint equation `Mᵀ λ' = …`. Every
/// [`Algorithm`] for [`WithMass`] right-hand sides does; which of them take a mass matrix, they say when they are asked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot solve this model with its mass matrix and its adjoint equation",
    note = "`Rodas5P`, `RadauIIA5`, `KenCarp4`, `Bdf` and other implicit methods can"
)]
pub trait SolvesDaeAdjoint<F: System, L: Loss>:
    for<'a> Algorithm<WithMass<Augmented<'a, F, L>>, Vec<f64>>
    + for<'a> Algorithm<AdjointEquation<'a, F, L>, Vec<f64>>
{
}

impl<F: System, L: Loss, A> SolvesDaeAdjoint<F, L> for A where
    A: for<'a> Algorithm<WithMass<Augmented<'a, F, L>>, Vec<f64>>
        + for<'a> Algorithm<AdjointEquation<'a, F, L>, Vec<f64>>
{
}
