//! Tangents of the initial state.

use super::state_and_tangents::{CHUNK, D};
use crate::Error;
use ode_core::Options;
use ode_stiff::make_consistent;
use scalar::Dual;
use system::{Mass, System, WithMass};

/// The state, then its tangents by each input over the input's size: the first `initial` states, then the
/// parameters, all of these sizes. Where there are algebraic equations, algebraic variables follow the
/// others, so that tangents satisfy the derivatives of the equations.
pub(super) fn state_and_tangents<G: System>(
    model: &G,
    mass: Option<&Mass>,
    (t, u, p): (f64, &[f64], &[f64]),
    (initial, scales): (usize, &[f64]),
    options: &Options,
) -> Result<Vec<f64>, Error> {
    let (n, columns) = (u.len(), scales.len());
    let mut all = vec![0.0; n * (1 + columns)];
    all[..n].copy_from_slice(u);
    for (j, scale) in scales.iter().enumerate().take(initial) {
        all[(1 + j) * n + j] = *scale;
    }
    let Some(mass) = mass else { return Ok(all) };
    let dae = WithMass::new(model, mass.clone()).map_err(|error| {
        let reason = error.to_string();
        ode_core::Error::from(ode_core::ErrorKind::RightHandSide { t, reason })
    })?;
    for first in (0..columns).step_by(CHUNK) {
        let count = CHUNK.min(columns - first);
        let lift = |i: usize, &re: &f64| {
            let tangent = |c: usize| if c < count { all[(1 + first + c) * n + i] } else { 0.0 };
            Dual { re, eps: std::array::from_fn(tangent) }
        };
        let mut lifted: Vec<D> = u.iter().enumerate().map(|(i, u)| lift(i, u)).collect();
        let lift = |(j, &re): (usize, &f64)| {
            let unit: D = Dual::variable(0.0, (initial + j).wrapping_sub(first));
            Dual { re, eps: unit.eps.map(|eps| eps * scales[initial + j]) }
        };
        let lifted_p: Vec<D> = p.iter().enumerate().map(lift).collect();
        make_consistent(&dae, D { re: t, eps: [0.0; CHUNK] }, &mut lifted, &lifted_p, options)?;
        for (i, u) in lifted.iter().enumerate() {
            for (c, &eps) in u.eps.iter().enumerate().take(count) {
                all[(1 + first + c) * n + i] = eps;
            }
        }
    }
    Ok(all)
}
