//! Our methods, ready to be timed.

use crate::case::Case;
use benches::Entry;
use ode_core::{Algorithm, Options, Save, solve};
use ode_stiff::{
    Auto, Bdf, KenCarp4, Kvaerno5, Ndf, NewtonKrylov, Preconditioning, RadauIIA5, Rodas4, Rodas4P,
    Rodas5P, Rosenbrock23, TrBdf2,
};
use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};
use system::{Buffer, Jacobian};

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
impl<F: Jacobian<f64>, const N: usize> Implicit for Case<F, [f64; N]>
where
    [f64; N]: Buffer<Item = f64>,
{
    fn entries(
        &self,
        digits: u32,
        slow: &mut BTreeSet<&'static str>,
    ) -> Vec<Result<Option<Entry<'_>>, String>> {
        self.all(digits, slow)
    }
}

/// States from which equations are solved also by GMRES.
const LARGE: usize = 500;

/// Many states: also without factors of the whole matrix.
impl<F: Jacobian<f64>> Implicit for Case<F, Vec<f64>> {
    fn entries(
        &self,
        digits: u32,
        slow: &mut BTreeSet<&'static str>,
    ) -> Vec<Result<Option<Entry<'_>>, String>> {
        let mut all = self.all(digits, slow);
        if self.end.len() >= LARGE {
            all.extend([
                self.enter("Bdf-GMRES", NewtonKrylov::<Bdf>::default, digits, slow),
                self.enter("Ndf-GMRES", NewtonKrylov::<Ndf>::default, digits, slow),
                self.enter("Bdf-GMRES-ILU0", with_factors::<Bdf>, digits, slow),
                self.enter("Ndf-GMRES-ILU0", with_factors::<Ndf>, digits, slow),
            ]);
        }
        all
    }
}

/// GMRES with incomplete factors.
fn with_factors<M: Default>() -> NewtonKrylov<M> {
    NewtonKrylov { preconditioning: Preconditioning::Ilu0, ..NewtonKrylov::default() }
}

/// The automatic choice, in records.
pub(crate) const AUTO: &str = "solve_auto";

/// What our methods that solve their equations by GMRES, and those of CVODE, have in their names.
pub(crate) const GMRES: &str = "GMRES";

impl<F: Jacobian<f64>, B: Buffer<Item = f64>> Case<F, B> {
    /// A new method is one word.
    fn all(
        &self,
        digits: u32,
        slow: &mut BTreeSet<&'static str>,
    ) -> Vec<Result<Option<Entry<'_>>, String>> {
        let mut all = Vec::new();
        macro_rules! enter {
            ($($method:ident)*) => {
                $(all.push(self.enter(stringify!($method), $method::default, digits, slow));)*
            };
        }
        enter! {
            Rosenbrock23 Rodas4 Rodas4P Rodas5P TrBdf2 KenCarp4 Kvaerno5 Bdf Ndf RadauIIA5
        }
        let options = self.options(digits);
        // Anew for each solve: clones share one choice.
        let auto = move || Auto::for_problem(&self.problem, &options);
        all.push(self.enter(AUTO, auto, digits, slow));
        all
    }

    /// For the final state only.
    fn options(&self, digits: u32) -> Options {
        let (rtol, atol) = self.tolerances(digits);
        let (max_steps, save, stops) = (10_000_000, Save::Last, self.stops.clone());
        Options { rtol, atol, max_steps, save, stops, ..Options::default() }
    }

    /// Solves once for the error; `None` where the tolerance is not for this method.
    ///
    /// The number of steps grows as `rtol^(-1/order)`: below `10^(-3 order)`, a thousand times the steps of a crude
    /// solve, one takes a method of higher order.
    fn enter<'a, A>(
        &'a self,
        name: &'static str,
        method: impl Fn() -> A + 'a,
        digits: u32,
        slow: &mut BTreeSet<&'static str>,
    ) -> Result<Option<Entry<'a>>, String>
    where
        A: Algorithm<F, B>,
    {
        if digits > 3 * method().order() || slow.contains(name) {
            return Ok(None);
        }
        let options = self.options(digits);
        // Looked at twice: a solve that is hopeless is not waited for.
        let limit = Some(Duration::from_secs_f64(1.5 * self.patience));
        let begin = Instant::now();
        let end = solve(&self.problem, method(), &Options { max_time: limit, ..options.clone() });
        let seconds = begin.elapsed().as_secs_f64();
        if seconds > self.patience {
            slow.insert(name);
        }
        let end = match end {
            Ok(end) => end,
            Err(_) if seconds > self.patience => return Ok(None),
            Err(why) => {
                return Err(format!("{}, {name} at rtol {:e}: {why}", self.name, options.rtol));
            }
        };
        let run = move || {
            // It is known to succeed: the result is looked at above.
            _ = black_box(solve(black_box(&self.problem), method(), &options));
        };
        Ok(Some(Entry::ours(name, (self.error(end.last()), seconds), run)))
    }
}
