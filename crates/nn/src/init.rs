use crate::Mlp;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How the weights start. Biases start at zero.
///
/// Weights are uniform on `[-a, a)`: their variance `a²/3` is what the derivations fix, and a uniform
/// number needs no function whose last bit depends on the platform.
///
/// ```
/// use nn::{Activation, Init, Mlp};
///
/// let mlp = Mlp::new(&[2, 8, 1], Activation::Tanh)?;
/// let p = mlp.init(Init::small_residual(), 42);
/// let mut y = [0.0];
/// mlp.eval(&p, &[1.0, -1.0], &mut y);
/// assert!(y[0].abs() < 1e-3); // physics + network starts as the physics
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Init {
    /// Variance `2 / (inputs + outputs)` (Glorot and Bengio 2010, eq. 16): for tanh.
    Glorot,
    /// Variance `2 / inputs` (He et al. 2015, eq. 10): for softplus and silu.
    He,
    /// [`Glorot`](Init::Glorot) with the last layer's weights times `scale`, so that a network that
    /// is added to known terms starts near zero, and still has a gradient.
    SmallResidual {
        /// The factor of the last layer.
        scale: f64,
    },
    /// All zero. Hidden layers of tanh then never learn: only for a single layer, or as a start
    /// that is filled in by hand.
    Zeros,
}

impl Init {
    /// [`SmallResidual`](Init::SmallResidual) with the usual factor of 1e-4.
    pub const fn small_residual() -> Self {
        Self::SmallResidual { scale: 1e-4 }
    }

    /// The bound `a` of the weights of a layer.
    fn bound(self, inputs: usize, outputs: usize, is_last: bool) -> f64 {
        let (inputs, outputs) = (inputs as f64, outputs as f64);
        let glorot = (6.0 / (inputs + outputs)).sqrt();
        match self {
            Self::Glorot => glorot,
            Self::He => (6.0 / inputs).sqrt(),
            Self::SmallResidual { scale } => glorot * if is_last { scale } else { 1.0 },
            Self::Zeros => 0.0,
        }
    }
}

impl Mlp {
    /// Parameters to start from. The same seed gives the same numbers on every platform (ChaCha8).
    ///
    /// ```
    /// use nn::{Activation, Init, Mlp};
    ///
    /// let mlp = Mlp::new(&[2, 5, 2], Activation::Tanh)?;
    /// assert_eq!(mlp.init(Init::Glorot, 1), mlp.init(Init::Glorot, 1));
    /// assert_ne!(mlp.init(Init::Glorot, 1), mlp.init(Init::Glorot, 2));
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn init(&self, init: Init, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut p = vec![0.0; self.num_params()];
        for (l, layer) in self.layers().iter().enumerate() {
            let bound = init.bound(layer.inputs, layer.outputs, l + 1 == self.layers().len());
            if bound == 0.0 {
                continue;
            }
            for weight in &mut p[layer.weight_range()] {
                // 53 random bits: uniform on [0, 1).
                let uniform = (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
                *weight = bound * (2.0 * uniform - 1.0);
            }
        }
        p
    }
}
