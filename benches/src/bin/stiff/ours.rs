//! Our methods, ready to be timed.

use crate::case::Case;
use benches::Entry;
use ode_core::{Algorithm, Options, Save, solve};
use ode_stiff::{
    Bdf, KenCarp4, Kvaerno5, Ndf, RadauIIA5, Rodas4, Rodas4P, Rodas5P, Rosenbrock23, TrBdf2,
};
use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};
use system::{Buffer, System};

/// Our methods on one problem.
pub(crate) trait Implicit {
    /// At `rtol = 10^-digits`, without those that are known to be slow; who gets slow is added to them.
    fn entries(
        &self,
        digits: u32,
        slow: &mut BTreeSet<&'static str>,
    ) -> Vec<Result<Option<Entry<'_>>, String>>;
}

/// A few states: all methods, on arrays.
impl<F: System + Copy, const N: usize> Implicit for Case<F, [f64; N]>
where
    [f64; N]: Buffer<Item = f64>,
{
    fn entries(
        &self,
        digits: u32,
        slow: &mut BTreeSet<&'static str>,
    ) -> Vec<Result<Option<Entry<'_>>, String>> {
        let mut all = self.sparse(digits, slow);
        all.push(self.enter(RadauIIA5, digits, slow));
        all
    }
}

/// States up to which Radau, which knows dense matrices only, is measured.
const DENSE: usize = 100;

/// Many states: the methods that use the pattern of the Jacobian.
impl<F: System + Copy> Implicit for Case<F, Vec<f64>> {
    fn entries(
        &self,
        digits: u32,
        slow: &mut BTreeSet<&'static str>,
    ) -> Vec<Result<Option<Entry<'_>>, String>> {
        let mut all = self.sparse(digits, slow);
        if self.end.len() <= DENSE {
            all.push(self.enter(RadauIIA5, digits, slow));
        }
        all
    }
}

impl<F: System + Copy, B: Buffer<Item = f64>> Case<F, B> {
    /// A new method is one entry.
    fn sparse(
        &self,
        digits: u32,
        slow: &mut BTreeSet<&'static str>,
    ) -> Vec<Result<Option<Entry<'_>>, String>> {
        vec![
            self.enter(Rosenbrock23, digits, slow),
            self.enter(Rodas4, digits, slow),
            self.enter(Rodas4P, digits, slow),
            self.enter(Rodas5P, digits, slow),
            self.enter(TrBdf2, digits, slow),
            self.enter(KenCarp4, digits, slow),
            self.enter(Kvaerno5, digits, slow),
            self.enter(Bdf::default(), digits, slow),
            self.enter(Ndf::default(), digits, slow),
        ]
    }

    /// Solves once for the error; `None` where the tolerance is not for this method.
    ///
    /// The number of steps grows as `rtol^(-1/order)`: below `10^(-3 order)`, a thousand times the steps of a crude
    /// solve, one takes a method of higher order.
    fn enter<A>(
        &self,
        method: A,
        digits: u32,
        slow: &mut BTreeSet<&'static str>,
    ) -> Result<Option<Entry<'_>>, String>
    where
        A: Algorithm<F, B> + 'static,
    {
        let name = method.name();
        if digits > 3 * method.order() || slow.contains(name) {
            return Ok(None);
        }
        let (rtol, atol) = self.tolerances(digits);
        let (max_steps, save, stops) = (10_000_000, Save::Last, self.stops.clone());
        let options = Options { rtol, atol, max_steps, save, stops, ..Options::default() };
        // Looked at twice: a solve that is hopeless is not waited for.
        let limit = Some(Duration::from_secs_f64(3.0 * self.patience));
        let begin = Instant::now();
        let end =
            solve(&self.problem, method.clone(), &Options { max_time: limit, ..options.clone() });
        let seconds = begin.elapsed().as_secs_f64();
        if seconds > self.patience {
            slow.insert(name);
        }
        let end = match end {
            Ok(end) => end,
            Err(_) if seconds > self.patience => return Ok(None),
            Err(why) => return Err(format!("{}, {name} at rtol {rtol:e}: {why}", self.name)),
        };
        let run = move || {
            // It is known to succeed: the result is looked at above.
            _ = black_box(solve(black_box(&self.problem), method.clone(), &options));
        };
        Ok(Some(Entry::ours(name, (self.error(end.last()), seconds), run)))
    }
}
