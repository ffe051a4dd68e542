use ode_core::{Direction, Events, Root, Scheduled};
use scalar::{BranchScalar, Scalar};

/// When an event happens.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum When {
    /// Where its condition crosses zero in this direction.
    Crosses(Direction),
    /// At these times.
    At(Vec<f64>),
}

/// The events of a solve, written once for every number type, so that they can be differentiated:
/// conditions, effects on the state, ends.
///
/// Times that are to be differentiated belong into a condition (`t - p[2]`), not into
/// [`When::At`].
///
/// ```
/// use ode_core::{Direction, OdeProblem, Options, Save, Tsit5};
/// use scalar::Scalar;
/// use sensitivity::{DiscreteAdjoint, EventModel, Loss, When};
///
/// system::system! {
///     struct Fall;
///     state { height, speed }
///     params { gravity, restitution }
///     rhs(_t) { d(height) = speed; d(speed) = -gravity; }
/// }
///
/// struct Bounce;
///
/// impl EventModel for Bounce {
///     fn when(&self) -> Vec<When> {
///         vec![When::Crosses(Direction::Falling)]
///     }
///     fn condition<S: Scalar>(&self, _event: usize, _t: S, u: &[S], _p: &[S]) -> S {
///         u[0]
///     }
///     fn effect<S: Scalar>(&self, _event: usize, _t: S, u: &mut [S], p: &[S]) {
///         u[1] = -p[1] * u[1];
///     }
/// }
///
/// struct Height;
///
/// impl Loss for Height {
///     fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
///         u[0]
///     }
/// }
///
/// // Dropped from 1 m: after the bounce at τ = √(2/g) the height is e √(2 g) s - g s²/2 with s = t - τ.
/// let problem = OdeProblem::new(Fall, [1.0, 0.0], [8.0, 0.75], (0.0, 1.0))?;
/// let options = Options { save: Save::Last, ..Options::default() };
/// let found =
///     DiscreteAdjoint::default().gradient_with_events(&problem, Tsit5, &options, &Height, &Bounce)?;
/// assert!((found.loss - 0.5).abs() < 1e-9 && (found.p[1] - 2.0).abs() < 1e-9); // √(2 g) s = 4/2
/// # Ok::<(), sensitivity::Error>(())
/// ```
pub trait EventModel {
    /// When each of the events happens.
    fn when(&self) -> Vec<When>;

    /// What crosses zero, for events of [`When::Crosses`].
    fn condition<S: Scalar>(&self, event: usize, t: S, u: &[S], p: &[S]) -> S {
        let _ = (event, t, u, p);
        S::one()
    }

    /// What it does to the state.
    fn effect<S: Scalar>(&self, event: usize, t: S, u: &mut [S], p: &[S]) {
        let _ = (event, t, u, p);
    }

    /// Whether it ends the solve, after its effect. Save times behind the end do not count; that of
    /// `Save::Last` is then the end, and moves with it.
    fn is_terminal(&self, event: usize) -> bool {
        let _ = event;
        false
    }
}

/// The events over one number type, which act on the first `n` states.
pub(crate) fn over<S: BranchScalar>(model: &impl EventModel, n: usize) -> Events<'_, S> {
    let mut events = Events::new();
    for (i, when) in model.when().into_iter().enumerate() {
        let name = format!("event {i}");
        let effect = move |at: &mut ode_core::At<'_, S>| {
            model.effect(i, at.t, &mut at.u[..n], at.p);
            if model.is_terminal(i) {
                at.terminate();
            }
        };
        events = match when {
            When::Crosses(direction) => {
                let condition = move |t: S, u: &[S], p: &[S]| model.condition(i, t, &u[..n], p);
                events.with(Root::over(name, condition).direction(direction).effect(effect))
            }
            When::At(times) => events.with(Scheduled::over(name, times).effect(effect)),
        };
    }
    events
}
