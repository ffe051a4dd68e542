//! One type for all models and one for all losses, so that each method is compiled once.

use scalar::{Scalar, Unary};
use sensitivity::Loss;
use system::System;

system::system! {
    /// Nonlinear in everything, time and parameters included, and tame both ways in time.
    pub(crate) struct Forced;
    state { x, y, z }
    params { a, b, c }
    rhs(t) {
        d(x) = a * (y - x) + (b * t).sin() * z;
        d(y) = x * (b - z).cos() - y + (t * t * c).cos() * (x * x).sin();
        d(z) = (x * y * a).sin() - c * z * t.exp() - b * z.tanh();
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zoo {
    /// With products of its own.
    Own,
    /// The same, recorded.
    Recorded,
    /// With a function that no program knows.
    Unknown,
    /// A ring of so many cells: a sparse Jacobian.
    Ring(usize),
    /// States that nothing binds together, where two rows depend on the parameters.
    Bound,
}

#[derive(Clone, Copy, Debug)]
struct Softly;

impl Unary for Softly {
    fn f64(self, x: f64) -> f64 {
        x / (1.0 + x * x)
    }
    fn slope<S: Scalar>(self, x: S, _f: S) -> S {
        let square = S::one() + x * x;
        (S::one() - x * x) / (square * square)
    }
}

impl System for Zoo {
    fn dim(&self) -> usize {
        match self {
            Self::Ring(n) => *n,
            Self::Bound => 4,
            _ => 3,
        }
    }
    fn num_params(&self) -> usize {
        3
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        match *self {
            Self::Own | Self::Recorded => Forced.rhs(t, u, p, du),
            Self::Unknown => {
                Forced.rhs(t, u, p, du);
                du[0] += (u[1] * p[2] + t).unary(Softly);
            }
            Self::Ring(n) => {
                for i in 0..n {
                    let (left, right) = (u[(i + n - 1) % n], u[(i + 1) % n]);
                    let spread = p[0] * (left - u[i].scale(2.0) + right);
                    let drive = (p[1] * t + S::from_f64(i as f64)).sin();
                    du[i] = spread + drive * u[i] - p[2] * (u[i] * u[i] * right).sin();
                }
            }
            // u₂ and u₃ follow from 0 = .. in the last two rows.
            Self::Bound => {
                du[0] = -p[0] * u[0] + u[2] * u[3];
                du[1] = u[0] - p[1] * u[1] * u[3] + t.sin();
                du[2] = u[2] + (u[2].powi(3)).scale(0.1) - p[2] * u[0] - u[3].scale(0.2) - t;
                du[3] = u[3] - u[1] * u[2].scale(0.3) - p[1] * p[2];
            }
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
        *self == Self::Own && Forced.vjp(t, u, p, du_bar, u_bar, p_bar)
    }
}

/// Points, or an integral, or both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tangled {
    pub(crate) points: bool,
    pub(crate) running: bool,
}

impl Tangled {
    pub(crate) const POINTS: Self = Self { points: true, running: false };
    pub(crate) const BOTH: Self = Self { points: true, running: true };
}

impl Loss for Tangled {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], p: &[S]) -> S {
        if !self.points {
            return S::zero();
        }
        let weight = t + S::from_f64(1.0 + i as f64);
        u[0] * u[1] * weight + (p[0] * u[0]).sin() + u[2].powi(3).scale(0.1)
    }
    fn running<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
        if !self.running {
            return S::zero();
        }
        (u[0] * u[1]).sin() * p[1] + t.cos() * u[2] * u[2]
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        p[1] * p[2]
    }
}
