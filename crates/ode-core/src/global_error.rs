use crate::{
    Algorithm, Components, Error, ErrorKind, OdeProblem, Options, Save, Solution, SolveError,
    Stats, StepSize, solve,
};
use std::fmt;
use system::{Buffer, Rhs};

/// Solves until the *global* error is within the tolerances: that of the solution, not of each step.
///
/// A solver keeps the error of each step within `atol + rtol |u|`; what these errors have grown to at the
/// end depends on the problem: hundreds of tolerances after hundreds of oscillations. Here the problem is
/// solved with the tolerances given, then with tighter ones, until two solutions say that the error of
/// component `i` of the last one is at most `atolᵢ + rtolᵢ max |uᵢ|`, the maximum and the error over all
/// points that are kept.
///
/// The estimate: with tolerances smaller by a factor `q`, errors shrink at least by `ρ = q^(2/3)` (second
/// order with an estimate of third is the worst that is known; most methods reach `q`), so the error of
/// the second solution is at most `ρ / (1 - ρ)` of the difference. (Tolerance proportionality: Shampine,
/// *Numerical Solution of Ordinary Differential Equations*, 1994, chapter 7.) It is an estimate, not a
/// proof: what neither solve has seen, a narrow pulse between two steps, it does not see either.
///
/// Cost: two solves where errors do not grow, rarely more than three, each with about `q^(-1/order)` times
/// the steps of the one before. [`Save::Steps`] keeps interpolants too, to compare at equal times.
///
/// # Errors
///
/// As [`solve`]; [`ErrorKind::GlobalError`] where the tightest tolerance (`rtol = 1e-14`) is not enough, with
/// that solution as the partial one; for steps of fixed size.
///
/// ```
/// # system::system! {
/// #     struct Orbit; state { x, y, vx, vy } params {}
/// #     rhs(_t) {
/// #         let r3 = (x * x + y * y).powf(1.5);
/// #         d(x) = vx; d(y) = vy; d(vx) = -x / r3; d(vy) = -y / r3;
/// #     }
/// # }
/// use ode_core::{OdeProblem, Options, Save, Tsit5, solve, solve_within};
///
/// // Twenty revolutions of a planet; it comes back to where it was.
/// let end = 40.0 * std::f64::consts::PI;
/// let problem = OdeProblem::new(Orbit, [0.5, 0.0, 0.0, 3f64.sqrt()], [], (0.0, end))?;
/// let options = Options { rtol: 1e-6, atol: 1e-8, save: Save::Last, ..Options::default() };
///
/// let plain = solve(&problem, Tsit5, &options)?;
/// assert!((plain.last()[1]).abs() > 100.0 * options.rtol); // errors have added up
///
/// let within = solve_within(&problem, Tsit5, &options)?;
/// assert!((within.solution.last()[1]).abs() < 2.0 * options.rtol);
/// println!("{within}"); // estimated errors, tolerance used, work
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn solve_within<F, A, B>(
    problem: &OdeProblem<F, B>,
    algorithm: A,
    options: &Options,
) -> Result<Within, SolveError>
where
    F: Rhs<f64>,
    A: Algorithm<F, B>,
    B: Buffer<Item = f64>,
{
    solve_within_by(problem, |_| algorithm.clone(), options)
}

/// [`solve_within`] by a method that may depend on the tolerances, which come in `options` for each solve.
///
/// # Errors
///
/// As [`solve_within`].
pub fn solve_within_by<F, A, B>(
    problem: &OdeProblem<F, B>,
    mut choose: impl FnMut(&Options) -> A,
    options: &Options,
) -> Result<Within, SolveError>
where
    F: Rhs<f64>,
    A: Algorithm<F, B>,
    B: Buffer<Item = f64>,
{
    if let StepSize::Fixed(value) = options.step {
        let must = "left to the controller: what is tightened are tolerances";
        let error = ErrorKind::Option { name: "step", value, must };
        return Err(SolveError::new(error.into(), Solution::new(problem.names().clone())));
    }
    let mut solve = |factor| {
        let tightened = tightened(options, factor);
        solve(problem, choose(&tightened), &tightened)
    };
    let mut loose = solve(1.0)?;
    let (mut solves, mut stats) = (1, loose.stats());
    let (mut factor, mut q) = (1.0, 0.1);
    loop {
        q = f64::max(q, FINEST / (options.rtol * factor));
        factor *= q;
        let tight = solve(factor)?;
        (solves, stats) = (solves + 1, stats + tight.stats());
        let estimate = match Estimate::new(&loose, &tight, options, q) {
            Ok(estimate) => estimate,
            Err(error) => return Err(SolveError::new(error, tight)),
        };
        if estimate.size() <= 1.0 {
            let errors = estimate.errors;
            return Ok(Within { solution: tight, errors, factor, solves, stats });
        }
        if options.rtol * factor <= FINEST {
            return Err(SolveError::new(estimate.refusal(&tight), tight));
        }
        // Most methods reach tolerances in proportion; the others come back once more.
        q = (0.5 / estimate.size()).clamp(1e-4, 0.1);
        loose = tight;
    }
}

/// The smallest relative tolerance that is tried.
const FINEST: f64 = 1e-14;

/// Errors go with the tolerance to this power, or a higher one.
const EXPONENT: f64 = 2.0 / 3.0;

/// The same options with tolerances times `factor`.
fn tightened(options: &Options, factor: f64) -> Options {
    let mut options = options.clone();
    let smaller = |tolerance: &mut f64| *tolerance = (*tolerance * factor).max(f64::MIN_POSITIVE);
    smaller(&mut options.rtol);
    smaller(&mut options.atol);
    options.rtol_each.iter_mut().for_each(smaller);
    options.atol_each.iter_mut().for_each(smaller);
    if options.save == Save::Steps {
        options.save = Save::Dense;
    }
    options
}

/// How far the tighter of two solutions is from the truth.
struct Estimate {
    /// Of each component that is kept.
    errors: Vec<f64>,
    /// What each of them may be: `atol + rtol max |u|`.
    wanted: Vec<f64>,
}

impl Estimate {
    fn new(loose: &Solution, tight: &Solution, options: &Options, q: f64) -> Result<Self, Error> {
        let n = tight.dim();
        let (mut errors, mut sizes, mut other) = (vec![0.0f64; n], vec![0.0f64; n], vec![0.0; n]);
        for (i, (t, u)) in tight.iter().enumerate() {
            let other = match options.save {
                Save::Dense | Save::Steps => {
                    loose.at_into(t, &mut other)?;
                    &other[..]
                }
                Save::At(_) | Save::Last => loose.state(i),
            };
            for (j, (u, other)) in u.iter().zip(other).enumerate() {
                errors[j] = errors[j].max((u - other).abs());
                sizes[j] = sizes[j].max(u.abs());
            }
        }
        let rho = q.powf(EXPONENT);
        errors.iter_mut().for_each(|error| *error *= rho / (1.0 - rho));
        let unit = |(kept, size): (usize, &f64)| {
            let i = match &options.components {
                Components::All => kept,
                Components::Only(indices) => indices[kept],
            };
            let of = |each: &[f64], all| each.get(i).copied().unwrap_or(all);
            of(&options.atol_each, options.atol) + of(&options.rtol_each, options.rtol) * size
        };
        let wanted = sizes.iter().enumerate().map(unit).collect();
        Ok(Self { errors, wanted })
    }

    fn ratios(&self) -> impl Iterator<Item = f64> {
        self.errors.iter().zip(&self.wanted).map(|(error, wanted)| error / wanted)
    }

    /// The largest error in units of what it may be.
    fn size(&self) -> f64 {
        self.ratios().fold(0.0, f64::max)
    }

    fn refusal(&self, solution: &Solution) -> Error {
        let size = self.size();
        let worst = self.ratios().position(|ratio| ratio == size).unwrap_or(0);
        let component = solution.names()[worst].clone();
        let (estimate, wanted) = (self.errors[worst], self.wanted[worst]);
        ErrorKind::GlobalError { component, estimate, wanted }.into()
    }
}

/// A solution whose global error is estimated to be within the tolerances, from [`solve_within`].
#[derive(Clone, Debug)]
pub struct Within {
    /// The solution.
    pub solution: Solution,
    /// The estimated largest error over all points kept, of each component kept.
    pub errors: Vec<f64>,
    /// The tolerances of its steps are those asked for times this.
    pub factor: f64,
    /// How many solves it took.
    pub solves: usize,
    /// Work of all solves together.
    pub stats: Stats,
}

/// The solution, its tolerances, and the estimated errors by name.
impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { solution, errors, factor, solves, stats } = self;
        writeln!(f, "{solution}")?;
        write!(
            f,
            "after {solves} solves ({stats}), the last with tolerances times {factor:.1e}; "
        )?;
        write!(f, "estimated errors: ")?;
        for (i, (name, error)) in solution.names().iter().zip(errors).enumerate().take(SHOWN) {
            write!(f, "{}{name} {error:.1e}", if i == 0 { "" } else { ", " })?;
        }
        match errors.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    }
}

/// How many errors are shown.
const SHOWN: usize = 8;
