use scalar::{AnyBinary, AnyUnary};

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
    Pow,
    Atan2,
    Hypot,
    Abs,
    Max,
    Min,
    /// `if a < b { yes } else { no }`; the first operand says where its four are listed.
    Select,
    /// A copy, where a vector node needs its operand in a row.
    Copy,
    /// The function whose number is the second operand.
    Unary,
    /// A vector node; the first operand is its number.
    Node,
    /// One of the outputs of the vector node before it, except the first (while recording).
    Tail,
}

impl Op {
    /// Whether the second operand is no value, but a number of the instruction itself.
    pub(crate) fn has_setting(self) -> bool {
        matches!(self, Self::Scale | Self::Unary)
    }

    /// Whether the second operand is a value.
    pub(crate) fn is_binary(self) -> bool {
        use Op::{Add, Atan2, Div, Hypot, Max, Min, Mul, Pow, Sub};
        matches!(self, Add | Sub | Mul | Div | Pow | Atan2 | Hypot | Max | Min)
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
            Self::Pow => "pow",
            Self::Atan2 => "atan2",
            Self::Hypot => "hypot",
            Self::Abs => "abs",
            Self::Max => "max",
            Self::Min => "min",
            Self::Select => "select_lt",
            Self::Copy => "copy",
            Self::Unary => "function",
            Self::Node | Self::Tail => "vector node",
        }
    }

    /// Of one evaluation, in additions; of its adjoint about twice as much.
    pub(crate) fn cost(self) -> usize {
        match self {
            Self::Div => 4,
            Self::Select => 2,
            Self::Pow => 60,
            Self::Unary | Self::Atan2 | Self::Hypot => 25,
            _ => 1,
        }
    }
}

/// The operation of a function of two numbers; none for one that is not known here.
pub(crate) fn of_two(f: AnyBinary) -> Option<Op> {
    match f {
        AnyBinary::Pow => Some(Op::Pow),
        AnyBinary::Atan2 => Some(Op::Atan2),
        AnyBinary::Hypot => Some(Op::Hypot),
        _ => None,
    }
}

/// Whether two functions are one, bit by bit.
pub(crate) fn same(f: AnyUnary, g: AnyUnary) -> bool {
    match (f, g) {
        (AnyUnary::Powf(a), AnyUnary::Powf(b)) => a.to_bits() == b.to_bits(),
        _ => f == g,
    }
}
