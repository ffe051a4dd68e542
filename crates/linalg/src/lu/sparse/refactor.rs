//! New values in the places that are known.

use super::{REPIVOT, SparseLu};
use crate::Field;

impl<S: Field<Row = usize>> SparseLu<S> {
    /// Computes `L` and `U` with the pivots of before; `false` if they are no longer good.
    pub(super) fn refactor(&mut self, values: &[S]) -> bool {
        let Self { pattern, analysis, lower, upper, inverse, step_of_entry, work: x, .. } = self;
        x.fill(S::ZERO);
        for (k, &column) in analysis.columns.iter().enumerate() {
            let range = pattern.col_ptr()[column]..pattern.col_ptr()[column + 1];
            for (&step, &value) in step_of_entry[range.clone()].iter().zip(&values[range]) {
                x[step as usize] = value;
            }
            // Increasing steps: each entry of U is final when it is reached.
            let (steps, entries) = upper.column_mut(k);
            for (&step, entry) in steps.iter().zip(entries) {
                let top = x[step as usize];
                x[step as usize] = S::ZERO;
                *entry = top;
                lower.column(step as usize).subtract(top, x);
            }
            let pivot = x[k];
            x[k] = S::ZERO;
            inverse[k] = pivot.inverse();
            let mut largest = 0.0f64;
            let (rows, entries) = lower.column_mut(k);
            for (&row, entry) in rows.iter().zip(entries) {
                let below = x[row as usize];
                x[row as usize] = S::ZERO;
                largest = largest.max(below.modulus());
                *entry = below * inverse[k];
            }
            if inverse[k].unusable() != 0 || pivot.modulus() < REPIVOT * largest {
                return false;
            }
        }
        true
    }
}
