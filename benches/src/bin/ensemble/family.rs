//! The members: Lorenz's equations up to time 10, each member with its own ρ in [0, 28), the usual parameter sweep.

use benches::{Arguments, Sweep};
use ode_core::{Dop853, Ensemble, ExplicitRk, InLanes, Member, Options, Save, Trajectories, Vern9};
use std::error::Error;

system::system! {
    pub(crate) struct Lorenz;
    state { x, y, z }
    params { sigma, rho, beta }
    rhs(_t) {
        d(x) = sigma * (y - x);
        d(y) = x * (rho - z) - y;
        d(z) = x * y - beta * z;
    }
}

/// The name of these equations for peers.
pub(crate) const NAME: &str = "lorenz63_short";

pub(crate) const TSPAN: (f64, f64) = (0.0, 10.0);
pub(crate) const U0: [f64; 3] = [1.0, 0.0, 0.0];

/// Of every member; ρ is that of none.
pub(crate) const P: [f64; 3] = [10.0, 28.0, 8.0 / 3.0];

const MEMBERS: usize = 10_000;

/// Members of a quick run.
const FEW_MEMBERS: usize = 200;

/// Members whose final states are looked at.
const LOOKED_AT: usize = 100;

/// Largest difference of two reference solutions, of states up to 50. Errors in the chaotic members grow by 10⁴.
const REFERENCE: f64 = 1e-8;

/// All members, and where they end.
pub(crate) struct Family {
    pub(crate) sweep: Sweep,
    /// Final states of the members that are looked at.
    reference: Vec<[f64; 3]>,
    /// How far two methods at the tightest tolerance disagree.
    pub(crate) doubt: f64,
}

/// Member `i` of a sweep.
pub(crate) fn member(sweep: &Sweep, i: usize) -> Member<[f64; 3]> {
    let mut p = P;
    p[sweep.parameter] = sweep.value(i);
    Member::new(U0, p, TSPAN)
}

impl Family {
    /// Solves the members that are looked at by two methods at tight tolerances.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Box<dyn Error>> {
        let count = if arguments.quick { FEW_MEMBERS } else { MEMBERS };
        let (from, to) = (0.0, P[1]);
        let sweep = Sweep { parameter: 1, from, to, count, every: count / LOOKED_AT };
        let reference = tight(&sweep, Vern9)?;
        let other = tight(&sweep, Dop853)?;
        let differences = reference.iter().zip(&other).map(|(a, b)| distance(a, b));
        let doubt = differences.fold(0.0, f64::max);
        if doubt > REFERENCE {
            return Err(format!("Vern9 and Dop853 end {doubt:.1e} apart").into());
        }
        Ok(Self { sweep, reference, doubt })
    }

    /// How many there are, for people.
    pub(crate) fn name(&self) -> &'static str {
        if self.sweep.count == MEMBERS { "10 000 Lorenz" } else { "200 Lorenz" }
    }

    /// Median over the members looked at of the largest error of a component. NaN if one is missing.
    pub(crate) fn error<U: AsRef<[f64]>>(&self, ends: &[U]) -> f64 {
        if ends.len() != self.reference.len() {
            return f64::NAN;
        }
        let pairs = ends.iter().zip(&self.reference);
        let mut errors: Vec<f64> = pairs.map(|(u, v)| distance(u.as_ref(), v)).collect();
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
}

/// Final states of the members that are looked at.
fn tight<M: ExplicitRk + Copy + Sync>(
    sweep: &Sweep,
    method: M,
) -> Result<Vec<[f64; 3]>, Box<dyn Error>> {
    let options = Options { rtol: 1e-13, atol: 1e-13, save: Save::Last, ..Options::default() };
    let sample = sweep.sample();
    let ensemble: Ensemble<'_, _, _, InLanes<8>> =
        Ensemble::generate(&Lorenz, sample.count, move |i| member(&sample, i));
    let ends = ensemble.solve(method, &options).into_vec().into_iter();
    ends.map(|solution| Ok(solution?.last().try_into()?)).collect()
}

/// The largest difference of a component; NaN if there are not as many.
fn distance(u: &[f64], v: &[f64]) -> f64 {
    let largest = |a: f64, d: f64| if a.is_nan() || a > d { a } else { d };
    let differences = u.iter().zip(v).map(|(a, b)| (a - b).abs());
    if u.len() == v.len() { differences.fold(0.0, largest) } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quick() -> Family {
        Family::new(&Arguments { quick: true, ..Arguments::default() }).unwrap()
    }

    #[test]
    fn the_error_is_the_median() {
        let family = quick();
        assert!(0.0 < family.doubt && family.doubt < REFERENCE, "{}", family.doubt);
        let mut ends = family.reference.clone();
        assert_eq!(family.error(&ends), 0.0);
        for (i, end) in ends.iter_mut().enumerate() {
            end[i % 3] += i as f64;
        }
        assert!((family.error(&ends) - 50.0).abs() < 1e-12);
        ends[7][1] = f64::NAN;
        assert!(family.error(&ends).is_nan());
        assert!(family.error(&ends[1..]).is_nan());
        assert!(family.error(&[[0.0; 2]; LOOKED_AT]).is_nan());
    }

    #[test]
    fn a_solve_of_all_is_compared_member_by_member() {
        let family = quick();
        let options = Options { rtol: 1e-9, atol: 1e-12, save: Save::Last, ..Options::default() };
        let sweep = family.sweep;
        let all: Ensemble<'_, _, _> =
            Ensemble::generate(&Lorenz, sweep.count, move |i| member(&sweep, i));
        let error = family.error_of(&all.solve(Vern9, &options));
        assert!(0.0 < error && error < 1e-8, "{error}");
        let broken = Options { max_steps: 3, ..options };
        assert!(family.error_of(&all.solve(Vern9, &broken)).is_nan());
    }
}
