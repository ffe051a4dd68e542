use super::discrete::lifted;
use super::question::Question;
use super::reverse::{ByStage, First};
use super::{Memory, StepControl};
use crate::loss::integrates;
use crate::{Error, Gradient, Loss};
use ad_tape::Vjp;
use ode_core::{ExplicitRk, OdeProblem, Options};
use scalar::Dual;
use system::{Buffer, Rhs, System};

/// The symplectic adjoint method: the same derivative as that of [`DiscreteAdjoint`](crate::DiscreteAdjoint),
/// with the memory of one recorded stage.
///
/// Going back, a step is computed again from the state at its start, its stages are kept, and each is
/// recorded, pulled back through and forgotten, one by one. The cotangents follow the Runge–Kutta method
/// whose pair with the method of the solve is symplectic: that is why they conserve `λᵀ δ`, and the result
/// is exact for the steps that were taken.
///
/// Memory: the state at every step or a [`Memory`], a few states for each stage of one step, and the tape of
/// one stage. The discrete adjoint holds the tapes of all stages of a step, and evaluates each stage once
/// less. Where the model has a product of its own (`system!` writes one for straight-line equations) there is
/// no tape, and nothing to gain.
///
/// ```
/// use ode_core::{OdeProblem, Options, Save, Tsit5};
/// use scalar::Scalar;
/// use sensitivity::{DiscreteAdjoint, Loss, SymplecticAdjoint};
///
/// system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
///
/// struct Last;
///
/// impl Loss for Last {
///     fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
///         u[0]
///     }
/// }
///
/// let problem = OdeProblem::new(Decay, [2.0], [0.5], (0.0, 1.0))?;
/// let options = Options { save: Save::Last, ..Options::default() };
/// let found = SymplecticAdjoint::default().gradient(&problem, Tsit5, &options, &Last)?;
/// let discrete = DiscreteAdjoint::default().gradient(&problem, Tsit5, &options, &Last)?;
/// assert!((found.p[0] - discrete.p[0]).abs() < 1e-15);
/// # Ok::<(), sensitivity::Error>(())
/// ```
///
/// # References
///
/// Matsubara, Miyatake, Yaguchi, *Symplectic adjoint method for exact gradient of neural ODE with minimal
/// memory*, NeurIPS 2021. <https://arxiv.org/abs/2102.09750>
///
/// Sanz-Serna, *Symplectic Runge–Kutta schemes for adjoint equations, automatic differentiation, optimal
/// control, and more*, SIAM Review 58 (2016) 3–33.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SymplecticAdjoint {
    /// What the step sizes have to resolve.
    pub control: StepControl,
    /// What may be kept for the pass backward in time.
    pub memory: Memory,
}

impl SymplecticAdjoint {
    /// The loss and its gradient.
    ///
    /// # Errors
    ///
    /// As [`DiscreteAdjoint::gradient`](crate::DiscreteAdjoint::gradient).
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
                let by = (ByStage(First(problem.rhs())), u0, p);
                let answer = question.answer(&lifted, method, |x: Dual<f64, 1>| x.re, by)?;
                Ok(named::<M>(answer.gradient()?, problem, loss))
            }
        }
    }

    /// The same for a right-hand side whose vector–Jacobian product is written by hand; its step
    /// sizes resolve the state only.
    ///
    /// # Errors
    ///
    /// As [`gradient`](SymplecticAdjoint::gradient).
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
        let by = (ByStage(First(problem.rhs())), problem.u0().as_ref(), problem.p());
        let answer = question.answer(problem, method, |x| x, by)?;
        Ok(named::<M>(answer.gradient()?, problem, loss))
    }
}

/// With its name, and with the bytes of the stages of one step: derivatives, states, cotangents, and
/// those of a running term.
fn named<M: ExplicitRk>(
    mut gradient: Gradient,
    problem: &OdeProblem<impl Sized, impl Buffer<Item = f64>>,
    loss: &impl Loss,
) -> Gradient {
    let u0 = problem.u0().as_ref();
    let running = integrates(loss, problem.tspan().0, u0, problem.p());
    let vectors = M::TABLEAU.all_stages() * (3 + usize::from(running));
    gradient.report.algorithm = "symplectic adjoint";
    gradient.report.bytes += vectors * u0.len() * size_of::<f64>();
    gradient
}
