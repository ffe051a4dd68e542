use crate::System;
use scalar::{Dependency, Scalar};

/// Which entries of a Jacobian can be nonzero, for any values: columns per row, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    rows: Vec<Vec<usize>>,
}

impl Pattern {
    /// A pattern from the columns of each row, in any order.
    pub fn from_rows(rows: impl IntoIterator<Item = Vec<usize>>) -> Self {
        let sorted = |mut row: Vec<usize>| {
            row.sort_unstable();
            row.dedup();
            row
        };
        Self { rows: rows.into_iter().map(sorted).collect() }
    }

    /// The columns that row `i` depends on, ascending; empty for a row that does not exist.
    pub fn row(&self, i: usize) -> &[usize] {
        self.rows.get(i).map_or(&[], Vec::as_slice)
    }

    /// Number of rows.
    pub fn num_rows(&self) -> usize {
        self.rows.len()
    }

    /// Number of entries that can be nonzero.
    pub fn num_nonzeros(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }
}

/// The pattern of `∂f/∂u`, by tracing which states each derivative reads: ⌈n / 64⌉ evaluations.
///
/// ```
/// system::system! {
///     struct Chain;
///     state { a, b, c }
///     params { k }
///     rhs(_t) {
///         d(a) = -k * a;
///         d(b) = k * (a - b);
///         d(c) = k * b;
///     }
/// }
/// let pattern = system::jacobian_pattern(&Chain);
/// assert_eq!([pattern.row(0), pattern.row(1), pattern.row(2)], [&[0][..], &[0, 1], &[1]]);
/// ```
pub fn jacobian_pattern(system: &impl System) -> Pattern {
    let n = system.dim();
    let p = vec![Dependency::default(); system.num_params()];
    let mut rows = vec![Vec::new(); n];
    for first in (0..n).step_by(Dependency::WINDOW) {
        let u: Vec<_> = (0..n).map(|j| Dependency::input(j.wrapping_sub(first))).collect();
        let mut du = vec![Dependency::default(); n];
        system.rhs(Dependency::zero(), &u, &p, &mut du);
        for (row, dependency) in rows.iter_mut().zip(du) {
            row.extend(dependency.inputs().map(|j| first + j));
        }
    }
    Pattern { rows }
}
