//! Coefficients of collocation methods, for their adjoints.

use super::collocation::{Collocation, GAUSS4, GAUSS6, Gauss, RADAU};
use super::{GaussLegendre4, GaussLegendre6, RadauIIA5};
use crate::{CollocationFamily, ImplicitMidpoint, OneStep};

/// `M Σ (A⁻¹)ᵢⱼ zⱼ = dt f(t + cᵢ dt, u + zᵢ)` and `u_next = u + Σ dᵢ zᵢ`.
#[derive(Clone, Debug)]
pub struct CollocationCoefficients {
    /// Abscissae.
    pub c: Vec<f64>,
    /// `A⁻¹`, row by row.
    pub inverse: Vec<f64>,
    /// `b A⁻¹`.
    pub d: Vec<f64>,
}

/// A method of the family [`CollocationFamily`].
pub trait CollocationMethod: OneStep<Family = CollocationFamily> {
    /// Its coefficients.
    fn coefficients() -> CollocationCoefficients;
}

impl<const S: usize> Collocation<S> {
    /// `T Λ T⁻¹`.
    fn inverse(&self) -> Vec<f64> {
        let Self { t, t_inverse, gamma, pair: (alpha, beta), .. } = self;
        let p = S - 2;
        // Λ T⁻¹
        let row = |i: usize, j: usize| match i {
            _ if i < p => gamma * t_inverse[i][j],
            _ if i == p => alpha * t_inverse[p][j] - beta * t_inverse[p + 1][j],
            _ => beta * t_inverse[p][j] + alpha * t_inverse[p + 1][j],
        };
        let entry = |at: usize| (0..S).map(|k| t[at / S][k] * row(k, at % S)).sum();
        (0..S * S).map(entry).collect()
    }
}

fn gauss<const S: usize>(gauss: &Gauss<S>) -> CollocationCoefficients {
    let Gauss { basis, d, .. } = gauss;
    CollocationCoefficients { c: basis.c.to_vec(), inverse: basis.inverse(), d: d.to_vec() }
}

macro_rules! collocation {
    ($method:ident, $coefficients:expr) => {
        impl OneStep for $method {
            type Family = CollocationFamily;
        }

        impl CollocationMethod for $method {
            fn coefficients() -> CollocationCoefficients {
                $coefficients
            }
        }
    };
}

collocation!(
    RadauIIA5,
    CollocationCoefficients {
        c: RADAU.c.to_vec(),
        inverse: RADAU.inverse(),
        d: vec![0.0, 0.0, 1.0]
    }
);
collocation!(GaussLegendre4, gauss(&GAUSS4));
collocation!(GaussLegendre6, gauss(&GAUSS6));
collocation!(
    ImplicitMidpoint,
    CollocationCoefficients { c: vec![0.5], inverse: vec![2.0], d: vec![2.0] }
);
