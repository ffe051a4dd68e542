//! The loops, each written once for all numbers and instructions, and compiled here, not where they are called.
//!
//! Two ways to lay out numbers:
//!
//! - **One sample** (`single`, `single_vjp`): the units of a layer stand side by side, and a vector holds neighbours. The
//!   columns of the weights are what is loaded.
//! - **A batch** (`product`, `weights`, `jet`): each unit has a row, in which the samples stand side by side; a vector holds
//!   samples, and weights are broadcast. Nothing is lost where a width is not a multiple of a vector. Derivatives along
//!   directions are more numbers in the same row: what a linear layer does to them is the same product.

mod elementwise;
mod jet;
mod laplacian;
mod product;
mod single;
mod single_vjp;
#[cfg(test)]
mod tests;
mod transpose;
mod weights;

pub(crate) use elementwise::Elementwise;
pub(crate) use jet::{JetBackward, JetForward, JetRows};
pub(crate) use laplacian::{LaplacianBackward, LaplacianForward, LaplacianRows};
pub(crate) use product::{Forward, Product, Rows};
pub(crate) use single::{SingleJvp, SingleValue};
pub(crate) use single_vjp::SingleVjp;
pub(crate) use transpose::Transpose;
pub(crate) use weights::WeightGradient;

use crate::simd::dispatch;

/// One function per kernel and kind of numbers.
macro_rules! kernels {
    ($($name:ident($task:ident);)*) => {
        /// The kernels of a kind of numbers.
        pub(crate) trait Kernels: Sized + Copy {$(
            fn $name(task: $task<'_, Self>);
        )*}
        kernels! { @float f64; $($name($task);)* }
        kernels! { @float f32; $($name($task);)* }
    };
    (@float $float:ident; $($name:ident($task:ident);)*) => {
        impl Kernels for $float {$(
            #[inline(never)]
            fn $name(task: $task<'_, Self>) {
                dispatch(task);
            }
        )*}
    };
}

kernels! {
    elementwise(Elementwise);
    forward(Forward);
    product(Product);
    weight_gradient(WeightGradient);
    transpose(Transpose);
    jet_forward(JetForward);
    jet_backward(JetBackward);
    laplacian_forward(LaplacianForward);
    laplacian_backward(LaplacianBackward);
    single_value(SingleValue);
    single_vjp(SingleVjp);
    single_jvp(SingleJvp);
}
