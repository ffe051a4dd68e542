use super::gradient::Gradients;
use super::options::{Epoch, StopReason, Trained, Training};
use super::shuffle::shuffle;
use super::{Data, Update};
use crate::error::check;
use crate::{Chain, Error, ErrorKind, Pass, Real};
use core::ops::ControlFlow;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

impl Training {
    /// Trains `chain` from the parameters `p` on, which become the best ones found: those of the least watched loss.
    ///
    /// Samples are put into a new order for each epoch. `update` is given the gradient of each batch: an
    /// [`Adam`](crate::Adam), or a closure. `callback` sees each epoch and may end the training.
    ///
    /// With the feature `parallel` a batch is worked on by the threads of rayon (`ThreadPool::install` chooses them); the result
    /// has the same bits on any number of them. After the start nothing is allocated per batch. Computing the watched loss
    /// costs a third of an epoch where there is no validation data.
    ///
    /// # Errors
    /// [`Diverged`](ErrorKind::Diverged) if a loss or gradient is not finite: `p` holds the best parameters before. All others
    /// leave `p` alone: [`Setting`](ErrorKind::Setting), [`EmptyData`](ErrorKind::EmptyData), also if the validation leaves
    /// no sample, [`RaggedBatch`](ErrorKind::RaggedBatch), [`Length`](ErrorKind::Length),
    /// [`NonFiniteData`](ErrorKind::NonFiniteData) and [`Label`](ErrorKind::Label).
    ///
    /// ```
    /// use core::ops::ControlFlow;
    /// use nn::{Activation, Adam, Chain, Data, Init, Mlp, Targets, Training};
    ///
    /// // Which points are inside of a circle?
    /// let x: Vec<f64> = (0..400).map(|i| (1.7 * i as f64).sin()).collect();
    /// let labels: Vec<usize> =
    ///     x.chunks(2).map(|x| (x[0] * x[0] + x[1] * x[1] < 0.8) as usize).collect();
    /// let chain = Chain::from(Mlp::new(&[2, 16, 2], Activation::Tanh)?);
    /// let mut p = chain.init(Init::Glorot, 1);
    /// let trained = Training { epochs: 200, validation: 0.1, ..Training::default() }.run(
    ///     &chain,
    ///     Data { x: &x, targets: Targets::Labels(&labels) },
    ///     &mut p,
    ///     &mut Adam::new(chain.num_params(), 0.02)?,
    ///     |_epoch| ControlFlow::Continue(()),
    /// )?;
    /// assert!(trained.best < 0.2 * trained.initial);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn run<T: Real>(
        &self,
        chain: &Chain,
        data: Data<'_, T>,
        p: &mut [T],
        update: &mut impl Update<T>,
        callback: impl FnMut(&Epoch) -> ControlFlow<()>,
    ) -> Result<Trained, Error> {
        self.check()?;
        check("p", chain.num_params(), p.len())?;
        let samples = data.check(chain)?;
        let mut best = p.to_vec();
        let mut run = Run::new(self, chain, data, samples)?;
        let result = run.train(p, &mut best, update, callback);
        p.copy_from_slice(&best);
        result
    }
}

/// The state of a training.
struct Run<'a, T> {
    options: &'a Training,
    gradients: Gradients<'a, T>,
    gradient: Vec<T>,
    /// Numbers of the samples; the last ones are for validation.
    order: Vec<usize>,
    /// How many there are to learn from.
    learned: usize,
    rng: ChaCha8Rng,
    /// Samples drawn so far.
    drawn: u64,
}

impl<'a, T: Real> Run<'a, T> {
    fn new(
        options: &'a Training,
        chain: &'a Chain,
        data: Data<'a, T>,
        samples: usize,
    ) -> Result<Self, Error> {
        let held = match options.validation {
            0.0 => 0,
            part => ((part * samples as f64) as usize).clamp(1, samples),
        };
        if held == samples {
            return Err(ErrorKind::EmptyData { argument: "x without validation" }.into());
        }
        let mut order: Vec<usize> = (0..samples).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        if held > 0 {
            shuffle(&mut order, &mut rng);
        }
        let learned = samples - held;
        let gradients = Gradients::new(chain, data, options.batch.min(learned));
        let gradient = vec![T::ZERO; chain.num_params()];
        Ok(Self { options, gradients, gradient, order, learned, rng, drawn: 0 })
    }

    fn train(
        &mut self,
        p: &mut [T],
        best: &mut [T],
        update: &mut impl Update<T>,
        mut callback: impl FnMut(&Epoch) -> ControlFlow<()>,
    ) -> Result<Trained, Error> {
        let initial = self.watched(0, p)?;
        let mut trained = Trained {
            initial,
            best: initial,
            best_epoch: 0,
            reason: StopReason::Epochs,
            history: Vec::with_capacity(self.options.epochs.min(1 << 12)),
        };
        if self.options.target.is_some_and(|target| initial <= target) {
            trained.reason = StopReason::Target;
            return Ok(trained);
        }
        for epoch in 1..=self.options.epochs {
            let batches = self.epoch(epoch, p, update)?;
            let last = epoch == self.options.epochs;
            let watched = match last || epoch.is_multiple_of(self.options.check_every) {
                true => Some(self.watched(epoch, p)?),
                false => None,
            };
            if let Some(loss) = watched
                && loss < trained.best
            {
                (trained.best, trained.best_epoch) = (loss, epoch);
                best.copy_from_slice(p);
            }
            let seen = Epoch { epoch, batches, watched, best: trained.best };
            trained.history.push(seen);
            if let Some(reason) = self.ends(&seen, trained.best_epoch, callback(&seen)) {
                trained.reason = reason;
                break;
            }
        }
        Ok(trained)
    }

    /// Whether the training ends before its last epoch, and why.
    fn ends(&self, seen: &Epoch, best_epoch: usize, flow: ControlFlow<()>) -> Option<StopReason> {
        let Training { target, patience, .. } = *self.options;
        if target.is_some_and(|target| seen.best <= target) {
            return Some(StopReason::Target);
        }
        if let Some(patience) = patience
            && seen.watched.is_some()
            && seen.epoch - best_epoch >= patience
        {
            return Some(StopReason::NoImprovement { patience });
        }
        flow.is_break().then_some(StopReason::Callback)
    }

    /// The watched loss.
    fn watched(&mut self, epoch: usize, p: &[T]) -> Result<f64, Error> {
        let samples = match self.learned == self.order.len() {
            true => &self.order[..],
            false => &self.order[self.learned..],
        };
        let value = self.gradients.loss(p, samples)?;
        finite(epoch, None, "loss", value)
    }

    /// All batches of an epoch; gives their mean loss.
    fn epoch(
        &mut self,
        epoch: usize,
        p: &mut [T],
        update: &mut impl Update<T>,
    ) -> Result<f64, Error> {
        let order = &mut self.order[..self.learned];
        shuffle(order, &mut self.rng);
        let mut sum = 0.0;
        for (b, batch) in order.chunks(self.options.batch).enumerate() {
            let pass = Pass::Training { seed: self.options.seed, first: self.drawn };
            let loss = self.gradients.gradient(p, batch, pass, &mut self.gradient)?;
            finite(epoch, Some(b), "loss", loss)?;
            if let Some(g) = not_finite(&self.gradient) {
                finite(epoch, Some(b), "gradient", g.to_f64())?;
            }
            update.update(p, &self.gradient);
            sum += loss * batch.len() as f64;
            self.drawn = self.drawn.wrapping_add(batch.len() as u64);
        }
        Ok(sum / self.learned as f64)
    }
}

/// The first number that is not finite; many are looked at together.
fn not_finite<T: Real>(numbers: &[T]) -> Option<T> {
    let strange = |many: &&[T]| many.iter().fold(false, |any, x| any | !x.is_finite());
    let many = numbers.chunks(64).find(strange)?;
    many.iter().copied().find(|x| !x.is_finite())
}

/// A number that has to be finite.
fn finite(
    epoch: usize,
    batch: Option<usize>,
    what: &'static str,
    value: f64,
) -> Result<f64, Error> {
    match value.is_finite() {
        true => Ok(value),
        false => Err(ErrorKind::Diverged { epoch, batch, what, value }.into()),
    }
}
