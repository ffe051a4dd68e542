//! Which cotangents are written before anything is added to them, in a replay backward.
//!
//! What a run is the first to pull back to, it can write, if the operand is a row. Most results have one
//! reader, so that little is left to be cleared, and to be read only to be added to.

use super::compile::Compiled;
use super::op::Op;
use super::run::{At, Pulled};

/// Cleared cotangents that are nearer than this are cleared at once.
const GAP: u32 = 16;

/// One bit for each value.
struct Bits(Vec<u64>);

impl Bits {
    fn has(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 != 0
    }

    fn set(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }
}

impl Compiled {
    /// Marks operands whose cotangents are written, and collects those to be cleared.
    pub(super) fn touch(&mut self) {
        let none = || Bits(vec![0; self.slots.div_ceil(64)]);
        let (mut touched, mut written) = (none(), none());
        self.distinct = true;
        for &slot in &self.outputs {
            self.distinct &= !touched.has(slot as usize);
            touched.set(slot as usize);
        }
        if self.distinct {
            self.outputs.iter().for_each(|&slot| written.set(slot as usize));
        }
        for run in self.runs.iter_mut().rev() {
            match run.op {
                Op::Node => {
                    let node = &self.nodes[run.a as usize];
                    for (first, len) in node.operands.iter().zip(node.kind.lengths()) {
                        (*first as usize..).take(len).for_each(|place| touched.set(place));
                    }
                    continue;
                }
                Op::Select => {
                    let first = run.a as usize;
                    let operands = &self.lists[first..first + 4 * run.len()];
                    operands.iter().for_each(|&place| touched.set(place as usize));
                    continue;
                }
                _ => {}
            }
            // In the order in which they are pulled back to.
            for second in [false, true] {
                let len = run.len();
                let (pulled, at) = match second {
                    false => (run.pulls_a(), run.a(&self.lists)),
                    true if run.op.is_binary() => (run.pulls_b(), run.b(&self.lists)),
                    true => break,
                };
                if pulled == Pulled::Not {
                    continue;
                }
                match at {
                    At::Row(first) if (first..first + len).all(|place| !touched.has(place)) => {
                        run.assigns(second);
                        (first..first + len).for_each(|place| written.set(place));
                        (first..first + len).for_each(|place| touched.set(place));
                    }
                    at => (0..len).for_each(|i| touched.set(at.any().index(i))),
                }
            }
        }
        for place in (0..self.slots).filter(|&place| !written.has(place)) {
            let place = place as u32;
            match self.cleared.last_mut() {
                Some([_, end]) if place < *end + GAP => *end = place + 1,
                _ => self.cleared.push([place, place + 1]),
            }
        }
        self.cleared.shrink_to_fit();
    }
}
