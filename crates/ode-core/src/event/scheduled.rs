use super::action::{Action, At};
use scalar::Scalar;

/// An event at given times: doses, switches, measurements that feed back.
///
/// Each is the end of a step, to the bit. A time at the start of the span acts before the first step,
/// one at the end after the last. With dual numbers the times are constants.
///
/// ```
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
/// use ode_core::{Events, OdeProblem, Options, Scheduled, Tsit5, solve_with};
///
/// let dose = Scheduled::new("dose", [0.0, 6.0, 12.0]).effect(|at| at.u[0] += 1.0);
/// let mut events = Events::new().with(dose);
/// let problem = OdeProblem::new(Decay, [0.0], [0.2], (0.0, 24.0))?;
/// let options = Options { rtol: 1e-9, ..Options::default() };
/// let solution = solve_with(&problem, Tsit5, &options, &mut events)?;
/// let exact: f64 = [24.0, 18.0, 12.0].iter().map(|age| f64::exp(-0.2 * age)).sum();
/// assert!((solution.last()[0] - exact).abs() < 1e-8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Scheduled<'e, S = f64> {
    pub(super) name: String,
    pub(super) times: Vec<f64>,
    pub(super) action: Action<'e, S>,
}

impl<'e> Scheduled<'e, f64> {
    /// An event at these times, which must lie in the span in the order of integration.
    pub fn new(name: impl Into<String>, times: impl Into<Vec<f64>>) -> Self {
        Self::over(name, times)
    }
}

impl<'e, S: Scalar> Scheduled<'e, S> {
    /// As [`new`](Scheduled::new), over any number type on which one may branch: `f32`, duals.
    pub fn over(name: impl Into<String>, times: impl Into<Vec<f64>>) -> Self {
        Self { name: name.into(), times: times.into(), action: Action::default() }
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
