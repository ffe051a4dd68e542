use super::cost;
use super::{AutoExplicit, AutoImplicit, Choice};
use crate::Switching;
use ode_core::{OdeProblem, Options, Solution, SolveError, solve};
use std::fmt;
use system::{Buffer, Jacobian};

/// An explicit method by the tolerance, and where the problem is stiff an implicit one by its cost.
///
/// What [`solve_auto`] solves by; for everything that takes a method:
/// [`solve_with`](ode_core::solve_with) with events, an [`Integrator`](ode_core::Integrator), an
/// [`Ensemble`](ode_core::Ensemble) one by one. Its clones share one choice of the implicit method,
/// so a checkpoint is to be resumed with the `Auto` that it was made with.
pub type Auto = Switching<AutoExplicit, AutoImplicit>;

impl Auto {
    /// For these tolerances.
    pub fn for_options(options: &Options) -> Self {
        let rtol = tightest(options);
        Self::new(AutoExplicit::for_tolerance(rtol), AutoImplicit::for_tolerance(rtol))
    }

    /// The same for a problem at hand: where it oscillates much faster than it lasts, and few digits are
    /// asked for, the implicit method has the first try.
    ///
    /// ```
    /// use ode_core::{OdeProblem, Options, solve};
    /// use ode_stiff::Auto;
    ///
    /// system::system! {
    ///     struct Spring;
    ///     state { x, v }
    ///     params { omega }
    ///     rhs(_t) { d(x) = v; d(v) = -omega * omega * x; }
    /// }
    /// // It could swing 10⁵ times, but hangs still.
    /// let problem = OdeProblem::new(Spring, [0.0, 0.0], [1e4], (0.0, 100.0))?;
    /// let options = Options::default();
    /// let auto = Auto::for_problem(&problem, &options);
    /// assert!(solve(&problem, auto, &options)?.stats().accepted < 100);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn for_problem<F: Jacobian<f64>, B: Buffer<Item = f64>>(
        problem: &OdeProblem<F, B>,
        options: &Options,
    ) -> Self {
        let mut auto = Self::for_options(options);
        if tightest(options) < FEW_DIGITS {
            return auto;
        }
        let (t0, t1) = problem.tspan();
        let spectrum = cost::spectrum(problem.rhs(), (t0, problem.u0().as_ref(), problem.p()));
        auto.rule.starts_stiff =
            spectrum.oscillates && spectrum.radius * (t1 - t0).abs() > OSCILLATIONS;
        auto
    }

    /// The implicit method that was chosen, if one was needed so far.
    pub fn choice(&self) -> Option<Choice> {
        self.stiff.choice()
    }
}

/// A solution, and the methods that it came by.
#[derive(Clone, Debug)]
pub struct AutoSolution {
    /// The solution.
    pub solution: Solution,
    /// The explicit method; `None` for a problem with a mass matrix, which has none.
    pub explicit: Option<AutoExplicit>,
    /// The implicit method, if the problem was stiff or has a mass matrix.
    pub implicit: Option<Choice>,
}

impl fmt::Display for AutoSolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.explicit, &self.implicit) {
            (Some(explicit), None) => write!(f, "{explicit:?}: the problem is not stiff"),
            (Some(explicit), Some(choice)) => {
                write!(f, "{explicit:?}, and where the problem is stiff {choice}")
            }
            (None, Some(choice)) => write!(f, "{choice}; the problem has a mass matrix"),
            (None, None) => write!(f, "nothing was solved"),
        }
    }
}

/// From so many radians of the fastest oscillation on, the implicit method has the first try: it stays
/// where the solution is smooth, and gives way where that oscillation is what the solution does.
const OSCILLATIONS: f64 = 2e4;

/// Below this tolerance it has not: what it would step over has to be resolved then, which an explicit
/// method of high order does at less cost.
const FEW_DIGITS: f64 = 1e-6;

fn tightest(options: &Options) -> f64 {
    options.rtol_each.iter().copied().fold(options.rtol, f64::min)
}

/// Solves a problem of which nothing is known: explicit as long as it is not stiff, then implicit,
/// by the method that suits its size and what its parts cost. Says what it picked and why.
///
/// ```
/// use ode_core::{OdeProblem, Options};
/// use ode_stiff::{ImplicitMethod, solve_auto};
///
/// system::system! {
///     struct VanDerPol;
///     state { x, v }
///     params { mu }
///     rhs(_t) { d(x) = v; d(v) = mu * (1.0 - x * x) * v - x; }
/// }
/// let mild = OdeProblem::new(VanDerPol, [2.0, 0.0], [1.0], (0.0, 20.0))?;
/// let found = solve_auto(&mild, &Options::default())?;
/// assert_eq!(found.to_string(), "Tsit5: the problem is not stiff");
///
/// let stiff = OdeProblem::new(VanDerPol, [2.0, 0.0], [1000.0], (0.0, 2000.0))?;
/// let found = solve_auto(&stiff, &Options::default())?;
/// assert_eq!(found.implicit.unwrap().method, ImplicitMethod::Rodas5P);
/// assert!(found.solution.stats().accepted < 1000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The tolerances are those of its steps. For the error of the solution itself:
///
/// ```
/// # use ode_core::{OdeProblem, Options, Save, solve_within_by};
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
/// use ode_stiff::Auto;
///
/// let problem = OdeProblem::new(Decay, [1.0], [50.0], (0.0, 10.0))?;
/// let options = Options { rtol: 1e-8, save: Save::Last, ..Options::default() };
/// let within = solve_within_by(&problem, |options| Auto::for_problem(&problem, options), &options)?;
/// assert!(within.solution.last()[0].abs() < options.atol);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`solve`]; which methods were tried is told by the solution in the error.
pub fn solve_auto<F: Jacobian<f64>, B: Buffer<Item = f64>>(
    problem: &OdeProblem<F, B>,
    options: &Options,
) -> Result<AutoSolution, SolveError> {
    let auto = Auto::for_problem(problem, options);
    let solution = solve(problem, auto.clone(), options)?;
    let explicit = problem.rhs().mass().is_none().then_some(auto.nonstiff);
    Ok(AutoSolution { solution, explicit, implicit: auto.choice() })
}
