use crate::Activation;
use core::ops::Range;

/// Numbers of the widest vector.
pub(crate) const WIDEST: usize = 16;

/// One dense layer, `y = f(W x + b)`, and where its parameters stand in the flat slice.
///
/// First the weights, column by column (the output index runs fastest, as in
/// [`Scalar::dense_layer`](scalar::Scalar::dense_layer)), then the biases.
///
/// ```
/// use nn::{Activation, Mlp};
///
/// let mlp = Mlp::new(&[2, 3, 1], Activation::Tanh)?;
/// let p: Vec<f64> = (0..13).map(f64::from).collect();
/// let last = mlp.layers()[1];
/// assert_eq!(last.weights(&p), Some(&[9.0, 10.0, 11.0][..]));
/// assert_eq!(last.biases(&p), Some(&[12.0][..]));
/// assert_eq!(last.weight_index(0, 2), Some(11));
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layer {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) activation: Activation,
    /// Parameters of the layers before.
    pub(crate) start: usize,
    /// Outputs of the layers before: where this layer's rows stand in a workspace for batches.
    pub(crate) units: usize,
    /// The same where each layer begins at a whole vector: for single samples.
    pub(crate) place: usize,
}

impl Layer {
    /// Length of the layer's input.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Units of the layer.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// The activation of each unit.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// The outputs filled up to whole vectors of the widest kind.
    #[inline]
    pub(crate) fn padded(&self) -> usize {
        self.outputs.next_multiple_of(WIDEST)
    }

    /// Where the weights stand in the flat slice.
    #[inline]
    pub fn weight_range(&self) -> Range<usize> {
        self.start..self.start + self.inputs * self.outputs
    }

    /// Where the biases stand in the flat slice.
    #[inline]
    pub fn bias_range(&self) -> Range<usize> {
        let start = self.weight_range().end;
        start..start + self.outputs
    }

    /// The place of the weight from `input` to `output`; `None` outside the layer.
    pub fn weight_index(&self, output: usize, input: usize) -> Option<usize> {
        (output < self.outputs && input < self.inputs)
            .then(|| self.start + input * self.outputs + output)
    }

    /// The layer's weights in `p`, column by column; `None` if `p` is too short.
    #[inline]
    pub fn weights<'p, T>(&self, p: &'p [T]) -> Option<&'p [T]> {
        p.get(self.weight_range())
    }

    /// The layer's weights in `p`, to be changed; `None` if `p` is too short.
    ///
    /// ```
    /// use nn::{Activation, Init, Mlp};
    ///
    /// // A network that starts as the constant 0.
    /// let mlp = Mlp::new(&[1, 4, 1], Activation::Tanh)?;
    /// let mut p = mlp.init(Init::Glorot, 1);
    /// if let Some(weights) = mlp.layers()[1].weights_mut(&mut p) {
    ///     weights.fill(0.0);
    /// }
    /// let mut y = [1.0];
    /// mlp.eval(&p, &[0.7], &mut y);
    /// assert_eq!(y, [0.0]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    #[inline]
    pub fn weights_mut<'p, T>(&self, p: &'p mut [T]) -> Option<&'p mut [T]> {
        p.get_mut(self.weight_range())
    }

    /// The layer's biases in `p`; `None` if `p` is too short.
    #[inline]
    pub fn biases<'p, T>(&self, p: &'p [T]) -> Option<&'p [T]> {
        p.get(self.bias_range())
    }

    /// The layer's biases in `p`, to be changed; `None` if `p` is too short.
    #[inline]
    pub fn biases_mut<'p, T>(&self, p: &'p mut [T]) -> Option<&'p mut [T]> {
        p.get_mut(self.bias_range())
    }
}
