//! Elimination with a search for pivots, which finds out where the entries of `L` and `U` are.

use super::{KEEP, SparseLu};
use crate::{Error, ErrorKind, Field};

/// A row that no pivot has been taken from.
const OPEN: usize = usize::MAX;

/// A column of which every entry is followed.
const ALL: usize = usize::MAX;

/// Depth-first search for the rows that a column of the matrix reaches through `L`.
///
/// Of a column of `L` only the rows eliminated so far need to be followed once one of them leads to
/// all the others: when its entry `(i, j)` and that of `U` at `(j, i)` are both there (symmetric
/// pruning; Eisenstat, Liu 1992).
struct Reach {
    /// The last step at which a row was seen.
    seen: Vec<usize>,
    /// Rows, each before those that reach it.
    found: Vec<u32>,
    /// The path so far: a row, and how many of its successors have been looked at.
    path: Vec<(u32, usize)>,
    /// How many entries of each column of `L` are followed.
    followed: Vec<usize>,
}

impl<S: Field<Row = usize>> SparseLu<S> {
    /// Computes `L`, `U` and the order of rows.
    pub(super) fn search(&mut self, values: &[S]) -> Result<(), Error> {
        let n = self.dim();
        let mut reach = Reach {
            seen: vec![OPEN; n],
            found: Vec::new(),
            path: Vec::new(),
            followed: vec![ALL; n],
        };
        let (pattern, analysis) = (self.pattern.clone(), self.analysis.clone());
        self.lower.clear();
        self.upper.clear();
        self.step_of.fill(OPEN);
        self.work.fill(S::ZERO);
        for (k, (&column, &matched)) in analysis.columns.iter().zip(&analysis.rows).enumerate() {
            let range = pattern.col_ptr()[column]..pattern.col_ptr()[column + 1];
            reach.found.clear();
            for (&row, &value) in pattern.row_idx()[range.clone()].iter().zip(&values[range]) {
                self.reach(row, k, &mut reach);
                self.work[row] = value;
            }
            // Rows of U, those that depend on no other first.
            for &row in reach.found.iter().rev() {
                let (row, x) = (row as usize, &mut self.work);
                let step = self.step_of[row];
                if step != OPEN {
                    let top = x[row];
                    self.lower.column(step).subtract(top, x);
                    self.upper.push(step as u32, top);
                    x[row] = S::ZERO;
                }
            }
            self.upper.end_column();
            self.eliminate(k, column, matched, &reach.found)?;
            self.prune(k, &mut reach.followed);
        }
        let step_of = &self.step_of;
        self.lower.rename(|row| step_of[row as usize] as u32);
        let mut pairs = Vec::new();
        self.lower.sort(&mut pairs);
        self.upper.sort(&mut pairs);
        for (step, &row) in self.step_of_entry.iter_mut().zip(pattern.row_idx()) {
            *step = step_of[row] as u32;
        }
        Ok(())
    }

    /// Adds what `row` reaches to what was found.
    fn reach(&self, row: usize, k: usize, reach: &mut Reach) {
        if reach.seen[row] == k {
            return;
        }
        reach.seen[row] = k;
        reach.path.push((row as u32, 0));
        while let Some((row, looked)) = reach.path.last_mut() {
            let step = self.step_of[*row as usize];
            let next = match step {
                OPEN => None,
                _ if *looked >= reach.followed[step] => None,
                _ => self.lower.column(step).index.get(*looked).copied(),
            };
            *looked += 1;
            match next {
                Some(next) if reach.seen[next as usize] == k => {}
                Some(next) => {
                    reach.seen[next as usize] = k;
                    reach.path.push((next, 0));
                }
                None => {
                    reach.found.push(*row);
                    reach.path.pop();
                }
            }
        }
    }

    /// Chooses the pivot of step `k` among the open rows found, and makes the column of `L`.
    fn eliminate(
        &mut self,
        k: usize,
        column: usize,
        matched: usize,
        found: &[u32],
    ) -> Result<(), Error> {
        let (x, step_of) = (&mut self.work, &mut self.step_of);
        let open = |step_of: &[usize], row: u32| step_of[row as usize] == OPEN;
        let (mut pivot, mut largest) = (OPEN, 0.0);
        for &row in found.iter().filter(|&&row| open(step_of, row)) {
            let size = x[row as usize].modulus();
            if size > largest {
                (pivot, largest) = (row as usize, size);
            }
        }
        if step_of[matched] == OPEN && x[matched].modulus() >= KEEP * largest && largest > 0.0 {
            pivot = matched;
        }
        let inverse = if pivot == OPEN { S::ZERO } else { x[pivot].inverse() };
        if inverse.unusable() != 0 {
            return Err(ErrorKind::Singular { pivot: column }.into());
        }
        self.inverse[k] = inverse;
        step_of[pivot] = k;
        self.row_at[k] = pivot;
        x[pivot] = S::ZERO;
        for &row in found.iter().filter(|&&row| open(step_of, row)) {
            self.lower.push(row, x[row as usize] * inverse);
            x[row as usize] = S::ZERO;
        }
        self.lower.end_column();
        Ok(())
    }

    /// Shortens the columns of `L` for which the pivot of step `k` leads to all later rows.
    fn prune(&mut self, k: usize, followed: &mut [usize]) {
        let (pivot, step_of) = (self.row_at[k] as u32, &self.step_of);
        for &step in self.upper.column(k).index {
            let step = step as usize;
            if followed[step] == ALL && self.lower.column(step).index.contains(&pivot) {
                followed[step] = self.lower.partition(step, |row| step_of[row as usize] != OPEN);
            }
        }
    }
}
