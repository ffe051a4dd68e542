//! The loss and its derivatives, from states with tangents.

use crate::{Error, ErrorKind, Loss};
use ad_tape::Recorder;
use scalar::Scalar;

/// The loss and its derivatives by all inputs, summed up.
pub(super) struct LossSum<'a, L> {
    loss: &'a L,
    p: &'a [f64],
    scales: &'a [f64],
    recorder: Recorder<f64>,
    pub(super) value: f64,
    /// Initial states, then parameters.
    pub(super) bars: Vec<f64>,
    /// How much a relative error of an initial state has grown, and when.
    pub(super) growth: (f64, f64),
}

impl<'a, L: Loss> LossSum<'a, L> {
    pub(super) fn new(
        loss: &'a L,
        (n, p): (usize, &'a [f64]),
        scales: &'a [f64],
    ) -> Result<Self, Error> {
        let mut recorder = Recorder::new();
        let mut bars = vec![0.0; n + p.len()];
        let value = recorder.gradient(|p| loss.penalty(p), p, &mut bars[n..])?;
        Ok(Self { loss, p, scales, recorder, value, bars, growth: (0.0, 0.0) })
    }

    /// Sees how large tangents by initial states are, relative to the state.
    pub(super) fn look(&mut self, t: f64, u: &[f64], tangents: &[f64], block: usize) {
        let largest = |x: &[f64]| x.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        let (n, size) = (u.len(), largest(u));
        let columns = tangents.chunks_exact(block).take(n).map(|column| largest(&column[..n]));
        let grown = columns.fold(0.0, f64::max) / size;
        if size > 0.0 && grown > self.growth.0 {
            self.growth = (grown, t);
        }
    }

    /// Adds the term of a save time; gives its derivatives by the time and the state.
    pub(super) fn add_point(
        &mut self,
        (i, t): (usize, f64),
        u: &[f64],
        tangents: &[f64],
        block: usize,
    ) -> Result<(f64, Vec<f64>), Error> {
        let (n, m, loss) = (u.len(), self.p.len(), self.loss);
        let inputs = [u, self.p, &[t]].concat();
        let mut bars = vec![0.0; inputs.len()];
        let value = self.recorder.gradient(
            |x| loss.at(i, x[n + m], &x[..n], &x[n..n + m]),
            &inputs,
            &mut bars,
        )?;
        if !value.is_finite() {
            return Err(ErrorKind::LossNotFinite { index: i, t }.into());
        }
        self.value += value;
        let by_time = bars[n + m];
        for (bar, by_p) in self.bars[n..].iter_mut().zip(&bars[n..n + m]) {
            *bar += by_p;
        }
        bars.truncate(n);
        let columns = tangents.chunks_exact(block).zip(self.scales);
        for (bar, (column, scale)) in self.bars.iter_mut().zip(columns) {
            *bar += f64::dot(&bars, &column[..n]) / scale;
        }
        Ok((by_time, bars))
    }

    /// Adds the integral of the running term, which stands first, with its tangents.
    pub(super) fn add_integral(&mut self, from: &[f64], block: usize) {
        let mut columns = from.iter().step_by(block);
        self.value += columns.next().copied().unwrap_or(0.0);
        for (bar, (tangent, scale)) in self.bars.iter_mut().zip(columns.zip(self.scales)) {
            *bar += tangent / scale;
        }
    }
}
