//! The loss at each save time, and its derivatives there.

use super::block::Block;
use crate::{Error, ErrorKind, Loss};
use ad_tape::Recorder;
use scalar::{BranchScalar, Dual, Scalar};

/// Up to so many states and parameters a loss is differentiated by duals: all at once, and without a tape.
const FEW: usize = 7;

/// With a tangent more, for the time.
type Duals<S> = [Dual<S, { FEW + 1 }>; FEW];

/// The terms of a loss at the save times of a block.
pub(crate) struct LossTerms<S> {
    /// The first of these save times.
    first: usize,
    n: usize,
    /// `∂at/∂u(tᵢ)`, one save time after the other.
    u_bar: Vec<S>,
    /// `∂at/∂tᵢ`.
    t_bar: Vec<S>,
    recorder: Recorder<S>,
    inputs: Vec<S>,
    gradient: Vec<S>,
}

impl<S: BranchScalar> LossTerms<S> {
    pub(crate) fn new(n: usize, m: usize) -> Self {
        let inputs = vec![S::zero(); n + m + 1];
        let (u_bar, t_bar) = (Vec::new(), Vec::new());
        Self {
            first: 0,
            n,
            u_bar,
            t_bar,
            recorder: Recorder::new(),
            gradient: inputs.clone(),
            inputs,
        }
    }

    /// Differentiates at the save times of a block: their sum, and `∂/∂p` is added.
    pub(crate) fn of(
        &mut self,
        loss: &impl Loss,
        block: &Block<S>,
        times: &[f64],
        p: &[S],
        p_bar: &mut [S],
    ) -> Result<S, Error> {
        let (n, m) = (self.n, p.len());
        let mut sum = S::zero();
        self.first = block.first_save;
        self.u_bar.clear();
        self.t_bar.clear();
        self.u_bar.reserve_exact(block.saves().len() * n);
        self.t_bar.reserve_exact(block.saves().len());
        self.inputs[n..n + m].copy_from_slice(p);
        for i in block.saves() {
            let t = times[i];
            self.inputs[..n].copy_from_slice(block.saved(i));
            self.inputs[n + m] = S::from_f64(t);
            let value = match n + m <= FEW {
                true => self.by_duals(loss, i, m),
                false => self.recorder.gradient(
                    |x| loss.at(i, x[n + m], &x[..n], &x[n..n + m]),
                    &self.inputs,
                    &mut self.gradient,
                )?,
            };
            if !value.is_finite() {
                return Err(ErrorKind::LossNotFinite { index: i, t }.into());
            }
            sum += value;
            self.u_bar.extend_from_slice(&self.gradient[..n]);
            self.t_bar.push(self.gradient[n + m]);
            accumulate(p_bar, &self.gradient[n..n + m]);
        }
        Ok(sum)
    }

    /// Value and derivatives of term `i` at the inputs.
    fn by_duals(&mut self, loss: &impl Loss, i: usize, m: usize) -> S {
        let mut x: Duals<S> = [Dual::zero(); FEW];
        let count = self.n + m;
        for (k, (x, &input)) in x.iter_mut().zip(&self.inputs[..count]).enumerate() {
            *x = Dual::variable(input, k);
        }
        let t = Dual::variable(self.inputs[count], count);
        let (u, p) = x[..count].split_at(self.n);
        let term = loss.at(i, t, u, p);
        self.gradient.copy_from_slice(&term.eps[..=count]);
        term.re
    }

    /// The penalty, whose derivative is added.
    pub(crate) fn penalty(
        &mut self,
        loss: &impl Loss,
        p: &[S],
        p_bar: &mut [S],
    ) -> Result<S, Error> {
        let m = p.len();
        let value = self.recorder.gradient(|p| loss.penalty(p), p, &mut self.gradient[..m])?;
        accumulate(p_bar, &self.gradient[..m]);
        Ok(value)
    }

    /// `∂at/∂u` at a save time.
    pub(crate) fn u_bar(&self, i: usize) -> &[S] {
        let first = (i - self.first) * self.n;
        &self.u_bar[first..first + self.n]
    }

    /// `∂at/∂t` at a save time.
    pub(crate) fn t_bar(&self, i: usize) -> S {
        self.t_bar[i - self.first]
    }

    /// Bytes of the derivatives.
    pub(crate) fn bytes(&self) -> usize {
        (self.u_bar.capacity() + self.t_bar.capacity()) * size_of::<S>()
    }
}

fn accumulate<S: BranchScalar>(sum: &mut [S], terms: &[S]) {
    for (sum, &term) in sum.iter_mut().zip(terms) {
        *sum += term;
    }
}
