use scalar::Scalar;
use std::fmt;

/// Where an event happens, as its effect sees it.
///
/// State and parameters may be changed; the method then starts anew from them.
#[derive(Debug)]
pub struct At<'a, S = f64> {
    /// The time. A dual number carries the derivatives of the event's time.
    pub t: S,
    /// The state.
    pub u: &'a mut [S],
    /// The parameters, from here on.
    pub p: &'a mut [S],
    pub(super) ends: bool,
}

impl<S> At<'_, S> {
    /// Ends the solve here, once all events of this time have acted.
    ///
    /// ```
    /// # system::system! { struct Growth; state { u } params { k } rhs(_t) { d(u) = k * u; } }
    /// use ode_core::{Events, OdeProblem, Options, Periodic, Tsit5, solve_with};
    ///
    /// // Harvest half of it every day, and stop for good at the third harvest.
    /// let mut harvests = 0;
    /// let harvest = Periodic::new("harvest", 1.0).effect(|at| {
    ///     at.u[0] *= 0.5;
    ///     harvests += 1;
    ///     if harvests == 3 {
    ///         at.terminate();
    ///     }
    /// });
    /// let mut events = Events::new().with(harvest);
    /// let problem = OdeProblem::new(Growth, [1.0], [0.1], (0.0, 10.0))?;
    /// let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events)?;
    /// assert_eq!(solution.ended_by().map(|end| end.t), Some(3.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn terminate(&mut self) {
        self.ends = true;
    }
}

type Effect<'e, S> = Box<dyn FnMut(&mut At<'_, S>) + 'e>;

/// What an event does when it happens.
pub(super) struct Action<'e, S> {
    effect: Option<Effect<'e, S>>,
    terminal: bool,
}

impl<S> Default for Action<'_, S> {
    fn default() -> Self {
        Self { effect: None, terminal: false }
    }
}

impl<S> fmt::Debug for Action<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = self.effect.is_some();
        write!(f, "Action {{ effect: {effect}, terminal: {} }}", self.terminal)
    }
}

impl<'e, S: Scalar> Action<'e, S> {
    pub(super) fn set_effect(&mut self, effect: impl FnMut(&mut At<'_, S>) + 'e) {
        self.effect = Some(Box::new(effect));
    }

    pub(super) fn set_terminal(&mut self) {
        self.terminal = true;
    }

    /// Whether it changes something or ends the solve: otherwise the solve need not be interrupted.
    pub(super) fn interrupts(&self) -> bool {
        self.terminal || self.has_effect()
    }

    pub(super) fn has_effect(&self) -> bool {
        self.effect.is_some()
    }

    /// Acts, and says whether the solve ends.
    pub(super) fn act(&mut self, t: S, u: &mut [S], p: &mut [S]) -> bool {
        let mut at = At { t, u, p, ends: self.terminal };
        if let Some(effect) = &mut self.effect {
            effect(&mut at);
        }
        at.ends
    }
}
