//! From what was recorded to instructions.
//!
//! 1. Marks what the outputs depend on; the rest is left out.
//! 2. Goes through the operations level by level (a level depends on earlier ones only), merges
//!    equal ones, and groups those of one kind.
//! 3. Orders each group by the outputs that need it, and writes it as few runs, whose operands then
//!    mostly stand in a row: a loop of the model over cells becomes loops over cells again, one for
//!    each operation of its body. Loose ones of a kind are one run with lists of operands. Operands at
//!    a distance (one of several fields that are stored cell by cell) are copied into a row once.
//! 4. Finds out which cotangents a replay backward writes before it adds to them.

use super::listing::{CONSTANT, Listing, Ref};
use super::op::Op;
use super::run::{LARGEST_STRIDE, LONGEST, Place, Run};
use crate::node::{Kind, Node};
use core::cmp::Reverse;
use core::ops::Range;
use std::collections::HashMap;

/// From this length on a run with operands in a row pays.
const LONG: usize = 20;

/// An operation whose operands have their places.
#[derive(Clone, Copy)]
struct Item {
    op: Op,
    /// Equal for operations that are computed in the same way from inputs.
    class: u32,
    a: u32,
    b: u32,
    /// The first output that depends on it.
    output: u32,
    id: Ref,
}

impl Item {
    /// What all operations of one run share.
    fn kind(&self) -> (Op, u32) {
        (self.op, if self.op.has_setting() { self.b } else { 0 })
    }

    /// What equal operations share.
    fn meaning(&self) -> (Op, u32, u32) {
        let swap = self.op.is_commutative() && self.a > self.b;
        let (a, b) = if swap { (self.b, self.a) } else { (self.a, self.b) };
        (self.op, a, b)
    }
}

/// The result of compiling.
#[derive(Clone, Debug, Default)]
pub(crate) struct Compiled {
    pub(crate) runs: Vec<Run>,
    pub(crate) lists: Vec<u32>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) outputs: Vec<u32>,
    /// Whether no two outputs are one value.
    pub(crate) distinct: bool,
    /// Cotangents that are added to before they are written, from a first one to before an end.
    pub(crate) cleared: Vec<[u32; 2]>,
    /// Constants, inputs and results.
    pub(crate) slots: usize,
}

impl Compiled {
    /// Results of all instructions.
    pub(crate) fn operations(&self) -> usize {
        self.runs.iter().map(Run::len).sum()
    }
}

pub(crate) fn compile(listing: &Listing, outputs: &[Ref]) -> Compiled {
    let first = first_outputs(listing, outputs);
    let (levels, order) = by_level(listing, |id| first[id as usize] != UNUSED);
    let mut compiler = Compiler {
        listing,
        constants: listing.constants.len() as u32,
        slots: first,
        starts: Vec::new(),
        equal: Vec::new(),
        rows: Vec::new(),
        copies: HashMap::new(),
        done: Compiled::default(),
    };
    compiler.done.slots = listing.constants.len() + listing.inputs;
    let mut items = Vec::new();
    let mut start = 0;
    for end in levels {
        compiler.level(&order[start..end as usize], &mut items);
        start = end as usize;
    }
    compiler.done.outputs = outputs.iter().map(|&output| compiler.slot(output)).collect();
    let mut done = compiler.done;
    done.touch();
    done.runs.shrink_to_fit();
    done.lists.shrink_to_fit();
    done
}

/// The first output that depends on each operation, if there is one.
pub(super) const UNUSED: u32 = u32::MAX;

pub(super) fn first_outputs(listing: &Listing, outputs: &[Ref]) -> Vec<u32> {
    let mut first = vec![UNUSED; listing.inputs + listing.instrs.len()];
    for (number, &output) in outputs.iter().enumerate().rev() {
        if output & CONSTANT == 0 {
            first[output as usize] = (number as u32).min(UNUSED - 1);
        }
    }
    for id in (listing.inputs..first.len()).rev() {
        if first[id] != UNUSED {
            listing.for_operands(id as u32, |operand| {
                if operand & CONSTANT == 0 {
                    first[operand as usize] = first[operand as usize].min(first[id]);
                }
            });
        }
    }
    first
}

/// What is used, sorted by level, and where each level ends.
fn by_level(listing: &Listing, used: impl Fn(Ref) -> bool) -> (Vec<u32>, Vec<Ref>) {
    let inputs = listing.inputs as u32;
    let own = |id: Ref| (id & CONSTANT == 0 && id >= inputs).then(|| (id - inputs) as usize);
    let mut level = vec![0u32; listing.instrs.len()];
    let mut counts = vec![0u32; 2];
    for i in 0..level.len() {
        if !used(i as u32 + inputs) {
            continue;
        }
        let mut above = 0;
        let id = i as u32 + inputs;
        listing.for_operands(id, |operand| {
            above = own(operand).map_or(above, |k| level[k].max(above));
        });
        // The outputs of a vector node stand where it does.
        level[i] = if listing.instr(id).op == Op::Tail { above } else { above + 1 };
        let place = level[i] as usize;
        if counts.len() <= place {
            counts.resize(place + 1, 0);
        }
        counts[place] += 1;
    }
    let mut ends = counts;
    for k in 1..ends.len() {
        ends[k] += ends[k - 1];
    }
    let mut order = vec![0; ends[ends.len() - 1] as usize];
    for (i, &level) in level.iter().enumerate().filter(|(_, level)| **level > 0) {
        // Where the next one of this level goes; in the end, where the level ends.
        let place = &mut ends[level as usize - 1];
        order[*place as usize] = i as u32 + inputs;
        *place += 1;
    }
    ends.pop();
    (ends, order)
}

struct Compiler<'a> {
    listing: &'a Listing,
    constants: u32,
    /// Where the value of each number is; until that is known, the first output that depends on it.
    slots: Vec<u32>,
    /// Where the results of each group start.
    starts: Vec<u32>,
    /// Operations that equal others.
    equal: Vec<(Ref, Ref)>,
    /// The runs of the group at hand.
    rows: Vec<Range<usize>>,
    /// Where the copies of values at a distance are: by the first one, the distance and their number.
    copies: HashMap<(u32, u32, usize), u32>,
    done: Compiled,
}

impl Compiler<'_> {
    fn slot(&self, id: Ref) -> u32 {
        match id & CONSTANT {
            0 if (id as usize) < self.listing.inputs => self.constants + id,
            0 => self.slots[id as usize],
            _ => id & !CONSTANT,
        }
    }

    fn level(&mut self, ids: &[Ref], items: &mut Vec<Item>) {
        items.clear();
        for &id in ids {
            let instr = self.listing.instr(id);
            let (a, b) = match instr.op {
                Op::Tail => continue,
                Op::Node => {
                    self.node(instr.a, id);
                    continue;
                }
                Op::Select => (instr.a, 0),
                op if op.is_binary() => (self.slot(instr.a), self.slot(instr.b)),
                _ => (self.slot(instr.a), instr.b),
            };
            let class = self.class(a).wrapping_mul(31) ^ self.class(b);
            let output = self.slots[id as usize];
            items.push(Item { op: instr.op, class, a, b, output, id });
        }
        if items.len() > 1 {
            self.merge(items);
        }
        items.sort_unstable_by_key(|item| (item.kind(), item.class, item.output, item.id));
        let mut loose = Vec::new();
        for kind in items.chunk_by_mut(|x, y| x.kind() == y.kind()) {
            loose.clear();
            for class in kind.chunk_by_mut(|x, y| x.class == y.class) {
                match class.len() >= LONG {
                    true => self.group(class),
                    false => loose.extend_from_slice(class),
                }
            }
            loose.sort_unstable_by_key(|item| (item.output, item.id));
            self.group(&mut loose);
        }
        for (id, first) in self.equal.drain(..) {
            self.slots[id as usize] = self.slots[first as usize];
        }
    }

    /// Of a value: the group that gave it, whose results are alike; a constant is its own class.
    fn class(&self, slot: u32) -> u32 {
        match slot {
            s if s < self.constants => s,
            s if ((s - self.constants) as usize) < self.listing.inputs => u32::MAX,
            s => u32::MAX - self.starts.partition_point(|&start| start <= s) as u32,
        }
    }

    /// Leaves one of several equal operations.
    fn merge(&mut self, items: &mut Vec<Item>) {
        items.sort_unstable_by_key(|item| (item.meaning(), Reverse(item.id)));
        // From the back, so that the first one recorded stays.
        let mut kept: Option<Item> = None;
        for k in (0..items.len()).rev() {
            let item = items[k];
            match kept {
                Some(first) if first.meaning() == item.meaning() && item.op != Op::Select => {
                    self.equal.push((item.id, first.id));
                    items.swap_remove(k);
                }
                _ => kept = Some(item),
            }
        }
    }

    /// Writes operations of one kind.
    fn group(&mut self, items: &mut [Item]) {
        if items.is_empty() {
            return;
        }
        let mut rows = core::mem::take(&mut self.rows);
        rows.clear();
        split_in_rows(items, &mut rows);
        for row in &rows {
            self.copy_strided(&mut items[row.clone()]);
        }
        let first = self.done.slots as u32;
        self.starts.push(first);
        for (item, slot) in items.iter().zip(first..) {
            self.slots[item.id as usize] = slot;
        }
        for row in &rows {
            self.write(&items[row.clone()]);
        }
        self.rows = rows;
    }

    /// Lets a long run take operands at a distance from a copy of them in a row, which others share.
    fn copy_strided(&mut self, items: &mut [Item]) {
        let (op, len) = (items[0].op, items.len());
        if op == Op::Select || !(LONG..=LONGEST).contains(&len) {
            return;
        }
        for second in [false, true].into_iter().take(1 + usize::from(op.is_binary())) {
            let at = |i: usize| if second { items[i].b } else { items[i].a };
            let (first, stride) = (at(0), at(1).wrapping_sub(at(0)));
            let affine = (1..len).all(|i| at(i).wrapping_sub(at(i - 1)) == stride);
            if !affine || !(2..=LARGEST_STRIDE).contains(&stride) {
                continue;
            }
            let next = self.done.slots as u32;
            let copy = *self.copies.entry((first, stride, len)).or_insert(next);
            if copy == next {
                let from = Place::of(len, at, self.constants, &mut self.done.lists);
                self.starts.push(copy);
                self.done.runs.push(Run::new(Op::Copy, len, from, Place::setting(0)));
                self.done.slots += len;
            }
            for (item, place) in items.iter_mut().zip(copy..) {
                *(if second { &mut item.b } else { &mut item.a }) = place;
            }
        }
    }

    /// Writes operations of one kind as one run.
    fn write(&mut self, items: &[Item]) {
        for items in items.chunks(LONGEST) {
            let (op, len, constants) = (items[0].op, items.len(), self.constants);
            let (a, b) = if op == Op::Select {
                let place = self.done.lists.len() as u32;
                for item in items {
                    for k in 0..4 {
                        let operand = self.slot(self.listing.lists[item.a as usize + k]);
                        self.done.lists.push(operand);
                    }
                }
                (Place::setting(place), Place::setting(0))
            } else {
                let lists = &mut self.done.lists;
                let a = Place::of(len, |i| items[i].a, constants, lists);
                let b = match op.is_binary() {
                    true => Place::of(len, |i| items[i].b, constants, lists),
                    false => Place::setting(items[0].b),
                };
                (a, b)
            };
            self.done.runs.push(Run::new(op, len, a, b));
            self.done.slots += len;
        }
    }

    /// Writes a vector node, and copies of operands that do not stand in a row.
    fn node(&mut self, number: u32, id: Ref) {
        let node = &self.listing.nodes[number as usize];
        let mut operands = [0; 3];
        for (k, first) in operands.iter_mut().enumerate() {
            let list = self.listing.operands(node, k);
            let len = list.len();
            if len == 0 {
                continue;
            }
            *first = self.slot(list.at(0));
            if (0..len).all(|i| self.slot(list.at(i)) == (*first).wrapping_add(i as u32)) {
                continue;
            }
            *first = self.done.slots as u32;
            let places: Vec<u32> = (0..len).map(|i| self.slot(list.at(i))).collect();
            self.starts.push(*first);
            for places in places.chunks(LONGEST) {
                let (at, len) = (|i: usize| places[i], places.len());
                let from = Place::of(len, at, self.constants, &mut self.done.lists);
                self.done.runs.push(Run::new(Op::Copy, len, from, Place::setting(0)));
                self.done.slots += len;
            }
        }
        let kind: Kind = node.0;
        let (first, len) = (self.done.slots as u32, kind.outputs());
        self.starts.push(first);
        for (slot, id) in self.slots[id as usize..id as usize + len].iter_mut().zip(first..) {
            *slot = id;
        }
        let number = Place::setting(self.done.nodes.len() as u32);
        self.done.runs.push(Run::new(Op::Node, len, number, Place::setting(0)));
        self.done.nodes.push(Node { kind, operands });
        self.done.slots += len;
    }
}

/// Cuts operations into long ones whose operands go on in equal steps, and what lies between.
fn split_in_rows(items: &[Item], rows: &mut Vec<Range<usize>>) {
    let step = |k: usize| {
        let (x, y) = (items[k], items[k + 1]);
        (y.a.wrapping_sub(x.a), y.b.wrapping_sub(x.b))
    };
    let (mut written, mut start) = (0, 0);
    while start + 1 < items.len() {
        let steps = (start..items.len() - 1).take_while(|&k| step(k) == step(start)).count();
        if steps + 1 >= LONG {
            rows.extend([written..start, start..start + steps + 1]);
            written = start + steps + 1;
            start = written;
        } else {
            // The last one may be the first of a row.
            start += steps;
        }
    }
    rows.push(written..items.len());
    rows.retain(|row| !row.is_empty());
}
