use crate::arena::{Arena, Fault, NONE};
use crate::{Adjoints, Error, ErrorKind, Var};
use core::cell::RefCell;
use core::sync::atomic::{AtomicU64, Ordering};
use scalar::BranchScalar;

/// A recording of a computation (a Wengert list), to be swept backwards.
///
/// `S` is the number type of values and weights: reals, or [`Dual`](scalar::Dual) numbers, whose
/// tangents then are derivatives of the gradient. It has to be a [`BranchScalar`], because a
/// selection records the operand that was chosen: a batch could not agree on one.
///
/// A scalar operation costs `8 + 3 size_of::<S>()` bytes (32 for `f64`), a dense layer, dot product
/// or axpy one block of 28 bytes and `size_of::<S>()` per output. The memory is kept by
/// [`clear`](Tape::clear), so that recording again allocates nothing.
///
/// ```
/// use ad_tape::{Adjoints, Tape};
/// use scalar::Scalar;
///
/// let (mut tape, mut adjoints) = (Tape::new(), Adjoints::new());
/// for angle in [0.0, 0.5, 1.0] {
///     tape.clear();
///     let x = tape.var(angle);
///     let y = [x.sin(), x.cos()];
///     tape.pullback(&y, &[1.0, 2.0], &mut adjoints)?;
///     assert_eq!(adjoints.wrt(x)?, -2.0 * angle.sin() + angle.cos());
/// }
/// # Ok::<(), ad_tape::Error>(())
/// ```
///
/// What was recorded cannot be forgotten while a variable still refers to it:
///
/// ```compile_fail,E0502
/// let mut tape = ad_tape::Tape::new();
/// let x = tape.var(1.0);
/// tape.clear();
/// let y = x + x;
/// ```
///
/// A batch has no one branch to record:
///
/// ```compile_fail,E0277
/// let tape = ad_tape::Tape::<scalar::Lanes<4>>::new();
/// ```
#[derive(Debug)]
pub struct Tape<S = f64> {
    arena: RefCell<Arena<S>>,
    identity: Identity,
}

/// Which tape, and which of its recordings: adjoints of one are refused for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    tape: u64,
    recording: u64,
}

impl<S: BranchScalar> Default for Tape<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: BranchScalar> Tape<S> {
    /// An empty tape, which may hold 2³² − 1 nodes.
    pub fn new() -> Self {
        Self::with_limit(NONE as usize)
    }

    /// An empty tape that may hold at most `limit` nodes (and never more than 2³² − 1).
    ///
    /// Beyond it, operations give NaN and [`pullback`](Tape::pullback) gives an error: a bound on
    /// memory.
    ///
    /// ```
    /// use ad_tape::{Adjoints, ErrorKind, Tape};
    ///
    /// let tape = Tape::with_limit(2);
    /// let x = tape.var(3.0);
    /// let y = x * x * x;
    /// let error = tape.pullback(&[y], &[1.0], &mut Adjoints::new()).unwrap_err();
    /// assert_eq!(*error.kind(), ErrorKind::Full { limit: 2 });
    /// ```
    pub fn with_limit(limit: usize) -> Self {
        static TAPES: AtomicU64 = AtomicU64::new(0);
        let tape = TAPES.fetch_add(1, Ordering::Relaxed);
        Self { arena: RefCell::new(Arena::new(limit)), identity: Identity { tape, recording: 0 } }
    }

    /// An independent variable.
    pub fn var(&self, value: S) -> Var<'_, S> {
        let slot = self.record(|arena| arena.inputs(&[value]));
        slot.map_or_else(Var::undefined, |slot| Var::on(self, slot, value))
    }

    /// Independent variables, one per value, next to each other on the tape.
    pub fn vars(&self, values: &[S]) -> Vec<Var<'_, S>> {
        let mut vars = Vec::new();
        self.extend_vars(values, &mut vars);
        vars
    }

    /// Appends independent variables, one per value and next to each other on the tape, to `vars`:
    /// the way to register thousands of parameters without allocating.
    pub fn extend_vars<'t>(&'t self, values: &[S], vars: &mut Vec<Var<'t, S>>) {
        match self.record(|arena| arena.inputs(values)) {
            Some(first) => {
                let slots = first..first + values.len() as u32;
                vars.extend(slots.zip(values).map(|(slot, &v)| Var::on(self, slot, v)));
            }
            None => vars.extend(values.iter().map(|_| Var::undefined())),
        }
    }

    /// Forgets the recording and keeps the memory.
    pub fn clear(&mut self) {
        self.arena.get_mut().clear();
        self.identity.recording += 1;
    }

    /// Number of values on the tape: inputs, scalar operations, and outputs of vector operations
    /// (with the copies of operands that were constant or scattered over the tape).
    pub fn len(&self) -> usize {
        self.arena.borrow().values.len()
    }

    /// Whether nothing has been recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory that the tape holds on to.
    pub fn bytes(&self) -> usize {
        self.arena.borrow().bytes()
    }

    /// The reverse sweep: the derivatives of `Σ seedsᵢ outputsᵢ` with respect to everything
    /// recorded, into a reused buffer.
    ///
    /// Constants among the outputs contribute nothing. Costs about twice the recorded computation.
    /// The derivative at a selection ([`select_lt`](scalar::Scalar::select_lt), `abs`, `max`) is
    /// that of the operand chosen. A node that the outputs do not depend on adds nothing, even if
    /// its derivative is not finite.
    ///
    /// # Errors
    ///
    /// If the recording is longer than the tape may hold, if it mixed variables of two tapes, if
    /// an output is of another tape, if there is not one seed per output.
    pub fn pullback(
        &self,
        outputs: &[Var<'_, S>],
        seeds: &[S],
        adjoints: &mut Adjoints<S>,
    ) -> Result<(), Error> {
        self.check()?;
        if outputs.len() != seeds.len() {
            let (outputs, seeds) = (outputs.len(), seeds.len());
            return Err(Error::new(ErrorKind::SeedCount { outputs, seeds }));
        }
        let foreign = |output: &Var<'_, S>| output.tape().is_some_and(|t| !core::ptr::eq(t, self));
        if let Some(position) = outputs.iter().position(foreign) {
            return Err(Error::new(ErrorKind::ForeignOutput { position }));
        }
        self.sweep(outputs.iter().map(|output| output.slot()).zip(seeds), adjoints);
        Ok(())
    }

    /// The sweep from seeds at given slots (no slot: a constant).
    pub(crate) fn sweep<'s>(
        &self,
        seeds: impl Iterator<Item = (u32, &'s S)>,
        adjoints: &mut Adjoints<S>,
    ) where
        S: 's,
    {
        let arena = self.arena.borrow();
        let bars = adjoints.reset(self.identity, arena.values.len());
        for (slot, &seed) in seeds {
            if let Some(bar) = bars.get_mut(slot as usize) {
                *bar += seed;
            }
        }
        arena.sweep(bars);
    }

    /// Whether everything so far was recorded as it should.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.arena.borrow().fault().map_or(Ok(()), |kind| Err(Error::new(kind)))
    }

    /// Promises that `inputs`, registered in one go, stay where they are in memory until this is
    /// called again: a slice of them is then known to be a range of the tape without a look at each
    /// element. Only a borrow that outlasts the recording may promise that.
    pub(crate) fn inputs_stand_in(&self, inputs: &[Var<'_, S>]) {
        let first = inputs.first().filter(|var| !var.is_constant()).map(|var| var.slot());
        let place = inputs.as_ptr_range();
        let place = first.map(|first| (place.start.addr()..place.end.addr(), first));
        self.arena.borrow_mut().standing = place.unwrap_or_default();
    }

    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    /// Records one scalar operation.
    #[inline]
    pub(crate) fn push(&self, value: S, a: (u32, S), b: (u32, S)) -> Var<'_, S> {
        match self.arena.borrow_mut().push(value, a, b) {
            Some(slot) => Var::on(self, slot, value),
            None => Var::undefined(),
        }
    }

    /// Records something larger, or remembers why not.
    pub(crate) fn record<T>(
        &self,
        write: impl FnOnce(&mut Arena<S>) -> Result<T, Fault>,
    ) -> Option<T> {
        let mut arena = self.arena.borrow_mut();
        write(&mut arena).map_err(|fault| arena.fail(fault)).ok()
    }

    /// Remembers that a variable of another tape was mixed in.
    #[cold]
    pub(crate) fn fail_foreign(&self) {
        self.arena.borrow_mut().fail(Fault::Foreign);
    }
}
