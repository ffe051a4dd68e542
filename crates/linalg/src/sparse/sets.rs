//! Rows of bits: which columns have an entry in which row.

/// A set of numbers below `n` for each number below `n`.
#[derive(Clone, Debug)]
pub(crate) struct Sets {
    words: usize,
    bits: Vec<u64>,
}

impl Sets {
    /// Empty ones.
    pub(crate) fn new(n: usize) -> Self {
        let words = n.div_ceil(64);
        Self { words, bits: vec![0; n * words] }
    }

    /// The set of `k`, 64 numbers in a word.
    pub(crate) fn of(&self, k: usize) -> &[u64] {
        &self.bits[k * self.words..][..self.words]
    }

    pub(crate) fn insert(&mut self, k: usize, member: usize) {
        self.bits[k * self.words + member / 64] |= 1 << (member % 64);
    }

    pub(crate) fn remove(&mut self, k: usize, member: usize) {
        self.bits[k * self.words + member / 64] &= !(1 << (member % 64));
    }

    /// Takes in the members of `other` that are not below `first`.
    pub(crate) fn unite(&mut self, k: usize, other: &[u64], first: usize) {
        let own = &mut self.bits[k * self.words..][first / 64..];
        let mut mask = u64::MAX << (first % 64);
        for (word, other) in own.iter_mut().zip(&other[first / 64..]) {
            *word |= other & mask;
            mask = u64::MAX;
        }
    }

    /// How many sets there are.
    pub(crate) fn count(&self) -> usize {
        self.bits.len() / self.words.max(1)
    }

    /// How many members the set of `k` has.
    pub(crate) fn len(&self, k: usize) -> usize {
        self.of(k).iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// The members of a set, increasing.
pub(crate) fn members(set: &[u64]) -> impl Iterator<Item = usize> {
    set.iter().enumerate().flat_map(|(word, &bits)| {
        let mut left = bits;
        core::iter::from_fn(move || {
            let member = 64 * word + left.trailing_zeros() as usize;
            (left != 0).then(|| left &= left - 1).map(|()| member)
        })
    })
}
