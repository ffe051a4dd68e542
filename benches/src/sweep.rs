use std::fmt;

/// An ensemble: one problem with many values of one of its parameters.
///
/// ```
/// use benches::Sweep;
///
/// let sweep = Sweep { parameter: 1, from: 0.0, to: 28.0, count: 100, every: 25 };
/// assert_eq!((sweep.value(0), sweep.value(50)), (0.0, 14.0));
/// assert_eq!(sweep.looked_at().collect::<Vec<_>>(), [0, 25, 50, 75]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sweep {
    /// Index of the parameter.
    pub parameter: usize,
    /// Its value for member 0.
    pub from: f64,
    /// The value that one more member would have.
    pub to: f64,
    /// How many members.
    pub count: usize,
    /// Of the final states, those of members 0, `every`, `2 every`, … are looked at.
    pub every: usize,
}

impl Sweep {
    /// The parameter of member `i`, which every peer computes by this rule.
    pub fn value(&self, i: usize) -> f64 {
        self.from + (self.to - self.from) * i as f64 / self.count as f64
    }

    /// The members whose final states are looked at.
    pub fn looked_at(&self) -> impl Iterator<Item = usize> {
        (0..self.count).step_by(self.every.max(1))
    }

    /// The ensemble of only these members: for who is too slow for all.
    ///
    /// ```
    /// # use benches::Sweep;
    /// let all = Sweep { parameter: 1, from: 0.0, to: 28.0, count: 100, every: 25 };
    /// let few = all.sample();
    /// assert_eq!((few.count, few.every), (4, 1));
    /// assert_eq!(few.value(3), all.value(75));
    /// ```
    pub fn sample(&self) -> Self {
        Self { count: self.looked_at().count(), every: 1, ..*self }
    }
}

/// The words of a request, numbers with all digits.
impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parameter, from, to, count, every } = self;
        write!(f, "{parameter} {from:e} {to:e} {count} {every}")
    }
}
