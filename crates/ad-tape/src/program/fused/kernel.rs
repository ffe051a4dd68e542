//! The loops.

use super::super::run::At;
use super::graph::Function;
use super::plan::{Entry, Place};
use crate::program::op::Op;
use scalar::{AnyBinary, AnyUnary, Binary, Scalar, Unary};

/// Numbers that several passes go through while they are near.
const BLOCK: usize = 512;

/// Rows that are added up in one pass.
const ROWS: usize = 8;

/// Where an operand is.
pub(super) fn at(place: Place, len: usize, lists: &[u32]) -> At<'_> {
    match place {
        Place::None => At::Same(0),
        Place::Row(first) => At::Row(first as usize),
        Place::Same(place) => At::Same(place as usize),
        Place::List(first) => At::List(&lists[first as usize..first as usize + len]),
    }
}

/// `yᵢ = Σₖ cₖ xₖᵢ [yₖᵢ]`, the terms in their order.
pub(super) fn sum<S: Scalar>(x: &[S], y: &mut [S], entries: &[Entry]) {
    for (block, y) in y.chunks_mut(BLOCK).enumerate() {
        sum_block(x, y, block * BLOCK, entries);
    }
}

fn sum_block<S: Scalar>(x: &[S], y: &mut [S], skip: usize, mut entries: &[Entry]) {
    // What every number starts with; nothing once there are numbers. Adding -0 changes no bit.
    let mut start = Some(S::from_f64(-0.0));
    let rows = |entries: &[Entry]| {
        let is_row = |e: &&Entry| matches!((e.x, e.y), (Place::Row(_), Place::None));
        entries.iter().take(ROWS).take_while(is_row).count()
    };
    let len = y.len();
    let row_of = |first: u32| &x[first as usize + skip..first as usize + skip + len];
    while let Some((&Entry { coefficient, x: a, y: b, weighed }, rest)) = entries.split_first() {
        let number = |place: Place| match place {
            Place::Same(place) => Some(x[place as usize]),
            _ => None,
        };
        match (a, b) {
            (Place::Row(_), Place::None) => {
                let count = rows(entries);
                let part = &entries[..count];
                match count {
                    1 => linear::<S, 1>(start, y, part, row_of),
                    2 => linear::<S, 2>(start, y, part, row_of),
                    3 => linear::<S, 3>(start, y, part, row_of),
                    4 => linear::<S, 4>(start, y, part, row_of),
                    5 => linear::<S, 5>(start, y, part, row_of),
                    6 => linear::<S, 6>(start, y, part, row_of),
                    7 => linear::<S, 7>(start, y, part, row_of),
                    _ => linear::<S, ROWS>(start, y, part, row_of),
                }
                start = None;
                entries = &entries[count..];
                continue;
            }
            (Place::Row(a), Place::Row(b)) => {
                let (a, b) = (row_of(a), row_of(b));
                match weighed {
                    true => add(start, y, |i| a[i].weigh(b[i]).scale(coefficient)),
                    false => add(start, y, |i| (a[i] * b[i]).scale(coefficient)),
                }
                start = None;
            }
            (Place::Row(a), other) => {
                let (a, b) = (row_of(a), number(other).unwrap_or(S::one()));
                match weighed {
                    true => add(start, y, |i| a[i].weigh(b).scale(coefficient)),
                    false => add(start, y, |i| (a[i] * b).scale(coefficient)),
                }
                start = None;
            }
            (other, Place::Row(b)) => {
                let (a, b) = (number(other).unwrap_or(S::one()), row_of(b));
                match weighed {
                    true => add(start, y, |i| a.weigh(b[i]).scale(coefficient)),
                    false => add(start, y, |i| (a * b[i]).scale(coefficient)),
                }
                start = None;
            }
            _ => {
                let value = match (number(a), number(b)) {
                    (Some(a), Some(b)) if weighed => a.weigh(b).scale(coefficient),
                    (Some(a), Some(b)) => (a * b).scale(coefficient),
                    (Some(a), None) => a.scale(coefficient),
                    _ => S::zero(),
                };
                match &mut start {
                    Some(start) => *start += value,
                    None => y.iter_mut().for_each(|y| *y += value),
                }
            }
        }
        entries = rest;
    }
    if let Some(start) = start {
        y.fill(start);
    }
}

/// `yᵢ = start + Σₖ cₖ xₖᵢ`, or that added to `yᵢ`.
#[inline(always)]
fn linear<'x, S: Scalar + 'x, const K: usize>(
    start: Option<S>,
    y: &mut [S],
    entries: &[Entry],
    row: impl Fn(u32) -> &'x [S],
) {
    let part = |k: usize| match entries[k].x {
        Place::Row(first) => row(first),
        _ => &[],
    };
    let len = y.len();
    let rows: [&[S]; K] = core::array::from_fn(|k| &part(k)[..len]);
    let factors: [f64; K] = core::array::from_fn(|k| entries[k].coefficient);
    let sum = |mut sum: S, i: usize| {
        for k in 0..K {
            sum += rows[k][i].scale(factors[k]);
        }
        sum
    };
    match start {
        Some(start) => (0..len).for_each(|i| y[i] = sum(start, i)),
        None => (0..len).for_each(|i| y[i] = sum(y[i], i)),
    }
}

/// `yᵢ = start + termᵢ`, or that added to `yᵢ`.
#[inline(always)]
fn add<S: Scalar>(start: Option<S>, y: &mut [S], term: impl Fn(usize) -> S) {
    match start {
        Some(start) => y.iter_mut().enumerate().for_each(|(i, y)| *y = start + term(i)),
        None => y.iter_mut().enumerate().for_each(|(i, y)| *y += term(i)),
    }
}

/// The same as [`sum`] with operands anywhere.
pub(super) fn listed<S: Scalar>(x: &[S], y: &mut [S], entries: &[Entry], lists: &[u32]) {
    let len = y.len();
    y.fill(S::from_f64(-0.0));
    for entry in entries {
        let (a, b) = (at(entry.x, len, lists).any(), at(entry.y, len, lists).any());
        let a = |i: usize| x[a.index(i)];
        let b = |i: usize| x[b.index(i)];
        let factor = entry.coefficient;
        let terms = y.iter_mut().enumerate();
        match (entry.y, entry.weighed) {
            (Place::None, _) => terms.for_each(|(i, y)| *y += a(i).scale(factor)),
            (_, true) => terms.for_each(|(i, y)| *y += a(i).weigh(b(i)).scale(factor)),
            (_, false) => terms.for_each(|(i, y)| *y += (a(i) * b(i)).scale(factor)),
        }
    }
}

/// `c Σᵢ xᵢ [yᵢ]`.
pub(super) fn total<S: Scalar>(x: &[S], len: usize, entry: &Entry, lists: &[u32]) -> S {
    let (a, b) = (at(entry.x, len, lists), at(entry.y, len, lists));
    let sum = match (a, b, entry.y) {
        (At::Row(a), _, Place::None) => {
            let a = &x[a..a + len];
            partial_sums(len, |i| a[i])
        }
        (At::Row(a), At::Row(b), _) => {
            let (a, b) = (&x[a..a + len], &x[b..b + len]);
            match entry.weighed {
                true => partial_sums(len, |i| a[i].weigh(b[i])),
                false => partial_sums(len, |i| a[i] * b[i]),
            }
        }
        _ => {
            let (a, b) = (a.any(), b.any());
            partial_sums(len, |i| match (entry.y, entry.weighed) {
                (Place::None, _) => x[a.index(i)],
                (_, true) => x[a.index(i)].weigh(x[b.index(i)]),
                (_, false) => x[a.index(i)] * x[b.index(i)],
            })
        }
    };
    sum.scale(entry.coefficient)
}

/// Many sums, which do not wait for each other.
#[inline(always)]
fn partial_sums<S: Scalar>(len: usize, term: impl Fn(usize) -> S) -> S {
    const SUMS: usize = 16;
    let mut sums = [S::zero(); SUMS];
    let whole = len / SUMS;
    for chunk in 0..whole {
        for k in 0..SUMS {
            sums[k] += term(chunk * SUMS + k);
        }
    }
    for i in whole * SUMS..len {
        sums[i % SUMS] += term(i);
    }
    sums.into_iter().sum()
}

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
                    let value = |at: super::super::run::Any<'_>| x[at.index(i)];
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
