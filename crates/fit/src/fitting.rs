use crate::data_loss::DataLoss;
use crate::{Dataset, Error, ErrorKind, ErrorScale, Settings};
use ode_core::{OdeProblem, Options, Save, Tsit5, solve};
use optimize::{Bound, Objective};
use sensitivity::DiscreteAdjoint;
use std::ops::Range;
use system::System;

/// A model held against measurements: the loss of any initial state and parameters, and its exact
/// gradient by the discrete adjoint.
///
/// All unknowns together are `theta = (u0, p)`. The first measurement time is the initial time.
///
/// ```
/// use fit::{Dataset, Fitting, Free, Settings, Stage};
/// use optimize::{Control, Lbfgs, Stop};
///
/// system::system! {
///     struct Decay;
///     state { u }
///     params { rate }
///     rhs(_t) {
///         d(u) = -rate * u;
///     }
/// }
///
/// let data = Dataset::new(&[0.0, 1.0, 2.0], &["u"], &[2.0, 1.0, 0.5])?;
/// let fitting = Fitting::new(&Decay, &data, Settings::default())?;
/// let mut gradient = [0.0; 2];
/// let loss = fitting.loss(&[2.0, 0.0], 3, &mut gradient); // without decay
/// assert!((loss - (1.0 + 1.5 * 1.5) / 3.0).abs() < 1e-12 && gradient[1] < 0.0);
///
/// let all = Stage {
///     name: "all",
///     free: Free::ALL,
///     rows: None,
///     minimizer: &Lbfgs::default(),
///     stop: Stop::default(),
/// };
/// let trained = fitting.train(&[1.0, 0.1], &[all], &mut |_| Control::Continue)?;
/// assert!((trained.theta[1] - 2f64.ln()).abs() < 1e-5);
/// let future = fitting.simulate(&trained.theta, &[3.0, 4.0])?;
/// assert!((future[1][0] - 0.125).abs() < 1e-5);
/// # Ok::<(), fit::Error>(())
/// ```
#[derive(Debug)]
pub struct Fitting<'a, F> {
    pub(crate) system: &'a F,
    pub(crate) data: &'a Dataset,
    pub(crate) settings: Settings,
    pub(crate) bounds: Vec<Bound>,
}

impl<'a, F: System> Fitting<'a, F> {
    /// Checks that model, data and settings belong together.
    ///
    /// # Errors
    ///
    /// When a length does not fit, a series observes a state that does not exist, a weight or the
    /// ridge is negative or not finite, the ridge covers parameters that do not exist, or the scale
    /// is logarithmic and a measurement is not positive.
    pub fn new(system: &'a F, data: &'a Dataset, mut settings: Settings) -> Result<Self, Error> {
        let (n, m) = (system.dim(), data.num_series());
        if settings.observes.is_empty() {
            settings.observes = (0..m).collect();
        }
        if settings.weights.is_empty() {
            settings.weights = vec![1.0; m];
        }
        let fill = |bounds: &[Bound], count| match bounds.is_empty() {
            true => vec![Bound::Free; count],
            false => bounds.to_vec(),
        };
        let u0_bounds = fill(&settings.u0_bounds, n);
        let p_bounds = fill(&settings.p_bounds, system.num_params());
        length("observes", m, settings.observes.len())?;
        length("weights", m, settings.weights.len())?;
        length("u0_bounds", n, u0_bounds.len())?;
        length("p_bounds", system.num_params(), p_bounds.len())?;
        if let Some(&state) = settings.observes.iter().find(|&&state| state >= n) {
            return Err(ErrorKind::NoSuchState { state, states: n }.into());
        }
        if let Some(series) = settings.weights.iter().position(|&w| !(w >= 0.0 && w.is_finite())) {
            return Err(ErrorKind::Weight { series, value: settings.weights[series] }.into());
        }
        if let Some((range, strength)) = &settings.ridge {
            within("ridge", range, system.num_params())?;
            if !(*strength >= 0.0 && strength.is_finite()) {
                return Err(ErrorKind::Ridge { strength: *strength }.into());
            }
        }
        if settings.scale == ErrorScale::Log
            && let Some((row, series)) = data.first_nonpositive()
        {
            return Err(ErrorKind::NotPositive {
                series: data.names()[series].clone(),
                t: data.times()[row],
                value: data.row(row)[series],
            }
            .into());
        }
        let bounds = [u0_bounds, p_bounds].concat();
        Ok(Self { system, data, settings, bounds })
    }

    /// Number of unknowns: initial states and parameters.
    pub fn num_unknowns(&self) -> usize {
        self.bounds.len()
    }

    /// Bounds of the unknowns.
    pub fn bounds(&self) -> &[Bound] {
        &self.bounds
    }

    /// The measurements.
    pub fn data(&self) -> &Dataset {
        self.data
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Number of measurements that are used in the first `rows` rows.
    pub(crate) fn num_residuals(&self, rows: usize) -> usize {
        let used = |(j, d): (usize, &f64)| !d.is_nan() && self.settings.weights[j] != 0.0;
        (0..rows).map(|i| self.data.row(i).iter().enumerate().filter(|&x| used(x)).count()).sum()
    }

    /// The loss over the first `rows` rows, and its gradient: the mean squared residual plus the
    /// ridge. Missing values and series of weight zero are not counted in the mean.
    ///
    /// Infinite where the solve fails or a logarithm does not exist, and where the question makes no
    /// sense: a wrong length of `theta` or `gradient`, fewer than two rows, or more than there are.
    /// The gradient is then left as it was. (Minimisers ask for a number; [`train`](Fitting::train)
    /// says what is wrong before it starts.)
    pub fn loss(&self, theta: &[f64], rows: usize, gradient: &mut [f64]) -> f64 {
        self.try_loss(theta, rows, gradient).unwrap_or(f64::INFINITY)
    }

    fn try_loss(&self, theta: &[f64], rows: usize, gradient: &mut [f64]) -> Result<f64, Error> {
        let (u0, p) = self.split(theta)?;
        length("gradient", theta.len(), gradient.len())?;
        let available = self.data.len();
        let no_rows = || ErrorKind::Rows { stage: "loss".into(), rows, available };
        let times = self.data.times().get(..rows).ok_or_else(no_rows)?;
        let problem = self.problem(u0, p, *times.last().ok_or_else(no_rows)?)?;
        let options = self.options(times);
        let loss = DataLoss {
            data: self.data,
            observes: &self.settings.observes,
            scale: self.settings.scale,
            weights: &self.settings.weights,
            ridge: &self.settings.ridge,
            mean: 1.0 / self.num_residuals(rows).max(1) as f64,
        };
        let adjoint =
            DiscreteAdjoint { control: self.settings.control, ..DiscreteAdjoint::default() };
        let found = adjoint.gradient(&problem, Tsit5, &options, &loss)?;
        for (to, from) in gradient.iter_mut().zip(found.u0.iter().chain(&found.p)) {
            *to = *from;
        }
        Ok(found.loss)
    }

    /// Initial state and parameters.
    pub(crate) fn split<'t>(&self, theta: &'t [f64]) -> Result<(&'t [f64], &'t [f64]), Error> {
        length("theta", self.num_unknowns(), theta.len())?;
        Ok(theta.split_at(self.system.dim()))
    }

    pub(crate) fn problem(
        &self,
        u0: &[f64],
        p: &[f64],
        end: f64,
    ) -> Result<OdeProblem<&'a F, Vec<f64>>, Error> {
        Ok(OdeProblem::new(self.system, u0.to_vec(), p, (self.start(), end))?)
    }

    /// The initial time: that of the first measurement (every table has one).
    fn start(&self) -> f64 {
        self.data.times().first().copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn options(&self, times: &[f64]) -> Options {
        Options { save: Save::At(times.to_vec()), ..self.settings.options.clone() }
    }

    /// The states at any times from the first measurement on, one row per time.
    ///
    /// # Errors
    ///
    /// When `theta` has the wrong length; times are not finite, not strictly increasing, or before
    /// the first measurement; or the solve fails.
    pub fn simulate(&self, theta: &[f64], times: &[f64]) -> Result<Vec<Vec<f64>>, Error> {
        let (u0, p) = self.split(theta)?;
        let start = self.start();
        for (index, &t) in times.iter().enumerate() {
            let bad = |problem| ode_core::ErrorKind::Times { what: "times", index, t, problem };
            let error = |problem| Err(ode_core::Error::from(bad(problem)).into());
            if !t.is_finite() {
                return error("is not finite");
            }
            if t < start {
                return error("is before the first measurement, where the model starts");
            }
            if index > 0 && t <= times[index - 1] {
                return error("does not come after the time before it: sort the times");
            }
        }
        let Some(&end) = times.last() else { return Ok(Vec::new()) };
        if end == start {
            // Nothing to integrate; the span only serves to check the numbers.
            self.problem(u0, p, start + start.abs().max(1.0))?;
            return Ok(vec![u0.to_vec()]);
        }
        let problem = self.problem(u0, p, end)?;
        let solution =
            solve(&problem, Tsit5, &self.options(times)).map_err(ode_core::Error::from)?;
        Ok(solution.iter().map(|(_, u)| u.to_vec()).collect())
    }
}

fn length(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    match expected == found {
        true => Ok(()),
        false => Err(ErrorKind::Length { what, expected, found }.into()),
    }
}

/// Puts the place among all unknowns into an error that counts the free ones only.
pub(crate) fn among_all(error: optimize::Error, free: &[usize]) -> optimize::Error {
    use optimize::ErrorKind::{EmptyInterval, NonFiniteStart, OutsideBound};
    let place = |index: usize| free.get(index).copied().unwrap_or(index);
    match *error.kind() {
        OutsideBound { index, value, lower, upper } => {
            OutsideBound { index: place(index), value, lower, upper }.into()
        }
        EmptyInterval { index, lower, upper } => {
            EmptyInterval { index: place(index), lower, upper }.into()
        }
        NonFiniteStart { index, value } => NonFiniteStart { index: place(index), value }.into(),
        _ => error,
    }
}

/// A range of parameters runs forwards and ends where they end.
pub(crate) fn within(
    what: &'static str,
    range: &Range<usize>,
    num_params: usize,
) -> Result<(), Error> {
    match range.start <= range.end && range.end <= num_params {
        true => Ok(()),
        false => Err(ErrorKind::NoSuchParams { what, range: range.clone(), num_params }.into()),
    }
}

/// The loss as a function of some of the unknowns, the others frozen: what minimisers see.
pub(crate) struct Unfrozen<'f, 'a, F> {
    pub(crate) fitting: &'f Fitting<'a, F>,
    /// Number of rows in use.
    pub(crate) rows: usize,
    /// All unknowns; the free ones are overwritten.
    pub(crate) theta: Vec<f64>,
    /// Indices of the free ones.
    pub(crate) free: Vec<usize>,
    pub(crate) gradient: Vec<f64>,
}

impl<'f, 'a, F: System> Unfrozen<'f, 'a, F> {
    pub(crate) fn new(
        fitting: &'f Fitting<'a, F>,
        rows: usize,
        theta: &[f64],
        free: Vec<usize>,
    ) -> Self {
        Self { fitting, rows, theta: theta.to_vec(), free, gradient: vec![0.0; theta.len()] }
    }

    pub(crate) fn bounds(&self) -> Vec<Bound> {
        self.free.iter().map(|&i| self.fitting.bounds[i]).collect()
    }

    pub(crate) fn start(&self) -> Vec<f64> {
        self.free.iter().map(|&i| self.theta[i]).collect()
    }

    pub(crate) fn insert(&mut self, x: &[f64]) {
        for (&i, &x) in self.free.iter().zip(x) {
            self.theta[i] = x;
        }
    }
}

impl<F: System> Objective for Unfrozen<'_, '_, F> {
    fn dim(&self) -> usize {
        self.free.len()
    }

    fn value_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> f64 {
        self.insert(x);
        let value = self.fitting.loss(&self.theta, self.rows, &mut self.gradient);
        for (g, &i) in gradient.iter_mut().zip(&self.free) {
            *g = self.gradient[i];
        }
        value
    }
}
