use crate::concrete::max_or_nan;
use crate::{Binary, BranchScalar, Concrete, Jet, Scalar, Unary};

impl<S: Scalar, const K: usize> Scalar for Jet<S, K> {
    #[inline]
    fn from_f64(value: f64) -> Self {
        Self::constant(S::from_f64(value))
    }
    #[inline]
    fn scale(self, factor: f64) -> Self {
        self.map(|c| c.scale(factor))
    }
    #[inline]
    fn scale_add(self, factor: f64, addend: Self) -> Self {
        self.zip(addend, |a, b| a.scale_add(factor, b))
    }
    #[inline]
    fn select_lt(self, other: Self, yes: Self, no: Self) -> Self {
        yes.zip(no, |yes, no| self.value.select_lt(other.value, yes, no))
    }
    #[inline]
    fn unary<F: Unary>(self, f: F) -> Self {
        f.jet(self)
    }
    #[inline]
    fn binary<F: Binary>(self, other: Self, f: F) -> Self {
        f.jet(self, other)
    }
    #[inline]
    fn weigh(self, bar: Self) -> Self {
        let mut product = Self::constant(self.value.weigh(bar.value));
        for k in 1..=K {
            let mut sum = self.value.weigh(bar.at(k));
            for j in 1..=k {
                sum += self.at(j).weigh(bar.at(k - j));
            }
            product.higher[k - 1] = sum;
        }
        product
    }
}

impl<S: Concrete, const K: usize> Concrete for Jet<S, K> {
    #[inline]
    fn scaled_square(error: Self, a: Self, b: Self, atol: f64, rtol: f64) -> Self {
        let part = |error, a, b| S::scaled_square(error, a, b, atol, rtol);
        Self {
            value: part(error.value, a.value, b.value),
            higher: core::array::from_fn(|i| part(error.higher[i], a.higher[i], b.higher[i])),
        }
    }
    #[inline]
    fn largest_part(self) -> f64 {
        let higher = self.higher.iter();
        higher.fold(self.value.largest_part(), |m, c| max_or_nan(m, c.largest_part()))
    }
    #[inline]
    fn is_within(self, low: f64, high: f64) -> bool {
        self.value.is_within(low, high)
    }
}

impl<S: BranchScalar, const K: usize> BranchScalar for Jet<S, K> {
    #[inline]
    fn primal(self) -> f64 {
        self.value.primal()
    }
    fn along(value: f64, slope: f64) -> Option<Self> {
        match K {
            0 => Some(Self::constant(S::along(value, slope)?)),
            _ => Some(Self::line(S::from_f64(value), S::from_f64(slope))),
        }
    }
    fn slope(self) -> f64 {
        self.higher.first().map_or_else(|| self.value.slope(), |first| first.primal())
    }
}
