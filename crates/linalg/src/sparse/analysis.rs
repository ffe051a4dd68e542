//! What is known about the elimination of a sparse matrix from its pattern alone.

use super::markowitz::markowitz;
use super::matching::maximum_matching;
use super::pattern::Pattern;
use crate::error::check_size;
use crate::lu::sparse::program::MOST_ROWS;
use crate::{Error, ErrorKind};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::sparse::SymbolicSparseColMatRef;
use faer::sparse::linalg::amd;

/// An order of elimination that keeps the fill small, and what it will cost.
///
/// Columns are matched to rows first, so that no pivot is missing by structure; then the matched
/// diagonal is ordered: up to 256 rows by the fewest products each time (Markowitz 1957), above by
/// approximate minimum degree on `A + Aᵀ` (Amestoy, Davis, Duff 1996).
///
/// ```
/// use linalg::{Analysis, Pattern};
///
/// // An arrow that points the wrong way: eliminated from its tip it would fill up.
/// let arrow = (0..100).flat_map(|i| [(0, i), (i, 0), (i, i)]);
/// let analysis = Analysis::new(&Pattern::from_entries(100, 100, arrow)?)?;
/// assert!(analysis.factor_flops() < 1000.0);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The column that is eliminated at each step.
    pub(crate) columns: Vec<usize>,
    /// The row matched to each of these columns.
    pub(crate) rows: Vec<usize>,
    flops: f64,
}

impl Analysis {
    /// Analyses a square pattern.
    ///
    /// # Errors
    ///
    /// A pattern that is not square, or singular whatever its values.
    pub fn new(pattern: &Pattern) -> Result<Self, Error> {
        let n = pattern.cols();
        check_size("the rows of a square pattern", n, pattern.rows())?;
        let matching = maximum_matching(pattern);
        let mut row_of = Vec::with_capacity(n);
        for (column, row) in matching.iter().enumerate() {
            match row {
                Some(row) => row_of.push(*row),
                None => {
                    let rank = matching.iter().flatten().count();
                    return Err(ErrorKind::StructurallySingular { column, rank }.into());
                }
            }
        }
        let (columns, flops) = if row_of.iter().enumerate().all(|(column, &row)| row == column) {
            order(pattern)?
        } else {
            let mut column_of = vec![0; n];
            for (column, &row) in row_of.iter().enumerate() {
                column_of[row] = column;
            }
            // The pattern with each row moved to the column that it is matched to.
            let moved = |j| pattern.column(j).iter().map(move |&i| (i, j));
            let entries = (0..n).flat_map(moved).map(|(i, j)| (column_of[i], j));
            order(&Pattern::from_entries(n, n, entries)?)?
        };
        let rows = columns.iter().map(|&column| row_of[column]).collect();
        Ok(Self { columns, rows, flops })
    }

    /// Operations of a factorisation, if the matched diagonal can be kept as pivots.
    #[must_use]
    pub fn factor_flops(&self) -> f64 {
        self.flops
    }
}

/// The order in which the diagonal is eliminated, and the operations of the factorisation.
fn order(pattern: &Pattern) -> Result<(Vec<usize>, f64), Error> {
    if pattern.cols() <= MOST_ROWS { Ok(markowitz(pattern)) } else { minimum_degree(pattern) }
}

/// The same for any size.
fn minimum_degree(pattern: &Pattern) -> Result<(Vec<usize>, f64), Error> {
    let n = pattern.cols();
    let (mut order, mut place) = (vec![0; n], vec![0; n]);
    let need = amd::order_maybe_unsorted_scratch::<usize>(n, pattern.nnz());
    let out_of_memory = || ErrorKind::OutOfMemory { what: "the order of elimination" }.into();
    let mut memory = MemBuffer::try_new(need).map_err(|_| -> Error { out_of_memory() })?;
    let flops = amd::order_maybe_unsorted(
        &mut order,
        &mut place,
        SymbolicSparseColMatRef::new_checked(n, n, pattern.col_ptr(), None, pattern.row_idx()),
        amd::Control::default(),
        MemStack::new(&mut memory),
    )
    .map_err(|_| -> Error { out_of_memory() })?;
    Ok((order, flops.n_div + 2.0 * flops.n_mult_subs_lu))
}
