use crate::pool::Pool;
use crate::{Recorder, Var};
use scalar::Scalar;
use system::System;

/// The product of a model that no program can hold: it is recorded on a tape at each point.
#[derive(Debug)]
pub(crate) struct Anew {
    recorder: Recorder,
    du: Pool<f64>,
    bars: Vec<f64>,
}

/// A clone has memory of its own, and nothing is kept from point to point.
impl Clone for Anew {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl Anew {
    pub(crate) fn new() -> Self {
        Self { recorder: Recorder::new(), du: Pool::new(0), bars: Vec::new() }
    }

    /// The cotangents of the inputs `p`, `u` and `t` at that point; missing ones among `du_bar` count
    /// as zero. If the recording does not fit into memory they are NaN.
    pub(crate) fn pull_back(
        &mut self,
        model: &impl System,
        point: &[f64],
        du_bar: &[f64],
    ) -> &[f64] {
        let Self { recorder, du, bars } = self;
        let (n, m) = (model.dim(), model.num_params());
        bars.resize(point.len(), 0.0);
        let recorded = recorder.gradient(
            |x| {
                let mut out = du.take();
                out.resize(n, Var::zero());
                model.rhs(x[m + n], &x[m..m + n], &x[..m], &mut out);
                // What does not count is left out, so that its slopes need not be finite.
                let terms = out.iter().zip(du_bar).filter(|(_, bar)| **bar != 0.0);
                let sum = terms.map(|(&du, &bar)| du.scale(bar)).sum();
                du.give(out);
                sum
            },
            point,
            bars,
        );
        if recorded.is_err() {
            bars.fill(f64::NAN);
        }
        bars
    }

    /// Bytes of memory that this holds on to.
    pub(crate) fn bytes(&self) -> usize {
        self.recorder.bytes() + self.du.bytes() + self.bars.capacity() * size_of::<f64>()
    }
}
