use crate::{Error, ErrorKind};
use scalar::Concrete;

/// Ends the solve when the state has come to rest: `|duᵢ/dt| ≤ atol + rtol |uᵢ|` for every component.
///
/// Checked after every step, at the cost of one evaluation. With dual numbers the tangents must be at
/// rest too. As long as something that moves the state is planned, the solve goes on: a scheduled or
/// periodic event with an effect, one that ends the solve, or a declared discontinuity
/// ([`Options::stops`](crate::Options::stops)).
///
/// ```
/// # system::system! { struct Relax; state { u } params { k } rhs(_t) { d(u) = k - u; } }
/// use ode_core::{Events, OdeProblem, Options, SteadyState, Tsit5, solve_with};
///
/// let mut events = Events::new().with(SteadyState::new("rest"));
/// let problem = OdeProblem::new(Relax, [0.0], [3.0], (0.0, 1e6))?;
/// let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events)?;
/// assert!((solution.last()[0] - 3.0).abs() < 1e-5);
/// assert!(solution.ended_by().is_some_and(|end| end.name == "rest" && end.t < 50.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SteadyState {
    pub(super) name: String,
    pub(super) rtol: f64,
    pub(super) atol: f64,
}

impl SteadyState {
    /// With `rtol` 1e-6 per unit of time and `atol` 1e-9 in units of the state per unit of time.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), rtol: 1e-6, atol: 1e-9 }
    }

    /// Rate of change relative to the state, per unit of time.
    #[must_use]
    pub fn rtol(mut self, rtol: f64) -> Self {
        self.rtol = rtol;
        self
    }

    /// Rate of change, in units of the state per unit of time.
    #[must_use]
    pub fn atol(mut self, atol: f64) -> Self {
        self.atol = atol;
        self
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        for (setting, value) in [("rtol", self.rtol), ("atol", self.atol)] {
            if !(value >= 0.0 && value.is_finite()) || self.rtol + self.atol == 0.0 {
                let event = self.name.clone();
                let must = "finite and not negative, and one of `rtol` and `atol` positive";
                return Err(ErrorKind::EventSetting { event, setting, value, must }.into());
            }
        }
        Ok(())
    }

    pub(super) fn holds<S: Concrete>(&self, u: &[S], du: &[S]) -> bool {
        let square = |u: S, du: S| S::scaled_square(du, u, u, self.atol, self.rtol).largest_part();
        // A component that is exactly zero and stays so is at rest, whatever the tolerances.
        u.iter().zip(du).all(|(&u, &du)| du.largest_part() == 0.0 || square(u, du) <= 1.0)
    }
}
