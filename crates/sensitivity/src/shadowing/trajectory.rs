//! The solution that is shadowed: every step after the spin-up.

use super::average::{Average, reads_time};
use super::problem::AverageProblem;
use crate::{Error, ErrorKind};
use ode_core::{Algorithm, Integrator, OdeProblem, Options, Progress, Save, Stats, Taken};
use scalar::{Dependency, Scalar};
use system::System;

/// A solution whose distance from its start stays below this fraction of its size stands still.
const STILL: f64 = 1e-7;

/// The steps taken after the spin-up, and the states between them.
pub(super) struct Trajectory {
    pub(super) n: usize,
    pub(super) p: Vec<f64>,
    pub(super) steps: Vec<Taken>,
    /// One more than there are steps.
    states: Vec<f64>,
    end: f64,
    /// What a sample counts, where not all times do, and whether there is one at each state.
    samples: Option<(f64, Vec<bool>)>,
    pub(super) stats: Stats,
    /// Whether `u'` is a neutral direction: the model does not read the time, and the solution moves.
    /// Only then may a shadowing solution run faster or slower.
    pub(super) has_flow: bool,
}

impl Trajectory {
    /// Integrates through the spin-up and the time of averaging.
    pub(super) fn record<F, A>(
        problem: &AverageProblem<F>,
        algorithm: A,
        options: &Options,
    ) -> Result<Self, Error>
    where
        F: System,
        A: for<'a> Algorithm<&'a F, Vec<f64>>,
    {
        let AverageProblem { system, u0, p, spin_up, duration, every } = problem;
        let times = problem.samples();
        let mut options = Options { save: Save::Last, ..options.clone() };
        let (mut u, mut stats) = (u0.clone(), Stats::default());
        if *spin_up > 0.0 {
            let first = OdeProblem::new(system, u, p.clone(), (0.0, *spin_up))?;
            let solution = ode_core::solve(&first, algorithm.clone(), &options)?;
            u = solution.last().to_vec();
            stats = solution.stats();
        }
        let end = times.last().copied().unwrap_or(spin_up + duration);
        let span = (*spin_up, end);
        options.stops.extend(&times);
        let averaged = OdeProblem::new(system, u.clone(), p.clone(), span)?;
        let mut integrator = Integrator::new(&averaged, algorithm, &options)?;
        let (mut steps, mut states) = (Vec::new(), u);
        let (mut at, mut pending) = (vec![false], times.iter().peekable());
        loop {
            let progress = integrator.step()?;
            steps.push(integrator.last_step());
            states.extend_from_slice(integrator.u());
            at.push(pending.next_if(|&&t| t == integrator.t()).is_some());
            if progress == Progress::Finished {
                break;
            }
        }
        let mut found = Self {
            n: u0.len(),
            p: p.clone(),
            steps,
            states,
            end,
            samples: every.map(|every| (every, at)),
            stats: stats + integrator.stats(),
            has_flow: false,
        };
        found.has_flow = !found.stands_still(options.atol) && !found.is_forced(system);
        Ok(found)
    }

    /// The state at the start of step `i`, or at the end of the last one.
    pub(super) fn state(&self, i: usize) -> &[f64] {
        &self.states[i * self.n..(i + 1) * self.n]
    }

    /// The time of that state.
    pub(super) fn time(&self, i: usize) -> f64 {
        self.steps.get(i).map_or(self.end, |step| step.t)
    }

    /// What state `i` counts in a sum over samples; `None` where the average goes over all times.
    pub(super) fn sample(&self, i: usize) -> Option<f64> {
        let (every, at) = self.samples.as_ref()?;
        Some(if at[i] { *every } else { 0.0 })
    }

    /// The time averaged over.
    pub(super) fn duration(&self) -> f64 {
        self.end - self.time(0)
    }

    /// Bytes of steps and states.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.steps[..]) + size_of_val(&self.states[..])
    }

    /// Refuses a quantity that reads the time where the model does not: to run faster or slower would
    /// then change it for no reason of the model's.
    pub(super) fn admits<G: Average>(&self, average: &G) -> Result<(), Error> {
        if !self.has_flow {
            return Ok(());
        }
        let at = |t: f64, u: &[f64]| average.at(t, u, &self.p);
        let jumps =
            self.sampled().any(|(t, u)| at(t, u).to_bits() != at(self.time(0), u).to_bits());
        if jumps || reads_time(average, self.n, self.p.len()) {
            return Err(ErrorKind::AverageReadsTime.into());
        }
        Ok(())
    }

    /// About 200 points.
    fn sampled(&self) -> impl Iterator<Item = (f64, &[f64])> {
        let every = self.steps.len().div_ceil(200).max(1);
        (0..=self.steps.len()).step_by(every).map(|i| (self.time(i), self.state(i)))
    }

    fn stands_still(&self, atol: f64) -> bool {
        let start = self.state(0);
        let (mut moved, mut size) = (0.0f64, 0.0f64);
        for u in self.states.chunks_exact(self.n) {
            for (u, start) in u.iter().zip(start) {
                moved = moved.max((u - start).abs());
                size = size.max(u.abs());
            }
        }
        moved <= atol + STILL * size
    }

    /// Whether the model reads the time: by tracing, and, as switches leave no trace, by comparing.
    fn is_forced(&self, system: &impl System) -> bool {
        let none = Dependency::default();
        let mut traced = vec![none; self.n];
        let (u, p) = (vec![none; self.n], vec![none; self.p.len()]);
        system.rhs(Dependency::input(0), &u, &p, &mut traced);
        let (mut now, mut then) = (vec![0.0; self.n], vec![0.0; self.n]);
        let mut jumps = self.sampled().any(|(t, u)| {
            system.rhs(t, u, &self.p, &mut now);
            system.rhs(self.time(0), u, &self.p, &mut then);
            now != then
        });
        jumps |= traced.iter().any(|du| du.depends_on(0));
        jumps
    }
}

/// `f(t, u; p)` into `f`, and `f · f`.
pub(super) fn flow(system: &impl System, t: f64, u: &[f64], p: &[f64], f: &mut [f64]) -> f64 {
    system.rhs(t, u, p, f);
    f64::dot(f, f)
}
