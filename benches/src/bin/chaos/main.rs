//! The derivative of a chaotic average: exactly differentiated over a finite time, which is of no use, and by shadowing.
//!
//! The naive value is that of a well-known example: the sum of 2001 heights of Lorenz's convection over 20 time units,
//! differentiated with respect to the heating, is −49 899 by forward duals (the documentation of SciMLSensitivity, "Sensitivity
//! analysis of chaotic systems"); the average changes by about 1, the sum by about 2001. The start is random there, so that any
//! number of that size may come out.

use benches::{OURS, Record, Recorder};
use ode_core::{OdeProblem, Options, Rk4, Save, StepSize, Tsit5, Vern7, solve};
use scalar::Scalar;
use sensitivity::{
    AdjointLss, Average, AverageProblem, DiscreteAdjoint, Loss, Memory, StepControl,
};
use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;
use testset::models::Lorenz63;

/// The name of the suite in its records.
const SUITE: &str = "chaos";

/// Values are the same in every run.
const REPEATS: usize = 1;

const P: [f64; 3] = [10.0, 28.0, 8.0 / 3.0];

/// Trajectories from different starts, after the time in which these are forgotten.
const STARTS: u32 = 6;
const FORGET: f64 = 30.0;

/// The height, as a running loss and an average, or summed up every hundredth of a time unit.
struct Height {
    is_sum: bool,
}

impl Loss for Height {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        if self.is_sum { u[2] } else { S::zero() }
    }
    fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        if self.is_sum { S::zero() } else { u[2] }
    }
}

impl Average for Height {
    fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[2]
    }
}

fn main() -> ExitCode {
    benches::run(REPEATS, |recorder, _| rows(recorder))
}

fn rows(recorder: &mut Recorder) -> Result<(), Box<dyn Error>> {
    let tight = Options { rtol: 1e-12, atol: 1e-12, max_steps: 10_000_000, ..Options::default() };
    let adjoint = DiscreteAdjoint { control: StepControl::State, memory: Memory::Bytes(1 << 28) };
    for start in 0..STARTS {
        let from = [1.0 + 0.1 * f64::from(start), 1.0, 1.0];
        let last = Options { save: Save::Last, ..tight.clone() };
        let before = OdeProblem::new(Lorenz63, from, P, (0.0, FORGET))?;
        let u0: [f64; 3] = solve(&before, Tsit5, &last)?.last().try_into()?;
        for duration in (1..=20).map(|i| 2.0 * f64::from(i)) {
            let problem = OdeProblem::new(Lorenz63, u0, P, (0.0, duration))?;
            let (height, began) = (Height { is_sum: false }, Instant::now());
            let found = adjoint.gradient(&problem, Vern7, &tight, &height)?;
            let (value, method) = (found.p[1] / duration, "plain");
            write(recorder, method, duration, Some(start), (value, 0.0), began)?;
        }
        let times = (0..=2000).map(|i| 0.01 * f64::from(i)).collect();
        let sum = Options { save: Save::At(times), ..tight.clone() };
        let problem = OdeProblem::new(Lorenz63, u0, P, (0.0, 20.0))?;
        let began = Instant::now();
        let found = adjoint.gradient(&problem, Vern7, &sum, &Height { is_sum: true })?;
        write(recorder, "plain sum", 20.0, Some(start), (found.p[1], 0.0), began)?;
    }
    let step = StepSize::Fixed(0.01);
    let steps = Options { step, max_steps: 10_000_000, ..Options::default() };
    for duration in [5.0, 10.0, 20.0, 40.0, 100.0, 200.0, 400.0, 1000.0] {
        let problem = AverageProblem::new(Lorenz63, [1.0, 1.0, 1.0], P, FORGET, duration)?;
        let began = Instant::now();
        let found =
            AdjointLss::default().gradient(&problem, Rk4, &steps, &Height { is_sum: false })?;
        let value = (found.p[1], found.p_error[1]);
        write(recorder, "shadowing", duration, None, value, began)?;
    }
    Ok(())
}

/// A row; its error is the distance from 1, which all methods for long-time averages agree on.
fn write(
    recorder: &mut Recorder,
    method: &str,
    duration: f64,
    start: Option<u32>,
    (value, bar): (f64, f64),
    began: Instant,
) -> Result<(), Box<dyn Error>> {
    let seconds = began.elapsed().as_secs_f64();
    let start = start.map_or(String::new(), |start| format!(" start={start}"));
    let setting = format!("duration={duration}{start} value={value} bar={bar}");
    Ok(recorder.write(&Record {
        suite: SUITE,
        who: OURS,
        problem: "d⟨z⟩/dρ of Lorenz",
        method,
        setting: &setting,
        error: (value - 1.0).abs(),
        seconds,
    })?)
}
