use crate::Real;
use crate::kernel::{Rows, Transpose};
use crate::workspace::ROW_BYTES;
use core::marker::PhantomData;

/// The samples of a batch that are worked on together. A row holds `columns` numbers for each: the values of all samples, then
/// their first derivatives, and so on.
#[derive(Clone, Copy)]
pub(crate) struct Block<T> {
    /// How many samples there are.
    pub(crate) samples: usize,
    /// The same filled up to whole vectors of the widest kind, by copies of the last sample.
    pub(crate) padded: usize,
    /// Numbers per value.
    pub(crate) columns: usize,
    /// From one row to the next.
    pub(crate) stride: usize,
    number: PhantomData<T>,
}

impl<T: Real> Block<T> {
    /// Numbers of the widest vector, and of a line of the cache.
    const LINE: usize = 64 / size_of::<T>();
    /// Numbers of a row.
    const ROW: usize = ROW_BYTES / size_of::<T>() - Self::LINE;

    /// Samples of a full block.
    #[inline]
    pub(crate) fn most_samples(columns: usize) -> usize {
        (Self::ROW / columns.max(1) / Self::LINE).max(1) * Self::LINE
    }

    /// From one row to the next in a full block; `None` if that is no length.
    #[inline]
    pub(crate) fn longest_stride(columns: usize) -> Option<usize> {
        Self::most_samples(columns).checked_mul(columns)?.checked_add(Self::LINE)
    }

    /// A block for so many samples, at most [`most_samples`](Self::most_samples).
    #[inline]
    pub(crate) fn new(samples: usize, columns: usize) -> Self {
        let padded = samples.next_multiple_of(Self::LINE);
        let stride = padded * columns + Self::LINE;
        Self { samples, padded, columns, stride, number: PhantomData }
    }

    /// The shape of a product with these rows.
    #[inline]
    pub(crate) fn rows(&self, inputs: usize, outputs: usize) -> Rows {
        Rows { inputs, outputs, columns: self.padded * self.columns, stride: self.stride }
    }

    /// `rows ← samples`: the samples one after the other become columns, and copies of the last one fill them up. Rows may
    /// begin at any of their columns.
    #[inline]
    pub(crate) fn scatter(&self, samples: &[T], rows: &mut [T]) {
        let n = samples.len() / self.samples.max(1);
        self.scatter_some(samples, n, rows);
        for i in 0..n {
            let row = &mut rows[i * self.stride..][..self.padded];
            let (row, rest) = row.split_at_mut(self.samples);
            if let Some(&last) = row.last() {
                rest.fill(last);
            }
        }
    }

    /// The same, but zeros fill them up.
    #[inline]
    pub(crate) fn scatter_with_zeros(&self, samples: &[T], rows: &mut [T]) {
        let n = samples.len() / self.samples.max(1);
        self.scatter_some(samples, n, rows);
        for i in 0..n {
            rows[i * self.stride + self.samples..][..self.padded - self.samples].fill(T::ZERO);
        }
    }

    /// A line of a row at a time: what is read for it stands in the nearest cache for the next row.
    #[inline]
    fn scatter_some(&self, samples: &[T], n: usize, rows: &mut [T]) {
        if n >= Self::LINE {
            let (from_stride, to_stride) = (n, self.stride);
            let (rows, columns, from, to) = (self.samples, n, samples, rows);
            return T::transpose(Transpose { from, to, rows, columns, from_stride, to_stride });
        }
        for first in (0..self.samples).step_by(Self::LINE) {
            let from = &samples[first * n..];
            let width = Self::LINE.min(self.samples - first);
            for i in 0..n {
                let to = &mut rows[i * self.stride + first..][..width];
                for (s, to) in to.iter_mut().enumerate() {
                    *to = from[s * n + i];
                }
            }
        }
    }

    /// `samples ← rows`.
    #[inline]
    pub(crate) fn gather(&self, rows: &[T], samples: &mut [T]) {
        self.gather_with(rows, samples, |to, from| *to = from);
    }

    /// `samples += rows`.
    #[inline]
    pub(crate) fn gather_add(&self, rows: &[T], samples: &mut [T]) {
        self.gather_with(rows, samples, |to, from| *to += from);
    }

    #[inline]
    fn gather_with(&self, rows: &[T], samples: &mut [T], put: impl Fn(&mut T, T)) {
        let n = samples.len() / self.samples.max(1);
        for first in (0..self.samples).step_by(Self::LINE) {
            let to = &mut samples[first * n..];
            let width = Self::LINE.min(self.samples - first);
            for i in 0..n {
                let from = &rows[i * self.stride + first..][..width];
                for (s, from) in from.iter().enumerate() {
                    put(&mut to[s * n + i], *from);
                }
            }
        }
    }

    /// What one sample has in each row, column by column: `one[c n + i]` for row `i`.
    #[inline]
    pub(crate) fn read_sample(&self, rows: &[T], sample: usize, one: &mut [T]) {
        let n = one.len() / self.columns;
        for (c, one) in one.chunks_exact_mut(n.max(1)).enumerate() {
            for (i, one) in one.iter_mut().enumerate() {
                *one = rows[i * self.stride + c * self.padded + sample];
            }
        }
    }

    /// The other way.
    #[inline]
    pub(crate) fn write_sample(&self, one: &[T], sample: usize, rows: &mut [T]) {
        let n = one.len() / self.columns;
        for (c, one) in one.chunks_exact(n.max(1)).enumerate() {
            for (i, one) in one.iter().enumerate() {
                rows[i * self.stride + c * self.padded + sample] = *one;
            }
        }
    }
}
