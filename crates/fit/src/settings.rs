use crate::ErrorScale;
use ode_core::Options;
use optimize::Bound;
use sensitivity::StepControl;
use std::ops::Range;

/// How a model is held against data.
///
/// ```
/// use fit::{ErrorScale, Settings};
/// use optimize::Bound;
///
/// let settings = Settings {
///     scale: ErrorScale::Log,
///     observes: vec![1], // the only series is the second state
///     p_bounds: vec![Bound::Positive, Bound::Box(0.0, 1.0)],
///     ..Settings::default()
/// };
/// assert!(settings.weights.is_empty()); // all equal
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// On which scale residuals are taken.
    pub scale: ErrorScale,
    /// Weight of each series of the data; empty for all equal.
    pub weights: Vec<f64>,
    /// The state that each series observes; empty for the first, second, … state.
    pub observes: Vec<usize>,
    /// Bounds of the initial state; empty for none.
    pub u0_bounds: Vec<Bound>,
    /// Bounds of the parameters; empty for none.
    pub p_bounds: Vec<Bound>,
    /// `strength · Σ p²` over a range of parameters is added to the loss: keeps a network small.
    /// A range that runs beyond the last parameter is refused.
    pub ridge: Option<(Range<usize>, f64)>,
    /// What the step sizes of differentiated solves have to resolve: by default a sensitivity too;
    /// `StepControl::State` is cheaper, and good enough where the states move as much as their
    /// sensitivities do.
    pub control: StepControl,
    /// Tolerances and budget of the solves.
    pub options: Options,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            scale: ErrorScale::Absolute,
            weights: Vec::new(),
            observes: Vec::new(),
            u0_bounds: Vec::new(),
            p_bounds: Vec::new(),
            ridge: None,
            control: StepControl::default(),
            options: Options { rtol: 1e-6, atol: 1e-8, max_steps: 5_000, ..Options::default() },
        }
    }
}
