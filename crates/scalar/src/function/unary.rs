use super::table::for_each_unary;
use super::{slope, value};
use crate::jet::recurrence;
use crate::{AnyUnary, Jet, Lanes, Scalar, special};
use core::f64::consts::{FRAC_2_SQRT_PI, LN_2, LOG2_E, LOG10_E};
use core::fmt::Debug;

/// A differentiable function of one number, as a value: the sine, or `x ↦ x^2.5`.
///
/// It says what the function is in `f64` and what its derivative is; every number type (duals,
/// jets, lanes, recorded variables, and all of them nested) evaluates it from that. The derivative
/// is itself written in numbers of any type, so that derivatives of every order follow.
///
/// A function of your own becomes one that all types know, with exact derivatives:
///
/// ```
/// use scalar::{Dual, Jet, Scalar, Unary};
///
/// /// The principal branch of Lambert's W: `w eʷ = x`, for `x ≥ 0`.
/// #[derive(Clone, Copy, Debug)]
/// struct LambertW;
///
/// impl Unary for LambertW {
///     fn f64(self, x: f64) -> f64 {
///         let mut w = x.ln_1p();
///         for _ in 0..8 {
///             w -= (w - x * (-w).exp()) / (1.0 + w);
///         }
///         w
///     }
///     fn slope<S: Scalar>(self, _x: S, w: S) -> S {
///         (-w).exp() / (S::one() + w)
///     }
/// }
///
/// let slope = Dual::<f64>::variable(1.0, 0).unary(LambertW).eps[0];
/// assert!((slope - 0.361_896_256_634_889_2).abs() < 1e-15);
/// let third = Jet::<f64, 3>::variable(0.0).unary(LambertW).derivative(3);
/// assert!((third - 9.0).abs() < 1e-13); // W = x - x² + 3/2 x³ - …
/// ```
pub trait Unary: Copy + Debug {
    /// The value.
    fn f64(self, x: f64) -> f64;

    /// The value in single precision, by default rounded from double precision.
    #[inline]
    fn f32(self, x: f32) -> f32 {
        self.f64(f64::from(x)) as f32
    }

    /// The values of several lanes, each as if alone.
    #[inline]
    fn lanes<const W: usize>(self, x: Lanes<W>) -> Lanes<W> {
        Lanes(x.0.map(|x| self.f64(x)))
    }

    /// The derivative at `x`, where the function has the value `f`.
    fn slope<S: Scalar>(self, x: S, f: S) -> S;

    /// The Taylor coefficients of the function of a series.
    ///
    /// By default from [`slope`](Unary::slope), one more coefficient with each of `K` passes. If
    /// the derivative comes back to the function itself (sine, cosine, sine, …), or if there is a
    /// recurrence, it has to be written.
    #[inline]
    fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>) -> Jet<S, K> {
        let value = x.value().unary(self);
        let mut f = Jet::constant(value);
        for _ in 0..K {
            f = x.integrate(value, self.slope(x, f));
        }
        f
    }

    /// Whether the derivative is 0 everywhere, so that the value does not depend on the argument.
    #[inline]
    fn is_flat(self) -> bool {
        false
    }

    /// The function as data, if it is one of this crate: what a tape stores to evaluate it again.
    #[inline]
    fn any(self) -> Option<AnyUnary> {
        None
    }
}

/// `f`, computed in double precision and rounded once.
#[inline(always)]
fn narrow(f: impl Fn(f64) -> f64) -> impl Fn(f32) -> f32 {
    move |x| f(f64::from(x)) as f32
}

macro_rules! series {
    (($x:ident) [] $value:ident $self:ident) => {
        $x.integrate($value, $self.slope($x, Jet::constant($value)))
    };
    (($x:ident $(, $f:ident)?) [$series:path] $value:ident $self:ident) => {
        $series($x, $value)
    };
}

macro_rules! define {
    ($(
        $(#[$doc:meta])*
        $name:ident $Type:ident
        ($f64:expr, $f32:expr $(, $lanes:path)?)
        ($x:ident $(, $f:ident)?) $slope:block
        [$($series:path)?];
    )*) => {$(
        #[doc = concat!("[`Scalar::", stringify!($name), "`] as a value.")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $Type;

        impl Unary for $Type {
            #[inline]
            fn f64(self, x: f64) -> f64 {
                $f64(x)
            }
            #[inline]
            fn f32(self, x: f32) -> f32 {
                $f32(x)
            }
            $(
                #[inline(always)]
                fn lanes<const W: usize>(self, x: Lanes<W>) -> Lanes<W> {
                    $lanes(x)
                }
            )?
            #[inline]
            #[allow(unused_variables)]
            fn slope<S: Scalar>(self, $x: S, value: S) -> S {
                $(let $f = value;)?
                $slope
            }
            #[inline]
            fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>) -> Jet<S, K> {
                let value = x.value().unary(self);
                series! { (x $(, $f)?) [$($series)?] value self }
            }
            #[inline]
            fn any(self) -> Option<AnyUnary> {
                Some(AnyUnary::$Type)
            }
        }
    )*};
}
for_each_unary!(define);
