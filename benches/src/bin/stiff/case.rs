//! One problem: what is solved, where it ends, how errors are measured.

use benches::{Heat, Peer, Race, mixed_error};
use ode_core::OdeProblem;
use std::collections::BTreeSet;
use std::error::Error;
use system::{Buffer, Jacobian};

use crate::ours::Implicit;
use crate::problems::PATIENCE;

/// The relative tolerances are `10^-digits`.
const DIGITS: [u32; 10] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/// Those of problems whose solves take long, for which one waits longer than for others.
const SLOW_DIGITS: [u32; 5] = [3, 5, 7, 9, 11];

/// Those of a quick run.
const FEW_DIGITS: [u32; 3] = [4, 6, 8];

/// One problem up to a time where its solution is known.
pub(crate) struct Case<F, B: Buffer> {
    /// In the records.
    pub(crate) name: &'static str,
    /// What peers call its right-hand side.
    pub(crate) model: &'static str,
    pub(crate) problem: OdeProblem<F, B>,
    /// Times at which the right-hand side jumps.
    pub(crate) stops: Vec<f64>,
    /// The final state.
    pub(crate) end: Vec<f64>,
    /// Size of the smallest values that count, in units of the states: the absolute tolerance is `small rtol`, and
    /// errors are relative to `small + |u|`, the mixed error of the IVP test set (Mazzia and Magherini).
    pub(crate) small: f64,
    /// Who needs more seconds for one solve is not asked for a tighter tolerance.
    pub(crate) patience: f64,
}

impl<F: Jacobian<f64>, B: Buffer<Item = f64>> Case<F, B> {
    /// The largest error of a component at the end. NaN if one is.
    pub(crate) fn error(&self, u: &[f64]) -> f64 {
        mixed_error(u, &self.end, Some(self.small))
    }

    /// Relative and absolute: a quotient, since `10^digits` is exact.
    pub(crate) fn tolerances(&self, digits: u32) -> (f64, f64) {
        let rtol = 1.0 / 10u64.pow(digits) as f64;
        (rtol, self.small * rtol)
    }

    /// Tells a peer the problem, and sees that it has the same right-hand side and Jacobian.
    fn introduce(&self, peer: &mut Peer) -> Result<(), String> {
        let (tspan, u0, p) = (self.problem.tspan(), self.problem.u0().as_ref(), self.problem.p());
        let (f, name) = (self.problem.rhs(), self.model);
        let rhs = |t: f64, u: &[f64], du: &mut [f64]| {
            // A failure leaves zeros, which no peer has.
            let _ = f.eval(t, u, p, du);
        };
        peer.introduce_with_stops(name, tspan, (p, &self.stops), u0, rhs)?;
        peer.compare_jacobian(name, tspan, u0, |t, u| {
            let mut jac = vec![0.0; u.len() * u.len()];
            let _ = f.jacobian(t, u, p, &mut jac, &mut f.jacobian_work());
            jac
        })
    }

    /// Every method at every tolerance.
    pub(crate) fn measure(self, race: &mut Race<'_>) -> Result<(), Box<dyn Error>>
    where
        Self: Implicit,
    {
        let mut out = race.introduce(|peer| self.introduce(peer))?;
        let mut slow = BTreeSet::new();
        let all = match self.patience > PATIENCE {
            _ if race.arguments().quick => &FEW_DIGITS[..],
            true => &SLOW_DIGITS,
            false => &DIGITS,
        };
        for &digits in all {
            let heat = Heat {
                problem: self.name,
                digits,
                tolerances: self.tolerances(digits),
                error: &|u| self.error(u),
                patience: self.patience,
            };
            race.run(&heat, self.entries(digits, &mut slow), &mut out)?;
        }
        Ok(())
    }
}
