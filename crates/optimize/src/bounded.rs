//! An objective with bounds, seen as one without.

use crate::bound::Bound;
use crate::error::{Error, ErrorKind};
use crate::minimizer::{Control, Iterate, Minimizer, Outcome};
use crate::objective::Objective;
use crate::run::check_start;
use crate::stop::Stop;

/// An objective f(x) with a [`Bound`] on each variable, turned into the objective z ↦ f(x(z)) on all
/// real z; the gradient follows by the chain rule, ∂f/∂z_i = ∂f/∂x_i · dx_i/dz_i.
///
/// [`Bounded::minimize`] does the whole round: start, callback and outcome are in x.
///
/// ```
/// use optimize::{Bound, Bounded, Control, FromFn, Lbfgs, Stop};
///
/// // (x − 1)² + (y − 3)² with x > 0 and y in (0, 10).
/// let f = FromFn::new(2, |x: &[f64], g: &mut [f64]| {
///     g[0] = 2.0 * (x[0] - 1.0);
///     g[1] = 2.0 * (x[1] - 3.0);
///     0.25 * (g[0] * g[0] + g[1] * g[1])
/// });
/// let mut inside = Bounded::new(f, &[Bound::Positive, Bound::Box(0.0, 10.0)])?;
/// let go_on = &mut |_: &optimize::Iterate<'_>| Control::Continue;
/// let outcome = inside.minimize(&Lbfgs::default(), &[5.0, 5.0], &Stop::default(), go_on)?;
/// assert!((outcome.x[0] - 1.0).abs() < 1e-7 && (outcome.x[1] - 3.0).abs() < 1e-7);
/// # Ok::<(), optimize::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Bounded<O> {
    objective: O,
    bounds: Vec<Bound>,
    x: Vec<f64>,
}

impl<O: Objective> Bounded<O> {
    /// Puts one bound on each variable of `objective` (which may be a `&mut` reference).
    ///
    /// # Errors
    /// [`ErrorKind::DimensionMismatch`] unless there are `objective.dim()` bounds,
    /// [`ErrorKind::EmptyInterval`] for a bound with nothing inside.
    pub fn new(objective: O, bounds: &[Bound]) -> Result<Self, Error> {
        let dim = objective.dim();
        check_length("bounds", bounds.len(), dim)?;
        for (index, bound) in bounds.iter().enumerate() {
            bound.validate(index)?;
        }
        Ok(Bounded { objective, bounds: bounds.to_vec(), x: vec![0.0; dim] })
    }

    /// z of a start x.
    ///
    /// # Errors
    /// [`ErrorKind::OutsideBound`] for an entry outside its bound or exactly on it,
    /// [`ErrorKind::NonFiniteStart`] for one that is no number, or a wrong length.
    pub fn to_unconstrained(&self, x0: &[f64]) -> Result<Vec<f64>, Error> {
        check_start(x0, self.bounds.len())?;
        let pairs = self.bounds.iter().zip(x0).enumerate();
        pairs.map(|(index, (bound, &x))| bound.unconstrain_at(index, x)).collect()
    }

    /// x of a point z.
    ///
    /// # Errors
    /// [`ErrorKind::DimensionMismatch`].
    pub fn to_constrained(&self, z: &[f64]) -> Result<Vec<f64>, Error> {
        check_length("z", z.len(), self.bounds.len())?;
        Ok(self.bounds.iter().zip(z).map(|(bound, &z)| bound.constrain(z)).collect())
    }

    /// Minimises inside the bounds. `x0`, the callback's `x` and the outcome's `x` are in the
    /// variables of the original objective; gradient norms, step sizes and tolerances are in z.
    ///
    /// # Errors
    /// Those of [`Bounded::to_unconstrained`] and of the minimiser.
    pub fn minimize(
        &mut self,
        minimizer: &dyn Minimizer,
        x0: &[f64],
        stop: &Stop,
        callback: &mut dyn FnMut(&Iterate<'_>) -> Control,
    ) -> Result<Outcome, Error> {
        let z0 = self.to_unconstrained(x0)?;
        let bounds = self.bounds.clone();
        let mut x = x0.to_vec();
        let mut outcome = minimizer.minimize(self, &z0, stop, &mut |iterate| {
            constrain_into(&bounds, iterate.x, &mut x);
            callback(&Iterate { x: &x, ..*iterate })
        })?;
        outcome.x = self.to_constrained(&outcome.x)?;
        Ok(outcome)
    }

    /// The bounds.
    pub fn bounds(&self) -> &[Bound] {
        &self.bounds
    }

    /// Gives the original objective back.
    pub fn into_inner(self) -> O {
        self.objective
    }
}

impl<O: Objective> Objective for Bounded<O> {
    fn dim(&self) -> usize {
        self.bounds.len()
    }

    fn value_gradient(&mut self, z: &[f64], gradient: &mut [f64]) -> f64 {
        constrain_into(&self.bounds, z, &mut self.x);
        let value = self.objective.value_gradient(&self.x, gradient);
        for ((g, bound), &z) in gradient.iter_mut().zip(&self.bounds).zip(z) {
            *g *= bound.slope(z);
        }
        value
    }

    fn value(&mut self, z: &[f64]) -> f64 {
        constrain_into(&self.bounds, z, &mut self.x);
        self.objective.value(&self.x)
    }
}

fn constrain_into(bounds: &[Bound], z: &[f64], x: &mut [f64]) {
    for ((x, bound), &z) in x.iter_mut().zip(bounds).zip(z) {
        *x = bound.constrain(z);
    }
}

fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        Ok(())
    } else {
        Err(ErrorKind::DimensionMismatch { what, expected, found }.into())
    }
}
