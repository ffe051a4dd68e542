//! Compares one function under every number type with known values and derivatives.
//!
//! For a function of your own (see [`Unary`]):
//!
//! ```
//! use scalar::{check, function};
//!
//! // The sine at 0: 0, 1, 0, -1, 0.
//! check::unary(function::Sin, 0.0, &[0.0, 1.0, 0.0, -1.0, 0.0])?;
//!
//! let wrong = check::unary(function::Sin, 0.0, &[0.0, 1.0, 0.0, 1.0, 0.0]).unwrap_err();
//! assert_eq!((wrong.order, wrong.expected, wrong.found), (3, 1.0, -1.0));
//! # Ok::<(), check::Disagreement>(())
//! ```
//!
//! Derivatives to order 4 are taken in each way that there is: by nested duals, by jets, by jets of
//! duals and duals of jets. Bounds are 2 units in the last place for values of `f64` and `f32`, and a
//! relative 1e-12 for derivatives (1e-5 in `f32`, for the first one). Where a derivative does not fit into an `f64`, it only has to be
//! infinite or NaN.

mod bounds;
mod derivatives;

use crate::{Binary, Dependency, Lanes, Scalar, Unary};
use bounds::{same_bits, single, value};
use core::fmt;
use derivatives::Function;

/// What [`unary`] or [`binary`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// The number type.
    pub number: &'static str,
    /// The order of the derivative; 0 for the value.
    pub order: usize,
    /// What it gave.
    pub found: f64,
    /// What it should have given.
    pub expected: f64,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, order, found, expected } = self;
        match order {
            0 => write!(f, "the value in {number} is {found:e}, not {expected:e}")?,
            _ => write!(f, "derivative {order} in {number} is {found:e}, not {expected:e}")?,
        }
        f.write_str(": see `f64`, `slope`, `slopes` and `jet` of the function")
    }
}

impl std::error::Error for Disagreement {}

/// Compares `f` at `x` with its value and derivatives, `exact[k]` of order `k`; what is beyond order
/// 4 is not looked at.
///
/// # Errors
///
/// The first disagreement.
pub fn unary<F: Unary>(f: F, x: f64, exact: &[f64]) -> Result<(), Disagreement> {
    let Some(&first) = exact.first() else { return Ok(()) };
    value("f64", x.unary(f), first)?;
    if f64::from(x as f32) == x {
        single((x as f32).unary(f), first)?;
    }
    same_bits("Lanes<3>", Lanes([x; 3]).unary(f).0, x.unary(f))?;
    same_bits("Lanes<4>", Lanes([x; 4]).unary(f).0, x.unary(f))?;
    dependency(Dependency::input(0).unary(f), &[0], f.is_flat())?;
    derivatives::check(&OfOne(f, x), exact)
}

/// Compares `f` on the line `(x, y) + t (vx, vy)` with its value and derivatives by `t` at 0,
/// `exact[k]` of order `k`.
///
/// # Errors
///
/// The first disagreement.
pub fn binary<F: Binary>(
    f: F,
    [x, y]: [f64; 2],
    [vx, vy]: [f64; 2],
    exact: &[f64],
) -> Result<(), Disagreement> {
    let Some(&first) = exact.first() else { return Ok(()) };
    value("f64", x.binary(y, f), first)?;
    if [x, y].iter().all(|&x| f64::from(x as f32) == x) {
        single((x as f32).binary(y as f32, f), first)?;
    }
    let lanes = Lanes([x; 3]).binary(Lanes([y; 3]), f);
    same_bits("Lanes<3>", lanes.0, x.binary(y, f))?;
    let pattern = Dependency::input(0).binary(Dependency::input(1), f);
    dependency(pattern, &[0, 1], false)?;
    derivatives::check(&OfTwo(f, [x, y], [vx, vy]), exact)
}

fn dependency(found: Dependency, inputs: &[usize], is_flat: bool) -> Result<(), Disagreement> {
    let expected = if is_flat { 0 } else { inputs.len() };
    let count = inputs.iter().filter(|&&i| found.depends_on(i)).count();
    if count == expected {
        return Ok(());
    }
    Err(Disagreement {
        number: "Dependency (number of inputs)",
        order: 0,
        found: count as f64,
        expected: expected as f64,
    })
}

struct OfOne<F>(F, f64);

impl<F: Unary> Function for OfOne<F> {
    fn on<S: Scalar>(&self, line: impl Fn(f64, f64) -> S) -> S {
        line(self.1, 1.0).unary(self.0)
    }
}

struct OfTwo<F>(F, [f64; 2], [f64; 2]);

impl<F: Binary> Function for OfTwo<F> {
    fn on<S: Scalar>(&self, line: impl Fn(f64, f64) -> S) -> S {
        let Self(f, [x, y], [vx, vy]) = *self;
        line(x, vx).binary(line(y, vy), f)
    }
}
