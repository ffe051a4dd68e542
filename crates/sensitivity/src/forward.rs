use crate::loss::save_times;
use crate::{Error, ErrorKind, Gradient, Loss};
use ode_core::{Algorithm, OdeProblem, Options, Save, Solution, Stats, solve};
use scalar::Dual;
use std::ops::Range;
use system::{Buffer, System};

/// Tangents carried by one solve.
const CHUNK: usize = 8;
type D = Dual<f64, CHUNK>;

/// Forward sensitivities: dual numbers through the adaptive solver.
///
/// The error norm of the solver sees every tangent, so the sensitivities are resolved to the same
/// tolerance as the state, also where the state alone would allow huge steps. Cost: one solve with
/// duals per 8 inputs (initial states and parameters together).
#[derive(Clone, Copy, Debug, Default)]
pub struct ForwardSensitivity;

impl ForwardSensitivity {
    /// The loss and its gradient with respect to `u0` and `p`.
    ///
    /// # Errors
    ///
    /// When a solve fails, no save times are given, or the loss or its gradient is not finite.
    pub fn gradient<F, A, B>(
        &self,
        problem: &OdeProblem<F, B>,
        algorithm: A,
        options: &Options,
        loss: &impl Loss,
    ) -> Result<Gradient, Error>
    where
        F: System,
        A: for<'a> Algorithm<&'a F, Vec<D>>,
        B: Buffer<Item = f64>,
    {
        let (mut value, mut derivatives, mut stats) = (0.0, Vec::new(), Stats::default());
        each_chunk(problem, algorithm, options, |seeded, p, solution| {
            let mut total = loss.penalty(p);
            for (i, (t, u)) in solution.iter().enumerate() {
                let term = loss.at(i, t, u, p);
                if !term.re.is_finite() {
                    return Err(ErrorKind::LossNotFinite { index: i, t }.into());
                }
                total += term;
            }
            value = total.re;
            derivatives.extend(seeded.zip(total.eps).map(|(i, eps)| eps / scale(problem, i)));
            add(&mut stats, solution.stats());
            Ok(())
        })?;
        let p = derivatives.split_off(problem.u0().as_ref().len());
        Gradient { loss: value, u0: derivatives, p, stats }.checked()
    }

    /// The states at the save times and all their derivatives `∂u(t)/∂(u0, p)`.
    ///
    /// # Errors
    ///
    /// When a solve fails, or no save times are given.
    pub fn solve<F, A, B>(
        &self,
        problem: &OdeProblem<F, B>,
        algorithm: A,
        options: &Options,
    ) -> Result<Sensitivities, Error>
    where
        F: System,
        A: for<'a> Algorithm<&'a F, Vec<D>>,
        B: Buffer<Item = f64>,
    {
        let n = problem.u0().as_ref().len();
        let inputs = n + problem.p().len();
        let mut found = Sensitivities {
            n,
            inputs,
            times: Vec::new(),
            states: Vec::new(),
            derivatives: Vec::new(),
            stats: Stats::default(),
        };
        each_chunk(problem, algorithm, options, |seeded, _, solution| {
            found.times = solution.times().to_vec();
            found.derivatives.resize(solution.len() * n * inputs, 0.0);
            found.states.clear();
            for (i, (_, u)) in solution.iter().enumerate() {
                for (j, u) in u.iter().enumerate() {
                    found.states.push(u.re);
                    let row = &mut found.derivatives[(i * n + j) * inputs..];
                    for (k, eps) in seeded.clone().zip(u.eps) {
                        row[k] = eps / scale(problem, k);
                    }
                }
            }
            add(&mut found.stats, solution.stats());
            Ok(())
        })?;
        Ok(found)
    }
}

/// Solves once per chunk of inputs, each seeded with unit tangents, and hands over the range of
/// inputs, the lifted parameters and the solution.
fn each_chunk<F, A, B>(
    problem: &OdeProblem<F, B>,
    algorithm: A,
    options: &Options,
    mut use_chunk: impl FnMut(Range<usize>, &[D], &Solution<D>) -> Result<(), Error>,
) -> Result<(), Error>
where
    F: System,
    A: for<'a> Algorithm<&'a F, Vec<D>>,
    B: Buffer<Item = f64>,
{
    let times = save_times(options, problem.tspan().1)?;
    let options = Options { save: Save::At(times), ..options.clone() };
    let (u0, p) = (problem.u0().as_ref(), problem.p());
    let inputs = u0.len() + p.len();
    for first in (0..inputs).step_by(CHUNK) {
        // An input outside the chunk seeds nothing.
        let lift = |(i, &x): (usize, &f64)| {
            let unit: D = Dual::variable(0.0, i.wrapping_sub(first));
            Dual { re: x, eps: unit.eps.map(|eps| eps * scale(problem, i)) }
        };
        let mut lifted: Vec<D> = u0.iter().chain(p).enumerate().map(lift).collect();
        let lifted_p = lifted.split_off(u0.len());
        let lifted = problem.remake(lifted, lifted_p)?;
        let solution = solve(&lifted, algorithm.clone(), &options)?;
        use_chunk(first..inputs.min(first + CHUNK), lifted.p(), &solution)?;
    }
    Ok(())
}

/// Tangents are carried with respect to `input / scale`, so that they have the units of the state and
/// the absolute tolerance means the same for them (`pbar` of CVODES, Hindmarsh et al. 2005).
fn scale<F, B: Buffer<Item = f64>>(problem: &OdeProblem<F, B>, i: usize) -> f64 {
    let u0 = problem.u0().as_ref();
    let x = u0.get(i).or_else(|| problem.p().get(i - u0.len()));
    x.map(|x| x.abs()).filter(|&x| x > 0.0).unwrap_or(1.0)
}

fn add(total: &mut Stats, stats: Stats) {
    total.accepted += stats.accepted;
    total.rejected += stats.rejected;
    total.evaluations += stats.evaluations;
}

/// States at save times and their derivatives with respect to all inputs: the initial states
/// first, then the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivities {
    n: usize,
    inputs: usize,
    times: Vec<f64>,
    states: Vec<f64>,
    derivatives: Vec<f64>,
    stats: Stats,
}

impl Sensitivities {
    /// The save times.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The state at save time `i`; empty if there is none.
    pub fn state(&self, i: usize) -> &[f64] {
        self.states.get(i * self.n..(i + 1) * self.n).unwrap_or(&[])
    }

    /// The derivatives of component `j` at save time `i` with respect to `(u0, p)`; empty if there
    /// is none.
    pub fn derivative(&self, i: usize, j: usize) -> &[f64] {
        let row = i * self.n + j;
        self.derivatives.get(row * self.inputs..(row + 1) * self.inputs).unwrap_or(&[])
    }

    /// Work of all solves together.
    pub fn stats(&self) -> Stats {
        self.stats
    }
}
