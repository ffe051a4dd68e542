use std::fmt;

/// An ensemble: one problem with many values of one of its parameters, or of all of them.
///
/// ```
/// use benches::Sweep;
///
/// let sweep = Sweep { parameter: Some(1), from: 0.0, to: 28.0, count: 100, every: 25 };
/// let (mut p, mut q) = ([10.0, 1.0], [10.0, 1.0]);
/// sweep.set(0, &mut p);
/// sweep.set(50, &mut q);
/// assert_eq!((p, q), ([10.0, 0.0], [10.0, 14.0]));
/// assert_eq!(sweep.looked_at().collect::<Vec<_>>(), [0, 25, 50, 75]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sweep {
    /// Index of the parameter; without one all of them vary.
    pub parameter: Option<usize>,
    /// Its value for member 0; of all parameters, the smallest factor.
    pub from: f64,
    /// The value that one more member would have; of all parameters, the largest factor.
    pub to: f64,
    /// How many members.
    pub count: usize,
    /// Of the final states, those of members 0, `every`, `2 every`, … are looked at.
    pub every: usize,
}

impl Sweep {
    /// Turns the parameters of the problem into those of member `i`, by a rule that every peer computes to the same
    /// bits: equally spaced values of one of them, or each times a factor that looks random.
    pub fn set(&self, i: usize, p: &mut [f64]) {
        let part = |x: f64, of: f64| self.from + (self.to - self.from) * x / of;
        match self.parameter {
            Some(k) => p[k] = part(i as f64, self.count as f64),
            None => {
                let n = p.len();
                for (k, p) in p.iter_mut().enumerate() {
                    *p *= part(f64::from(scrambled((i * n + k) as u32)), 4_294_967_296.0);
                }
            }
        }
    }

    /// The members whose final states are looked at.
    pub fn looked_at(&self) -> impl Iterator<Item = usize> {
        (0..self.count).step_by(self.every.max(1))
    }

    /// The ensemble of only these members, where one parameter varies: for who is too slow for all.
    ///
    /// ```
    /// # use benches::Sweep;
    /// let all = Sweep { parameter: Some(1), from: 0.0, to: 28.0, count: 100, every: 25 };
    /// let few = all.sample();
    /// assert_eq!((few.count, few.every), (4, 1));
    /// let (mut p, mut q) = ([0.0; 2], [0.0; 2]);
    /// few.set(3, &mut p);
    /// all.set(75, &mut q);
    /// assert_eq!(p, q);
    /// ```
    pub fn sample(&self) -> Self {
        Self { count: self.looked_at().count(), every: 1, ..*self }
    }
}

/// The words of a request, numbers with all digits.
impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parameter, from, to, count, every } = self;
        let parameter = parameter.map_or("all".into(), |index| index.to_string());
        write!(f, "{parameter} {from:e} {to:e} {count} {every}")
    }
}

/// A bijection of 32 bits whose values look random: the constants are those of `lowbias32` (Wellons, hash-prospector,
/// public domain).
fn scrambled(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_look_random() {
        let sweep = Sweep { parameter: None, from: 0.5, to: 1.5, count: 1000, every: 10 };
        assert_eq!(sweep.to_string(), "all 5e-1 1.5e0 1000 10");
        let factors: Vec<[f64; 2]> = (0..1000)
            .map(|i| {
                let mut p = [1.0, 2.0];
                sweep.set(i, &mut p);
                [p[0] - 1.0, p[1] / 2.0 - 1.0]
            })
            .collect();
        let mean = |f: &dyn Fn(&[f64; 2]) -> f64| factors.iter().map(f).sum::<f64>() / 1000.0;
        for k in 0..2 {
            assert!(factors.iter().all(|x| x[k].abs() <= 0.5));
            // Within four standard deviations of a thousand even draws.
            assert!(mean(&|x| x[k]).abs() < 0.037, "{k}");
            assert!((mean(&|x| x[k] * x[k]) - 1.0 / 12.0).abs() < 0.01, "{k}");
        }
        assert!(mean(&|x| x[0] * x[1]).abs() < 0.011);
    }
}
