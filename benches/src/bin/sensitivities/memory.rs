//! What a bounded memory costs: a million steps of a hundred states.

use crate::SUITE;
use allocation_counter::measure;
use benches::{Arguments, OURS, Record, Recorder};
use ode_core::{OdeProblem, Options, Save, StepSize, Tsit5};
use scalar::Scalar;
use sensitivity::{DiscreteAdjoint, Loss, Memory, StepControl};
use std::error::Error;
use std::time::Instant;
use system::System;

const PROBLEM: &str = "ring_of_100";
const CELLS: usize = 100;

/// Steps, and those of a quick run; bytes that may be kept.
const STEPS: u32 = 1_000_000;
const FEW_STEPS: u32 = 20_000;
const BUDGET: usize = 64_000_000;
const SMALL_BUDGET: usize = 2_000_000;

/// Cells in a ring, with diffusion and decay.
struct Ring;

impl System for Ring {
    fn dim(&self) -> usize {
        CELLS
    }
    fn num_params(&self) -> usize {
        2
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let cell = |left: S, here: S, right: S| {
            p[0] * (left + right - here.scale(2.0)) - p[1] * here * here
        };
        let last = CELLS - 1;
        // The interior without a branch, so that it is vectorised.
        for (i, near) in u.windows(3).enumerate() {
            du[i + 1] = cell(near[0], near[1], near[2]);
        }
        du[0] = cell(u[last], u[0], u[1]);
        du[last] = cell(u[last - 1], u[last], u[0]);
    }
}

/// `|u|²` at the end.
struct Size;

impl Loss for Size {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        S::dot(u, u)
    }
}

/// A record with everything kept, and one within the budget.
pub(crate) fn rows(recorder: &mut Recorder, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if !arguments.wants_problem(PROBLEM) {
        return Ok(());
    }
    let (steps, budget) = match arguments.quick {
        true => (FEW_STEPS, SMALL_BUDGET),
        false => (STEPS, BUDGET),
    };
    let dt = 1e-4;
    let u0: Vec<f64> = (0..CELLS).map(|i| 1.0 + 0.3 * (i as f64).sin()).collect();
    let problem = OdeProblem::new(Ring, u0, [0.3, 0.1], (0.0, f64::from(steps) * dt))?;
    let (step, save, max_steps) = (StepSize::Fixed(dt), Save::Last, 2_000_000);
    let options = Options { step, save, max_steps, ..Options::default() };
    let mut all: Option<(Vec<f64>, f64)> = None;
    for memory in [Memory::All, Memory::Bytes(budget)] {
        let adjoint = DiscreteAdjoint { memory, control: StepControl::State };
        let (mut outcome, begin) = (None, Instant::now());
        let allocated = measure(|| {
            outcome = Some(adjoint.gradient(&problem, Tsit5, &options, &Size));
        });
        let seconds = begin.elapsed().as_secs_f64();
        let Some(found) = outcome.transpose()? else { continue };
        let gradient = [&found.u0[..], &found.p].concat();
        let (error, ratio) = match &all {
            None => (0.0, 1.0),
            Some((exact, alone)) => {
                let misses = gradient.iter().zip(exact).map(|(g, e)| ((g - e) / e).abs());
                (misses.fold(0.0, f64::max), seconds / alone)
            }
        };
        let method = match memory {
            Memory::Bytes(bytes) => format!("discrete-state Tsit5 in {bytes} bytes"),
            Memory::All => "discrete-state Tsit5".into(),
        };
        let (peak, replayed) = (allocated.bytes_max, found.report.replayed);
        let setting = &format!("steps={steps} bytes={peak} replayed={replayed} ratio={ratio:.2}");
        let (suite, who, problem, method) = (SUITE, OURS, PROBLEM, &method);
        recorder.write(&Record { suite, who, problem, method, setting, error, seconds })?;
        all.get_or_insert((gradient, seconds));
    }
    Ok(())
}
