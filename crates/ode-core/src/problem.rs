use crate::{Error, ErrorKind, check};
use scalar::Concrete;
use std::sync::Arc;
use system::{Buffer, Rhs};

/// What is to be solved, and nothing about how: `du/dt = f(t, u; p)`, `u(t0) = u0` over `tspan`,
/// backwards if `t1 < t0`.
///
/// The type of `u0` chooses the storage: `[f64; N]` (fixed, on the stack) or `Vec<f64>`.
///
/// ```
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
/// use ode_core::OdeProblem;
///
/// let problem = OdeProblem::new(Decay, [1.0], [0.5], (0.0, 2.0))?;
/// let error = OdeProblem::new(Decay, [1.0, 2.0], [0.5], (0.0, 2.0)).unwrap_err();
/// assert_eq!(error.to_string(), "`u0` has length 2, but the system has 1");
/// # Ok::<(), ode_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct OdeProblem<F, B: Buffer = Vec<f64>> {
    rhs: F,
    u0: B,
    p: Vec<B::Item>,
    tspan: (f64, f64),
    /// Names of the states, shared with every solution.
    names: Arc<[String]>,
}

impl<F: Rhs<f64>, B: Buffer<Item = f64>> OdeProblem<F, B> {
    /// A problem over `f64`, checked against the dimensions of its right-hand side.
    ///
    /// # Errors
    ///
    /// When `u0` or `p` has the wrong length or is not finite, or `tspan` is empty or not finite.
    pub fn new(rhs: F, u0: B, p: impl Into<Vec<f64>>, tspan: (f64, f64)) -> Result<Self, Error> {
        Self::over(rhs, u0, p, tspan)
    }
}

impl<F: Rhs<B::Item>, B: Buffer> OdeProblem<F, B>
where
    B::Item: Concrete,
{
    /// A problem over any number type: duals, lanes, `f32`.
    ///
    /// # Errors
    ///
    /// As [`new`](OdeProblem::new).
    pub fn over(
        rhs: F,
        u0: B,
        p: impl Into<Vec<B::Item>>,
        tspan: (f64, f64),
    ) -> Result<Self, Error> {
        let p = p.into();
        let (t0, t1) = tspan;
        if rhs.states() == 0 {
            return Err(ErrorKind::NoStates.into());
        }
        let names: Arc<[String]> = rhs.names().into();
        check::length("names", rhs.states(), names.len())?;
        check::length("u0", rhs.states(), u0.as_ref().len())?;
        if let Some(expected) = rhs.params() {
            check::length("p", expected, p.len())?;
        }
        check::finite("u0", u0.as_ref())?;
        check::finite("p", &p)?;
        if !(t1 - t0).is_finite() || t0 == t1 {
            return Err(ErrorKind::TimeSpan { t0, t1 }.into());
        }
        Ok(Self { rhs, u0, p, tspan, names })
    }

    /// The same right-hand side and span with another state and other parameters, possibly of
    /// another number type or storage.
    ///
    /// # Errors
    ///
    /// As [`new`](OdeProblem::new).
    pub fn remake<C: Buffer>(
        &self,
        u0: C,
        p: impl Into<Vec<C::Item>>,
    ) -> Result<OdeProblem<&F, C>, Error>
    where
        C::Item: Concrete,
        for<'a> &'a F: Rhs<C::Item>,
    {
        OdeProblem::over(&self.rhs, u0, p, self.tspan)
    }

    /// The same problem from another state.
    ///
    /// # Errors
    ///
    /// When `u0` has the wrong length or is not finite.
    pub fn with_u0(self, u0: B) -> Result<Self, Error> {
        Self::over(self.rhs, u0, self.p, self.tspan)
    }

    /// The same problem over another span.
    ///
    /// # Errors
    ///
    /// When `tspan` is empty or not finite.
    pub fn with_tspan(self, tspan: (f64, f64)) -> Result<Self, Error> {
        Self::over(self.rhs, self.u0, self.p, tspan)
    }
}

impl<F, B: Buffer> OdeProblem<F, B> {
    /// The right-hand side.
    pub fn rhs(&self) -> &F {
        &self.rhs
    }

    pub(crate) fn names(&self) -> &Arc<[String]> {
        &self.names
    }

    /// The initial state.
    pub fn u0(&self) -> &B {
        &self.u0
    }

    /// The parameters.
    pub fn p(&self) -> &[B::Item] {
        &self.p
    }

    /// Start and end time.
    pub fn tspan(&self) -> (f64, f64) {
        self.tspan
    }
}
