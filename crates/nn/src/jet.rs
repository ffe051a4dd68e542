use crate::block::Block;
use crate::error::check;
use crate::jets::Rule;
use crate::kernel::{
    JetBackward, JetForward, JetRows, LaplacianBackward, LaplacianForward, LaplacianRows, Product,
};
use crate::{Error, Jets, Layer, Mlp, Real, Workspace};

impl Mlp {
    /// The output and its derivatives with respect to the input, for many samples: a row of
    /// [`numbers`](Jets::numbers)` × outputs` for each, in the order of [`Jets`].
    ///
    /// One pass for all of them: the work of a linear layer is that of `numbers` values.
    ///
    /// # Errors
    /// Those of [`Jets::numbers`], [`RaggedBatch`](crate::ErrorKind::RaggedBatch), [`Length`](crate::ErrorKind::Length) and
    /// [`SmallWorkspace`](crate::ErrorKind::SmallWorkspace); then `jet` is untouched.
    ///
    /// ```
    /// use nn::{Activation, Jets, Mlp, Workspace};
    ///
    /// // y = tanh x and its first two derivatives at 0.7.
    /// let unit = Mlp::new(&[1, 1], Activation::Tanh)?.with_output_activation(Activation::Tanh);
    /// let jets = Jets::along(&[1.0], 2);
    /// let (mut jet, mut ws) = ([0.0; 3], Workspace::for_jets(&unit, &jets)?);
    /// unit.jet_batch(&[1.0, 0.0], &[0.7], &jets, &mut jet, &mut ws)?;
    /// let t = 0.7f64.tanh();
    /// assert!((jet[1] - (1.0 - t * t)).abs() < 1e-15);
    /// assert!((jet[2] - -2.0 * t * (1.0 - t * t)).abs() < 1e-15);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn jet_batch<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        jets: &Jets<'_, T>,
        jet: &mut [T],
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        let columns = self.check_jets(p, x, jets, ws)?;
        let row = columns * self.outputs();
        check("jet", self.samples(x)? * row, jet.len())?;
        let most = Block::<T>::most_samples(columns);
        for (x, jet) in x.chunks(most * self.inputs()).zip(jet.chunks_mut(most * row)) {
            let block = Block::new(x.len() / self.inputs(), columns);
            self.forward_jets(p, x, jets, block, ws);
            let rows = &ws.h.all()[block.stride * self.last_units()..];
            for (sample, jet) in jet.chunks_exact_mut(row).enumerate() {
                block.read_sample(rows, sample, jet);
            }
        }
        Ok(())
    }

    /// The gradient of `Σ jet_bar · jet` with respect to the parameters, added to `p_bar`: a reverse sweep over
    /// [`jet_batch`](Mlp::jet_batch), which costs twice as much again.
    ///
    /// # Errors
    /// As [`jet_batch`](Mlp::jet_batch); then nothing is added.
    ///
    /// ```
    /// use nn::{Activation, Jets, Mlp, Workspace};
    ///
    /// // The derivative of (w x + b)' = w with respect to w and b.
    /// let line = Mlp::new(&[1, 1], Activation::Tanh)?;
    /// let jets = Jets::along(&[1.0], 1);
    /// let (mut p_bar, mut ws) = ([0.0; 2], Workspace::for_jets(&line, &jets)?);
    /// line.jet_vjp_batch(&[2.0, 1.0], &[3.0], &jets, &[0.0, 1.0], &mut p_bar, &mut ws)?;
    /// assert_eq!(p_bar, [1.0, 0.0]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn jet_vjp_batch<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        jets: &Jets<'_, T>,
        jet_bar: &[T],
        p_bar: &mut [T],
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        let row = jets.columns(self)? * self.outputs();
        check("jet_bar", self.samples(x)? * row, jet_bar.len())?;
        let cotangent = |k: usize, _: &[T], bar: &mut [T]| {
            bar.copy_from_slice(&jet_bar[k * row..][..row]);
        };
        self.jet_vjp_batch_with(p, x, jets, cotangent, p_bar, ws)
    }

    /// [`jet_vjp_batch`](Mlp::jet_vjp_batch) for cotangents that depend on the derivatives: `cotangent(k, jet, jet_bar)` is
    /// called once for each sample `k`, in order, and writes `jet_bar` (which comes as zeros). The loss of a
    /// physics-informed network and its gradient take one call.
    ///
    /// # Errors
    /// As [`jet_vjp_batch`](Mlp::jet_vjp_batch).
    ///
    /// ```
    /// use nn::{Activation, Init, Jets, Mlp, Workspace};
    ///
    /// // The squares of the residual u'' + u, and their gradient.
    /// let mlp = Mlp::new(&[1, 8, 1], Activation::Tanh)?;
    /// let p = mlp.init(Init::Glorot, 1);
    /// let jets = Jets::laplacian(&[1.0]);
    /// let (mut loss, mut p_bar) = (0.0, vec![0.0; p.len()]);
    /// let squares = |_: usize, jet: &[f64], jet_bar: &mut [f64]| {
    ///     let residual = jet[2] + jet[0];
    ///     loss += residual * residual;
    ///     (jet_bar[0], jet_bar[2]) = (2.0 * residual, 2.0 * residual);
    /// };
    /// let mut ws = Workspace::for_jets(&mlp, &jets)?;
    /// mlp.jet_vjp_batch_with(&p, &[0.0, 0.5, 1.0], &jets, squares, &mut p_bar, &mut ws)?;
    /// assert!(loss > 0.0 && p_bar.iter().any(|g| *g != 0.0));
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn jet_vjp_batch_with<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        jets: &Jets<'_, T>,
        mut cotangent: impl FnMut(usize, &[T], &mut [T]),
        p_bar: &mut [T],
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        let columns = self.check_jets(p, x, jets, ws)?;
        check("p_bar", self.num_params(), p_bar.len())?;
        self.transpose(p, false, ws.transposed.all_mut());
        let mut first = 0;
        for x in x.chunks(Block::<T>::most_samples(columns) * self.inputs()) {
            let block = Block::new(x.len() / self.inputs(), columns);
            self.forward_jets(p, x, jets, block, ws);
            self.cotangents(first, block, &mut cotangent, ws);
            first += block.samples;
            self.backward_jets(jets, block, p_bar, ws);
        }
        Ok(())
    }

    /// The number of columns, where everything fits.
    fn check_jets<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        jets: &Jets<'_, T>,
        ws: &Workspace<T>,
    ) -> Result<usize, Error> {
        check("p", self.num_params(), p.len())?;
        self.samples(x)?;
        let columns = jets.columns(self)?;
        ws.check(self, columns)?;
        Ok(columns)
    }

    /// All layers for a block; before each activation in `ws.z`, after it in `ws.h`.
    fn forward_jets<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        jets: &Jets<'_, T>,
        block: Block<T>,
        ws: &mut Workspace<T>,
    ) {
        let Block { padded, stride, .. } = block;
        block.scatter(x, ws.x.all_mut());
        jets.seed(self.inputs(), block, ws.x.all_mut());
        for layer in self.layers() {
            let place = stride * layer.units..stride * (layer.units + layer.outputs);
            let (before, h) = ws.h.all_mut().split_at_mut(place.start);
            let z = &mut ws.z.all_mut()[place];
            T::product(Product {
                a: &p[layer.weight_range()],
                bias: &p[layer.bias_range()],
                biased: padded,
                factor: &[],
                x: layer.input_rows(ws.x.all(), before, stride),
                y: z,
                shape: block.rows(layer.inputs, layer.outputs),
            });
            let activation = layer.activation;
            match jets.rule {
                Rule::Taylor { order } => {
                    let shape = jet_rows(layer, block, order);
                    T::jet_forward(JetForward { activation, z, h, shape });
                }
                Rule::Laplacian { weights } => {
                    let shape =
                        LaplacianRows { rows: layer.outputs, stride, samples: padded, weights };
                    T::laplacian_forward(LaplacianForward { activation, z, h, shape });
                }
            }
        }
    }

    /// The reverse sweep for a block, from the cotangents of the output in `ws.bar`.
    fn backward_jets<T: Real>(
        &self,
        jets: &Jets<'_, T>,
        block: Block<T>,
        p_bar: &mut [T],
        ws: &mut Workspace<T>,
    ) {
        let Block { padded, stride, .. } = block;
        for layer in self.layers().iter().rev() {
            let place = stride * layer.units..stride * (layer.units + layer.outputs);
            let (z, h) = (&ws.z.all()[place.clone()], &ws.h.all()[place]);
            let (activation, bar) = (layer.activation, ws.bar.all_mut());
            match jets.rule {
                Rule::Taylor { order } => {
                    let shape = jet_rows(layer, block, order);
                    T::jet_backward(JetBackward { activation, z, h, bar, shape });
                }
                Rule::Laplacian { weights } => {
                    let shape =
                        LaplacianRows { rows: layer.outputs, stride, samples: padded, weights };
                    T::laplacian_backward(LaplacianBackward { activation, z, h, bar, shape });
                }
            }
            self.gradient(layer, block, p_bar, ws);
            if layer.start > 0 {
                T::product(Product {
                    a: &ws.transposed.all()[layer.weight_range()],
                    bias: &[],
                    biased: 0,
                    factor: &[],
                    x: ws.bar.all(),
                    y: ws.next.all_mut(),
                    shape: block.rows(layer.outputs, layer.inputs),
                });
                core::mem::swap(&mut ws.bar, &mut ws.next);
            }
        }
    }
}

impl<T: Real> Jets<'_, T> {
    /// Derivatives of the input itself: the directions, and zeros for everything of a higher order.
    fn seed(&self, inputs: usize, block: Block<T>, rows: &mut [T]) {
        let Block { padded, columns, stride, .. } = block;
        let each = match self.rule {
            Rule::Taylor { order } => order,
            Rule::Laplacian { .. } => 1,
        };
        for (input, row) in rows.chunks_exact_mut(stride).take(inputs).enumerate() {
            let derivatives = &mut row[padded..padded * columns];
            derivatives.fill(T::ZERO);
            let firsts = derivatives.chunks_mut(padded * each);
            let count = match self.rule {
                Rule::Taylor { order } => (columns - 1) / order,
                Rule::Laplacian { weights } => weights.len(),
            };
            for (direction, first) in firsts.take(count).enumerate() {
                first[..padded].fill(self.component(inputs, direction, input));
            }
        }
    }
}

/// The shape of a layer's rows for Taylor jets.
fn jet_rows<T: Real>(layer: &Layer, block: Block<T>, order: usize) -> JetRows {
    JetRows {
        rows: layer.outputs,
        stride: block.stride,
        samples: block.padded,
        directions: (block.columns - 1) / order,
        order,
    }
}
