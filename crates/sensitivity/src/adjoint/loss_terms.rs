//! The loss at each save time, and its derivatives there.

use super::trajectory::Trajectory;
use crate::{Error, ErrorKind, Loss};
use ad_tape::Recorder;

/// Value and derivatives of a loss.
pub(crate) struct LossTerms {
    pub(crate) value: f64,
    /// `∂L/∂u(tᵢ)`, one save time after the other.
    pub(crate) u_bar: Vec<f64>,
    /// `∂L/∂p` at fixed states.
    pub(crate) p_bar: Vec<f64>,
}

impl LossTerms {
    pub(crate) fn new(
        loss: &impl Loss,
        trajectory: &Trajectory,
        times: &[f64],
        p: &[f64],
    ) -> Result<Self, Error> {
        let n = trajectory.n;
        let mut recorder = Recorder::new();
        let mut inputs = vec![0.0; n + p.len()];
        let mut gradient = vec![0.0; n + p.len()];
        inputs[n..].copy_from_slice(p);

        let mut terms = Self {
            value: 0.0,
            u_bar: Vec::with_capacity(n * times.len()),
            p_bar: vec![0.0; p.len()],
        };
        for (i, &t) in times.iter().enumerate() {
            inputs[..n].copy_from_slice(trajectory.saved(i));
            let value =
                recorder.gradient(|x| loss.at(i, t, &x[..n], &x[n..]), &inputs, &mut gradient)?;
            if !value.is_finite() {
                return Err(ErrorKind::LossNotFinite { index: i, t }.into());
            }
            terms.value += value;
            terms.u_bar.extend_from_slice(&gradient[..n]);
            accumulate(&mut terms.p_bar, &gradient[n..]);
        }
        terms.value += recorder.gradient(|p| loss.penalty(p), p, &mut gradient[..p.len()])?;
        accumulate(&mut terms.p_bar, &gradient[..p.len()]);
        Ok(terms)
    }

    pub(crate) fn at(&self, i: usize, n: usize) -> &[f64] {
        &self.u_bar[i * n..(i + 1) * n]
    }
}

fn accumulate(sum: &mut [f64], terms: &[f64]) {
    for (sum, term) in sum.iter_mut().zip(terms) {
        *sum += term;
    }
}
