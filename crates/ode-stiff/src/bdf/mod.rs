//! Backward differentiation formulas: many steps behind, one nonlinear system per step.

/// Runs `$body` with the constant `$q` equal to `$order`, from 1 to 5.
macro_rules! by_order {
    ($order:expr, $q:ident => $body:expr) => {
        by_order!(@arms $order, $q, $body, 1 2 3 4)
    };
    (@arms $order:expr, $q:ident, $body:expr, $($literal:literal)*) => {
        match $order {
            $($literal => {
                const $q: usize = $literal;
                $body
            })*
            _ => {
                const $q: usize = crate::bdf::coefficients::MOST;
                $body
            }
        }
    };
}

#[macro_use]
mod blocks;
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
mod variable_step;
mod words;

pub use ndf::Ndf;
pub use ndf_step::NdfCache;
pub use step::BdfCache;
pub use variable_step::Bdf;
