use super::asked::{gradient, gradient_of_dae};
use super::backward::{Listen, Plan};
use super::equation::Carries;
use super::solves_adjoint::{SolvesAdjoint, SolvesDaeAdjoint};
use crate::{Error, Gradient, Loss};
use ode_core::{OdeProblem, Options};
use system::{Buffer, System, WithMass};

/// The interpolating adjoint: `λ` and the gradient by the parameters are solved for together, along the interpolant of
/// the pass forward.
///
/// The gradient by the parameters is under error control. Cost: a solve forward, and one backward of `n + m` states (an
/// implicit method factors matrices of that size: take [`GaussAdjoint`](crate::GaussAdjoint) where there are many
/// parameters). Memory: the interpolants of all steps; with `segments`, those of one of them and checkpoints, for a second
/// solve forward.
///
/// ```
/// use ode_core::{OdeProblem, Options, Save, Vern7};
/// use scalar::Scalar;
/// use sensitivity::{InterpolatingAdjoint, Loss};
///
/// system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
///
/// struct End;
/// impl Loss for End {
///     fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
///         u[0]
///     }
/// }
///
/// let problem = OdeProblem::new(Decay, [2.0], [0.5], (0.0, 1.0))?;
/// let options = Options { rtol: 1e-10, save: Save::Last, ..Options::default() };
/// let found = InterpolatingAdjoint::default().gradient(&problem, Vern7, &options, &End)?;
/// assert!((found.p[0] + 2.0 * (-0.5f64).exp()).abs() < 1e-8);
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InterpolatingAdjoint {
    /// Parts of the solution, of which one is in memory at a time (1: all of it, nothing is solved twice).
    pub segments: usize,
    /// Relative tolerance of the pass backward; that of the options unless given.
    pub rtol: Option<f64>,
    /// Absolute tolerance of all cotangents; by default a thousandth of `rtol` in units of the loss over those of the state
    /// or parameter.
    pub atol: Option<f64>,
}

impl Default for InterpolatingAdjoint {
    fn default() -> Self {
        Self { segments: 1, rtol: None, atol: None }
    }
}

impl InterpolatingAdjoint {
    /// The loss and its gradient. Implicit methods factor the adjoint's own, exact Jacobian.
    ///
    /// # Errors
    ///
    /// When a solve fails, the loss has neither save times nor a running term, or the loss or its gradient is not finite.
    pub fn gradient<F, L, A, B>(
        &self,
        problem: &OdeProblem<F, B>,
        method: A,
        options: &Options,
        loss: &L,
    ) -> Result<Gradient, Error>
    where
        F: System,
        L: Loss,
        B: Buffer<Item = f64>,
        A: SolvesAdjoint<F, L>,
    {
        gradient(&self.plan(), problem, method, options, loss, &mut Nobody)
    }

    /// The same for `M u' = f` with a constant mass matrix, which may be singular (index 1), by a method that takes one.
    ///
    /// Algebraic states of `u0` are a guess: the solve starts from [`consistent`](ode_stiff::consistent) ones, so that
    /// derivatives by them are zero (`gradient.u0` is `∂L/∂u0` with `M u0` and the parameters deciding about what is
    /// algebraic). What the loss sees of algebraic states is differentiated through their equations.
    ///
    /// # Errors
    ///
    /// As [`gradient`](Self::gradient); where the index is above 1
    /// ([`HigherIndex`](ode_core::ErrorKind::HigherIndex)), no consistent state is found, or the method is explicit
    /// ([`MassMatrix`](ode_core::ErrorKind::MassMatrix)).
    pub fn gradient_of_dae<F, L, A, B>(
        &self,
        problem: &OdeProblem<WithMass<F>, B>,
        method: A,
        options: &Options,
        loss: &L,
    ) -> Result<Gradient, Error>
    where
        F: System,
        L: Loss,
        B: Buffer<Item = f64>,
        A: SolvesDaeAdjoint<F, L>,
    {
        gradient_of_dae(&self.plan(), problem, method, options, loss, &mut Nobody)
    }

    fn plan(&self) -> Plan {
        Plan {
            algorithm: "interpolating adjoint",
            carries: Carries::Parameters,
            segments: self.segments.max(1),
            rtol: self.rtol,
            atol: self.atol,
        }
    }
}

struct Nobody;

impl<F: System, L: Loss> Listen<F, L> for Nobody {}
