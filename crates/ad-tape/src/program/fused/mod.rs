//! Programs of models that loop over cells: what all cells compute is a row, and few loops over rows compute
//! much at once, forward and backward.
//!
//! 1. What was recorded becomes a graph of sums of products, `Σ c x y`, and functions (`graph`).
//! 2. The replay backward is derived as more of the same graph: a cotangent is the sum of what its users give, so
//!    that it is written once, and nothing has to be cleared or added to in memory (`adjoint`).
//! 3. Values with one user become part of its sum: a Laplacian is one sum of five rows (`inline`).
//! 4. Values that are computed alike, cell by cell, become rows, in the order of the cells (`cells`, `schedule`). Fields
//!    that are stored cell by cell are taken apart once (`spread`). A row of neighbours is the same row, shifted: where a
//!    cell is missing there is a hole, and behind the ends is room (`margins`), into which the neighbours of cells at a
//!    border are copied (`rows`); loops compute something in holes, too, that nobody asks for. Where exceptions have no
//!    such place they are written into a copy of the row.
//! 5. A sum of up to eight rows, and a product behind them, is one loop (`kernel`).

mod adjoint;
mod call;
mod cells;
mod graph;
mod inline;
mod kernel;
mod margins;
mod plan;
mod rows;
mod schedule;
mod spread;

use super::compile::first_outputs;
use super::listing::{Listing, Ref};
use graph::Graph;
use plan::{Action, Entry, Loop, Plan};
use scalar::{AnyUnary, Scalar};

/// A program in loops.
#[derive(Clone, Debug)]
pub(super) struct Fused(Plan);

/// Largest number of operations: deriving takes some hundred bytes for each.
const MOST: usize = 1 << 21;

impl Fused {
    /// Nothing if there are vector nodes, or too many operations.
    pub(super) fn new(listing: &Listing, outputs: &[Ref]) -> Option<Self> {
        if listing.instrs.len() > MOST {
            return None;
        }
        let mut graph = Graph::of(listing, outputs, &first_outputs(listing, outputs))?;
        let bars = graph.differentiate();
        let results = [&graph.outputs[..], &bars].concat();
        let uses = graph.inline(&results);
        Some(Self(schedule::schedule(&graph, &bars, &uses)))
    }

    pub(super) fn slots(&self) -> usize {
        self.0.slots as usize
    }

    /// Loops forward and backward.
    pub(super) fn loops(&self) -> [usize; 2] {
        [self.0.forward.len(), self.0.backward.len()]
    }

    pub(super) fn bytes(&self) -> usize {
        let plan = &self.0;
        let spreads = [&plan.x, &plan.y, &plan.y_bar, &plan.x_bar];
        size_of_val(&plan.forward[..])
            + size_of_val(&plan.needed[..])
            + size_of_val(&plan.backward[..])
            + size_of_val(&plan.entries[..])
            + size_of_val(&plan.lists[..])
            + size_of_val(&plan.fills[..])
            + size_of_val(&plan.constants[..])
            + spreads.map(|spread| spread.bytes()).iter().sum::<usize>()
    }

    /// Writes the constants.
    pub(super) fn fill<S: Scalar>(&self, values: &mut [S]) {
        for (value, &constant) in values.iter_mut().zip(&self.0.constants) {
            *value = S::from_f64(constant);
        }
    }

    pub(super) fn forward<S: Scalar>(
        &self,
        x: &[S],
        y: &mut [S],
        functions: &[AnyUnary],
        values: &mut [S],
    ) {
        self.0.x.load(x, values);
        self.run(&self.0.forward, functions, values);
        self.0.y.store(values, y);
    }

    /// The replay forward without the outputs, and what only they need.
    pub(super) fn prepare<S: Scalar>(&self, x: &[S], functions: &[AnyUnary], values: &mut [S]) {
        self.0.x.load(x, values);
        self.run(&self.0.needed, functions, values);
    }

    /// `x_bar += (∂y/∂x)ᵀ y_bar`; what is missing among the cotangents counts as zero.
    pub(super) fn reverse<S: Scalar>(
        &self,
        y_bar: &[S],
        x_bar: &mut [S],
        functions: &[AnyUnary],
        values: &mut [S],
    ) {
        self.0.y_bar.load(y_bar, values);
        self.run(&self.0.backward, functions, values);
        self.0.x_bar.add(values, x_bar);
    }

    fn run<S: Scalar>(&self, loops: &[Loop], functions: &[AnyUnary], values: &mut [S]) {
        let plan = &self.0;
        for &Loop { action, out, len, entries: [first, end] } in loops {
            let (out, len, first, end) = (out as usize, len as usize, first as usize, end as usize);
            match action {
                Action::Copy => {
                    values.copy_within(first..first + len, out);
                    continue;
                }
                Action::Fill => {
                    plan.fills[first..end].iter().for_each(|fill| fill.run(values));
                    continue;
                }
                _ => {}
            }
            let (x, rest) = values.split_at_mut(out);
            let entries: &[Entry] = &plan.entries[first..end];
            match action {
                Action::Sum => kernel::sum(x, &mut rest[..len], entries),
                Action::Listed => kernel::listed(x, &mut rest[..len], entries, &plan.lists),
                Action::Total => rest[0] = kernel::total(x, len, &entries[0], &plan.lists),
                Action::TotalOfRuns { list } => {
                    let runs = &plan.lists[list as usize..list as usize + len];
                    rest[0] = kernel::total_of_runs(x, &entries[0], runs.as_chunks::<2>().0);
                }
                Action::Call(function) => {
                    let y = &mut rest[..len];
                    call::call((function, functions), x, y, (entries, &plan.lists));
                }
                Action::Copy | Action::Fill => {}
            }
        }
    }
}
