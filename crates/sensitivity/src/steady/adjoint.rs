use super::jacobian::SteadyJacobian;
use crate::loss::integrates;
use crate::{Error, ErrorKind, Loss, Report, Warning};
use ad_tape::{Recorder, Vjp};
use linalg::{FromFn, Gmres, GmresSolver, Identity};
use ode_core::{ErrorNorm, OdeProblem, Options};
use ode_stiff::make_consistent;
use scalar::{Dependency, Scalar};
use system::{Buffer, Jacobian, Mass, Rhs, System, WithMass};

/// The gradient of a loss at a steady state, `f(u*; p) = 0`, by one transposed linear system, whatever the
/// number of parameters:
///
/// ```text
/// (∂f/∂u)ᵀ λ = ∂g/∂u,    dg/dp = ∂g/∂p - (∂f/∂p)ᵀ λ
/// ```
///
/// The loss is `at(0, t, u*, p) + penalty(p)`. No trajectory is kept, and none is needed: the initial state
/// of the problem is the steady state, or a guess from which Newton's method finds it. What matters is that
/// the Jacobian is regular there: an unstable steady state has a gradient too, and is warned of.
///
/// ```
/// use ode_core::{OdeProblem, Options};
/// use scalar::Scalar;
/// use sensitivity::{Loss, SteadyStateAdjoint};
///
/// system::system! {
///     /// Made at a constant rate, decaying by pairs.
///     struct Pairs;
///     state { u }
///     params { made, decay }
///     rhs(_t) {
///         d(u) = made - decay * u * u;
///     }
/// }
///
/// struct Amount;
///
/// impl Loss for Amount {
///     fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
///         u[0]
///     }
/// }
///
/// let problem = OdeProblem::new(Pairs, [1.0], [8.0, 2.0], (0.0, 1.0))?;
/// let found = SteadyStateAdjoint::default().gradient(&problem, &Options::default(), &Amount)?;
/// assert!((found.u[0] - 2.0).abs() < 1e-8); // √(made / decay)
/// assert!((found.p[0] - 0.125).abs() < 1e-8 && (found.p[1] + 0.5).abs() < 1e-8);
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SteadyStateAdjoint {
    /// What the initial state of the problem is.
    pub start: SteadyStart,
    /// How linear systems are solved.
    pub solver: SteadySolver,
}

/// What the initial state of a problem is, of which a steady state is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SteadyStart {
    /// A guess: Newton's method, damped, goes on from there, within the options' `domain`.
    #[default]
    Guess,
    /// The steady state itself: refused if it is farther off than ten tolerances.
    Steady,
}

/// How the linear systems at a steady state are solved.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum SteadySolver {
    /// By factors of the Jacobian: dense, or sparse where the model has a pattern.
    #[default]
    Factors,
    /// By GMRES, with products of the Jacobian and its transpose only, for very many states. Whether the
    /// Jacobian is regular and the state stable is then not looked at.
    Products(Gmres),
}

/// A loss at a steady state, and its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct SteadyGradient {
    /// The loss.
    pub loss: f64,
    /// Derivatives with respect to the parameters.
    pub p: Vec<f64>,
    /// The steady state.
    pub u: Vec<f64>,
    /// `λ = (∂f/∂u)⁻ᵀ ∂g/∂u`: the loss falls by it when something is added to the right-hand side.
    pub lambda: Vec<f64>,
    /// The largest real part of an eigenvalue of the Jacobian, per unit of time: positive where the
    /// steady state is unstable. Not known for more than 200 states, or without factors.
    pub growth_rate: Option<f64>,
    /// How this came about.
    pub report: Report,
}

/// A given state is refused where the steady state is so many tolerances away.
const LIMIT: f64 = 10.0;

impl SteadyStateAdjoint {
    /// The loss and its gradient. Of the options, tolerances, norm and domain count.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotSteady`], [`ErrorKind::NoSteadyState`] where there is no steady state;
    /// [`ErrorKind::SingularSteadyState`] where it is not isolated, as with conservation laws;
    /// [`ErrorKind::SteadyTime`] where the model reads the time, [`ErrorKind::SteadyRunning`] where the
    /// loss has an integral; [`ErrorKind::Linear`] where GMRES does not converge; where loss or gradient
    /// are not finite.
    pub fn gradient<F: System, B: Buffer<Item = f64>>(
        &self,
        problem: &OdeProblem<F, B>,
        options: &Options,
        loss: &impl Loss,
    ) -> Result<SteadyGradient, Error> {
        let (rhs, p, t) = (problem.rhs(), problem.p(), problem.tspan().0);
        let mut u = problem.u0().as_ref().to_vec();
        let (n, m) = (u.len(), p.len());
        reads_no_time(rhs, &u, p)?;
        if integrates(loss, t, &u, p) {
            return Err(ErrorKind::SteadyRunning.into());
        }
        let iterations = match self.start {
            SteadyStart::Guess => find(rhs, (t, &mut u, p), options)?,
            SteadyStart::Steady => 0,
        };

        let mut f = vec![0.0; n];
        rhs.eval(t, &u, p, &mut f).map_err(|failure| Error::replay(t, &failure))?;
        let mut correction = f.clone();
        let mut systems = match self.solver {
            SteadySolver::Factors => Systems::Factors(SteadyJacobian::new(rhs, (t, &u, p))?),
            SteadySolver::Products(gmres) => Systems::Products(gmres),
        };
        systems.solve(rhs, (t, &u, p), &mut correction)?;
        let mut norm = ErrorNorm::new(options, n)?;
        let is_none = correction.iter().all(|&x| x == 0.0);
        let distance = if is_none { 0.0 } else { norm.of(&correction, &u, &u) };
        if distance.is_nan() || distance > LIMIT {
            let (equation, residual) = worst(&f, &rhs.state_names());
            return Err(ErrorKind::NotSteady { equation, residual, correction: distance }.into());
        }

        let mut recorder = Recorder::new();
        let inputs = [&u[..], p, &[t]].concat();
        let mut bars = vec![0.0; inputs.len()];
        let value = recorder.gradient(
            |x| loss.at(0, x[n + m], &x[..n], &x[n..n + m]),
            &inputs,
            &mut bars,
        )?;
        if !value.is_finite() {
            return Err(ErrorKind::LossNotFinite { index: 0, t }.into());
        }
        let mut p_bar = vec![0.0; m];
        let penalty = recorder.gradient(|p| loss.penalty(p), p, &mut p_bar)?;
        if !penalty.is_finite() {
            return Err(ErrorKind::PenaltyNotFinite.into());
        }
        p_bar.iter_mut().zip(&bars[n..]).for_each(|(sum, bar)| *sum += bar);

        let lambda = systems.solve_transposed(rhs, (t, &u, p), &bars[..n])?;
        let down: Vec<f64> = lambda.iter().map(|x| -x).collect();
        let mut u_bar = vec![0.0; n];
        let done = rhs.pull_back(t, &u, p, &down, (&mut u_bar, &mut p_bar), &mut rhs.record());
        done.map_err(|failure| Error::replay(t, &failure))?;
        if let Some(index) = p_bar.iter().position(|bar| !bar.is_finite()) {
            return Err(ErrorKind::GradientNotFinite { input: "p", index }.into());
        }

        let (rate, bytes) = match &systems {
            Systems::Factors(jacobian) => (jacobian.growth_rate()?, jacobian.bytes()),
            Systems::Products(gmres) => (None, (gmres.restart + 2) * n * size_of::<f64>()),
        };
        let is_unstable = |&(rate, rounding): &(f64, f64)| rate > rounding;
        let unstable = rate.filter(is_unstable).map(|(rate, _)| Warning::Unstable { rate });
        let report = Report {
            algorithm: "steady state adjoint",
            why: "asked for",
            steps: iterations,
            bytes,
            warnings: unstable.into_iter().collect(),
            ..Report::default()
        };
        let growth_rate = rate.map(|(rate, _)| rate);
        Ok(SteadyGradient { loss: value + penalty, p: p_bar, u, lambda, growth_rate, report })
    }
}

/// The linear systems with the Jacobian.
#[allow(clippy::large_enum_variant)] // there is one
enum Systems {
    Factors(SteadyJacobian),
    Products(Gmres),
}

impl Systems {
    /// `x ← J⁻¹ x`.
    fn solve<F: System>(
        &mut self,
        rhs: &F,
        (t, u, p): (f64, &[f64], &[f64]),
        x: &mut [f64],
    ) -> Result<(), Error> {
        match self {
            Self::Factors(jacobian) => jacobian.solve(x),
            Self::Products(gmres) => {
                let mut work = Jacobian::<f64>::jacobian_work(rhs);
                let product = |x: &[f64], y: &mut [f64]| {
                    if rhs.jvp(t, u, p, (x, &mut *y), &mut work).is_err() {
                        y.fill(f64::NAN);
                    }
                };
                // How far a state is from rest need not be known well.
                let roughly = Gmres { rtol: gmres.rtol.max(0.1), ..*gmres };
                x.copy_from_slice(&by_products(roughly, product, x)?);
                Ok(())
            }
        }
    }

    /// `J⁻ᵀ b`.
    fn solve_transposed<F: System>(
        &mut self,
        rhs: &F,
        at: (f64, &[f64], &[f64]),
        b: &[f64],
    ) -> Result<Vec<f64>, Error> {
        match self {
            Self::Factors(jacobian) => jacobian.solve_transposed(b),
            Self::Products(gmres) => {
                let (t, u, p) = at;
                let (mut record, mut p_bar) = (rhs.record(), vec![0.0; p.len()]);
                let product = |x: &[f64], y: &mut [f64]| {
                    y.fill(0.0);
                    if rhs.pull_back(t, u, p, x, (&mut *y, &mut p_bar), &mut record).is_err() {
                        y.fill(f64::NAN);
                    }
                };
                by_products(*gmres, product, b)
            }
        }
    }
}

/// The solution of `A x = b` by GMRES.
fn by_products(
    gmres: Gmres,
    product: impl FnMut(&[f64], &mut [f64]),
    b: &[f64],
) -> Result<Vec<f64>, Error> {
    let mut x = vec![0.0; b.len()];
    let mut solver = GmresSolver::new(b.len(), gmres)?;
    solver.solve(&mut FromFn::new(b.len(), product), &mut Identity, b, &mut x)?;
    Ok(x)
}

/// Newton's method: a steady state is what makes all equations true if none of them has a derivative. The
/// iterations.
fn find<F: System>(
    rhs: &F,
    (t, u, p): (f64, &mut [f64], &[f64]),
    options: &Options,
) -> Result<usize, Error> {
    use ode_core::ErrorKind as Core;
    let rest = Mass::diagonal(vec![0.0; u.len()]);
    let steady = WithMass::new(rhs, rest).map_err(|error| {
        let reason = error.to_string();
        ode_core::Error::from(Core::RightHandSide { t, reason })
    })?;
    make_consistent(&steady, t, u, p, options).map_err(|error| match error.kind() {
        Core::NoConsistentState { equation, residual, iterations, .. } => {
            let (equation, residual, iterations) = (equation.clone(), *residual, *iterations);
            ErrorKind::NoSteadyState { equation, residual, iterations }.into()
        }
        Core::HigherIndex { .. } => match SteadyJacobian::new(rhs, (t, u, p)) {
            // More is known where the search ended.
            Err(error) if matches!(error.kind(), ErrorKind::SingularSteadyState { .. }) => error,
            _ => {
                let (conserved, direction) = (Vec::new(), Vec::new());
                ErrorKind::SingularSteadyState { conserved, direction }.into()
            }
        },
        _ => error.into(),
    })
}

/// The equation that is missed most.
fn worst(f: &[f64], names: &[String]) -> (String, f64) {
    let larger = |a: (usize, f64), (i, &x): (usize, &f64)| {
        if x.abs() > a.1.abs() || x.is_nan() { (i, x) } else { a }
    };
    let (i, residual) = f.iter().enumerate().fold((0, 0.0), larger);
    (names.get(i).cloned().unwrap_or_default(), residual)
}

/// Refuses a model that reads the time.
fn reads_no_time<F: System>(rhs: &F, u: &[f64], p: &[f64]) -> Result<(), Error> {
    let known =
        |x: &[f64]| -> Vec<Dependency> { x.iter().map(|&x| Dependency::from_f64(x)).collect() };
    let mut du = vec![Dependency::from_f64(0.0); u.len()];
    rhs.rhs(Dependency::input(0), &known(u), &known(p), &mut du);
    match du.iter().position(|du| du.depends_on(0)) {
        None => Ok(()),
        Some(i) => {
            let equation = rhs.state_names().get(i).cloned().unwrap_or_default();
            Err(ErrorKind::SteadyTime { equation }.into())
        }
    }
}
