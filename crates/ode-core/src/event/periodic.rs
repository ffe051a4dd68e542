use super::action::{Action, At};
use scalar::Scalar;

/// An event at equal distances of time, each the end of a step.
///
/// The `k`-th time is the first one plus `k` periods, computed anew, so that nothing accumulates.
///
/// ```
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
/// use ode_core::{Events, OdeProblem, Options, Periodic, Tsit5, solve_with};
///
/// let dose = Periodic::new("dose", 6.0).first(0.0).effect(|at| at.u[0] += 1.0);
/// let mut events = Events::new().with(dose);
/// let problem = OdeProblem::new(Decay, [0.0], [0.2], (0.0, 20.0))?;
/// let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events)?;
/// assert_eq!(solution.events().iter().map(|dose| dose.t).collect::<Vec<_>>(), [0., 6., 12., 18.]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Periodic<'e, S = f64> {
    pub(super) name: String,
    pub(super) period: f64,
    pub(super) first: Option<f64>,
    pub(super) action: Action<'e, S>,
}

impl<'e> Periodic<'e, f64> {
    /// An event every `period` (positive, also when integrating backwards), the first time one
    /// period after the start.
    pub fn new(name: impl Into<String>, period: f64) -> Self {
        Self::over(name, period)
    }
}

impl<'e, S: Scalar> Periodic<'e, S> {
    /// As [`new`](Periodic::new), over any number type on which one may branch: `f32`, duals.
    pub fn over(name: impl Into<String>, period: f64) -> Self {
        Self { name: name.into(), period, first: None, action: Action::default() }
    }

    /// The first time, in the span.
    #[must_use]
    pub fn first(mut self, t: f64) -> Self {
        self.first = Some(t);
        self
    }

    /// What it does to the state and the parameters.
    #[must_use]
    pub fn effect(mut self, effect: impl FnMut(&mut At<'_, S>) + 'e) -> Self {
        self.action.set_effect(effect);
        self
    }

    /// Its first time ends the solve (after its effect, if it has one).
    #[must_use]
    pub fn terminal(mut self) -> Self {
        self.action.set_terminal();
        self
    }
}
