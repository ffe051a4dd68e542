use crate::error::{check, finite};
use crate::{Chain, Error, ErrorKind, Real};

/// Samples to learn from, stored one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a, T> {
    /// Inputs, `samples × inputs`.
    pub x: &'a [T],
    /// What the network should give, which also says what the loss is.
    pub targets: Targets<'a, T>,
}

/// What a network should give.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Targets<'a, T> {
    /// Regression: `samples × outputs` numbers. The loss is the mean of the squared differences over samples and outputs.
    Values(&'a [T]),
    /// Classification: the number of the right output of each sample. The loss is the mean of
    /// [`cross_entropy`](crate::cross_entropy).
    Labels(&'a [usize]),
}

impl<T: Real> Data<'_, T> {
    /// The number of samples, after a look at all of them.
    pub(crate) fn check(&self, chain: &Chain) -> Result<usize, Error> {
        if self.x.is_empty() {
            return Err(ErrorKind::EmptyData { argument: "x" }.into());
        }
        let samples = chain.samples(self.x)?;
        finite("x", self.x, chain.inputs())?;
        let classes = chain.outputs();
        match self.targets {
            Targets::Values(values) => {
                check("targets", samples * classes, values.len())?;
                finite("targets", values, classes)?;
            }
            Targets::Labels(labels) => {
                check("labels", samples, labels.len())?;
                if let Some(sample) = labels.iter().position(|&label| label >= classes) {
                    let label = labels[sample];
                    return Err(ErrorKind::Label { sample, label, classes }.into());
                }
            }
        }
        Ok(samples)
    }

    /// The loss of one sample and, times `weight`, its gradient.
    #[inline]
    pub(crate) fn loss(&self, sample: usize, y: &[T], weight: T, y_bar: &mut [T]) -> T {
        match self.targets {
            Targets::Values(values) => {
                let target = &values[sample * y.len()..][..y.len()];
                super::loss::squared_error(y, target, weight, y_bar)
            }
            Targets::Labels(labels) => super::loss::cross_entropy(y, labels[sample], weight, y_bar),
        }
    }
}
