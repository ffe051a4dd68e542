use super::Memory;
use super::discrete::{StepControl, lifted};
use super::question::Question;
use super::reverse::First;
use crate::{Error, Gradient, Loss};
use ode_core::{ExplicitRk, OdeProblem, Options};
use ode_stiff::{ExplicitFamily, OneStep};
use scalar::Dual;
use system::{Buffer, System};

/// A method that has a discrete adjoint for a model `F` and a loss `L`: every one-step method of `ode-core` and
/// `ode-stiff`. Implicit ones take models with a mass matrix ([`WithMass`](system::WithMass)) too.
///
/// | family | the gradient is the derivative of what was computed |
/// |---|---|
/// | explicit Runge–Kutta | to rounding |
/// | Rosenbrock | to rounding: there is no iteration, and that the matrix moves with the state is part of it |
/// | singly diagonally implicit | to what Newton's iteration left: stages are taken again to rounding, and each is differentiated with its own Jacobian |
/// | collocation (Radau, Gauss) | the same; steps end at save times, for the dense output of a step depends on those before |
///
/// Within tolerances these mean the same. Where exact transposes are asked for, an iteration wants a tight tolerance,
/// with fixed steps too.
///
/// (Sealed.) A multistep method has none:
///
/// ```compile_fail,E0277
/// use ode_core::{OdeProblem, Options};
/// use ode_stiff::Bdf;
/// use sensitivity::{DiscreteAdjoint, Loss};
///
/// system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
///
/// struct Nothing;
/// impl Loss for Nothing {}
///
/// let problem = OdeProblem::new(Decay, [2.0], [0.5], (0.0, 1.0)).unwrap();
/// let _ = DiscreteAdjoint::default().gradient(&problem, Bdf::default(), &Options::default(), &Nothing);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no discrete adjoint for `{F}`",
    note = "explicit Runge-Kutta methods have one for every `System`, the one-step methods of `ode-stiff` also with a \
            mass matrix",
    note = "multistep and switching methods have none: take `GaussAdjoint` or `InterpolatingAdjoint`"
)]
pub trait DiscreteMethod<F, L, B: Buffer>: OneStep {
    #[doc(hidden)]
    fn gradient_of(self, asked: &Asked<'_, F, L, B>) -> Result<Gradient, Error>;
}

/// What is asked for.
#[derive(Debug)]
pub struct Asked<'a, F, L, B: Buffer> {
    pub(crate) problem: &'a OdeProblem<F, B>,
    pub(crate) options: &'a Options,
    pub(crate) loss: &'a L,
    pub(crate) control: StepControl,
    pub(crate) memory: Memory,
}

impl<M, F, L, B> DiscreteMethod<F, L, B> for M
where
    M: OneStep<Family: Family<M, F, L, B>>,
    B: Buffer,
{
    fn gradient_of(self, asked: &Asked<'_, F, L, B>) -> Result<Gradient, Error> {
        M::Family::gradient(self, asked)
    }
}

/// A family of methods, of which `M` is one.
pub trait Family<M, F, L, B: Buffer> {
    /// The loss and its gradient.
    ///
    /// # Errors
    ///
    /// As [`DiscreteAdjoint::gradient`](crate::DiscreteAdjoint::gradient).
    fn gradient(method: M, asked: &Asked<'_, F, L, B>) -> Result<Gradient, Error>;
}

impl<M, F, L, B> Family<M, F, L, B> for ExplicitFamily
where
    M: ExplicitRk,
    F: System,
    L: Loss,
    B: Buffer<Item = f64>,
{
    fn gradient(method: M, asked: &Asked<'_, F, L, B>) -> Result<Gradient, Error> {
        let Asked { problem, options, loss, control, memory } = *asked;
        let question = Question::new(problem, options, loss, memory)?;
        let (rhs, u0, p) = (problem.rhs(), problem.u0().as_ref(), problem.p());
        let by = (First(rhs), u0, p);
        let answer = match control {
            StepControl::State => question.answer(problem, method, |x| x, by)?,
            StepControl::Sensitivity => {
                let (u, lifted_p) = lifted(u0, p);
                let lifted = OdeProblem::over(rhs, u, lifted_p, problem.tspan())?;
                question.answer(&lifted, method, |x: Dual<f64, 1>| x.re, by)?
            }
        };
        answer.gradient()
    }
}
