//! The members: one problem with many values of its parameters, and where they end.

use crate::ours::Ours;
use crate::work_precision::Entry;
use benches::{Arguments, Sweep};
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
        let differences = reference.iter().zip(&other).map(|(a, b)| family.distance(a, b));
        family.doubt = differences.fold(0.0, f64::max);
        if family.doubt > study.doubt {
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
        if ends.len() != self.reference.len() {
            return f64::NAN;
        }
        let pairs = ends.iter().zip(&self.reference);
        let mut errors: Vec<f64> = pairs.map(|(u, v)| self.distance(u.as_ref(), v)).collect();
        errors.sort_by(f64::total_cmp);
        match errors.last() {
            // NaN is the largest.
            Some(last) if last.is_finite() => errors[errors.len() / 2],
            _ => f64::NAN,
        }
    }

    /// The same for our own solutions of all members.
    pub(crate) fn error_of(&self, all: &Trajectories) -> f64 {
        let ends: Vec<&[f64]> =
            self.sweep.looked_at().filter_map(|i| Some(all.get(i)?.ok()?.last())).collect();
        if all.failures().next().is_some() { f64::NAN } else { self.error(&ends) }
    }

    /// The largest error of a component of `u`; NaN if there are not as many.
    fn distance(&self, u: &[f64], v: &[f64]) -> f64 {
        let largest = |a: f64, d: f64| if a.is_nan() || a > d { a } else { d };
        let unit = |v: f64| self.study.small.map_or(1.0, |small| small + v.abs());
        let errors = u.iter().zip(v).map(|(a, b)| (a - b).abs() / unit(*b));
        if u.len() == v.len() { errors.fold(0.0, largest) } else { f64::NAN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studies::{LORENZ, Lorenz, ROBERTSON};
    use ode_core::Vern9;

    // Without all methods, which would be compiled once more.
    const OF_LORENZ: &Study = &Study { ours: |_, _, _, _| Vec::new(), ..LORENZ };
    const OF_ROBERTSON: &Study = &Study { ours: |_, _, _, _| Vec::new(), ..ROBERTSON };

    fn quick() -> Family {
        Family::new(OF_LORENZ, &Arguments { quick: true, ..Arguments::default() }).unwrap()
    }

    #[test]
    fn errors_of_small_components_are_relative() {
        let family = Family::new(OF_ROBERTSON, &Arguments { quick: true, ..Arguments::default() });
        let family = family.unwrap();
        let mut ends = family.reference.clone();
        ends.iter_mut().for_each(|end| end[1] += 1e-3 * (1e-8 + end[1]));
        assert!((family.error(&ends) - 1e-3).abs() < 1e-9);
        // All rates of all members are different.
        let (a, b) = (family.member(3), family.member(4));
        assert!(a.p.iter().zip(&b.p).all(|(a, b)| a != b));
    }

    #[test]
    fn the_error_is_the_median() {
        let family = quick();
        assert!(0.0 < family.doubt && family.doubt < LORENZ.doubt, "{}", family.doubt);
        let mut ends = family.reference.clone();
        assert_eq!(family.error(&ends), 0.0);
        for (i, end) in ends.iter_mut().enumerate() {
            end[i % 3] += i as f64;
        }
        assert!((family.error(&ends) - 10.0).abs() < 1e-12);
        ends[7][1] = f64::NAN;
        assert!(family.error(&ends).is_nan());
        assert!(family.error(&ends[1..]).is_nan());
        assert!(family.error(&vec![[0.0; 2]; ends.len()]).is_nan());
    }

    #[test]
    fn a_solve_of_all_is_compared_member_by_member() {
        let family = quick();
        let options = Options { rtol: 1e-9, atol: 1e-12, save: Save::Last, ..Options::default() };
        let all: Ensemble<'_, _, _> =
            Ensemble::generate(&Lorenz, family.sweep.count, |i| family.member(i));
        let error = family.error_of(&all.solve(Vern9, &options));
        assert!(0.0 < error && error < 1e-8, "{error}");
        let broken = Options { max_steps: 3, ..options };
        assert!(family.error_of(&all.solve(Vern9, &broken)).is_nan());
    }
}
