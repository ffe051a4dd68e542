use crate::{Jet, Scalar, impl_assign_ops};
use core::ops::{Add, Div, Mul, Neg, Sub};

impl<S: Scalar, const K: usize> Add for Jet<S, K> {
    type Output = Self;
    #[inline]
    fn add(self, rhs: Self) -> Self {
        self.zip(rhs, |a, b| a + b)
    }
}

impl<S: Scalar, const K: usize> Sub for Jet<S, K> {
    type Output = Self;
    #[inline]
    fn sub(self, rhs: Self) -> Self {
        self.zip(rhs, |a, b| a - b)
    }
}

impl<S: Scalar, const K: usize> Mul for Jet<S, K> {
    type Output = Self;
    #[inline]
    fn mul(self, rhs: Self) -> Self {
        let higher = core::array::from_fn(|i| self.product(&rhs, i + 1));
        Self { value: self.value * rhs.value, higher }
    }
}

impl<S: Scalar, const K: usize> Div for Jet<S, K> {
    type Output = Self;
    #[inline]
    fn div(self, rhs: Self) -> Self {
        let mut q = Self::constant(self.value / rhs.value);
        for_each_order!(K, k => {
            let rest = self.at(k) - rhs.at(k) * q.value - rhs.inner_product(&q, k);
            q.higher[k - 1] = rest / rhs.value;
        });
        q
    }
}

impl<S: Scalar, const K: usize> Neg for Jet<S, K> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        self.map(|c| -c)
    }
}

impl_assign_ops!([S: Scalar, const K: usize] Jet<S, K>);
