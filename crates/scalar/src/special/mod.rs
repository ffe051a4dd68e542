//! The gamma function's relatives in double precision.

mod compensated;
mod digamma;
mod lgamma;
mod polygamma;

pub(crate) use digamma::digamma;
pub(crate) use lgamma::lgamma;
pub(crate) use polygamma::polygamma;
