//! Values in double precision that neither the standard library nor `libm` has, or not as good.

mod compensated;
mod digamma;
mod lgamma;
mod polygamma;
mod powf;
mod powi;

pub(crate) use digamma::digamma;
pub(crate) use lgamma::lgamma;
pub(crate) use polygamma::polygamma;
pub(crate) use powf::powf;
pub(crate) use powi::{powi, small_power};
