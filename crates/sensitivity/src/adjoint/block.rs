//! A stretch of the pass forward in time, as the pass backward needs it.

use crate::{Error, ErrorKind};
use ode_core::Taken;

/// The steps of a stretch, the states at their starts, and those at the save times inside.
#[derive(Clone, Debug)]
pub(crate) struct Block<S> {
    pub(crate) n: usize,
    pub(crate) steps: Vec<Taken>,
    /// The state at the start of each step, one after the other.
    pub(crate) starts: Vec<S>,
    /// The derivatives that steps start with, where they are carried over from the steps before.
    pub(crate) slopes: Vec<S>,
    /// For each step, how many save times (counted from the first of all) lie up to its end.
    pub(crate) saved_until: Vec<usize>,
    /// The first save time inside.
    pub(crate) first_save: usize,
    /// Whether it starts where the solve does.
    pub(crate) is_first: bool,
    /// Whether the first save time is the start of the span.
    pub(crate) saves_start: bool,
    /// The states at the save times, one after the other.
    pub(crate) saved: Vec<S>,
    /// Whether a step is used up to an event inside it only; empty where there are no events.
    pub(crate) cut: Vec<bool>,
    pub(crate) jumps: Vec<Jump<S>>,
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
            slopes: Vec::new(),
            saved_until: Vec::new(),
            first_save: 0,
            is_first: true,
            saves_start: false,
            saved: Vec::new(),
            cut: Vec::new(),
            jumps: Vec::new(),
            end: 0.0,
            last: Vec::new(),
        }
    }

    pub(crate) fn clear(&mut self, first_save: usize, is_first: bool) {
        self.steps.clear();
        self.starts.clear();
        self.slopes.clear();
        self.saved_until.clear();
        self.saved.clear();
        (self.first_save, self.is_first, self.saves_start) = (first_save, is_first, false);
    }

    pub(crate) fn start(&self, step: usize) -> &[S] {
        &self.starts[step * self.n..(step + 1) * self.n]
    }

    /// The derivative that a step starts with; empty where none is carried over.
    pub(crate) fn slope(&self, step: usize) -> &[S] {
        self.slopes.get(step * self.n..(step + 1) * self.n).unwrap_or(&[])
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
            + (self.starts.capacity() + self.slopes.capacity() + self.saved.capacity())
                * size_of::<S>()
            + self.saved_until.capacity() * size_of::<usize>()
            + self.cut.capacity()
            + self.jumps.capacity() * size_of::<Jump<S>>()
            + self.jumps.len() * 3 * self.n * size_of::<S>()
    }
}

/// An event that changed the state, or ended the solve.
#[derive(Clone, Debug)]
pub(crate) struct Jump<S> {
    /// How many steps had been taken.
    pub(crate) steps: usize,
    /// Which event it was.
    pub(crate) event: usize,
    pub(crate) t: f64,
    /// Time and state at the start of the step that it ended; none before the first.
    pub(crate) since: Option<(f64, Vec<S>)>,
    pub(crate) before: Vec<S>,
    pub(crate) after: Vec<S>,
    pub(crate) terminal: bool,
}

/// How much a block may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Steps.
    steps: usize,
    /// States at save times.
    saves: usize,
    /// The number of save times of the whole solve.
    all_saves: usize,
    /// Bytes of one state, and of all that is kept in the end.
    state: usize,
    budget: usize,
}

impl Room {
    pub(crate) const UNLIMITED: Self =
        Self { steps: usize::MAX, saves: usize::MAX, all_saves: 0, state: 0, budget: usize::MAX };

    /// So many bytes of a `budget`, with `n` numbers `S` in a state; where a derivative is carried over from
    /// step to step, it is kept too.
    pub(crate) fn new<S>(
        bytes: usize,
        (n, carries): (usize, bool),
        all_saves: usize,
        budget: usize,
    ) -> Result<Self, Error> {
        let state = n * size_of::<S>();
        let kept = if carries { 2 * state } else { state };
        let (step, save) = (kept + size_of::<Taken>() + size_of::<usize>(), Self::save(state));
        let saves = (bytes / 2 / save).min(all_saves);
        let steps = (bytes - saves * save) / step;
        let room = Self { steps, saves, all_saves, state, budget };
        match steps == 0 || saves < all_saves.min(1) {
            true => Err(room.too_small(step + save * all_saves.min(1))),
            false => Ok(room),
        }
    }

    /// Bytes for a save time: the state, the derivative of the loss by it, that by the time.
    fn save(state: usize) -> usize {
        2 * state + size_of::<f64>()
    }

    /// What would be enough: as much again for checkpoints.
    #[cold]
    fn too_small(&self, block: usize) -> Error {
        ErrorKind::Memory { budget: self.budget, needed: 2 * block }.into()
    }

    /// Whether one more step may not fit. Depends on what is in the block only.
    pub(crate) fn is_full<S: Copy>(&self, block: &Block<S>) -> bool {
        let saves = block.saves().len();
        block.steps.len() >= self.steps || (self.saves < self.all_saves && 2 * saves > self.saves)
    }

    /// A single step can have more save times than there is room for.
    pub(crate) fn check<S: Copy>(&self, block: &Block<S>) -> Result<(), Error> {
        let saves = block.saves().len();
        match saves > self.saves {
            true => Err(self.too_small(2 * 2 * saves * Self::save(self.state))),
            false => Ok(()),
        }
    }

    /// Room for one more step, twice as much where there is none, but no more than may be used.
    pub(crate) fn grow_steps<S: Copy>(&self, block: &mut Block<S>) {
        let n = block.n;
        grow(&mut block.steps, 1, self.steps);
        grow(&mut block.saved_until, 1, self.steps);
        grow(&mut block.starts, n, self.steps);
    }

    pub(crate) fn grow_slopes<S: Copy>(&self, block: &mut Block<S>) {
        grow(&mut block.slopes, block.n, self.steps);
    }

    pub(crate) fn grow_saved<S: Copy>(&self, block: &mut Block<S>) {
        grow(&mut block.saved, block.n, self.saves);
    }
}

/// Makes room for one more entry of `n` numbers, where at most `most` entries will come.
fn grow<T>(numbers: &mut Vec<T>, n: usize, most: usize) {
    if numbers.capacity() < numbers.len() + n {
        let more =
            numbers.len().max(8 * n).min(most.saturating_mul(n).saturating_sub(numbers.len()));
        numbers.reserve_exact(more.max(n));
    }
}
