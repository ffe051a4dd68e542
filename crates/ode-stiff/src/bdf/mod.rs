//! Backward differentiation formulas: many steps behind, one nonlinear system per step.

/// Runs `$body` with the constant `$q` equal to `$order`, from 1 to 5.
macro_rules! by_order {
    ($order:expr, $q:ident => $body:expr) => {
        match $order {
            1 => {
                const $q: usize = 1;
                $body
            }
            2 => {
                const $q: usize = 2;
                $body
            }
            3 => {
                const $q: usize = 3;
                $body
            }
            4 => {
                const $q: usize = 4;
                $body
            }
            _ => {
                const $q: usize = 5;
                $body
            }
        }
    };
}
use by_order;

mod bdf;
mod checkpoint;
mod coefficients;
mod control;
mod differences;
mod history;
mod interpolant;
mod method;
mod ndf;
mod ndf_step;
mod newton;
mod order;
mod start;
mod step;
#[cfg(test)]
mod tests;
mod words;

pub use bdf::Bdf;
pub use ndf::Ndf;
pub use ndf_step::NdfCache;
pub use step::BdfCache;
