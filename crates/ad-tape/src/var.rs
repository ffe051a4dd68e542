use crate::Tape;
use crate::arena::NONE;
use crate::vector::vector_hooks;
use core::fmt;
use core::ops::{Add, Div, Mul, Neg, Sub};
use scalar::{Binary, BranchScalar, Concrete, Scalar, Unary, impl_assign_ops};

/// A value on a [`Tape`], or a constant, which is on none and costs no node.
///
/// Computes like a number and remembers how. It cannot be compared, and is no
/// [`BranchScalar`]: the branch taken while recording would be wrong elsewhere. Write
/// [`select_lt`](Scalar::select_lt), `abs`, `min` or `max`.
///
/// Mixing variables of two tapes gives NaN, and an error when either tape is pulled back.
///
/// ```
/// use ad_tape::Tape;
/// use scalar::Scalar;
///
/// let tape = Tape::new();
/// let (x, two) = (tape.var(3.0), Scalar::from_f64(2.0));
/// let y = (x * two).exp();
/// assert_eq!(y.value(), 6f64.exp());
/// assert_eq!(tape.len(), 3); // x, 2 x, exp(2 x)
/// ```
///
/// ```compile_fail,E0369
/// let tape = ad_tape::Tape::new();
/// let x = tape.var(1.0);
/// let y = if x < x * x { x } else { x * x };
/// ```
///
/// ```compile_fail,E0277
/// fn relu<S: scalar::BranchScalar>(x: S) -> S {
///     if x.primal() < 0.0 { S::zero() } else { x }
/// }
/// let tape = ad_tape::Tape::new();
/// relu(tape.var(1.0));
/// ```
#[derive(Clone, Copy)]
pub struct Var<'t, S = f64> {
    tape: Option<&'t Tape<S>>,
    slot: u32,
    value: S,
}

impl<'t, S: BranchScalar> Var<'t, S> {
    /// A constant.
    #[inline]
    pub fn constant(value: S) -> Self {
        Self { tape: None, slot: NONE, value }
    }

    /// The value.
    #[inline]
    pub fn value(self) -> S {
        self.value
    }

    /// Whether this is on no tape.
    #[inline]
    pub fn is_constant(self) -> bool {
        self.tape.is_none()
    }

    /// The tape that this was recorded on.
    #[inline]
    pub fn tape(self) -> Option<&'t Tape<S>> {
        self.tape
    }

    #[inline]
    pub(crate) fn on(tape: &'t Tape<S>, slot: u32, value: S) -> Self {
        Self { tape: Some(tape), slot, value }
    }

    /// The result of an operation that could not be recorded.
    #[cold]
    pub(crate) fn undefined() -> Self {
        Self::constant(S::from_f64(f64::NAN))
    }

    #[inline]
    pub(crate) fn slot(self) -> u32 {
        self.slot
    }

    #[inline]
    fn node(self, value: S, slope: S) -> Self {
        match self.tape {
            Some(tape) => tape.push(value, (self.slot, slope), (NONE, S::zero())),
            None => Self::constant(value),
        }
    }

    #[inline]
    fn node_of_two(self, rhs: Self, value: S, slope: S, rhs_slope: S) -> Self {
        let tape = match (self.tape, rhs.tape) {
            (Some(a), Some(b)) if !core::ptr::eq(a, b) => {
                a.fail_foreign();
                b.fail_foreign();
                return Self::undefined();
            }
            (Some(tape), _) | (None, Some(tape)) => tape,
            (None, None) => return Self::constant(value),
        };
        tape.push(value, (self.slot, slope), (rhs.slot, rhs_slope))
    }
}

impl<S: fmt::Debug> fmt::Debug for Var<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.tape.is_some() { "Var" } else { "Constant" };
        f.debug_tuple(name).field(&self.value).finish()
    }
}

impl<S: BranchScalar> Add for Var<'_, S> {
    type Output = Self;
    #[inline]
    fn add(self, rhs: Self) -> Self {
        self.node_of_two(rhs, self.value + rhs.value, S::one(), S::one())
    }
}

impl<S: BranchScalar> Sub for Var<'_, S> {
    type Output = Self;
    #[inline]
    fn sub(self, rhs: Self) -> Self {
        self.node_of_two(rhs, self.value - rhs.value, S::one(), S::from_f64(-1.0))
    }
}

impl<S: BranchScalar> Mul for Var<'_, S> {
    type Output = Self;
    #[inline]
    fn mul(self, rhs: Self) -> Self {
        self.node_of_two(rhs, self.value * rhs.value, rhs.value, self.value)
    }
}

impl<S: BranchScalar> Div for Var<'_, S> {
    type Output = Self;
    #[inline]
    fn div(self, rhs: Self) -> Self {
        let q = self.value / rhs.value;
        self.node_of_two(rhs, q, S::one() / rhs.value, -q / rhs.value)
    }
}

impl<S: BranchScalar> Neg for Var<'_, S> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        self.node(-self.value, S::from_f64(-1.0))
    }
}

impl_assign_ops!(['t, S: BranchScalar] Var<'t, S>);

impl<S: BranchScalar> Scalar for Var<'_, S> {
    #[inline]
    fn from_f64(value: f64) -> Self {
        Self::constant(S::from_f64(value))
    }
    #[inline]
    fn scale(self, factor: f64) -> Self {
        self.node(self.value.scale(factor), S::from_f64(factor))
    }
    /// The operand chosen; no node.
    #[inline]
    fn select_lt(self, other: Self, yes: Self, no: Self) -> Self {
        if self.value.primal() < other.value.primal() { yes } else { no }
    }
    #[inline]
    fn unary<F: Unary>(self, f: F) -> Self {
        let value = self.value.unary(f);
        if self.is_constant() {
            return Self::constant(value);
        }
        self.node(value, f.slope(self.value, value))
    }
    #[inline]
    fn binary<F: Binary>(self, other: Self, f: F) -> Self {
        let value = self.value.binary(other.value, f);
        if self.is_constant() && other.is_constant() {
            return Self::constant(value);
        }
        let (slope, other_slope) = f.slopes(self.value, other.value, value);
        self.node_of_two(other, value, slope, other_slope)
    }
    /// One node, which holds the slopes.
    fn map<F: Unary>(f: F, x: &[Self], y: &mut [Self]) {
        crate::record::map(f, x, y);
    }
    vector_hooks!();
}

/// Error control on a recorded computation looks at values only; its decisions are constants of
/// the derivative.
impl<S: BranchScalar> Concrete for Var<'_, S> {
    fn scaled_square(error: Self, a: Self, b: Self, atol: f64, rtol: f64) -> Self {
        Self::constant(S::scaled_square(error.value, a.value, b.value, atol, rtol))
    }
    fn largest_part(self) -> f64 {
        self.value.largest_part()
    }
    #[inline]
    fn is_within(self, low: f64, high: f64) -> bool {
        self.value().is_within(low, high)
    }
}
