use crate::block::Block;
use crate::error::check;
use crate::kernel::{Forward, Product, Transpose, WeightGradient};
use crate::{Activation, Error, ErrorKind, Layer, Mlp, Real, Workspace};

impl Mlp {
    /// [`value`](Mlp::value) for many samples, stored one after the other (row-major:
    /// `samples × inputs` and `samples × outputs`). An empty batch is fine.
    ///
    /// # Errors
    /// [`RaggedBatch`](ErrorKind::RaggedBatch), [`Length`](ErrorKind::Length) and
    /// [`SmallWorkspace`](ErrorKind::SmallWorkspace); then `y` is untouched.
    ///
    /// ```
    /// use nn::{Activation, Mlp, Workspace};
    ///
    /// let line = Mlp::new(&[1, 1], Activation::Tanh)?; // y = w x + b
    /// let mut y = [0.0; 3];
    /// line.value_batch(&[2.0, 1.0], &[1.0, 2.0, 3.0], &mut y, &mut Workspace::new(&line))?;
    /// assert_eq!(y, [3.0, 5.0, 7.0]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn value_batch<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        y: &mut [T],
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        let samples = self.samples(x)?;
        check("y", samples * self.outputs(), y.len())?;
        ws.check(self, 1)?;
        let most = Block::<T>::most_samples(1);
        let blocks = x.chunks(most * self.inputs());
        for (x, y) in blocks.zip(y.chunks_mut(most * self.outputs())) {
            let block = Block::new(x.len() / self.inputs(), 1);
            block.scatter(x, ws.x.all_mut());
            self.forward_block::<T, false>(p, block, ws);
            block.gather(&ws.h.all()[block.stride * self.last_units()..], y);
        }
        Ok(())
    }

    /// [`vjp`](Mlp::vjp) for many samples: `x_bar` has a row per sample, `p_bar` is the sum over
    /// the samples. Both are added to. An empty `x_bar` is not wanted, and not computed: for training,
    /// which saves a third of the work of the first layer.
    ///
    /// # Errors
    /// [`RaggedBatch`](ErrorKind::RaggedBatch), [`Length`](ErrorKind::Length) and
    /// [`SmallWorkspace`](ErrorKind::SmallWorkspace); then nothing is added.
    ///
    /// ```
    /// use nn::{Activation, Mlp, Workspace};
    ///
    /// let line = Mlp::new(&[1, 1], Activation::Tanh)?; // y = w x + b
    /// let (mut x_bar, mut p_bar) = ([0.0; 2], [0.0; 2]);
    /// let mut ws = Workspace::new(&line);
    /// line.vjp_batch(&[2.0, 1.0], &[3.0, 4.0], &[1.0, 10.0], &mut x_bar, &mut p_bar, &mut ws)?;
    /// assert_eq!((x_bar, p_bar), ([2.0, 20.0], [43.0, 11.0]));
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn vjp_batch<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        y_bar: &[T],
        x_bar: &mut [T],
        p_bar: &mut [T],
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        let samples = self.samples(x)?;
        let row = self.outputs();
        check("y_bar", samples * row, y_bar.len())?;
        let cotangents = |first: usize, block: Block<T>, ws: &mut Workspace<T>| {
            let y_bar = &y_bar[first * row..][..block.samples * row];
            block.scatter_with_zeros(y_bar, ws.bar.all_mut());
        };
        self.vjp_blocks(p, x, cotangents, x_bar, p_bar, ws)
    }

    /// [`vjp_batch`](Mlp::vjp_batch) for cotangents that depend on the values: `cotangent(k, y,
    /// y_bar)` is called once for each sample `k`, in order, with its output, and writes `y_bar`
    /// (which comes as zeros). A loss and its gradient take one call.
    ///
    /// # Errors
    /// As [`vjp_batch`](Mlp::vjp_batch).
    ///
    /// ```
    /// use nn::{Activation, Mlp, Workspace};
    ///
    /// let line = Mlp::new(&[1, 1], Activation::Tanh)?; // y = w x + b
    /// let (x, data) = ([0.0, 1.0], [1.0, 4.0]);
    /// let (mut loss, mut x_bar, mut p_bar) = (0.0, [0.0; 2], [0.0; 2]);
    /// let squares = |k: usize, y: &[f64], y_bar: &mut [f64]| {
    ///     loss += (y[0] - data[k]).powi(2);
    ///     y_bar[0] = 2.0 * (y[0] - data[k]);
    /// };
    /// let mut ws = Workspace::new(&line);
    /// line.vjp_batch_with(&[2.0, 1.0], &x, squares, &mut x_bar, &mut p_bar, &mut ws)?;
    /// assert_eq!((loss, p_bar), (1.0, [-2.0, -2.0]));
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn vjp_batch_with<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        mut cotangent: impl FnMut(usize, &[T], &mut [T]),
        x_bar: &mut [T],
        p_bar: &mut [T],
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        let cotangents = |first: usize, block: Block<T>, ws: &mut Workspace<T>| {
            self.cotangents(first, block, &mut cotangent, ws);
        };
        self.vjp_blocks(p, x, cotangents, x_bar, p_bar, ws)
    }

    /// Block by block; `cotangents(first, block, ws)` writes those of the outputs to `ws.bar`.
    fn vjp_blocks<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        mut cotangents: impl FnMut(usize, Block<T>, &mut Workspace<T>),
        x_bar: &mut [T],
        p_bar: &mut [T],
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        self.samples(x)?;
        if !x_bar.is_empty() {
            check("x_bar", x.len(), x_bar.len())?;
        }
        check("p_bar", self.num_params(), p_bar.len())?;
        ws.check(self, 1)?;
        self.transpose(p, !x_bar.is_empty(), ws.transposed.all_mut());
        let width = Block::<T>::most_samples(1) * self.inputs();
        let mut x_bars = x_bar.chunks_mut(width);
        let mut first = 0;
        for x in x.chunks(width) {
            let x_bar = x_bars.next().unwrap_or(&mut []);
            let block = Block::new(x.len() / self.inputs(), 1);
            block.scatter(x, ws.x.all_mut());
            self.forward_block::<T, true>(p, block, ws);
            cotangents(first, block, ws);
            first += block.samples;
            if let Some(last) = self.layers().last()
                && last.activation != Activation::Identity
            {
                let slope = &ws.z.all()[block.stride * last.units..];
                let bar = &mut ws.bar.all_mut()[..block.stride * last.outputs];
                bar.iter_mut().zip(slope).for_each(|(bar, slope)| *bar *= *slope);
            }
            self.backward_block(block, x_bar, p_bar, ws);
        }
        Ok(())
    }

    /// The number of samples in a batch.
    pub(crate) fn samples<T>(&self, x: &[T]) -> Result<usize, Error> {
        let row = self.inputs();
        if x.len().is_multiple_of(row) {
            Ok(x.len() / row)
        } else {
            Err(ErrorKind::RaggedBatch { argument: "x", row, found: x.len() }.into())
        }
    }

    /// The weights of each layer row by row, in the same places; those of the first one if cotangents of the input are wanted.
    pub(crate) fn transpose<T: Real>(&self, p: &[T], first: bool, transposed: &mut [T]) {
        for layer in &self.layers()[usize::from(!first)..] {
            T::transpose(Transpose {
                from: &p[layer.weight_range()],
                to: &mut transposed[layer.weight_range()],
                rows: layer.inputs,
                columns: layer.outputs,
                from_stride: layer.outputs,
                to_stride: layer.inputs,
            });
        }
    }

    /// Which row of a batch's workspace is the first of the output.
    #[inline]
    pub(crate) fn last_units(&self) -> usize {
        self.units() - self.outputs()
    }

    /// Asks for the cotangent of each sample of a block, whose first one is number `first`, and writes it to `ws.bar`.
    pub(crate) fn cotangents<T: Real>(
        &self,
        first: usize,
        block: Block<T>,
        cotangent: &mut impl FnMut(usize, &[T], &mut [T]),
        ws: &mut Workspace<T>,
    ) {
        let rows = &ws.h.all()[block.stride * self.last_units()..];
        let bar = &mut ws.bar.all_mut()[..block.stride * self.outputs()];
        // Copies of the last sample count for nothing.
        bar.fill(T::ZERO);
        let n = self.outputs() * block.columns;
        let (y, y_bar) = ws.sample.all_mut().split_at_mut(n);
        let y_bar = &mut y_bar[..n];
        for sample in 0..block.samples {
            block.read_sample(rows, sample, y);
            y_bar.fill(T::ZERO);
            cotangent(first + sample, y, y_bar);
            block.write_sample(y_bar, sample, bar);
        }
    }

    /// All layers for a block of samples, whose inputs are in `ws.x`; the slopes too, if asked for.
    fn forward_block<T: Real, const SLOPES: bool>(
        &self,
        p: &[T],
        block: Block<T>,
        ws: &mut Workspace<T>,
    ) {
        let stride = block.stride;
        for layer in self.layers() {
            let (before, y) = ws.h.all_mut().split_at_mut(stride * layer.units);
            let product = Product {
                a: &p[layer.weight_range()],
                bias: &p[layer.bias_range()],
                biased: block.padded,
                factor: &[],
                x: layer.input_rows(ws.x.all(), before, stride),
                y: &mut y[..stride * layer.outputs],
                shape: block.rows(layer.inputs, layer.outputs),
            };
            let slope = match SLOPES {
                true => &mut ws.z.all_mut()[stride * layer.units..][..stride * layer.outputs],
                false => &mut [],
            };
            T::forward(Forward { product, activation: layer.activation, slope });
        }
    }

    /// The reverse sweep for a block of samples, from the cotangents of the last layer before its activation in `ws.bar`:
    /// `W̄ += z̄ hᵀ`, `z̄ ← (Wᵀ z̄) f'` of the layer before.
    fn backward_block<T: Real>(
        &self,
        block: Block<T>,
        x_bar: &mut [T],
        p_bar: &mut [T],
        ws: &mut Workspace<T>,
    ) {
        let stride = block.stride;
        for (l, layer) in self.layers().iter().enumerate().rev() {
            self.gradient(layer, block, p_bar, ws);
            if l == 0 && x_bar.is_empty() {
                return;
            }
            let before = l.checked_sub(1).and_then(|l| self.layers().get(l));
            let factor = match before {
                Some(before) if before.activation != Activation::Identity => {
                    &ws.z.all()[stride * before.units..][..stride * before.outputs]
                }
                _ => &[],
            };
            T::product(Product {
                a: &ws.transposed.all()[layer.weight_range()],
                bias: &[],
                biased: 0,
                factor,
                x: ws.bar.all(),
                y: ws.next.all_mut(),
                shape: block.rows(layer.outputs, layer.inputs),
            });
            core::mem::swap(&mut ws.bar, &mut ws.next);
        }
        block.gather_add(ws.bar.all(), x_bar);
    }

    /// Adds the gradient of a layer's parameters, from its cotangents in `ws.bar`.
    pub(crate) fn gradient<T: Real>(
        &self,
        layer: &Layer,
        block: Block<T>,
        p_bar: &mut [T],
        ws: &mut Workspace<T>,
    ) {
        let own = &mut p_bar[layer.start..layer.bias_range().end];
        let (w_bar, b_bar) = own.split_at_mut(layer.inputs * layer.outputs);
        let before = &ws.h.all()[..block.stride * layer.units];
        T::weight_gradient(WeightGradient {
            x: layer.input_rows(ws.x.all(), before, block.stride),
            z_bar: ws.bar.all(),
            w_bar,
            b_bar,
            biased: block.padded,
            shape: block.rows(layer.inputs, layer.outputs),
            // What is computed next is written there.
            scratch: ws.next.all_mut(),
        });
    }
}

impl Layer {
    /// The rows of the layer's input: `x` for the first layer, else the end of what was computed before it.
    #[inline]
    pub(crate) fn input_rows<'a, T>(&self, x: &'a [T], before: &'a [T], stride: usize) -> &'a [T] {
        if self.start == 0 { x } else { &before[before.len() - stride * self.inputs..] }
    }
}
