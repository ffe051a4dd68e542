use crate::{Failure, Jacobian, Rhs};
use core::fmt;
use scalar::Scalar;

/// A right-hand side in two parts, `u' = stiff(t, u; p) + nonstiff(t, u; p)`.
///
/// Every method solves it as the sum. An implicit–explicit method asks for the parts: it treats
/// `stiff` implicitly and `nonstiff` explicitly, which saves the Jacobian of `nonstiff` and lets
/// `stiff` be as simple as diffusion.
///
/// Both parts see all states and the same parameters, and neither has a mass matrix.
///
/// ```
/// use system::{Rhs, Split};
///
/// system::system! {
///     struct Relaxation;
///     state { x }
///     params { rate }
///     rhs(t) { d(x) = -rate * (x - t.cos()); }
/// }
/// system::system! {
///     struct Growth;
///     state { x }
///     params { rate }
///     rhs(_t) { d(x) = 0.1 * x; }
/// }
///
/// let split = Split::new(Relaxation, Growth)?;
/// let mut du = [0.0];
/// split.eval(0.0, &[2.0], &[1e4], &mut du)?;
/// assert_eq!(du, [-1e4 + 0.2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split<I, E> {
    stiff: I,
    nonstiff: E,
}

/// Why two right-hand sides are not the parts of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SplitError {
    /// They have different numbers of states.
    States {
        /// Of the stiff part.
        stiff: usize,
        /// Of the other.
        nonstiff: usize,
    },
    /// They have different numbers of parameters.
    Params {
        /// Of the stiff part.
        stiff: usize,
        /// Of the other.
        nonstiff: usize,
    },
    /// One of them has a mass matrix.
    Mass,
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::States { stiff, nonstiff } => {
                write!(f, "the stiff part has {stiff} states, the other {nonstiff}")
            }
            Self::Params { stiff, nonstiff } => {
                write!(
                    f,
                    "the stiff part has {stiff} parameters, the other {nonstiff}: both are given all"
                )
            }
            Self::Mass => f.write_str("a part of a split right-hand side has a mass matrix"),
        }
    }
}

impl std::error::Error for SplitError {}

impl<I, E> Split<I, E> {
    /// Joins the two.
    ///
    /// # Errors
    ///
    /// When they have different numbers of states or parameters, or one has a mass matrix.
    pub fn new(stiff: I, nonstiff: E) -> Result<Self, SplitError>
    where
        I: Rhs<f64>,
        E: Rhs<f64>,
    {
        let states = (stiff.states(), nonstiff.states());
        if states.0 != states.1 {
            return Err(SplitError::States { stiff: states.0, nonstiff: states.1 });
        }
        if let (Some(i), Some(e)) = (stiff.params(), nonstiff.params())
            && i != e
        {
            return Err(SplitError::Params { stiff: i, nonstiff: e });
        }
        if stiff.mass().is_some() || nonstiff.mass().is_some() {
            return Err(SplitError::Mass);
        }
        Ok(Self { stiff, nonstiff })
    }

    /// The part to be treated implicitly.
    pub fn stiff(&self) -> &I {
        &self.stiff
    }

    /// The part to be treated explicitly.
    pub fn nonstiff(&self) -> &E {
        &self.nonstiff
    }
}

/// Up to this many states the sum needs no memory from the heap.
const FEW: usize = 32;

impl<S: Scalar, I: Rhs<S>, E: Rhs<S>> Rhs<S> for Split<I, E> {
    fn states(&self) -> usize {
        self.stiff.states()
    }
    fn params(&self) -> Option<usize> {
        self.stiff.params().or(self.nonstiff.params())
    }
    /// The sum. Above 32 states it allocates a vector at every call; the parts never do.
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        let (mut few, mut many);
        let other = match du.len() <= FEW {
            true => {
                few = [S::zero(); FEW];
                &mut few[..du.len()]
            }
            false => {
                many = vec![S::zero(); du.len()];
                &mut many[..]
            }
        };
        self.stiff.eval(t, u, p, du)?;
        self.nonstiff.eval(t, u, p, other)?;
        add(du, other);
        Ok(())
    }
    fn names(&self) -> Vec<String> {
        self.stiff.names()
    }
}

/// Memory of the Jacobian of a [`Split`]: that of its parts, and of one of the terms, taken when it is
/// asked for.
#[derive(Clone, Debug)]
pub struct SplitWork<S, I, E> {
    stiff: I,
    nonstiff: E,
    jac: Vec<S>,
}

impl<S: Scalar, I: Jacobian<S>, E: Jacobian<S>> Jacobian<S> for Split<I, E> {
    type Work = SplitWork<S, I::Work, E::Work>;

    fn jacobian_work(&self) -> Self::Work {
        SplitWork {
            stiff: self.stiff.jacobian_work(),
            nonstiff: self.nonstiff.jacobian_work(),
            jac: Vec::new(),
        }
    }
    fn jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        jac: &mut [S],
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        self.stiff.jacobian(t, u, p, jac, &mut work.stiff)?;
        work.jac.resize(jac.len(), S::zero());
        self.nonstiff.jacobian(t, u, p, &mut work.jac, &mut work.nonstiff)?;
        add(jac, &work.jac);
        Ok(())
    }
    fn time_derivative(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        dfdt: &mut [S],
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        self.stiff.time_derivative(t, u, p, dfdt, &mut work.stiff)?;
        work.jac.resize(dfdt.len(), S::zero());
        self.nonstiff.time_derivative(t, u, p, &mut work.jac, &mut work.nonstiff)?;
        add(dfdt, &work.jac);
        Ok(())
    }
    fn jvp(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        (v, out): (&[S], &mut [S]),
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        self.stiff.jvp(t, u, p, (v, &mut *out), &mut work.stiff)?;
        work.jac.resize(out.len(), S::zero());
        self.nonstiff.jvp(t, u, p, (v, &mut work.jac), &mut work.nonstiff)?;
        add(out, &work.jac);
        Ok(())
    }
}

/// `sum += x`.
fn add<S: Scalar>(sum: &mut [S], x: &[S]) {
    for (sum, &x) in sum.iter_mut().zip(x) {
        *sum += x;
    }
}
