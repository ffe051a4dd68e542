use super::rule::Record;

/// The memory of both methods.
#[derive(Debug)]
pub struct SwitchingCache<N, S, T> {
    pub(super) nonstiff: N,
    /// Allocated at the first switch.
    pub(super) stiff: Option<S>,
    /// Who takes the steps: the implicit method?
    pub(super) is_stiff: bool,
    /// Whether the other one takes over with the next step.
    pub(super) changes: bool,
    /// Whether the problem has a mass matrix, for which there is only the implicit method.
    pub(super) is_fixed: bool,
    pub(super) record: Record,
    /// What is taken back from a checkpoint when the implicit method begins.
    pub(super) memory: Option<(Record, Vec<T>)>,
}

impl<N, S, T> SwitchingCache<N, S, T> {
    /// The implicit method's memory, where it takes the steps.
    pub(super) fn stiff(&self) -> Option<&S> {
        self.stiff.as_ref().filter(|_| self.is_stiff)
    }

    pub(super) fn stiff_mut(&mut self) -> Option<&mut S> {
        self.stiff.as_mut().filter(|_| self.is_stiff)
    }
}
