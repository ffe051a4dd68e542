//! The number types that a model can be evaluated with.
//!
//! A right-hand side is written once against [`Scalar`]. Which interpretation it gets is chosen by
//! the type that it is called with:
//!
//! | type | meaning |
//! |---|---|
//! | `f64`, `f32` | plain evaluation |
//! | [`Dual<S, N>`] | a value with `N` tangents (forward mode); nests for higher derivatives |
//! | [`Jet<S, K>`] | a Taylor series of order `K` in one direction; of every other type |
//! | [`Lanes<W>`] | `W` independent evaluations side by side |
//! | [`Dependency`] | only remembers which inputs a value depends on: Jacobian sparsity |
//!
//! (The crate `ad-tape` adds recorded variables for reverse mode.)
//!
//! ```
//! use scalar::{Dual, Scalar};
//!
//! fn f<S: Scalar>(x: S) -> S {
//!     x.sin() * x.exp()
//! }
//!
//! let x = Dual::<f64, 1>::variable(0.5, 0);
//! let y = f(x);
//! assert_eq!(y.re, f(0.5));
//! assert!((y.eps[0] - (0.5f64.cos() + 0.5f64.sin()) * 0.5f64.exp()).abs() < 1e-15);
//! ```

pub mod check;
mod concrete;
mod dependency;
pub mod derivative;
mod dual;
mod float;
pub mod function;
mod jet;
mod lanes;
mod operators;
mod special;
mod traits;

pub use concrete::{BranchScalar, Concrete};
pub use dependency::Dependency;
pub use dual::Dual;
pub use function::{AnyBinary, AnyUnary, Binary, Unary};
pub use jet::{Directional, Jet, directional};
pub use lanes::Lanes;
pub use traits::Scalar;
