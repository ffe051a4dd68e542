/// Counts of values in buckets whose width grows with the value: quantiles with a bounded relative
/// error, in memory that does not grow with the number of values.
///
/// A bucket holds the numbers that agree in sign, exponent and the first `bits` bits of the
/// mantissa (as in DDSketch, Masson, Rim and Lee 2019, with piecewise linear in place of logarithmic
/// buckets: no rounding decides about a bucket). Counts are integers, so that merging is exact and
/// its order does not matter.
///
/// ```
/// use ode_core::QuantileSketch;
///
/// let mut sketch = QuantileSketch::new(0.01);
/// for i in 1..=1000 {
///     sketch.add(f64::from(i));
/// }
/// assert!((sketch.quantile(0.9) - 900.0).abs() <= 0.01 * 900.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct QuantileSketch {
    bits: u32,
    /// Buckets in order, with their counts.
    counts: Vec<(i64, u64)>,
    /// Buckets of the last values, not yet counted.
    pending: Vec<i64>,
}

/// Values that are counted together.
const PENDING: usize = 256;

/// Bits of the mantissa of an `f64`.
const MANTISSA: u32 = 52;

impl QuantileSketch {
    /// Quantiles to a relative error of at most `accuracy` (limited to between 1e-6 and 0.25; a
    /// NaN counts as 0.01).
    pub fn new(accuracy: f64) -> Self {
        let accuracy = if accuracy.is_nan() { 0.01 } else { accuracy.clamp(1e-6, 0.25) };
        let mut bits = 1;
        while 0.5f64.powi(bits as i32 + 1) > accuracy {
            bits += 1;
        }
        Self { bits, counts: Vec::new(), pending: Vec::new() }
    }

    /// The bound that holds: `|estimate - quantile| <= relative_error |quantile|`, down to the
    /// smallest normal number 2.2e-308.
    pub fn relative_error(&self) -> f64 {
        0.5f64.powi(self.bits as i32 + 1)
    }

    /// One more value. A NaN is not counted.
    pub fn add(&mut self, x: f64) {
        if x.is_nan() {
            return;
        }
        // The bits of a positive number grow with it.
        let magnitude = (x.abs().to_bits() >> (MANTISSA - self.bits)) as i64;
        self.pending.push(if x < 0.0 { -magnitude - 1 } else { magnitude });
        if self.pending.len() >= PENDING {
            self.settle();
        }
    }

    /// Takes in the values of another sketch of the same accuracy; of a finer or coarser one, as
    /// they would be estimated.
    pub fn merge(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        if other.bits != self.bits {
            let mut moved: Vec<_> = std::mem::take(&mut other.counts);
            for (bucket, _) in &mut moved {
                let magnitude = other.middle(*bucket).abs().to_bits() >> (MANTISSA - self.bits);
                *bucket = if *bucket < 0 { -(magnitude as i64) - 1 } else { magnitude as i64 };
            }
            other.counts = moved;
        }
        self.take_in(&other.counts);
    }

    /// Counts what is pending.
    fn settle(&mut self) {
        let mut pending = std::mem::take(&mut self.pending);
        pending.sort_unstable();
        let runs = pending.chunk_by(|a, b| a == b);
        let counts: Vec<_> = runs.map(|run| (run[0], run.len() as u64)).collect();
        self.take_in(&counts);
        pending.clear();
        self.pending = pending;
    }

    /// Counts what is pending, and gives back the memory that waits for more.
    pub fn shrink(&mut self) {
        self.settle();
        self.pending = Vec::new();
        self.counts.shrink_to_fit();
    }

    /// Merges two sorted lists.
    fn take_in(&mut self, others: &[(i64, u64)]) {
        if others.is_empty() {
            return;
        }
        let mut merged: Vec<(i64, u64)> = Vec::with_capacity(self.counts.len() + others.len());
        let mut push = |(bucket, count)| match merged.last_mut() {
            Some(last) if last.0 == bucket => last.1 += count,
            _ => merged.push((bucket, count)),
        };
        let (mut own, mut others) = (self.counts.iter().peekable(), others.iter().peekable());
        loop {
            let next = match (own.peek(), others.peek()) {
                (Some(a), Some(b)) if a.0 <= b.0 => own.next(),
                (_, Some(_)) => others.next(),
                (_, None) => own.next(),
            };
            match next {
                Some(&next) => push(next),
                None => break,
            }
        }
        self.counts = merged;
    }

    /// The middle of a bucket.
    fn middle(&self, bucket: i64) -> f64 {
        let magnitude = if bucket < 0 { -(bucket + 1) } else { bucket } as u64;
        if magnitude == 0 {
            return 0.0;
        }
        let shift = MANTISSA - self.bits;
        let low = f64::from_bits(magnitude << shift);
        if low.is_infinite() {
            return if bucket < 0 { -low } else { low };
        }
        let middle = f64::from_bits(magnitude << shift | 1 << (shift - 1));
        if bucket < 0 { -middle } else { middle }
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|&(_, count)| count).sum::<u64>() + self.pending.len() as u64
    }

    /// An estimate of the `q`-quantile, `0 <= q <= 1`: of the value of rank `⌊q (count - 1)⌋` in
    /// ascending order, from 0. NaN if there are no values, or `q` is out of range.
    pub fn quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            return f64::NAN;
        }
        if !self.pending.is_empty() {
            let mut settled = self.clone();
            settled.settle();
            return settled.quantile(q);
        }
        let Some(last) = self.count().checked_sub(1) else { return f64::NAN };
        let rank = (q * last as f64).floor() as u64;
        let mut below = 0;
        for &(bucket, count) in &self.counts {
            below += count;
            if below > rank {
                return self.middle(bucket);
            }
        }
        f64::NAN
    }
}
