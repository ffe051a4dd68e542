use crate::lengths::{check, check_work};
use crate::{Failure, Rhs, System};
use scalar::{Dual, Scalar};

/// A right-hand side with a Jacobian: what implicit solvers ask for.
///
/// Every [`System`] has an exact one, by dual numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no Jacobian over `{S}`",
    note = "write the model with `system!`, or wrap a black box in `FiniteDiff`"
)]
pub trait Jacobian<S>: Rhs<S> {
    /// Memory for one evaluation, so that repeated ones allocate nothing.
    type Work;

    /// Allocates that memory.
    fn jacobian_work(&self) -> Self::Work;

    /// Writes `∂f/∂u` at `(t, u, p)` into `jac`, row by row, `dim × dim`.
    ///
    /// # Errors
    ///
    /// As the right-hand side itself; and [`Failure::Fatal`], naming the slice, where a length does
    /// not fit the model.
    fn jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        jac: &mut [S],
        work: &mut Self::Work,
    ) -> Result<(), Failure>;
}

/// Tangents carried per sweep.
const CHUNK: usize = 4;

/// Memory of [`Jacobian::jacobian`] by dual numbers.
#[derive(Clone, Debug)]
pub struct DualWork<S> {
    u: Vec<Dual<S, CHUNK>>,
    p: Vec<Dual<S, CHUNK>>,
    du: Vec<Dual<S, CHUNK>>,
}

impl<F: System, S: Scalar> Jacobian<S> for F {
    type Work = DualWork<S>;

    fn jacobian_work(&self) -> DualWork<S> {
        let (n, zero) = (System::dim(self), Dual::zero());
        DualWork { u: vec![zero; n], p: vec![zero; System::num_params(self)], du: vec![zero; n] }
    }

    /// ⌈n / 4⌉ evaluations of the right-hand side with four tangents each.
    fn jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        jac: &mut [S],
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        let (n, num_params) = (System::dim(self), System::num_params(self));
        check("u", u.len(), n)?;
        check("p", p.len(), num_params)?;
        check("jac", jac.len(), n.saturating_mul(n))?;
        check_work("u", work.u.len(), n)?;
        check_work("p", work.p.len(), num_params)?;
        check_work("du", work.du.len(), n)?;
        for (lifted, &p) in work.p.iter_mut().zip(p) {
            *lifted = Dual::constant(p);
        }
        for first in (0..n).step_by(CHUNK) {
            for (j, lifted) in work.u.iter_mut().enumerate() {
                // A tangent index beyond the chunk seeds nothing.
                *lifted = Dual::variable(u[j], j.wrapping_sub(first));
            }
            self.rhs(Dual::constant(t), &work.u, &work.p, &mut work.du);
            for j in first..n.min(first + CHUNK) {
                for i in 0..n {
                    jac[i * n + j] = work.du[i].eps[j - first];
                }
            }
        }
        Ok(())
    }
}
