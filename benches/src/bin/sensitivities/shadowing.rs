//! The derivative of a long-time average of Lorenz's equations by four algorithms.

use crate::SUITE;
use benches::{Arguments, OURS, Record, Recorder};
use ode_core::{Options, Rk4, StepSize, Vern7};
use scalar::Scalar;
use sensitivity::{
    AdjointLss, Average, AverageProblem, ForwardLss, Nilsas, Nilss, ShadowingGradient,
};
use std::error::Error;
use std::time::Instant;
use testset::models::Lorenz63;

const PROBLEM: &str = "lorenz_average";

/// Time units that are averaged over, and those of a quick run.
const DURATION: f64 = 1000.0;
const SHORT: f64 = 50.0;

struct Height;

impl Average for Height {
    fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[2]
    }
}

/// A record for each algorithm; the error is that of `d⟨z⟩/dρ` from 1.
pub(crate) fn rows(recorder: &mut Recorder, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if !arguments.wants_problem(PROBLEM) {
        return Ok(());
    }
    let duration = if arguments.quick { SHORT } else { DURATION };
    let p = [10.0, 28.0, 8.0 / 3.0];
    let problem = AverageProblem::new(Lorenz63, [1.0, 1.0, 1.0], p, 20.0, duration)?;
    let fixed =
        Options { step: StepSize::Fixed(0.01), max_steps: 10_000_000, ..Options::default() };
    let adaptive = Options { rtol: 1e-7, atol: 1e-7, max_steps: 10_000_000, ..Options::default() };
    let mut row = |run: &dyn Fn() -> Result<ShadowingGradient, sensitivity::Error>| {
        let begin = Instant::now();
        let found = run()?;
        let seconds = begin.elapsed().as_secs_f64();
        let values = found.p.iter().zip(&found.p_error);
        let values: Vec<_> = values.map(|(p, error)| format!("{p:.4}±{error:.4}")).collect();
        let setting = &format!("T={duration} bytes={} {}", found.bytes, values.join(" "));
        let (suite, who, problem, method) = (SUITE, OURS, PROBLEM, found.method);
        let error = (found.p[1] - 1.0).abs();
        recorder.write(&Record { suite, who, problem, method, setting, error, seconds })?;
        Ok::<(), Box<dyn Error>>(())
    };
    row(&|| ForwardLss::default().gradient(&problem, Rk4, &fixed, &Height))?;
    row(&|| AdjointLss::default().gradient(&problem, Rk4, &fixed, &Height))?;
    row(&|| Nilss::default().gradient(&problem, Vern7, &adaptive, &Height))?;
    row(&|| Nilsas::default().gradient(&problem, Vern7, &adaptive, &Height))
}
