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
    bars: Vec<S>,
    /// Whether the values are those of a point.
    pub(super) is_forward: bool,
}

impl<S: Replay> Work<S> {
    pub(super) fn new(of: u64, values: Vec<S>) -> Self {
        Self { of, values, bars: Vec::new(), is_forward: false }
    }

    /// Bytes of memory that this holds on to.
    pub fn bytes(&self) -> usize {
        (self.values.capacity() + self.bars.capacity()) * size_of::<S>()
    }

    pub(super) fn values(&mut self, program: u64) -> Result<&mut [S], Error> {
        self.check(program)?;
        Ok(&mut self.values)
    }

    /// The values, if they are those of a point.
    pub(super) fn after_forward(&mut self, program: u64) -> Result<&mut [S], Error> {
        self.check(program)?;
        match self.is_forward {
            true => Ok(&mut self.values),
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
