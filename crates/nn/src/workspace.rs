use crate::{Error, ErrorKind, Mlp};

/// Samples of a batch that are worked on together: their values stay in the nearest cache.
pub(crate) const BLOCK: usize = 32;

/// The memory of the `f64` kernels, owned by the caller and used again and again.
///
/// It serves the network that it was made for, and every smaller one; single samples and batches of
/// any length. It holds no result between calls. Size: about `32 (2 u + 2 w) + n` numbers for a
/// network with `u` units, widest layer `w` and `n` parameters.
///
/// ```
/// use nn::{Activation, Init, Mlp, Workspace};
///
/// let mlp = Mlp::new(&[1, 8, 1], Activation::Tanh)?;
/// let p = mlp.init(Init::Glorot, 5);
/// let mut ws = Workspace::new(&mlp);
/// let mut y = [0.0];
/// for x in [0.0, 0.1, 0.2] {
///     mlp.value(&p, &[x], &mut y, &mut ws)?; // allocates nothing
/// }
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Outputs of every layer, `samples × outputs` one after the other.
    pub(crate) h: Vec<f64>,
    /// Slopes of the activations, in the same places.
    pub(crate) slope: Vec<f64>,
    /// Cotangents (or tangents) of one layer, `samples × outputs`, and of its neighbour.
    pub(crate) bar: Vec<f64>,
    pub(crate) next_bar: Vec<f64>,
    /// Weights row by row, for the reverse sweep of a batch.
    pub(crate) transposed: Vec<f64>,
}

impl Workspace {
    /// Memory for `mlp`.
    pub fn new(mlp: &Mlp) -> Self {
        let units = vec![0.0; mlp.units() * BLOCK];
        let width = vec![0.0; widest(mlp) * BLOCK];
        Self {
            h: units.clone(),
            slope: units,
            bar: width.clone(),
            next_bar: width,
            transposed: vec![0.0; mlp.num_params()],
        }
    }

    /// Whether the network fits in; each buffer by itself, since a wide one may have few units.
    #[inline]
    pub(crate) fn check(&self, mlp: &Mlp) -> Result<(), Error> {
        let (units, width, params) = (mlp.units() * BLOCK, widest(mlp) * BLOCK, mlp.num_params());
        for (needed, found) in
            [(units, self.h.len()), (width, self.bar.len()), (params, self.transposed.len())]
        {
            if needed > found {
                return Err(ErrorKind::SmallWorkspace { needed, found }.into());
            }
        }
        Ok(())
    }
}

/// Outputs of the widest layer.
#[inline]
fn widest(mlp: &Mlp) -> usize {
    mlp.hidden_width().max(mlp.outputs())
}
