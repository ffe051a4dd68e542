//! Numbers that carry one derivative: products of exact Jacobians with vectors, for who asks for those.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// What right-hand sides are written in.
pub(crate) trait Real:
    Copy
    + From<f64>
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Mul<f64, Output = Self>
{
    fn exp(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
}

impl Real for f64 {
    #[inline(always)]
    fn exp(self) -> Self {
        f64::exp(self)
    }
    #[inline(always)]
    fn sin(self) -> Self {
        f64::sin(self)
    }
    #[inline(always)]
    fn cos(self) -> Self {
        f64::cos(self)
    }
}

/// Value and derivative.
#[derive(Clone, Copy)]
pub(crate) struct Dual(pub(crate) f64, pub(crate) f64);

impl From<f64> for Dual {
    #[inline(always)]
    fn from(x: f64) -> Self {
        Self(x, 0.0)
    }
}

impl Neg for Dual {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0, -self.1)
    }
}

impl Add for Dual {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        Self(self.0 + b.0, self.1 + b.1)
    }
}

impl Sub for Dual {
    type Output = Self;
    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        Self(self.0 - b.0, self.1 - b.1)
    }
}

impl Mul for Dual {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        Self(self.0 * b.0, self.0 * b.1 + self.1 * b.0)
    }
}

impl Mul<f64> for Dual {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: f64) -> Self {
        Self(self.0 * b, self.1 * b)
    }
}

impl Div for Dual {
    type Output = Self;
    #[inline(always)]
    fn div(self, b: Self) -> Self {
        let quotient = self.0 / b.0;
        Self(quotient, (self.1 - quotient * b.1) / b.0)
    }
}

impl Real for Dual {
    #[inline(always)]
    fn exp(self) -> Self {
        let exp = self.0.exp();
        Self(exp, exp * self.1)
    }
    #[inline(always)]
    fn sin(self) -> Self {
        Self(self.0.sin(), self.0.cos() * self.1)
    }
    #[inline(always)]
    fn cos(self) -> Self {
        Self(self.0.cos(), -self.0.sin() * self.1)
    }
}
