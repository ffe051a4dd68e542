//! There and back within a bounded memory.
//!
//! The steps are cut into blocks. On the way forward checkpoints are set at the starts of blocks, and
//! thinned out so that as few steps as possible will have to be computed again, whenever the solve ends
//! (Wang, Moin and Iaccarino, "Minimal repetition dynamic checkpointing algorithm for unsteady adjoint
//! calculation", SIAM J. Sci. Comput. 31, 2549–2567, 2009). On the way back the blocks behind the last
//! checkpoint are computed again with the checkpoints that are free by then, by Revolve.

use super::Memory;
use super::block::{Block, Room};
use super::pass::Pass;
use crate::{Error, ErrorKind};
use ad_tape::Revolve;
use ode_core::{Algorithm, Stats};
use scalar::Concrete;
use system::{Buffer, Rhs};

/// What has been kept on the way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kept {
    /// Steps of the solve.
    pub(crate) steps: usize,
    /// Steps that were computed again.
    pub(crate) replayed: usize,
    /// Bytes of blocks and checkpoints at their peak.
    pub(crate) bytes: usize,
    /// Work on the way forward.
    pub(crate) stats: Stats,
}

/// Solves, and hands over the blocks, last one first.
pub(crate) fn there_and_back<F, A, B, S>(
    pass: &mut Pass<'_, F, A, B, S>,
    memory: Memory,
    n: usize,
    mut back: impl FnMut(&Block<S>) -> Result<(), Error>,
) -> Result<Kept, Error>
where
    F: Rhs<B::Item>,
    A: Algorithm<F, B>,
    B: Buffer,
    B::Item: Concrete,
    S: Copy,
{
    let mut block = pass.block();
    let Memory::Bytes(budget) = memory else {
        pass.fill(&mut block, &Room::UNLIMITED)?;
        back(&block)?;
        let (steps, bytes, stats) = (block.steps.len(), block.bytes(), pass.stats());
        return Ok(Kept { steps, bytes, stats, replayed: 0 });
    };
    let room = Room::new::<S>(budget / 2, (n, pass.carries()), pass.num_saves(), budget)?;
    let first = pass.mark();
    let heap = first.bytes();
    let too_small = |needed| ErrorKind::Memory { budget, needed };
    let mut marks = Marks::new(budget - budget / 2, heap, first).map_err(too_small)?;
    let mut kept = Kept::default();
    loop {
        let finished = pass.fill(&mut block, &room)?;
        kept.steps += block.steps.len();
        if finished {
            break;
        }
        marks.pass(pass.mark());
    }
    kept.stats = pass.stats();
    // Blocks that are still to be pulled back, after the one at hand.
    let mut end = marks.passed;
    back(&block)?;
    while end > 0 {
        let (gap, free, mark) = marks.before(end);
        pass.go_back(mark)?;
        let part = Revolve::split(gap, free);
        for _ in 0..part {
            pass.fill(&mut block, &room)?;
            kept.replayed += block.steps.len();
        }
        if part > 0 && free > 1 {
            marks.push(end - gap + part, pass.mark());
            continue;
        }
        pass.fill(&mut block, &room)?;
        kept.replayed += block.steps.len();
        back(&block)?;
        end -= 1;
    }
    kept.bytes = block.bytes() + marks.peak;
    Ok(kept)
}

/// Checkpoints at the starts of blocks, in their order; the first one at the start of the solve.
struct Marks<M> {
    entries: Vec<Entry<M>>,
    /// How many there may be.
    slots: usize,
    /// Bytes behind each.
    heap: usize,
    /// Blocks gone by on the way forward.
    passed: usize,
    /// Bytes at the peak.
    peak: usize,
}

struct Entry<M> {
    block: usize,
    level: usize,
    mark: M,
}

impl<M> Marks<M> {
    /// As many as fit into some bytes; what is needed for two of them where not even one does.
    fn new(bytes: usize, heap: usize, first: M) -> Result<Self, usize> {
        let each = size_of::<Entry<M>>() + heap;
        let slots = bytes / each;
        if slots == 0 {
            return Err(2 * each);
        }
        let mut marks = Self { entries: Vec::new(), slots, heap, passed: 0, peak: 0 };
        marks.insert(Entry { block: 0, level: usize::MAX, mark: first });
        Ok(marks)
    }

    /// The start of the next block on the way forward (algorithm 1 of Wang, Moin and Iaccarino).
    fn pass(&mut self, mark: M) {
        self.passed += 1;
        let block = self.passed;
        let mut level = 0;
        if self.entries.len() == self.slots {
            if self.slots == 1 {
                return;
            }
            match self.dispensable() {
                Some(i) => drop(self.entries.remove(i)),
                // None: the last one makes room for one of a higher level.
                None => level = self.entries.pop().map_or(0, |last| last.level + 1),
            }
        }
        self.insert(Entry { block, level, mark });
    }

    /// The last one that has one of a higher level behind it.
    fn dispensable(&self) -> Option<usize> {
        let mut highest = 0;
        self.entries.iter().enumerate().rev().find_map(|(i, entry)| {
            let found = entry.level < highest;
            highest = highest.max(entry.level);
            found.then_some(i)
        })
    }

    /// The last checkpoint before block `end`, how many blocks lie between, and how many checkpoints are
    /// free, this one included. What lies behind is forgotten.
    fn before(&mut self, end: usize) -> (usize, usize, &M) {
        let count = self.entries.partition_point(|entry| entry.block < end).max(1);
        self.entries.truncate(count);
        let last = &self.entries[count - 1];
        (end - last.block, self.slots - count + 1, &last.mark)
    }

    fn push(&mut self, block: usize, mark: M) {
        self.insert(Entry { block, level: 0, mark });
    }

    fn insert(&mut self, entry: Entry<M>) {
        let count = self.entries.len();
        if count == self.entries.capacity() {
            self.entries.reserve_exact(count.max(4).min(self.slots - count));
        }
        self.entries.push(entry);
        let table = self.entries.capacity() * size_of::<Entry<M>>();
        self.peak = self.peak.max(table + self.heap * self.entries.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a solve of `blocks` blocks with so many checkpoints; how often each block is computed again.
    fn again(blocks: usize, slots: usize) -> Vec<usize> {
        let mut marks = Marks { entries: Vec::new(), slots, heap: 0, passed: 0, peak: 0 };
        marks.insert(Entry { block: 0, level: usize::MAX, mark: 0 });
        (1..blocks).for_each(|block| marks.pass(block));
        let mut again = vec![0; blocks];
        let mut end = blocks - 1;
        while end > 0 {
            let (gap, free, &at) = marks.before(end);
            assert!(at + gap == end && marks.entries.len() <= slots);
            let part = Revolve::split(gap, free);
            again[at..at + part].iter_mut().for_each(|times| *times += 1);
            if part > 0 && free > 1 {
                marks.push(at + part, at + part);
                continue;
            }
            again[at + part] += 1;
            end -= 1;
        }
        again
    }

    /// Never more often than Revolve, which knows the number of steps beforehand, has to with one
    /// checkpoint less (here the last one stands at the block at hand), or once more with as many; and in
    /// sum hardly more.
    #[test]
    fn computed_again_as_rarely_as_possible() {
        for slots in 1..=7 {
            let (mut sum, mut least) = (0, 0);
            for blocks in (1..=60).chain([100, 250, 700]) {
                let again = again(blocks, slots);
                let most = again.iter().copied().max().unwrap_or(0);
                let with_less = Revolve::repeats(blocks, slots - 1).max(1);
                let r = Revolve::repeats(blocks, slots);
                assert!(most <= with_less.min(r + 1), "{blocks} blocks, {slots}: {most}");
                sum += again.iter().sum::<usize>();
                least +=
                    r * blocks - r.checked_sub(1).map_or(0, |r| Revolve::most_steps(slots + 1, r));
            }
            assert!(sum as f64 <= 1.2 * least as f64, "{slots}: {sum}, {least}");
        }
        // What fits is computed again once, but for the last block, which is at hand.
        assert_eq!(again(5, 5), [1, 1, 1, 1, 0]);
        assert_eq!(again(1, 1), [0]);
    }

    #[test]
    fn too_little_room() {
        assert_eq!(Marks::new(10, 100, ()).err(), Some(2 * (100 + size_of::<Entry<()>>())));
    }
}
