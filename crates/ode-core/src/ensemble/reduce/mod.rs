//! What is made of the members of an ensemble while they are solved.

mod count;
mod extremes;
mod fold;
mod moments;
mod pairs;
mod quantiles;
mod sketch;

pub use count::Count;
pub use extremes::{Extremes, Range};
pub use fold::Fold;
pub use moments::{Moments, Summary};
pub use quantiles::{QuantileTable, Quantiles};
pub use sketch::QuantileSketch;

use crate::{Error, Solution};

/// What is made of the members of an ensemble while they are solved: a fold over chunks of members,
/// whose states are merged.
///
/// Members are added in the order of their index and states merged in that order, along a tree that
/// does not depend on the number of threads: the result has the same bits on any. A tuple of
/// reductions is one too.
pub trait Reduction: Sync {
    /// What is known of some members.
    type State: Send;
    /// What it comes to.
    type Output;

    /// Nothing is known yet.
    fn start(&self) -> Self::State;

    /// One more member; those that failed are not added.
    fn add(&self, state: &mut Self::State, index: usize, solution: &Solution);

    /// Takes in the members of `later`, which come after those of `state`.
    fn merge(&self, state: &mut Self::State, later: Self::State);

    /// What it comes to.
    fn finish(&self, state: Self::State) -> Self::Output;
}

/// A reduction of an ensemble.
#[derive(Clone, Debug)]
pub struct Reduced<T> {
    /// Number of members, failed ones included.
    pub members: usize,
    /// The members that failed and are not part of the value, by their index.
    pub failures: Vec<(usize, Error)>,
    /// What the others come to.
    pub value: T,
}

/// A table with one row per saved point and one column per component, which grows as points come.
#[derive(Clone, Debug, Default, PartialEq)]
struct Table<T> {
    columns: usize,
    cells: Vec<T>,
}

impl<T: Clone + Default> Table<T> {
    fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    fn get(&self, row: usize, column: usize) -> Option<&T> {
        let index = row.checked_mul(self.columns)?.checked_add(column)?;
        if column < self.columns { self.cells.get(index) } else { None }
    }

    /// Row `row`, which is made if it is not there yet. All rows have the same number of columns.
    fn row(&mut self, row: usize, columns: usize) -> &mut [T] {
        self.columns = columns;
        let end = (row + 1) * columns;
        if self.cells.len() < end {
            self.cells.resize(end, T::default());
        }
        &mut self.cells[end - columns..end]
    }

    fn cells_mut(&mut self) -> &mut [T] {
        &mut self.cells
    }

    /// Merges cell by cell.
    fn merge(&mut self, later: Self, mut merge: impl FnMut(&mut T, T)) {
        self.columns = self.columns.max(later.columns);
        let shared = self.cells.len().min(later.cells.len());
        let mut later = later.cells.into_iter();
        for (cell, later) in self.cells[..shared].iter_mut().zip(&mut later) {
            merge(cell, later);
        }
        self.cells.extend(later);
    }
}
