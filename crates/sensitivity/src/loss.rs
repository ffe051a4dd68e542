use crate::{Error, ErrorKind};
use ode_core::{Options, Save};
use scalar::{Dependency, Scalar};

/// A loss, written once for every number type:
///
/// `L = Σᵢ at(i, tᵢ, u(tᵢ), p) + ∫ running(t, u(t), p) dt + penalty(p)`
///
/// Each of the three is zero unless it is given. The times `tᵢ` are those of `Save::At`, or the end of
/// the span with `Save::Last`; a loss with a running term needs none. The integral goes over the span of
/// the problem, in its direction: backwards in time it has the other sign.
///
/// ```
/// use ode_core::{OdeProblem, Options, Vern7};
/// use scalar::Scalar;
/// use sensitivity::{DiscreteAdjoint, Loss};
///
/// system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
///
/// /// What is left, over all time: `∫ u dt`.
/// struct Dose;
///
/// impl Loss for Dose {
///     fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
///         u[0]
///     }
/// }
///
/// let problem = OdeProblem::new(Decay, [2.0], [0.5], (0.0, 3.0))?;
/// let options = Options { rtol: 1e-10, ..Options::default() };
/// let found = DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Dose)?;
/// let left = (-1.5f64).exp();
/// assert!((found.loss - 4.0 * (1.0 - left)).abs() < 1e-9); // 2 (1 - e^(-3k)) / k
/// assert!((found.t1 - 2.0 * left).abs() < 1e-9);
/// # Ok::<(), sensitivity::Error>(())
/// ```
pub trait Loss {
    /// The term of save time `i`. The time is a number like the others, so that losses are
    /// differentiated by save times too.
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], p: &[S]) -> S {
        let _ = (i, t, u, p);
        S::zero()
    }

    /// What is integrated along the solution.
    fn running<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
        let _ = (t, u, p);
        S::zero()
    }

    /// A term that depends on the parameters only, such as a regularisation.
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        let _ = p;
        S::zero()
    }
}

impl<L: Loss> Loss for &L {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], p: &[S]) -> S {
        (**self).at(i, t, u, p)
    }
    fn running<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
        (**self).running(t, u, p)
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        (**self).penalty(p)
    }
}

/// Whether a loss has a running term: one that depends on anything, or a constant that is not zero.
pub(crate) fn integrates(loss: &impl Loss, t: f64, u: &[f64], p: &[f64]) -> bool {
    if loss.running(t, u, p) != 0.0 {
        return true;
    }
    let any = Dependency::input(0);
    let term = loss.running(any, &vec![any; u.len()], &vec![any; p.len()]);
    term.depends_on(0)
}

/// The save times that the options ask for; there may be none where there is a running term.
pub(crate) fn save_times(options: &Options, end: f64, integrates: bool) -> Result<Vec<f64>, Error> {
    match &options.save {
        Save::At(times) if !times.is_empty() => Ok(times.clone()),
        Save::Last => Ok(vec![end]),
        _ if integrates => Ok(Vec::new()),
        _ => Err(ErrorKind::NoSaveTimes.into()),
    }
}
