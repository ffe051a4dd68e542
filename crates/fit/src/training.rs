use crate::fitting::{Fitting, Unfrozen, among_all, within};
use crate::{Error, ErrorKind};
use optimize::{Bounded, Control, Minimizer, Multistart, Stop, StopReason, multistart};
use std::ops::Range;
use system::System;

/// Which unknowns a stage may change.
///
/// ```
/// use fit::Free;
///
/// // The first three parameters, and then the initial state with them.
/// let physics = Free::params(0..3);
/// assert!(!physics.initial_state);
/// assert_eq!(physics.and_initial_state(), Free { initial_state: true, params: Some(0..3) });
/// assert_eq!(Free::ALL, Free { initial_state: true, params: None });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Free {
    /// Whether the initial state may.
    pub initial_state: bool,
    /// Which parameters may; `None` for all.
    pub params: Option<Range<usize>>,
}

impl Free {
    /// Everything.
    pub const ALL: Self = Self { initial_state: true, params: None };

    /// These parameters, and nothing else. A range that runs beyond the last parameter is refused
    /// where it is used.
    pub fn params(range: Range<usize>) -> Self {
        Self { initial_state: false, params: Some(range) }
    }

    /// And the initial state.
    #[must_use]
    pub fn and_initial_state(self) -> Self {
        Self { initial_state: true, ..self }
    }

    /// The indices into `theta = (u0, p)`.
    pub(crate) fn indices(&self, n: usize, num_params: usize) -> Result<Vec<usize>, Error> {
        let state = if self.initial_state { 0..n } else { 0..0 };
        let params = self.params.clone().unwrap_or(0..num_params);
        within("free", &params, num_params)?;
        Ok(state.chain(params.start + n..params.end + n).collect())
    }
}

/// One stage of training: which unknowns are free, over how much of the data, by which minimiser.
///
/// ```
/// use fit::{Free, Stage};
/// use optimize::{Adam, Lbfgs, Stop};
///
/// // A few careful steps on the first ten rows, then everything to the end.
/// let stages = [
///     Stage {
///         name: "beginning",
///         free: Free::params(0..2),
///         rows: Some(10),
///         minimizer: &Adam { rate: 1e-2, ..Adam::default() },
///         stop: Stop::iterations(100),
///     },
///     Stage {
///         name: "all",
///         free: Free::ALL,
///         rows: None,
///         minimizer: &Lbfgs::default(),
///         stop: Stop::default(),
///     },
/// ];
/// # assert_eq!(stages.len(), 2);
/// ```
pub struct Stage<'a> {
    /// A name for people.
    pub name: &'a str,
    /// What may change.
    pub free: Free,
    /// How many rows of the data are used, from the first; `None` for all. A growing interval is a
    /// sequence of stages with more and more rows.
    pub rows: Option<usize>,
    /// By what.
    pub minimizer: &'a (dyn Minimizer + Sync),
    /// Until when.
    pub stop: Stop,
}

impl<'a> Stage<'a> {
    /// Everything free, all rows, at most a thousand iterations.
    pub fn new(name: &'a str, minimizer: &'a (dyn Minimizer + Sync)) -> Self {
        Self { name, free: Free::ALL, rows: None, minimizer, stop: Stop::default() }
    }
}

/// What happened in a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct StageReport {
    /// Its name.
    pub name: String,
    /// Why it ended.
    pub reason: StopReason,
    /// The loss at every iteration.
    pub losses: Vec<f64>,
    /// Solves with gradients.
    pub evaluations: usize,
}

/// Where training stands.
#[derive(Clone, Copy, Debug)]
pub struct TrainingProgress<'a> {
    /// Index of the stage.
    pub stage: usize,
    /// Its name.
    pub name: &'a str,
    /// Iteration within the stage.
    pub iteration: usize,
    /// Most iterations that the stage may take.
    pub max_iterations: usize,
    /// Best loss so far in the stage.
    pub loss: f64,
}

/// A trained model.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// The unknowns: initial state, then parameters.
    pub theta: Vec<f64>,
    /// The loss of the last stage; infinite without any.
    pub loss: f64,
    /// What happened.
    pub stages: Vec<StageReport>,
}

impl Trained {
    /// All losses, stage after stage.
    ///
    /// ```
    /// use fit::{StageReport, Trained};
    /// use optimize::StopReason;
    ///
    /// let stage = |losses: &[f64]| StageReport {
    ///     name: "all".into(),
    ///     reason: StopReason::MaxIterations,
    ///     losses: losses.to_vec(),
    ///     evaluations: losses.len(),
    /// };
    /// let stages = vec![stage(&[4.0, 2.0]), stage(&[2.0, 1.0])];
    /// let trained = Trained { theta: vec![0.0], loss: 1.0, stages };
    /// assert_eq!(trained.losses(), [4.0, 2.0, 2.0, 1.0]);
    /// ```
    pub fn losses(&self) -> Vec<f64> {
        self.stages.iter().flat_map(|stage| stage.losses.iter().copied()).collect()
    }
}

impl<'a, F: System> Fitting<'a, F> {
    /// Runs the stages, each from where the one before ended.
    ///
    /// A solve that fails during training is an infinite loss, from which the minimiser recovers.
    /// Frozen unknowns keep their bits; free ones stay inside their bounds. `progress` sees every
    /// iteration and may end the training.
    ///
    /// # Errors
    ///
    /// When `theta` has the wrong length or a free unknown violates its bound; a stage frees nothing,
    /// or parameters that do not exist; uses fewer than two rows, more than there are, or rows
    /// without any measurement; or the loss is not finite at the start of a stage.
    pub fn train(
        &self,
        theta: &[f64],
        stages: &[Stage<'_>],
        progress: &mut dyn FnMut(&TrainingProgress<'_>) -> Control,
    ) -> Result<Trained, Error> {
        self.split(theta)?;
        let mut trained =
            Trained { theta: theta.to_vec(), loss: f64::INFINITY, stages: Vec::new() };
        for (index, stage) in stages.iter().enumerate() {
            let objective = self.unfrozen(&trained.theta, stage)?;
            let free = objective.free.clone();
            let at_stage = |error| {
                let error = among_all(error, &free);
                ErrorKind::Training { stage: stage.name.into(), error }
            };
            let (bounds, start) = (objective.bounds(), objective.start());
            let mut bounded = Bounded::new(objective, &bounds).map_err(at_stage)?;
            let mut stopped = false;
            let outcome = bounded
                .minimize(stage.minimizer, &start, &stage.stop, &mut |iterate| {
                    let control = progress(&TrainingProgress {
                        stage: index,
                        name: stage.name,
                        iteration: iterate.iteration,
                        max_iterations: stage.stop.max_iterations,
                        loss: iterate.best_value,
                    });
                    stopped |= control == Control::Stop;
                    control
                })
                .map_err(at_stage)?;
            let mut objective = bounded.into_inner();
            objective.insert(&outcome.x);
            trained.theta = objective.theta;
            trained.loss = outcome.value;
            trained.stages.push(StageReport {
                name: stage.name.into(),
                reason: outcome.reason,
                losses: outcome.history,
                evaluations: outcome.evaluations,
            });
            if stopped {
                break;
            }
        }
        Ok(trained)
    }

    /// Runs one stage from many points and returns the results, best first: cheap screening of all,
    /// then the best few to the end. The points differ in the free unknowns only.
    ///
    /// # Errors
    ///
    /// As [`train`](Fitting::train), and when points differ in a frozen unknown. Points where the
    /// loss is not finite are skipped, unless all are.
    pub fn train_from_many(
        &self,
        points: &[Vec<f64>],
        stage: &Stage<'_>,
        options: &Multistart,
    ) -> Result<Vec<Trained>, Error> {
        let Some(first) = points.first() else {
            let error = optimize::ErrorKind::NoPoints.into();
            return Err(ErrorKind::Training { stage: stage.name.into(), error }.into());
        };
        let objective = self.unfrozen(first, stage)?;
        let (bounds, free) = (objective.bounds(), objective.free.clone());
        let at_stage = |error| {
            let error = among_all(error, &free);
            ErrorKind::Training { stage: stage.name.into(), error }
        };
        let mut bounded = Bounded::new(objective, &bounds).map_err(at_stage)?;
        let mut starts = Vec::with_capacity(points.len());
        let frozen: Vec<usize> =
            (0..first.len()).filter(|i| free.binary_search(i).is_err()).collect();
        for (index, point) in points.iter().enumerate() {
            let start = self.unfrozen(point, stage)?.start();
            if let Some(&unknown) = frozen.iter().find(|&&i| point[i] != first[i]) {
                return Err(ErrorKind::FrozenDiffer { point: index, unknown }.into());
            }
            starts.push(bounded.to_unconstrained(&start).map_err(at_stage)?);
        }
        let found = multistart(&starts, &mut bounded, stage.minimizer, &stage.stop, options)
            .map_err(at_stage)?;
        let mut trained = Vec::with_capacity(found.found.len());
        for found in found.found {
            let x = bounded.to_constrained(&found.outcome.x).map_err(at_stage)?;
            let mut all = self.unfrozen(&points[found.start], stage)?;
            all.insert(&x);
            trained.push(Trained {
                theta: all.theta,
                loss: found.outcome.value,
                stages: vec![StageReport {
                    name: stage.name.into(),
                    reason: found.outcome.reason,
                    losses: found.outcome.history,
                    evaluations: found.outcome.evaluations,
                }],
            });
        }
        Ok(trained)
    }

    fn unfrozen<'f>(
        &'f self,
        theta: &[f64],
        stage: &Stage<'_>,
    ) -> Result<Unfrozen<'f, 'a, F>, Error> {
        self.split(theta)?;
        let available = self.data().len();
        let rows = stage.rows.unwrap_or(available);
        if !(2..=available).contains(&rows) {
            return Err(ErrorKind::Rows { stage: stage.name.into(), rows, available }.into());
        }
        if self.num_residuals(rows) == 0 {
            return Err(ErrorKind::NoMeasurements { stage: stage.name.into(), rows }.into());
        }
        let free = stage.free.indices(self.system.dim(), self.system.num_params())?;
        if free.is_empty() {
            return Err(ErrorKind::NothingFree { stage: stage.name.into() }.into());
        }
        Ok(Unfrozen::new(self, rows, theta, free))
    }
}
