use crate::{Cancel, Controller, Domain, Error, ErrorKind, Monitor, Norm, check};
use std::time::Duration;

/// How to solve, as opposed to what.
///
/// ```
/// use ode_core::{Options, Save};
///
/// let options = Options { rtol: 1e-8, save: Save::At(vec![0.5, 1.0]), ..Options::default() };
/// ```
///
/// | what for | fields |
/// |---|---|
/// | accuracy | `rtol`, `atol`; of single components `rtol_each`, `atol_each`; `norm` |
/// | step sizes | `step`, `dt_min`, `dt_max`, `controller`; `stops`, where the model jumps |
/// | limits | `max_steps`, `max_time`, `cancel`; `domain`, where the state may be |
/// | output | `save`, `components`, `monitor` |
///
/// ```
/// use ode_core::{Components, Controller, Domain, Norm, Options, Save};
/// use std::time::Duration;
///
/// // Concentrations of very different size, the second of which is only a by-product.
/// let options = Options {
///     rtol: 1e-6,
///     atol_each: vec![1e-10, 1e-3, 1e-6],
///     norm: Norm::Max,
///     controller: Controller::PID,
///     domain: Domain::NonNegative,
///     dt_max: 0.5,
///     max_time: Some(Duration::from_secs(10)),
///     save: Save::Steps,
///     components: Components::Only(vec![0, 2]),
///     ..Options::default()
/// };
/// # let _ = options;
/// ```
///
/// # Choosing tolerances
///
/// The error of a step is small where that of each component is below `atol + rtol |u|`: `rtol` is the
/// number of digits, `atol` the size below which a component no longer matters.
///
/// - Give `atol` in the unit of each component (`atol_each` where they differ), some powers of ten below
///   the values of interest. The default 1e-9 suits states of about 1.
/// - A component within `atol` of zero has no sign. Where the model needs one, as most models of
///   concentrations, populations and temperatures do, say so by `domain`, or make `atol` smaller than
///   the smallest value on the way. Otherwise a solve may step over to the other side, from where the
///   model itself leads away: `x' = -x²` goes to 0 from above, to `-∞` from below. That is a solution to
///   the tolerance of the error of each step, and nothing can tell that it is not the one you want.
/// - Errors of steps add up. [`solve_within`](crate::solve_within) solves again with tighter tolerances
///   until the error of the solution itself is within them.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Relative tolerance of the local error. Default 1e-6.
    pub rtol: f64,
    /// Absolute tolerance of the local error, in units of the states: below it a component has no sign.
    /// Default 1e-9.
    pub atol: f64,
    /// Relative tolerances of single components, in place of `rtol`; empty where it holds for all.
    pub rtol_each: Vec<f64>,
    /// Absolute tolerances of single components, each in its unit, in place of `atol`; empty where
    /// it holds for all.
    pub atol_each: Vec<f64>,
    /// How the errors of the components make one number.
    pub norm: Norm,
    /// How step sizes are chosen.
    pub step: StepSize,
    /// Smallest step size, in units of time; a step that needs a smaller one ends the solve. Only a
    /// step that lands on a stop may be shorter. Default 0.
    pub dt_min: f64,
    /// Largest step size, in units of time.
    pub dt_max: f64,
    /// Budget of steps, rejected ones included. Default 100 000.
    pub max_steps: usize,
    /// Budget of wall time; in an ensemble that of each member.
    pub max_time: Option<Duration>,
    /// Where the state may be at the end of a step.
    pub domain: Domain,
    /// What to keep.
    pub save: Save,
    /// Which components to keep.
    pub components: Components,
    /// Times at which a step must end, in any order: where the right-hand side jumps. On either
    /// side of a stop it is evaluated an ulp away from it, so that a step sees one side only (what
    /// looks at a single time, as an event or the guess of the first step does, may see the stop
    /// itself). An end of the span may be one too; those outside the span are ignored.
    pub stops: Vec<f64>,
    /// The step size controller.
    pub controller: Controller,
    /// A switch that ends the solve from outside.
    pub cancel: Option<Cancel>,
    /// A hook that is told how far the solve has come.
    pub monitor: Option<Monitor>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rtol: 1e-6,
            atol: 1e-9,
            rtol_each: Vec::new(),
            atol_each: Vec::new(),
            norm: Norm::Rms,
            step: StepSize::Auto,
            dt_min: 0.0,
            dt_max: f64::INFINITY,
            max_steps: 100_000,
            max_time: None,
            domain: Domain::Anywhere,
            save: Save::Dense,
            components: Components::All,
            stops: Vec::new(),
            controller: Controller::PI,
            cancel: None,
            monitor: None,
        }
    }
}

/// How step sizes are chosen. Sizes are positive, also when integrating backwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StepSize {
    /// By the controller, the first one by Hairer's estimate.
    Auto,
    /// By the controller, the first one given.
    Initial(f64),
    /// Always this one (the last before a stop may be shorter); no error control.
    Fixed(f64),
}

/// What a solution keeps.
#[derive(Clone, Debug, PartialEq)]
pub enum Save {
    /// Every step and its interpolant: the solution can be evaluated anywhere.
    Dense,
    /// Every step.
    Steps,
    /// The states at these times, which must lie in the span in the order of integration.
    At(Vec<f64>),
    /// The final state.
    Last,
}

/// Which components a solution keeps; all of them are solved for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Components {
    /// All.
    #[default]
    All,
    /// Those with these indices, in this order.
    Only(Vec<usize>),
}

impl Options {
    /// Checks every field against a time span and a number of states.
    pub(crate) fn check(&self, tspan: (f64, f64), n: usize) -> Result<(), Error> {
        check::positive("rtol", self.rtol)?;
        check::positive("atol", self.atol)?;
        for &rtol in &self.rtol_each {
            check::positive("rtol_each", rtol)?;
        }
        for &atol in &self.atol_each {
            check::positive("atol_each", atol)?;
        }
        if let StepSize::Initial(dt) | StepSize::Fixed(dt) = self.step {
            check::positive("step", dt)?;
        }
        if self.dt_max != f64::INFINITY {
            check::positive("dt_max", self.dt_max)?;
        }
        if self.dt_min != 0.0 {
            check::positive("dt_min", self.dt_min)?;
        }
        if self.dt_min > self.dt_max {
            let (name, value, must) = ("dt_min", self.dt_min, "at most `dt_max`");
            return Err(ErrorKind::Option { name, value, must }.into());
        }
        check::finite("stops", &self.stops)?;
        self.controller.check()?;
        self.domain.check(n)?;
        if let Components::Only(indices) = &self.components {
            for &index in indices {
                if index >= n {
                    return Err(ErrorKind::NoSuchComponent { index, states: n }.into());
                }
            }
        }
        match &self.save {
            Save::At(times) => check::times("save", times, tspan),
            _ => Ok(()),
        }
    }
}
