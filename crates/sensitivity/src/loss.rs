use crate::{Error, ErrorKind};
use ode_core::{Options, Save};
use scalar::Scalar;

/// A loss that sums terms at save times, written once for every number type:
/// `L = Σᵢ at(i, tᵢ, u(tᵢ), p) + penalty(p)`.
///
/// The times are those of `Save::At`, or the end of the span with `Save::Last`.
pub trait Loss {
    /// The term of save time `i`.
    fn at<S: Scalar>(&self, i: usize, t: f64, u: &[S], p: &[S]) -> S;

    /// A term that depends on the parameters only, such as a regularisation.
    fn penalty<S: Scalar>(&self, _p: &[S]) -> S {
        S::zero()
    }
}

impl<L: Loss> Loss for &L {
    fn at<S: Scalar>(&self, i: usize, t: f64, u: &[S], p: &[S]) -> S {
        (**self).at(i, t, u, p)
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        (**self).penalty(p)
    }
}

/// The save times that the options ask for.
pub(crate) fn save_times(options: &Options, end: f64) -> Result<Vec<f64>, Error> {
    match &options.save {
        Save::At(times) if !times.is_empty() => Ok(times.clone()),
        Save::Last => Ok(vec![end]),
        _ => Err(ErrorKind::NoSaveTimes.into()),
    }
}
