//! One gradient that everybody is asked for.

use crate::least_squares::LeastSquares;
use benches::Peer;
use ode_core::{OdeProblem, Options, Save};
use sensitivity::Gradient;
use std::fmt::Write as _;
use system::{Buffer, Rhs};

/// The gradient of a sum of squares by the parameters of a problem.
#[derive(Debug)]
pub(crate) struct Question<F, B: Buffer> {
    /// In records, and for peers.
    pub(crate) name: &'static str,
    pub(crate) problem: OdeProblem<F, B>,
    pub(crate) times: Vec<f64>,
    pub(crate) loss: LeastSquares,
    /// Derivatives count in units of the loss over these sizes of the parameters.
    pub(crate) sizes: Vec<f64>,
    /// The absolute tolerance is `small rtol`.
    pub(crate) small: f64,
    /// The gradient, once it is known.
    pub(crate) exact: Vec<f64>,
}

/// Two gradients by different algorithms have to agree to that, or the question has no answer.
const DOUBT: f64 = 1e-9;

impl<F: Rhs<f64>, B: Buffer<Item = f64>> Question<F, B> {
    /// The largest error of a derivative, relative to the largest derivative. NaN if one is.
    pub(crate) fn error(&self, gradient: &[f64]) -> f64 {
        if gradient.len() != self.exact.len() {
            return f64::NAN;
        }
        let largest = |values: &mut dyn Iterator<Item = f64>| {
            values.fold(0.0, |most: f64, x| if x.is_nan() || x > most { x } else { most })
        };
        let sizes = self.sizes.iter();
        let size = largest(&mut self.exact.iter().zip(sizes.clone()).map(|(e, s)| (e * s).abs()));
        let misses = gradient.iter().zip(&self.exact).zip(sizes);
        largest(&mut misses.map(|((g, e), s)| ((g - e) * s).abs())) / size
    }

    /// With the gradient that two algorithms agree on.
    pub(crate) fn answered(
        mut self,
        first: Result<Gradient, sensitivity::Error>,
        second: Result<Gradient, sensitivity::Error>,
    ) -> Result<Self, String> {
        let failed = |why: sensitivity::Error| format!("{}: no reference: {why}", self.name);
        self.exact = first.map_err(failed)?.p;
        let doubt = self.error(&second.map_err(failed)?.p);
        match doubt <= DOUBT {
            true => Ok(self),
            false => Err(format!("{}: two algorithms are {doubt:.1e} apart", self.name)),
        }
    }

    /// Relative tolerance `10^-digits`, exactly; states at the save times.
    pub(crate) fn options(&self, digits: u32) -> Options {
        let (rtol, atol) = self.tolerances(digits);
        let (max_steps, save) = (1_000_000, Save::At(self.times.clone()));
        Options { rtol, atol, max_steps, save, ..Options::default() }
    }

    pub(crate) fn tolerances(&self, digits: u32) -> (f64, f64) {
        let rtol = 1.0 / 10u64.pow(digits) as f64;
        (rtol, self.small * rtol)
    }

    /// Tells a peer what is asked, and sees that it has the same right-hand side.
    pub(crate) fn introduce(&self, peer: &mut Peer) -> Result<(), String> {
        let (problem, (t0, t1)) = (&self.problem, self.problem.tspan());
        let mut line = format!("question {} {t0:e} {t1:e}", self.name);
        for numbers in [problem.p(), problem.u0().as_ref(), &self.times, &self.loss.data] {
            // Writing to a string does not fail.
            let _ = write!(line, " {}", numbers.len());
            for number in numbers {
                let _ = write!(line, " {number:e}");
            }
        }
        peer.introduce_by(&line, self.name, problem.tspan(), problem.u0().as_ref(), |t, u, du| {
            // A failure leaves zeros, which no peer has.
            let _ = problem.rhs().eval(t, u, problem.p(), du);
        })
    }
}
