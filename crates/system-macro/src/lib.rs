//! Procedural macros of the crate `system`; use them from there.

mod adjoint;
mod constant;
mod derives;
mod documented;
mod expand;
mod literals;
mod model;
mod rename;

use proc_macro::TokenStream;

/// Declares a model from its equations. Documented at `system::system!`.
#[proc_macro]
pub fn system(input: TokenStream) -> TokenStream {
    expand::system(input.into()).unwrap_or_else(|error| error.into_compile_error()).into()
}

/// Lets float literals stand in a function that is generic over `S: Scalar`. Documented at
/// `system::literals`.
#[proc_macro_attribute]
pub fn literals(_: TokenStream, item: TokenStream) -> TokenStream {
    literals::lift_function(item.into()).unwrap_or_else(|error| error.into_compile_error()).into()
}
