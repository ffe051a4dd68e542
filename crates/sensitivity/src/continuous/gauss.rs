use super::asked::{gradient, gradient_of_dae};
use super::backward::{Listen, Plan, Stepped};
use super::equation::{AdjointEquation, Carries};
use super::kronrod::Kronrod;
use super::legendre::legendre;
use super::solves_adjoint::{SolvesAdjoint, SolvesDaeAdjoint};
use crate::{Error, Gradient, Loss};
use ode_core::{OdeProblem, Options};
use system::{Buffer, System, WithMass};

/// The Gauss adjoint (Norcliffe, Deisenroth, ICML 2023): only `λ` is solved for, and after each of its steps the integral
/// for the parameters is taken over that step, by Gauss's quadrature on its interpolant.
///
/// Cost: a solve forward, one backward of `n` states, and some products with `∂f/∂p` a step, whatever the number of
/// parameters. Memory as for [`InterpolatingAdjoint`](crate::InterpolatingAdjoint). The default where there are many
/// parameters.
///
/// ```
/// use ode_core::{OdeProblem, Options, Save, Vern7};
/// use scalar::Scalar;
/// use sensitivity::{GaussAdjoint, Loss};
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
/// let found = GaussAdjoint::default().gradient(&problem, Vern7, &options, &End)?;
/// assert!((found.p[0] + 2.0 * (-0.5f64).exp()).abs() < 1e-8);
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussAdjoint {
    /// How the integral over a step is taken.
    pub rule: GaussRule,
    /// As in [`InterpolatingAdjoint`](crate::InterpolatingAdjoint).
    pub segments: usize,
    /// Relative tolerance of the pass backward; that of the options unless given.
    pub rtol: Option<f64>,
    /// Absolute tolerance of all cotangents; as in [`InterpolatingAdjoint`](crate::InterpolatingAdjoint).
    pub atol: Option<f64>,
}

/// How a [`GaussAdjoint`] takes the integral over a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum GaussRule {
    /// By the points of Gauss and Legendre that the order of the method asks for. Nothing tells whether they are enough: where
    /// the model varies faster with a parameter than `λ` does, they are not.
    #[default]
    Legendre,
    /// By 15 points of Gauss and Kronrod, and the step in halves where those of 7 disagree.
    Kronrod,
}

impl Default for GaussAdjoint {
    fn default() -> Self {
        Self { rule: GaussRule::Legendre, segments: 1, rtol: None, atol: None }
    }
}

impl GaussAdjoint {
    /// The loss and its gradient. Implicit methods factor the adjoint's own, exact Jacobian.
    ///
    /// # Errors
    ///
    /// [`Quadrature`](crate::ErrorKind::Quadrature) where halving a step does not help; else as
    /// [`InterpolatingAdjoint::gradient`](crate::InterpolatingAdjoint::gradient).
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
        let (n, m) = (problem.u0().as_ref().len(), problem.p().len());
        let plan = self.plan();
        match self.rule {
            GaussRule::Legendre => {
                gradient(&plan, problem, method, options, loss, &mut Points::new(n, m))
            }
            GaussRule::Kronrod => {
                let mut kronrod = Kronrod::new(n, m, self.rtol.unwrap_or(options.rtol));
                gradient(&plan, problem, method, options, loss, &mut kronrod)
            }
        }
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
        let (n, m) = (problem.u0().as_ref().len(), problem.p().len());
        let plan = self.plan();
        match self.rule {
            GaussRule::Legendre => {
                gradient_of_dae(&plan, problem, method, options, loss, &mut Points::new(n, m))
            }
            GaussRule::Kronrod => {
                let mut kronrod = Kronrod::new(n, m, self.rtol.unwrap_or(options.rtol));
                gradient_of_dae(&plan, problem, method, options, loss, &mut kronrod)
            }
        }
    }

    fn plan(&self) -> Plan {
        Plan {
            algorithm: match self.rule {
                GaussRule::Legendre => "Gauss adjoint",
                GaussRule::Kronrod => "Gauss-Kronrod adjoint",
            },
            carries: Carries::Nothing,
            segments: self.segments.max(1),
            rtol: self.rtol,
            atol: self.atol,
        }
    }
}

/// Gauss's quadrature over each step.
struct Points {
    /// Abscissas in (0, 1) and weights.
    rule: Vec<(f64, f64)>,
    lambda: Vec<f64>,
    p_bar: Vec<f64>,
    sum: Vec<f64>,
}

impl Points {
    fn new(n: usize, m: usize) -> Self {
        let (lambda, p_bar, sum) = (vec![0.0; n], vec![0.0; m], vec![0.0; m]);
        Self { rule: Vec::new(), lambda, p_bar, sum }
    }
}

impl<F: System, L: Loss> Listen<F, L> for Points {
    const LISTENS: bool = true;

    fn begin(&mut self, order: u32, _steps: usize) -> Option<usize> {
        // k points are exact to degree 2k - 1, so that their error is that of the method.
        self.rule = legendre(order.div_ceil(2).max(1) as usize);
        None
    }

    fn step(&mut self, stepped: Stepped<'_, '_, F, L>) -> Result<(), Error> {
        let Stepped { equation, step, dense, p } = stepped;
        let Self { rule, lambda, p_bar, sum } = self;
        for &(theta, weight) in rule.iter() {
            let t = step.t + theta * step.dt;
            dense.eval(t, lambda);
            let done = equation.by_parameters(t, lambda, p, p_bar);
            done.map_err(|failure| Error::replay(step.t, &failure))?;
            // The step goes back in time.
            for (sum, bar) in sum.iter_mut().zip(&*p_bar) {
                *sum -= weight * step.dt * bar;
            }
        }
        Ok(())
    }

    fn finish(
        &mut self,
        _equation: &AdjointEquation<'_, F, L>,
        _p: &[f64],
        p_bar: &mut [f64],
    ) -> Result<Option<crate::Warning>, Error> {
        p_bar.iter_mut().zip(&self.sum).for_each(|(p_bar, sum)| *p_bar += sum);
        Ok(None)
    }
}
