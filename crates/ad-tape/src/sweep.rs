//! The reverse sweep: each step adds to the adjoints of its operands, last step first.
//!
//! A step whose adjoint is exactly zero adds nothing, also where its weight is not finite: the side
//! of a selection that was not chosen may hold `√(-1)` and must not turn the gradient into NaN.

use crate::arena::{Arena, Block, Node};
use core::ops::Range;
use scalar::BranchScalar;

impl<S: BranchScalar> Arena<S> {
    /// Propagates `bars`, one per slot, which hold the seeds of the outputs.
    pub(crate) fn sweep(&self, bars: &mut [S]) {
        let (out, node) = self.run;
        sweep_run(&self.nodes[node as usize..], out as usize, bars);
        for block in self.blocks.iter().rev() {
            match *block {
                Block::Run { out, node, len } => {
                    sweep_run(&self.nodes[range(node, len)], out as usize, bars);
                }
                Block::Gather { out, list, len } => {
                    let (earlier, bars) = bars.split_at_mut(out as usize);
                    for (&slot, &bar) in self.lists[range(list, len)].iter().zip(&*bars) {
                        if let Some(operand) = earlier.get_mut(slot as usize) {
                            *operand += bar;
                        }
                    }
                }
                Block::Vector { out, node } => {
                    let (earlier, bars) = bars.split_at_mut(out as usize);
                    let bars = &bars[..node.kind.outputs()];
                    if !bars.iter().all(|&bar| is_zero(bar)) {
                        node.reverse(&self.values, earlier, bars);
                    }
                }
            }
        }
    }
}

fn range(start: u32, len: u32) -> Range<usize> {
    start as usize..start as usize + len as usize
}

#[inline]
fn is_zero<S: BranchScalar>(bar: S) -> bool {
    bar.largest_part() == 0.0
}

#[inline]
fn sweep_run<S: BranchScalar>(nodes: &[Node<S>], out: usize, bars: &mut [S]) {
    for (i, node) in nodes.iter().enumerate().rev() {
        let bar = bars[out + i];
        if is_zero(bar) {
            continue;
        }
        for (parent, weight) in node.parents.into_iter().zip(node.weights) {
            // A constant parent lies beyond the end.
            if let Some(parent) = bars.get_mut(parent as usize) {
                *parent += weight * bar;
            }
        }
    }
}
