/// When to switch from the explicit to the implicit method, and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwitchRule {
    /// A step is stiff where `|λ dt|` is above this part of the stability interval.
    pub part: f64,
    /// Stiff steps in a row after which the implicit method takes over.
    pub stiff_steps: u32,
    /// Steps in a row that are not stiff after which the explicit method takes over.
    pub nonstiff_steps: u32,
    /// Steps that the implicit method takes at least: it may have to begin with short ones. Twice as
    /// many after each short return to the explicit method.
    pub least_steps: u32,
    /// The implicit method's first step is so much longer than the explicit one's, and the explicit
    /// one's so much shorter.
    pub dt_factor: f64,
    /// Whether the implicit method takes the first steps. For systems with eigenvalues of very different
    /// size on the imaginary axis: those hold explicit steps short far inside the stability interval,
    /// where nothing tells of it.
    pub starts_stiff: bool,
}

impl Default for SwitchRule {
    fn default() -> Self {
        Self {
            part: 0.9,
            stiff_steps: 10,
            nonstiff_steps: 3,
            least_steps: 20,
            dt_factor: 2.0,
            starts_stiff: false,
        }
    }
}

/// What a switch is decided by, in whole numbers for a checkpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Record {
    /// Steps in a row that were stiff, and that were not.
    stiff: u32,
    nonstiff: u32,
    /// Steps since the last switch.
    taken: u32,
    /// Returns to the explicit method that were short, one after the other.
    returns: u32,
}

/// An explicit phase below so many steps was not worth it.
const SHORT: u32 = 50;

impl Record {
    /// The numbers of a checkpoint.
    pub(super) const WORDS: usize = 4;

    pub(super) fn words(self) -> [u32; Self::WORDS] {
        let Self { stiff, nonstiff, taken, returns } = self;
        [stiff, nonstiff, taken, returns]
    }

    pub(super) fn of_words([stiff, nonstiff, taken, returns]: [u32; Self::WORDS]) -> Self {
        Self { stiff, nonstiff, taken, returns }
    }

    /// An accepted step was stiff, or not, or nobody knows.
    pub(super) fn count(&mut self, is_stiff: Option<bool>) {
        self.taken = self.taken.saturating_add(1);
        match is_stiff {
            Some(true) => (self.stiff, self.nonstiff) = (self.stiff.saturating_add(1), 0),
            Some(false) => (self.stiff, self.nonstiff) = (0, self.nonstiff.saturating_add(1)),
            None => {}
        }
    }

    /// Whether the other method takes over, where the implicit one is at work or not.
    pub(super) fn decide(&self, is_stiff: bool, rule: &SwitchRule) -> bool {
        match is_stiff {
            false => self.stiff >= rule.stiff_steps,
            true => {
                let least = rule.least_steps.saturating_mul(1 << self.returns.min(20));
                self.nonstiff >= rule.nonstiff_steps && self.taken >= least
            }
        }
    }

    /// The switch took place, to the implicit method or not.
    pub(super) fn changed(&mut self, to_stiff: bool) {
        match to_stiff {
            true if self.taken < SHORT => {}
            true => self.returns = 0,
            false => self.returns = self.returns.saturating_add(1),
        }
        (self.stiff, self.nonstiff, self.taken) = (0, 0, 0);
    }
}
