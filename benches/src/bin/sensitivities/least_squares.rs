//! The loss of all problems.

use scalar::Scalar;
use sensitivity::Loss;

/// `Σᵢ |u(tᵢ) - dᵢ|²` over the save times; without data, `Σᵢ |u(tᵢ)|²`.
#[derive(Clone, Debug)]
pub(crate) struct LeastSquares {
    /// One state after the other, or nothing.
    pub(crate) data: Vec<f64>,
}

impl Loss for LeastSquares {
    fn at<S: Scalar>(&self, i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        let Some(data) = self.data.get(i * u.len()..(i + 1) * u.len()) else {
            return S::dot(u, u);
        };
        let misses = u.iter().zip(data).map(|(&u, &d)| u - S::from_f64(d));
        misses.map(|miss| miss * miss).sum()
    }
}
