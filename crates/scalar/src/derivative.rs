//! Value and derivative of each function at once.
//!
//! ```
//! let (value, slope) = scalar::derivative::tanh(0.0);
//! assert_eq!((value, slope), (0.0, 1.0));
//! ```

use crate::function::table::for_each_unary;
use crate::{Binary, Scalar, Unary, function};

macro_rules! rules {
    ($(
        $(#[$doc:meta])*
        $name:ident $Type:ident $values:tt $args:tt $slope:block $series:tt;
    )*) => {
        $(
            #[doc = concat!("Value and derivative of `", stringify!($name), "`.")]
            #[inline]
            pub fn $name<S: Scalar>(x: S) -> (S, S) {
                of(function::$Type, x)
            }
        )*
    };
}
for_each_unary!(rules);

/// Value and derivative of any function.
#[inline]
pub fn of<S: Scalar>(f: impl Unary, x: S) -> (S, S) {
    let value = x.unary(f);
    (value, f.slope(x, value))
}

/// Value and derivative of `xⁿ`.
#[inline]
pub fn powi<S: Scalar>(x: S, n: i32) -> (S, S) {
    of(function::Powi(n), x)
}

/// Value and derivative of `x^a` for a constant `a`.
#[inline]
pub fn powf<S: Scalar>(x: S, a: f64) -> (S, S) {
    of(function::Powf(a), x)
}

/// Value and derivatives of any function of two numbers.
#[inline]
pub fn of_two<S: Scalar>(f: impl Binary, x: S, y: S) -> (S, S, S) {
    let value = x.binary(y, f);
    let (dx, dy) = f.slopes(x, y, value);
    (value, dx, dy)
}

/// Value of `x^a` and its derivatives with respect to `x` and `a`.
#[inline]
pub fn pow<S: Scalar>(x: S, a: S) -> (S, S, S) {
    of_two(function::Pow, x, a)
}
