use crate::error::check;
use crate::kernel::{axpy, combine, dot, multiply};
use crate::{Activation, Error, Layer, Mlp, Workspace};

impl Mlp {
    /// `y = network(x)`, without allocation.
    ///
    /// # Errors
    /// [`Length`](crate::ErrorKind::Length) and
    /// [`SmallWorkspace`](crate::ErrorKind::SmallWorkspace); then `y` is untouched.
    ///
    /// ```
    /// use nn::{Activation, Mlp, Workspace};
    ///
    /// let line = Mlp::new(&[1, 1], Activation::Tanh)?; // y = w x + b
    /// let mut y = [0.0];
    /// line.value(&[2.0, 1.0], &[3.0], &mut y, &mut Workspace::new(&line))?;
    /// assert_eq!(y, [7.0]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn value(
        &self,
        p: &[f64],
        x: &[f64],
        y: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        check("x", self.inputs(), x.len())?;
        check("y", self.outputs(), y.len())?;
        ws.check(self)?;
        y.copy_from_slice(self.forward::<false>(p, x, 1, ws));
        Ok(())
    }

    /// The vector–Jacobian product, with the value: `x_bar += ȳᵀ ∂y/∂x`, `p_bar += ȳᵀ ∂y/∂p`.
    ///
    /// Returns `y`, which stands in the workspace. Costs about three values. Where `ȳ` depends on
    /// `y`, as in a loss, use [`vjp_with`](Mlp::vjp_with).
    ///
    /// # Errors
    /// [`Length`](crate::ErrorKind::Length) and
    /// [`SmallWorkspace`](crate::ErrorKind::SmallWorkspace); then nothing is added.
    ///
    /// ```
    /// use nn::{Activation, Mlp, Workspace};
    ///
    /// let line = Mlp::new(&[1, 1], Activation::Tanh)?; // y = w x + b
    /// let (mut x_bar, mut p_bar) = ([0.0], [0.0; 2]);
    /// let mut ws = Workspace::new(&line);
    /// let y = line.vjp(&[2.0, 1.0], &[3.0], &[1.0], &mut x_bar, &mut p_bar, &mut ws)?;
    /// assert_eq!((y, x_bar, p_bar), (&[7.0][..], [2.0], [3.0, 1.0]));
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn vjp<'ws>(
        &self,
        p: &[f64],
        x: &[f64],
        y_bar: &[f64],
        x_bar: &mut [f64],
        p_bar: &mut [f64],
        ws: &'ws mut Workspace,
    ) -> Result<&'ws [f64], Error> {
        check("y_bar", self.outputs(), y_bar.len())?;
        self.vjp_with(p, x, |_, bar| bar.copy_from_slice(y_bar), x_bar, p_bar, ws)
    }

    /// [`vjp`](Mlp::vjp) for a cotangent that depends on the value: `cotangent(y, y_bar)` is called
    /// once, between the two sweeps, and writes `y_bar` (which comes as zeros).
    ///
    /// # Errors
    /// As [`vjp`](Mlp::vjp).
    ///
    /// ```
    /// use nn::{Activation, Mlp, Workspace};
    ///
    /// // The gradient of (y - 5)² in one pass.
    /// let line = Mlp::new(&[1, 1], Activation::Tanh)?; // y = w x + b
    /// let (mut x_bar, mut p_bar) = ([0.0], [0.0; 2]);
    /// line.vjp_with(
    ///     &[2.0, 1.0],
    ///     &[3.0],
    ///     |y, y_bar| y_bar[0] = 2.0 * (y[0] - 5.0),
    ///     &mut x_bar,
    ///     &mut p_bar,
    ///     &mut Workspace::new(&line),
    /// )?;
    /// assert_eq!((x_bar, p_bar), ([8.0], [12.0, 4.0]));
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn vjp_with<'ws>(
        &self,
        p: &[f64],
        x: &[f64],
        cotangent: impl FnOnce(&[f64], &mut [f64]),
        x_bar: &mut [f64],
        p_bar: &mut [f64],
        ws: &'ws mut Workspace,
    ) -> Result<&'ws [f64], Error> {
        check("p", self.num_params(), p.len())?;
        check("x", self.inputs(), x.len())?;
        check("x_bar", self.inputs(), x_bar.len())?;
        check("p_bar", self.num_params(), p_bar.len())?;
        ws.check(self)?;
        self.forward::<true>(p, x, 1, ws);
        let y = self.last_units(1);
        let y_bar = &mut ws.bar[..self.outputs()];
        y_bar.fill(0.0);
        cotangent(&ws.h[y.clone()], y_bar);
        self.backward(p, x, x_bar, p_bar, ws);
        Ok(&ws.h[y])
    }

    /// Where the network's output stands in `Workspace::h`.
    #[inline]
    pub(crate) fn last_units(&self, samples: usize) -> core::ops::Range<usize> {
        samples * (self.units() - self.outputs())..samples * self.units()
    }

    /// All layers for a block of samples, stored in `ws.h`; the slopes too, if asked for.
    #[inline]
    pub(crate) fn forward<'ws, const SLOPES: bool>(
        &self,
        p: &[f64],
        x: &[f64],
        samples: usize,
        ws: &'ws mut Workspace,
    ) -> &'ws [f64] {
        for layer in self.layers() {
            let (before, after) = ws.h.split_at_mut(samples * layer.units);
            let z = &mut after[..samples * layer.outputs];
            let (weights, bias) = (&p[layer.weight_range()], &p[layer.bias_range()]);
            let input = layer.input(x, before, samples);
            for (z, h) in z.chunks_exact_mut(layer.outputs).zip(input.chunks_exact(layer.inputs)) {
                z.copy_from_slice(bias);
                combine(weights, h.iter().copied(), z);
            }
            if SLOPES && layer.activation != Activation::Identity {
                let slope = &mut ws.slope[samples * layer.units..][..z.len()];
                layer.activation.apply_with_slope(z, slope);
            } else {
                layer.activation.apply_slice(z);
            }
        }
        &ws.h[self.last_units(samples)]
    }

    /// The reverse sweep for one sample, from the cotangent of the output in `ws.bar`.
    ///
    /// With `z = W h + b`, `z̄ = ȳ f'(z)`: `b̄ += z̄`, `W̄ += z̄ hᵀ`, `h̄ = Wᵀ z̄`, column by column.
    #[inline]
    fn backward(
        &self,
        p: &[f64],
        x: &[f64],
        x_bar: &mut [f64],
        p_bar: &mut [f64],
        ws: &mut Workspace,
    ) {
        for layer in self.layers().iter().rev() {
            let z_bar = &mut ws.bar[..layer.outputs];
            if layer.activation != Activation::Identity {
                multiply(&ws.slope[layer.units..][..layer.outputs], z_bar);
            }
            axpy(1.0, z_bar, &mut p_bar[layer.bias_range()]);
            let h = layer.input(x, &ws.h[..layer.units], 1);
            let columns = p[layer.weight_range()].chunks_exact(layer.outputs);
            let columns_bar = p_bar[layer.weight_range()].chunks_exact_mut(layer.outputs);
            let h_bar = if layer.start == 0 {
                &mut *x_bar
            } else {
                ws.next_bar[..layer.inputs].fill(0.0);
                &mut ws.next_bar[..layer.inputs]
            };
            for (((h, h_bar), w), w_bar) in h.iter().zip(h_bar).zip(columns).zip(columns_bar) {
                *h_bar += dot(w, z_bar);
                axpy(*h, z_bar, w_bar);
            }
            core::mem::swap(&mut ws.bar, &mut ws.next_bar);
        }
    }
}

impl Layer {
    /// The layer's input: `x` for the first layer, else the end of what was computed before it.
    #[inline]
    pub(crate) fn input<'a>(&self, x: &'a [f64], before: &'a [f64], samples: usize) -> &'a [f64] {
        if self.start == 0 { x } else { &before[before.len() - samples * self.inputs..] }
    }
}
