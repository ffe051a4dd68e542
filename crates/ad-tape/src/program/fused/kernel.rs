//! The loops of sums.

use super::super::run::At;
use super::plan::{Entry, Place};
use scalar::Scalar;

/// Numbers that several passes go through while they are near.
const BLOCK: usize = 512;

/// Numbers of a short row that are computed together.
const PART: usize = 16;

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
    let (short, rest) = y.as_chunks_mut::<PART>();
    if const { size_of::<S>() <= 8 } && rest.is_empty() && short.len() <= 2 {
        for (block, y) in short.iter_mut().enumerate() {
            *y = sum_part(x, block * PART, entries);
        }
        return;
    }
    for (block, y) in y.chunks_mut(BLOCK).enumerate() {
        sum_block(x, y, block * BLOCK, entries);
    }
}

/// Of short rows: all terms for a few numbers, which stay in registers. The loops over longer rows take more time to
/// start.
fn sum_part<S: Scalar>(x: &[S], skip: usize, entries: &[Entry]) -> [S; PART] {
    let mut sums = [S::from_f64(-0.0); PART];
    for &Entry { coefficient: c, x: a, y: b, weighed } in entries {
        let row = |place: Place| match place {
            Place::Row(first) => x[first as usize + skip..].first_chunk::<PART>(),
            _ => None,
        };
        let number = |place: Place| match place {
            Place::Same(place) => x[place as usize],
            _ => S::one(),
        };
        match (row(a), row(b), weighed) {
            (Some(a), Some(b), true) => each(&mut sums, |i| a[i].weigh(b[i]).scale(c)),
            (Some(a), Some(b), false) => each(&mut sums, |i| (a[i] * b[i]).scale(c)),
            (Some(a), None, _) if b == Place::None => each(&mut sums, |i| a[i].scale(c)),
            (Some(a), None, true) => each(&mut sums, |i| a[i].weigh(number(b)).scale(c)),
            (Some(a), None, false) => each(&mut sums, |i| (a[i] * number(b)).scale(c)),
            (None, Some(b), true) => each(&mut sums, |i| number(a).weigh(b[i]).scale(c)),
            (None, Some(b), false) => each(&mut sums, |i| (number(a) * b[i]).scale(c)),
            (None, None, _) if b == Place::None => each(&mut sums, |_| number(a).scale(c)),
            (None, None, true) => each(&mut sums, |_| number(a).weigh(number(b)).scale(c)),
            (None, None, false) => each(&mut sums, |_| (number(a) * number(b)).scale(c)),
        }
    }
    sums
}

#[inline(always)]
fn each<S: Scalar>(sums: &mut [S; PART], term: impl Fn(usize) -> S) {
    for i in 0..PART {
        sums[i] += term(i);
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
                let taken = match (const { size_of::<S>() <= 8 }, start.take()) {
                    (true, Some(start)) => start_sum(start, y, (entries, count), (row_of, number)),
                    (_, start) => add_rows(start, y, &entries[..count], row_of),
                };
                entries = &entries[taken..];
                continue;
            }
            (Place::Row(a), Place::Row(b)) => {
                let (a, b) = (row_of(a), row_of(b));
                match weighed {
                    true => add_two(start, y, a, b, |a, b| a.weigh(b).scale(coefficient)),
                    false => add_two(start, y, a, b, |a, b| (a * b).scale(coefficient)),
                }
                start = None;
            }
            (Place::Row(a), other) => {
                let (a, b) = (row_of(a), number(other).unwrap_or(S::one()));
                match weighed {
                    true => add(start, y, a, |a| a.weigh(b).scale(coefficient)),
                    false => add(start, y, a, |a| (a * b).scale(coefficient)),
                }
                start = None;
            }
            (other, Place::Row(b)) => {
                let (a, b) = (number(other).unwrap_or(S::one()), row_of(b));
                match weighed {
                    true => add(start, y, b, |b| a.weigh(b).scale(coefficient)),
                    false => add(start, y, b, |b| (a * b).scale(coefficient)),
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

/// `yᵢ = start + Σₖ cₖ xₖᵢ`, or that added to `yᵢ`, for up to four rows; how many.
fn add_rows<'x, S: Scalar + 'x>(
    start: Option<S>,
    y: &mut [S],
    entries: &[Entry],
    row: impl Fn(u32) -> &'x [S],
) -> usize {
    match entries.len() {
        1 => linear::<S, 1>(start, y, entries, row),
        2 | 3 => linear::<S, 2>(start, y, entries, row),
        _ => linear::<S, 4>(start, y, entries, row),
    }
}

#[inline(always)]
fn linear<'x, S: Scalar + 'x, const K: usize>(
    start: Option<S>,
    y: &mut [S],
    entries: &[Entry],
    row: impl Fn(u32) -> &'x [S],
) -> usize {
    let (sum, len) = (sum_of_rows::<S, K>(entries, row, y.len()), y.len());
    match start {
        Some(start) => (0..len).for_each(|i| y[i] = sum(start, i)),
        None => (0..len).for_each(|i| y[i] = sum(y[i], i)),
    }
    K
}

/// `sum + Σₖ cₖ xₖᵢ` of `(sum, i)`.
#[inline(always)]
fn sum_of_rows<'x, S: Scalar + 'x, const K: usize>(
    entries: &[Entry],
    row: impl Fn(u32) -> &'x [S],
    len: usize,
) -> impl Fn(S, usize) -> S + Copy {
    let (rows, factors) = rows_and_factors::<S, K>(entries, row, len);
    move |mut sum: S, i: usize| {
        for k in 0..K {
            sum += rows[k][i].scale(factors[k]);
        }
        sum
    }
}

#[inline(always)]
fn rows_and_factors<'x, S: Scalar + 'x, const K: usize>(
    entries: &[Entry],
    row: impl Fn(u32) -> &'x [S],
    len: usize,
) -> ([&'x [S]; K], [f64; K]) {
    let (mut rows, mut factors) = ([&[][..]; K], [1.0; K]);
    for ((entry, to), factor) in entries.iter().zip(&mut rows).zip(&mut factors) {
        if let Place::Row(first) = entry.x {
            (*to, *factor) = (row(first), entry.coefficient);
        }
    }
    for to in &mut rows {
        *to = &to[..len];
    }
    (rows, factors)
}

/// `yᵢ = start + Σₖ cₖ xₖᵢ` for so many rows, and a product behind them, if there is one, in one pass; how
/// many terms that are.
fn start_sum<'x, S: Scalar + 'x>(
    start: S,
    y: &mut [S],
    (entries, count): (&[Entry], usize),
    (row, number): (impl Fn(u32) -> &'x [S] + Copy, impl Fn(Place) -> Option<S>),
) -> usize {
    let rows = &entries[..count];
    let Some(&Entry { coefficient: c, x, y: b, weighed }) = entries.get(count) else {
        return start_rows(start, y, rows, row, |sum, _| sum);
    };
    let len = y.len();
    match (x, b, weighed) {
        (Place::Row(a), Place::Row(b), _) => {
            let (a, b) = (&row(a)[..len], &row(b)[..len]);
            match weighed {
                true => start_rows(start, y, rows, row, |sum, i| sum + a[i].weigh(b[i]).scale(c)),
                false => start_rows(start, y, rows, row, |sum, i| sum + (a[i] * b[i]).scale(c)),
            }
        }
        (Place::Same(_), Place::Row(b), true) => {
            let (a, b) = (number(x).unwrap_or(S::one()), &row(b)[..len]);
            start_rows(start, y, rows, row, |sum, i| sum + a.weigh(b[i]).scale(c))
        }
        (one @ Place::Same(_), Place::Row(other), false)
        | (Place::Row(other), one @ Place::Same(_), false) => {
            let (a, b) = (number(one).unwrap_or(S::one()), &row(other)[..len]);
            start_rows(start, y, rows, row, |sum, i| sum + (a * b[i]).scale(c))
        }
        _ => return start_rows(start, y, rows, row, |sum, _| sum),
    };
    count + 1
}

/// `start + Σₖ cₖ xₖᵢ`.
#[inline(always)]
fn sum_at<S: Scalar, const K: usize>(start: S, x: &[&[S]; K], c: &[f64; K], i: usize) -> S {
    let mut sum = start;
    for k in 0..K {
        sum += x[k][i].scale(c[k]);
    }
    sum
}

/// `yᵢ = last(start + Σₖ cₖ xₖᵢ, i)`.
fn start_rows<'x, S: Scalar + 'x>(
    start: S,
    y: &mut [S],
    rows: &[Entry],
    row: impl Fn(u32) -> &'x [S],
    last: impl Fn(S, usize) -> S,
) -> usize {
    let len = y.len();
    macro_rules! by_number {
        ($($K:literal)*) => {
            match rows.len() {
                $($K => {
                    let (x, c) = rows_and_factors::<S, $K>(rows, row, len);
                    (0..len).for_each(|i| y[i] = last(sum_at(start, &x, &c, i), i));
                })*
                _ => {}
            }
        };
    }
    by_number!(1 2 3 4 5 6 7 8);
    rows.len()
}

/// `yᵢ = start + term(aᵢ)`, or that added to `yᵢ`.
#[inline(always)]
fn add<S: Scalar>(start: Option<S>, y: &mut [S], a: &[S], term: impl Fn(S) -> S) {
    let pairs = y.iter_mut().zip(a);
    match start {
        Some(start) => pairs.for_each(|(y, &a)| *y = start + term(a)),
        None => pairs.for_each(|(y, &a)| *y += term(a)),
    }
}

/// The same with `term(aᵢ, bᵢ)`.
#[inline(always)]
fn add_two<S: Scalar>(start: Option<S>, y: &mut [S], a: &[S], b: &[S], term: impl Fn(S, S) -> S) {
    let triples = y.iter_mut().zip(a).zip(b);
    match start {
        Some(start) => triples.for_each(|((y, &a), &b)| *y = start + term(a, b)),
        None => triples.for_each(|((y, &a), &b)| *y += term(a, b)),
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
    let (a, b) = (at(entry.x, len, lists).any(), at(entry.y, len, lists).any());
    let term = |i: usize| match (entry.y, entry.weighed) {
        (Place::None, _) => x[a.index(i)],
        (_, true) => x[a.index(i)].weigh(x[b.index(i)]),
        (_, false) => x[a.index(i)] * x[b.index(i)],
    };
    (0..len).map(term).sum::<S>().scale(entry.coefficient)
}

/// The same of parts of rows, `[from, len]`.
pub(super) fn total_of_runs<S: Scalar>(x: &[S], entry: &Entry, runs: &[[u32; 2]]) -> S {
    let row = |place: Place| match place {
        Place::Row(first) => &x[first as usize..],
        _ => &[],
    };
    let (a, b) = (row(entry.x), row(entry.y));
    let sum = match (entry.y, entry.weighed) {
        (Place::None, _) => partial_sums([a, a], runs, |a, _| a),
        (_, true) => partial_sums([a, b], runs, S::weigh),
        (_, false) => partial_sums([a, b], runs, |a, b| a * b),
    };
    sum.scale(entry.coefficient)
}

/// Many sums, which do not wait for each other.
#[inline(always)]
fn partial_sums<S: Scalar>(rows: [&[S]; 2], runs: &[[u32; 2]], term: impl Fn(S, S) -> S) -> S {
    const SUMS: usize = 32;
    let (mut sums, mut rest) = ([S::zero(); SUMS], S::zero());
    for &[from, len] in runs {
        let [a, b] = rows.map(|row| &row[from as usize..(from + len) as usize]);
        let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<SUMS>(), b.as_chunks::<SUMS>());
        for (a, b) in a.iter().zip(b) {
            for k in 0..SUMS {
                sums[k] += term(a[k], b[k]);
            }
        }
        for (&a, &b) in a_rest.iter().zip(b_rest) {
            rest += term(a, b);
        }
    }
    // Halves onto each other: one after the other would be a long wait.
    let mut width = SUMS / 2;
    while width > 0 {
        for k in 0..width {
            sums[k] += sums[k + width];
        }
        width /= 2;
    }
    sums[0] + rest
}
