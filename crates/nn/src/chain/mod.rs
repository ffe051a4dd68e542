//! A chain of stages: architectures beside the plain network.

mod batch;
mod eval;
mod plan;
mod stage;
mod step;

pub use batch::ChainWorkspace;
pub use stage::{Fourier, Normalize, Stage};
pub use step::Pass;

use crate::{Error, Init, Mlp};
use plan::Plan;
use step::Op;

/// Stages one after the other, over one flat parameter slice: normalised inputs, Fourier features, residual and modified
/// networks, dropout.
///
/// Like an [`Mlp`] it is an architecture, without its parameters; those of the stages follow one another.
///
/// ```
/// use nn::{Activation, Chain, Fourier, Init, Mlp, Normalize, Stage};
///
/// let square = || Mlp::new(&[8, 8, 8], Activation::Tanh).map(Stage::Mlp);
/// let chain = Chain::new(
///     1,
///     vec![
///         Stage::Normalize(Normalize { shift: vec![5.0], scale: vec![0.2] }),
///         Stage::Fourier(Fourier::random(1, 4, 1.0, 7)),
///         Stage::Residual(vec![square()?]),
///         Stage::Residual(vec![square()?]),
///         Stage::Mlp(Mlp::new(&[8, 1], Activation::Tanh)?),
///     ],
/// )?;
/// assert_eq!((chain.inputs(), chain.outputs()), (1, 1));
/// let p = chain.init(Init::Glorot, 42);
/// let mut y = [0.0];
/// chain.eval(&p, &[4.0], &mut y);
/// assert!(y[0].is_finite());
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Chain {
    stages: Vec<Stage>,
    plan: Plan,
}

impl Chain {
    /// A chain for inputs of this length. Without a stage it hands its input on.
    ///
    /// # Errors
    /// [`StageWidth`](crate::ErrorKind::StageWidth) if a stage does not fit the one before,
    /// [`UnequalWidths`](crate::ErrorKind::UnequalWidths) for a modified network with fewer than two hidden layers or
    /// with different widths, [`Setting`](crate::ErrorKind::Setting) for a rate of dropout that is no probability below
    /// one, [`ZeroWidth`](crate::ErrorKind::ZeroWidth) without inputs,
    /// [`EmptyData`](crate::ErrorKind::EmptyData), [`RaggedBatch`](crate::ErrorKind::RaggedBatch),
    /// [`Length`](crate::ErrorKind::Length) and [`NonFiniteData`](crate::ErrorKind::NonFiniteData) for what a stage holds,
    /// and [`TooLarge`](crate::ErrorKind::TooLarge).
    pub fn new(inputs: usize, stages: Vec<Stage>) -> Result<Self, Error> {
        let plan = Plan::new(inputs, &stages)?;
        Ok(Self { stages, plan })
    }

    /// Length of the input.
    pub fn inputs(&self) -> usize {
        self.plan.places[0].width
    }

    /// Length of the output.
    pub fn outputs(&self) -> usize {
        self.plan.last().width
    }

    /// Length of the flat parameter slice.
    pub fn num_params(&self) -> usize {
        self.plan.params
    }

    /// The stages.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Parameters to start from, as [`Mlp::init`]: for a chain of one network the same ones.
    /// [`SmallResidual`](Init::SmallResidual) is for the last network; those before it start as
    /// [`Glorot`](Init::Glorot).
    pub fn init(&self, init: Init, seed: u64) -> Vec<f64> {
        let networks = || {
            self.plan.steps.iter().filter_map(|step| match &step.op {
                Op::Mlp(mlp) => Some((mlp, step.params.clone())),
                _ => None,
            })
        };
        let mut p = vec![0.0; self.num_params()];
        let count = networks().count();
        for (k, (mlp, range)) in networks().enumerate() {
            let inner = match init {
                Init::SmallResidual { .. } if k + 1 < count => Init::Glorot,
                other => other,
            };
            p[range].copy_from_slice(&mlp.init(inner, seed.wrapping_add(k as u64)));
        }
        p
    }

    /// The network, if the chain is nothing else.
    pub(crate) fn only(&self) -> Option<&Mlp> {
        match self.plan.steps.as_slice() {
            [step::Step { op: Op::Mlp(mlp), .. }] => Some(mlp),
            _ => None,
        }
    }
}

impl From<Mlp> for Chain {
    fn from(mlp: Mlp) -> Self {
        Self { plan: Plan::of(mlp.clone()), stages: vec![Stage::Mlp(mlp)] }
    }
}

/// What a chain is written as.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Chain", deny_unknown_fields)]
struct Written {
    inputs: usize,
    stages: Vec<Stage>,
}

#[cfg(feature = "serde")]
impl From<Chain> for Written {
    fn from(chain: Chain) -> Self {
        Self { inputs: chain.inputs(), stages: chain.stages }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Chain {
    type Error = Error;
    fn try_from(written: Written) -> Result<Self, Error> {
        Self::new(written.inputs, written.stages)
    }
}
