use crate::Var;
use scalar::BranchScalar;

/// The allocation of a `Vec<Var<'t, S>>`, kept between recordings.
///
/// A variable borrows its tape, so a vector of them cannot be stored beside the tape. Its *empty*
/// allocation can: collecting an exhausted iterator into elements of the same size reuses the
/// memory in place. (That is an optimisation of the standard library. If it ever goes away this
/// allocates, and the allocation test says so.)
#[derive(Clone, Debug)]
pub(crate) struct Pool<S>(Vec<Blank<S>>);

/// Of the size and alignment of a variable, but without a lifetime, and free to change threads.
type Blank<S> = (usize, u32, S);

impl<S: BranchScalar> Pool<S> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// An empty vector with the memory of the pool.
    pub(crate) fn take<'t>(&mut self) -> Vec<Var<'t, S>> {
        core::mem::take(&mut self.0).into_iter().filter_map(|_| None).collect()
    }

    /// Takes the memory back.
    pub(crate) fn give(&mut self, mut vars: Vec<Var<'_, S>>) {
        vars.clear();
        self.0 = vars.into_iter().filter_map(|_| None).collect();
    }

    /// Bytes of memory that this holds on to.
    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<Blank<S>>()
    }
}
