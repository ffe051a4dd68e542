/// Implements the assigning operators and `Sum` from the binary operators.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_assign_ops {
    ([$($generics:tt)*] $ty:ty) => {
        $crate::impl_assign_ops!(@one [$($generics)*] $ty, AddAssign, add_assign, +);
        $crate::impl_assign_ops!(@one [$($generics)*] $ty, SubAssign, sub_assign, -);
        $crate::impl_assign_ops!(@one [$($generics)*] $ty, MulAssign, mul_assign, *);
        $crate::impl_assign_ops!(@one [$($generics)*] $ty, DivAssign, div_assign, /);
        impl<$($generics)*> ::core::iter::Sum for $ty {
            #[inline]
            fn sum<I: Iterator<Item = Self>>(terms: I) -> Self {
                // What leaves every number as it is, also -0.
                terms.fold($crate::Scalar::from_f64(-0.0), |sum, term| sum + term)
            }
        }
    };
    (@one [$($generics:tt)*] $ty:ty, $op:ident, $method:ident, $sym:tt) => {
        impl<$($generics)*> ::core::ops::$op for $ty {
            #[inline]
            fn $method(&mut self, rhs: Self) {
                *self = *self $sym rhs;
            }
        }
    };
}
