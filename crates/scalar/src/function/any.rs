use super::table::for_each_unary;
use super::{Atan2, Binary, Hypot, Polygamma, Pow, Powf, Powi, Sign, Unary, unary};
use crate::{Jet, Lanes, Scalar};

macro_rules! enumerate {
    ($(
        $(#[$doc:meta])*
        $name:ident $Type:ident $values:tt $args:tt $slope:block $series:tt;
    )*) => {
        /// Any function of one number of this crate, as data: what a tape stores.
        ///
        /// ```
        /// use scalar::{AnyUnary, Scalar, Unary, function};
        ///
        /// let stored: Option<AnyUnary> = function::Tanh.any();
        /// assert_eq!(stored, Some(AnyUnary::Tanh));
        /// assert_eq!(0.5.unary(AnyUnary::Tanh), 0.5f64.tanh());
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum AnyUnary {
            $(
                #[doc = concat!("[`Scalar::", stringify!($name), "`].")]
                $Type,
            )*
            /// [`Scalar::sign`].
            Sign,
            /// [`Scalar::powi`].
            Powi(i32),
            /// [`Scalar::powf`].
            Powf(f64),
            /// [`Scalar::polygamma`].
            Polygamma(u32),
        }

        impl AnyUnary {
            /// Every function without a constant in it.
            pub const ALL: &[Self] = &[$(Self::$Type,)* Self::Sign];

            /// The name of its method of [`Scalar`].
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$Type => stringify!($name),)*
                    Self::Sign => "sign",
                    Self::Powi(_) => "powi",
                    Self::Powf(_) => "powf",
                    Self::Polygamma(_) => "polygamma",
                }
            }
        }

        impl Unary for AnyUnary {
            fn f64(self, x: f64) -> f64 {
                enumerate! { @forward self f64 (x) $($Type)* }
            }
            fn f32(self, x: f32) -> f32 {
                enumerate! { @forward self f32 (x) $($Type)* }
            }
            fn lanes<const W: usize>(self, x: Lanes<W>) -> Lanes<W> {
                enumerate! { @forward self lanes (x) $($Type)* }
            }
            fn slope<S: Scalar>(self, x: S, f: S) -> S {
                enumerate! { @forward self slope (x, f) $($Type)* }
            }
            fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>) -> Jet<S, K> {
                enumerate! { @forward self jet (x) $($Type)* }
            }
            fn is_flat(self) -> bool {
                enumerate! { @forward self is_flat () $($Type)* }
            }
            fn any(self) -> Option<AnyUnary> {
                Some(self)
            }
        }
    };
    (@forward $self:ident $method:ident $args:tt $($Type:ident)*) => {
        match $self {
            $(Self::$Type => unary::$Type.$method $args,)*
            Self::Sign => Sign.$method $args,
            Self::Powi(n) => Powi(n).$method $args,
            Self::Powf(a) => Powf(a).$method $args,
            Self::Polygamma(n) => Polygamma(n).$method $args,
        }
    };
}
for_each_unary!(enumerate);

/// Any function of two numbers of this crate, as data: what a tape stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnyBinary {
    /// [`Scalar::pow`].
    Pow,
    /// [`Scalar::atan2`].
    Atan2,
    /// [`Scalar::hypot`].
    Hypot,
}

impl AnyBinary {
    /// Every function of two numbers.
    pub const ALL: &[Self] = &[Self::Pow, Self::Atan2, Self::Hypot];
}

macro_rules! forward {
    ($self:ident.$method:ident $args:tt) => {
        match $self {
            Self::Pow => Pow.$method $args,
            Self::Atan2 => Atan2.$method $args,
            Self::Hypot => Hypot.$method $args,
        }
    };
}

impl Binary for AnyBinary {
    fn f64(self, x: f64, y: f64) -> f64 {
        forward!(self.f64(x, y))
    }
    fn f32(self, x: f32, y: f32) -> f32 {
        forward!(self.f32(x, y))
    }
    fn slopes<S: Scalar>(self, x: S, y: S, f: S) -> (S, S) {
        forward!(self.slopes(x, y, f))
    }
    fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>, y: Jet<S, K>) -> Jet<S, K> {
        forward!(self.jet(x, y))
    }
    fn any(self) -> Option<AnyBinary> {
        Some(self)
    }
}
