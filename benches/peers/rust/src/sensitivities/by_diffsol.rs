//! The crate `diffsol`: its forward sensitivities under error control, and its continuous adjoint with checkpoints; the problem
//! is built once.

use super::Question;
use super::smooth::Smooth;
use crate::protocol::seconds_of;
use diffsol::{
    AdjointOdeSolverMethod, DenseMatrix, DiffsolError, Matrix, NalgebraLU, NalgebraMat, OdeBuilder,
    OdeSolverMethod, OdeSolverState, Op, SensitivitiesOdeSolverMethod, Vector,
};

pub(crate) const METHODS: &[&str] =
    &["tsit45-forward", "tsit45-adjoint", "bdf-forward", "bdf-adjoint"];

type M = NalgebraMat<f64>;
type LS = NalgebraLU<f64>;

/// The gradient, and seconds of one of the runs.
pub(crate) fn gradient(
    model: &dyn Smooth,
    method: &str,
    question: &Question,
    runs: usize,
) -> Result<(Vec<f64>, f64), String> {
    if model.is_stiff() && method.starts_with("tsit45") {
        return Err("not for this problem".into());
    }
    match method.ends_with("forward") {
        true => forward(model, method, question, runs),
        false => adjoint(model, method, question, runs),
    }
}

fn sizes(p: &[f64]) -> Vec<f64> {
    p.iter().map(|p| if *p == 0.0 { 1.0 } else { p.abs() }).collect()
}

fn forward(
    model: &dyn Smooth,
    method: &str,
    question: &Question,
    runs: usize,
) -> Result<(Vec<f64>, f64), String> {
    let Question { p, u0, times, rtol, atol, .. } = question;
    let said = |error: DiffsolError| error.to_string();
    let problem = OdeBuilder::<M>::new()
        .t0(question.t0)
        .rtol(*rtol)
        .atol([*atol])
        .sens_rtol(*rtol)
        .sens_atol([*atol])
        .param_scales(sizes(p))
        .p(p.clone())
        .rhs_sens_implicit(
            |u: &[f64], p: &[f64], _t, du: &mut [f64]| model.f(u, p, du),
            |u: &[f64], p: &[f64], _t, v: &[f64], y: &mut [f64]| model.jvp(u, p, v, y),
            |u: &[f64], p: &[f64], _t, q: &[f64], y: &mut [f64]| model.along(u, p, q, y),
        )
        .init_sens(
            |_: &[f64], _t, u: &mut [f64]| u.copy_from_slice(u0),
            |_: &[f64], _t, _: &[f64], y: &mut [f64]| y.fill(0.0),
            u0.len(),
        )
        .build()
        .map_err(said)?;
    let mut gradient = vec![0.0; p.len()];
    macro_rules! by {
        ($new:expr) => {
            seconds_of(runs, || {
                let mut solver = $new.map_err(said)?;
                let (states, sensitivities, _) =
                    solver.solve_dense_sensitivities(times).map_err(said)?;
                for (sum, s) in gradient.iter_mut().zip(&sensitivities) {
                    *sum = 0.0;
                    for i in 0..times.len() {
                        for j in 0..u0.len() {
                            *sum += question.bar(i, j, states.get_index(j, i)) * s.get_index(j, i);
                        }
                    }
                }
                Ok(())
            })?
        };
    }
    let seconds = match method {
        "tsit45-forward" => by!(problem.tsit45_sens()),
        _ => by!(problem.bdf_sens::<LS>()),
    };
    Ok((gradient, seconds))
}

fn adjoint(
    model: &dyn Smooth,
    method: &str,
    question: &Question,
    runs: usize,
) -> Result<(Vec<f64>, f64), String> {
    let Question { p, u0, times, rtol, atol, .. } = question;
    let said = |error: DiffsolError| error.to_string();
    let negative = |y: &mut [f64]| y.iter_mut().for_each(|y| *y = -*y);
    // Parameter gradients are not under error control, as is usual.
    let problem = OdeBuilder::<M>::new()
        .t0(question.t0)
        .rtol(*rtol)
        .atol([*atol])
        .p(p.clone())
        .rhs_adjoint_implicit(
            |u: &[f64], p: &[f64], _t, du: &mut [f64]| model.f(u, p, du),
            |u: &[f64], p: &[f64], _t, v: &[f64], y: &mut [f64]| model.jvp(u, p, v, y),
            |u: &[f64], p: &[f64], _t, v: &[f64], y: &mut [f64]| {
                model.by_states(u, p, v, y);
                negative(y);
            },
            |u: &[f64], p: &[f64], _t, v: &[f64], y: &mut [f64]| {
                model.by_parameters(u, p, v, y);
                negative(y);
            },
        )
        .init_adjoint(
            |_: &[f64], _t, u: &mut [f64]| u.copy_from_slice(u0),
            |_: &[f64], _t, _: &[f64], y: &mut [f64]| y.fill(0.0),
            u0.len(),
        )
        .build()
        .map_err(said)?;
    let mut gradient = vec![0.0; p.len()];
    let (n, count) = (u0.len(), times.len());
    macro_rules! by {
        ($new:expr, $back:ident $(, $linear:ty)?) => {
            seconds_of(runs, || {
                let mut solver = $new.map_err(said)?;
                let solved = solver.solve_dense_with_checkpointing(times, None);
                let (path, states, _) = solved.map_err(said)?;
                let mut bars = M::zeros(n, count, problem.eqn().context().clone());
                for i in 0..count {
                    for j in 0..n {
                        bars.set_index(j, i, question.bar(i, j, states.get_index(j, i)));
                    }
                }
                let back = problem.$back$(::<$linear, _>)?(path, Some(solver), Some(1));
                let pass = back.map_err(said)?.solve_adjoint_backwards_pass(times, &[&bars]);
                let (state, _) = pass.map_err(said)?;
                gradient = state.into_common().sg.clone_as_vec();
                Ok(())
            })?
        };
    }
    let seconds = match method {
        "tsit45-adjoint" => by!(problem.tsit45(), tsit45_solver_adjoint),
        _ => by!(problem.bdf::<LS>(), bdf_solver_adjoint, LS),
    };
    Ok((gradient, seconds))
}
