mod answer;
mod dae;

use crate::loss::save_times;
use crate::{Augmented, Error, Gradient, Loss};
use answer::Asked;
use ode_core::{Algorithm, Components, OdeProblem, Options, Save, Solution, Stats, solve};
use scalar::Dual;
use std::ops::Range;
use system::{Buffer, Rhs, System};

/// Tangents carried by one solve.
const CHUNK: usize = 8;
type D = Dual<f64, CHUNK>;

/// Forward sensitivities: dual numbers through the adaptive solver.
///
/// The error norm of the solver sees every tangent, so the sensitivities are resolved to the same
/// tolerance as the state, also where the state alone would allow huge steps. The integral of a running
/// loss is one more state. Cost: one solve with duals per 8 inputs (initial states and parameters
/// together).
#[derive(Clone, Copy, Debug, Default)]
pub struct ForwardSensitivity;

impl ForwardSensitivity {
    /// The loss and its gradient.
    ///
    /// A symplectic method, which solves Hamiltonian systems only, has
    /// [`solve`](ForwardSensitivity::solve).
    ///
    /// # Errors
    ///
    /// When a solve fails, the loss has neither save times nor a running term, or the loss or its
    /// gradient is not finite.
    pub fn gradient<F, A, B, L>(
        &self,
        problem: &OdeProblem<F, B>,
        algorithm: A,
        options: &Options,
        loss: &L,
    ) -> Result<Gradient, Error>
    where
        F: System,
        A: for<'a> Algorithm<&'a Augmented<'a, F, L>, Vec<D>>,
        B: Buffer<Item = f64>,
        L: Loss,
    {
        let (rhs, u0, p) = (problem.rhs(), problem.u0().as_ref(), problem.p());
        let asked = Asked::new((rhs, loss), (u0, p), problem.tspan(), options)?;
        let model = asked.model();
        let slope = |t: f64, u: &[f64], du: &mut [f64]| {
            rhs.rhs(t, u, p, du);
            Ok(())
        };
        asked.answer(&model, algorithm, options, slope, |_, _| Ok(()))
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
        let (u0, p, rhs) = (problem.u0().as_ref(), problem.p(), problem.rhs());
        let (n, inputs) = (u0.len(), [u0, p].concat());
        let mut found = Sensitivities {
            n,
            inputs: inputs.len(),
            times: Vec::new(),
            states: Vec::new(),
            derivatives: Vec::new(),
            stats: Stats::default(),
        };
        let times = save_times(options, problem.tspan().1, false)?;
        let options =
            Options { save: Save::At(times), components: Components::All, ..options.clone() };
        let parts = Start { rhs, u0, n, p, tspan: problem.tspan() };
        each_chunk(
            parts,
            algorithm,
            &options,
            |_, _| Ok(()),
            |seeded, _, solution| {
                found.times = solution.times().to_vec();
                found.derivatives.resize(solution.len() * n * inputs.len(), 0.0);
                found.states.clear();
                for (i, (_, u)) in solution.iter().enumerate() {
                    for (j, u) in u.iter().enumerate() {
                        found.states.push(u.re);
                        let row = &mut found.derivatives[(i * n + j) * inputs.len()..];
                        for (k, eps) in seeded.clone().zip(u.eps) {
                            row[k] = eps / scale(inputs[k]);
                        }
                    }
                }
                found.stats = found.stats + solution.stats();
                Ok(())
            },
        )?;
        Ok(found)
    }
}

/// What is solved: the first `n` states at the start and the parameters are inputs.
struct Start<'a, G> {
    rhs: G,
    u0: &'a [f64],
    n: usize,
    p: &'a [f64],
    tspan: (f64, f64),
}

/// Solves once per chunk of inputs, each seeded with unit tangents, and hands over the range of
/// inputs, the lifted parameters and the solution. Before each solve `prepare` may change the lifted state.
fn each_chunk<G, A>(
    Start { rhs, u0, n, p, tspan }: Start<'_, G>,
    algorithm: A,
    options: &Options,
    mut prepare: impl FnMut(&mut [D], &[D]) -> Result<(), Error>,
    mut use_chunk: impl FnMut(Range<usize>, &[D], &Solution<D>) -> Result<(), Error>,
) -> Result<(), Error>
where
    G: Rhs<D> + Clone,
    A: Algorithm<G, Vec<D>>,
{
    let inputs = n + p.len();
    for first in (0..inputs.max(1)).step_by(CHUNK) {
        // An input outside the chunk seeds nothing.
        let lift = |(i, &x): (usize, &f64)| {
            let unit: D = Dual::variable(0.0, i.wrapping_sub(first));
            Dual { re: x, eps: unit.eps.map(|eps| eps * scale(x)) }
        };
        let constant = u0[n..].iter().map(|&x| D::constant(x));
        let mut lifted: Vec<D> = u0[..n].iter().enumerate().map(lift).chain(constant).collect();
        let lifted_p: Vec<D> = p.iter().enumerate().map(|(i, x)| lift((n + i, x))).collect();
        prepare(&mut lifted, &lifted_p)?;
        let lifted = OdeProblem::over(rhs.clone(), lifted, lifted_p, tspan)?;
        let solution = solve(&lifted, algorithm.clone(), options)?;
        use_chunk(first..inputs.min(first + CHUNK), lifted.p(), &solution)?;
    }
    Ok(())
}

/// Tangents are carried with respect to `input / scale`, so that they have the units of the state and
/// the absolute tolerance means the same for them (`pbar` of CVODES, Hindmarsh et al. 2005).
pub(crate) fn scale(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.abs() }
}

/// The largest tangent by one of the initial states of a chunk, relative to the largest state: how much a
/// relative error has grown.
fn growth_of(u: &[D], u0: &[f64]) -> f64 {
    let largest = |part: &dyn Fn(&D) -> f64| u.iter().map(part).fold(0.0, f64::max);
    let size = largest(&|u| u.re.abs());
    let grown = u0.iter().enumerate().filter(|(_, u0)| **u0 != 0.0);
    let tangent = grown.map(|(k, _)| largest(&|u| u.eps[k].abs())).fold(0.0, f64::max);
    if size > 0.0 { tangent / size } else { 0.0 }
}

/// The time that the right-hand side sees at `t`: where it is a declared stop, its neighbour on one side.
pub(crate) fn seen(t: f64, side: f64, stops: &[f64]) -> f64 {
    match stops.contains(&t) {
        true if side > 0.0 => t.next_up(),
        true => t.next_down(),
        false => t,
    }
}

/// `∂at/∂t + ∂at/∂u · f`.
pub(crate) fn by_save_time(
    (rhs, loss): (&impl System, &impl Loss),
    i: usize,
    (t, seen): (f64, f64),
    u: &[f64],
    p: &[f64],
) -> f64 {
    let mut f = vec![0.0; u.len()];
    rhs.rhs(seen, u, p, &mut f);
    along(loss, (i, t), (u, &f), p)
}

/// The derivative of a term of the loss along a solution that moves at this rate.
pub(crate) fn along(
    loss: &impl Loss,
    (i, t): (usize, f64),
    (u, slope): (&[f64], &[f64]),
    p: &[f64],
) -> f64 {
    let along = |(&re, &f): (&f64, &f64)| Dual::<f64, 1> { re, eps: [f] };
    let moved: Vec<_> = u.iter().zip(slope).map(along).collect();
    let fixed: Vec<_> = p.iter().map(|&p| Dual::constant(p)).collect();
    loss.at(i, Dual::variable(t, 0), &moved, &fixed).eps[0]
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
    /// None yet, of `n` states by so many inputs.
    pub(crate) fn new(n: usize, inputs: usize) -> Self {
        let (times, states, derivatives) = (Vec::new(), Vec::new(), Vec::new());
        Self { n, inputs, times, states, derivatives, stats: Stats::default() }
    }

    /// Adds a save time, where `derivative(j, k)` is that of component `j` by input `k`.
    pub(crate) fn push(&mut self, t: f64, u: &[f64], derivative: impl Fn(usize, usize) -> f64) {
        self.times.push(t);
        self.states.extend_from_slice(u);
        for j in 0..self.n {
            self.derivatives.extend((0..self.inputs).map(|k| derivative(j, k)));
        }
    }

    /// Adds the work of a solve.
    pub(crate) fn add_work(&mut self, stats: Stats) {
        self.stats = self.stats + stats;
    }

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
