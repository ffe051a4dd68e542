use crate::Loss;
use ode_core::{Domain, Options};
use scalar::Scalar;
use system::{Failure, Rhs, System};

/// A model with the integral of a running loss as one more state, behind the others: `q' = running`.
///
/// Where the loss has no running term, it is the model itself. (The type stands in the bounds of
/// [`ForwardSensitivity::gradient`](crate::ForwardSensitivity::gradient): what the method has to solve.)
#[derive(Debug)]
pub struct Augmented<'a, F, L> {
    pub(crate) rhs: &'a F,
    pub(crate) loss: &'a L,
    pub(crate) integrates: bool,
}

impl<F, L> Clone for Augmented<'_, F, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F, L> Copy for Augmented<'_, F, L> {}

impl<F: System, L: Loss> System for Augmented<'_, F, L> {
    fn dim(&self) -> usize {
        self.rhs.dim() + usize::from(self.integrates)
    }
    fn num_params(&self) -> usize {
        self.rhs.num_params()
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        match (self.integrates, du.split_last_mut(), u.split_last()) {
            (true, Some((q, du)), Some((_, u))) => {
                self.rhs.rhs(t, u, p, du);
                *q = self.loss.running(t, u, p);
            }
            _ => self.rhs.rhs(t, u, p, du),
        }
    }
    fn vjp<S: Scalar>(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        du_bar: &[S],
        u_bar: &mut [S],
        p_bar: &mut [S],
    ) -> bool {
        !self.integrates && self.rhs.vjp(t, u, p, du_bar, u_bar, p_bar)
    }
    fn state_names(&self) -> Vec<String> {
        let integral = self.integrates.then(|| "integral".into());
        self.rhs.state_names().into_iter().chain(integral).collect()
    }
    fn param_names(&self) -> Vec<String> {
        self.rhs.param_names()
    }
}

/// The same for a right-hand side of one number type, with a running term.
pub(crate) struct AugmentedRhs<'a, F, L> {
    pub(crate) rhs: &'a F,
    pub(crate) loss: &'a L,
}

impl<S: Scalar, F: Rhs<S>, L: Loss> Rhs<S> for AugmentedRhs<'_, F, L> {
    fn states(&self) -> usize {
        self.rhs.states() + 1
    }
    fn params(&self) -> Option<usize> {
        self.rhs.params()
    }
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        if let (Some((q, du)), Some((_, u))) = (du.split_last_mut(), u.split_last()) {
            self.rhs.eval(t, u, p, du)?;
            *q = self.loss.running(t, u, p);
        }
        Ok(())
    }
}

/// Options for one state more, to which the common tolerances apply and which has no bounds.
pub(crate) fn with_integral(mut options: Options, n: usize) -> Options {
    if !options.rtol_each.is_empty() {
        options.rtol_each.push(options.rtol);
    }
    if !options.atol_each.is_empty() {
        options.atol_each.push(options.atol);
    }
    let anywhere = (f64::NEG_INFINITY, f64::INFINITY);
    options.domain = match options.domain {
        Domain::Anywhere => Domain::Anywhere,
        Domain::NonNegative => {
            let mut bounds = vec![(0.0, f64::INFINITY); n];
            bounds.push(anywhere);
            Domain::Within(bounds)
        }
        Domain::Within(mut bounds) => {
            bounds.push(anywhere);
            Domain::Within(bounds)
        }
    };
    options
}
