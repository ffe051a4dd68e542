//! The rows: both leapfrogs with several step sizes, and Kahan's and Li's method of eighth order.

use crate::SUITE;
use crate::orbit::{Mark, TwoBodies, marks};
use benches::{Record, Recorder};
use ode_core::{Algorithm, HamiltonianSystem, KahanLi8, PositionVerlet, VelocityVerlet};
use std::error::Error;

/// Step sizes are powers of two, so that time is exact and every step has the same length.
const LEAPFROG: [i32; 3] = [-4, -5, -6];
const KAHAN_LI8: i32 = -6;

/// Measures every method over `periods` revolutions and writes its rows.
pub(crate) fn rows(
    recorder: &mut Recorder,
    periods: u32,
    repeats: usize,
) -> Result<(), Box<dyn Error>> {
    leapfrog(recorder, VelocityVerlet, "VelocityVerlet", periods, repeats)?;
    leapfrog(recorder, PositionVerlet, "PositionVerlet", periods, repeats)?;
    let walk = method(recorder, KahanLi8, "KahanLi8", KAHAN_LI8, periods, repeats)?;
    if let Some(last) = walk.last() {
        let steps = f64::from(last.periods) * std::f64::consts::TAU * 2f64.powi(-KAHAN_LI8);
        let ulps = last.error / f64::EPSILON;
        recorder.remark(&format!(
            "KahanLi8 after {} revolutions, {steps:.1e} steps: {ulps:.0} ulps, {:.4} √steps",
            last.periods,
            ulps / steps.sqrt(),
        ))?;
    }
    Ok(())
}

fn leapfrog<A>(
    recorder: &mut Recorder,
    algorithm: A,
    name: &str,
    periods: u32,
    repeats: usize,
) -> Result<(), Box<dyn Error>>
where
    A: Algorithm<HamiltonianSystem<TwoBodies>, [f64; 4]>,
{
    let mut errors = Vec::new();
    for power in LEAPFROG {
        let marks = method(recorder, algorithm.clone(), name, power, periods, repeats)?;
        if let [first, .., last] = &marks[..] {
            errors.push((first.error, last.error));
        }
    }
    for pair in errors.windows(2) {
        let slope = (pair[0].1 / pair[1].1).log2();
        let growth = pair[1].1 / pair[1].0;
        recorder.remark(&format!("{name}: slope in dt {slope:.3}, last / first {growth:.3}"))?;
    }
    Ok(())
}

/// The rows of one method and step size, with the wall times of the fastest of the repeats.
fn method<A>(
    recorder: &mut Recorder,
    algorithm: A,
    name: &str,
    power: i32,
    periods: u32,
    repeats: usize,
) -> Result<Vec<Mark>, Box<dyn Error>>
where
    A: Algorithm<HamiltonianSystem<TwoBodies>, [f64; 4]>,
{
    let run = || marks(algorithm.clone(), 2f64.powi(power), periods);
    let mut found = run()?;
    for _ in 1..repeats {
        for (best, again) in found.iter_mut().zip(run()?) {
            best.seconds = best.seconds.min(again.seconds);
        }
    }
    for mark in &found {
        recorder.write(&Record {
            suite: SUITE,
            who: "sciml",
            problem: "two bodies, e = 0.6",
            method: name,
            setting: &format!("dt=2^{power} periods={}", mark.periods),
            error: mark.error,
            seconds: mark.seconds,
        })?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leapfrogs_are_bounded_with_slope_two_and_round_off_walks() {
        let bounds = LEAPFROG.map(|power| marks(VelocityVerlet, 2f64.powi(power), 100).unwrap());
        for marks in &bounds {
            let (first, last) = (marks[0].error, marks[marks.len() - 1].error);
            assert!(last < 1.01 * first, "{marks:?}");
        }
        for pair in bounds.windows(2) {
            let slope = (pair[0][0].error / pair[1][0].error).log2();
            assert!((slope - 2.0).abs() < 0.1, "{slope}");
        }
        let walk = marks(KahanLi8, 2f64.powi(KAHAN_LI8), 100).unwrap();
        assert!(walk.iter().all(|mark| mark.error < 100.0 * f64::EPSILON), "{walk:?}");
    }
}
