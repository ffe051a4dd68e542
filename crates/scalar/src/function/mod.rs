//! The functions that every number type has, as values, each with its derivative.
//!
//! Most of them are rows of one table; those with a constant in them ([`Powi`], [`Powf`],
//! [`Polygamma`]) or with two arguments ([`Pow`], [`Atan2`], [`Hypot`]) are written out.
//!
//! # At kinks and poles
//!
//! | | value | derivative |
//! |---|---|---|
//! | `abs` at 0 | 0 | 1, from the right; higher ones 0 |
//! | `sign` | -1, ±0, 1 | 0 everywhere, also at the jump |
//! | `min`, `max` of equal numbers | `self` | that of `self` |
//! | `select_lt` with a NaN in the condition | the second choice | that of the value chosen |
//! | `hypot` at the origin | 0 | 0, the shortest subgradient |
//! | `atan2` at the origin | as IEEE 754 says | NaN |
//! | `sqrt`, `cbrt` at 0; `asin`, `acos` at ±1; `acosh` at 1 | finite | infinite |
//! | `powf(a)`, `powi(n)` at 0 | IEEE, `0⁰ = 1` | `a 0^(a-1)`; 0 where `a` is 0 |
//! | `pow` at a base of 0, by its exponent | | 0 |
//! | `ln`, `log2`, `log10` at 0 | `-∞` | `∞` |
//! | `lgamma` at 0, -1, -2, … | `∞` | NaN (`±∞` at ±0) |
//!
//! # Accuracy
//!
//! Values of `f64` are within 2 units in the last place; those of `f32` too, most of them within
//! half a unit. Exceptions: `erfc` is wrong by 3 units once in some ten thousand points above 1;
//! `lgamma`, `digamma` and `polygamma` below 0, where they have zeros, by up to ten units of
//! `max(1, |f|)`; `polygamma` beyond order 170 is good to twelve digits. Sines, exponentials and
//! their kin are those of the platform's mathematical library (measured with that of GNU/Linux).
//! Derivatives up to the fourth have a relative error below 1e-12, by duals and jets alike; as with
//! any formula, less remains where terms of different sign cancel.
//!
//! # Derivatives that are not finite
//!
//! An infinite derivative times a zero tangent is NaN, as in IEEE arithmetic: `sqrt(x²)` has no
//! derivative at 0. Derivatives beyond the range of the type are infinite or NaN. NaN in, NaN out.

mod any;
mod binary;
mod polygamma;
mod power;
mod sign;
pub(crate) mod slope;
pub(crate) mod table;
mod unary;
mod value;

pub use any::{AnyBinary, AnyUnary};
pub use binary::{Atan2, Binary, Hypot, Pow};
pub use polygamma::Polygamma;
pub use power::{Powf, Powi};
pub use sign::Sign;
pub use unary::*;
