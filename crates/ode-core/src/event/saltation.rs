//! Derivatives of an event's time and of the state around it.
//!
//! A solve keeps its time fixed where it differentiates, but an event moves with the parameters:
//! `g(τ, u(τ), p) = 0` gives `dτ = -dg / ġ`. The effect acts at `τ`; so the state is moved from `t` to
//! `τ` by the flow before it, and back to `t` by the flow after it. Where there is a mass matrix, the flow is that
//! of the differential equation which the algebraic ones become when they are differentiated by time.

use super::Root;
use super::host::Host;
use crate::{Error, ErrorKind};
use scalar::BranchScalar;

/// `τ - t`, whose value is zero and whose tangents are those of the event's time; `None` for a
/// number type without tangents. `u` is the state at `t`.
///
/// One Newton correction makes one level of nesting exact; four of them are done.
pub(super) fn lag<S: BranchScalar>(
    root: &mut Root<'_, S>,
    host: &mut dyn Host<S>,
    t: f64,
    u: &[S],
) -> Result<Option<S>, Error> {
    if S::along(t, 1.0).is_none() {
        return Ok(None);
    }
    let unknown = || ErrorKind::EventDerivative { event: root.name.clone(), t };
    let p = host.p().to_vec();
    let now = S::from_f64(t);
    let mut du = u.to_vec();
    match host.slope(now, u, &p, &mut du) {
        Err(_) if host.has_mass() => return Err(unknown().into()),
        slope => slope?,
    }
    // ġ = ∂g/∂t + ∂g/∂u · f: the tangent of an evaluation along the solution, less that of one at
    // rest, which is what the condition itself brings (a threshold with tangents).
    let mut tangent = |speed: f64| {
        let along = |x: S, slope: f64| S::along(x.primal(), speed * slope).unwrap_or(x);
        let moving: Vec<S> = u.iter().zip(&du).map(|(&u, f)| along(u, f.primal())).collect();
        let fixed: Vec<S> = p.iter().map(|&p| along(p, 0.0)).collect();
        (root.condition)(along(now, 1.0), &moving, &fixed).slope()
    };
    let rate = tangent(1.0) - tangent(0.0);

    let mut lag = S::zero();
    for _ in 0..4 {
        let mut there = u.to_vec();
        flow(host, now, &mut there, &p, lag)?;
        let g = (root.condition)(now + lag, &there, &p);
        let tangents = g - S::from_f64(g.primal());
        if tangents.largest_part() == 0.0 {
            break;
        }
        lag -= tangents.scale(1.0 / rate);
    }
    match lag.is_finite() {
        true => Ok(Some(lag)),
        false => Err(ErrorKind::EventDerivative { event: root.name.clone(), t }.into()),
    }
}

/// Moves `u` along the flow from `t` over `dt`, whose value is zero: one classical Runge–Kutta step
/// is the Taylor series to fourth order, exact for tangents nested up to four times.
pub(super) fn flow<S: BranchScalar>(
    host: &mut dyn Host<S>,
    t: S,
    u: &mut [S],
    p: &[S],
    dt: S,
) -> Result<(), Error> {
    if dt.largest_part() == 0.0 {
        return Ok(());
    }
    let start = u.to_vec();
    let (mut k, mut probe) = (start.clone(), start.clone());
    for (part, weight) in [(0.0, 1.0), (0.5, 2.0), (0.5, 2.0), (1.0, 1.0)] {
        // `k` is the stage before; at the first one it does not count.
        for ((probe, &u), &k) in probe.iter_mut().zip(&start).zip(&k) {
            *probe = if part == 0.0 { u } else { u + dt.scale(part) * k };
        }
        host.slope(t + dt.scale(part), &probe, p, &mut k)?;
        for (u, &k) in u.iter_mut().zip(&k) {
            *u += dt.scale(weight / 6.0) * k;
        }
    }
    Ok(())
}
