use crate::{Error, ErrorKind, check};
use scalar::Concrete;

/// Where the state may be. A step that ends outside is rejected and tried again, shorter; one that
/// ends outside by no more than the absolute tolerance is moved onto the border. A model that leads
/// out of its domain is an error, [`ErrorKind::OutsideDomain`]: nothing slides along a border.
///
/// The ends of steps are kept inside. Between them the interpolant may leave by a little more than the
/// error of the step: what is saved there ([`Save::At`](crate::Save::At), dense solutions) is not moved.
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
    /// Lower and upper bound of component `i`, infinite where there is none.
    pub fn bounds(&self, i: usize) -> (f64, f64) {
        match self {
            Self::Anywhere => (f64::NEG_INFINITY, f64::INFINITY),
            Self::NonNegative => (0.0, f64::INFINITY),
            Self::Within(bounds) => {
                bounds.get(i).copied().unwrap_or((f64::NEG_INFINITY, f64::INFINITY))
            }
        }
    }

    /// Where component `i` ends up in a step that leads to `u`, from `start`, where the derivative
    /// would carry it by `drift` in what is left of the span.
    #[inline]
    pub(crate) fn place<S: Concrete>(
        &self,
        i: usize,
        u: S,
        (start, drift): (S, S),
        atol: f64,
    ) -> Place<S> {
        let (low, high) = self.bounds(i);
        if u.is_within(low, high) {
            return Place::Inside;
        }
        // On the border the slack would be taken again and again, were the model to lead outwards.
        // (A bound that single precision rounds is met to that precision.)
        let border = |bound: f64| f64::from(f32::EPSILON) * bound.abs();
        // A derivative that the method does not know (NaN) leads nowhere.
        let is_known = drift.is_within(f64::NEG_INFINITY, f64::INFINITY);
        let falls = is_known
            && !start.is_within((low + border(low)).next_up(), f64::INFINITY)
            && !drift.is_within(-atol, f64::INFINITY);
        let rises = is_known
            && !start.is_within(f64::NEG_INFINITY, (high - border(high)).next_down())
            && !drift.is_within(f64::NEG_INFINITY, atol);
        let slack = |leads_out: bool| if leads_out { 0.0 } else { atol };
        if !u.is_within(low - slack(falls), high + slack(rises)) {
            return Place::Outside;
        }
        let (low, high) = (S::from_f64(low), S::from_f64(high));
        Place::Border(u.select_lt(low, low, high.select_lt(u, high, u)))
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

/// Where a component is.
pub(crate) enum Place<S> {
    Inside,
    /// So little outside that it is moved here.
    Border(S),
    Outside,
}
