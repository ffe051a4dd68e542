use super::asked::{gradient, gradient_of_dae};
use super::backward::{Listen, Plan, Stepped};
use super::equation::{AdjointEquation, Carries};
use super::kronrod::Kronrod;
use super::solves_adjoint::{SolvesAdjoint, SolvesDaeAdjoint};
use crate::{Error, Gradient, Loss, Warning};
use ode_core::{Dense, OdeProblem, Options, Taken};
use system::{Buffer, System, WithMass};

/// The quadrature adjoint: `λ` is solved for and kept with its interpolants; then the integral for the parameters is taken
/// over all of it, adaptively, by the points of Gauss and Kronrod, to `rtol`.
///
/// The solves know nothing of the parameters, so that their number costs an implicit method nothing. Memory: the interpolants
/// of the solution and of `λ`. [`GaussAdjoint`](crate::GaussAdjoint) gets along without the latter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct QuadratureAdjoint {
    /// Relative tolerance of the pass backward and of the integral; that of the options unless given.
    pub rtol: Option<f64>,
    /// Absolute tolerance of `λ`; as in [`InterpolatingAdjoint`](crate::InterpolatingAdjoint).
    pub atol: Option<f64>,
}

impl QuadratureAdjoint {
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
        let mut kept = self.kept(problem, options);
        gradient(&self.plan(), problem, method, options, loss, &mut kept)
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
        let mut kept = self.kept(problem, options);
        gradient_of_dae(&self.plan(), problem, method, options, loss, &mut kept)
    }

    fn plan(&self) -> Plan {
        Plan {
            algorithm: "quadrature adjoint",
            carries: Carries::Nothing,
            segments: 1,
            rtol: self.rtol,
            atol: self.atol,
        }
    }

    fn kept<F, B: Buffer<Item = f64>>(
        &self,
        problem: &OdeProblem<F, B>,
        options: &Options,
    ) -> Kept {
        let (n, m) = (problem.u0().as_ref().len(), problem.p().len());
        let rule = Kronrod::new(n, m, self.rtol.unwrap_or(options.rtol));
        Kept { steps: Vec::new(), rule }
    }
}

/// All of `λ`.
struct Kept {
    steps: Vec<(Taken, Dense<f64>)>,
    rule: Kronrod,
}

impl<F: System, L: Loss> Listen<F, L> for Kept {
    const LISTENS: bool = true;

    fn tolerate(&mut self, p_bar: Vec<f64>) {
        self.rule.atol = p_bar;
    }

    fn step(&mut self, stepped: Stepped<'_, '_, F, L>) -> Result<(), Error> {
        self.steps.push((stepped.step, stepped.dense.clone()));
        Ok(())
    }

    fn finish(
        &mut self,
        equation: &AdjointEquation<'_, F, L>,
        p: &[f64],
        p_bar: &mut [f64],
    ) -> Result<Option<Warning>, Error> {
        // From the start on: the path was last looked at there. Small contributions do not have to be as
        // accurate as large ones, and the first ones come without knowing which are.
        for (step, dense) in self.steps.iter().rev() {
            self.rule.add(equation, *step, dense, p)?;
        }
        self.rule.finish(p_bar);
        Ok(None)
    }

    fn bytes(&self) -> usize {
        self.steps.iter().map(|(step, dense)| size_of_val(step) + dense.bytes()).sum()
    }
}
