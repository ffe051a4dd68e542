//! The answer for an implicit method: forward with the integral of the running term as one more state, and back
//! by the adjoint of its steps.

use super::onward::Onward;
use crate::adjoint::discrete::{StepControl, lifted};
use crate::adjoint::method::Asked;
use crate::adjoint::question::Question;
use crate::adjoint::step_back::StepBack;
use crate::forward::seen;
use crate::{Error, Gradient, Loss};
use ode_core::{Algorithm, OdeProblem};
use ode_stiff::AlgebraicEquations;
use scalar::{Dual, Scalar};
use system::{Buffer, DualWork, Failure, MassSystem, System};

pub(super) type D = Dual<f64, 1>;

/// By a method of whose steps `adjoint` makes the adjoint.
pub(super) fn gradient<'a, M, F, L, B, X>(
    method: M,
    asked: &Asked<'a, F, L, B>,
    adjoint: impl FnOnce(Onward<'a, F::Model, L>) -> Result<X, Error>,
) -> Result<Gradient, Error>
where
    M: Algorithm<Onward<'a, F::Model, L>, Vec<D>> + Algorithm<Onward<'a, F::Model, L>, Vec<f64>>,
    F: MassSystem,
    L: Loss,
    B: Buffer<Item = f64>,
    X: StepBack<f64>,
{
    let Asked { problem, options, loss, control, memory } = *asked;
    let question = Question::new(problem, options, loss, memory)?;
    let (rhs, tspan) = (problem.rhs(), problem.tspan());
    let (u0, p) = (problem.u0().as_ref(), problem.p());
    let onward = Onward::new((rhs.model(), rhs.mass_matrix()), loss, question.integrates());
    let by = (adjoint(onward.clone())?, u0, p);
    let answer = match control {
        StepControl::State => {
            let mut u = u0.to_vec();
            if question.integrates() {
                u.push(0.0);
            }
            let problem = OdeProblem::over(onward, u, p, tspan)?;
            question.there_and_back(&problem, method, |x: f64| x, by)?
        }
        StepControl::Sensitivity => {
            let (mut u, lifted_p) = lifted(u0, p);
            if question.integrates() {
                u.push(D::zero());
            }
            let first = seen(tspan.0, tspan.1 - tspan.0, &options.stops);
            follow(&onward, (first, &lifted_p), &mut u)
                .map_err(|failure| Error::replay(tspan.0, &failure))?;
            let problem = OdeProblem::over(onward, u, lifted_p, tspan)?;
            question.there_and_back(&problem, method, |x: D| x.re, by)?
        }
    };
    answer.gradient()
}

/// The tangents of algebraic variables follow from the others, as they do along the solution.
fn follow<F: System, L: Loss>(
    onward: &Onward<'_, F, L>,
    (t, p): (f64, &[D]),
    u: &mut [D],
) -> Result<(), Failure> {
    let Some(mut algebra) = AlgebraicEquations::<DualWork<f64>>::new(onward) else { return Ok(()) };
    let values = |x: &[D]| x.iter().map(|x| x.re).collect::<Vec<f64>>();
    let mut f = vec![D::zero(); u.len()];
    onward.system.rhs(D::constant(t), u, p, &mut f);
    let f_dot: Vec<f64> = f.iter().map(|f| f.eps[0]).collect();
    // Where they do not determine them, the solve says so.
    let at = (values(u), values(p));
    if let Ok(correction) = algebra.correction(onward, (t, &at.0, &at.1), &f_dot) {
        u.iter_mut().zip(correction).for_each(|(u, dot)| u.eps[0] += dot);
    }
    Ok(())
}
