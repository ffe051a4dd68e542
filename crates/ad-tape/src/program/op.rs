use scalar::{Scalar, derivative, for_each_elementary};

/// What an instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Neg,
    /// `a` times the constant of the second operand.
    Scale,
    /// `aⁿ`, where `n` is the second operand itself.
    Powi,
    /// `a` to the constant of the second operand.
    Powf,
    Pow,
    Abs,
    Max,
    Min,
    /// `if a < b { yes } else { no }`; the first operand says where its four are listed.
    Select,
    /// A copy, where a vector node needs its operand in a row.
    Copy,
    Unary(Elementary),
    /// A vector node; the first operand is its number.
    Node,
    /// One of the outputs of the vector node before it, except the first (while recording).
    Tail,
}

impl Op {
    /// Whether the second operand is no value, but a number of the instruction itself.
    pub(crate) fn has_setting(self) -> bool {
        matches!(self, Self::Scale | Self::Powi | Self::Powf)
    }

    /// Whether the second operand is a value.
    pub(crate) fn is_binary(self) -> bool {
        use Op::{Add, Div, Max, Min, Mul, Pow, Sub};
        matches!(self, Add | Sub | Mul | Div | Pow | Max | Min)
    }

    pub(crate) fn is_commutative(self) -> bool {
        matches!(self, Self::Add | Self::Mul)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Sub => "sub",
            Self::Mul => "mul",
            Self::Div => "div",
            Self::Neg => "neg",
            Self::Scale => "scale",
            Self::Powi => "powi",
            Self::Powf => "powf",
            Self::Pow => "pow",
            Self::Abs => "abs",
            Self::Max => "max",
            Self::Min => "min",
            Self::Select => "select_lt",
            Self::Copy => "copy",
            Self::Unary(f) => f.name(),
            Self::Node | Self::Tail => "vector node",
        }
    }

    /// Of one evaluation, in additions; of its adjoint about twice as much.
    pub(crate) fn cost(self) -> usize {
        match self {
            Self::Div => 4,
            Self::Powi => 6,
            Self::Select => 2,
            Self::Powf | Self::Pow => 60,
            Self::Unary(_) => 25,
            _ => 1,
        }
    }
}

/// The derivative by the value, where that is cheaper than the rule of `scalar::derivative`.
macro_rules! slope {
    (exp, $x:expr, $y:expr) => {
        $y
    };
    (tanh, $x:expr, $y:expr) => {
        S::one() - $y * $y
    };
    (tan, $x:expr, $y:expr) => {
        S::one() + $y * $y
    };
    (sqrt, $x:expr, $y:expr) => {
        S::from_f64(0.5) / $y
    };
    ($f:ident, $x:expr, $y:expr) => {
        derivative::$f($x).1
    };
}

macro_rules! elementary {
    ($($f:ident)*) => {
        /// The elementary functions of one argument, under the names of the methods of `Scalar`.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Elementary {
            $($f),*
        }

        impl Elementary {
            fn name(self) -> &'static str {
                match self {
                    $(Self::$f => stringify!($f)),*
                }
            }

            /// Calls `apply` with the function.
            #[inline]
            pub(crate) fn value<S: Scalar>(self, mut apply: impl Apply<S>) {
                match self {
                    $(Self::$f => apply.apply(|x: S| x.$f())),*
                }
            }

            /// Calls `apply` with the derivative at `x`, where the value is `y`.
            #[inline]
            pub(crate) fn slope<S: Scalar>(self, mut apply: impl ApplySlope<S>) {
                match self {
                    $(Self::$f => apply.apply(|x: S, y: S| {
                        let _ = (x, y);
                        slope!($f, x, y)
                    })),*
                }
            }
        }
    };
}

/// A loop over a function of one argument: compiled for each, so that the choice is made once.
pub(crate) trait Apply<S> {
    fn apply(&mut self, f: impl Fn(S) -> S);
}

/// The same for a derivative.
pub(crate) trait ApplySlope<S> {
    fn apply(&mut self, slope: impl Fn(S, S) -> S);
}

for_each_elementary! { elementary }
