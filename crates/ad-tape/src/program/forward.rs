//! Replay forward: each run is one loop.

use super::Program;
use super::op::Op;
use super::primitive::Replay;
use super::run::{At, Run};
use crate::node::Kind;
use scalar::Scalar;

impl Program {
    /// Fills the values behind constants and inputs.
    pub(super) fn run_forward<S: Replay>(&self, values: &mut [S]) {
        let lists = &self.code.lists[..];
        let mut out = self.constants.len() + self.inputs;
        for run in &self.code.runs {
            let (earlier, rest) = values.split_at_mut(out);
            if run.op == Op::Node {
                let node = &self.code.nodes[run.a as usize];
                let y = &mut rest[..node.kind.outputs()];
                match node.kind {
                    Kind::Primitive { index, inputs, .. } => {
                        let first = node.operands[0] as usize;
                        let x = &earlier[first..first + inputs as usize];
                        S::value(&*self.primitives[index as usize], x, y);
                    }
                    _ => node.forward(earlier, y),
                }
                out += y.len();
                continue;
            }
            let y = &mut rest[..run.len()];
            out += y.len();
            match run.op {
                Op::Add => binary(run, lists, earlier, y, |a, b| a + b),
                Op::Sub => binary(run, lists, earlier, y, |a, b| a - b),
                Op::Mul => binary(run, lists, earlier, y, |a, b| a * b),
                Op::Div => binary(run, lists, earlier, y, |a, b| a / b),
                Op::Pow => binary(run, lists, earlier, y, S::pow),
                Op::Atan2 => binary(run, lists, earlier, y, S::atan2),
                Op::Hypot => binary(run, lists, earlier, y, S::hypot),
                Op::Max => binary(run, lists, earlier, y, S::max),
                Op::Min => binary(run, lists, earlier, y, S::min),
                Op::Neg => unary(run, lists, earlier, y, |a| -a),
                Op::Abs => unary(run, lists, earlier, y, S::abs),
                Op::Copy => unary(run, lists, earlier, y, |a| a),
                Op::Scale => {
                    let factor = self.constants[run.b as usize];
                    unary(run, lists, earlier, y, |a| a.scale(factor));
                }
                Op::Unary => {
                    let f = self.functions[run.b as usize];
                    unary(run, lists, earlier, y, |a| a.unary(f));
                }
                Op::Select => {
                    let first = run.a as usize;
                    let (operands, _) = lists[first..first + 4 * y.len()].as_chunks::<4>();
                    for (y, operands) in y.iter_mut().zip(operands) {
                        let [a, b, yes, no] = operands.map(|place| earlier[place as usize]);
                        *y = a.select_lt(b, yes, no);
                    }
                }
                Op::Node | Op::Tail => {}
            }
        }
    }
}

#[inline(always)]
fn unary<S: Scalar>(run: &Run, lists: &[u32], x: &[S], y: &mut [S], f: impl Fn(S) -> S) {
    match run.a(lists) {
        At::Row(a) => {
            let a = &x[a..a + y.len()];
            for (y, &a) in y.iter_mut().zip(a) {
                *y = f(a);
            }
        }
        At::Strided(a, 2) => {
            let (pairs, last) = x[a..a + 2 * y.len() - 1].as_chunks::<2>();
            let (y, y_last) = y.split_at_mut(pairs.len());
            for (y, pair) in y.iter_mut().zip(pairs) {
                *y = f(pair[0]);
            }
            for (y, &a) in y_last.iter_mut().zip(last) {
                *y = f(a);
            }
        }
        At::List(list) => {
            for (y, &place) in y.iter_mut().zip(list) {
                *y = f(x[place as usize]);
            }
        }
        at => {
            let at = at.any();
            for (i, y) in y.iter_mut().enumerate() {
                *y = f(x[at.index(i)]);
            }
        }
    }
}

#[inline(always)]
fn binary<S: Scalar>(run: &Run, lists: &[u32], x: &[S], y: &mut [S], f: impl Fn(S, S) -> S) {
    let len = y.len();
    match (run.a(lists), run.b(lists)) {
        (At::Row(a), At::Row(b)) => {
            if let [y] = y {
                *y = f(x[a], x[b]);
                return;
            }
            for ((y, &a), &b) in y.iter_mut().zip(&x[a..a + len]).zip(&x[b..b + len]) {
                *y = f(a, b);
            }
        }
        (At::Row(a), At::Same(b)) => {
            let b = x[b];
            for (y, &a) in y.iter_mut().zip(&x[a..a + len]) {
                *y = f(a, b);
            }
        }
        (At::Same(a), At::Row(b)) => {
            let a = x[a];
            for (y, &b) in y.iter_mut().zip(&x[b..b + len]) {
                *y = f(a, b);
            }
        }
        (At::List(a), At::List(b)) => {
            for ((y, &a), &b) in y.iter_mut().zip(a).zip(b) {
                *y = f(x[a as usize], x[b as usize]);
            }
        }
        (a, b) => {
            let (a, b) = (a.any(), b.any());
            for (i, y) in y.iter_mut().enumerate() {
                *y = f(x[a.index(i)], x[b.index(i)]);
            }
        }
    }
}
