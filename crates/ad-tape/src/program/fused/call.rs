//! The loops of functions that are no sums of products.

use super::super::op::Op;
use super::super::run::{Any, At};
use super::graph::Function;
use super::kernel::at;
use super::plan::{Entry, Place};
use scalar::{AnyBinary, AnyUnary, Binary, Scalar, Unary};

/// A function of the operands.
pub(super) fn call<S: Scalar>(
    (function, functions): (Function, &[AnyUnary]),
    x: &[S],
    y: &mut [S],
    (entries, lists): (&[Entry], &[u32]),
) {
    let len = y.len();
    let arg = |k: usize| at(entries.get(k).map_or(Place::None, |entry| entry.x), len, lists);
    let (zero, args) = (S::zero(), [arg(0), arg(1), arg(2)]);
    match function {
        Function::Inverse => one(x, y, args[0], |a| S::one() / a),
        Function::Slope(f) => {
            let f = functions[f as usize];
            two(x, y, args, |a, y| f.slope(a, y));
        }
        Function::SlopeOfTwo(op, second) => {
            let f = of_two(op);
            three(x, y, args, |a, b, y| {
                let slopes = f.slopes(a, b, y);
                if second { slopes.1 } else { slopes.0 }
            });
        }
        Function::PullAbs => two(x, y, args, |a, bar| a.select_lt(zero, -bar, bar)),
        Function::Pull(Op::Select, second) => three(x, y, args, |a, b, bar| match second {
            false => a.select_lt(b, bar, zero),
            true => a.select_lt(b, zero, bar),
        }),
        // Max takes `b` where `a < b`, Min where `b < a`; a NaN there is the value.
        Function::Pull(op, second) => three(x, y, args, |a, b, bar| {
            let (low, high) = if op == Op::Max { (a, b) } else { (b, a) };
            match second {
                false => b.select_nan(zero, low.select_lt(high, zero, bar)),
                true => b.select_nan(bar, low.select_lt(high, bar, zero)),
            }
        }),
        Function::Value(op, f) => match op {
            Op::Div => two(x, y, args, |a, b| a / b),
            Op::Max => two(x, y, args, S::max),
            Op::Min => two(x, y, args, S::min),
            Op::Abs => one(x, y, args[0], S::abs),
            Op::Unary => {
                let f = functions[f as usize];
                one(x, y, args[0], |a| a.unary(f));
            }
            Op::Select => {
                let [a, b, yes] = args.map(At::any);
                let no = arg(3).any();
                for (i, y) in y.iter_mut().enumerate() {
                    let value = |at: Any<'_>| x[at.index(i)];
                    *y = value(a).select_lt(value(b), value(yes), value(no));
                }
            }
            _ => {
                let f = of_two(op);
                two(x, y, args, |a, b| a.binary(b, f));
            }
        },
    }
}

fn of_two(op: Op) -> AnyBinary {
    match op {
        Op::Pow => AnyBinary::Pow,
        Op::Atan2 => AnyBinary::Atan2,
        _ => AnyBinary::Hypot,
    }
}

#[inline(always)]
fn one<S: Scalar>(x: &[S], y: &mut [S], a: At<'_>, f: impl Fn(S) -> S) {
    if let At::Row(a) = a {
        let a = &x[a..a + y.len()];
        y.iter_mut().zip(a).for_each(|(y, &a)| *y = f(a));
    } else {
        let a = a.any();
        y.iter_mut().enumerate().for_each(|(i, y)| *y = f(x[a.index(i)]));
    }
}

#[inline(always)]
fn two<S: Scalar>(x: &[S], y: &mut [S], [a, b, _]: [At<'_>; 3], f: impl Fn(S, S) -> S) {
    if let (At::Row(a), At::Row(b)) = (a, b) {
        let (a, b) = (&x[a..a + y.len()], &x[b..b + y.len()]);
        y.iter_mut().zip(a).zip(b).for_each(|((y, &a), &b)| *y = f(a, b));
    } else {
        let (a, b) = (a.any(), b.any());
        y.iter_mut().enumerate().for_each(|(i, y)| *y = f(x[a.index(i)], x[b.index(i)]));
    }
}

#[inline(always)]
fn three<S: Scalar>(x: &[S], y: &mut [S], args: [At<'_>; 3], f: impl Fn(S, S, S) -> S) {
    let [a, b, c] = args.map(At::any);
    for (i, y) in y.iter_mut().enumerate() {
        *y = f(x[a.index(i)], x[b.index(i)], x[c.index(i)]);
    }
}
