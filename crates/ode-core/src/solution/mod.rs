mod at;
mod csv;
mod points;
#[cfg(feature = "serde")]
mod stored;
mod summary;
#[cfg(any(feature = "nalgebra", feature = "ndarray"))]
mod views;

pub use points::Points;

use crate::Stats;
use crate::event::EventLog;
use scalar::Scalar;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// A trajectory: the saved states, and the interpolants where they were kept.
///
/// ```
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
/// use ode_core::{OdeProblem, Options, Tsit5, solve};
///
/// let problem = OdeProblem::new(Decay, [1.0], [0.5], (0.0, 2.0))?;
/// let solution = solve(&problem, Tsit5, &Options::default())?;
/// for (t, u) in &solution {
///     assert!((u[0] - (-0.5 * t).exp()).abs() < 1e-6);
/// }
/// let (u, du) = (solution.at(1.3)?, solution.derivative(1.3)?);
/// assert!((du[0] + 0.5 * u[0]).abs() < 1e-4);
/// let text = solution.to_string(); // method, points, work, final state
/// assert!(text.starts_with("Tsit5: "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// With feature `serde` a solution is written and read whole, interpolants included; reading refuses
/// one whose parts do not fit together. With features `nalgebra` and `ndarray` its states are seen
/// as a matrix.
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        try_from = "stored::Unchecked<S>",
        bound(deserialize = "S: Scalar + serde::Deserialize<'de>")
    )
)]
pub struct Solution<S = f64> {
    /// `None` where no method was at work.
    method: Option<Cow<'static, str>>,
    #[cfg_attr(feature = "serde", serde(serialize_with = "stored::names"))]
    names: Arc<[String]>,
    times: Vec<f64>,
    /// State `i` is `states[i n..(i + 1) n]`.
    states: Vec<S>,
    stats: Stats,
    elapsed: Duration,
    interpolants: Interpolants<S>,
    /// What happened on the way, under `solve_with`.
    pub(crate) log: EventLog<S>,
}

/// The interpolants of consecutive steps, in one allocation.
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Interpolants<S> {
    /// Start and length of each step, and where its coefficients begin.
    steps: Vec<(f64, f64, usize)>,
    coefficients: Vec<S>,
}

impl<S: Scalar> Solution<S> {
    pub(crate) fn new(names: impl Into<Arc<[String]>>) -> Self {
        let interpolants = Interpolants { steps: Vec::new(), coefficients: Vec::new() };
        Self {
            method: None,
            names: names.into(),
            times: Vec::new(),
            states: Vec::new(),
            stats: Stats::default(),
            elapsed: Duration::ZERO,
            interpolants,
            log: EventLog::default(),
        }
    }

    pub(crate) fn reserve(&mut self, points: usize) {
        self.times.reserve(points);
        self.states.reserve(points * self.dim());
    }

    pub(crate) fn push(&mut self, t: f64, u: impl Iterator<Item = S>) {
        self.times.push(t);
        self.states.extend(u);
    }

    /// Appends a point and returns its state, to be filled.
    pub(crate) fn push_empty(&mut self, t: f64) -> &mut [S] {
        self.times.push(t);
        let filled = self.states.len();
        self.states.resize(filled + self.names.len(), S::zero());
        &mut self.states[filled..]
    }

    pub(crate) fn drop_last(&mut self) {
        self.times.pop();
        self.states.truncate(self.times.len() * self.names.len());
    }

    pub(crate) fn push_dense(&mut self, t0: f64, dt: f64, polynomial: impl Iterator<Item = S>) {
        let Interpolants { steps, coefficients } = &mut self.interpolants;
        steps.push((t0, dt, coefficients.len()));
        coefficients.extend(polynomial);
    }

    pub(crate) fn set_work(&mut self, method: &'static str, stats: Stats, elapsed: Duration) {
        self.method = Some(Cow::Borrowed(method));
        (self.stats, self.elapsed) = (stats, elapsed);
    }
}

impl<S> Solution<S> {
    /// Number of components kept: of states, unless [`Components`](crate::Components) chose some.
    pub fn dim(&self) -> usize {
        self.names.len()
    }

    /// Number of saved points.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether nothing is saved (a solve that failed before its first saved time).
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Names of the components.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The saved times, in the order of integration.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// All saved states, one after another: component `j` of point `i` is at `i dim + j`.
    pub fn states(&self) -> &[S] {
        &self.states
    }

    /// The `i`-th saved state; empty if there is none.
    pub fn state(&self, i: usize) -> &[S] {
        let n = self.dim();
        if i < self.len() { &self.states[i * n..(i + 1) * n] } else { &[] }
    }

    /// The last saved state; empty if nothing is saved.
    pub fn last(&self) -> &[S] {
        &self.states[self.states.len().saturating_sub(self.dim())..]
    }

    /// The method's name; `None` if the solution was read from a table, or the solve did not begin.
    pub fn method(&self) -> Option<&str> {
        self.method.as_deref()
    }

    /// Work done.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Wall time of the solve.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}
