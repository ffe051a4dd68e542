use scalar::Scalar;

/// A first-order system `du/dt = f(t, u; p)`, written once for every number type.
///
/// Everything that one may want to differentiate comes in through the slices; plain settings are
/// fields of the implementing type. The body must be free of branches on values: see [`Scalar`].
/// (A model that has to branch implements [`BranchSystem`](crate::BranchSystem) instead.)
///
/// Usually written by [`system!`](crate::system); by hand for models whose size is a setting:
///
/// ```
/// use system::{Scalar, System};
///
/// /// Heat in a rod of `n` cells.
/// struct Rod {
///     n: usize,
/// }
///
/// impl System for Rod {
///     fn dim(&self) -> usize {
///         self.n
///     }
///     fn num_params(&self) -> usize {
///         1
///     }
///     fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
///         for i in 0..self.n {
///             let left = if i == 0 { S::zero() } else { u[i - 1] };
///             let right = if i + 1 == self.n { S::zero() } else { u[i + 1] };
///             du[i] = p[0] * (left - u[i].scale(2.0) + right);
///         }
///     }
/// }
/// ```
pub trait System {
    /// Number of states.
    fn dim(&self) -> usize;

    /// Number of parameters.
    fn num_params(&self) -> usize;

    /// Writes `f(t, u; p)` into `du`: `u` and `du` have length [`dim`](System::dim), `p` has
    /// length [`num_params`](System::num_params).
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]);

    /// Adds `(∂f/∂u)ᵀ du_bar` to `u_bar` and `(∂f/∂p)ᵀ du_bar` to `p_bar`; `false`, and nothing is
    /// done, if the model has no such code of its own.
    ///
    /// [`system!`](crate::system) writes it for equations without loops, closures or functions of
    /// others. Whatever needs a product takes this one first, and else records the model.
    fn vjp<S: Scalar>(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        du_bar: &[S],
        u_bar: &mut [S],
        p_bar: &mut [S],
    ) -> bool {
        let _ = (t, u, p, du_bar, u_bar, p_bar);
        false
    }

    /// Names of the states, in order: they travel into solutions, tables, plots and equations.
    fn state_names(&self) -> Vec<String> {
        (1..=self.dim()).map(|i| format!("u{i}")).collect()
    }

    /// Names of the parameters, in order.
    fn param_names(&self) -> Vec<String> {
        (1..=self.num_params()).map(|i| format!("p{i}")).collect()
    }
}

impl<F: System> System for &F {
    fn dim(&self) -> usize {
        (**self).dim()
    }
    fn num_params(&self) -> usize {
        (**self).num_params()
    }
    #[inline]
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        (**self).rhs(t, u, p, du);
    }
    #[inline]
    fn vjp<S: Scalar>(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        du_bar: &[S],
        u_bar: &mut [S],
        p_bar: &mut [S],
    ) -> bool {
        (**self).vjp(t, u, p, du_bar, u_bar, p_bar)
    }
    fn state_names(&self) -> Vec<String> {
        (**self).state_names()
    }
    fn param_names(&self) -> Vec<String> {
        (**self).param_names()
    }
}

/// What a model does when it is called with slices of the wrong length: every derivative is NaN,
/// which a solver reports as a non-finite right-hand side. (Problems check lengths beforehand.)
#[cold]
pub fn wrong_lengths<S: Scalar>(du: &mut [S]) {
    du.fill(S::from_f64(f64::NAN));
}
