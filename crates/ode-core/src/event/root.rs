use super::action::{Action, At};
use crate::{Error, ErrorKind};
use scalar::Scalar;
use std::fmt;

/// Which crossings of zero count, in the order of integration (also backwards in time).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Both.
    #[default]
    Any,
    /// From negative to positive.
    Rising,
    /// From positive to negative.
    Falling,
}

impl Direction {
    /// Whether a crossing that begins on this side (+1 or -1) counts.
    pub(super) fn accepts(self, side: f64) -> bool {
        match self {
            Self::Any => true,
            Self::Rising => side < 0.0,
            Self::Falling => side > 0.0,
        }
    }
}

/// More samples of a step than anybody needs.
const MAX_SAMPLES: usize = 10_000;

type Condition<'e, S> = Box<dyn FnMut(S, &[S], &[S]) -> S + 'e>;

/// An event where a condition `g(t, u, p)` crosses or reaches zero, located to the last bits of `t`.
///
/// The condition is sampled at inner points of each step, on the method's interpolant; a dip between
/// samples is looked for where a parabola through them comes near zero. The state at the located
/// time has crossed: `g` has the new sign there, or is zero.
///
/// A condition that is zero at the start does not happen there; nor does one whose sign is changed by
/// the effect of an event. After it has happened it must leave zero before it can happen again.
///
/// A body that is sent back so slowly that its flight cannot be resolved ends the solve with
/// [`EventsAccumulate`](crate::ErrorKind::EventsAccumulate). One that is to stay at rest needs an
/// effect that changes the model (a parameter that holds it): without one it goes on beyond.
///
/// With dual numbers the derivatives of the event's time are carried through the effect, exactly
/// (`dτ = -dg / ġ` by one Newton correction for each nesting, and the state moved by it).
///
/// ```
/// # system::system! {
/// #     struct Ball; state { height, speed } params { gravity }
/// #     rhs(_t) { d(height) = speed; d(speed) = -gravity; }
/// # }
/// use ode_core::{Events, OdeProblem, Options, Root, Tsit5, solve_with};
///
/// let bounce = Root::new("bounce", |_t, u, _p| u[0]).falling().effect(|at| at.u[1] *= -0.9);
/// let mut events = Events::new().with(bounce);
/// let problem = OdeProblem::new(Ball, [1.0, 0.0], [9.81], (0.0, 1.0))?;
/// let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events)?;
/// let first = &solution.events()[0];
/// assert!((first.t - (2.0 / 9.81f64).sqrt()).abs() < 1e-12);
/// assert_eq!(first.after[1], -0.9 * first.before[1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Root<'e, S = f64> {
    pub(super) name: String,
    pub(super) condition: Condition<'e, S>,
    pub(super) direction: Direction,
    pub(super) samples: usize,
    pub(super) action: Action<'e, S>,
}

impl<'e> Root<'e, f64> {
    /// A condition over `f64`. By itself it only notes when it happens.
    pub fn new(
        name: impl Into<String>,
        condition: impl FnMut(f64, &[f64], &[f64]) -> f64 + 'e,
    ) -> Self {
        Self::over(name, condition)
    }
}

impl<'e, S: Scalar> Root<'e, S> {
    /// A condition over any number type on which one may branch: `f32`, duals.
    pub fn over(name: impl Into<String>, condition: impl FnMut(S, &[S], &[S]) -> S + 'e) -> Self {
        Self {
            name: name.into(),
            condition: Box::new(condition),
            direction: Direction::Any,
            samples: 10,
            action: Action::default(),
        }
    }

    /// Only from negative to positive.
    #[must_use]
    pub fn rising(self) -> Self {
        self.direction(Direction::Rising)
    }

    /// Only from positive to negative.
    #[must_use]
    pub fn falling(self) -> Self {
        self.direction(Direction::Falling)
    }

    /// Which crossings count.
    #[must_use]
    pub fn direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// Number of samples inside each step, 10 by default, at most 10 000. A set uses the largest
    /// among its roots.
    /// With 0 only the ends of steps are compared, which saves the interpolants.
    #[must_use]
    pub fn samples(mut self, samples: usize) -> Self {
        self.samples = samples;
        self
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.samples <= MAX_SAMPLES {
            return Ok(());
        }
        let (event, value) = (self.name.clone(), self.samples as f64);
        let (setting, must) = ("samples", "at most 10000");
        Err(ErrorKind::EventSetting { event, setting, value, must }.into())
    }

    /// What it does to the state and the parameters.
    #[must_use]
    pub fn effect(mut self, effect: impl FnMut(&mut At<'_, S>) + 'e) -> Self {
        self.action.set_effect(effect);
        self
    }

    /// It ends the solve (after its effect, if it has one).
    #[must_use]
    pub fn terminal(mut self) -> Self {
        self.action.set_terminal();
        self
    }
}

impl<S> fmt::Debug for Root<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, direction, samples, action, .. } = self;
        write!(f, "Root {{ {name:?}, {direction:?}, samples: {samples}, {action:?} }}")
    }
}
