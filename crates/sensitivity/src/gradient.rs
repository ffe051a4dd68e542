use ode_core::Stats;

/// A loss and its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    /// The loss.
    pub loss: f64,
    /// Derivatives with respect to the initial state.
    pub u0: Vec<f64>,
    /// Derivatives with respect to the parameters.
    pub p: Vec<f64>,
    /// Work of the solves forward in time.
    pub stats: Stats,
}
