use super::Chain;
use super::step::{Op, Pass, Samples};
use crate::block::Block;
use crate::error::check;
use crate::{Error, ErrorKind, Mlp, Real, Workspace};

/// The memory of a chain's batches, owned by the caller and used again and again.
///
/// It serves the chain that it was made for, with batches of any length, and holds no result between calls.
#[derive(Clone, Debug)]
pub struct ChainWorkspace<T = f64> {
    /// All places, sample by sample, and their cotangents.
    values: Vec<T>,
    bars: Vec<T>,
    /// For the largest network.
    network: Workspace<T>,
    /// A block of outputs and one more.
    outputs: Vec<T>,
}

impl<T: Real> ChainWorkspace<T> {
    /// Memory for values and first derivatives of `chain`.
    pub fn new(chain: &Chain) -> Self {
        let numbers = match chain.only() {
            Some(_) => 0,
            None => chain.plan.total() * Block::<T>::most_samples(1),
        };
        let (values, bars) = (vec![T::ZERO; numbers], vec![T::ZERO; numbers]);
        let outputs = vec![T::ZERO; (Block::<T>::most_samples(1) + 1) * chain.outputs()];
        Self { values, bars, outputs, network: Workspace::for_all(chain.networks()) }
    }

    fn check(&self, chain: &Chain) -> Result<(), Error> {
        let needed = match chain.only() {
            Some(_) => 0,
            None => chain.plan.total() * Block::<T>::most_samples(1),
        };
        let found = self.values.len();
        if needed > found {
            return Err(ErrorKind::SmallWorkspace { needed, found }.into());
        }
        let (name, value) = chain.plan.largest;
        if !T::from_f64(value).is_finite() {
            let needs = "a number that `f32` holds too: work in `f64`, or scale the data";
            return Err(ErrorKind::Setting { name, value, needs }.into());
        }
        chain.networks().try_for_each(|mlp| self.network.check(mlp, 1))
    }
}

impl Chain {
    /// `y = chain(x)` for many samples, stored one after the other, without dropout.
    ///
    /// # Errors
    /// As [`Mlp::value_batch`], and [`Setting`](ErrorKind::Setting) in `f32` for settings of stages that only `f64` holds.
    ///
    /// ```
    /// use nn::{Chain, ChainWorkspace, Normalize, Stage};
    ///
    /// let normalize = Normalize { shift: vec![3.0], scale: vec![2.0] };
    /// let chain = Chain::new(1, vec![Stage::Normalize(normalize)])?;
    /// let mut y = [0.0; 2];
    /// chain.value_batch(&[], &[4.0, 5.0], &mut y, &mut ChainWorkspace::new(&chain))?;
    /// assert_eq!(y, [2.0, 4.0]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn value_batch<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        y: &mut [T],
        ws: &mut ChainWorkspace<T>,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        check("y", self.samples(x)? * self.outputs(), y.len())?;
        ws.check(self)?;
        if let Some(mlp) = self.only() {
            return mlp.value_batch(p, x, y, &mut ws.network);
        }
        let most = Block::<T>::most_samples(1);
        let blocks = x.chunks(most * self.inputs());
        for (x, y) in blocks.zip(y.chunks_mut(most * self.outputs())) {
            let count = x.len() / self.inputs();
            let samples = self.block(count, Pass::Evaluation, true);
            self.forward(p, x, samples, self.plan.steps.len(), ws)?;
            y.copy_from_slice(&ws.values[self.plan.last().of(count)]);
        }
        Ok(())
    }

    /// Calls `value(k, y, spare)` for each sample in order; `spare` is as long as `y`.
    pub(crate) fn each_value<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        mut value: impl FnMut(usize, &[T], &mut [T]),
        ws: &mut ChainWorkspace<T>,
    ) -> Result<(), Error> {
        let mut y = core::mem::take(&mut ws.outputs);
        let (row, most) = (self.outputs(), Block::<T>::most_samples(1));
        let mut done = Ok(());
        for (b, x) in x.chunks(most * self.inputs()).enumerate() {
            let count = x.len() / self.inputs();
            let (y, spare) = y.split_at_mut(count * row);
            done = done.and(self.value_batch(p, x, y, ws));
            for (k, y) in y.chunks_exact(row).enumerate() {
                value(b * most + k, y, &mut spare[..row]);
            }
        }
        ws.outputs = y;
        done
    }

    /// The vector–Jacobian product for many samples: `x_bar` has a row per sample, `p_bar` is the sum over the samples. Both
    /// are added to. An empty `x_bar` is not wanted, and not computed, as in [`Mlp::vjp_batch`].
    ///
    /// # Errors
    /// As [`Mlp::vjp_batch`] and [`value_batch`](Chain::value_batch).
    ///
    /// ```
    /// use nn::{Chain, ChainWorkspace, Normalize, Pass, Stage};
    ///
    /// let normalize = Normalize { shift: vec![3.0], scale: vec![2.0] };
    /// let chain = Chain::new(1, vec![Stage::Normalize(normalize)])?;
    /// let (mut x_bar, mut ws) = ([0.0; 2], ChainWorkspace::new(&chain));
    /// let pass = Pass::Evaluation;
    /// chain.vjp_batch(&[], &[4.0, 5.0], &[1.0, 10.0], &mut x_bar, &mut [], pass, &mut ws)?;
    /// assert_eq!(x_bar, [2.0, 20.0]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    #[allow(clippy::too_many_arguments)] // two inputs, three cotangents, how and where
    pub fn vjp_batch<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        y_bar: &[T],
        x_bar: &mut [T],
        p_bar: &mut [T],
        pass: Pass,
        ws: &mut ChainWorkspace<T>,
    ) -> Result<(), Error> {
        let row = self.outputs();
        check("y_bar", self.samples(x)? * row, y_bar.len())?;
        let copy = |k: usize, _: &[T], to: &mut [T]| to.copy_from_slice(&y_bar[k * row..][..row]);
        self.vjp_batch_with(p, x, copy, x_bar, p_bar, pass, ws)
    }

    /// [`vjp_batch`](Chain::vjp_batch) for cotangents that depend on the values: `cotangent(k, y, y_bar)` is called once for
    /// each sample `k`, in order, and writes `y_bar` (which comes as zeros).
    ///
    /// Networks before the last stage are evaluated twice, which saves the memory of their hidden layers.
    ///
    /// # Errors
    /// As [`vjp_batch`](Chain::vjp_batch).
    #[allow(clippy::too_many_arguments)] // two inputs, three cotangents, how and where
    pub fn vjp_batch_with<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        mut cotangent: impl FnMut(usize, &[T], &mut [T]),
        x_bar: &mut [T],
        p_bar: &mut [T],
        pass: Pass,
        ws: &mut ChainWorkspace<T>,
    ) -> Result<(), Error> {
        check("p", self.num_params(), p.len())?;
        self.samples(x)?;
        if !x_bar.is_empty() {
            check("x_bar", x.len(), x_bar.len())?;
        }
        check("p_bar", self.num_params(), p_bar.len())?;
        ws.check(self)?;
        if let Some(mlp) = self.only() {
            return mlp.vjp_batch_with(p, x, cotangent, x_bar, p_bar, &mut ws.network);
        }
        let most = Block::<T>::most_samples(1);
        let width = most * self.inputs();
        let wanted = !x_bar.is_empty();
        let mut x_bars = x_bar.chunks_mut(width);
        for (b, x) in x.chunks(width).enumerate() {
            let first = b * most;
            let x_bar = x_bars.next().unwrap_or(&mut []);
            let samples = self.block(x.len() / self.inputs(), pass.after(first), wanted);
            let cotangent = |k: usize, y: &[T], y_bar: &mut [T]| cotangent(first + k, y, y_bar);
            self.vjp_block(p, x, cotangent, x_bar, p_bar, samples, ws)?;
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)] // those of `vjp_batch_with`
    fn vjp_block<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        mut cotangent: impl FnMut(usize, &[T], &mut [T]),
        x_bar: &mut [T],
        p_bar: &mut [T],
        samples: Samples<'_>,
        ws: &mut ChainWorkspace<T>,
    ) -> Result<(), Error> {
        let count = samples.count;
        let mut left = self.plan.steps.len();
        ws.bars[..self.plan.total() * count].fill(T::ZERO);
        // A network at the end does both sweeps in one call.
        let last = self.plan.steps.last();
        if let Some(step) = last
            && let Op::Mlp(mlp) = &step.op
        {
            left -= 1;
            self.forward(p, x, samples, left, ws)?;
            let input = self.plan.places[step.input].of(count);
            let x = &ws.values[input.clone()];
            let bar = if samples.wants(step.input) { &mut ws.bars[input] } else { &mut [] };
            let p_bar = &mut p_bar[step.params.clone()];
            let p = &p[step.params.clone()];
            mlp.vjp_batch_with(p, x, cotangent, bar, p_bar, &mut ws.network)?;
        } else {
            self.forward(p, x, samples, left, ws)?;
            let row = self.outputs();
            let place = self.plan.last().of(count);
            let rows = ws.values[place.clone()].chunks_exact(row);
            for (k, (y, y_bar)) in rows.zip(ws.bars[place].chunks_exact_mut(row)).enumerate() {
                cotangent(k, y, y_bar);
            }
        }
        let ChainWorkspace { values, bars, network, .. } = ws;
        for (k, step) in self.plan.steps[..left].iter().enumerate().rev() {
            if !samples.wants(k + 1) {
                continue;
            }
            step.backward(k + 1, p, values, bars, p_bar, samples, network)?;
        }
        for (x_bar, bar) in x_bar.iter_mut().zip(bars.iter()) {
            *x_bar += *bar;
        }
        Ok(())
    }

    /// The first steps of a block.
    fn forward<T: Real>(
        &self,
        p: &[T],
        x: &[T],
        samples: Samples<'_>,
        steps: usize,
        ws: &mut ChainWorkspace<T>,
    ) -> Result<(), Error> {
        ws.values[..x.len()].copy_from_slice(x);
        let ChainWorkspace { values, network, .. } = ws;
        for (k, step) in self.plan.steps[..steps].iter().enumerate() {
            step.forward(k + 1, p, values, samples, network)?;
        }
        Ok(())
    }

    /// So many samples; `inputs` says whether the cotangents of the input count.
    fn block(&self, count: usize, pass: Pass, inputs: bool) -> Samples<'_> {
        let wanted = if inputs { &[] } else { &self.plan.learned[..] };
        Samples { places: &self.plan.places, count, pass, wanted }
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

    fn networks(&self) -> impl Iterator<Item = &Mlp> + Clone {
        self.plan.steps.iter().filter_map(|step| match &step.op {
            Op::Mlp(mlp) => Some(mlp),
            _ => None,
        })
    }
}
