use super::engine::Outcome;
use crate::{Solution, SolveError, Stats};

/// The solutions of an ensemble, in the order of its members.
#[derive(Clone, Debug)]
pub struct Trajectories(Vec<Outcome>);

impl Trajectories {
    pub(super) fn new(outcomes: Vec<Outcome>) -> Self {
        Self(outcomes)
    }

    /// Number of members, failed ones included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the ensemble has no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What became of member `i`; `None` if there is no such member.
    pub fn get(&self, i: usize) -> Option<Result<&Solution, &SolveError>> {
        self.0.get(i).map(Result::as_ref)
    }

    /// What became of each member, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Result<&Solution, &SolveError>> {
        self.0.iter().map(Result::as_ref)
    }

    /// The members that were solved, with their indices.
    pub fn solutions(&self) -> impl Iterator<Item = (usize, &Solution)> {
        self.0.iter().enumerate().filter_map(|(i, outcome)| Some((i, outcome.as_ref().ok()?)))
    }

    /// The members that failed, with their indices.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &SolveError)> {
        self.0.iter().enumerate().filter_map(|(i, outcome)| Some((i, outcome.as_ref().err()?)))
    }

    /// Work done by all members, failed ones included.
    pub fn stats(&self) -> Stats {
        let mut total = Stats::default();
        for outcome in &self.0 {
            let stats = match outcome {
                Ok(solution) => solution.stats(),
                Err(error) => error.partial().stats(),
            };
            total = total + stats;
        }
        total
    }

    /// The outcomes themselves.
    pub fn into_vec(self) -> Vec<Result<Solution, SolveError>> {
        self.0
    }
}

impl IntoIterator for Trajectories {
    type Item = Result<Solution, SolveError>;
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
