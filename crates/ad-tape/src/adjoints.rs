use crate::arena::NONE;
use crate::tape::Identity;
use crate::{Error, ErrorKind, Var};
use scalar::BranchScalar;

/// The result of a reverse sweep: one derivative per node. A buffer, meant to be reused.
///
/// ```
/// use ad_tape::{Adjoints, Tape};
/// use scalar::Scalar;
///
/// let tape = Tape::new();
/// let x = tape.vars(&[1.0, 2.0, 3.0]);
/// let product = x[0] * x[1] * x[2];
///
/// let mut adjoints = Adjoints::new();
/// tape.pullback(&[product], &[1.0], &mut adjoints)?;
/// assert_eq!(adjoints.wrt(x[0])?, 6.0);
/// assert_eq!(adjoints.wrt_slice(&x)?, [6.0, 3.0, 2.0]); // without a copy
/// # Ok::<(), ad_tape::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Adjoints<S = f64> {
    bars: Vec<S>,
    of: Option<Identity>,
}

impl<S> Default for Adjoints<S> {
    fn default() -> Self {
        Self { bars: Vec::new(), of: None }
    }
}

impl<S: BranchScalar> Adjoints<S> {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The derivative with respect to `var`. It is zero for a constant, and for what was recorded
    /// after the sweep.
    ///
    /// # Errors
    ///
    /// If `var` belongs to another tape or to another recording than the one pulled back.
    pub fn wrt(&self, var: Var<'_, S>) -> Result<S, Error> {
        let Some(tape) = var.tape() else { return Ok(S::zero()) };
        if self.of != Some(tape.identity()) {
            return Err(Error::new(ErrorKind::NotPulledBack { position: 0 }));
        }
        Ok(self.bars.get(var.slot() as usize).copied().unwrap_or(S::zero()))
    }

    /// The derivatives with respect to variables that follow each other on the tape, as those of
    /// one [`Tape::vars`](crate::Tape::vars) or one vector operation do.
    ///
    /// # Errors
    ///
    /// As [`wrt`](Adjoints::wrt), and if the variables do not follow each other (constants never
    /// do), or were recorded after the sweep.
    pub fn wrt_slice(&self, vars: &[Var<'_, S>]) -> Result<&[S], Error> {
        let Some(first) = vars.first().map(|var| var.slot()) else { return Ok(&[]) };
        for (position, var) in vars.iter().enumerate() {
            if var.tape().is_some_and(|tape| self.of != Some(tape.identity())) {
                return Err(Error::new(ErrorKind::NotPulledBack { position }));
            }
            if var.slot() == NONE || var.slot() as usize != first as usize + position {
                return Err(Error::new(ErrorKind::NotContiguous { position }));
            }
        }
        let missing = || Error::new(ErrorKind::NotPulledBack { position: 0 });
        self.range(first, vars.len()).ok_or_else(missing)
    }

    /// Bytes of memory that the buffer holds on to.
    pub fn bytes(&self) -> usize {
        self.bars.capacity() * size_of::<S>()
    }

    /// The adjoints of `len` slots in a row.
    pub(crate) fn range(&self, first: u32, len: usize) -> Option<&[S]> {
        self.bars.get(first as usize..)?.get(..len)
    }

    /// All zero, one per slot.
    pub(crate) fn reset(&mut self, of: Identity, slots: usize) -> &mut [S] {
        self.of = Some(of);
        self.bars.clear();
        self.bars.resize(slots, S::zero());
        &mut self.bars
    }
}
