//! The crate `differential-equations`: states as arrays, only the final state kept.

use crate::models::{Model, array, brusselator};
use crate::protocol::{Outcome, Request, timed};
use differential_equations::control::ControlFlag;
use differential_equations::interpolate::Interpolation;
use differential_equations::methods::ExplicitRungeKutta;
use differential_equations::ode::{ODE, OrdinaryNumericalMethod, solve_ode};
use differential_equations::solout::Solout;
use differential_equations::solution::Solution;
use differential_equations::traits::State;

pub(crate) const METHODS: &[&str] =
    &["dopri5", "rkv655e", "rkv766e", "rkv877e", "rkv988e", "dop853"];

const MAX_STEPS: usize = 10_000_000;

/// Keeps nothing: the final state is read off the method.
pub(crate) struct Nothing;

impl<Y: State<f64>> Solout<f64, Y> for Nothing {
    fn solout<I: Interpolation<f64, Y> + ?Sized>(
        &mut self,
        _: f64,
        _: f64,
        _: &Y,
        _: &Y,
        _: &mut I,
        _: &mut Solution<f64, Y>,
    ) -> ControlFlag<f64, Y> {
        ControlFlag::Continue
    }
}

struct Fixed<M>(M);

impl<M: Model<N>, const N: usize> ODE<f64, [f64; N]> for Fixed<M> {
    #[inline(always)]
    fn diff(&self, _t: f64, y: &[f64; N], dydt: &mut [f64; N]) {
        self.0.rhs(y, dydt);
    }
}

struct Brusselator(f64);

impl ODE<f64, Vec<f64>> for Brusselator {
    fn diff(&self, _t: f64, y: &Vec<f64>, dydt: &mut Vec<f64>) {
        brusselator(self.0, y, dydt);
    }
}

/// Solves with states in arrays.
pub(crate) fn fixed<M: Model<N>, const N: usize>(request: &Request) -> Outcome {
    solve(|p| M::new(p).map(Fixed), &array::<N>(&request.u0)?, request)
}

/// Solves the Brusselator with states in vectors.
pub(crate) fn tube(request: &Request) -> Outcome {
    solve(|p| array(p).map(|[g]| Brusselator(g)), &request.u0, request)
}

fn solve<Y, F>(ode: impl Fn(&[f64]) -> Result<F, String>, u0: &Y, request: &Request) -> Outcome
where
    Y: State<f64> + AsRef<[f64]>,
    F: ODE<f64, Y>,
{
    macro_rules! by {
        ($method:ident) => {{
            let method = ExplicitRungeKutta::$method()
                .rtol(request.rtol)
                .atol(request.atol)
                .max_steps(MAX_STEPS);
            timed(request, |p| {
                let (ode, mut method, (t0, t1)) = (ode(p)?, method.clone(), request.tspan);
                solve_ode(&mut method, &ode, t0, t1, u0, &mut Nothing)
                    .map_err(|_| "the solve failed")?;
                Ok(method.y().clone())
            })
        }};
    }
    match request.method.as_str() {
        "dopri5" => by!(dopri5),
        "rkv655e" => by!(rkv655e),
        "rkv766e" => by!(rkv766e),
        "rkv877e" => by!(rkv877e),
        "rkv988e" => by!(rkv988e),
        "dop853" => by!(dop853),
        other => Err(format!("no method `{other}`")),
    }
}
