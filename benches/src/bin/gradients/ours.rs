//! Our own ways to a product, none of them in line.

use ad_tape::{Error, Program, Vjp, Work};
use scalar::{Lanes, Scalar};
use system::System;

/// The time of all evaluations: before the Brusselator's disc is fed.
pub(crate) const T: f64 = 0.5;

/// Points evaluated side by side.
pub(crate) const WIDTH: usize = 8;

#[inline(never)]
pub(crate) fn function<F: System>(model: &F, u: &[f64], p: &[f64], du: &mut [f64]) {
    model.rhs(T, u, p, du);
}

/// The code that `system!` writes; nothing if there is none.
#[inline(never)]
pub(crate) fn generated<F: System, S: Scalar>(
    model: &F,
    (u, p, lambda): (&[S], &[S], &[S]),
    u_bar: &mut [S],
    p_bar: &mut [S],
) -> bool {
    model.vjp(S::from_f64(T), u, p, lambda, u_bar, p_bar)
}

/// What adjoint methods call.
#[inline(never)]
pub(crate) fn by_trait<F: System>(
    model: &F,
    (u, p, lambda): (&[f64], &[f64], &[f64]),
    record: &mut ad_tape::Record,
    du: &mut [f64],
    (u_bar, p_bar): (&mut [f64], &mut [f64]),
) {
    if model.forward(T, u, p, du, record).is_ok() {
        model.backward(record, lambda, u_bar, p_bar);
    }
}

/// The product in one call, for who does not want the value.
#[inline(never)]
pub(crate) fn in_one_call<F: System>(
    model: &F,
    (u, p, lambda): (&[f64], &[f64], &[f64]),
    record: &mut ad_tape::Record,
    (u_bar, p_bar): (&mut [f64], &mut [f64]),
) {
    // A model that fails gives no product, which shows as an error of the row.
    let _ = model.pull_back(T, u, p, lambda, (u_bar, p_bar), record);
}

/// A replay forward and one backward.
#[inline(never)]
pub(crate) fn program<S: ad_tape::Replay>(
    program: &Program,
    x: &[S],
    lambda: &[S],
    y: &mut [S],
    x_bar: &mut [S],
    work: &mut Work<S>,
) -> Result<(), Error> {
    program.forward(x, y, work)?;
    program.reverse(lambda, x_bar, work)
}

/// The product alone, without the value.
#[inline(never)]
pub(crate) fn product(
    program: &Program,
    x: &[f64],
    lambda: &[f64],
    x_bar: &mut [f64],
    work: &mut Work,
) -> Result<(), Error> {
    program.vjp(x, lambda, x_bar, work)
}

pub(crate) fn lanes(x: &[f64]) -> Vec<Lanes<WIDTH>> {
    x.iter().map(|&x| Lanes([x; WIDTH])).collect()
}
