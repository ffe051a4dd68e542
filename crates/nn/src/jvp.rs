use crate::block::Block;
use crate::error::check;
use crate::kernel::{JetForward, JetRows, Product, Rows, SingleJvp, SingleValue};
use crate::{Error, Mlp, Real, Workspace};

/// A value and its tangent.
const COLUMNS: usize = 2;

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
    pub fn jvp<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        p_dot: Option<&[T]>,
        x_dot: &[T],
        y: &mut [T],
        y_dot: &mut [T],
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        check("x", self.inputs(), x.len())?;
        check("p_dot", self.num_params(), p_dot.map_or(self.num_params(), <[T]>::len))?;
        check("x_dot", self.inputs(), x_dot.len())?;
        check("y", self.outputs(), y.len())?;
        check("y_dot", self.outputs(), y_dot.len())?;
        ws.check(self, 1)?;
        let (h, slope) = (ws.h.all_mut(), ws.z.all_mut());
        let (dot, next) = (ws.bar.all_mut(), ws.next.all_mut());
        let (layers, p_dot) = (self.layers(), p_dot.unwrap_or(&[]));
        T::single_value(SingleValue { layers, p, x, h, slope });
        T::single_jvp(SingleJvp { layers, p, p_dot, x, x_dot, h, slope, dot, next });
        y.copy_from_slice(&h[self.last_place()..][..self.outputs()]);
        y_dot.copy_from_slice(&dot[..self.outputs()]);
        Ok(())
    }

    /// [`jvp`](Mlp::jvp) for many samples, stored one after the other; `p_dot` is the same for all of them.
    ///
    /// # Errors
    /// As [`jvp`](Mlp::jvp), and [`RaggedBatch`](crate::ErrorKind::RaggedBatch).
    ///
    /// ```
    /// use nn::{Activation, Mlp, Workspace};
    ///
    /// let line = Mlp::new(&[1, 1], Activation::Tanh)?; // y = w x + b
    /// let (mut y, mut y_dot) = ([0.0; 2], [0.0; 2]);
    /// let mut ws = Workspace::new(&line);
    /// line.jvp_batch(&[2.0, 1.0], &[3.0, 4.0], None, &[1.0, 10.0], &mut y, &mut y_dot, &mut ws)?;
    /// assert_eq!((y, y_dot), ([7.0, 9.0], [2.0, 20.0]));
    /// # Ok::<(), nn::Error>(())
    /// ```
    #[allow(clippy::too_many_arguments)] // three inputs, three tangents, one workspace
    pub fn jvp_batch<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        p_dot: Option<&[T]>,
        x_dot: &[T],
        y: &mut [T],
        y_dot: &mut [T],
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let samples = self.samples(x)?;
        check("p_dot", self.num_params(), p_dot.map_or(self.num_params(), <[T]>::len))?;
        check("x_dot", x.len(), x_dot.len())?;
        check("y", samples * outputs, y.len())?;
        check("y_dot", samples * outputs, y_dot.len())?;
        ws.check(self, COLUMNS)?;
        let most = Block::<T>::most_samples(COLUMNS);
        let inputs = x.chunks(most * inputs).zip(x_dot.chunks(most * inputs));
        let outputs = y.chunks_mut(most * outputs).zip(y_dot.chunks_mut(most * outputs));
        for ((x, x_dot), (y, y_dot)) in inputs.zip(outputs) {
            let block = Block::new(x.len() / self.inputs(), COLUMNS);
            block.scatter(x, ws.x.all_mut());
            block.scatter(x_dot, &mut ws.x.all_mut()[block.padded..]);
            self.tangents(p, p_dot, block, ws);
            let rows = &ws.h.all()[block.stride * self.last_units()..];
            block.gather(rows, y);
            block.gather(&rows[block.padded..], y_dot);
        }
        Ok(())
    }

    /// All layers for a block of values and tangents.
    fn tangents<T: Real>(
        &self,
        p: &[T],
        p_dot: Option<&[T]>,
        block: Block<T>,
        ws: &mut Workspace<T>,
    ) {
        let Block { padded, stride, .. } = block;
        let (h, z, added) = (ws.h.all_mut(), ws.z.all_mut(), ws.bar.all_mut());
        for layer in self.layers() {
            let (before, h) = h.split_at_mut(stride * layer.units);
            let x = layer.input_rows(ws.x.all(), before, stride);
            let shape = block.rows(layer.inputs, layer.outputs);
            let (a, bias) = (&p[layer.weight_range()], &p[layer.bias_range()]);
            let z = &mut z[..stride * layer.outputs];
            T::product(Product { a, bias, biased: padded, factor: &[], x, y: z, shape });
            if let Some(p_dot) = p_dot {
                let shape = Rows { columns: padded, ..shape };
                let (a, bias) = (&p_dot[layer.weight_range()], &p_dot[layer.bias_range()]);
                T::product(Product { a, bias, biased: padded, factor: &[], x, y: added, shape });
                for (z, added) in z.chunks_exact_mut(stride).zip(added.chunks_exact(stride)) {
                    for (z, added) in z[padded..2 * padded].iter_mut().zip(&added[..padded]) {
                        *z += *added;
                    }
                }
            }
            let rows = layer.outputs;
            let shape = JetRows { rows, stride, samples: padded, directions: 1, order: 1 };
            T::jet_forward(JetForward { activation: layer.activation, z, h, shape });
        }
    }
}
