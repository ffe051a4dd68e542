use super::data::Data;
use crate::{Chain, ChainWorkspace, Error, Pass, Real};

/// A batch is dealt to so many chunks at most.
const MOST_CHUNKS: usize = 16;
/// Multiplications below which a chunk is not worth a thread.
const CHUNK_WORK: usize = 1 << 17;
/// Samples of a chunk that need not be longer, however small the network.
const MOST_SAMPLES: usize = 4096;
/// Samples of a chunk are whole tiles of the kernels: below that, sums over samples cost more than what is summed.
const WHOLE: usize = 64;

/// Losses and gradients of batches. The chunks of a batch depend on its length and on the network alone and their sums are
/// added in their order: the result has the same bits on any number of threads.
pub(crate) struct Gradients<'a, T> {
    chain: &'a Chain,
    data: Data<'a, T>,
    /// Samples of a chunk.
    size: usize,
    chunks: Vec<Chunk<T>>,
}

/// The memory of a chunk.
struct Chunk<T> {
    x: Vec<T>,
    p_bar: Vec<T>,
    loss: f64,
    ws: ChainWorkspace<T>,
}

/// What is done to the chunks.
struct Work<'a, T> {
    p: &'a [T],
    /// Samples of the whole batch, by number.
    batch: &'a [usize],
    /// One over their number.
    weight: T,
    pass: Pass,
}

impl<'a, T: Real> Gradients<'a, T> {
    /// For batches of up to so many samples.
    pub(crate) fn new(chain: &'a Chain, data: Data<'a, T>, most: usize) -> Self {
        let worth = (CHUNK_WORK / chain.num_params().max(1)).min(MOST_SAMPLES);
        let size = worth.max(most.div_ceil(MOST_CHUNKS)).next_multiple_of(WHOLE);
        let count = most.div_ceil(size).max(1);
        let rows = size.min(data.x.len() / chain.inputs());
        let chunk = |_| Chunk {
            x: vec![T::ZERO; rows * chain.inputs()],
            p_bar: vec![T::ZERO; chain.num_params()],
            loss: 0.0,
            ws: ChainWorkspace::new(chain),
        };
        Self { chain, data, size, chunks: (0..count).map(chunk).collect() }
    }

    /// The mean loss of a batch, and its gradient. A batch is at most as long as promised.
    pub(crate) fn gradient(
        &mut self,
        p: &[T],
        batch: &[usize],
        pass: Pass,
        gradient: &mut [T],
    ) -> Result<f64, Error> {
        let weight = T::ONE / T::from_f64(batch.len().max(1) as f64);
        let work = Work { p, batch, weight, pass };
        let count = batch.len().div_ceil(self.size);
        let (chain, data, size) = (self.chain, self.data, self.size);
        let one = |k: usize, chunk: &mut Chunk<T>| chunk.gradient(chain, data, size, k, &work);
        each(&mut self.chunks[..count], 0, &one)?;
        let mut sum = 0.0;
        for (k, chunk) in self.chunks[..count].iter().enumerate() {
            sum += chunk.loss;
            match k {
                0 => gradient.copy_from_slice(&chunk.p_bar),
                _ => gradient.iter_mut().zip(&chunk.p_bar).for_each(|(g, part)| *g += *part),
            }
        }
        Ok(sum / batch.len().max(1) as f64)
    }

    /// The mean loss of samples without dropout, however many.
    pub(crate) fn loss(&mut self, p: &[T], samples: &[usize]) -> Result<f64, Error> {
        let (chain, data, size) = (self.chain, self.data, self.size);
        let mut sum = 0.0;
        for part in samples.chunks(size * self.chunks.len()) {
            let work = Work { p, batch: part, weight: T::ZERO, pass: Pass::Evaluation };
            let one = |k: usize, chunk: &mut Chunk<T>| chunk.loss(chain, data, size, k, &work);
            let count = part.len().div_ceil(size);
            each(&mut self.chunks[..count], 0, &one)?;
            for chunk in &self.chunks[..count] {
                sum += chunk.loss;
            }
        }
        Ok(sum / samples.len().max(1) as f64)
    }
}

impl<T: Real> Chunk<T> {
    /// Copies its samples of a batch together and gives their numbers.
    fn gather<'b>(
        &mut self,
        inputs: usize,
        data: Data<'_, T>,
        size: usize,
        k: usize,
        batch: &'b [usize],
    ) -> &'b [usize] {
        let samples = &batch[k * size..batch.len().min((k + 1) * size)];
        for (x, &sample) in self.x.chunks_exact_mut(inputs).zip(samples) {
            x.copy_from_slice(&data.x[sample * inputs..][..inputs]);
        }
        samples
    }

    fn gradient(
        &mut self,
        chain: &Chain,
        data: Data<'_, T>,
        size: usize,
        k: usize,
        work: &Work<'_, T>,
    ) -> Result<(), Error> {
        let samples = self.gather(chain.inputs(), data, size, k, work.batch);
        let length = samples.len() * chain.inputs();
        self.p_bar.fill(T::ZERO);
        let mut loss = 0.0;
        let cotangent = |s: usize, y: &[T], y_bar: &mut [T]| {
            loss += data.loss(samples[s], y, work.weight, y_bar).to_f64();
        };
        let (x, pass) = (&self.x[..length], work.pass.after(k * size));
        chain.vjp_batch_with(work.p, x, cotangent, &mut [], &mut self.p_bar, pass, &mut self.ws)?;
        self.loss = loss;
        Ok(())
    }

    fn loss(
        &mut self,
        chain: &Chain,
        data: Data<'_, T>,
        size: usize,
        k: usize,
        work: &Work<'_, T>,
    ) -> Result<(), Error> {
        let samples = self.gather(chain.inputs(), data, size, k, work.batch);
        let mut loss = 0.0;
        let each = |s: usize, y: &[T], y_bar: &mut [T]| {
            loss += data.loss(samples[s], y, T::ZERO, y_bar).to_f64();
        };
        let x = &self.x[..samples.len() * chain.inputs()];
        chain.each_value(work.p, x, each, &mut self.ws)?;
        self.loss = loss;
        Ok(())
    }
}

/// Does the work of every chunk, on the threads at hand; `first` is the number of the first one.
fn each<C: Send>(
    chunks: &mut [C],
    first: usize,
    one: &(impl Fn(usize, &mut C) -> Result<(), Error> + Sync),
) -> Result<(), Error> {
    match chunks {
        [] => Ok(()),
        [chunk] => one(first, chunk),
        _ => {
            let middle = chunks.len().div_ceil(2);
            let (left, right) = chunks.split_at_mut(middle);
            let (left, right) =
                join(|| each(left, first, one), || each(right, first + middle, one));
            left.and(right)
        }
    }
}

#[cfg(feature = "parallel")]
fn join<A: Send>(left: impl FnOnce() -> A + Send, right: impl FnOnce() -> A + Send) -> (A, A) {
    rayon::join(left, right)
}

#[cfg(not(feature = "parallel"))]
fn join<A>(left: impl FnOnce() -> A, right: impl FnOnce() -> A) -> (A, A) {
    (left(), right())
}
