//! Incomplete factors with a threshold.

use super::preconditioner::Preconditioner;
use crate::error::check_size;
use crate::{Error, ErrorKind, Pattern, Structure};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// ILUT(p, τ): `L U ≈ A`, where entries below `τ` times the mean size in their column of `A` are
/// dropped, and of the rest the `p` largest of each column of `L`, and of `U` beside the diagonal,
/// are kept (Saad 1994, by columns).
///
/// Memory grows with the fill and is then reused. No exchanges of rows.
///
/// ```
/// use linalg::{Ilut, Pattern, Preconditioner};
///
/// let p = Pattern::from_entries(2, 2, [(0, 0), (1, 0), (0, 1), (1, 1)])?;
/// let mut ilu = Ilut::new(p, 10, 1e-4)?;
/// ilu.factor(&[2.0, 1.0, 1.0, 3.0])?;
/// let mut x = [5.0, 10.0];
/// ilu.apply(&mut x);
/// assert_eq!(x, [1.0, 3.0]);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ilut {
    fill: usize,
    drop: f64,
    state: State,
}

/// What [`Ilut`] keeps.
#[derive(Clone, Debug)]
struct State {
    pattern: Arc<Pattern>,
    lower: Triangle,
    upper: Triangle,
    inverse: Vec<f64>,
    work: Vec<f64>,
    /// The last column in which a row was seen.
    seen: Vec<usize>,
    /// Rows above the diagonal that have not been used for elimination.
    above: BinaryHeap<Reverse<usize>>,
    kept_above: Vec<usize>,
    kept_below: Vec<usize>,
}

/// The columns of a triangular factor, without the diagonal.
#[derive(Clone, Debug, Default)]
struct Triangle {
    start: Vec<usize>,
    entries: Vec<(usize, f64)>,
}

impl Triangle {
    fn clear(&mut self) {
        self.start.clear();
        self.start.push(0);
        self.entries.clear();
    }

    fn column(&self, j: usize) -> &[(usize, f64)] {
        &self.entries[self.start[j]..self.start[j + 1]]
    }

    /// Adds the `most` largest of the entries above `threshold` as a column, times `factor`, and
    /// sets all of them to zero in `work`.
    fn take(
        &mut self,
        rows: &mut [usize],
        most: usize,
        threshold: f64,
        factor: f64,
        work: &mut [f64],
    ) {
        rows.sort_unstable_by(|&a, &b| work[b].abs().total_cmp(&work[a].abs()).then(a.cmp(&b)));
        let large = rows.iter().take_while(|&&row| work[row].abs() > threshold).count().min(most);
        rows[..large].sort_unstable();
        self.entries.extend(rows[..large].iter().map(|&row| (row, work[row] * factor)));
        self.start.push(self.entries.len());
        for &row in rows.iter() {
            work[row] = 0.0;
        }
    }
}

impl Ilut {
    /// For a square pattern, with `p = fill` and `τ = drop` (20 and 10⁻³ are a good start); `M = I`
    /// until the first [`factor`](Ilut::factor).
    ///
    /// # Errors
    ///
    /// A pattern that is not square; a threshold that is not a number from 0 on.
    pub fn new(pattern: impl Into<Arc<Pattern>>, fill: usize, drop: f64) -> Result<Self, Error> {
        if drop.is_nan() || drop < 0.0 {
            let must = "a number from 0 on";
            return Err(ErrorKind::Option { name: "Ilut's drop", value: drop, must }.into());
        }
        let pattern = pattern.into();
        let n = pattern.cols();
        check_size("the rows of a square pattern", n, pattern.rows())?;
        let empty = Triangle { start: vec![0; n + 1], entries: Vec::new() };
        let state = State {
            pattern,
            lower: empty.clone(),
            upper: empty,
            inverse: vec![1.0; n],
            work: vec![0.0; n],
            seen: vec![usize::MAX; n],
            above: BinaryHeap::new(),
            kept_above: Vec::new(),
            kept_below: Vec::new(),
        };
        Ok(Self { fill, drop, state })
    }

    /// The number of entries of `L` and `U` together.
    #[must_use]
    pub fn entries(&self) -> usize {
        let state = &self.state;
        state.lower.entries.len() + state.upper.entries.len() + state.inverse.len()
    }

    /// Factors the matrix with these values, in the order of the pattern.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a pivot that vanishes. Afterwards `M = I`.
    pub fn factor(&mut self, values: &[f64]) -> Result<(), Error> {
        let result = self.eliminate(values);
        if result.is_err() {
            let State { lower, upper, inverse, work, .. } = &mut self.state;
            for triangle in [lower, upper] {
                triangle.clear();
                triangle.start.resize(inverse.len() + 1, 0);
            }
            inverse.fill(1.0);
            work.fill(0.0);
        }
        result
    }

    fn eliminate(&mut self, values: &[f64]) -> Result<(), Error> {
        let Self { fill, drop, state } = self;
        check_size("the values of the matrix", state.pattern.nnz(), values.len())?;
        let structure = Structure::Sparse(state.pattern.clone());
        if let Some((row, column)) = structure.first_not_finite(values) {
            return Err(ErrorKind::NotFinite { row, column }.into());
        }
        state.lower.clear();
        state.upper.clear();
        state.seen.fill(usize::MAX);
        for j in 0..state.inverse.len() {
            state.column(j, values, *fill, *drop)?;
        }
        Ok(())
    }
}

impl State {
    fn column(&mut self, j: usize, values: &[f64], fill: usize, drop: f64) -> Result<(), Error> {
        let Self { pattern, lower, upper, inverse, work, seen, above, .. } = self;
        let (kept_above, kept_below) = (&mut self.kept_above, &mut self.kept_below);
        let range = pattern.col_ptr()[j]..pattern.col_ptr()[j + 1];
        let values = &values[range];
        let sum: f64 = values.iter().map(|v| v.abs()).sum();
        let threshold = drop * sum / values.len().max(1) as f64;
        kept_above.clear();
        kept_below.clear();
        let mut see = |row: usize, above: &mut BinaryHeap<Reverse<usize>>| {
            if seen[row] != j {
                seen[row] = j;
                match row.cmp(&j) {
                    std::cmp::Ordering::Less => above.push(Reverse(row)),
                    std::cmp::Ordering::Equal => {}
                    std::cmp::Ordering::Greater => kept_below.push(row),
                }
            }
        };
        for (&row, &value) in pattern.column(j).iter().zip(values) {
            see(row, above);
            work[row] = value;
        }
        while let Some(Reverse(k)) = above.pop() {
            let top = work[k];
            if top.abs() <= threshold {
                work[k] = 0.0;
                continue;
            }
            kept_above.push(k);
            for &(row, factor) in lower.column(k) {
                see(row, above);
                work[row] -= factor * top;
            }
        }
        inverse[j] = 1.0 / work[j];
        if !inverse[j].is_finite() || inverse[j] == 0.0 {
            above.clear();
            return Err(ErrorKind::Singular { pivot: j }.into());
        }
        work[j] = 0.0;
        upper.take(kept_above, fill, threshold, 1.0, work);
        lower.take(kept_below, fill, threshold, inverse[j], work);
        Ok(())
    }
}

impl Preconditioner for Ilut {
    fn apply(&mut self, r: &mut [f64]) {
        let State { lower, upper, inverse, .. } = &self.state;
        if r.len() != inverse.len() {
            r.fill(f64::NAN);
            return;
        }
        for j in 0..r.len() {
            let top = r[j];
            for &(row, factor) in lower.column(j) {
                r[row] -= factor * top;
            }
        }
        for j in (0..r.len()).rev() {
            r[j] *= inverse[j];
            let last = r[j];
            for &(row, factor) in upper.column(j) {
                r[row] -= factor * last;
            }
        }
    }
}
