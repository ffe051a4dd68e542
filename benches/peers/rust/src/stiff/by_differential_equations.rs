//! The crate `differential-equations`: states as arrays, dense Jacobians, only the final state kept.

use super::models::Stiff;
use crate::differential_equations::Nothing;
use crate::models::array;
use crate::protocol::{Outcome, Phase, Request, timed};
use differential_equations::linalg::Matrix;
use differential_equations::methods::{BackwardDifferentiationFormula, ImplicitRungeKutta};
use differential_equations::ode::{ODE, OrdinaryNumericalMethod, solve_ode};

pub(crate) const METHODS: &[&str] = &["radau5", "bdf"];

const MAX_STEPS: usize = 10_000_000;

/// With what a right-hand side sees of time.
struct Small<M>(M, Phase);

impl<M: Stiff<N>, const N: usize> ODE<f64, [f64; N]> for Small<M> {
    #[inline(always)]
    fn diff(&self, t: f64, y: &[f64; N], dydt: &mut [f64; N]) {
        *dydt = self.0.f(self.1.clamp(t), y);
    }

    #[inline(always)]
    fn jacobian(&self, t: f64, y: &[f64; N], j: &mut Matrix<f64>) {
        // The matrix comes with zeros, and the other entries are never written.
        self.0.jac(self.1.clamp(t), y, |row, column, value| j[(row, column)] = value);
    }
}

/// Solves with states in arrays.
pub(crate) fn small<M: Stiff<N>, const N: usize>(request: &Request) -> Outcome {
    let (phases, u0) = (request.phases(), array::<N>(&request.u0)?);
    macro_rules! by {
        ($method:expr) => {
            timed(request, |p| {
                let (model, mut u) = (M::new(p)?, u0);
                for &phase in &phases {
                    // Methods of this crate cannot be used twice, nor cloned.
                    let mut method =
                        $method.rtol(request.rtol).atol(request.atol).max_steps(MAX_STEPS);
                    let ode = Small(model, phase);
                    solve_ode(&mut method, &ode, phase.from, phase.to, &u, &mut Nothing)
                        .map_err(|_| "the solve failed")?;
                    u = *method.y();
                }
                Ok(u)
            })
        };
    }
    match request.method.as_str() {
        "radau5" => by!(ImplicitRungeKutta::radau5()),
        "bdf" => by!(BackwardDifferentiationFormula::adaptive()),
        other => Err(format!("no method `{other}`")),
    }
}
