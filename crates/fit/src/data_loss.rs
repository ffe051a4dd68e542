use crate::Dataset;
use scalar::Scalar;
use sensitivity::Loss;
use std::ops::Range;

/// On which scale residuals are taken.
///
/// ```
/// use fit::ErrorScale;
///
/// assert_eq!(ErrorScale::Log.apply(1.0), 0.0);
/// assert_eq!(ErrorScale::Log.invert(0.0), 1.0);
/// assert_eq!(ErrorScale::default().apply(-2.0), -2.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorScale {
    /// `u - d`: errors of the same size everywhere.
    #[default]
    Absolute,
    /// `ln u - ln d`: relative errors, for positive quantities that span decades.
    Log,
}

impl ErrorScale {
    /// A number on this scale.
    #[inline]
    pub fn apply<S: Scalar>(self, x: S) -> S {
        match self {
            Self::Absolute => x,
            Self::Log => x.ln(),
        }
    }

    /// Back from this scale.
    pub fn invert(self, y: f64) -> f64 {
        match self {
            Self::Absolute => y,
            Self::Log => y.exp(),
        }
    }
}

/// The mean squared residual of a model against measurements, with weights, missing values and a
/// ridge on some of the parameters.
///
/// Series `j` of the data observes state `observes[j]`.
#[derive(Clone, Debug)]
pub(crate) struct DataLoss<'a> {
    pub(crate) data: &'a Dataset,
    pub(crate) observes: &'a [usize],
    pub(crate) scale: ErrorScale,
    pub(crate) weights: &'a [f64],
    pub(crate) ridge: &'a Option<(Range<usize>, f64)>,
    /// 1 / number of residuals in use.
    pub(crate) mean: f64,
}

impl Loss for DataLoss<'_> {
    fn at<S: Scalar>(&self, i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        let mut sum = S::zero();
        for ((&d, &state), &weight) in self.data.row(i).iter().zip(self.observes).zip(self.weights)
        {
            if !d.is_nan() && weight != 0.0 {
                let target = S::from_f64(self.scale.apply(d));
                let residual = self.scale.apply(u[state]) - target;
                sum += (residual * residual).scale(weight * self.mean);
            }
        }
        sum
    }

    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        match self.ridge {
            Some((range, strength)) => {
                let weights = &p[range.clone()];
                S::dot(weights, weights).scale(*strength)
            }
            None => S::zero(),
        }
    }
}
