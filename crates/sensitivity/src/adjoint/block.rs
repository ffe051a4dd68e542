//! A stretch of the pass forward in time, as the pass backward needs it.

use ode_core::Taken;

/// The steps of a stretch, the states at their starts, and those at the save times inside.
#[derive(Clone, Debug)]
pub(crate) struct Block<S> {
    pub(crate) n: usize,
    pub(crate) steps: Vec<Taken>,
    /// The state at the start of each step, one after the other.
    pub(crate) starts: Vec<S>,
    /// For each step, how many save times (counted from the first of all) lie up to its end.
    pub(crate) saved_until: Vec<usize>,
    /// The first save time inside.
    pub(crate) first_save: usize,
    /// Whether it is the start of the span.
    pub(crate) saves_start: bool,
    /// The states at the save times, one after the other.
    pub(crate) saved: Vec<S>,
    /// Where the last step ends.
    pub(crate) end: f64,
    /// The state there.
    pub(crate) last: Vec<S>,
}

impl<S: Copy> Block<S> {
    pub(crate) fn new(n: usize) -> Self {
        Self {
            n,
            steps: Vec::new(),
            starts: Vec::new(),
            saved_until: Vec::new(),
            first_save: 0,
            saves_start: false,
            saved: Vec::new(),
            end: 0.0,
            last: Vec::new(),
        }
    }

    pub(crate) fn start(&self, step: usize) -> &[S] {
        &self.starts[step * self.n..(step + 1) * self.n]
    }

    /// The time at the end of a step.
    pub(crate) fn end_of(&self, step: usize) -> f64 {
        self.steps.get(step + 1).map_or(self.end, |next| next.t)
    }

    /// The save times up to the end of a step that do not belong to the step before it.
    pub(crate) fn saves_of(&self, step: usize) -> std::ops::Range<usize> {
        let first = match step {
            0 => self.first_save + usize::from(self.saves_start),
            _ => self.saved_until[step - 1],
        };
        first..self.saved_until[step]
    }

    /// The state at a save time, counted from the first of all.
    pub(crate) fn saved(&self, i: usize) -> &[S] {
        let first = (i - self.first_save) * self.n;
        &self.saved[first..first + self.n]
    }

    /// The save times inside.
    pub(crate) fn saves(&self) -> std::ops::Range<usize> {
        self.first_save..self.first_save + self.saved.len() / self.n
    }

    /// Bytes of memory that this holds on to.
    pub(crate) fn bytes(&self) -> usize {
        self.steps.capacity() * size_of::<Taken>()
            + (self.starts.capacity() + self.saved.capacity()) * size_of::<S>()
            + self.saved_until.capacity() * size_of::<usize>()
    }
}
