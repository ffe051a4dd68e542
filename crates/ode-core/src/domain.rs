use crate::{Error, ErrorKind, check};

/// Where the state may be. A step that ends outside is rejected and tried again, shorter; one that
/// ends outside by no more than the absolute tolerance is moved onto the border.
///
/// The stages of a step may still probe outside; a right-hand side that cannot be evaluated there
/// says so by `Failure::Recoverable`.
///
/// ```
/// # system::system! { struct Decay; state { u } params {} rhs(_t) { d(u) = -100.0 * u; } }
/// use ode_core::{Domain, OdeProblem, Options, Tsit5, solve};
///
/// let problem = OdeProblem::new(Decay, [1.0], [], (0.0, 5.0))?;
/// let options = Options { domain: Domain::NonNegative, rtol: 1e-2, ..Options::default() };
/// assert!(solve(&problem, Tsit5, &options)?.iter().all(|(_, u)| u[0] >= 0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Domain {
    /// No bounds.
    #[default]
    Anywhere,
    /// Every component at least zero.
    NonNegative,
    /// Lower and upper bound of each component; infinite where there is none.
    Within(Vec<(f64, f64)>),
}

impl Domain {
    /// Bounds of component `i`, if there are any.
    pub(crate) fn bounds(&self, i: usize) -> (f64, f64) {
        match self {
            Self::Anywhere => (f64::NEG_INFINITY, f64::INFINITY),
            Self::NonNegative => (0.0, f64::INFINITY),
            Self::Within(bounds) => bounds[i],
        }
    }

    pub(crate) fn check(&self, n: usize) -> Result<(), Error> {
        let Self::Within(bounds) = self else { return Ok(()) };
        check::length("domain", n, bounds.len())?;
        match bounds.iter().find(|(low, high)| low.is_nan() || high.is_nan() || low >= high) {
            None => Ok(()),
            Some(&(low, _)) => {
                let must = "the lower bound of a pair, less than the upper one";
                Err(ErrorKind::Option { name: "domain", value: low, must }.into())
            }
        }
    }
}
