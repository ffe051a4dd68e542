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
                Block::Dense { out, weights, bias, x, rows, cols } => {
                    let (earlier, bars) = bars.split_at_mut(out as usize);
                    let y_bar = &bars[..rows as usize];
                    add(&mut earlier[range(bias, rows)], y_bar);
                    let zeros = y_bar.iter().filter(|&&bar| is_zero(bar)).count();
                    let layer = (weights as usize, x as usize, cols as usize);
                    match zeros {
                        0 => sweep_dense::<S, false>(&self.values, earlier, y_bar, layer),
                        _ if zeros == y_bar.len() => {}
                        _ => sweep_dense::<S, true>(&self.values, earlier, y_bar, layer),
                    }
                }
                Block::Dot { out, a, b, len } => {
                    let (earlier, bars) = bars.split_at_mut(out as usize);
                    let bar = bars[0];
                    if !is_zero(bar) {
                        let (a, b) = (range(a, len), range(b, len));
                        add_scaled(&mut earlier[a.clone()], &self.values[b.clone()], bar);
                        add_scaled(&mut earlier[b], &self.values[a], bar);
                    }
                }
                Block::Axpy { out, alpha, x, y, len } => {
                    let (earlier, bars) = bars.split_at_mut(out as usize);
                    let (bars, alpha) = (&bars[..len as usize], alpha as usize);
                    add(&mut earlier[range(y, len)], bars);
                    earlier[alpha] += dot::<S, true>(&self.values[range(x, len)], bars);
                    let slope = self.values[alpha];
                    for (x_bar, &bar) in earlier[range(x, len)].iter_mut().zip(bars) {
                        *x_bar += times::<S, true>(slope, bar);
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

/// `weight * bar`; guarded: zero where `bar` is, whatever the weight.
#[inline]
fn times<S: BranchScalar, const GUARDED: bool>(weight: S, bar: S) -> S {
    if GUARDED && is_zero(bar) { S::zero() } else { weight * bar }
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

/// `x_bar += Wᵀ y_bar` and `W_bar += y_bar xᵀ`, column by column. `W` and `x` may overlap: both
/// only add.
fn sweep_dense<S: BranchScalar, const GUARDED: bool>(
    values: &[S],
    bars: &mut [S],
    y_bar: &[S],
    (weights, x, cols): (usize, usize, usize),
) {
    let rows = y_bar.len();
    for j in 0..cols {
        let column = weights + j * rows..weights + (j + 1) * rows;
        bars[x + j] += dot::<S, GUARDED>(&values[column.clone()], y_bar);
        let x = values[x + j];
        for (w_bar, &bar) in bars[column].iter_mut().zip(y_bar) {
            *w_bar += times::<S, GUARDED>(x, bar);
        }
    }
}

/// `Σ weightsᵢ barsᵢ` in four partial sums, which the compiler may keep in vector registers.
#[inline]
fn dot<S: BranchScalar, const GUARDED: bool>(weights: &[S], bars: &[S]) -> S {
    let mut sums = [S::zero(); 4];
    let ((w4, w_rest), (b4, b_rest)) = (weights.as_chunks::<4>(), bars.as_chunks::<4>());
    for (w, b) in w4.iter().zip(b4) {
        for k in 0..4 {
            sums[k] += times::<S, GUARDED>(w[k], b[k]);
        }
    }
    let mut sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
    for (&w, &b) in w_rest.iter().zip(b_rest) {
        sum += times::<S, GUARDED>(w, b);
    }
    sum
}

#[inline]
fn add<S: BranchScalar>(into: &mut [S], bars: &[S]) {
    for (into, &bar) in into.iter_mut().zip(bars) {
        *into += bar;
    }
}

#[inline]
fn add_scaled<S: BranchScalar>(into: &mut [S], weights: &[S], bar: S) {
    for (into, &weight) in into.iter_mut().zip(weights) {
        *into += weight * bar;
    }
}
