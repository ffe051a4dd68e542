use super::action::{Action, At};
use scalar::Scalar;
use std::fmt;

type Test<'e, S> = Box<dyn FnMut(S, &[S], &[S]) -> bool + 'e>;

/// An event that is asked for after every step, and happens whenever the answer is yes.
///
/// It sees the state as events before it in the set have left it. With dual numbers the ends of the
/// steps are constants: use a [`Root`](crate::Root) where the time itself has to be differentiated.
///
/// ```
/// # system::system! { struct Growth; state { u } params {} rhs(_t) { d(u) = u; } }
/// use ode_core::{Discrete, Events, OdeProblem, Options, Tsit5, solve_with};
///
/// let enough = Discrete::new("enough", |_t, u, _p| u[0] > 100.0).terminal();
/// let mut events = Events::new().with(enough);
/// let problem = OdeProblem::new(Growth, [1.0], [], (0.0, 1000.0))?;
/// let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events)?;
/// assert_eq!(solution.ended_by().map(|end| end.name.as_str()), Some("enough"));
/// assert!(solution.last()[0] > 100.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Discrete<'e, S = f64> {
    pub(super) name: String,
    pub(super) test: Test<'e, S>,
    pub(super) action: Action<'e, S>,
}

impl<'e> Discrete<'e, f64> {
    /// A condition over `f64`.
    pub fn new(
        name: impl Into<String>,
        condition: impl FnMut(f64, &[f64], &[f64]) -> bool + 'e,
    ) -> Self {
        Self::over(name, condition)
    }
}

impl<'e, S: Scalar> Discrete<'e, S> {
    /// A condition over any number type on which one may branch: `f32`, duals.
    pub fn over(
        name: impl Into<String>,
        condition: impl FnMut(S, &[S], &[S]) -> bool + 'e,
    ) -> Self {
        Self { name: name.into(), test: Box::new(condition), action: Action::default() }
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

impl<S> fmt::Debug for Discrete<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Discrete {{ {:?}, {:?} }}", self.name, self.action)
    }
}
