use super::listing::{CONSTANT, Listing, Operand, Ref};
use super::op::{Op, of_two};
use super::primitive::Primitive;
use crate::ErrorKind;
use crate::node::Kind;
use crate::vector::{Recorded, vector_hooks};
use core::cell::RefCell;
use core::fmt;
use core::ops::{Add, Div, Mul, Neg, Sub};
use scalar::{AnyUnary, Binary, Scalar, Unary, impl_assign_ops};
use std::sync::Arc;

/// A value of a [`Program`](crate::Program) that is being recorded: an operation, and no number.
///
/// What is recorded holds for every point, because a symbol has no value that could be looked at:
/// it cannot be compared, and gives back no `f64`.
///
/// ```compile_fail,E0369
/// ad_tape::Program::record(1, |x| vec![if x[0] < x[0] * x[0] { x[0] } else { -x[0] }]);
/// ```
///
/// ```compile_fail,E0277
/// fn relu<S: scalar::BranchScalar>(x: S) -> S {
///     if x.primal() < 0.0 { S::zero() } else { x }
/// }
/// ad_tape::Program::record(1, |x| vec![relu(x[0])]);
/// ```
#[derive(Clone, Copy)]
pub struct Symbol<'r> {
    listing: Option<&'r RefCell<Listing>>,
    id: Ref,
    /// Of a constant.
    value: f64,
}

impl<'r> Symbol<'r> {
    /// A constant.
    pub fn constant(value: f64) -> Self {
        Self { listing: None, id: 0, value }
    }

    pub(crate) fn on(listing: &'r RefCell<Listing>, id: Ref) -> Self {
        Self { listing: Some(listing), id, value: f64::NAN }
    }

    /// The operand that this is in a listing; `None` (and a fault) if it is of another one.
    pub(crate) fn operand(self, listing: &RefCell<Listing>) -> Option<Ref> {
        match self.listing {
            Some(ours) if core::ptr::eq(ours, listing) => Some(self.id),
            Some(_) => {
                listing.borrow_mut().fail(ErrorKind::ForeignOperand);
                None
            }
            None => Some(CONSTANT | listing.borrow_mut().constant(self.value)),
        }
    }

    /// Writes `f(x)` into `y`, as one operation; NaN (and an error of the recording) if the lengths are
    /// not those of `f`.
    pub fn primitive(f: impl Primitive + 'static, x: &[Self], y: &mut [Self]) {
        let (inputs, outputs) = (f.inputs(), f.outputs());
        if let Some(listing) = x.iter().find_map(|symbol| symbol.listing) {
            let mut arena = listing.borrow_mut();
            for (what, found, expected) in [
                ("the argument of a primitive", x.len(), inputs),
                ("the result of a primitive", y.len(), outputs),
            ] {
                if found != expected || outputs == 0 {
                    arena.fail(ErrorKind::Lengths { what, found, expected });
                    return y.fill(Self::undefined());
                }
            }
            let index = arena.primitives.len() as u32;
            arena.primitives.push(Arc::new(f));
            drop(arena);
            let [inputs, outputs] = [inputs, outputs].map(|n| n.min(u32::MAX as usize) as u32);
            Self::node(Kind::Primitive { index, inputs, outputs }, [x, &[], &[]], y);
        } else if x.len() == inputs && y.len() == outputs {
            let (x, mut out): (Vec<_>, _) =
                (x.iter().map(|x| x.value).collect(), vec![0.0; outputs]);
            f.value(&x, &mut out);
            y.iter_mut().zip(out).for_each(|(y, out)| *y = Self::constant(out));
        } else {
            y.fill(Self::undefined());
        }
    }

    fn undefined() -> Self {
        Self::constant(f64::NAN)
    }

    fn push(self, op: Op, a: Ref, b: Ref) -> Self {
        let Some(listing) = self.listing else { return Self::undefined() };
        let pushed = listing.borrow_mut().push(op, a, b);
        pushed.map_or_else(Self::undefined, |id| Self::on(listing, id))
    }

    /// A function that cannot be stored.
    #[cold]
    fn unknown(self, f: &dyn fmt::Debug) -> Self {
        if let Some(listing) = self.listing {
            listing.borrow_mut().fail(ErrorKind::UnknownFunction { name: format!("{f:?}") });
        }
        Self::undefined()
    }

    #[inline]
    fn operation(self, op: Op, rhs: Self, fold: impl FnOnce(f64, f64) -> f64) -> Self {
        let Some(listing) = self.listing.or(rhs.listing) else {
            return Self::constant(fold(self.value, rhs.value));
        };
        match (self.operand(listing), rhs.operand(listing)) {
            (Some(a), Some(b)) => Self::on(listing, 0).push(op, a, b),
            _ => Self::undefined(),
        }
    }

    /// Whether this is the constant `value`, bit by bit.
    fn is(self, value: f64) -> bool {
        self.listing.is_none() && self.value.to_bits() == value.to_bits()
    }
}

impl fmt::Debug for Symbol<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.listing {
            Some(_) => write!(f, "Symbol({})", self.id),
            None => write!(f, "Constant({})", self.value),
        }
    }
}

// What is left out here changes no bit of any result.
impl Add for Symbol<'_> {
    type Output = Self;
    #[inline]
    fn add(self, rhs: Self) -> Self {
        match () {
            () if self.is(-0.0) => rhs,
            () if rhs.is(-0.0) => self,
            () => self.operation(Op::Add, rhs, |a, b| a + b),
        }
    }
}

impl Sub for Symbol<'_> {
    type Output = Self;
    #[inline]
    fn sub(self, rhs: Self) -> Self {
        if rhs.is(0.0) { self } else { self.operation(Op::Sub, rhs, |a, b| a - b) }
    }
}

impl Mul for Symbol<'_> {
    type Output = Self;
    #[inline]
    fn mul(self, rhs: Self) -> Self {
        match () {
            () if self.is(1.0) => rhs,
            () if rhs.is(1.0) => self,
            () => self.operation(Op::Mul, rhs, |a, b| a * b),
        }
    }
}

impl Div for Symbol<'_> {
    type Output = Self;
    #[inline]
    fn div(self, rhs: Self) -> Self {
        if rhs.is(1.0) { self } else { self.operation(Op::Div, rhs, |a, b| a / b) }
    }
}

impl Neg for Symbol<'_> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        match self.listing {
            None => Self::constant(-self.value),
            Some(_) => self.push(Op::Neg, self.id, 0),
        }
    }
}

impl_assign_ops!(['r] Symbol<'r>);

impl Scalar for Symbol<'_> {
    #[inline]
    fn from_f64(value: f64) -> Self {
        Self::constant(value)
    }
    fn scale(self, factor: f64) -> Self {
        match self.listing {
            None => Self::constant(self.value * factor),
            Some(_) if factor == 1.0 => self,
            Some(listing) => {
                let number = listing.borrow_mut().constant(factor);
                self.push(Op::Scale, self.id, number)
            }
        }
    }
    fn select_lt(self, other: Self, yes: Self, no: Self) -> Self {
        let all = [self, other, yes, no];
        let Some(listing) = all.iter().find_map(|symbol| symbol.listing) else {
            return if self.value < other.value { yes } else { no };
        };
        let mut operands = [0; 4];
        for (operand, symbol) in operands.iter_mut().zip(all) {
            match symbol.operand(listing) {
                Some(id) => *operand = id,
                None => return Self::undefined(),
            }
        }
        let place = listing.borrow_mut().list(operands.into_iter());
        Self::on(listing, 0).push(Op::Select, place, 0)
    }
    fn unary<F: Unary>(self, f: F) -> Self {
        let Some(listing) = self.listing else { return Self::constant(f.f64(self.value)) };
        match f.any() {
            Some(AnyUnary::Abs) => self.push(Op::Abs, self.id, 0),
            Some(AnyUnary::Powi(0)) => Self::constant(1.0),
            Some(AnyUnary::Powi(1)) => self,
            Some(AnyUnary::Powi(2)) => self * self,
            Some(f) => {
                let number = listing.borrow_mut().function(f);
                self.push(Op::Unary, self.id, number)
            }
            None => self.unknown(&f),
        }
    }
    fn binary<F: Binary>(self, other: Self, f: F) -> Self {
        if self.listing.is_none() && other.listing.is_none() {
            return Self::constant(f.f64(self.value, other.value));
        }
        match f.any().and_then(of_two) {
            Some(op) => self.operation(op, other, |a, b| f.f64(a, b)),
            None => self.unknown(&f),
        }
    }
    fn max(self, other: Self) -> Self {
        self.operation(Op::Max, other, Scalar::max)
    }
    fn min(self, other: Self) -> Self {
        self.operation(Op::Min, other, Scalar::min)
    }
    vector_hooks!();
}

impl Recorded for Symbol<'_> {
    fn is_free(&self) -> bool {
        self.listing.is_none()
    }

    fn node(kind: Kind, operands: [&[Self]; 3], y: &mut [Self]) {
        let all = operands.iter().flat_map(|operand| operand.iter()).chain(&*y);
        let Some(listing) = all.clone().find_map(|symbol| symbol.listing) else { return };
        let ours = |symbol: &Self| symbol.listing.is_none_or(|l| core::ptr::eq(l, listing));
        if !all.into_iter().all(ours) {
            listing.borrow_mut().fail(ErrorKind::ForeignOperand);
            return y.fill(Self::undefined());
        }
        let mut arena = listing.borrow_mut();
        let mut places = [Operand::Range(0); 3];
        for ((place, operand), len) in places.iter_mut().zip(operands).zip(kind.lengths()) {
            let symbols = if operand.len() < len { &*y } else { operand };
            *place = arena.operand(symbols);
        }
        match arena.node(kind, places) {
            Some(first) => {
                for (y, id) in y.iter_mut().zip(first..) {
                    *y = Self::on(listing, id);
                }
            }
            None => y.fill(Self::undefined()),
        }
    }
}

impl Listing {
    /// Symbols (all of this listing, or constants) as the operand of a vector node.
    pub(crate) fn operand(&mut self, symbols: &[Symbol<'_>]) -> Operand {
        let first = symbols.first().filter(|first| first.listing.is_some()).map(|first| first.id);
        let in_row = |first: Ref| {
            symbols
                .iter()
                .zip(first..)
                .all(|(symbol, id)| symbol.listing.is_some() && symbol.id == id)
        };
        match first {
            Some(first) if in_row(first) => Operand::Range(first),
            _ => {
                let ids: Vec<Ref> = symbols
                    .iter()
                    .map(|symbol| match symbol.listing {
                        Some(_) => symbol.id,
                        None => CONSTANT | self.constant(symbol.value),
                    })
                    .collect();
                Operand::List(self.list(ids.into_iter()))
            }
        }
    }
}
