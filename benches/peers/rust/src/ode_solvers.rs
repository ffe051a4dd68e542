//! The crate `ode_solvers`: states as static vectors, every step kept (it cannot keep less).
//!
//! Its Dop853 has c₁₂ = 0, which is wrong where the right-hand side depends on time; none of the problems does.

use crate::models::{Model, array, brusselator};
use crate::protocol::{Outcome, Request, timed};
use ode_solvers::{DVector, Dop853, Dopri5, OutputType, SVector, System};

pub(crate) const METHODS: &[&str] = &["Dopri5", "Dop853"];

/// Budget of steps; how many steps apart stiffness is looked for (never).
const MAX_STEPS: u32 = 100_000_000;

struct Fixed<M>(M);

impl<M: Model<N>, const N: usize> System<f64, SVector<f64, N>> for Fixed<M> {
    #[inline(always)]
    fn system(&self, _t: f64, y: &SVector<f64, N>, dy: &mut SVector<f64, N>) {
        self.0.rhs(&y.data.0[0], &mut dy.data.0[0]);
    }
}

struct Brusselator(f64);

impl System<f64, DVector<f64>> for Brusselator {
    fn system(&self, _t: f64, y: &DVector<f64>, dy: &mut DVector<f64>) {
        brusselator(self.0, y.as_slice(), dy.as_mut_slice());
    }
}

macro_rules! solve {
    ($method:ident, $system:expr, $u0:expr, $request:expr, $beta:expr, $shrink:expr, $grow:expr) => {
        timed($request, |p| {
            let ((t0, t1), u0) = ($request.tspan, $u0.clone());
            // The defaults of `new`, without its dense output and with a larger budget.
            let mut method = $method::from_param(
                $system(p)?,
                t0,
                t1,
                t1 - t0,
                u0,
                $request.rtol,
                $request.atol,
                0.9,
                $beta,
                $shrink,
                $grow,
                t1 - t0,
                0.0,
                MAX_STEPS,
                MAX_STEPS,
                OutputType::Sparse,
            );
            method.integrate().map_err(|error| error.to_string())?;
            let end = method.y_out().last().ok_or("no output")?;
            Ok(end.as_slice().to_vec())
        })
    };
}

/// Solves with states in static vectors.
pub(crate) fn fixed<M: Model<N>, const N: usize>(request: &Request) -> Outcome {
    let u0 = SVector::<f64, N>::from(array(&request.u0)?);
    let system = |p: &[f64]| M::new(p).map(Fixed);
    match request.method.as_str() {
        "Dopri5" => solve!(Dopri5, system, u0, request, 0.04, 0.2, 10.0),
        "Dop853" => solve!(Dop853, system, u0, request, 0.0, 0.333, 6.0),
        other => Err(format!("no method `{other}`")),
    }
}

/// Solves the Brusselator with states in dynamic vectors.
pub(crate) fn tube(request: &Request) -> Outcome {
    let u0 = DVector::from_column_slice(&request.u0);
    let system = |p: &[f64]| array(p).map(|[g]| Brusselator(g));
    match request.method.as_str() {
        "Dopri5" => solve!(Dopri5, system, u0, request, 0.04, 0.2, 10.0),
        "Dop853" => solve!(Dop853, system, u0, request, 0.0, 0.333, 6.0),
        other => Err(format!("no method `{other}`")),
    }
}
