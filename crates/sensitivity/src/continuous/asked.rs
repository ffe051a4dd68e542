//! What is asked of a continuous adjoint.

use super::backward::{Listen, Plan, there_and_back};
use super::impulse::Impulses;
use super::solves_adjoint::{SolvesAdjoint, SolvesDaeAdjoint};
use crate::adjoint::{Block, LossTerms};
use crate::augmented::{Augmented, with_integral};
use crate::forward::{by_save_time, seen};
use crate::loss::{integrates, save_times};
use crate::mass::{Side, bordered, refused};
use crate::{Error, Gradient, Loss};
use ode_core::{OdeProblem, Options, Save};
use ode_stiff::make_consistent;
use system::{Buffer, Mass, Rhs, System, WithMass};

/// The gradient of a loss of a model `M u' = f`.
pub(super) struct Asked<'q, F, L> {
    pub(super) rhs: &'q F,
    pub(super) loss: &'q L,
    pub(super) mass: Option<&'q Mass>,
    pub(super) u0: Vec<f64>,
    pub(super) p: &'q [f64],
    pub(super) span: (f64, f64),
    /// Whether there is a running term.
    pub(super) integral: bool,
    pub(super) times: Vec<f64>,
}

pub(super) fn gradient<F, L, A, B>(
    plan: &Plan,
    problem: &OdeProblem<F, B>,
    algorithm: A,
    options: &Options,
    loss: &L,
    listener: &mut impl Listen<F, L>,
) -> Result<Gradient, Error>
where
    F: System,
    L: Loss,
    B: Buffer<Item = f64>,
    A: SolvesAdjoint<F, L>,
{
    let state = problem.u0().as_ref().to_vec();
    let of = (problem.rhs(), loss, None);
    let asked = Asked::new(of, state, problem.p(), problem.tspan(), options)?;
    let augmented = OdeProblem::new(asked.model(), asked.state(), asked.p, asked.span)?;
    there_and_back(plan, &asked, &augmented, algorithm, options, listener)
}

pub(super) fn gradient_of_dae<F, L, A, B>(
    plan: &Plan,
    problem: &OdeProblem<WithMass<F>, B>,
    algorithm: A,
    options: &Options,
    loss: &L,
    listener: &mut impl Listen<F, L>,
) -> Result<Gradient, Error>
where
    F: System,
    L: Loss,
    B: Buffer<Item = f64>,
    A: SolvesDaeAdjoint<F, L>,
{
    let (rhs, p, (start, end)) = (problem.rhs(), problem.p(), problem.tspan());
    let mut state = problem.u0().as_ref().to_vec();
    make_consistent(rhs, seen(start, end - start, &options.stops), &mut state, p, options)?;
    let mass = Rhs::<f64>::mass(rhs);
    let asked = Asked::new((rhs.rhs(), loss, mass), state, p, (start, end), options)?;
    let model = match mass {
        Some(mass) => {
            let bordered = bordered(mass, Side::Plain, usize::from(asked.integral))?;
            WithMass::new(asked.model(), bordered)
        }
        None => WithMass::new(asked.model(), Mass::diagonal(vec![1.0; asked.state().len()])),
    };
    let augmented = OdeProblem::new(model.map_err(refused)?, asked.state(), p, asked.span)?;
    there_and_back(plan, &asked, &augmented, algorithm, options, listener)
}

impl<'q, F: System, L: Loss> Asked<'q, F, L> {
    fn new(
        (rhs, loss, mass): (&'q F, &'q L, Option<&'q Mass>),
        u0: Vec<f64>,
        p: &'q [f64],
        span: (f64, f64),
        options: &Options,
    ) -> Result<Self, Error> {
        let integral = integrates(loss, span.0, &u0, p);
        let times = save_times(options, span.1, integral)?;
        Ok(Self { rhs, loss, mass, u0, p, span, integral, times })
    }

    fn model(&self) -> Augmented<'q, F, L> {
        Augmented { rhs: self.rhs, loss: self.loss, integrates: self.integral }
    }

    /// With the integral behind.
    fn state(&self) -> Vec<f64> {
        let integral = self.integral.then_some(0.0);
        self.u0.iter().copied().chain(integral).collect()
    }

    /// Options for the pass forward.
    pub(super) fn onward(&self, options: &Options) -> Options {
        let onward = Options { save: Save::At(self.times.clone()), ..options.clone() };
        if self.integral { with_integral(onward, self.u0.len()) } else { onward }
    }

    /// What the terms of the loss do to the adjoint, and to the gradient beside it.
    pub(super) fn jumps(
        &self,
        terms: &LossTerms<f64>,
        block: &Block<f64>,
        options: &Options,
        p_bar: &mut [f64],
    ) -> Result<Jumps, Error> {
        let (n, (start, end), p) = (self.u0.len(), self.span, self.p);
        let mut jumps = Jumps { n, lambda: Vec::new(), by_times: Vec::new() };
        let mut impulses = self.mass.map(|mass| Impulses::new(self.rhs, mass)).transpose()?;
        for (i, &t) in self.times.iter().enumerate() {
            let side = if t == start { end - start } else { start - end };
            let (seen, u) = (seen(t, side, &options.stops), block.saved(i));
            jumps.by_times.push(match &mut impulses {
                None => by_save_time((self.rhs, self.loss), i, (t, seen), u, p),
                Some(impulses) => {
                    jumps.lambda.resize((i + 1) * n, 0.0);
                    let jump = &mut jumps.lambda[i * n..];
                    terms.t_bar(i) + impulses.of((seen, u, p), terms.u_bar(i), jump, p_bar)?
                }
            });
        }
        Ok(jumps)
    }
}

/// Jumps of the adjoint at the save times.
pub(super) struct Jumps {
    n: usize,
    /// One after the other, where there is a mass matrix; without one they are the derivatives of the terms.
    lambda: Vec<f64>,
    /// Derivatives by the save times.
    pub(super) by_times: Vec<f64>,
}

impl Jumps {
    pub(super) fn of<'j>(&'j self, i: usize, terms: &'j LossTerms<f64>) -> &'j [f64] {
        match self.lambda.is_empty() {
            true => terms.u_bar(i),
            false => &self.lambda[i * self.n..(i + 1) * self.n],
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.lambda.capacity() * size_of::<f64>()
    }
}
