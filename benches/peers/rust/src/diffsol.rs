//! The crate `diffsol`: its problem is built once, and a solve steps to the stop time.

use crate::models::{Model, array, brusselator};
use crate::protocol::{Outcome, Request, timed};
use diffsol::{
    DiffsolError, NalgebraMat, OdeBuilder, OdeSolverMethod, OdeSolverStopReason, VectorCommon,
};
use std::cell::Cell;

pub(crate) const METHODS: &[&str] = &["tsit45"];

type Matrix = NalgebraMat<f64>;

/// Solves a small system.
pub(crate) fn fixed<M: Model<N>, const N: usize>(request: &Request) -> Outcome {
    array::<N>(&request.u0)?;
    let model = Cell::new(M::new(&request.p)?);
    let rhs = |u: &[f64], _: &[f64], _t: f64, du: &mut [f64]| {
        // The lengths are known to be right: the state has been built with N numbers.
        if let (Ok(u), Ok(du)) = (u.try_into(), du.try_into()) {
            model.get().rhs(u, du);
        }
    };
    solve(rhs, |p| M::new(p).map(|other| model.set(other)), request)
}

/// Solves the Brusselator.
pub(crate) fn tube(request: &Request) -> Outcome {
    let g = Cell::new(0.0);
    let rhs = |u: &[f64], _: &[f64], _t: f64, du: &mut [f64]| brusselator(g.get(), u, du);
    solve(rhs, |p| array(p).map(|[other]| g.set(other)), request)
}

/// `change` gives `rhs` other parameters: the problem is built once for all members of an ensemble.
fn solve<F>(rhs: F, change: impl Fn(&[f64]) -> Result<(), String>, request: &Request) -> Outcome
where
    F: Fn(&[f64], &[f64], f64, &mut [f64]),
{
    let (u0, (t0, t1)) = (&request.u0, request.tspan);
    let problem = OdeBuilder::<Matrix>::new()
        .t0(t0)
        .rtol(request.rtol)
        .atol([request.atol])
        .rhs(rhs)
        .init(|_, _, u| u.copy_from_slice(u0), u0.len())
        .build()
        .map_err(|error| error.to_string())?;
    timed(request, |p| {
        change(p)?;
        let to_end = || -> Result<Vec<f64>, DiffsolError> {
            let mut solver = problem.tsit45()?;
            solver.set_stop_time(t1)?;
            while !matches!(solver.step()?, OdeSolverStopReason::TstopReached) {}
            Ok(solver.state().y.inner().as_slice().to_vec())
        };
        to_end().map_err(|error| error.to_string())
    })
}
