//! Compressed columns of a factor, with indices of 32 bits.

use crate::Field;

/// The columns of `L` or `U`, without the diagonal.
#[derive(Clone, Debug)]
pub(super) struct Columns<S> {
    start: Vec<usize>,
    index: Vec<u32>,
    value: Vec<S>,
}

impl<S> Default for Columns<S> {
    fn default() -> Self {
        Self { start: vec![0], index: Vec::new(), value: Vec::new() }
    }
}

/// One column.
#[derive(Clone, Copy)]
pub(super) struct Column<'a, S> {
    pub(super) index: &'a [u32],
    pub(super) value: &'a [S],
}

impl<S: Field> Columns<S> {
    pub(super) fn clear(&mut self) {
        self.start.truncate(1);
        self.index.clear();
        self.value.clear();
    }

    pub(super) fn push(&mut self, index: u32, value: S) {
        self.index.push(index);
        self.value.push(value);
    }

    /// The entries since the last call are a column.
    pub(super) fn end_column(&mut self) {
        self.start.push(self.index.len());
    }

    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    pub(super) fn column(&self, k: usize) -> Column<'_, S> {
        let range = self.start[k]..self.start[k + 1];
        Column { index: &self.index[range.clone()], value: &self.value[range] }
    }

    /// Indices and values of column `k`, to be written.
    pub(super) fn column_mut(&mut self, k: usize) -> (&[u32], &mut [S]) {
        let range = self.start[k]..self.start[k + 1];
        (&self.index[range.clone()], &mut self.value[range])
    }

    pub(super) fn rename(&mut self, name: impl Fn(u32) -> u32) {
        for index in &mut self.index {
            *index = name(*index);
        }
    }

    /// Moves the entries of column `k` that are `first` to its front, and says how many they are.
    pub(super) fn partition(&mut self, k: usize, first: impl Fn(u32) -> bool) -> usize {
        let range = self.start[k]..self.start[k + 1];
        let (index, value) = (&mut self.index[range.clone()], &mut self.value[range]);
        let mut front = 0;
        for at in 0..index.len() {
            if first(index[at]) {
                index.swap(front, at);
                value.swap(front, at);
                front += 1;
            }
        }
        front
    }

    /// Sorts each column by its indices.
    pub(super) fn sort(&mut self, pairs: &mut Vec<(u32, S)>) {
        for k in 0..self.start.len() - 1 {
            let range = self.start[k]..self.start[k + 1];
            let (index, value) = (&mut self.index[range.clone()], &mut self.value[range]);
            pairs.clear();
            pairs.extend(index.iter().copied().zip(value.iter().copied()));
            pairs.sort_unstable_by_key(|&(i, _)| i);
            for ((i, v), &(sorted, entry)) in index.iter_mut().zip(value).zip(pairs.iter()) {
                (*i, *v) = (sorted, entry);
            }
        }
    }
}

impl<S: Field> Column<'_, S> {
    /// `x -= factor · column`.
    #[inline]
    pub(super) fn subtract(self, factor: S, x: &mut [S]) {
        for (&i, &v) in self.index.iter().zip(self.value) {
            let x = &mut x[i as usize];
            *x = x.minus_product(v, factor);
        }
    }

    /// `start - column · x`.
    #[inline]
    pub(super) fn minus_dot(self, start: S, x: &[S]) -> S {
        let (mut even, mut odd) = (start, S::ZERO);
        let (pairs, rest) = self.index.as_chunks::<2>();
        let (values, last) = self.value.as_chunks::<2>();
        for ([i, j], [v, w]) in pairs.iter().zip(values) {
            even = even.minus_product(*v, x[*i as usize]);
            odd = odd.minus_product(*w, x[*j as usize]);
        }
        for (&i, &v) in rest.iter().zip(last) {
            even = even.minus_product(v, x[i as usize]);
        }
        even + odd
    }
}
