#![allow(clippy::excessive_precision)] // as printed

use super::splitting::{leapfrog_drifts, leapfrog_kicks};
use super::{Splitting, method::symplectic};

/// Yoshida's method of sixth order (his solution A): seven leapfrogs, seven forces per step,
/// symmetric.
///
/// # References
///
/// H. Yoshida, *Construction of higher order symplectic integrators*, Phys. Lett. A 150 (1990)
/// 262–268; with more digits in Hairer, Lubich, Wanner, *Geometric Numerical Integration*, 2nd ed.
/// (2006), V.3.2.
#[derive(Clone, Copy, Debug, Default)]
pub struct Yoshida6;

symplectic!(
    Yoshida6,
    Splitting {
        order: 6,
        nystrom: false,
        kicks: &leapfrog_kicks::<8>(&YOSHIDA6),
        drifts: &leapfrog_drifts::<8>(&YOSHIDA6),
    }
);

/// The first leapfrogs up to the one in the middle.
const YOSHIDA6: [f64; 4] = [
    0.78451361047755726381949763,
    0.23557321335935813368479318,
    -1.17767998417887100694641568,
    1.31518632068391121888424973,
];
