use crate::error::check;
use crate::kernel::{axpy, combine, multiply};
use crate::workspace::BLOCK;
use crate::{Activation, Error, ErrorKind, Mlp, Workspace};

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
    pub fn value_batch(
        &self,
        p: &[f64],
        x: &[f64],
        y: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        let samples = self.samples(x)?;
        check("y", samples * self.outputs(), y.len())?;
        ws.check(self)?;
        let blocks = x.chunks(BLOCK * self.inputs());
        for (x, y) in blocks.zip(y.chunks_mut(BLOCK * self.outputs())) {
            y.copy_from_slice(self.forward::<false>(p, x, x.len() / self.inputs(), ws));
        }
        Ok(())
    }

    /// [`vjp`](Mlp::vjp) for many samples: `x_bar` has a row per sample, `p_bar` is the sum over
    /// the samples. Both are added to.
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
    pub fn vjp_batch(
        &self,
        p: &[f64],
        x: &[f64],
        y_bar: &[f64],
        x_bar: &mut [f64],
        p_bar: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), Error> {
        let samples = self.samples(x)?;
        let row = self.outputs();
        check("y_bar", samples * row, y_bar.len())?;
        let cotangent = |k: usize, _: &[f64], bar: &mut [f64]| {
            bar.copy_from_slice(&y_bar[k * row..][..row]);
        };
        self.vjp_batch_with(p, x, cotangent, x_bar, p_bar, ws)
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
    pub fn vjp_batch_with(
        &self,
        p: &[f64],
        x: &[f64],
        mut cotangent: impl FnMut(usize, &[f64], &mut [f64]),
        x_bar: &mut [f64],
        p_bar: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        self.samples(x)?;
        check("x_bar", x.len(), x_bar.len())?;
        check("p_bar", self.num_params(), p_bar.len())?;
        ws.check(self)?;
        self.transpose(p, &mut ws.transposed);
        let (row, width) = (self.outputs(), BLOCK * self.inputs());
        let mut k = 0;
        for (x, x_bar) in x.chunks(width).zip(x_bar.chunks_mut(width)) {
            let samples = x.len() / self.inputs();
            self.forward::<true>(p, x, samples, ws);
            let y = ws.h[self.last_units(samples)].chunks_exact(row);
            let y_bar = &mut ws.bar[..samples * row];
            y_bar.fill(0.0);
            for (y, y_bar) in y.zip(y_bar.chunks_exact_mut(row)) {
                cotangent(k, y, y_bar);
                k += 1;
            }
            self.backward_block(x, x_bar, p_bar, samples, ws);
        }
        Ok(())
    }

    /// The number of samples in a batch.
    fn samples(&self, x: &[f64]) -> Result<usize, Error> {
        let row = self.inputs();
        if x.len().is_multiple_of(row) {
            Ok(x.len() / row)
        } else {
            Err(ErrorKind::RaggedBatch { argument: "x", row, found: x.len() }.into())
        }
    }

    /// The weights of each layer row by row, in the same places.
    fn transpose(&self, p: &[f64], transposed: &mut [f64]) {
        for layer in self.layers() {
            let rows = &mut transposed[layer.weight_range()];
            for (i, column) in p[layer.weight_range()].chunks_exact(layer.outputs).enumerate() {
                for (row, &w) in rows.chunks_exact_mut(layer.inputs).zip(column) {
                    row[i] = w;
                }
            }
        }
    }

    /// The reverse sweep for a block of samples: each of its products is a combination of columns,
    /// `W̄ᵢ += Σₛ hₛᵢ z̄ₛ` over the samples and `h̄ₛ = Σₒ z̄ₛₒ Wₒ` over the rows of `W`.
    fn backward_block(
        &self,
        x: &[f64],
        x_bar: &mut [f64],
        p_bar: &mut [f64],
        samples: usize,
        ws: &mut Workspace,
    ) {
        for layer in self.layers().iter().rev() {
            let (inputs, outputs) = (layer.inputs, layer.outputs);
            let z_bar = &mut ws.bar[..samples * outputs];
            if layer.activation != Activation::Identity {
                multiply(&ws.slope[samples * layer.units..][..samples * outputs], z_bar);
            }
            for z_bar in z_bar.chunks_exact(outputs) {
                axpy(1.0, z_bar, &mut p_bar[layer.bias_range()]);
            }
            let h = layer.input(x, &ws.h[..samples * layer.units], samples);
            let columns_bar = p_bar[layer.weight_range()].chunks_exact_mut(outputs);
            for (i, column_bar) in columns_bar.enumerate() {
                combine(z_bar, h[i..].iter().step_by(inputs).copied(), column_bar);
            }
            let h_bar = if layer.start == 0 {
                &mut *x_bar
            } else {
                ws.next_bar[..samples * inputs].fill(0.0);
                &mut ws.next_bar[..samples * inputs]
            };
            let rows = &ws.transposed[layer.weight_range()];
            for (h_bar, z) in h_bar.chunks_exact_mut(inputs).zip(z_bar.chunks_exact(outputs)) {
                combine(rows, z.iter().copied(), h_bar);
            }
            core::mem::swap(&mut ws.bar, &mut ws.next_bar);
        }
    }
}
