//! Counts and reals among the numbers of a checkpoint.

use scalar::Concrete;

/// Writes 64 bits as four whole numbers below 2¹⁶, which every number type represents.
pub(super) fn write<S: Concrete>(memory: &mut Vec<S>, bits: u64) {
    for k in 0..4 {
        memory.push(S::from_f64(f64::from((bits >> (16 * k)) as u16)));
    }
}

/// Reads what was written, in the same order; zeros where nothing is left.
#[derive(Debug)]
pub(super) struct Reader<'a, S>(pub(super) &'a [S]);

impl<S: Concrete> Reader<'_, S> {
    pub(super) fn bits(&mut self) -> u64 {
        let (word, rest) = self.0.split_at(self.0.len().min(4));
        self.0 = rest;
        // A number that is no whole one below 2¹⁶ is not ours; the cast makes some such of it.
        let part = |(k, x): (usize, &S)| u64::from(x.largest_part() as u16) << (16 * k);
        word.iter().enumerate().map(part).sum()
    }

    pub(super) fn real(&mut self) -> f64 {
        f64::from_bits(self.bits())
    }

    /// At most `largest`.
    pub(super) fn count(&mut self, largest: usize) -> usize {
        usize::try_from(self.bits()).map_or(largest, |count| count.min(largest))
    }

    pub(super) fn flag(&mut self) -> bool {
        self.bits() != 0
    }

    pub(super) fn numbers(&mut self, out: &mut [S]) {
        let (numbers, rest) = self.0.split_at(self.0.len().min(out.len()));
        self.0 = rest;
        out[..numbers.len()].copy_from_slice(numbers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scalar::Dual;

    fn survive<S: Concrete>() {
        let reals = [0.0, -0.0, 1.5e-300, -7.25, f64::MAX, 0.1];
        let mut memory = Vec::<S>::new();
        for x in reals {
            write(&mut memory, x.to_bits());
        }
        assert!(memory.iter().all(|x| x.is_finite()));
        let mut reader = Reader(&memory);
        for x in reals {
            assert_eq!(reader.real().to_bits(), x.to_bits());
        }
        assert_eq!((reader.bits(), reader.count(3), reader.flag()), (0, 0, false));
    }

    #[test]
    fn reals_survive_in_every_number_type() {
        survive::<f64>();
        survive::<f32>();
        survive::<Dual<f64, 2>>();
    }
}
