use super::action::Action;
use super::{Discrete, Periodic, Projection, Root, Saving, Scheduled, SteadyState};

/// A set of events, in an order.
///
/// Events of the same time (located ones within a few units in the last place) act in the order of
/// the set. Which roots happen is settled before the first of them acts; each effect sees the state
/// that the effects before it have left. A condition whose sign is changed by an effect does not
/// happen: it is looked at anew from there. Discrete conditions are asked in their turn.
///
/// A vector of conditions is several roots:
///
/// ```
/// # system::system! {
/// #     struct Race; state { a, b, c } params {} rhs(_t) { d(a) = 1.0; d(b) = 2.0; d(c) = 4.0; }
/// # }
/// use ode_core::{Events, OdeProblem, Options, Root, Tsit5, solve_with};
///
/// let goals = ["a", "b", "c"].into_iter().enumerate();
/// let goals = goals.map(|(i, name)| Root::new(name, move |_t, u, _p| u[i] - 1.0));
/// let mut events = Events::new().with_all(goals);
/// let problem = OdeProblem::new(Race, [0.0; 3], [], (0.0, 2.0))?;
/// let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events)?;
/// let order: Vec<_> = solution.events().iter().map(|goal| goal.name.as_str()).collect();
/// assert_eq!(order, ["c", "b", "a"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Events<'e, S = f64> {
    pub(super) list: Vec<Event<'e, S>>,
    pub(super) limit: usize,
    pub(super) resolution: f64,
}

impl<S> Default for Events<'_, S> {
    fn default() -> Self {
        Self { list: Vec::new(), limit: 100_000, resolution: 1e-10 }
    }
}

impl<'e, S> Events<'e, S> {
    /// No events yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more, after the others.
    #[must_use]
    pub fn with(mut self, event: impl Into<Event<'e, S>>) -> Self {
        self.list.push(event.into());
        self
    }

    /// Several more, in their order.
    #[must_use]
    pub fn with_all<E: Into<Event<'e, S>>>(mut self, events: impl IntoIterator<Item = E>) -> Self {
        self.list.extend(events.into_iter().map(Into::into));
        self
    }

    /// How many times events may happen in one solve, all together. Default 100 000.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// The time in which infinitely many events are not told apart from rest, relative to the larger
    /// of the span and the current time. Default 1e-10.
    ///
    /// A root with an effect that comes at ever shorter distances (a ball that bounces to rest) ends
    /// the solve with [`EventsAccumulate`](crate::ErrorKind::EventsAccumulate) when the geometric
    /// series of its last distances ends within this time; so does one that comes 100 times in a row
    /// at distances below it.
    #[must_use]
    pub fn resolution(mut self, resolution: f64) -> Self {
        self.resolution = resolution;
        self
    }
}

/// One event of a set: each kind turns into it by itself.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'e, S = f64> {
    /// A condition that crosses zero.
    Root(Root<'e, S>),
    /// Given times.
    Scheduled(Scheduled<'e, S>),
    /// Equal distances.
    Periodic(Periodic<'e, S>),
    /// A condition after every step.
    Discrete(Discrete<'e, S>),
    /// The state is at rest.
    SteadyState(SteadyState),
    /// The state is put back onto a manifold.
    Projection(Projection<'e, S>),
    /// Something is kept.
    Saving(Saving<'e, S>),
}

impl<'e, S> Event<'e, S> {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Root(event) => &event.name,
            Self::Scheduled(event) => &event.name,
            Self::Periodic(event) => &event.name,
            Self::Discrete(event) => &event.name,
            Self::SteadyState(event) => &event.name,
            Self::Projection(event) => &event.name,
            Self::Saving(event) => &event.name,
        }
    }

    pub(super) fn action(&mut self) -> Option<&mut Action<'e, S>> {
        match self {
            Self::Root(event) => Some(&mut event.action),
            Self::Scheduled(event) => Some(&mut event.action),
            Self::Periodic(event) => Some(&mut event.action),
            Self::Discrete(event) => Some(&mut event.action),
            Self::SteadyState(_) | Self::Projection(_) | Self::Saving(_) => None,
        }
    }
}

macro_rules! kind {
    ($($kind:ident)*) => {$(
        impl<'e, S> From<$kind<'e, S>> for Event<'e, S> {
            fn from(event: $kind<'e, S>) -> Self {
                Self::$kind(event)
            }
        }
    )*};
}

kind! { Root Scheduled Periodic Discrete Projection Saving }

impl<S> From<SteadyState> for Event<'_, S> {
    fn from(event: SteadyState) -> Self {
        Self::SteadyState(event)
    }
}
