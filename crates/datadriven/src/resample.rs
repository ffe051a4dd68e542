use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Draws the rows and terms of bootstrap replicates: the same for the same seed and replicate on
/// any machine, in any order, on any thread.
#[derive(Clone, Debug)]
pub(crate) struct Resample {
    seed: u64,
    rows: usize,
    block: usize,
    /// First rows of all blocks that lie within one series.
    starts: Vec<usize>,
}

impl Resample {
    /// `None` if no series is as long as a block.
    pub(crate) fn new(seed: u64, segments: &[usize], block: usize) -> Option<Self> {
        let (mut starts, mut rows) = (Vec::new(), 0);
        for length in segments {
            starts.extend(rows..(rows + length + 1).saturating_sub(block).max(rows));
            rows += length;
        }
        (!starts.is_empty()).then_some(Self { seed, rows, block, starts })
    }

    /// As many rows as there are, in blocks of consecutive rows drawn with replacement (Künsch
    /// 1989), and `offered` of `terms` terms drawn without. The last block may be cut.
    pub(crate) fn draw(
        &self,
        replicate: usize,
        terms: usize,
        offered: usize,
    ) -> (Vec<usize>, Vec<usize>) {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(replicate as u64);
        let mut below = |n: usize| rng.random_range(0..n as u64) as usize;
        let mut rows = Vec::with_capacity(self.rows + self.block);
        while rows.len() < self.rows {
            let start = self.starts[below(self.starts.len())];
            rows.extend(start..start + self.block);
        }
        rows.truncate(self.rows);
        let mut order: Vec<usize> = (0..terms).collect();
        if offered < terms {
            for i in 0..offered {
                order.swap(i, i + below(terms - i));
            }
            order.truncate(offered);
            order.sort_unstable();
        }
        (rows, order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stay_within_a_series() {
        let resample = Resample::new(7, &[5, 2, 4], 3).unwrap();
        assert_eq!(resample.starts, [0, 1, 2, 7, 8]);
        assert!(Resample::new(7, &[2, 2], 3).is_none());
        let (rows, terms) = resample.draw(3, 6, 4);
        assert_eq!((rows.len(), terms.len()), (11, 4));
        assert!(terms.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(resample.draw(3, 6, 4).0, rows);
        assert_ne!(resample.draw(4, 6, 4).0, rows);
    }
}
