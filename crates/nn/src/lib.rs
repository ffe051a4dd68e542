//! Small dense networks over a flat parameter slice.
//!
//! An [`Mlp`] is an architecture: sizes and activations, no weights. The parameters are a slice of
//! numbers that belongs to the caller, so that a network can be a part of a larger model whose
//! parameters are fitted together. There are two ways to evaluate it:
//!
//! - [`Mlp::eval`] for every number type, inside a model that is written once;
//! - hand-written kernels for `f64` with a caller-owned [`Workspace`]: [`Mlp::value`],
//!   [`Mlp::vjp`], [`Mlp::jvp`] and the batched [`Mlp::value_batch`], [`Mlp::vjp_batch`].
//!
//! None of them allocates.
//!
//! ```
//! use nn::{Activation, Init, Mlp, Workspace};
//!
//! let mlp = Mlp::new(&[2, 5, 5, 2], Activation::Tanh)?;
//! assert_eq!(mlp.to_string(), "2 → 5 tanh → 5 tanh → 2");
//! let p = mlp.init(Init::Glorot, 42);
//! let mut ws = Workspace::new(&mlp);
//!
//! // The gradient of y[0] with respect to x and p.
//! let (mut x_bar, mut p_bar) = ([0.0; 2], vec![0.0; mlp.num_params()]);
//! let y = mlp.vjp(&p, &[0.3, -0.8], &[1.0, 0.0], &mut x_bar, &mut p_bar, &mut ws)?;
//! assert_eq!(y.len(), 2);
//! # Ok::<(), nn::Error>(())
//! ```

mod activation;
mod batch;
mod display;
mod error;
mod eval;
mod init;
mod jvp;
mod kernel;
mod layer;
mod mlp;
mod model;
mod vjp;
mod workspace;

pub use activation::Activation;
pub use error::{Error, ErrorKind};
pub use init::Init;
pub use layer::Layer;
pub use mlp::Mlp;
pub use model::Model;
pub use workspace::Workspace;
