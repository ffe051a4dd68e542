use super::method::Asked;
use super::question::Question;
use super::reverse::First;
use super::{DiscreteMethod, EventModel, Memory};
use crate::{Error, Gradient, Loss};
use ad_tape::Vjp;
use ode_core::{ExplicitRk, OdeProblem, Options};
use scalar::Dual;
use system::{Buffer, Rhs, System};

/// The discrete adjoint: reverse mode through the accepted steps of a one-step method, through its
/// interpolants where save times fall inside steps, and through its own quadrature of a running loss.
///
/// The result is the exact derivative of the numbers that were computed, with the step sizes held
/// fixed. (Derivatives by times are those of the solution: they take the model's `u'`.) Cost: about a
/// solve forwards, and a recorded solve and a sweep backwards, whatever the number of parameters.
/// Memory: the state at every step, or a [`Memory`] that it may take: then many steps are computed
/// again, to the same bits.
///
/// Which methods have one, [`DiscreteMethod`] tells. With a mass matrix the initial state of algebraic variables
/// is no input: where the others or the parameters move, it follows by the algebraic equations, so that its own
/// derivatives are zero.
///
/// ```
/// use ode_core::{OdeProblem, Options, Save};
/// use ode_stiff::Rodas5P;
/// use scalar::Scalar;
/// use sensitivity::{DiscreteAdjoint, Loss};
///
/// system::system! {
///     /// Robertson's reactions: rates from 0.04 to 3e7.
///     struct Robertson;
///     state { a, b, c }
///     params { k1, k2, k3 }
///     rhs(_t) {
///         d(a) = -k1 * a + k3 * b * c;
///         d(b) = k1 * a - k3 * b * c - k2 * b * b;
///         d(c) = k2 * b * b;
///     }
/// }
///
/// struct Product;
///
/// impl Loss for Product {
///     fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
///         u[2]
///     }
/// }
///
/// let problem = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], [0.04, 3e7, 1e4], (0.0, 1e4))?;
/// let options = Options { atol: 1e-12, save: Save::Last, ..Options::default() };
/// let found = DiscreteAdjoint::default().gradient(&problem, Rodas5P, &options, &Product)?;
/// assert!(found.p[0] > 0.0 && found.p[2] < 0.0); // more by the first reaction, less by the third
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiscreteAdjoint {
    /// What the step sizes have to resolve.
    pub control: StepControl,
    /// What may be kept for the pass backward in time.
    pub memory: Memory,
}

/// What the step sizes of a differentiated solve have to resolve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepControl {
    /// The state and a sensitivity: the derivative along one direction that mixes all initial
    /// states and parameters is carried along, and the error norm sees it. A state that hardly
    /// moves then does not hide sensitivities that do. Doubles the cost of the solve forwards.
    #[default]
    Sensitivity,
    /// The state only: cheapest, for training.
    State,
}

type D = Dual<f64, 1>;

impl DiscreteAdjoint {
    /// The loss and its gradient.
    ///
    /// # Errors
    ///
    /// When the solve fails, the loss has neither save times nor a running term, or the loss or its
    /// gradient is not finite; for Rosenbrock methods, when the model has a function whose second derivatives
    /// are not known.
    pub fn gradient<F, M, B, L>(
        &self,
        problem: &OdeProblem<F, B>,
        method: M,
        options: &Options,
        loss: &L,
    ) -> Result<Gradient, Error>
    where
        M: DiscreteMethod<F, L, B>,
        B: Buffer<Item = f64>,
        L: Loss,
    {
        let Self { control, memory } = *self;
        method.gradient_of(&Asked { problem, options, loss, control, memory })
    }

    /// The same through events, whose times move with what they depend on. Ends of steps are the event
    /// times; all states are kept.
    ///
    /// # Errors
    ///
    /// As [`gradient`](DiscreteAdjoint::gradient), and as [`ode_core::solve_with`]; when a
    /// condition is only touched, or an event happens at the very time of another, so that there is no
    /// derivative; with a bounded memory.
    pub fn gradient_with_events<F, M, B>(
        &self,
        problem: &OdeProblem<F, B>,
        method: M,
        options: &Options,
        loss: &impl Loss,
        events: &impl EventModel,
    ) -> Result<Gradient, Error>
    where
        F: System,
        M: ExplicitRk,
        B: Buffer<Item = f64>,
    {
        let question = Question::new(problem, options, loss, self.memory)?;
        let by = (problem.rhs(), problem.u0().as_ref(), problem.p());
        let answer = match self.control {
            StepControl::State => question.answer_with_events(problem, method, by, events)?,
            StepControl::Sensitivity => {
                let (u, p) = lifted(problem.u0().as_ref(), problem.p());
                let lifted = OdeProblem::over(problem.rhs(), u, p, problem.tspan())?;
                question.answer_with_events(&lifted, method, by, events)?
            }
        };
        answer.gradient()
    }

    /// The same for a right-hand side whose vector–Jacobian product is written by hand; its step
    /// sizes resolve the state only.
    ///
    /// # Errors
    ///
    /// As [`gradient`](DiscreteAdjoint::gradient).
    pub fn gradient_of_black_box<F, M, B>(
        &self,
        problem: &OdeProblem<F, B>,
        method: M,
        options: &Options,
        loss: &impl Loss,
    ) -> Result<Gradient, Error>
    where
        F: Vjp + Rhs<f64>,
        M: ExplicitRk,
        B: Buffer<Item = f64>,
    {
        let question = Question::new(problem, options, loss, self.memory)?;
        let by = (First(problem.rhs()), problem.u0().as_ref(), problem.p());
        question.answer(problem, method, |x| x, by)?.gradient()
    }
}

/// Initial states and parameters with one tangent, along a direction that mixes all of them.
pub(crate) fn lifted(u0: &[f64], p: &[f64]) -> (Vec<D>, Vec<D>) {
    let count = u0.len() + p.len();
    let lift = |(i, &x): (usize, &f64)| Dual { re: x, eps: [direction(i, count, x)] };
    let mut u: Vec<D> = u0.iter().chain(p).enumerate().map(lift).collect();
    let p = u.split_off(u0.len());
    (u, p)
}

/// Component `i` of a direction that no symmetry of a model is likely to annihilate: signs and
/// sizes from the golden-ratio sequence, scaled by the input and normalised by their number.
fn direction(i: usize, count: usize, x: f64) -> f64 {
    let fraction = (0.5 + (i + 1) as f64 * 0.618_033_988_749_894_9).fract();
    let sign = if i.is_multiple_of(2) { 1.0 } else { -1.0 };
    let size = if x == 0.0 { 1.0 } else { x.abs() };
    sign * (0.5 + fraction) * size / (count as f64).sqrt()
}
