//! The small systems, with their Jacobians by hand. Parameters come with the request.

use super::dual::{Dual, Real};
use crate::models::array;

/// A right-hand side of `N` states.
pub(crate) trait Stiff<const N: usize>: Copy {
    /// With these parameters, if there are as many as it has.
    fn new(p: &[f64]) -> Result<Self, String>;

    /// `f(t, u)`.
    fn f<T: Real>(&self, t: f64, u: &[T; N]) -> [T; N];

    /// The nonzero entries of the Jacobian.
    fn jac(&self, t: f64, u: &[f64; N], set: impl FnMut(usize, usize, f64));

    /// The Jacobian times `v`.
    #[inline(always)]
    fn jvp(&self, t: f64, u: &[f64; N], v: &[f64; N]) -> [f64; N] {
        let lifted = std::array::from_fn(|i| Dual(u[i], v[i]));
        self.f(t, &lifted).map(|y: Dual| y.1)
    }
}

/// Three reactions of Robertson.
#[derive(Clone, Copy)]
pub(crate) struct Robertson([f64; 3]);

impl Stiff<3> for Robertson {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(Self)
    }

    #[inline(always)]
    fn f<T: Real>(&self, _t: f64, &[a, b, c]: &[T; 3]) -> [T; 3] {
        let [k1, k2, k3] = self.0;
        let (slow, fast, pair) = (a * k1, b * c * k3, b * b * k2);
        [fast - slow, slow - fast - pair, pair]
    }

    #[inline(always)]
    fn jac(&self, _t: f64, &[_, b, c]: &[f64; 3], mut set: impl FnMut(usize, usize, f64)) {
        let [k1, k2, k3] = self.0;
        set(0, 0, -k1);
        set(0, 1, k3 * c);
        set(0, 2, k3 * b);
        set(1, 0, k1);
        set(1, 1, -k3 * c - 2.0 * k2 * b);
        set(1, 2, -k3 * b);
        set(2, 1, 2.0 * k2 * b);
    }
}

/// Van der Pol's oscillator.
#[derive(Clone, Copy)]
pub(crate) struct VanDerPol(f64);

impl Stiff<2> for VanDerPol {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(|[mu]| Self(mu))
    }

    #[inline(always)]
    fn f<T: Real>(&self, _t: f64, &[x, y]: &[T; 2]) -> [T; 2] {
        [y, (T::from(1.0) - x * x) * y * self.0 - x]
    }

    #[inline(always)]
    fn jac(&self, _t: f64, &[x, y]: &[f64; 2], mut set: impl FnMut(usize, usize, f64)) {
        set(0, 1, 1.0);
        set(1, 0, -2.0 * self.0 * x * y - 1.0);
        set(1, 1, self.0 * (1.0 - x * x));
    }
}

/// The same in scaled time.
#[derive(Clone, Copy)]
pub(crate) struct VanDerPolScaled(f64);

impl Stiff<2> for VanDerPolScaled {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(|[eps]| Self(1.0 / eps))
    }

    #[inline(always)]
    fn f<T: Real>(&self, _t: f64, &[x, y]: &[T; 2]) -> [T; 2] {
        [y, ((T::from(1.0) - x * x) * y - x) * self.0]
    }

    #[inline(always)]
    fn jac(&self, _t: f64, &[x, y]: &[f64; 2], mut set: impl FnMut(usize, usize, f64)) {
        set(0, 1, 1.0);
        set(1, 0, (-2.0 * x * y - 1.0) * self.0);
        set(1, 1, (1.0 - x * x) * self.0);
    }
}

/// High irradiance response.
#[derive(Clone, Copy)]
pub(crate) struct Hires;

impl Stiff<8> for Hires {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(|[]| Self)
    }

    #[inline(always)]
    fn f<T: Real>(&self, _t: f64, u: &[T; 8]) -> [T; 8] {
        let binding = u[5] * u[7] * 280.0;
        [
            u[0] * -1.71 + u[1] * 0.43 + u[2] * 8.32 + T::from(0.0007),
            u[0] * 1.71 - u[1] * 8.75,
            u[2] * -10.03 + u[3] * 0.43 + u[4] * 0.035,
            u[1] * 8.32 + u[2] * 1.71 - u[3] * 1.12,
            u[4] * -1.745 + u[5] * 0.43 + u[6] * 0.43,
            -binding + u[3] * 0.69 + u[4] * 1.71 - u[5] * 0.43 + u[6] * 0.69,
            binding - u[6] * 1.81,
            -binding + u[6] * 1.81,
        ]
    }

    #[inline(always)]
    fn jac(&self, _t: f64, u: &[f64; 8], mut set: impl FnMut(usize, usize, f64)) {
        let (by6, by8) = (280.0 * u[7], 280.0 * u[5]);
        for (i, j, value) in [
            (0, 0, -1.71),
            (0, 1, 0.43),
            (0, 2, 8.32),
            (1, 0, 1.71),
            (1, 1, -8.75),
            (2, 2, -10.03),
            (2, 3, 0.43),
            (2, 4, 0.035),
            (3, 1, 8.32),
            (3, 2, 1.71),
            (3, 3, -1.12),
            (4, 4, -1.745),
            (4, 5, 0.43),
            (4, 6, 0.43),
            (5, 3, 0.69),
            (5, 4, 1.71),
            (5, 5, -0.43 - by6),
            (5, 6, 0.69),
            (5, 7, -by8),
            (6, 5, by6),
            (6, 6, -1.81),
            (6, 7, by8),
            (7, 5, -by6),
            (7, 6, 1.81),
            (7, 7, -by8),
        ] {
            set(i, j, value);
        }
    }
}

/// The Oregonator.
#[derive(Clone, Copy)]
pub(crate) struct Oregonator([f64; 3]);

impl Stiff<3> for Oregonator {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(Self)
    }

    #[inline(always)]
    fn f<T: Real>(&self, _t: f64, &[x, y, z]: &[T; 3]) -> [T; 3] {
        let [s, q, w] = self.0;
        [(y - x * y + x - x * x * q) * s, (z - y - x * y) * (1.0 / s), (x - z) * w]
    }

    #[inline(always)]
    fn jac(&self, _t: f64, &[x, y, _]: &[f64; 3], mut set: impl FnMut(usize, usize, f64)) {
        let [s, q, w] = self.0;
        set(0, 0, s * (1.0 - y - 2.0 * q * x));
        set(0, 1, s * (1.0 - x));
        set(1, 0, -y / s);
        set(1, 1, (-1.0 - x) / s);
        set(1, 2, 1.0 / s);
        set(2, 0, w);
        set(2, 2, -w);
    }
}

/// Chemical pyrolysis, E5 of stiff DETEST.
#[derive(Clone, Copy)]
pub(crate) struct Pyrolysis([f64; 4]);

impl Stiff<4> for Pyrolysis {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(Self)
    }

    #[inline(always)]
    fn f<T: Real>(&self, _t: f64, &[x, y, z, w]: &[T; 4]) -> [T; 4] {
        let [a, b, c, m] = self.0;
        let (first, pair, late, back) = (x * a, x * z * b, y * z * (m * c), w * c);
        [-first - pair, first - late, first - pair - late + back, pair - back]
    }

    #[inline(always)]
    fn jac(&self, _t: f64, &[x, y, z, _]: &[f64; 4], mut set: impl FnMut(usize, usize, f64)) {
        let [a, b, c, m] = self.0;
        set(0, 0, -a - b * z);
        set(0, 2, -b * x);
        set(1, 0, a);
        set(1, 1, -m * c * z);
        set(1, 2, -m * c * y);
        set(2, 0, a - b * z);
        set(2, 1, -m * c * z);
        set(2, 2, -b * x - m * c * y);
        set(2, 3, c);
        set(3, 0, b * z);
        set(3, 2, b * x);
        set(3, 3, -c);
    }
}
