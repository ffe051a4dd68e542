use crate::Real;

/// Bytes of a line of the cache.
const LINE: usize = 64;

/// Numbers that begin at a line of the cache: the loads of whole vectors then touch one line each.
#[derive(Debug)]
pub(crate) struct Aligned<T> {
    /// With room for a line more than asked for.
    numbers: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Real> Aligned<T> {
    pub(crate) fn zeros(len: usize) -> Self {
        let room = LINE / size_of::<T>();
        let numbers = vec![T::ZERO; len + room];
        // A vector that cannot be aligned is only slower.
        let start = numbers.as_ptr().align_offset(LINE).min(room);
        Self { numbers, start, len }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn all(&self) -> &[T] {
        &self.numbers[self.start..self.start + self.len]
    }

    #[inline]
    pub(crate) fn all_mut(&mut self) -> &mut [T] {
        &mut self.numbers[self.start..self.start + self.len]
    }
}

impl<T: Clone> Clone for Aligned<T> {
    /// Somewhere else, and aligned there. Numbers may stand in other places: nobody reads what he has not written.
    fn clone(&self) -> Self {
        let numbers = self.numbers.clone();
        let start = numbers.as_ptr().align_offset(LINE).min(numbers.len() - self.len);
        Self { numbers, start, len: self.len }
    }
}
