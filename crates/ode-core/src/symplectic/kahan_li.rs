#![allow(clippy::excessive_precision)] // as printed

use super::splitting::{leapfrog_drifts, leapfrog_kicks};
use super::{Splitting, method::symplectic};

/// Kahan's and Li's method of sixth order (s9odr6a): nine leapfrogs, nine forces per step,
/// symmetric.
///
/// # References
///
/// W. Kahan, R.-C. Li, *Composition constants for raising the orders of unconventional schemes for
/// ordinary differential equations*, Math. Comp. 66 (1997) 1089–1099; Hairer, Lubich, Wanner,
/// *Geometric Numerical Integration*, 2nd ed. (2006), V.3.2.
#[derive(Clone, Copy, Debug, Default)]
pub struct KahanLi6;

symplectic!(
    KahanLi6,
    Splitting {
        order: 6,
        nystrom: false,
        kicks: &leapfrog_kicks::<10>(&KAHAN_LI6),
        drifts: &leapfrog_drifts::<10>(&KAHAN_LI6),
    }
);

/// The first leapfrogs up to the one in the middle.
const KAHAN_LI6: [f64; 5] = [
    0.39216144400731413927925056,
    0.33259913678935943859974864,
    -0.70624617255763935980996482,
    0.08221359629355080023149045,
    0.79854399093482996339895035,
];

/// Kahan's and Li's method of eighth order (s17odr8a): seventeen leapfrogs, seventeen forces per
/// step, symmetric. The one for very long times and small errors.
///
/// # References
///
/// As [`KahanLi6`].
#[derive(Clone, Copy, Debug, Default)]
pub struct KahanLi8;

symplectic!(
    KahanLi8,
    Splitting {
        order: 8,
        nystrom: false,
        kicks: &leapfrog_kicks::<18>(&KAHAN_LI8),
        drifts: &leapfrog_drifts::<18>(&KAHAN_LI8),
    }
);

const KAHAN_LI8: [f64; 9] = [
    0.13020248308889008087881763,
    0.56116298177510838456196441,
    -0.38947496264484728640807860,
    0.15884190655515560089621075,
    -0.39590389413323757733623154,
    0.18453964097831570709183254,
    0.25837438768632204729397911,
    0.29501172360931029887096624,
    -0.60550853383003451169892108,
];
