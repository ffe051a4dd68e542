use super::Memory;
use super::checkpoints::there_and_back;
use super::pass::Pass;
use super::reverse::First;
use super::sweep::Sweep;
use crate::augmented::{AugmentedRhs, with_integral};
use crate::loss::{integrates, save_times};
use crate::{Error, Gradient, Loss, Report};
use ad_tape::Vjp;
use ode_core::{ExplicitRk, OdeProblem, Options, Save};
use scalar::{Concrete, Dual};
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
                let count = u0.len() + p.len();
                let lift = |(i, &x): (usize, &f64)| Dual { re: x, eps: [direction(i, count, x)] };
                let mut u: Vec<D> = u0.iter().chain(p).enumerate().map(lift).collect();
                let lifted_p = u.split_off(u0.len());
                let lifted = OdeProblem::over(problem.rhs(), u, lifted_p, problem.tspan())?;
                let question = Question::new(problem, options, loss, self.memory)?;
                question.answer(&lifted, method, |x: D| x.re)
            }
        }
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
        Question::new(problem, options, loss, self.memory)?.answer(problem, method, |x| x)
    }
}

/// Component `i` of a direction that no symmetry of a model is likely to annihilate: signs and
/// sizes from the golden-ratio sequence, scaled by the input and normalised by their number.
fn direction(i: usize, count: usize, x: f64) -> f64 {
    let fraction = (0.5 + (i + 1) as f64 * 0.618_033_988_749_894_9).fract();
    let sign = if i.is_multiple_of(2) { 1.0 } else { -1.0 };
    let size = if x == 0.0 { 1.0 } else { x.abs() };
    sign * (0.5 + fraction) * size / (count as f64).sqrt()
}

/// What is to be differentiated.
struct Question<'a, F, L> {
    rhs: &'a F,
    u0: &'a [f64],
    p: &'a [f64],
    loss: &'a L,
    integrates: bool,
    /// That save at the times of the loss, and know of the integral.
    options: Options,
    times: Vec<f64>,
    memory: Memory,
}

impl<'a, F: Vjp, L: Loss> Question<'a, F, L> {
    fn new<B: Buffer<Item = f64>>(
        problem: &'a OdeProblem<F, B>,
        options: &Options,
        loss: &'a L,
        memory: Memory,
    ) -> Result<Self, Error> {
        let (t0, t1) = problem.tspan();
        let (u0, p) = (problem.u0().as_ref(), problem.p());
        let integrates = integrates(loss, t0, u0, p);
        let times = save_times(options, t1, integrates)?;
        let mut options = Options { save: Save::At(times.clone()), ..options.clone() };
        if integrates {
            options = with_integral(options, u0.len());
        }
        Ok(Self { rhs: problem.rhs(), u0, p, loss, integrates, options, times, memory })
    }

    /// Solves what may be `problem` with tangents, of which `keep` leaves what is to be differentiated.
    fn answer<G, M, B>(
        &self,
        problem: &OdeProblem<G, B>,
        method: M,
        keep: fn(B::Item) -> f64,
    ) -> Result<Gradient, Error>
    where
        G: Rhs<B::Item>,
        M: ExplicitRk,
        B: Buffer,
        B::Item: Concrete,
    {
        if !self.integrates {
            return self.backwards::<G, M, B>(problem, method, keep);
        }
        let mut u: Vec<B::Item> = problem.u0().as_ref().to_vec();
        u.push(scalar::Scalar::zero());
        let rhs = AugmentedRhs { rhs: problem.rhs(), loss: self.loss };
        let augmented = OdeProblem::over(rhs, u, problem.p(), problem.tspan())?;
        self.backwards::<_, M, _>(&augmented, method, keep)
    }

    fn backwards<G, M, B>(
        &self,
        problem: &OdeProblem<G, B>,
        method: M,
        keep: fn(B::Item) -> f64,
    ) -> Result<Gradient, Error>
    where
        G: Rhs<B::Item>,
        M: ExplicitRk,
        B: Buffer,
        B::Item: Concrete,
    {
        let Self { rhs, u0, p, loss, integrates, ref options, ref times, memory } = *self;
        let n = u0.len();
        let mut pass = Pass::new(problem, method, options, times, (n, keep))?;
        let mut sweep = Sweep::new::<M>(First(rhs), (n, p), times, loss, integrates)?;
        let (mut t0, mut t1, mut is_end) = (0.0, 0.0, true);
        let kept = there_and_back(&mut pass, memory, n, |block| {
            if let (true, Some(step)) = (is_end, block.steps.last()) {
                t1 = sweep.by_end(step.t_last, &block.last);
            }
            is_end = false;
            sweep.pull_back(block)?;
            if let (true, Some(step)) = (block.is_first, block.steps.first()) {
                t0 = sweep.by_start(step.t_first, u0)?;
            }
            Ok(())
        })?;
        let report = Report {
            algorithm: "discrete adjoint",
            why: "asked for",
            steps: kept.steps,
            bytes: kept.bytes + sweep.bytes(),
            replayed: kept.replayed,
            warnings: sweep.growth().into_iter().collect(),
        };
        let Sweep { value, lambda, p_bar, times_bar, .. } = sweep;
        let stats = kept.stats;
        Gradient { loss: value, u0: lambda, p: p_bar, t0, t1, times: times_bar, stats, report }
            .checked()
    }
}
