//! The energy error of one method and step size, as time goes on.

use ode_core::{
    Algorithm, Error, Hamiltonian, HamiltonianSystem, Integrator, OdeProblem, Options, Save,
    StepSize,
};
use scalar::Scalar;
use std::f64::consts::TAU;
use std::time::Instant;

/// Two bodies in relative coordinates: `|p|² / 2 - 1 / |q|`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TwoBodies;

impl Hamiltonian for TwoBodies {
    fn degrees(&self) -> usize {
        2
    }
    fn num_params(&self) -> usize {
        0
    }
    fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _: &[S]) -> S {
        (p[0] * p[0] + p[1] * p[1]).scale(0.5)
    }
    fn potential<S: Scalar>(&self, _t: S, q: &[S], _: &[S]) -> S {
        -S::one() / (q[0] * q[0] + q[1] * q[1]).sqrt()
    }
}

const E: f64 = 0.6;

/// The pericentre of the orbit of eccentricity 0.6: the energy is -1/2, the period 2π.
const START: [f64; 4] = [1.0 - E, 0.0, 0.0, 2.0];

const ENERGY: f64 = -0.5;

/// What was seen in one revolution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// Revolutions up to the end of that one.
    pub(crate) periods: u32,
    /// The largest relative error of the energy in it.
    pub(crate) error: f64,
    /// Wall time from the start.
    pub(crate) seconds: f64,
}

/// Revolutions to look at: 1, 3, 10, 30, … up to the last.
pub(crate) fn looks(last: u32) -> Vec<u32> {
    let decades = (0..10).map(|k| 10u32.pow(k)).flat_map(|ten| [ten, ten.saturating_mul(3)]);
    decades.take_while(|&periods| periods <= last).collect()
}

/// Integrates over `last` revolutions.
pub(crate) fn marks<A>(method: A, dt: f64, last: u32) -> Result<Vec<Mark>, Error>
where
    A: Algorithm<HamiltonianSystem<TwoBodies>, [f64; 4]>,
{
    let system = HamiltonianSystem(TwoBodies);
    let end = f64::from(last) * TAU + dt;
    let problem = OdeProblem::new(system, START, [], (0.0, end))?;
    let options = Options {
        step: StepSize::Fixed(dt),
        save: Save::Last,
        max_steps: usize::MAX,
        ..Options::default()
    };
    let mut integrator = Integrator::new(&problem, method, &options)?;
    let clock = Instant::now();
    let mut marks = Vec::new();
    for periods in looks(last) {
        let (from, to) = (f64::from(periods - 1) * TAU, f64::from(periods) * TAU);
        while integrator.t() < from {
            integrator.step()?;
        }
        let mut error = 0f64;
        while integrator.t() < to {
            integrator.step()?;
            let energy: f64 = system.energy(integrator.t(), integrator.u(), &[]);
            error = error.max((energy / ENERGY - 1.0).abs());
        }
        marks.push(Mark { periods, error, seconds: clock.elapsed().as_secs_f64() });
    }
    Ok(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_half_decades() {
        assert_eq!(looks(1000), [1, 3, 10, 30, 100, 300, 1000]);
        assert_eq!(looks(50), [1, 3, 10, 30]);
    }
}
