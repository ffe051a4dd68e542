use crate::error::check;
use crate::kernel::{SingleValue, SingleVjp};
use crate::{Error, Mlp, Real, Workspace};

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
    pub fn value<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        y: &mut [T],
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        check("x", self.inputs(), x.len())?;
        check("y", self.outputs(), y.len())?;
        ws.check(self, 1)?;
        let h = ws.h.all_mut();
        T::single_value(SingleValue { layers: self.layers(), p, x, h, slope: &mut [] });
        y.copy_from_slice(&h[self.last_place()..][..self.outputs()]);
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
    pub fn vjp<'ws, T: Real>(
        &self,
        p: &[T],
        x: &[T],
        y_bar: &[T],
        x_bar: &mut [T],
        p_bar: &mut [T],
        ws: &'ws mut Workspace<T>,
    ) -> Result<&'ws [T], Error> {
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
    pub fn vjp_with<'ws, T: Real>(
        &self,
        p: &[T],
        x: &[T],
        cotangent: impl FnOnce(&[T], &mut [T]),
        x_bar: &mut [T],
        p_bar: &mut [T],
        ws: &'ws mut Workspace<T>,
    ) -> Result<&'ws [T], Error> {
        check("p", self.num_params(), p.len())?;
        check("x", self.inputs(), x.len())?;
        check("x_bar", self.inputs(), x_bar.len())?;
        check("p_bar", self.num_params(), p_bar.len())?;
        ws.check(self, 1)?;
        let (h, slope) = (ws.h.all_mut(), ws.z.all_mut());
        let (bar, next) = (ws.bar.all_mut(), ws.next.all_mut());
        let layers = self.layers();
        T::single_value(SingleValue { layers, p, x, h, slope });
        let y = &h[self.last_place()..][..self.outputs()];
        let y_bar = &mut bar[..self.outputs()];
        y_bar.fill(T::ZERO);
        cotangent(y, y_bar);
        T::single_vjp(SingleVjp { layers, p, x, h, slope, x_bar, p_bar, bar, next });
        Ok(y)
    }

    /// Where the network's output for a single sample stands in `Workspace::h`.
    #[inline]
    pub(crate) fn last_place(&self) -> usize {
        self.layers().last().map_or(0, |layer| layer.place)
    }
}
