use crate::{Failure, Rhs};

/// A black-box right-hand side from a closure `f(t, u, p, du)`.
///
/// It knows one number type, so it has no derivatives: write the model with
/// [`system!`](crate::system), or name [`FiniteDiff`](crate::FiniteDiff), where one is asked for.
///
/// ```
/// use system::{FromFn, Rhs};
///
/// let decay = FromFn::new(1, |_t: f64, u: &[f64], p: &[f64], du: &mut [f64]| du[0] = -p[0] * u[0]);
/// let mut du = [0.0];
/// decay.eval(0.0, &[2.0], &[3.0], &mut du)?;
/// assert_eq!(du, [-6.0]);
/// # Ok::<(), system::Failure>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FromFn<G> {
    dim: usize,
    f: G,
}

/// A closure that cannot fail.
#[derive(Clone, Copy, Debug)]
pub struct Infallible<G>(G);

/// A closure that can.
#[derive(Clone, Copy, Debug)]
pub struct Fallible<G>(G);

impl<G> FromFn<Infallible<G>> {
    /// Wraps a closure over `dim` states.
    pub fn new<S>(dim: usize, f: G) -> Self
    where
        G: Fn(S, &[S], &[S], &mut [S]),
    {
        Self { dim, f: Infallible(f) }
    }
}

impl<G> FromFn<Fallible<G>> {
    /// Wraps a closure over `dim` states that may fail.
    pub fn fallible<S>(dim: usize, f: G) -> Self
    where
        G: Fn(S, &[S], &[S], &mut [S]) -> Result<(), Failure>,
    {
        Self { dim, f: Fallible(f) }
    }
}

impl<S, G: Fn(S, &[S], &[S], &mut [S])> Rhs<S> for FromFn<Infallible<G>> {
    fn states(&self) -> usize {
        self.dim
    }
    fn params(&self) -> Option<usize> {
        None
    }
    #[inline]
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.f.0(t, u, p, du);
        Ok(())
    }
}

impl<S, G: Fn(S, &[S], &[S], &mut [S]) -> Result<(), Failure>> Rhs<S> for FromFn<Fallible<G>> {
    fn states(&self) -> usize {
        self.dim
    }
    fn params(&self) -> Option<usize> {
        None
    }
    #[inline]
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.f.0(t, u, p, du)
    }
}
