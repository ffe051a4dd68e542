use crate::layer::WIDEST;
use crate::workspace::ROW_BYTES;
use crate::{Activation, Error, ErrorKind, Layer};

/// A multi-layer perceptron: an architecture, without its parameters.
///
/// Layer `l` maps `h ↦ f(W h + b)`. All hidden layers share one activation; the output is linear
/// unless [`with_output_activation`](Mlp::with_output_activation) says otherwise. The layout of the
/// parameters is that of [`Layer`], one layer after the other.
///
/// ```
/// use nn::{Activation, Mlp};
///
/// let mlp = Mlp::new(&[2, 5, 5, 2], Activation::Tanh)?;
/// assert_eq!((mlp.inputs(), mlp.outputs(), mlp.num_params()), (2, 2, 15 + 30 + 12));
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Architecture", into = "Architecture"))]
pub struct Mlp {
    /// Never empty.
    layers: Box<[Layer]>,
    hidden: Activation,
    /// Outputs of the last layer and its activation, kept here so that reading them cannot fail.
    last: Layer,
}

impl Mlp {
    /// A network with these sizes, inputs first and outputs last; `[n, m]` is one linear layer.
    ///
    /// # Errors
    /// [`TooFewSizes`](ErrorKind::TooFewSizes) for fewer than two sizes,
    /// [`ZeroWidth`](ErrorKind::ZeroWidth) for a size of 0 and
    /// [`TooLarge`](ErrorKind::TooLarge) if the parameters and a workspace for them do not fit into
    /// the address space.
    pub fn new(sizes: &[usize], hidden: Activation) -> Result<Self, Error> {
        if let Some(layer) = sizes.iter().position(|&n| n == 0) {
            return Err(ErrorKind::ZeroWidth { layer }.into());
        }
        let (mut start, mut units, mut place) = (0usize, 0usize, 0usize);
        let mut layers = Vec::with_capacity(sizes.len().saturating_sub(1));
        for (l, pair) in sizes.windows(2).enumerate() {
            let [inputs, outputs] = [pair[0], pair[1]];
            let activation = if l + 2 == sizes.len() { Activation::Identity } else { hidden };
            layers.push(Layer { inputs, outputs, activation, start, units, place });
            // (inputs + 1) outputs more parameters; a workspace holds a row for as many units at
            // most, and its length must be a length too.
            start = inputs
                .checked_add(1)
                .and_then(|rows| rows.checked_mul(outputs))
                .and_then(|own| own.checked_add(start))
                .filter(|&n| n <= isize::MAX as usize / ROW_BYTES)
                .ok_or(ErrorKind::TooLarge { layer: l + 1, inputs, outputs })?;
            units += outputs; // less than the number of parameters
            place += outputs.next_multiple_of(WIDEST);
        }
        match layers.last().copied() {
            Some(last) => Ok(Self { layers: layers.into(), hidden, last }),
            None => Err(ErrorKind::TooFewSizes { given: sizes.len() }.into()),
        }
    }

    /// The same network with an activation after its last layer.
    ///
    /// ```
    /// use nn::{Activation, Init, Mlp};
    ///
    /// // A rate that cannot be negative.
    /// let rate = Mlp::new(&[1, 4, 1], Activation::Tanh)?.with_output_activation(Activation::Softplus);
    /// let mut y = [0.0];
    /// rate.eval(&rate.init(Init::Glorot, 7), &[-20.0], &mut y);
    /// assert!(y[0] > 0.0);
    /// # Ok::<(), nn::Error>(())
    /// ```
    #[must_use]
    pub fn with_output_activation(mut self, activation: Activation) -> Self {
        self.last.activation = activation;
        if let Some(last) = self.layers.last_mut() {
            last.activation = activation;
        }
        self
    }

    /// Length of the input.
    #[inline]
    pub fn inputs(&self) -> usize {
        self.layers.first().unwrap_or(&self.last).inputs
    }

    /// Length of the output.
    #[inline]
    pub fn outputs(&self) -> usize {
        self.last.outputs
    }

    /// Length of the flat parameter slice.
    #[inline]
    pub fn num_params(&self) -> usize {
        self.last.bias_range().end
    }

    /// The layers in the order of evaluation; there is at least one.
    #[inline]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Inputs, hidden widths, outputs: what [`new`](Mlp::new) was given.
    ///
    /// ```
    /// let mlp = nn::Mlp::new(&[3, 8, 1], nn::Activation::Silu)?;
    /// assert!(mlp.sizes().eq([3, 8, 1]));
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn sizes(&self) -> impl Iterator<Item = usize> + '_ {
        core::iter::once(self.inputs()).chain(self.layers.iter().map(|layer| layer.outputs))
    }

    /// The activation of the hidden layers.
    pub fn hidden_activation(&self) -> Activation {
        self.hidden
    }

    /// The activation of the last layer.
    pub fn output_activation(&self) -> Activation {
        self.last.activation
    }

    /// The widest layer, inputs and outputs among them.
    #[inline]
    pub(crate) fn widest(&self) -> usize {
        self.hidden_width().max(self.inputs()).max(self.outputs())
    }

    /// The widest hidden layer, 0 without one.
    #[inline]
    pub(crate) fn hidden_width(&self) -> usize {
        let hidden = self.layers.split_last().map_or(&[][..], |(_, hidden)| hidden);
        hidden.iter().map(|layer| layer.outputs).max().unwrap_or(0)
    }

    /// Outputs of all layers together.
    #[inline]
    pub(crate) fn units(&self) -> usize {
        self.last.units + self.last.outputs
    }
}

/// What a network is written as.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Architecture {
    sizes: Vec<usize>,
    hidden: Activation,
    output: Activation,
}

#[cfg(feature = "serde")]
impl From<Mlp> for Architecture {
    fn from(mlp: Mlp) -> Self {
        Self {
            sizes: mlp.sizes().collect(),
            hidden: mlp.hidden_activation(),
            output: mlp.output_activation(),
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Architecture> for Mlp {
    type Error = Error;
    fn try_from(written: Architecture) -> Result<Self, Error> {
        Ok(Self::new(&written.sizes, written.hidden)?.with_output_activation(written.output))
    }
}
