use crate::{Failure, Rhs};
use scalar::BranchScalar;

/// A model that has to branch on its values (`if`, `match`, a table look-up).
///
/// Wrapped in [`Branching`] it runs and differentiates forward (`f64`, `f32`, duals). A tape, a
/// batch and a tracer refuse it by type, because the branch taken for one value would be wrong for
/// another.
///
/// ```
/// use scalar::{BranchScalar, Dual};
/// use system::{BranchSystem, Branching, Rhs};
///
/// /// A thermostat: heating below 19 degrees, cooling otherwise.
/// struct Thermostat;
///
/// impl BranchSystem for Thermostat {
///     fn dim(&self) -> usize {
///         1
///     }
///     fn num_params(&self) -> usize {
///         1
///     }
///     fn rhs<S: BranchScalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
///         du[0] = if u[0].primal() < 19.0 { p[0] } else { -p[0] };
///     }
/// }
///
/// let mut du = [Dual::<f64, 1>::constant(0.0)];
/// let (t, p) = (Dual::constant(0.0), [Dual::variable(2.0, 0)]);
/// Branching(Thermostat).eval(t, &[Dual::constant(25.0)], &p, &mut du)?;
/// assert_eq!((du[0].re, du[0].eps), (-2.0, [-1.0]));
/// # Ok::<(), system::Failure>(())
/// ```
///
/// ```compile_fail,E0277
/// # use scalar::{BranchScalar, Lanes};
/// # use system::{BranchSystem, Branching, Rhs};
/// # struct Thermostat;
/// # impl BranchSystem for Thermostat {
/// #     fn dim(&self) -> usize { 1 }
/// #     fn num_params(&self) -> usize { 1 }
/// #     fn rhs<S: BranchScalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) { du[0] = p[0]; }
/// # }
/// let x = [Lanes([25.0, 15.0])];
/// Branching(Thermostat).eval(x[0], &x, &x, &mut x.clone()); // the lanes would disagree
/// ```
pub trait BranchSystem {
    /// Number of states.
    fn dim(&self) -> usize;

    /// Number of parameters.
    fn num_params(&self) -> usize;

    /// Writes `f(t, u; p)` into `du`.
    fn rhs<S: BranchScalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]);

    /// Names of the states, in order.
    fn state_names(&self) -> Vec<String> {
        (1..=self.dim()).map(|i| format!("u{i}")).collect()
    }
}

/// Makes a [`BranchSystem`] a right-hand side.
#[derive(Clone, Copy, Debug)]
pub struct Branching<F>(pub F);

impl<F: BranchSystem, S: BranchScalar> Rhs<S> for Branching<F> {
    fn states(&self) -> usize {
        self.0.dim()
    }
    fn params(&self) -> Option<usize> {
        Some(self.0.num_params())
    }
    #[inline]
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.0.rhs(t, u, p, du);
        Ok(())
    }
    fn names(&self) -> Vec<String> {
        self.0.state_names()
    }
}
