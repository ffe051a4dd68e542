//! Where the entries of a sparse matrix are, apart from their values.

use crate::error::check_size;
use crate::{Error, ErrorKind};

/// The places of the entries of a sparse matrix, compressed by columns: the rows of column `j` are
/// `row_idx[col_ptr[j]..col_ptr[j + 1]]`, increasing. Values stand in the same order elsewhere, so
/// that one analysis serves all matrices of a pattern.
///
/// ```
/// use linalg::Pattern;
///
/// let p = Pattern::from_entries(3, 3, [(0, 0), (1, 1), (2, 2), (2, 1)])?;
/// assert_eq!(p.nnz(), 4);
/// assert_eq!(p.column(1), [1, 2]);
/// assert_eq!(p.bandwidths(), (1, 0));
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    rows: usize,
    col_ptr: Vec<usize>,
    row_idx: Vec<usize>,
}

impl Pattern {
    /// From the arrays of compressed columns.
    ///
    /// # Errors
    ///
    /// `col_ptr` must have `cols + 1` entries that do not decrease from 0 to the length of
    /// `row_idx`; the rows of each column must increase and be below `rows`.
    pub fn from_csc(
        rows: usize,
        cols: usize,
        col_ptr: Vec<usize>,
        row_idx: Vec<usize>,
    ) -> Result<Self, Error> {
        check_size("the column pointers", cols + 1, col_ptr.len())?;
        check_size("the row indices", *col_ptr.last().unwrap_or(&0), row_idx.len())?;
        if col_ptr[0] != 0 {
            return Err(ErrorKind::Pattern { column: 0 }.into());
        }
        for column in 0..cols {
            let (start, end) = (col_ptr[column], col_ptr[column + 1]);
            if start > end || end > row_idx.len() {
                return Err(ErrorKind::Pattern { column }.into());
            }
            let entries = &row_idx[start..end];
            if entries.windows(2).any(|pair| pair[0] >= pair[1]) {
                return Err(ErrorKind::Pattern { column }.into());
            }
            if let Some(&index) = entries.last().filter(|&&last| last >= rows) {
                return Err(ErrorKind::Index { what: "row", index, limit: rows }.into());
            }
        }
        Ok(Self { rows, col_ptr, row_idx })
    }

    /// From `(row, column)` pairs in any order; repeated pairs count once.
    ///
    /// # Errors
    ///
    /// An index outside the matrix.
    pub fn from_entries(
        rows: usize,
        cols: usize,
        entries: impl IntoIterator<Item = (usize, usize)>,
    ) -> Result<Self, Error> {
        let entries: Vec<(usize, usize)> = entries.into_iter().collect();
        let mut starts = vec![0; cols + 1];
        for &(row, column) in &entries {
            if row >= rows {
                return Err(ErrorKind::Index { what: "row", index: row, limit: rows }.into());
            }
            if column >= cols {
                return Err(ErrorKind::Index { what: "column", index: column, limit: cols }.into());
            }
            starts[column + 1] += 1;
        }
        for column in 0..cols {
            starts[column + 1] += starts[column];
        }
        let (mut next, mut row_idx) = (starts.clone(), vec![0; entries.len()]);
        for (row, column) in entries {
            row_idx[next[column]] = row;
            next[column] += 1;
        }
        // Each column sorted, and moved up to where those before it end without repetitions.
        let (mut col_ptr, mut end) = (vec![0; cols + 1], 0);
        for column in 0..cols {
            let (first, all) = (end, starts[column]..starts[column + 1]);
            row_idx[all.clone()].sort_unstable();
            for at in all {
                if end == first || row_idx[end - 1] != row_idx[at] {
                    row_idx[end] = row_idx[at];
                    end += 1;
                }
            }
            col_ptr[column + 1] = end;
        }
        row_idx.truncate(end);
        Ok(Self { rows, col_ptr, row_idx })
    }

    /// From `(column, row)` pairs that are sorted, without repetition, and inside.
    fn from_sorted(rows: usize, cols: usize, sorted: &[(usize, usize)]) -> Self {
        let mut col_ptr = vec![0; cols + 1];
        for &(column, _) in sorted {
            col_ptr[column + 1] += 1;
        }
        for column in 0..cols {
            col_ptr[column + 1] += col_ptr[column];
        }
        Self { rows, col_ptr, row_idx: sorted.iter().map(|&(_, row)| row).collect() }
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    #[must_use]
    pub fn cols(&self) -> usize {
        self.col_ptr.len() - 1
    }

    /// The number of entries.
    #[must_use]
    pub fn nnz(&self) -> usize {
        self.row_idx.len()
    }

    /// Where each column begins, and where the last ends.
    #[must_use]
    pub fn col_ptr(&self) -> &[usize] {
        &self.col_ptr
    }

    /// The rows of all entries, column by column.
    #[must_use]
    pub fn row_idx(&self) -> &[usize] {
        &self.row_idx
    }

    /// The rows of column `j`; empty for a column that is not there.
    #[must_use]
    pub fn column(&self, j: usize) -> &[usize] {
        self.positions(j).and_then(|range| self.row_idx.get(range)).unwrap_or(&[])
    }

    /// Where the values of column `j` stand.
    fn positions(&self, j: usize) -> Option<core::ops::Range<usize>> {
        Some(*self.col_ptr.get(j)?..*self.col_ptr.get(j + 1)?)
    }

    /// Where the value of entry `(i, j)` stands, if it is one.
    #[must_use]
    pub fn position(&self, i: usize, j: usize) -> Option<usize> {
        let range = self.positions(j)?;
        let at = self.row_idx[range.clone()].binary_search(&i).ok()?;
        Some(range.start + at)
    }

    /// How many diagonals below and above the main one hold entries.
    #[must_use]
    pub fn bandwidths(&self) -> (usize, usize) {
        let (mut lower, mut upper) = (0, 0);
        for j in 0..self.cols() {
            if let [first, .., last] | [first @ last] = self.column(j) {
                lower = lower.max(last.saturating_sub(j));
                upper = upper.max(j.saturating_sub(*first));
            }
        }
        (lower, upper)
    }

    /// The transposed pattern, and for each of its values where it stands in this one.
    #[must_use]
    pub fn transposed(&self) -> (Self, Vec<usize>) {
        let mut col_ptr = vec![0; self.rows + 1];
        for &i in &self.row_idx {
            col_ptr[i + 1] += 1;
        }
        for i in 0..self.rows {
            col_ptr[i + 1] += col_ptr[i];
        }
        let mut next = col_ptr.clone();
        let (mut row_idx, mut from) = (vec![0; self.nnz()], vec![0; self.nnz()]);
        for j in 0..self.cols() {
            for at in self.col_ptr[j]..self.col_ptr[j + 1] {
                let place = &mut next[self.row_idx[at]];
                row_idx[*place] = j;
                from[*place] = at;
                *place += 1;
            }
        }
        (Self { rows: self.cols(), col_ptr, row_idx }, from)
    }

    /// The entries of both patterns, which must have the same size.
    ///
    /// # Errors
    ///
    /// Sizes that differ.
    pub fn union(&self, other: &Self) -> Result<Self, Error> {
        check_size("the rows of the other pattern", self.rows, other.rows)?;
        check_size("the columns of the other pattern", self.cols(), other.cols())?;
        let mut sorted = Vec::with_capacity(self.nnz() + other.nnz());
        for j in 0..self.cols() {
            sorted.extend(self.column(j).iter().chain(other.column(j)).map(|&i| (j, i)));
        }
        sorted.sort_unstable();
        sorted.dedup();
        Ok(Self::from_sorted(self.rows, self.cols(), &sorted))
    }

    /// This pattern with the whole diagonal.
    #[must_use]
    pub fn with_diagonal(&self) -> Self {
        let mut sorted = Vec::with_capacity(self.nnz() + self.cols());
        for j in 0..self.cols() {
            sorted.extend(self.column(j).iter().map(|&i| (j, i)));
            if j < self.rows {
                sorted.push((j, j));
            }
        }
        sorted.sort_unstable();
        sorted.dedup();
        Self::from_sorted(self.rows, self.cols(), &sorted)
    }
}
