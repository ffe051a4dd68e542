use super::Program;
use super::primitive::Replay;
use crate::{Error, ErrorKind};

/// The memory of replays of one [`Program`] with one number type: its values and their cotangents.
///
/// Replays allocate nothing, except the first one backward.
#[derive(Clone, Debug)]
pub struct Work<S = f64> {
    of: u64,
    values: Vec<S>,
    /// The first of them that is used: where vectors start in memory.
    start: usize,
    bars: Vec<S>,
    /// Whether the values are those of a point.
    pub(super) is_forward: bool,
}

impl<S: Replay> Work<S> {
    pub(super) fn new(of: u64, values: Vec<S>) -> Self {
        Self { of, values, start: 0, bars: Vec::new(), is_forward: false }
    }

    /// For values in rows, which `fill` is given.
    pub(super) fn in_rows(of: u64, slots: usize, fill: impl FnOnce(&mut [S])) -> Self {
        /// Bytes of a line of a cache.
        const LINE: usize = 64;
        let numbers = match LINE.checked_rem(size_of::<S>()) {
            Some(0) => LINE / size_of::<S>(),
            _ => 1,
        };
        let values = vec![S::zero(); slots + numbers - 1];
        let after = values.as_ptr().addr() % LINE / size_of::<S>();
        let start = (numbers - after.min(numbers)) % numbers;
        let mut work = Self { start, ..Self::new(of, values) };
        fill(&mut work.values[start..]);
        work
    }

    /// Bytes of memory that this holds on to.
    pub fn bytes(&self) -> usize {
        (self.values.capacity() + self.bars.capacity()) * size_of::<S>()
    }

    pub(super) fn values(&mut self, program: u64) -> Result<&mut [S], Error> {
        self.check(program)?;
        Ok(&mut self.values[self.start..])
    }

    /// The values, if they are those of a point.
    pub(super) fn after_forward(&mut self, program: u64) -> Result<&mut [S], Error> {
        self.check(program)?;
        match self.is_forward {
            true => Ok(&mut self.values[self.start..]),
            false => Err(Error::new(ErrorKind::NotForward)),
        }
    }

    pub(super) fn for_reverse(&mut self, program: u64) -> Result<(&[S], &mut [S]), Error> {
        self.after_forward(program)?;
        self.bars.resize(self.values.len(), S::zero());
        Ok((&self.values, &mut self.bars))
    }

    fn check(&self, program: u64) -> Result<(), Error> {
        if self.of == program { Ok(()) } else { Err(Error::new(ErrorKind::OtherProgram)) }
    }
}

impl Program {
    /// Bytes of [`Work`] with the number type `S`, after a replay backward.
    pub fn work_bytes<S: Replay>(&self) -> usize {
        let both = 2 * self.code.slots;
        self.fused.as_ref().map_or(both, |fused| fused.slots()) * size_of::<S>()
    }
}
