//! Right-hand sides behind a pointer: the solver is compiled once for each method, number type and
//! storage, not once more for every model.

use ode_core::{Error, OdeProblem};
use scalar::Concrete;
use std::rc::Rc;
use system::{Buffer, Failure, Mass, Rhs};

/// Any model over one number type.
pub(crate) struct Erased<'a, S>(Rc<dyn Rhs<S> + 'a>);

/// A problem that does not show its model.
pub(crate) type Problem<'a, B> = OdeProblem<Erased<'a, <B as Buffer>::Item>, B>;

impl<S> Clone for Erased<'_, S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, S> Erased<'a, S> {
    pub(crate) fn new(rhs: impl Rhs<S> + 'a) -> Self {
        Self(Rc::new(rhs))
    }
}

impl<S> Rhs<S> for Erased<'_, S> {
    fn states(&self) -> usize {
        self.0.states()
    }
    fn params(&self) -> Option<usize> {
        self.0.params()
    }
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.0.eval(t, u, p, du)
    }
    fn mass(&self) -> Option<&Mass> {
        self.0.mass()
    }
    fn names(&self) -> Vec<String> {
        self.0.names()
    }
}

/// [`OdeProblem::new`].
pub(crate) fn erased<'a, B: Buffer<Item = f64>>(
    rhs: impl Rhs<f64> + 'a,
    u0: B,
    p: impl Into<Vec<f64>>,
    tspan: (f64, f64),
) -> Result<Problem<'a, B>, Error> {
    erased_over(rhs, u0, p, tspan)
}

/// [`OdeProblem::over`].
pub(crate) fn erased_over<'a, B: Buffer>(
    rhs: impl Rhs<B::Item> + 'a,
    u0: B,
    p: impl Into<Vec<B::Item>>,
    tspan: (f64, f64),
) -> Result<Problem<'a, B>, Error>
where
    B::Item: Concrete,
{
    OdeProblem::over(Erased::new(rhs), u0, p, tspan)
}
