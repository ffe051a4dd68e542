//! The models.

use scalar::Scalar;
use std::cell::Cell;
use system::System;
use testset::models::{
    LotkaVolterra, Pollution, Robertson, RobertsonDae, TimeSwitchedLotkaVolterra,
};

thread_local! {
    /// How often a right-hand side was evaluated.
    pub(crate) static CALLS: Cell<usize> = const { Cell::new(0) };
}

system::system! {
    /// `x' = -k x`, `y² = c x + t`: `y` is algebraic, and its equation depends on time.
    pub(crate) struct Root;
    state { x, y }
    params { k, c }
    rhs(t) {
        d(x) = -k * x;
        d(y) = c * x + t - y * y;
    }
}

system::system! {
    pub(crate) struct Growth;
    state { u }
    params { k }
    rhs(_t) {
        d(u) = k * u * u;
    }
}

system::system! {
    pub(crate) struct Unstable;
    state { u }
    params { k }
    rhs(_t) {
        d(u) = k * (u - 1.0);
    }
}

system::system! {
    /// The slope of the root at zero is not finite.
    pub(crate) struct Sqrt;
    state { u }
    params { k }
    rhs(_t) {
        d(u) = k.sqrt() - u;
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Model {
    /// `u' = A u` with the entries of `A`, row by row, as parameters.
    Linear {
        n: usize,
    },
    /// Stiff diffusion of heat along a rod with conductivities as parameters, of which there may be any
    /// number, and a reaction.
    Rod {
        cells: usize,
        parameters: usize,
    },
    /// Two states, driven by so many weights.
    Driven {
        weights: usize,
    },
    LotkaVolterra,
    TimeSwitched,
    Robertson,
    RobertsonDae,
    Pollution,
    Root,
    Growth,
    Unstable,
    Sqrt,
}

impl System for Model {
    fn dim(&self) -> usize {
        match *self {
            Self::Linear { n } => n,
            Self::Rod { cells, .. } => cells,
            Self::Robertson | Self::RobertsonDae => 3,
            Self::Pollution => 20,
            Self::Growth | Self::Unstable | Self::Sqrt => 1,
            _ => 2,
        }
    }

    fn num_params(&self) -> usize {
        match *self {
            Self::Linear { n } => n * n,
            Self::Rod { parameters, .. } => parameters,
            Self::Driven { weights } => weights,
            Self::LotkaVolterra | Self::TimeSwitched => 4,
            Self::Robertson | Self::RobertsonDae => 3,
            Self::Pollution => 25,
            Self::Root => 2,
            Self::Growth | Self::Unstable | Self::Sqrt => 1,
        }
    }

    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        CALLS.set(CALLS.get() + 1);
        match *self {
            Self::Linear { n } => {
                for (du, row) in du.iter_mut().zip(p.chunks(n)) {
                    *du = S::dot(row, u);
                }
            }
            Self::Rod { cells: n, .. } => {
                for i in 0..n {
                    let left = if i > 0 { u[i - 1] } else { S::zero() };
                    let right = if i + 1 < n { u[i + 1] } else { S::zero() };
                    let flow = (left + right - u[i].scale(2.0)).scale(1e3);
                    du[i] = p[i % p.len()] * flow + u[i] * (S::one() - u[i]);
                }
            }
            Self::Driven { .. } => {
                let mut force = S::zero();
                for (i, &p) in p.iter().enumerate() {
                    force += p * (t.scale(1.0 + 0.01 * i as f64)).sin();
                }
                du[0] = u[1];
                du[1] = force - u[0] - u[1] * u[0] * u[0];
            }
            Self::LotkaVolterra => LotkaVolterra.rhs(t, u, p, du),
            Self::TimeSwitched => TimeSwitchedLotkaVolterra.rhs(t, u, p, du),
            Self::Robertson => Robertson.rhs(t, u, p, du),
            Self::RobertsonDae => RobertsonDae.rhs(t, u, p, du),
            Self::Pollution => Pollution.rhs(t, u, p, du),
            Self::Root => Root.rhs(t, u, p, du),
            Self::Growth => Growth.rhs(t, u, p, du),
            Self::Unstable => Unstable.rhs(t, u, p, du),
            Self::Sqrt => Sqrt.rhs(t, u, p, du),
        }
    }
}
