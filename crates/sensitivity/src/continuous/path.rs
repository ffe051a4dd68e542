//! The solution that an adjoint equation is linearised about.

use crate::Error;
use ode_core::{Algorithm, Checkpoint, Dense, Integrator, OdeProblem, Options, Progress, Stats};
use system::Rhs;

/// Interpolants of consecutive steps.
#[derive(Debug, Default)]
pub(crate) struct Path {
    /// Where each of them starts, and the last one ends.
    times: Vec<f64>,
    pieces: Vec<Dense<f64>>,
    /// The one that was looked at last.
    last: usize,
}

impl Path {
    /// The state at a time between the ends of the path; beyond them its last piece goes on.
    pub(crate) fn at(&mut self, t: f64, u: &mut [f64]) {
        let Some(most) = self.pieces.len().checked_sub(1) else {
            return u.fill(f64::NAN);
        };
        let forward = self.times[most + 1] >= self.times[0];
        let before = |a: f64, b: f64| if forward { a < b } else { a > b };
        while self.last > 0 && before(t, self.times[self.last]) {
            self.last -= 1;
        }
        while self.last < most && before(self.times[self.last + 1], t) {
            self.last += 1;
        }
        self.pieces[self.last].eval(t, u);
    }

    /// The derivative of the state there, that of the interpolant.
    pub(crate) fn slope(&mut self, t: f64, scratch: &mut [f64], du: &mut [f64]) {
        self.at(t, scratch);
        if let Some(piece) = self.pieces.get(self.last) {
            piece.derivative(t, scratch);
            let n = du.len();
            du.copy_from_slice(&scratch[..n]);
        }
    }

    /// Starts anew.
    fn begin(&mut self, t: f64) {
        self.pieces.clear();
        self.times.clear();
        self.times.push(t);
        self.last = 0;
    }

    /// Adds a step that ends at time `t`. The next look is expected there.
    fn push(&mut self, piece: Dense<f64>, t: f64) {
        self.last = self.pieces.len();
        self.pieces.push(piece);
        self.times.push(t);
    }

    fn bytes(&self) -> usize {
        let pieces = self.pieces.iter().map(|piece| size_of_val(piece) + piece.bytes());
        pieces.sum::<usize>() + self.times.len() * size_of::<f64>()
    }
}

/// What the pass forward in time leaves behind.
pub(crate) struct Forward {
    /// Where the segments before the one in memory start; none where the whole path is kept.
    checkpoints: Vec<Checkpoint<f64>>,
    /// Where the segment in memory starts.
    start: f64,
    /// The states at the save times, one after the other, without the integral.
    pub(crate) saved: Vec<f64>,
    /// The state at the end.
    pub(crate) last: Vec<f64>,
    /// The integral of the running term.
    pub(crate) integral: f64,
    pub(crate) stats: Stats,
    pub(crate) replayed: usize,
    /// At their peak.
    pub(crate) bytes: usize,
}

/// The solve forward in time, and again for each segment.
pub(crate) struct Solve<'a, G, A> {
    pub(crate) problem: &'a OdeProblem<G, Vec<f64>>,
    pub(crate) algorithm: A,
    pub(crate) options: &'a Options,
    pub(crate) times: &'a [f64],
    /// States without the integral.
    pub(crate) n: usize,
}

impl<G, A> Solve<'_, G, A>
where
    G: Rhs<f64>,
    A: Algorithm<G, Vec<f64>>,
{
    pub(crate) fn order(&self) -> u32 {
        self.algorithm.order()
    }

    /// Solves. The path is kept in this many segments (0 for none at all), of which the last one is handed out.
    ///
    /// The number of steps is not known in advance: a checkpoint is made every `stride` steps, and where there are twice
    /// as many as segments, every other one goes and the stride doubles.
    pub(crate) fn run(&self, segments: usize) -> Result<(Forward, Path), Error> {
        let mut integrator = Integrator::new(self.problem, self.algorithm.clone(), self.options)?;
        let (start, end) = self.problem.tspan();
        let mut found = Forward {
            checkpoints: Vec::new(),
            start: if segments > 1 { end } else { start },
            saved: Vec::with_capacity(self.times.len() * self.n),
            last: Vec::new(),
            integral: 0.0,
            stats: Stats::default(),
            replayed: 0,
            bytes: 0,
        };
        let mut path = Path::default();
        let mut u = vec![0.0; integrator.u().len()];
        let mut pending = self.times.iter().copied().peekable();
        if pending.next_if_eq(&start).is_some() {
            found.saved.extend_from_slice(&integrator.u()[..self.n]);
        }
        let (mut stride, mut steps) = (1, 0);
        path.begin(start);
        loop {
            if segments > 1 && steps % stride == 0 {
                found.checkpoints.push(integrator.checkpoint());
                if found.checkpoints.len() > 2 * segments {
                    let mut others = 0;
                    found.checkpoints.retain(|_| {
                        others += 1;
                        others % 2 == 1
                    });
                    stride *= 2;
                }
            }
            let progress = integrator.step()?;
            steps += 1;
            while let Some(t) = pending.next_if(|&t| integrator.covers(t)) {
                integrator.state_at(t, &mut u)?;
                found.saved.extend_from_slice(&u[..self.n]);
            }
            if segments == 1 {
                path.push(integrator.dense()?.clone(), integrator.t());
            }
            if progress == Progress::Finished {
                break;
            }
        }
        found.last.extend_from_slice(&integrator.u()[..self.n]);
        found.integral = integrator.u().get(self.n).copied().unwrap_or(0.0);
        found.stats = integrator.stats();
        self.count(&mut found, &path);
        self.load_previous(&mut found, &mut path)?;
        Ok((found, path))
    }

    /// Computes the segment before the one in memory, if there is one.
    pub(crate) fn load_previous(
        &self,
        forward: &mut Forward,
        path: &mut Path,
    ) -> Result<(), Error> {
        let Some(checkpoint) = forward.checkpoints.pop() else { return Ok(()) };
        let until = std::mem::replace(&mut forward.start, checkpoint.t());
        let mut integrator =
            Integrator::resume(self.problem, self.algorithm.clone(), self.options, &checkpoint)?;
        path.begin(checkpoint.t());
        let mut progress = Progress::Running;
        // The steps have the bits of those before, so that one of them ends there.
        while integrator.t() != until && progress != Progress::Finished {
            progress = integrator.step()?;
            path.push(integrator.dense()?.clone(), integrator.t());
        }
        forward.replayed += path.pieces.len();
        self.count(forward, path);
        Ok(())
    }

    fn count(&self, forward: &mut Forward, path: &Path) {
        let states = self.n + 8;
        let checkpoints = forward.checkpoints.len() * states * size_of::<f64>();
        let saved = (forward.saved.len() + self.n) * size_of::<f64>();
        forward.bytes = forward.bytes.max(path.bytes() + checkpoints + saved);
    }
}

impl Forward {
    /// Where the segment in memory starts, if there is one before it.
    pub(crate) fn border(&self) -> Option<f64> {
        (!self.checkpoints.is_empty()).then_some(self.start)
    }

    /// Where segments start, the first one aside.
    pub(crate) fn borders(&self) -> impl Iterator<Item = f64> + '_ {
        self.checkpoints.iter().skip(1).map(Checkpoint::t).chain(self.border())
    }
}
