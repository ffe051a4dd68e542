use super::audit::Inputs;
use super::cost::Size;
use super::methods::Method;
use super::run::Run;
use super::{Audit, AutoGradient, GradientAlgorithm, GradientChoice};
use crate::mass::refused;
use crate::{Error, Gradient, Loss};
use ode_core::{OdeProblem, Options, Save, Stats, Tsit5, Vern7, solve};
use ode_stiff::{Rodas5P, Switching, consistent};
use std::time::{Duration, Instant};
use system::{Buffer, Mass, Rhs, System, WithMass};

/// A gradient without any choice to be made: [`Automatic`] with its defaults.
///
/// ```
/// use ode_core::{OdeProblem, Options, Save};
/// use scalar::Scalar;
/// use sensitivity::{GradientAlgorithm, Loss, gradient};
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
/// let options = Options { rtol: 1e-9, save: Save::Last, ..Options::default() };
/// let found = gradient(&problem, &options, &End)?;
/// assert!((found.gradient.p[0] + 2.0 * (-0.5f64).exp()).abs() < 1e-7);
/// assert_eq!(found.choice.algorithm, GradientAlgorithm::Forward);
/// println!("{}", found.report());
/// # Ok::<(), sensitivity::Error>(())
/// ```
///
/// # Errors
///
/// As [`Automatic::gradient`].
pub fn gradient<F, B, L>(
    problem: &OdeProblem<F, B>,
    options: &Options,
    loss: &L,
) -> Result<AutoGradient, Error>
where
    F: System,
    B: Buffer<Item = f64>,
    L: Loss,
{
    Automatic::default().gradient(problem, options, loss)
}

/// Chooses method and algorithm by what the problem is, and says why.
///
/// A plain solve comes first, by an explicit method that gives way to an implicit one where the problem is stiff: it tells which
/// kind of method is needed, and how many steps. Then the algorithm with the least expected cost is asked:
///
/// | problem | candidates |
/// |---|---|
/// | not stiff | forward sensitivities, discrete adjoint, Gauss adjoint, by [`Tsit5`] or, below a tolerance of 1e-6, [`Vern7`] |
/// | stiff, or with a mass matrix | forward sensitivities, Gauss adjoint, by [`Rodas5P`] or, below 1e-7, [`RadauIIA5`](ode_stiff::RadauIIA5) |
///
/// Forward sensitivities cost a solve with eight tangents for each eight inputs; adjoints a number of solves that does not depend
/// on the number of parameters. Derivatives are exact in all of them; none takes differences. Within the memory that is allowed,
/// discrete adjoints set checkpoints and continuous ones keep a part of the solution at a time.
///
/// A loop that asks for many gradients of one model takes the algorithm of the first one
/// (`Automatic { algorithm: Some(found.choice.algorithm), ..}` still looks for stiffness), or calls that algorithm itself. Events:
/// [`DiscreteAdjoint::gradient_with_events`](crate::DiscreteAdjoint::gradient_with_events). Averages of chaotic systems:
/// [`Nilsas`](crate::Nilsas) and the others.
///
/// ```
/// use ode_core::{OdeProblem, Options, Save};
/// use scalar::Scalar;
/// use sensitivity::{Automatic, Loss};
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
/// let options = Options { save: Save::Last, ..Options::default() };
/// let audited = Automatic { audit: Some(1e-3), ..Automatic::default() };
/// let found = audited.gradient(&problem, &options, &End)?;
/// let audit = found.audit.unwrap();
/// assert_eq!(audit.warnings().count(), 0);
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Automatic {
    /// The algorithm, if it is not to be chosen.
    pub algorithm: Option<GradientAlgorithm>,
    /// Bytes that may be kept for a pass backward. Default 1 GB.
    pub memory: usize,
    /// Asks another algorithm, too, and warns of relative differences above this ([`Audit`]). Default none.
    pub audit: Option<f64>,
}

impl Default for Automatic {
    fn default() -> Self {
        Self { algorithm: None, memory: 1 << 30, audit: None }
    }
}

/// Up to so many inputs an adjoint is compared with forward sensitivities.
const FEW_INPUTS: usize = 200;

impl Automatic {
    /// The loss and its gradient.
    ///
    /// # Errors
    ///
    /// Those of the algorithm; [`Unsupported`](crate::ErrorKind::Unsupported) where `algorithm` is one that the problem does not
    /// have.
    pub fn gradient<F, B, L>(
        &self,
        problem: &OdeProblem<F, B>,
        options: &Options,
        loss: &L,
    ) -> Result<AutoGradient, Error>
    where
        F: System,
        B: Buffer<Item = f64>,
        L: Loss,
    {
        let (steps, took, stiff) = pilot(problem, options)?;
        let method = if stiff { Method::implicit(options) } else { Method::explicit(options) };
        let found = Found { method, pilot: (steps, took), stiff, mass: false };
        let inputs = Inputs {
            states: problem.rhs().state_names(),
            parameters: problem.rhs().param_names(),
            u0: problem.u0().as_ref(),
            p: problem.p(),
        };
        self.answer(&found, &inputs, |run, algorithm| {
            run.gradient(algorithm, problem, options, loss)
        })
    }

    /// The same for `M u' = f` with a constant mass matrix. Algebraic states of `u0` are a guess.
    ///
    /// # Errors
    ///
    /// As [`gradient`](Automatic::gradient); where the index is above 1.
    pub fn gradient_of_dae<F, B, L>(
        &self,
        problem: &OdeProblem<WithMass<F>, B>,
        options: &Options,
        loss: &L,
    ) -> Result<AutoGradient, Error>
    where
        F: System,
        B: Buffer<Item = f64>,
        L: Loss,
    {
        let (system, start) = (problem.rhs().rhs(), consistent(problem, options)?.u);
        let mass = Rhs::<f64>::mass(problem.rhs()).cloned();
        let mass = mass.unwrap_or_else(|| Mass::diagonal(vec![1.0; system.dim()]));
        let model = WithMass::new(system, mass).map_err(refused)?;
        let ready = OdeProblem::new(model, start, problem.p(), problem.tspan())?;
        let began = Instant::now();
        let solution = solve(&ready, Rodas5P, &Options { save: Save::Last, ..options.clone() })?;
        let pilot = (solution.stats(), began.elapsed());
        let found = Found { method: Method::implicit(options), pilot, stiff: true, mass: true };
        let inputs = Inputs {
            states: system.state_names(),
            parameters: system.param_names(),
            u0: problem.u0().as_ref(),
            p: problem.p(),
        };
        self.answer(&found, &inputs, |run, algorithm| {
            run.gradient_of_dae(algorithm, problem, options, loss)
        })
    }

    fn answer(
        &self,
        found: &Found,
        inputs: &Inputs<'_>,
        gradient: impl Fn(&Run, GradientAlgorithm) -> Result<Gradient, Error>,
    ) -> Result<AutoGradient, Error> {
        let &Found { method, pilot: (stats, pilot_took), stiff, mass } = found;
        let (states, parameters, steps) = (inputs.u0.len(), inputs.p.len(), stats.accepted);
        let size = Size { states, parameters, steps, stiff, mass };
        let costs = size.costs(self.memory);
        let cheapest = costs.first().map_or(GradientAlgorithm::Forward, |&(cheapest, _)| cheapest);
        let algorithm = self.algorithm.unwrap_or(cheapest);
        let kind = match (mass, stiff) {
            (true, _) => "with a mass matrix",
            (false, true) => "stiff",
            (false, false) => "not stiff",
        };
        let by = if self.algorithm.is_some() { "asked for" } else { "the cheapest" };
        let why = format!("{by} for {states} states and {parameters} parameters, {kind}");
        let run = Run { method, memory: self.memory, segments: size.segments(self.memory) };
        let began = Instant::now();
        let answer = gradient(&run, algorithm)?;
        let took = began.elapsed();
        let audit = match self.audit {
            None => None,
            Some(threshold) => {
                let independent = independent_of(algorithm, states + parameters, stiff || mass);
                let other = gradient(&run, independent)?;
                let (found, other) = ((algorithm, &answer), (independent, &other));
                Some(Audit::new(found, other, inputs, threshold))
            }
        };
        let bytes = size.bytes(algorithm);
        let (pilot, method) = (stats, method.name());
        let choice = GradientChoice { algorithm, method, why, costs, pilot, pilot_took, bytes };
        Ok(AutoGradient { gradient: answer, choice, took, audit })
    }
}

/// What the plain solve has found out.
struct Found {
    method: Method,
    pilot: (Stats, Duration),
    stiff: bool,
    mass: bool,
}

/// Of another family: forward against backward, discrete against continuous.
fn independent_of(
    algorithm: GradientAlgorithm,
    inputs: usize,
    implicit: bool,
) -> GradientAlgorithm {
    match algorithm {
        GradientAlgorithm::Forward if implicit => GradientAlgorithm::Gauss,
        GradientAlgorithm::Forward => GradientAlgorithm::Discrete,
        _ if inputs <= FEW_INPUTS || implicit => GradientAlgorithm::Forward,
        GradientAlgorithm::Discrete => GradientAlgorithm::Gauss,
        GradientAlgorithm::Gauss => GradientAlgorithm::Discrete,
    }
}

/// A plain solve, and whether an implicit method was needed.
fn pilot<F: System, B: Buffer<Item = f64>>(
    problem: &OdeProblem<F, B>,
    options: &Options,
) -> Result<(Stats, Duration, bool), Error> {
    let options = Options { save: Save::Last, ..options.clone() };
    let began = Instant::now();
    let solution = match Method::explicit(&options) {
        Method::Vern7 => solve(problem, Switching::new(Vern7, Rodas5P), &options)?,
        _ => solve(problem, Switching::new(Tsit5, Rodas5P), &options)?,
    };
    let stats = solution.stats();
    Ok((stats, began.elapsed(), stats.factorizations > 0))
}
