use crate::{Binary, Scalar, Unary, impl_assign_ops};
use core::ops::{Add, BitOr, Div, Mul, Neg, Sub};

/// A number that only remembers which inputs it depends on: the pattern of a Jacobian.
///
/// It sees a window of 64 inputs at a time; a model with more is evaluated once per window. The
/// result holds for *every* value of the inputs: a product depends on both factors, also where one
/// of them happens to be zero. The condition of a selection does not count, because it does not
/// enter the derivative.
///
/// ```
/// use scalar::{Dependency, Scalar};
///
/// let (x, y) = (Dependency::input(0), Dependency::input(1));
/// let f = x.sin() * y + Dependency::one();
/// assert!(f.depends_on(0) && f.depends_on(1) && !f.depends_on(2));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dependency(u64);

impl Dependency {
    /// Inputs seen at a time.
    pub const WINDOW: usize = 64;

    /// The `i`-th input of the window; an input outside the window (`i >= 64`) is not tracked.
    #[inline]
    pub fn input(i: usize) -> Self {
        Self(u32::try_from(i).ok().and_then(|i| 1u64.checked_shl(i)).unwrap_or(0))
    }

    /// Whether this value depends on the `i`-th input of the window.
    #[inline]
    pub fn depends_on(self, i: usize) -> bool {
        self.0 & Self::input(i).0 != 0
    }

    /// The inputs of the window that this value depends on, ascending.
    ///
    /// ```
    /// use scalar::Dependency;
    ///
    /// let sum = Dependency::input(63) + Dependency::input(2);
    /// assert!(sum.inputs().eq([2, 63]));
    /// ```
    #[inline]
    pub fn inputs(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        core::iter::from_fn(move || {
            let next = (left != 0).then(|| left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            next
        })
    }
}

impl BitOr for Dependency {
    type Output = Self;
    fn bitor(self, rhs: Self) -> Self {
        Self(self.0 | rhs.0)
    }
}

macro_rules! union_op {
    ($($op:ident $method:ident),*) => {$(
        impl $op for Dependency {
            type Output = Self;
            #[inline]
            fn $method(self, rhs: Self) -> Self {
                self | rhs
            }
        }
    )*};
}
union_op!(Add add, Sub sub, Mul mul, Div div);

impl Neg for Dependency {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        self
    }
}

impl_assign_ops!([] Dependency);

impl Scalar for Dependency {
    #[inline]
    fn from_f64(_: f64) -> Self {
        Self(0)
    }
    #[inline]
    fn select_lt(self, _: Self, yes: Self, no: Self) -> Self {
        yes | no
    }
    #[inline]
    fn unary<F: Unary>(self, f: F) -> Self {
        if f.is_flat() { Self(0) } else { self }
    }
    #[inline]
    fn binary<F: Binary>(self, other: Self, _: F) -> Self {
        self | other
    }
}
