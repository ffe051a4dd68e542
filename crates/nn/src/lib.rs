//! Small dense networks over a flat parameter slice.
//!
//! An [`Mlp`] is an architecture: sizes and activations, no weights. The parameters are a slice of
//! numbers that belongs to the caller, so that a network can be a part of a larger model whose
//! parameters are fitted together. There are two ways to evaluate it:
//!
//! - [`Mlp::eval`] for every number type, inside a model that is written once;
//! - hand-written kernels for `f64` and `f32` with a caller-owned [`Workspace`]: [`Mlp::value`],
//!   [`Mlp::vjp`], [`Mlp::jvp`], the same for batches ([`Mlp::value_batch`], [`Mlp::vjp_batch`],
//!   [`Mlp::jvp_batch`]), and derivatives with respect to the input up to the fourth, or the Laplacian,
//!   with their parameter gradients ([`Jets`], [`Mlp::jet_batch`], [`Mlp::jet_vjp_batch`]).
//!
//! A [`Chain`] puts stages one after the other: normalised inputs, Fourier features, residual and modified networks, dropout.
//! [`Training`] fits a chain, or a network as one, to plain [`Data`].
//!
//! No kernel allocates. The kernels use the vectors of the CPU that they run on ([`instructions`]), whatever the build was
//! made for, so that the last digits of their results depend on it.
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
//!
//! Features: `serde` (models and chains can be written and read), `safetensors` (networks in that format), `dfdx` (modules of that crate over a flat
//! parameter slice), `parallel` (batches of a [`Training`] on all cores, same answer
//! as on one).

mod activation;
mod aligned;
mod batch;
mod block;
mod chain;
#[cfg(feature = "dfdx")]
mod dfdx_module;
mod display;
mod elementary;
mod error;
mod eval;
#[cfg(feature = "safetensors")]
mod file;
mod init;
mod jet;
mod jets;
mod jvp;
mod kernel;
mod layer;
mod mlp;
mod model;
mod real;
mod simd;
mod train;
mod vjp;
mod workspace;

pub use activation::Activation;
pub use chain::{Chain, ChainWorkspace, Fourier, Normalize, Pass, Stage};
#[cfg(feature = "dfdx")]
pub use dfdx_module::DfdxModule;
pub use error::{Error, ErrorKind};
pub use init::Init;
pub use jets::Jets;
pub use layer::Layer;
pub use mlp::Mlp;
pub use model::Model;
pub use real::Real;
pub use simd::instructions;
pub use train::{
    Adam, Data, Epoch, StopReason, Targets, Trained, Training, Update, cross_entropy, squared_error,
};
pub use workspace::Workspace;
