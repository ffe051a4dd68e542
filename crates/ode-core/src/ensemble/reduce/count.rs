use super::Reduction;
use crate::Solution;

/// How many members have a property.
///
/// ```
/// use ode_core::{Count, Ensemble, Member, Options, Save, Tsit5};
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
///
/// let member = |i| Member::new([1.0], [i as f64], (0.0, 1.0));
/// let options = Options { save: Save::Last, ..Options::default() };
/// let extinct = Count(|solution| solution.last()[0] < 0.01);
/// let extinct = Ensemble::generate(&Decay, 10, member).reduce(Tsit5, &options, extinct);
/// assert_eq!((extinct.value, extinct.members), (5, 10)); // exp(-5) is below 0.01
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Count<G>(
    /// Whether a member has it.
    pub G,
)
where
    G: Fn(&Solution) -> bool + Sync;

impl<G: Fn(&Solution) -> bool + Sync> Reduction for Count<G> {
    type State = u64;
    type Output = u64;

    fn start(&self) -> u64 {
        0
    }

    fn add(&self, state: &mut u64, _: usize, solution: &Solution) {
        *state += u64::from((self.0)(solution));
    }

    fn merge(&self, state: &mut u64, later: u64) {
        *state += later;
    }

    fn finish(&self, state: u64) -> u64 {
        state
    }
}
