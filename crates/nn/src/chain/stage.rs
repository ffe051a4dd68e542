use crate::error::{check, finite};
use crate::{Error, ErrorKind, Mlp};
use core::f64::consts::TAU;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// One stage of a [`Chain`](crate::Chain).
///
/// Only [`Mlp`] and [`Modified`](Stage::Modified) have parameters; what the others hold is fixed.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Stage {
    /// A fixed affine map of each component.
    Normalize(Normalize),
    /// Sines and cosines of fixed random directions.
    Fourier(Fourier),
    /// A dense network.
    Mlp(Mlp),
    /// The modified network of Wang, Teng and Perdikaris (SIAM J. Sci. Comput. 43, 2021, eq. 43 to 46) with these layers, for
    /// fields that a plain one has trouble with. Two encoders `u` and `v` see the input of the stage, and each hidden layer `z`
    /// after the first one chooses between them:
    /// ```text
    /// u = f(Wᵤ x + bᵤ)    v = f(Wᵥ x + bᵥ)    h₁ = f(W₁ x + b₁)
    /// zₖ = f(Wₖ hₖ₋₁ + bₖ)    hₖ = (1 - zₖ) u + zₖ v    for k = 2, 3, …
    /// ```
    /// At least two hidden layers, all of one width. The parameters are those of `u`, of `v`, then the layers'.
    Modified(Mlp),
    /// `x + f(x)`, where `f` is a chain of these stages that keeps the width (He et al., CVPR 2016).
    Residual(Vec<Stage>),
    /// In training each component is set to zero with probability `rate` and divided by `1 - rate` otherwise (Srivastava et
    /// al., JMLR 15, 2014); elsewhere it does nothing.
    Dropout {
        /// The probability, in [0, 1).
        rate: f64,
    },
}

/// `y = (x - shift) scale`, component by component.
///
/// ```
/// use nn::Normalize;
///
/// let data = [1.0, 10.0, 3.0, 10.0]; // two samples of two components
/// let normalize = Normalize::from_data(&data, 2)?;
/// assert_eq!(normalize, Normalize { shift: vec![2.0, 10.0], scale: vec![1.0, 1.0] });
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Normalize {
    /// What is subtracted.
    pub shift: Vec<f64>,
    /// What the difference is multiplied by.
    pub scale: Vec<f64>,
}

impl Normalize {
    /// To mean 0 and standard deviation 1 over these samples (row-major, `samples × width`). A component that does not change
    /// is only shifted.
    ///
    /// # Errors
    /// [`EmptyData`](ErrorKind::EmptyData), [`RaggedBatch`](ErrorKind::RaggedBatch),
    /// [`NonFiniteData`](ErrorKind::NonFiniteData), also if the spread of a component overflows.
    pub fn from_data(data: &[f64], width: usize) -> Result<Self, Error> {
        if data.is_empty() || width == 0 {
            return Err(ErrorKind::EmptyData { argument: "data" }.into());
        }
        if !data.len().is_multiple_of(width) {
            return Err(
                ErrorKind::RaggedBatch { argument: "data", row: width, found: data.len() }.into()
            );
        }
        finite("data", data, width)?;
        let n = (data.len() / width) as f64;
        let (mut shift, mut scale) = (vec![0.0; width], vec![1.0; width]);
        for i in 0..width {
            let column = || data[i..].iter().step_by(width);
            // From the first sample on: of a component that does not change this is its very value.
            let first = data[i];
            let mean = first + column().map(|x| x / n - first / n).sum::<f64>();
            // Relative to the largest deviation, whose square might overflow or vanish.
            let most = column().fold(0.0, |most: f64, x| most.max((x - mean).abs()));
            let mean_square = column().map(|x| ((x - mean) / most).powi(2)).sum::<f64>() / n;
            shift[i] = mean;
            // What rounding of the mean leaves is no spread.
            if most > 4.0 * f64::EPSILON * mean.abs() {
                scale[i] = 1.0 / (most * mean_square.sqrt());
            }
            if !(most.is_finite() && scale[i].is_finite() && scale[i] > 0.0) {
                let sample = column().position(|x| (x - mean).abs() == most).unwrap_or(0);
                let value = data[sample * width + i];
                return Err(ErrorKind::NonFiniteData { argument: "data", sample, value }.into());
            }
        }
        Ok(Self { shift, scale })
    }
}

/// Random Fourier features (Tancik et al., NeurIPS 2020): `sin(2π B x)`, then `cos(2π B x)`, with a fixed matrix `B`. They let
/// a network learn fine detail soon.
///
/// ```
/// use nn::{Chain, Fourier, Stage};
///
/// let fourier = Fourier { inputs: 1, frequencies: vec![0.25, 0.5] };
/// let chain = Chain::new(1, vec![Stage::Fourier(fourier)])?;
/// let mut y = [0.0f64; 4];
/// chain.eval(&[], &[1.0], &mut y);
/// assert!((y[0] - 1.0).abs() < 1e-15 && (y[3] + 1.0).abs() < 1e-15);
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Fourier {
    /// Length of the input.
    pub inputs: usize,
    /// `B`, a row of `inputs` numbers for each feature: periods per unit of the input.
    pub frequencies: Vec<f64>,
}

impl Fourier {
    /// So many features with frequencies drawn from a normal distribution of standard deviation `deviation`. The same seed
    /// gives the same frequencies (ChaCha8 and the method of Box and Muller).
    ///
    /// ```
    /// let fourier = nn::Fourier::random(2, 16, 3.0, 42);
    /// assert_eq!(fourier.frequencies.len(), 32);
    /// ```
    pub fn random(inputs: usize, features: usize, deviation: f64, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // 53 random bits: uniform on (0, 1].
        let mut uniform = || ((rng.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64;
        let normal = |_| (-2.0 * uniform().ln()).sqrt() * (TAU * uniform()).cos() * deviation;
        let frequencies = (0..inputs.saturating_mul(features)).map(normal).collect();
        Self { inputs, frequencies }
    }

    /// Length of the output: a sine and a cosine per feature.
    pub(crate) fn outputs(&self) -> usize {
        self.frequencies.len() / self.inputs.max(1) * 2
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.inputs == 0 || self.frequencies.is_empty() {
            return Err(ErrorKind::EmptyData { argument: "Fourier.frequencies" }.into());
        }
        if !self.frequencies.len().is_multiple_of(self.inputs) {
            return Err(ErrorKind::RaggedBatch {
                argument: "Fourier.frequencies",
                row: self.inputs,
                found: self.frequencies.len(),
            }
            .into());
        }
        let angles: Vec<f64> = self.frequencies.iter().map(|b| TAU * b).collect();
        finite("Fourier.frequencies", &angles, self.inputs)
    }
}

impl Normalize {
    pub(crate) fn check(&self) -> Result<(), Error> {
        check("Normalize.scale", self.shift.len(), self.scale.len())?;
        finite("Normalize.shift", &self.shift, 1)?;
        finite("Normalize.scale", &self.scale, 1)
    }
}
