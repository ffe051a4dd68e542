use super::equation::AdjointEquation;
use crate::Loss;
use crate::augmented::Augmented;
use ode_core::Algorithm;
use system::System;

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
