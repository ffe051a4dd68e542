use crate::{Error, ErrorKind};
use core::fmt;

/// How a network learns from [`Data`](crate::Data), by mini-batches.
///
/// See [`run`](Training::run).
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// Times that all samples are seen, at most (100).
    pub epochs: usize,
    /// Samples of a batch (32); the last one of an epoch may be shorter.
    pub batch: usize,
    /// For the choice of validation data, the order of samples and dropout (0). The same seed gives the same bits.
    pub seed: u64,
    /// The part of the samples, in [0, 1), that is held back to watch the loss on (0). Rounded down, but at least one sample
    /// is held back if the part is not zero, and at least one is left to learn from.
    pub validation: f64,
    /// The watched loss is computed after so many epochs, and after the last one (1).
    pub check_every: usize,
    /// Ends the training when the watched loss was not below its least value for so many epochs (none).
    pub patience: Option<usize>,
    /// Ends the training when the watched loss is at most this (none).
    pub target: Option<f64>,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            epochs: 100,
            batch: 32,
            seed: 0,
            validation: 0.0,
            check_every: 1,
            patience: None,
            target: None,
        }
    }
}

/// What the callback sees after an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Its number, from 1.
    pub epoch: usize,
    /// The mean of the losses of its batches, each before its step and with dropout.
    pub batches: f64,
    /// The watched loss at the end of the epoch, without dropout: that of the validation data or, if there are none, of all
    /// data. `None` where it was not computed.
    pub watched: Option<f64>,
    /// The least watched loss so far, that of the start included.
    pub best: f64,
}

/// Why a training ended.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum StopReason {
    /// All epochs are done.
    Epochs,
    /// The watched loss was not below its least value for so many epochs.
    NoImprovement {
        /// [`Training::patience`].
        patience: usize,
    },
    /// The watched loss is at most [`Training::target`].
    Target,
    /// The callback asked for it.
    Callback,
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Epochs => f.write_str("all epochs are done"),
            Self::NoImprovement { patience } => {
                write!(f, "the watched loss did not improve for {patience} epochs")
            }
            Self::Target => f.write_str("the watched loss has reached its target"),
            Self::Callback => f.write_str("the callback asked for it"),
        }
    }
}

/// What came of a training. The parameters themselves are in the slice that it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// The watched loss before the first step.
    pub initial: f64,
    /// The least watched loss: that of the parameters.
    pub best: f64,
    /// The epoch after which they were found; 0 for those of the start.
    pub best_epoch: usize,
    /// Why it ended.
    pub reason: StopReason,
    /// Every epoch.
    pub history: Vec<Epoch>,
}

impl Training {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let require = |good: bool, name, value, needs| match good {
            true => Ok(()),
            false => Err(Error::from(ErrorKind::Setting { name, value, needs })),
        };
        let part = (0.0..1.0).contains(&self.validation);
        require(part, "validation", self.validation, "in [0, 1)")?;
        require(self.batch > 0, "batch", 0.0, "at least 1")?;
        require(self.check_every > 0, "check_every", 0.0, "at least 1")?;
        require(self.patience != Some(0), "patience", 0.0, "at least 1")?;
        let target = self.target.unwrap_or(0.0);
        require(!target.is_nan(), "target", target, "a number")
    }
}
