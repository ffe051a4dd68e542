use super::Solution;
use std::iter::FusedIterator;

/// The saved points of a [`Solution`], `(t, u)` in the order of integration.
///
/// ```
/// # system::system! { struct Decay; state { u } params {} rhs(_t) { d(u) = -u; } }
/// # use ode_core::{OdeProblem, Options, Tsit5, solve};
/// # let problem = OdeProblem::new(Decay, [1.0], [], (0.0, 5.0))?;
/// # let solution = solve(&problem, Tsit5, &Options::default())?;
/// // The last saved time at which it was still above one half.
/// let above = solution.iter().rev().find(|(_, u)| u[0] > 0.5);
/// assert!(above.is_some_and(|(t, _)| t <= 2f64.ln()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Points<'a, S> {
    n: usize,
    times: &'a [f64],
    /// `n` numbers per time.
    states: &'a [S],
}

impl<S> Clone for Points<'_, S> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, S> Iterator for Points<'a, S> {
    type Item = (f64, &'a [S]);

    fn next(&mut self) -> Option<Self::Item> {
        let (t, times) = self.times.split_first()?;
        let (u, states) = self.states.split_at(self.n);
        (self.times, self.states) = (times, states);
        Some((*t, u))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.times.len(), Some(self.times.len()))
    }

    fn nth(&mut self, i: usize) -> Option<Self::Item> {
        let skipped = i.min(self.times.len());
        self.times = &self.times[skipped..];
        self.states = &self.states[skipped * self.n..];
        self.next()
    }
}

impl<S> DoubleEndedIterator for Points<'_, S> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let (t, times) = self.times.split_last()?;
        let (states, u) = self.states.split_at(self.states.len() - self.n);
        (self.times, self.states) = (times, states);
        Some((*t, u))
    }
}

impl<S> ExactSizeIterator for Points<'_, S> {}
impl<S> FusedIterator for Points<'_, S> {}

impl<'a, S> IntoIterator for &'a Solution<S> {
    type Item = (f64, &'a [S]);
    type IntoIter = Points<'a, S>;

    fn into_iter(self) -> Points<'a, S> {
        self.iter()
    }
}

impl<S> Solution<S> {
    /// Times and states, in order.
    pub fn iter(&self) -> Points<'_, S> {
        Points { n: self.dim(), times: &self.times, states: &self.states }
    }
}

impl<S: Copy> Solution<S> {
    /// One component over all saved points; empty if there is no such component.
    pub fn component(&self, i: usize) -> Vec<S> {
        self.iter().filter_map(|(_, u)| u.get(i)).copied().collect()
    }

    /// The component of this name over all saved points; `None` if there is no such component.
    ///
    /// ```
    /// # system::system! { struct Decay; state { mass } params {} rhs(_t) { d(mass) = -mass; } }
    /// # use ode_core::{OdeProblem, Options, Tsit5, solve};
    /// # let problem = OdeProblem::new(Decay, [1.0], [], (0.0, 5.0))?;
    /// # let solution = solve(&problem, Tsit5, &Options::default())?;
    /// let mass = solution.component_by_name("mass").unwrap_or_default();
    /// assert_eq!(mass.len(), solution.len());
    /// assert_eq!(solution.component_by_name("weight"), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn component_by_name(&self, name: &str) -> Option<Vec<S>> {
        let i = self.names.iter().position(|known| known == name)?;
        Some(self.component(i))
    }
}
