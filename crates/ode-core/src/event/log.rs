use super::table::Table;
use crate::Solution;
use scalar::Scalar;

/// An event that has happened.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Occurrence<S = f64> {
    /// The name of the event.
    pub name: String,
    /// Its place in the set, from 0.
    pub index: usize,
    /// When.
    pub t: f64,
    /// When, with derivatives where the number type carries them.
    pub time: S,
    /// The state before its effect. Its tangents are total: they follow the time of the event.
    pub before: Vec<S>,
    /// The state after its effect, in the same way.
    pub after: Vec<S>,
    /// Whether it ended the solve.
    pub terminal: bool,
}

/// What happened in a solve.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct EventLog<S> {
    pub(super) occurrences: Vec<Occurrence<S>>,
    pub(crate) tables: Vec<Table<S>>,
}

impl<S> Default for EventLog<S> {
    fn default() -> Self {
        Self { occurrences: Vec::new(), tables: Vec::new() }
    }
}

impl<S: Scalar> Solution<S> {
    /// The events that happened, in order; none without [`solve_with`](crate::solve_with).
    pub fn events(&self) -> &[Occurrence<S>] {
        &self.log.occurrences
    }

    /// The event that ended the solve, or `None` if it reached the end of the span or failed.
    pub fn ended_by(&self) -> Option<&Occurrence<S>> {
        self.events().iter().find(|event| event.terminal)
    }

    /// What a [`Saving`](crate::Saving) of this name has kept.
    pub fn table(&self, name: &str) -> Option<&Table<S>> {
        self.log.tables.iter().find(|table| table.name() == name)
    }
}
