use super::loss_terms::LossTerms;
use super::step::{Interior, StepAdjoint};
use super::trajectory::Trajectory;
use crate::loss::save_times;
use crate::{Error, Gradient, Loss};
use ad_tape::Vjp;
use ode_core::{ExplicitRk, OdeProblem, Options};
use scalar::Dual;
use system::{Buffer, Rhs, System};

/// The discrete adjoint: reverse mode through the accepted steps of an explicit method, through its
/// interpolants where save times fall inside steps.
///
/// The result is the exact derivative of the numbers that were computed, with the step sizes held
/// fixed. Cost: about a solve forwards, and a recorded solve and a sweep backwards, whatever the
/// number of parameters. Memory: the state at every step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiscreteAdjoint {
    /// What the step sizes have to resolve.
    pub control: StepControl,
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
    /// The loss and its gradient with respect to `u0` and `p`.
    ///
    /// # Errors
    ///
    /// When the solve fails, no save times are given, or the loss or its gradient is not finite.
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
            StepControl::State => Self::gradient_of_black_box(problem, method, options, loss),
            StepControl::Sensitivity => {
                let times = save_times(options, problem.tspan().1)?;
                let (u0, p) = (problem.u0().as_ref(), problem.p());
                let count = u0.len() + p.len();
                let lift = |(i, &x): (usize, &f64)| Dual { re: x, eps: [direction(i, count, x)] };
                let mut u: Vec<D> = u0.iter().chain(p).enumerate().map(lift).collect();
                let lifted_p = u.split_off(u0.len());
                let lifted = problem.remake(u, lifted_p)?;
                let trajectory = Trajectory::record(&lifted, method, options, &times, |x: D| x.re)?;
                backwards::<F, M>(problem.rhs(), p, &trajectory, &times, loss)
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
        let times = save_times(options, problem.tspan().1)?;
        let trajectory = Trajectory::record(problem, method, options, &times, |x| x)?;
        backwards::<F, M>(problem.rhs(), problem.p(), &trajectory, &times, loss)
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

fn backwards<F: Vjp, M: ExplicitRk>(
    rhs: &F,
    p: &[f64],
    trajectory: &Trajectory,
    times: &[f64],
    loss: &impl Loss,
) -> Result<Gradient, Error> {
    let n = trajectory.n;
    let terms = LossTerms::new(loss, trajectory, times, p)?;
    let mut adjoint = StepAdjoint::new(rhs, const { &M::TABLEAU }, p, n);
    let (mut lambda, mut p_bar) = (vec![0.0; n], terms.p_bar.clone());
    let (table, mut interior) = (M::TABLEAU.interpolant_weights(), Vec::new());
    for (i, step) in trajectory.steps.iter().enumerate().rev() {
        let first = match i {
            0 => usize::from(trajectory.saves_start),
            _ => trajectory.saved_until[i - 1],
        };
        let end = trajectory.steps.get(i + 1).map_or(trajectory.end, |next| next.t);
        interior.clear();
        for j in first..trajectory.saved_until[i] {
            if times[j] == end {
                for (lambda, bar) in lambda.iter_mut().zip(terms.at(j, n)) {
                    *lambda += bar;
                }
            } else {
                let theta = (times[j] - step.t) / step.dt;
                let weights = (0..table.stages()).map(|i| table.at(i, theta)).collect();
                interior.push(Interior { weights, u_bar: terms.at(j, n) });
            }
        }
        adjoint.pull_back(step, trajectory.start(i), &interior, &mut lambda, &mut p_bar)?;
    }
    if trajectory.saves_start {
        for (lambda, bar) in lambda.iter_mut().zip(terms.at(0, n)) {
            *lambda += bar;
        }
    }
    Gradient { loss: terms.value, u0: lambda, p: p_bar, stats: trajectory.stats }.checked()
}
