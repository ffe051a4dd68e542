//! Replay backward: each run adds to the cotangents of its operands, the last run first. Operands in a row
//! that nobody has added to before are written instead, so that only the other cotangents are cleared.
//!
//! A result whose cotangent is exactly zero adds nothing, also where a slope is not finite
//! (`Scalar::weigh`): the side of a selection that was not chosen must not turn the gradient into NaN.

use super::Program;
use super::op::Op;
use super::primitive::Replay;
use super::run::{At, Pulled};
use crate::node::{self, Kind};
use scalar::{AnyBinary, Binary, Scalar, Unary};

impl Program {
    /// Propagates the cotangents `bars` of all values, which hold those of the outputs.
    pub(super) fn run_reverse<S: Replay>(&self, values: &[S], bars: &mut [S]) {
        let lists = &self.code.lists[..];
        let mut end = bars.len();
        for run in self.code.runs.iter().rev() {
            let node = match run.op {
                Op::Node => Some(&self.code.nodes[run.a as usize]),
                _ => None,
            };
            let len = node.map_or(run.len(), |node| node.kind.outputs());
            let first = end - len;
            let (bars, rest) = bars.split_at_mut(first);
            let (bar, y) = (&rest[..len], &values[first..end]);
            end = first;
            if let Some(node) = node {
                match node.kind {
                    Kind::Primitive { index, inputs, .. } => {
                        let first = node.operands[0] as usize;
                        let place = first..first + inputs as usize;
                        let (f, x) = (&*self.primitives[index as usize], &values[place.clone()]);
                        S::vjp(f, x, y, bar, &mut bars[place]);
                    }
                    _ => node.reverse(values, bars, bar),
                }
                continue;
            }
            let pull = Pull { values, bars, bar };
            match run.op {
                Op::Add => {
                    let pull = pull.add(run.a(lists), run.pulls_a(), |_, bar| bar);
                    pull.add(run.b(lists), run.pulls_b(), |_, bar| bar);
                }
                Op::Sub => {
                    let pull = pull.add(run.a(lists), run.pulls_a(), |_, bar| bar);
                    pull.add(run.b(lists), run.pulls_b(), |_, bar: S| -bar);
                }
                Op::Mul => {
                    let (a, b) = (run.a(lists), run.b(lists));
                    let pull = pull.add_product(a, run.pulls_a(), b);
                    pull.add_product(b, run.pulls_b(), a);
                }
                Op::Div => {
                    let (a, b) = (run.a(lists), run.b(lists));
                    let inverse = |i| S::one() / values[b.any().index(i)];
                    let pull = pull.add(a, run.pulls_a(), |i, bar| inverse(i).weigh(bar));
                    pull.add(b, run.pulls_b(), |i, bar| (-y[i] * inverse(i)).weigh(bar));
                }
                Op::Pow | Op::Atan2 | Op::Hypot => {
                    let f = match run.op {
                        Op::Pow => AnyBinary::Pow,
                        Op::Atan2 => AnyBinary::Atan2,
                        _ => AnyBinary::Hypot,
                    };
                    let (a, b) = (run.a(lists), run.b(lists));
                    let slopes = |i: usize| {
                        f.slopes(values[a.any().index(i)], values[b.any().index(i)], y[i])
                    };
                    let pull = pull.add(a, run.pulls_a(), |i, bar| slopes(i).0.weigh(bar));
                    pull.add(b, run.pulls_b(), |i, bar| slopes(i).1.weigh(bar));
                }
                Op::Max | Op::Min => {
                    let (a, b) = (run.a(lists), run.b(lists));
                    // Max takes `b` where `a < b`, Min where `b < a`.
                    let (low, high) = if run.op == Op::Max { (a, b) } else { (b, a) };
                    let pick = |i: usize, yes: S, no: S| {
                        values[low.any().index(i)].select_lt(values[high.any().index(i)], yes, no)
                    };
                    let (zero, other) = (S::zero(), b.any());
                    // A NaN there is the value.
                    let is_nan = |i: usize, yes, no| values[other.index(i)].select_nan(yes, no);
                    let to_a = |i, bar| is_nan(i, zero, pick(i, zero, bar));
                    let pull = pull.add(a, run.pulls_a(), to_a);
                    pull.add(b, run.pulls_b(), |i, bar| is_nan(i, bar, pick(i, bar, zero)));
                }
                Op::Select => {
                    let first = run.a as usize;
                    let (operands, _) = lists[first..first + 4 * len].as_chunks::<4>();
                    for (&bar, operands) in bar.iter().zip(operands) {
                        let [a, b, yes, no] = operands.map(|place| place as usize);
                        let pick = |yes, no| values[a].select_lt(values[b], yes, no);
                        pull.bars[yes] += pick(bar, S::zero());
                        pull.bars[no] += pick(S::zero(), bar);
                    }
                }
                Op::Neg => _ = pull.add(run.a(lists), run.pulls_a(), |_, bar: S| -bar),
                Op::Copy => _ = pull.add(run.a(lists), run.pulls_a(), |_, bar| bar),
                Op::Scale => {
                    let factor = self.constants[run.b as usize];
                    pull.add(run.a(lists), run.pulls_a(), |_, bar| bar.scale(factor));
                }
                Op::Abs => {
                    let a = run.a(lists);
                    let pick =
                        |i: usize, bar: S| values[a.any().index(i)].select_lt(S::zero(), -bar, bar);
                    pull.add(a, run.pulls_a(), pick);
                }
                Op::Unary => {
                    let (a, f) = (run.a(lists), self.functions[run.b as usize]);
                    let at = a.any();
                    let slope = |i: usize| f.slope(values[at.index(i)], y[i]);
                    pull.add(a, run.pulls_a(), |i, bar| slope(i).weigh(bar));
                }
                Op::Node | Op::Tail => {}
            }
        }
    }
}

/// All values, the cotangents of earlier ones, and those of the results of a run.
struct Pull<'a, S> {
    values: &'a [S],
    bars: &'a mut [S],
    bar: &'a [S],
}

impl<S: Scalar> Pull<'_, S> {
    /// Adds to the cotangents of an operand.
    #[inline(always)]
    fn add(self, to: At<'_>, pulled: Pulled, term: impl Fn(usize, S) -> S) -> Self {
        if pulled == Pulled::Not {
            return self;
        }
        let len = self.bar.len();
        match to {
            At::Row(first) => {
                let bars = self.bars[first..first + len].iter_mut().zip(self.bar).enumerate();
                match pulled {
                    Pulled::Assigned => bars.for_each(|(i, (to, &bar))| *to = term(i, bar)),
                    _ => bars.for_each(|(i, (to, &bar))| *to += term(i, bar)),
                }
            }
            At::Same(place) => {
                // Four sums do not wait for each other.
                let mut sums = [S::zero(); 4];
                let (fours, rest) = self.bar.as_chunks::<4>();
                for (i, four) in fours.iter().enumerate() {
                    for k in 0..4 {
                        sums[k] += term(4 * i + k, four[k]);
                    }
                }
                let mut sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
                for (i, &bar) in rest.iter().enumerate() {
                    sum += term(4 * fours.len() + i, bar);
                }
                self.bars[place] += sum;
            }
            At::Strided(first, 2) => {
                let (pairs, last) = self.bars[first..first + 2 * len - 1].as_chunks_mut::<2>();
                let (bar, bar_last) = self.bar.split_at(pairs.len());
                for (i, (to, &bar)) in pairs.iter_mut().zip(bar).enumerate() {
                    to[0] += term(i, bar);
                }
                for (to, &bar) in last.iter_mut().zip(bar_last) {
                    *to += term(len - 1, bar);
                }
            }
            At::List(list) => {
                for (i, (&place, &bar)) in list.iter().zip(self.bar).enumerate() {
                    self.bars[place as usize] += term(i, bar);
                }
            }
            at => {
                let at = at.any();
                for (i, &bar) in self.bar.iter().enumerate() {
                    self.bars[at.index(i)] += term(i, bar);
                }
            }
        }
        self
    }

    /// Adds the product with another operand.
    #[inline(always)]
    fn add_product(self, to: At<'_>, pulled: Pulled, with: At<'_>) -> Self {
        let (values, len) = (self.values, self.bar.len());
        match (to, with) {
            (At::Same(place), At::Row(first)) if pulled != Pulled::Not => {
                self.bars[place] += node::dot(&values[first..first + len], self.bar);
                self
            }
            (_, At::Row(first)) => {
                let with = &values[first..first + len];
                self.add(to, pulled, |i, bar| with[i].weigh(bar))
            }
            (_, At::Same(place)) => {
                let with = values[place];
                self.add(to, pulled, |_, bar| with.weigh(bar))
            }
            (_, At::List(list)) => {
                let list = &list[..len];
                self.add(to, pulled, |i, bar| values[list[i] as usize].weigh(bar))
            }
            (_, at) => {
                let at = at.any();
                self.add(to, pulled, |i, bar| values[at.index(i)].weigh(bar))
            }
        }
    }
}
