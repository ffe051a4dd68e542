//! What is learned: a network, samples, and how.

use crate::digits::{PIXELS, SplitMix, digits};
use nn::{Activation, Adam, Chain, Data, Init, Mlp, Real, Targets, Training};
use std::error::Error;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// For the order of samples.
const SEED: u64 = 3;

/// A network, samples, and how it learns from them.
pub(crate) struct Lesson {
    pub(crate) problem: &'static str,
    pub(crate) mlp: Mlp,
    pub(crate) samples: usize,
    /// Samples of a batch.
    pub(crate) batch: usize,
    pub(crate) rate: f64,
    /// Epochs after which losses are compared.
    pub(crate) epochs: usize,
    /// The parameters at the start, which singles hold exactly.
    pub(crate) p: Vec<f64>,
    x: Vec<f32>,
    answers: Answers,
}

enum Answers {
    Values(Vec<f32>),
    Labels(Vec<usize>),
}

/// What came of it.
pub(crate) struct Learned<T> {
    pub(crate) p: Vec<T>,
    /// When each epoch ended.
    pub(crate) ends: Vec<Instant>,
}

impl Lesson {
    /// Regression, all samples at once: a smooth function of inputs in [-1, 1].
    pub(crate) fn regression(
        problem: &'static str,
        sizes: &[usize],
        samples: usize,
        epochs: usize,
    ) -> Result<Self, Box<dyn Error>> {
        let mlp = Mlp::new(sizes, Activation::Tanh)?;
        let (n, m) = (mlp.inputs(), mlp.outputs());
        let mut random = SplitMix(7);
        let x: Vec<f32> = (0..samples * n).map(|_| random.between(-1.0, 1.0) as f32).collect();
        let value = |x: &[f32], k: usize| {
            let wave: f32 = x.iter().enumerate().map(|(i, x)| ((i + k) as f32).cos() * x).sum();
            wave.sin() + x[k % n] * x[(k + 1) % n]
        };
        let targets = x.chunks(n).flat_map(|x| (0..m).map(move |k| value(x, k)));
        let answers = Answers::Values(targets.collect());
        let p = start(&mlp);
        let batch = samples;
        Ok(Self { problem, mlp, samples, batch, rate: 1e-2, epochs, p, x, answers })
    }

    /// Classification of drawn digits.
    pub(crate) fn digits(samples: usize, epochs: usize) -> Result<Self, Box<dyn Error>> {
        let mlp = Mlp::new(&[PIXELS, 128, 10], Activation::Tanh)?;
        let (x, labels) = digits(samples, 11);
        let (p, answers) = (start(&mlp), Answers::Labels(labels));
        let (batch, rate, problem) = (64, 1e-3, "train-784-128-10");
        Ok(Self { problem, mlp, samples, batch, rate, epochs, p, x, answers })
    }

    /// Whether every epoch is one step.
    fn at_once(&self) -> bool {
        self.batch >= self.samples
    }

    /// Ours.
    pub(crate) fn learn<T: Real>(&self, epochs: usize) -> Result<Learned<T>, nn::Error> {
        let x = converted::<T>(&self.x);
        let values = match &self.answers {
            Answers::Values(values) => converted::<T>(values),
            Answers::Labels(_) => Vec::new(),
        };
        let targets = match &self.answers {
            Answers::Values(_) => Targets::Values(&values),
            Answers::Labels(labels) => Targets::Labels(labels),
        };
        let mut p: Vec<T> = self.p.iter().map(|&p| T::from_f64(p)).collect();
        let mut ends = Vec::with_capacity(epochs);
        let mut adam = Adam::new(p.len(), self.rate)?;
        let data = Data { x: &x, targets };
        self.training(epochs).run(&self.mlp.clone().into(), data, &mut p, &mut adam, |_| {
            ends.push(Instant::now());
            ControlFlow::Continue(())
        })?;
        Ok(Learned { p, ends })
    }

    fn training(&self, epochs: usize) -> Training {
        // The loss of all samples is computed at start and end only.
        let check_every = usize::MAX;
        Training { epochs, batch: self.batch, seed: SEED, check_every, ..Training::default() }
    }

    /// The order in which [`Training`] takes the samples, epoch by epoch: that of the gradients of the loss `(b - k)²` at
    /// `b = 0`, one sample `k` at a time. Empty if all are taken at once.
    fn order(&self) -> Result<Vec<u32>, nn::Error> {
        let mut order = Vec::with_capacity(self.epochs * self.samples);
        if self.at_once() {
            return Ok(order);
        }
        let numbers: Vec<f64> = (0..self.samples).map(|k| k as f64).collect();
        let chain = Chain::from(Mlp::new(&[1, 1], Activation::Identity)?);
        let data = Data { x: &numbers, targets: Targets::Values(&numbers) };
        let mut note = |_: &mut [f64], g: &[f64]| order.push((-0.5 * g[1]).round() as u32);
        let training = Training { batch: 1, ..self.training(self.epochs) };
        training.run(&chain, data, &mut [0.0, 0.0], &mut note, |_| ControlFlow::Continue(()))?;
        Ok(order)
    }

    /// The mean loss of all samples and, of a classification, the part that is right.
    pub(crate) fn judge(&self, p: &[f64]) -> Result<(f64, Option<f64>), nn::Error> {
        let x = converted::<f64>(&self.x);
        let m = self.mlp.outputs();
        let mut y = vec![0.0; self.samples * m];
        self.mlp.value_batch(p, &x, &mut y, &mut nn::Workspace::new(&self.mlp))?;
        let (mut sum, mut right, mut bar) = (0.0, 0, vec![0.0; m]);
        for (k, y) in y.chunks(m).enumerate() {
            sum += match &self.answers {
                Answers::Values(values) => {
                    let target = converted::<f64>(&values[k * m..][..m]);
                    nn::squared_error(y, &target, 0.0, &mut bar)
                }
                Answers::Labels(labels) => {
                    let best = (0..m).max_by(|&a, &b| y[a].total_cmp(&y[b]));
                    right += usize::from(best == Some(labels[k]));
                    nn::cross_entropy(y, labels[k], 0.0, &mut bar)
                }
            };
        }
        let samples = self.samples as f64;
        let part = matches!(self.answers, Answers::Labels(_)).then(|| right as f64 / samples);
        Ok((sum / samples, part))
    }

    /// The samples and their order in a file, for programs of others.
    pub(crate) fn to_file(&self) -> Result<Written, Box<dyn Error>> {
        let mut bytes: Vec<u8> = self.x.iter().flat_map(|x| x.to_le_bytes()).collect();
        match &self.answers {
            Answers::Values(values) => bytes.extend(values.iter().flat_map(|v| v.to_le_bytes())),
            Answers::Labels(labels) => {
                bytes.extend(labels.iter().flat_map(|&label| (label as f32).to_le_bytes()));
            }
        }
        bytes.extend(self.order()?.iter().flat_map(|k| k.to_le_bytes()));
        let name = format!("networks-{}-{}", std::process::id(), self.problem);
        Ok(Written::new(std::env::temp_dir().join(name), &bytes)?)
    }

    /// How the loss is called.
    pub(crate) fn loss(&self) -> &'static str {
        match self.answers {
            Answers::Values(_) => "squared",
            Answers::Labels(_) => "labels",
        }
    }
}

/// A file that is removed when nobody needs it any more.
pub(crate) struct Written(PathBuf);

impl Written {
    fn new(path: PathBuf, bytes: &[u8]) -> io::Result<Self> {
        let written = Self(path);
        std::fs::write(&written.0, bytes)?;
        Ok(written)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Parameters to begin with, rounded, so that all kinds of numbers have the same.
fn start(mlp: &Mlp) -> Vec<f64> {
    mlp.init(Init::Glorot, 1).iter().map(|&p| f64::from(p as f32)).collect()
}

fn converted<T: Real>(numbers: &[f32]) -> Vec<T> {
    numbers.iter().map(|&number| T::from_f64(f64::from(number))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn::Update;

    #[test]
    fn the_order_is_that_of_the_training() {
        let lesson = Lesson::digits(150, 2).unwrap();
        let order = lesson.order().unwrap();
        assert_eq!(order.len(), 300);
        for epoch in order.chunks(150) {
            let mut seen = epoch.to_vec();
            assert!(!seen.is_sorted());
            seen.sort_unstable();
            assert!(seen.iter().copied().eq(0..150));
        }
        // Descent over these batches by hand gives the same parameters.
        let learned = lesson.learn::<f64>(2).unwrap();
        let (mut p, mut adam) = (lesson.p.clone(), Adam::new(lesson.p.len(), 1e-3).unwrap());
        let x = converted::<f64>(&lesson.x);
        let Answers::Labels(labels) = &lesson.answers else { panic!() };
        let (mut ws, mut x_bar) = (nn::Workspace::new(&lesson.mlp), vec![0.0; 64 * PIXELS]);
        for batch in order.chunks(150).flat_map(|epoch| epoch.chunks(64)) {
            let own = batch.iter().flat_map(|&k| &x[k as usize * PIXELS..][..PIXELS]);
            let (own, mut g) = (own.copied().collect::<Vec<_>>(), vec![0.0; p.len()]);
            let loss = |k: usize, y: &[f64], bar: &mut [f64]| {
                let label = labels[batch[k] as usize];
                nn::cross_entropy(y, label, 1.0 / batch.len() as f64, bar);
            };
            let x_bar = &mut x_bar[..own.len()];
            lesson.mlp.vjp_batch_with(&p, &own, loss, x_bar, &mut g, &mut ws).unwrap();
            adam.update(&mut p, &g);
        }
        for (a, b) in p.iter().zip(&learned.p) {
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
    }

    #[test]
    fn files_are_removed() {
        let lesson = Lesson::regression("t", &[2, 3, 1], 20, 1).unwrap();
        let written = lesson.to_file().unwrap();
        let path = written.path().to_owned();
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 4 * 20 * 3);
        drop(written);
        assert!(!path.exists());
    }
}
