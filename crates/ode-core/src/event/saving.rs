use scalar::Scalar;
use std::fmt;

type Row<'e, S> = Box<dyn FnMut(S, &[S], &[S], &mut [S]) + 'e>;

/// Keeps functions of time, state and parameters along the way, as a [`Table`](crate::Table) of the
/// solution.
///
/// After every step, and twice at an event with an effect (before, after); or at given times, after
/// any event of that time.
///
/// ```
/// # system::system! {
/// #     struct Spring; state { x, v } params {} rhs(_t) { d(x) = v; d(v) = -x; }
/// # }
/// use ode_core::{Events, OdeProblem, Options, Save, Saving, Tsit5, solve_with};
///
/// let energy = Saving::new("energy", ["kinetic", "potential"], |_t, u, _p, row| {
///     row[0] = 0.5 * u[1] * u[1];
///     row[1] = 0.5 * u[0] * u[0];
/// });
/// let mut events = Events::new().with(energy.at([1.0, 2.0, 3.0]));
/// let problem = OdeProblem::new(Spring, [1.0, 0.0], [], (0.0, 4.0))?;
/// let options = Options { save: Save::Last, ..Options::default() };
/// let solution = solve_with(&problem, Tsit5, &options, &mut events)?;
/// let energy = solution.table("energy").ok_or("no table")?;
/// assert_eq!(energy.times(), [1.0, 2.0, 3.0]);
/// assert!((energy.row(1)[0] - 0.5 * 2f64.sin().powi(2)).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Saving<'e, S = f64> {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) row: Row<'e, S>,
    pub(super) times: Option<Vec<f64>>,
}

impl<'e> Saving<'e, f64> {
    /// A function over `f64` that fills a row with one number per column.
    pub fn new<C: Into<String>>(
        name: impl Into<String>,
        columns: impl IntoIterator<Item = C>,
        row: impl FnMut(f64, &[f64], &[f64], &mut [f64]) + 'e,
    ) -> Self {
        Self::over(name, columns, row)
    }
}

impl<'e, S: Scalar> Saving<'e, S> {
    /// A function over any number type on which one may branch: `f32`, duals.
    pub fn over<C: Into<String>>(
        name: impl Into<String>,
        columns: impl IntoIterator<Item = C>,
        row: impl FnMut(S, &[S], &[S], &mut [S]) + 'e,
    ) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        Self { name: name.into(), columns, row: Box::new(row), times: None }
    }

    /// Only at these times, which must lie in the span in the order of integration.
    #[must_use]
    pub fn at(mut self, times: impl Into<Vec<f64>>) -> Self {
        self.times = Some(times.into());
        self
    }
}

impl<S> fmt::Debug for Saving<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Saving {{ {:?}, {:?} }}", self.name, self.columns)
    }
}
