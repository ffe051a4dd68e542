use crate::{Error, PiController, check};

/// How to solve, as opposed to what.
///
/// ```
/// use ode_core::{Options, Save};
///
/// let options = Options { rtol: 1e-8, save: Save::At(vec![0.5, 1.0]), ..Options::default() };
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Relative tolerance of the local error. Default 1e-6.
    pub rtol: f64,
    /// Absolute tolerance of the local error, in units of the states. Default 1e-9.
    pub atol: f64,
    /// How step sizes are chosen.
    pub step: StepSize,
    /// Largest step size, in units of time.
    pub dt_max: f64,
    /// Budget of steps, rejected ones included. Default 100 000.
    pub max_steps: usize,
    /// What to keep.
    pub save: Save,
    /// Times at which a step must end, in any order: where the right-hand side jumps. On either
    /// side of a stop it is evaluated an ulp away from it, so that a step sees one side only. An end
    /// of the span may be one too; those outside the span are ignored.
    pub stops: Vec<f64>,
    /// The step size controller.
    pub controller: PiController,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rtol: 1e-6,
            atol: 1e-9,
            step: StepSize::Auto,
            dt_max: f64::INFINITY,
            max_steps: 100_000,
            save: Save::Dense,
            stops: Vec::new(),
            controller: PiController::default(),
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

impl Options {
    /// Checks every field against a time span.
    pub(crate) fn check(&self, tspan: (f64, f64)) -> Result<(), Error> {
        check::positive("rtol", self.rtol)?;
        check::positive("atol", self.atol)?;
        if let StepSize::Initial(dt) | StepSize::Fixed(dt) = self.step {
            check::positive("step", dt)?;
        }
        if self.dt_max != f64::INFINITY {
            check::positive("dt_max", self.dt_max)?;
        }
        check::finite("stops", &self.stops)?;
        self.controller.check()?;
        match &self.save {
            Save::At(times) => check::times("save", times, tspan),
            _ => Ok(()),
        }
    }
}
