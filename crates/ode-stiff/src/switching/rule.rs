/// When to switch from the explicit to the implicit method, and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwitchRule {
    /// A step is stiff where `|λ dt|` is above this part of the stability interval.
    pub part: f64,
    /// Stiff steps in a row after which the implicit method takes over.
    pub stiff_steps: u32,
    /// Steps in a row that are not stiff after which the explicit method takes over.
    pub nonstiff_steps: u32,
    /// The implicit method's first step is so much longer than the explicit one's, and the explicit
    /// one's so much shorter.
    pub dt_factor: f64,
}

impl Default for SwitchRule {
    fn default() -> Self {
        Self { part: 0.9, stiff_steps: 10, nonstiff_steps: 3, dt_factor: 2.0 }
    }
}

/// Steps in a row that were of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Row {
    pub(super) stiff: u32,
    pub(super) nonstiff: u32,
}

impl Row {
    pub(super) fn count(&mut self, is_stiff: bool) {
        *self = match is_stiff {
            true => Self { stiff: self.stiff.saturating_add(1), nonstiff: 0 },
            false => Self { stiff: 0, nonstiff: self.nonstiff.saturating_add(1) },
        };
    }
}
