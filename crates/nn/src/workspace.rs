use crate::aligned::Aligned;
use crate::block::Block;
use crate::layer::WIDEST;
use crate::{Error, ErrorKind, Jets, Mlp, Real};

/// Bytes of a row: the samples of a batch that are worked on together, and their derivatives. One line of the cache more than
/// a power of two, so that rows do not meet in the same places of it.
pub(crate) const ROW_BYTES: usize = 2048 + 64;

/// The memory of the kernels, owned by the caller and used again and again.
///
/// It serves the network that it was made for, and every smaller one; single samples and batches of any length. It holds no
/// result between calls. Size: about `(2 u + 2 w + n + 48) 2112` bytes and as many numbers as parameters, for a network with `u`
/// units, `n` inputs and widest layer `w`.
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
pub struct Workspace<T = f64> {
    /// Inputs of a batch, a row per input.
    pub(crate) x: Aligned<T>,
    /// Outputs of every layer, a row per unit.
    pub(crate) h: Aligned<T>,
    /// In the same places, slopes of the activations, or what the activations of jets were applied to.
    pub(crate) z: Aligned<T>,
    /// Cotangents (or tangents) of one layer and of its neighbour.
    pub(crate) bar: Aligned<T>,
    /// Also the former sample by sample, with whole vectors of the widest kind.
    pub(crate) next: Aligned<T>,
    /// Weights row by row, for the reverse sweep of a batch.
    pub(crate) transposed: Aligned<T>,
    /// The outputs of a sample and their cotangents, for who is asked for them.
    pub(crate) sample: Aligned<T>,
}

impl<T: Real> Workspace<T> {
    /// Memory for values and first derivatives of `mlp`.
    pub fn new(mlp: &Mlp) -> Self {
        // Two numbers for a value and its tangent.
        Self::with_sizes(Sizes::of::<T>(mlp, 2).unwrap_or_default())
    }

    /// Memory for `jets` of `mlp`, and for all that [`new`](Workspace::new) is for.
    ///
    /// # Errors
    /// [`TooManyDirections`](ErrorKind::TooManyDirections) if it does not fit into the address space.
    ///
    /// ```
    /// use nn::{Activation, Jets, Mlp, Workspace};
    ///
    /// let mlp = Mlp::new(&[3, 8, 1], Activation::Tanh)?;
    /// let ws = Workspace::<f32>::for_jets(&mlp, &Jets::laplacian(&[1.0; 3]))?;
    /// # let _ = ws;
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn for_jets(mlp: &Mlp, jets: &Jets<'_, T>) -> Result<Self, Error> {
        let columns = jets.columns(mlp)?;
        match (Sizes::of::<T>(mlp, columns), Sizes::of::<T>(mlp, 2)) {
            (Some(sizes), Some(plain)) => Ok(Self::with_sizes(sizes.max(plain))),
            _ => Err(ErrorKind::TooManyDirections { numbers: columns }.into()),
        }
    }

    /// Memory that serves each of these networks.
    pub(crate) fn for_all<'a>(mlps: impl Iterator<Item = &'a Mlp>) -> Self {
        let sizes = mlps.map(|mlp| Sizes::of::<T>(mlp, 2).unwrap_or_default());
        Self::with_sizes(sizes.fold(Sizes::default(), Sizes::max))
    }

    fn with_sizes(sizes: Sizes) -> Self {
        Self {
            x: Aligned::zeros(sizes.inputs),
            h: Aligned::zeros(sizes.units),
            z: Aligned::zeros(sizes.units),
            bar: Aligned::zeros(sizes.width),
            next: Aligned::zeros(sizes.width),
            transposed: Aligned::zeros(sizes.params),
            sample: Aligned::zeros(sizes.sample),
        }
    }

    /// Whether the network fits in with so many numbers per value; each buffer by itself, since a wide one may have few units.
    #[inline]
    pub(crate) fn check(&self, mlp: &Mlp, columns: usize) -> Result<(), Error> {
        let Some(sizes) = Sizes::of::<T>(mlp, columns) else {
            return Err(ErrorKind::TooManyDirections { numbers: columns }.into());
        };
        for (needed, found) in [
            (sizes.inputs, self.x.len()),
            (sizes.units, self.h.len()),
            (sizes.width, self.bar.len()),
            (sizes.params, self.transposed.len()),
            (sizes.sample, self.sample.len()),
        ] {
            if needed > found {
                return Err(ErrorKind::SmallWorkspace { needed, found }.into());
            }
        }
        Ok(())
    }
}

/// The lengths of the buffers.
#[derive(Clone, Copy, Default)]
struct Sizes {
    inputs: usize,
    units: usize,
    width: usize,
    params: usize,
    sample: usize,
}

impl Sizes {
    /// Room for both.
    fn max(self, other: Self) -> Self {
        Self {
            inputs: self.inputs.max(other.inputs),
            units: self.units.max(other.units),
            width: self.width.max(other.width),
            params: self.params.max(other.params),
            sample: self.sample.max(other.sample),
        }
    }

    /// `None` if one is too long.
    #[inline]
    fn of<T: Real>(mlp: &Mlp, columns: usize) -> Option<Self> {
        let stride = Block::<T>::longest_stride(columns)?;
        let rows = |n: usize| {
            let bytes = n.checked_mul(stride)?.checked_mul(size_of::<T>())?;
            (bytes <= isize::MAX as usize / 2).then_some(n * stride)
        };
        Some(Self {
            inputs: rows(mlp.inputs())?,
            units: rows(mlp.units())?,
            // With a vector more for each sample.
            width: rows(mlp.widest().checked_next_multiple_of(WIDEST)?.checked_add(WIDEST)?)?,
            params: mlp.num_params(),
            // Each of the two is shorter than the rows of the outputs.
            sample: 2 * mlp.outputs().checked_mul(columns)?,
        })
    }
}
