//! The places of values, and what is copied into those where none stands.

use super::plan::Fill;
use std::collections::HashMap;

/// Places are dealt out from here on.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) slots: u32,
    /// Where each row begins and ends, with the room before and behind it.
    regions: Vec<[u32; 2]>,
    /// Whether a value stands there.
    taken: Vec<bool>,
    /// What is copied to a place where none does.
    copied: HashMap<u32, u32>,
}

/// Numbers of a line of a cache: long rows begin there.
const LINE: u32 = 8;

impl Rows {
    /// Places for values that stand together.
    pub(super) fn allocate(&mut self, len: usize) -> u32 {
        let next = self.slots;
        let first = if len < LINE as usize { next } else { next.next_multiple_of(LINE) };
        self.take(first, 0..len as u32);
        first
    }

    /// A row for values at these distances from its first one, ascending, with room before and behind it; as far from
    /// the start of a line of the cache as `phase`.
    pub(super) fn row(&mut self, offsets: &[u32], [before, behind]: [u32; 2], phase: u32) -> u32 {
        let start = self.slots;
        let first = (start + before).next_multiple_of(LINE) + phase % LINE;
        self.take(first, offsets.iter().copied());
        self.slots += behind;
        self.regions.push([start, self.slots]);
        first
    }

    fn take(&mut self, first: u32, offsets: impl Iterator<Item = u32>) {
        for offset in offsets {
            let place = (first + offset) as usize;
            self.taken.resize(self.taken.len().max(place + 1), false);
            self.taken[place] = true;
            self.slots = place as u32 + 1;
        }
    }

    /// Where values may stand, besides where they do, `[to, from]`: where nothing stands in the row of `inside`. Returns what is
    /// not there yet; nothing if that cannot be.
    pub(super) fn copy_to_free_places(
        &mut self,
        inside: u32,
        places: &[[u32; 2]],
    ) -> Option<Vec<[u32; 2]>> {
        let after = self.regions.partition_point(|region| region[0] <= inside);
        let &[start, end] = self.regions.get(after.checked_sub(1)?)?;
        let mut new = Vec::new();
        let fits = places.iter().all(|&[to, from]| {
            let taken = self.taken.get(to as usize).copied().unwrap_or(false);
            if taken || !(start..end).contains(&to) {
                return false;
            }
            let copied = *self.copied.entry(to).or_insert_with(|| {
                new.push([to, from]);
                from
            });
            copied == from
        });
        if !fits {
            new.iter().for_each(|[to, _]| _ = self.copied.remove(to));
        }
        fits.then_some(new)
    }
}

/// The same as copies at equal distances.
pub(super) fn fills(places: &[[u32; 2]]) -> Vec<Fill> {
    let mut fills: Vec<Fill> = Vec::new();
    for &[to, from] in places {
        if let Some(last) = fills.last_mut() {
            let len = last.len;
            let next = |start: u32, step: u32| start.checked_add(step.checked_mul(len)?);
            if last.len == 1 && to > last.to && from > last.from {
                last.steps = [to - last.to, from - last.from];
            }
            if next(last.to, last.steps[0]) == Some(to)
                && next(last.from, last.steps[1]) == Some(from)
            {
                last.len += 1;
                continue;
            }
        }
        fills.push(Fill { to, from, steps: [0, 0], len: 1 });
    }
    fills
}
