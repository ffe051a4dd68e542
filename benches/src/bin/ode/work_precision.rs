//! Error at the end against the time of one solve: every adaptive method, ours and those of the
//! peers in turns, over a range of tolerances.
//!
//! Everybody solves as a user would who wants the final state: states of small systems are arrays
//! where the library has them, nothing else is kept where the library can do without.

use crate::SUITE;
use benches::{Arguments, Entry, Heat, Kind, Measured, Peer, Race, Recorder};
use ode_core::{
    Algorithm, Bs3, Dop853, Dp5, OdeProblem, Options, Save, Tsit5, Vern6, Vern7, Vern8, Vern9,
    solve,
};
use std::error::Error;
use std::fmt;
use std::hint::black_box;
use std::time::Instant;
use system::{Buffer, System};
use testset::{Reference, problems};

/// The relative tolerances are `10^-digits`.
const DIGITS: [u32; 9] = [4, 5, 6, 7, 8, 9, 10, 11, 12];

/// Those of a quick run.
const FEW_DIGITS: [u32; 4] = [4, 6, 8, 10];

/// Who needs more seconds for one solve is not asked for a tighter tolerance.
const PATIENCE: f64 = 1.0;

/// The double nearest to `10^-digits`: a quotient, since `10^digits` is exact.
fn rtol(digits: u32) -> f64 {
    1.0 / 10u64.pow(digits) as f64
}

/// One problem up to a listed time of its reference.
struct Case<F, B: Buffer> {
    problem: OdeProblem<F, B>,
    reference: Reference,
    last: usize,
}

impl<F: System + Copy, B: Buffer<Item = f64>> Case<F, B> {
    /// Up to the listed time `end`.
    fn new(system: F, u0: B, reference: Reference, end: f64) -> Result<Self, Box<dyn Error>> {
        let found = reference.points.iter().position(|point| point.t == end);
        let last = found.ok_or_else(|| format!("{}: nothing at t = {end}", reference.name))?;
        let tspan = (reference.tspan.0, end);
        let problem = OdeProblem::new(system, u0, reference.p.clone(), tspan)?;
        Ok(Self { problem, reference, last })
    }

    /// Our adaptive methods, ready to be timed at `rtol = 10^-digits`: a new one is one entry.
    fn ours(&self, digits: u32) -> Vec<Result<Option<Entry<'_>>, String>> {
        vec![
            self.enter(Bs3, digits),
            self.enter(Dp5, digits),
            self.enter(Tsit5, digits),
            self.enter(Vern6, digits),
            self.enter(Vern7, digits),
            self.enter(Dop853, digits),
            self.enter(Vern8, digits),
            self.enter(Vern9, digits),
        ]
    }

    /// Solves once for the error; `None` where the tolerance is not for this method.
    ///
    /// The number of steps grows as `rtol^(-1/order)`: below `10^(-2 order)`, a hundred times the
    /// steps of a crude solve, one takes a method of higher order.
    fn enter<A>(&self, method: A, digits: u32) -> Result<Option<Entry<'_>>, String>
    where
        A: Algorithm<F, B> + 'static,
    {
        if digits > 2 * method.order() {
            return Ok(None);
        }
        let (rtol, atol) = self.tolerances(digits);
        let name = method.name();
        let options =
            Options { rtol, atol, max_steps: 10_000_000, save: Save::Last, ..Options::default() };
        let failure = |why: &dyn fmt::Display| {
            format!("{}, {name} at rtol {rtol:e}: {why}", self.reference.name)
        };
        let begin = Instant::now();
        let end = solve(&self.problem, method.clone(), &options).map_err(|e| failure(&e))?;
        let error = self.reference.error(self.last, end.last()).map_err(|e| failure(&e))?;
        let seconds = begin.elapsed().as_secs_f64();
        let run = move || {
            // It is known to succeed: the result is looked at above.
            _ = black_box(solve(black_box(&self.problem), method.clone(), &options));
        };
        Ok(Some(Entry::ours(name, (error, seconds), run)))
    }

    /// The absolute tolerance follows the size of the solution, by the rule of the errors of other
    /// solvers that the references list: `0.01 rtol max |u|`.
    fn tolerances(&self, digits: u32) -> (f64, f64) {
        let size = self.reference.scale().into_iter().fold(0.0, f64::max);
        (rtol(digits), 0.01 * rtol(digits) * size)
    }

    /// Tells a peer the problem, and sees that it has the same right-hand side.
    fn introduce(&self, peer: &mut Peer) -> Result<(), String> {
        let (t0, t1) = self.problem.tspan();
        let (u0, p) = (self.problem.u0().as_ref(), self.problem.p());
        let rhs = |u: &[f64], du: &mut [f64]| self.problem.rhs().rhs(t0, u, p, du);
        peer.introduce(&self.reference.name, (t0, t1), p, u0, rhs)
    }
}

/// Every method at every tolerance.
fn measure<F: System + Copy, B: Buffer<Item = f64>>(
    race: &mut Race<'_>,
    system: F,
    u0: B,
    reference: Reference,
    end: f64,
) -> Result<(), Box<dyn Error>> {
    if !race.arguments().wants_problem(&reference.name) {
        return Ok(());
    }
    let case = Case::new(system, u0, reference, end)?;
    let mut out = race.introduce(|peer| case.introduce(peer))?;
    let digits = if race.arguments().quick { &FEW_DIGITS[..] } else { &DIGITS };
    for &digits in digits {
        let heat = Heat {
            problem: &case.reference.name,
            digits,
            tolerances: case.tolerances(digits),
            error: &|u| case.reference.error(case.last, u).unwrap_or(f64::NAN),
            patience: PATIENCE,
        };
        race.run(&heat, case.ours(digits), &mut out)?;
    }
    Ok(())
}

/// Writes one record for each method, problem and tolerance.
pub(crate) fn rows(
    recorder: &mut Recorder,
    arguments: &Arguments,
) -> Result<Measured, Box<dyn Error>> {
    let mut race = Race::new(SUITE, Kind::Nonstiff, recorder, arguments)?;
    macro_rules! measure {
        ($($problem:ident until $end:expr;)*) => {$(
            let p = problems::$problem()?;
            let end = $end.unwrap_or(p.reference.tspan.1);
            measure(&mut race, p.system, p.u0, p.reference, end)?;
        )*};
    }
    // Lorenz: later, what is left of a small error is chaos.
    measure! {
        lotka_volterra until None;
        lorenz63_short until Some(10.0);
        rigid_body until None;
        arenstorf until None;
        pleiades until None;
        henon_heiles until None;
    }
    let tube = problems::brusselator_1d_n500()?;
    let (u0, end) = (tube.reference.u0.clone(), tube.reference.tspan.1);
    measure(&mut race, tube.system, u0, tube.reference, end)?;
    race.finish()
}
