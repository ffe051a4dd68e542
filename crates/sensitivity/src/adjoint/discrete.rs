use super::question::Question;
use super::reverse::First;
use super::{EventModel, Memory};
use crate::{Error, Gradient, Loss};
use ad_tape::Vjp;
use ode_core::{ExplicitRk, OdeProblem, Options};
use scalar::Dual;
use system::{Buffer, Rhs, System};

/// The discrete adjoint: reverse mode through the accepted steps of an explicit method, through its
/// interpolants where save times fall inside steps, and through its own quadrature of a running loss.
///
/// The result is the exact derivative of the numbers that were computed, with the step sizes held
/// fixed. (Derivatives by times are those of the solution: they take the model's `f`.) Cost: about a
/// solve forwards, and a recorded solve and a sweep backwards, whatever the number of parameters.
/// Memory: the state at every step, or a [`Memory`] that it may take: then many steps are computed
/// again, to the same bits.
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
    /// gradient is not finite.
    pub fn gradient<F, M, B>(
        &self,
        problem: &OdeProblem<F, B>,
        method: M,
        options: &Options,
        loss: &impl Loss,
    ) -> Result<Gradient, Error>
    where
        F: System,
        M: ExplicitRk,
        B: Buffer<Item = f64>,
    {
        match self.control {
            StepControl::State => self.gradient_of_black_box(problem, method, options, loss),
            StepControl::Sensitivity => {
                let (u0, p) = (problem.u0().as_ref(), problem.p());
                let (u, lifted_p) = lifted(u0, p);
                let lifted = OdeProblem::over(problem.rhs(), u, lifted_p, problem.tspan())?;
                let question = Question::new(problem, options, loss, self.memory)?;
                let by = (First(problem.rhs()), u0, p);
                question.answer(&lifted, method, |x: D| x.re, by)?.gradient()
            }
        }
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
fn lifted(u0: &[f64], p: &[f64]) -> (Vec<D>, Vec<D>) {
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
