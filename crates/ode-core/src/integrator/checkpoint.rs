use super::{Integrator, Start};
use crate::Taken;
use crate::controller::ControlState;
use crate::stops::Stops;
use crate::{Algorithm, Error, ErrorKind, OdeProblem, Options, Stats, check};
use scalar::Concrete;
use system::{Buffer, Rhs};

/// Where a solve stands between two steps: enough to go on later, or elsewhere, to the same bits.
///
/// With feature `serde` it can be written to a file. It does not hold the problem and the options:
/// those are the program's.
///
/// ```
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
/// use ode_core::{Integrator, OdeProblem, Options, Progress, Tsit5, solve};
///
/// let problem = OdeProblem::new(Decay, [1.0], [0.5], (0.0, 2.0))?;
/// let options = Options::default();
/// let mut first = Integrator::new(&problem, Tsit5, &options)?;
/// first.step()?;
/// let checkpoint = first.checkpoint();
///
/// let mut second = Integrator::resume(&problem, Tsit5, &options, &checkpoint)?;
/// while second.step()? != Progress::Finished {}
/// assert_eq!(second.u(), solve(&problem, Tsit5, &options)?.last());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Checkpoint<S = f64> {
    method: String,
    t: f64,
    u: Vec<S>,
    p: Vec<S>,
    size: Option<f64>,
    /// The time at which the derivative at the start is evaluated.
    t_first: f64,
    /// What the method carries over beside the state; `None` where it starts anew.
    memory: Option<Vec<S>>,
    control: ControlState,
    stops: Stops,
    stats: Stats,
}

impl<S> Checkpoint<S> {
    /// Time.
    pub fn t(&self) -> f64 {
        self.t
    }

    /// State.
    pub fn u(&self) -> &[S] {
        &self.u
    }

    /// Parameters.
    pub fn p(&self) -> &[S] {
        &self.p
    }
}

impl<S> Checkpoint<S> {
    /// What a file could have broken, beside lengths and numbers that are not finite.
    fn check(&self, (t0, t1): (f64, f64)) -> Result<(), Error> {
        let refuse = |problem| Err(ErrorKind::Stored { problem }.into());
        if let Some(size) = self.size {
            check::positive("checkpoint.size", size)?;
        }
        // Beside a jump they differ by the resolution of the number type.
        let resolution = 1e-6 * (self.t.abs() + (t1 - t0).abs());
        let distance = (self.t_first - self.t).abs();
        if distance.is_nan() || distance > resolution {
            return refuse("the derivative is to be evaluated at another time");
        }
        if !self.control.is_finite() || self.stats.counts().iter().any(|n| *n > usize::MAX / 4) {
            return refuse("the memory of the step size control makes no sense");
        }
        self.stops.check((t0, t1)).or_else(refuse)
    }
}

impl<'a, F: Rhs<B::Item>, A: Algorithm<F, B>, B: Buffer> Integrator<'a, F, A, B>
where
    B::Item: Concrete,
{
    /// Where the solve stands.
    pub fn checkpoint(&self) -> Checkpoint<B::Item> {
        let (t_first, memory) = self.standing();
        Checkpoint {
            method: self.algorithm.name().to_owned(),
            t: self.t,
            u: self.u.as_ref().to_vec(),
            p: self.p.clone(),
            size: self.size,
            t_first,
            memory,
            control: self.control,
            stops: self.stops.clone(),
            stats: self.stats(),
        }
    }

    /// Goes on where a checkpoint was made, with the same problem, method and options.
    ///
    /// The steps have the same bits as those of the solve that was left; one evaluation more is
    /// counted. Its wall time starts anew.
    ///
    /// # Errors
    ///
    /// As [`new`](Integrator::new); when the checkpoint was made by another method, or for a system
    /// of another size or another time span; when it was damaged on its way; or when the right-hand
    /// side fails there.
    pub fn resume(
        problem: &'a OdeProblem<F, B>,
        algorithm: A,
        options: &'a Options,
        checkpoint: &Checkpoint<B::Item>,
    ) -> Result<Self, Error> {
        let mut integrator = Self::new(problem, algorithm, options)?;
        let Checkpoint { method, t, u, p, size, t_first, memory, control, stops, stats } =
            checkpoint;
        if method != integrator.algorithm.name() {
            let (made_by, method) = (method.clone(), integrator.algorithm.name());
            return Err(ErrorKind::Checkpoint { made_by, method }.into());
        }
        check::length("checkpoint.u", integrator.u.as_ref().len(), u.len())?;
        check::length("checkpoint.p", integrator.p.len(), p.len())?;
        check::finite("checkpoint.u", u)?;
        check::finite("checkpoint.p", p)?;
        check::times("checkpoint.t", &[*t], problem.tspan())?;
        checkpoint.check(problem.tspan())?;
        integrator.u.as_mut().copy_from_slice(u);
        integrator.u_before.as_mut().copy_from_slice(u);
        integrator.p.copy_from_slice(p);
        integrator.t = *t;
        integrator.t_first = *t_first;
        integrator.before = Taken { t: *t, dt: 0.0, t_first: *t_first, t_last: *t_first };
        integrator.size = *size;
        integrator.control = *control;
        integrator.stops = stops.clone();
        integrator.stops.rewind(*t);
        integrator.stats = *stats;
        integrator.start = Start::Evaluate(*t_first);
        if let Some(memory) = memory {
            integrator.is_given = false; // It comes from a step.
            integrator.begin()?;
            check::finite("checkpoint.memory", memory)?;
            if !integrator.algorithm.is_memory(&integrator.cache, memory) {
                let expected = integrator.algorithm.memory(&integrator.cache, true).len();
                let (what, found) = ("checkpoint.memory", memory.len());
                return Err(ErrorKind::Dimension { what, expected, found }.into());
            }
            integrator.algorithm.restore(&mut integrator.cache, memory);
        }
        Ok(integrator)
    }
}
