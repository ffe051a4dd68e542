//! The crate `diffsol`: its problem is built once, and a solve steps to the stop time. Small systems by dense matrices
//! of nalgebra, large ones by sparse matrices of faer, whose pattern diffsol finds and colours.

use super::large::Large;
use super::models::Stiff;
use crate::models::array;
use crate::protocol::{Outcome, Phase, Request, timed};
use diffsol::{
    DiffsolError, FaerSparseLU, FaerSparseMat, NalgebraLU, NalgebraMat, OdeBuilder,
    OdeSolverMethod, OdeSolverStopReason, Vector,
};
use std::cell::Cell;

pub(crate) const METHODS: &[&str] = &["bdf", "tr_bdf2", "esdirk34"];

/// By this kind of matrix and its factors.
macro_rules! solve {
    ($matrix:ty, $lu:ty, $rhs:ident, $jvp:ident, $phase:ident, $change:expr, $request:expr) => {{
        let (u0, phases) = (&$request.u0, $request.phases());
        let problem = OdeBuilder::<$matrix>::new()
            .t0($request.tspan.0)
            .rtol($request.rtol)
            .atol([$request.atol])
            .rhs_implicit(&$rhs, &$jvp)
            .init(|_, _, u: &mut [f64]| u.copy_from_slice(u0), u0.len())
            .build()
            .map_err(|error| error.to_string())?;
        macro_rules! by {
            ($method:ident) => {
                timed($request, |p| {
                    $change(p)?;
                    let to_end = || -> Result<Vec<f64>, DiffsolError> {
                        $phase.set(phases[0]);
                        let mut solver = problem.$method::<$lu>()?;
                        let first = solver.state().h;
                        for (i, &phase) in phases.iter().enumerate() {
                            $phase.set(phase);
                            if i > 0 {
                                // A start at what has been reached.
                                let state = solver.state_mut();
                                let mut dy = vec![0.0; u0.len()];
                                $rhs(&state.y.clone_as_vec(), &[], phase.from, &mut dy);
                                for (i, dy) in dy.into_iter().enumerate() {
                                    state.dy.set_index(i, dy);
                                }
                                *state.h = first;
                            }
                            solver.set_stop_time(phase.to)?;
                            while !matches!(solver.step()?, OdeSolverStopReason::TstopReached) {}
                        }
                        Ok(solver.state().y.clone_as_vec())
                    };
                    to_end().map_err(|error| error.to_string())
                })
            };
        }
        match $request.method.as_str() {
            "bdf" => by!(bdf),
            "tr_bdf2" => by!(tr_bdf2),
            "esdirk34" => by!(esdirk34),
            other => Err(format!("no method `{other}`")),
        }
    }};
}

/// Solves a small system.
pub(crate) fn small<M: Stiff<N>, const N: usize>(model: M, request: &Request) -> Outcome {
    array::<N>(&request.u0)?;
    let model = Cell::new(model);
    let phase = Cell::new(Phase::default());
    // The lengths are known to be right: the state has been built with N numbers.
    let rhs = |u: &[f64], _: &[f64], t: f64, du: &mut [f64]| {
        if let (Ok(u), Ok(du)) = (u.try_into(), <&mut [f64; N]>::try_from(du)) {
            *du = model.get().f(phase.get().clamp(t), u);
        }
    };
    let jvp = |u: &[f64], _: &[f64], t: f64, v: &[f64], y: &mut [f64]| {
        if let (Ok(u), Ok(v), Ok(y)) = (u.try_into(), v.try_into(), <&mut [f64; N]>::try_from(y)) {
            *y = model.get().jvp(phase.get().clamp(t), u, v);
        }
    };
    // The problem is built once for all members of an ensemble.
    let change = |p: &[f64]| M::new(p).map(|other| model.set(other));
    solve!(NalgebraMat<f64>, NalgebraLU<f64>, rhs, jvp, phase, change, request)
}

/// Solves a large system.
pub(crate) fn large(model: &dyn Large, request: &Request) -> Outcome {
    let phase = Cell::new(Phase::default());
    let rhs = |u: &[f64], _: &[f64], t: f64, du: &mut [f64]| model.f(phase.get().clamp(t), u, du);
    let jvp = |u: &[f64], _: &[f64], t: f64, v: &[f64], y: &mut [f64]| {
        model.jvp(phase.get().clamp(t), u, v, y)
    };
    let change = |_: &[f64]| Ok::<(), String>(());
    solve!(FaerSparseMat<f64>, FaerSparseLU<f64>, rhs, jvp, phase, change, request)
}
