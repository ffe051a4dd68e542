//! Lyapunov exponents.

use super::batch_means::{FEWEST, standard_error};
use super::orthonormal::Basis;
use super::problem::AverageProblem;
use super::tangents::StepTangents;
use super::trajectory::Trajectory;
use crate::{Error, ErrorKind};
use ode_core::{ErkTableau, ExplicitRk, Options, Stats};
use std::fmt;
use system::System;

/// The mean rates at which neighbouring solutions separate, largest first.
///
/// ```
/// use ode_core::{Options, Rk4, StepSize};
/// use sensitivity::{AverageProblem, lyapunov_exponents};
///
/// system::system! {
///     struct Lorenz;
///     state { x, y, z }
///     params { sigma, rho, beta }
///     rhs(_t) {
///         d(x) = sigma * (y - x);
///         d(y) = x * (rho - z) - y;
///         d(z) = x * y - beta * z;
///     }
/// }
/// let problem = AverageProblem::new(Lorenz, [1.0; 3], [10.0, 28.0, 8.0 / 3.0], 20.0, 200.0)?;
/// let options = Options { step: StepSize::Fixed(0.01), ..Options::default() };
/// let found = lyapunov_exponents(&problem, Rk4, &options, None)?;
/// // 0.906, 0, -14.572
/// assert!((found.values[0] - 0.906).abs() < 4.0 * found.standard_errors[0]);
/// assert!(found.values[1].abs() < 0.02);
/// let sum: f64 = found.values.iter().sum();
/// assert!((sum + 10.0 + 1.0 + 8.0 / 3.0).abs() < 1e-3, "the trace of the Jacobian");
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LyapunovExponents {
    /// The exponents, per unit of time.
    pub values: Vec<f64>,
    /// Their standard errors by batch means: the largest of 10, 20 and 40 batches.
    pub standard_errors: Vec<f64>,
    /// The time that was averaged over, after spin-up and alignment.
    pub duration: f64,
    /// Work of the solve, and products with the Jacobian.
    pub stats: Stats,
}

/// The largest `count` Lyapunov exponents (all by default) of a model along one trajectory, by the
/// method of Benettin, Galgani, Giorgilli and Strelcyn (1980): tangents are carried through the steps
/// and made orthonormal after each; the exponents are the means of `ln Rⱼⱼ / dt`. The first tenth of
/// `duration` is left to the tangents to align.
///
/// Cost: ⌈count / 4⌉ evaluations with four tangents for each stage of each step, and a Gram–Schmidt
/// sweep of `n count²`. Memory: the state and `count` numbers for each step.
///
/// # Errors
///
/// When the solve fails, `count` exceeds the number of states, or there are fewer than 10 steps.
pub fn lyapunov_exponents<F: System, M: ExplicitRk>(
    problem: &AverageProblem<F>,
    method: M,
    options: &Options,
    count: Option<usize>,
) -> Result<LyapunovExponents, Error> {
    let n = problem.u0().len();
    let count = count.unwrap_or(n);
    if count == 0 || count > n {
        let (name, value) = ("count", count as f64);
        let must = "at least 1 and at most the number of states";
        return Err(ErrorKind::Setting { name, value, must }.into());
    }
    let trajectory = Trajectory::record(problem, method, options)?;
    let steps = trajectory.steps.len();
    exponents(problem.system(), const { &M::TABLEAU }, &trajectory, steps, count)
}

/// The largest exponents over the first `steps` steps.
pub(super) fn exponents<F: System>(
    system: &F,
    tableau: &'static ErkTableau,
    trajectory: &Trajectory,
    steps: usize,
    count: usize,
) -> Result<LyapunovExponents, Error> {
    let n = trajectory.n;
    let aligned = steps / 10;
    if steps < aligned + FEWEST {
        let needed = FEWEST + FEWEST / 9 + 1;
        return Err(ErrorKind::TooFewSteps { steps, needed }.into());
    }
    let mut tangents = StepTangents::new(system, tableau, &trajectory.p);
    let (mut basis, seeds) = (Basis::new(), vec![None; count]);
    let (mut columns, mut r) = (vec![0.0; n * count], vec![0.0; count * count]);
    // Zero columns are replaced by random ones.
    basis.orthonormalize((n, n), &mut columns, &mut r);
    let (mut logs, mut dts) = (vec![Vec::with_capacity(steps - aligned); count], Vec::new());
    for (i, step) in trajectory.steps[..steps].iter().enumerate() {
        tangents.advance(step, trajectory.state(i), &mut columns, &seeds);
        if !basis.orthonormalize((n, n), &mut columns, &mut r) {
            return Err(ErrorKind::TangentNotFinite { t: step.t }.into());
        }
        if i >= aligned {
            dts.push(step.dt);
            logs.iter_mut().enumerate().for_each(|(j, logs)| logs.push(r[j * count + j].ln()));
        }
    }
    let duration: f64 = dts.iter().sum();
    let values: Vec<f64> = logs.iter().map(|logs| logs.iter().sum::<f64>() / duration).collect();
    let standard_errors = logs.iter().map(|logs| standard_error(logs, &dts)).collect();
    let mut stats = trajectory.stats;
    stats.products += tangents.products;
    Ok(LyapunovExponents { values, standard_errors, duration, stats })
}

impl LyapunovExponents {
    /// The dimension of the attractor by Kaplan and Yorke (1979): how many exponents sum to a positive
    /// number, and the fraction of the next; `None` where the exponents found do not yet sum to a
    /// negative number, as more of them are needed.
    pub fn kaplan_yorke(&self) -> Option<f64> {
        let mut sum = 0.0;
        for (j, &value) in self.values.iter().enumerate() {
            if sum + value < 0.0 {
                return Some(j as f64 + sum / value.abs());
            }
            sum += value;
        }
        None
    }

    /// How many are not clearly negative. Finite trajectories leave the zero ones a little off zero.
    pub(super) fn not_negative(&self) -> usize {
        let bias = 0.02 * self.values.first().copied().unwrap_or(0.0).max(0.0);
        let pairs = self.values.iter().zip(&self.standard_errors);
        pairs.filter(|&(&value, &error)| value > -(3.0 * error + bias)).count()
    }
}

impl fmt::Display for LyapunovExponents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Lyapunov exponents over {:.6} time units:", self.duration)?;
        for (i, (value, error)) in self.values.iter().zip(&self.standard_errors).enumerate() {
            writeln!(f, "  {:>3}  {value:>10.4} ± {error:.4}", i + 1)?;
        }
        match self.kaplan_yorke() {
            Some(dimension) => writeln!(f, "  dimension (Kaplan–Yorke) {dimension:.3}")?,
            None => writeln!(f, "  dimension (Kaplan–Yorke): more exponents are needed")?,
        }
        write!(f, "  {}", self.stats)
    }
}
