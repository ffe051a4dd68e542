use crate::error::check;
use crate::kernel::{combine, multiply};
use crate::{Activation, Error, Mlp, Workspace};

impl Mlp {
    /// The Jacobian–vector product, with the value: `y = network(x)`,
    /// `y_dot = ∂y/∂x x_dot + ∂y/∂p p_dot`.
    ///
    /// Without `p_dot` the parameters are constant, which costs two values instead of three.
    ///
    /// # Errors
    /// [`Length`](crate::ErrorKind::Length) and
    /// [`SmallWorkspace`](crate::ErrorKind::SmallWorkspace); then nothing is written.
    ///
    /// ```
    /// use nn::{Activation, Mlp, Workspace};
    ///
    /// let line = Mlp::new(&[1, 1], Activation::Tanh)?; // y = w x + b
    /// let (mut y, mut y_dot) = ([0.0], [0.0]);
    /// let mut ws = Workspace::new(&line);
    /// line.jvp(&[2.0, 1.0], &[3.0], None, &[1.0], &mut y, &mut y_dot, &mut ws)?;
    /// assert_eq!((y, y_dot), ([7.0], [2.0]));
    /// let along = Some(&[10.0, 100.0][..]);
    /// line.jvp(&[2.0, 1.0], &[3.0], along, &[1.0], &mut y, &mut y_dot, &mut ws)?;
    /// assert_eq!(y_dot, [2.0 + 30.0 + 100.0]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    #[allow(clippy::too_many_arguments)] // three inputs, three tangents, one workspace
    pub fn jvp(
        &self,
        p: &[f64],
        x: &[f64],
        p_dot: Option<&[f64]>,
        x_dot: &[f64],
        y: &mut [f64],
        y_dot: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        check("x", self.inputs(), x.len())?;
        check("p_dot", self.num_params(), p_dot.map_or(self.num_params(), <[f64]>::len))?;
        check("x_dot", self.inputs(), x_dot.len())?;
        check("y", self.outputs(), y.len())?;
        check("y_dot", self.outputs(), y_dot.len())?;
        ws.check(self)?;
        y.copy_from_slice(self.forward::<true>(p, x, 1, ws));
        for layer in self.layers() {
            // z_dot = W h_dot + W_dot h + b_dot; h_dot stands in `bar`.
            let h_dot = if layer.start == 0 { x_dot } else { &ws.bar[..layer.inputs] };
            let z_dot = &mut ws.next_bar[..layer.outputs];
            match p_dot {
                Some(p_dot) => {
                    let h = layer.input(x, &ws.h[..layer.units], 1);
                    z_dot.copy_from_slice(&p_dot[layer.bias_range()]);
                    combine(&p_dot[layer.weight_range()], h.iter().copied(), z_dot);
                }
                None => z_dot.fill(0.0),
            }
            combine(&p[layer.weight_range()], h_dot.iter().copied(), z_dot);
            if layer.activation != Activation::Identity {
                multiply(&ws.slope[layer.units..][..layer.outputs], z_dot);
            }
            core::mem::swap(&mut ws.bar, &mut ws.next_bar);
        }
        y_dot.copy_from_slice(&ws.bar[..self.outputs()]);
        Ok(())
    }
}
