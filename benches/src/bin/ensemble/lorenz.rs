//! Each member has its own ρ in [0, 28): the usual parameter sweep.

use crate::SUITE;
use benches::{Arguments, Contender, Record, Recorder, interleave};
use ode_core::{
    Dop853, Dp5, Ensemble, ExplicitRk, Member, OdeProblem, Options, Save, Trajectories, Tsit5,
    Vern7, solve,
};
use std::error::Error;
use std::hint::black_box;

system::system! {
    struct Lorenz;
    state { x, y, z }
    params { sigma, rho, beta }
    rhs(_t) {
        d(x) = sigma * (y - x);
        d(y) = x * (rho - z) - y;
        d(z) = x * y - beta * z;
    }
}

const MEMBERS: usize = 10_000;

/// Members whose error is looked at.
const LOOKED_AT: usize = 100;

const END: f64 = 10.0;

fn member(i: usize) -> Member<[f64; 3]> {
    let rho = 28.0 * i as f64 / MEMBERS as f64;
    Member::new([1.0, 0.0, 0.0], [10.0, rho, 8.0 / 3.0], (0.0, END))
}

/// Final states of every `MEMBERS / LOOKED_AT`-th member, at tight tolerances.
fn reference() -> Result<Vec<[f64; 3]>, Box<dyn Error>> {
    let options = Options { rtol: 1e-13, atol: 1e-13, save: Save::Last, ..Options::default() };
    let end = |i: usize| {
        let Member { u0, p, tspan, .. } = member(i);
        let solution = solve(&OdeProblem::new(Lorenz, u0, p, tspan)?, Vern7, &options)?;
        Ok(solution.last().try_into()?)
    };
    (0..MEMBERS).step_by(MEMBERS / LOOKED_AT).map(end).collect()
}

/// Mean of the largest errors of the members looked at.
fn error(all: &Trajectories, reference: &[[f64; 3]]) -> f64 {
    let members = all.iter().step_by(MEMBERS / LOOKED_AT);
    let errors = members.zip(reference).map(|(solution, reference)| match solution {
        Ok(solution) => {
            let pairs = solution.last().iter().zip(reference);
            pairs.map(|(u, v)| (u - v).abs()).fold(0.0, f64::max)
        }
        Err(_) => f64::NAN,
    });
    errors.sum::<f64>() / LOOKED_AT as f64
}

/// All rows of one method at one tolerance.
fn rows_of<M: ExplicitRk + Copy + Sync>(
    method: M,
    options: &Options,
    reference: &[[f64; 3]],
    repeats: usize,
    recorder: &mut Recorder,
) -> Result<(), Box<dyn Error>> {
    let threads = |count| rayon::ThreadPoolBuilder::new().num_threads(count).build();
    let (one, two) = (threads(1)?, threads(2)?);
    let ensemble = || Ensemble::generate(&Lorenz, MEMBERS, member);
    let (alone, four, eight) = (ensemble().one_by_one(), ensemble().lanes::<4>(), ensemble());
    let error = error(&one.install(|| eight.solve(method, options)), reference);
    let mut contenders = [
        Contender::new(|n| {
            (0..n).for_each(|_| _ = black_box(one.install(|| alone.solve(method, options))))
        }),
        Contender::new(|n| {
            (0..n).for_each(|_| _ = black_box(one.install(|| four.solve(method, options))))
        }),
        Contender::new(|n| {
            (0..n).for_each(|_| _ = black_box(one.install(|| eight.solve(method, options))))
        }),
        Contender::new(|n| {
            (0..n).for_each(|_| _ = black_box(two.install(|| eight.solve(method, options))))
        }),
    ];
    let seconds = interleave(&mut contenders, repeats);
    let problem = match &options.save {
        Save::At(times) => format!("10 000 Lorenz, {} points", times.len()),
        _ => "10 000 Lorenz, last".to_owned(),
    };
    let settings = ["one by one", "4 lanes", "8 lanes", "8 lanes, 2 threads"];
    for (setting, &seconds) in settings.iter().zip(&seconds) {
        let setting = &format!("rtol={:e} {setting}", options.rtol);
        let (suite, who, problem, method) = (SUITE, "sciml", &problem, M::NAME);
        recorder.write(&Record { suite, who, problem, method, setting, error, seconds })?;
    }
    let [alone, four, eight, two] = seconds[..] else { return Ok(()) };
    recorder.remark(&format!(
        "{:.2} µs a trajectory; 8 lanes / one by one: {:.2}; 2 threads / one: {:.2}",
        1e6 * four.min(eight) / MEMBERS as f64,
        alone / eight,
        eight / two,
    ))?;
    Ok(())
}

/// Measures.
pub(crate) fn rows(recorder: &mut Recorder, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let repeats = arguments.repeats;
    let reference = reference()?;
    let last = Options { save: Save::Last, ..Options::default() };
    let times = (1..=10).map(|i| END * f64::from(i) / 10.0).collect();
    let points = Options { save: Save::At(times), ..Options::default() };
    rows_of(Tsit5, &last, &reference, repeats, recorder)?;
    rows_of(Dp5, &last, &reference, repeats, recorder)?;
    rows_of(Vern7, &last, &reference, repeats, recorder)?;
    rows_of(Dop853, &last, &reference, repeats, recorder)?;
    rows_of(Tsit5, &points, &reference, repeats, recorder)
}
