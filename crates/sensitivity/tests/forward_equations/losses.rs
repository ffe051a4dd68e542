//! The losses.

use scalar::Scalar;
use sensitivity::Loss;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Losses {
    /// Depends on everything: index, time, states, parameters, nonlinearly; and along the way.
    Tangled,
    /// `u₁ + u₂`.
    Sum,
    /// `u₁`.
    First,
    /// `ln(u₁ - p₁)`.
    Log,
    /// Species of the pollution model at points, and along the way.
    Smog,
    /// `y² + y x` at points, and `∫ y² dt`.
    Both,
}

impl Loss for Losses {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], p: &[S]) -> S {
        match self {
            Self::Tangled => {
                let weight = t + S::from_f64(1.0 + i as f64);
                u[0] * u[1] * weight + (p[0] * u[0]).sin() + u[1].powi(3).scale(0.1)
            }
            Self::Sum => u[0] + u[1],
            Self::First => u[0],
            Self::Log => (u[0] - p[0]).ln(),
            Self::Smog => u[1] * u[1] * t + u[4] * p[0],
            Self::Both => u[1] * u[1] + u[1] * u[0],
        }
    }

    fn running<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
        match self {
            Self::Tangled => (t + u[0]).cos() * u[1] * p[3],
            Self::Smog => u[0].powi(2),
            Self::Both => u[1] * u[1],
            Self::Sum | Self::First | Self::Log => S::zero(),
        }
    }

    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        if *self == Self::Tangled { p[1] * p[2] } else { S::zero() }
    }
}
