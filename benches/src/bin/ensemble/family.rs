//! The members: one problem with many values of its parameters, and where they end.

use crate::ours::Ours;
use crate::work_precision::Entry;
use benches::{Arguments, Sweep, median_error, mixed_error};
use ode_core::{Algorithm, Ensemble, Member, Options, Save, Trajectories};
use std::error::Error;
use system::System;

/// Members whose final states are looked at, or every second one if that is less.
const LOOKED_AT: usize = 100;

/// What is solved, and by whom of ours.
pub(crate) struct Study {
    /// For people, and for peers.
    pub(crate) title: &'static str,
    pub(crate) model: &'static str,
    pub(crate) is_stiff: bool,
    pub(crate) tspan: (f64, f64),
    pub(crate) u0: [f64; 3],
    /// Of the problem; what varies is that of no member.
    pub(crate) p: [f64; 3],
    /// All members, and how many a quick run has.
    pub(crate) sweep: Sweep,
    pub(crate) few: usize,
    /// The absolute tolerance is so many times the relative one.
    pub(crate) atol: f64,
    /// Errors are relative to `small + |u|`; absolute without it.
    pub(crate) small: Option<f64>,
    /// Largest difference of two reference solutions.
    pub(crate) doubt: f64,
    /// The relative tolerances are `10^-digits`.
    pub(crate) digits: &'static [u32],
    /// Its right-hand side.
    pub(crate) rhs: fn(&[f64], &[f64], &mut [f64]),
    /// The members that are looked at by two methods.
    pub(crate) references: fn(&Family) -> References,
    /// All our methods; with `wide`, also with fewer lanes and more threads.
    pub(crate) ours: for<'a> fn(&'a Ours, &'a Family, &Options, bool) -> Vec<Entry<'a>>,
}

/// Final states by two methods, which have to agree.
pub(crate) type References = Result<[Vec<[f64; 3]>; 2], Box<dyn Error>>;

/// All members, and where they end.
pub(crate) struct Family {
    pub(crate) study: &'static Study,
    pub(crate) sweep: Sweep,
    /// Final states of the members that are looked at.
    reference: Vec<[f64; 3]>,
    /// How far two methods at the tightest tolerance disagree.
    pub(crate) doubt: f64,
}

impl Family {
    /// Solves the members that are looked at by two methods at tight tolerances.
    pub(crate) fn new(
        study: &'static Study,
        arguments: &Arguments,
    ) -> Result<Self, Box<dyn Error>> {
        let count = if arguments.quick { study.few } else { study.sweep.count };
        let sweep = Sweep { count, every: (count / LOOKED_AT).max(2), ..study.sweep };
        let mut family = Self { study, sweep, reference: Vec::new(), doubt: 0.0 };
        let [reference, other] = (study.references)(&family)?;
        let differences = reference.iter().zip(&other).map(|(a, b)| mixed_error(a, b, study.small));
        // NaN is the largest.
        family.doubt = differences.max_by(f64::total_cmp).unwrap_or(0.0);
        if family.doubt.is_nan() || family.doubt > study.doubt {
            return Err(
                format!("{}: two references end {:.1e} apart", study.title, family.doubt).into()
            );
        }
        family.reference = reference;
        Ok(family)
    }

    /// How many there are of what, for people.
    pub(crate) fn name(&self) -> String {
        let count = self.sweep.count;
        let digits = if count < 10_000 { count.to_string() } else { "10 000".into() };
        format!("{digits} {}", self.study.title)
    }

    /// Member `i`.
    pub(crate) fn member(&self, i: usize) -> Member<[f64; 3]> {
        let mut p = self.study.p;
        self.sweep.set(i, &mut p);
        Member::new(self.study.u0, p, self.study.tspan)
    }

    /// At `rtol = 10^-digits`.
    pub(crate) fn options(&self, digits: u32, save: Save) -> Options {
        let rtol = 1.0 / 10u64.pow(digits) as f64;
        Options { rtol, atol: rtol * self.study.atol, save, ..Options::default() }
    }

    /// Final states of the members that are looked at, at a tight tolerance.
    pub(crate) fn tight<F: System + Copy + Sync, M: Algorithm<F, [f64; 3]> + Sync>(
        &self,
        rhs: F,
        method: M,
        rtol: f64,
    ) -> Result<Vec<[f64; 3]>, Box<dyn Error>> {
        let (atol, max_steps) = (rtol * self.study.small.unwrap_or(1.0), 10_000_000);
        let options = Options { rtol, atol, max_steps, save: Save::Last, ..Options::default() };
        let every = self.sweep.every;
        let ensemble =
            Ensemble::generate(&rhs, self.sweep.looked_at().count(), |i| self.member(every * i));
        let ends = ensemble.one_by_one().solve(method, &options).into_vec().into_iter();
        ends.map(|solution| Ok(solution?.last().try_into()?)).collect()
    }

    /// Median over the members looked at of the largest error of a component. NaN if one is missing.
    pub(crate) fn error<U: AsRef<[f64]>>(&self, ends: &[U]) -> f64 {
        median_error(ends, &self.reference, self.study.small)
    }

    /// The same for our own solutions of all members.
    pub(crate) fn error_of(&self, all: &Trajectories) -> f64 {
        let ends: Vec<&[f64]> =
            self.sweep.looked_at().filter_map(|i| Some(all.get(i)?.ok()?.last())).collect();
        if all.failures().next().is_some() { f64::NAN } else { self.error(&ends) }
    }
}
