//! Final states that no reference lists: where two of our methods of different families agree at tight tolerances.

use benches::mixed_error;
use ode_core::{Algorithm, OdeProblem, Options, Save, solve};
use std::error::Error;
use system::{Buffer, System};

/// Largest difference of the two: a thirtieth of the smallest error that is looked at.
const DOUBT: f64 = 3e-11;

/// The final state by `first`, if `second` confirms it.
pub(crate) fn end<F: System + Copy, B: Buffer<Item = f64>>(
    name: &str,
    problem: &OdeProblem<F, B>,
    (first, second): (impl Algorithm<F, B>, impl Algorithm<F, B>),
    (rtol, small): (f64, f64),
) -> Result<Vec<f64>, Box<dyn Error>> {
    let (atol, max_steps) = (small * rtol, 10_000_000);
    let options = Options { rtol, atol, max_steps, save: Save::Last, ..Options::default() };
    let end = solve(problem, first, &options)?.last().to_vec();
    let other = solve(problem, second, &options)?.last().to_vec();
    let doubt = mixed_error(&other, &end, Some(small));
    if doubt <= DOUBT {
        return Ok(end);
    }
    Err(format!("{name}: two methods end {doubt:.1e} apart").into())
}
