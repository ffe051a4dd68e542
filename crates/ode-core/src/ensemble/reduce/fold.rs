use super::Reduction;
use crate::Solution;

/// A reduction of one's own: what a chunk starts with, how a member is added, and how the states of
/// two chunks are merged.
///
/// ```
/// use ode_core::{Ensemble, Fold, Member, Options, Save, Tsit5};
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
///
/// let member = |i| Member::new([1.0], [i as f64], (0.0, 1.0));
/// let options = Options { save: Save::Last, ..Options::default() };
/// let fold = Fold {
///     start: || 0,
///     add: |steps: &mut usize, _index, solution: &ode_core::Solution| {
///         *steps = (*steps).max(solution.stats().accepted);
///     },
///     merge: |steps: &mut usize, later: usize| *steps = (*steps).max(later),
/// };
/// let most_steps = Ensemble::generate(&Decay, 10, member).reduce(Tsit5, &options, fold).value;
/// assert!(most_steps > 10);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Fold<S, A, M> {
    /// What is known before the first member of a chunk.
    pub start: S,
    /// `add(state, index, solution)`: one more member.
    pub add: A,
    /// `merge(state, later)`: the members of `later` come after those of `state`.
    pub merge: M,
}

impl<T, S, A, M> Reduction for Fold<S, A, M>
where
    T: Send,
    S: Fn() -> T + Sync,
    A: Fn(&mut T, usize, &Solution) + Sync,
    M: Fn(&mut T, T) + Sync,
{
    type State = T;
    type Output = T;

    fn start(&self) -> T {
        (self.start)()
    }

    fn add(&self, state: &mut T, index: usize, solution: &Solution) {
        (self.add)(state, index, solution);
    }

    fn merge(&self, state: &mut T, later: T) {
        (self.merge)(state, later);
    }

    fn finish(&self, state: T) -> T {
        state
    }
}
