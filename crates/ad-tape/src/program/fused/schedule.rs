//! From a graph to loops: values that are computed in the same way are a row, in the order of the cells.

use super::graph::{Graph, Id, Kind, NONE, Term};
use super::margins::margins;
use super::plan::{Action, Entry, Loop, Place, Plan};
use super::rows::{Rows, fills};
use super::spread::{Spread, majority};
use core::ops::Range;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// From this length on a row is one.
pub(super) const LONG: usize = 16;

/// The least part of a row that is a loop of its own.
const PART: usize = 8;

pub(super) fn schedule(graph: &Graph, bars: &[Id], uses: &[u32]) -> Plan {
    let forward = reached(graph, &graph.outputs, graph.seeds);
    let mut scheduler = Scheduler {
        graph,
        margins: margins(graph, |id| forward[id] || uses[id] > 0),
        needed: reached(graph, bars, graph.vertices.len()),
        slots: vec![NONE; graph.vertices.len()],
        rows: Rows::default(),
        copies: Vec::new(),
        fills: Vec::new(),
        plan: Plan { constants: graph.constants.clone(), ..Plan::default() },
        loops: Vec::new(),
    };
    scheduler.place_leaves();
    scheduler.phase(|id| forward[id]);
    let loops = core::mem::take(&mut scheduler.loops);
    scheduler.plan.needed = loops.iter().filter(|(_, needed)| *needed).map(|(l, _)| *l).collect();
    scheduler.plan.forward = loops.into_iter().map(|(l, _)| l).collect();
    scheduler.phase(|id| uses[id] > 0 && !forward[id]);
    let loops = core::mem::take(&mut scheduler.loops);
    scheduler.plan.backward = loops.into_iter().map(|(l, _)| l).collect();
    let place = |ids: &[Id]| ids.iter().map(|&id| scheduler.slots[id as usize]).collect::<Vec<_>>();
    let (inputs, seeds) = ((0..graph.inputs as u32).collect::<Vec<_>>(), graph.seeds as u32);
    let seeds: Vec<Id> = (seeds..).take(graph.outputs.len()).collect();
    let slots = scheduler.rows.slots;
    let spread = |ids: &[Id], side: usize| {
        let first = if side == 0 { graph.first } else { 0 };
        Spread::new(&place(ids), (graph.strides[side], first, graph.cells[side]), slots)
    };
    let (x, y) = (spread(&inputs, 0), spread(&graph.outputs, 1));
    let (y_bar, x_bar) = (spread(&seeds, 1), spread(bars, 0));
    let x_bar = x_bar.with_room(|len| scheduler.rows.allocate(len));
    Plan { x, y, y_bar, x_bar, slots: scheduler.rows.slots, ..scheduler.plan }
}

/// What these depend on, among the vertices before `end`.
fn reached(graph: &Graph, results: &[Id], end: usize) -> Vec<bool> {
    let mut reached = vec![false; graph.vertices.len()];
    results.iter().for_each(|&id| reached[id as usize] = true);
    for id in (0..end).rev() {
        if reached[id] {
            for operand in graph.terms(id as u32).iter().flat_map(|term| term.operands()) {
                reached[operand as usize] = true;
            }
        }
    }
    reached
}

/// A value that waits for its place.
struct Item {
    level: u32,
    kind: Kind,
    /// Of its terms.
    shape: u64,
    class: u64,
    key: u32,
    id: Id,
}

struct Scheduler<'a> {
    graph: &'a Graph,
    /// Whether the replay backward needs a value.
    needed: Vec<bool>,
    /// Room that the rows of a class need before and behind them.
    margins: HashMap<u64, [u32; 2]>,
    slots: Vec<u32>,
    rows: Rows,
    /// Rows with exceptions, copied, the one used last at the end.
    copies: Vec<Copied>,
    /// Single values that the next loop wants copied.
    fills: Vec<[u32; 2]>,
    plan: Plan,
    /// With whether the replay backward needs what they compute.
    loops: Vec<(Loop, bool)>,
}

impl Scheduler<'_> {
    /// Constants, inputs and seeds.
    fn place_leaves(&mut self) {
        let graph = self.graph;
        let (inputs, outputs) = (graph.inputs, graph.outputs.len());
        for id in inputs..inputs + graph.constants.len() {
            self.slots[id] = self.rows.allocate(1);
        }
        for (start, len, first, side) in [(0, inputs, graph.first, 0), (graph.seeds, outputs, 0, 1)]
        {
            let (stride, cells) = (graph.strides[side], graph.cells[side]);
            let offsets: Vec<u32> = (0..cells as u32).collect();
            for id in start + first..start + first + stride.min(len - first) {
                let row = self.row(id as Id, &offsets);
                for (cell, offset) in offsets.iter().enumerate() {
                    self.slots[id + cell * stride] = row + offset;
                }
            }
            for k in (0..first).chain(first + stride * cells..len) {
                self.slots[start + k] = self.rows.allocate(1);
            }
        }
    }

    /// Places for the values of one class, which begin with this one.
    fn row(&mut self, id: Id, offsets: &[u32]) -> u32 {
        let vertex = &self.graph.vertices[id as usize];
        let margins = self.margins.get(&vertex.class).copied().unwrap_or_default();
        self.rows.row(offsets, margins, vertex.key)
    }

    /// Writes the loops for some of the values, which depend on nothing else that has no place.
    fn phase(&mut self, wanted: impl Fn(usize) -> bool) {
        let graph = self.graph;
        self.copies.iter_mut().for_each(|copied| copied.what = Vec::new());
        let mut level = vec![0u32; graph.vertices.len()];
        let mut items = Vec::new();
        for (id, vertex) in graph.vertices.iter().enumerate() {
            let leaf = matches!(vertex.kind, Kind::Input | Kind::Constant | Kind::Seed);
            if leaf || !wanted(id) {
                continue;
            }
            let terms = graph.terms(id as u32);
            let operands = terms.iter().flat_map(|term| term.operands());
            level[id] = 1 + operands.map(|x| level[x as usize]).max().unwrap_or(0);
            let mut shape = DefaultHasher::new();
            terms.iter().for_each(|term| shape_of(term).hash(&mut shape));
            items.push(Item {
                level: level[id],
                kind: vertex.kind,
                shape: shape.finish(),
                class: vertex.class,
                key: vertex.key,
                id: id as u32,
            });
        }
        let alike = |x: &Item, y: &Item| {
            let shapes = |item: &Item| graph.terms(item.id).iter().map(shape_of);
            x.level == y.level && x.kind == y.kind && shapes(x).eq(shapes(y))
        };
        items.sort_unstable_by_key(|i| (i.level, i.kind, i.shape, i.class, i.key, i.id));
        for kind in items.chunk_by(alike) {
            if kind[0].kind == Kind::Total {
                kind.iter().for_each(|item| self.total(item.id));
                continue;
            }
            let mut loose: Vec<&Item> = Vec::new();
            for class in kind.chunk_by(|x, y| x.class == y.class) {
                match class.len() >= LONG {
                    true => self.group(&class.iter().map(|item| item.id).collect::<Vec<_>>()),
                    false => loose.extend(class),
                }
            }
            loose.sort_unstable_by_key(|item| (item.key, item.id));
            if !loose.is_empty() {
                self.group(&loose.iter().map(|item| item.id).collect::<Vec<_>>());
            }
        }
    }

    /// Where the operands of a place are, one for each value.
    fn column(&self, ids: &[Id], operand: impl Fn(&[Term]) -> Id) -> Column {
        let place = |&id: &Id| self.slots[operand(self.graph.terms(id)) as usize];
        Column::new(ids.iter().map(place).collect())
    }

    /// How far each of these values is from the first one in their row: as their cells are, if each has one of its own,
    /// and few cells have none.
    fn offsets(&self, ids: &[Id]) -> Vec<u32> {
        let keys = || ids.iter().map(|&id| self.graph.vertices[id as usize].key);
        let (first, last) = (keys().next().unwrap_or(0), keys().next_back().unwrap_or(0));
        let has_cells = keys().is_sorted_by(|x, y| x < y);
        match ids.len() >= LONG && has_cells && 2 * ((last - first) as usize) < 3 * ids.len() {
            true => keys().map(|key| key - first).collect(),
            false => (0..ids.len() as u32).collect(),
        }
    }

    /// Values of one shape.
    fn group(&mut self, ids: &[Id]) {
        let (graph, n) = (self.graph, ids.len());
        let terms = graph.terms(ids[0]);
        let offsets = self.offsets(ids);
        let mut columns: Vec<[Column; 2]> = (0..terms.len())
            .map(|k| match terms[k].is_linear() {
                true => [self.column(ids, |t| t[k].x), Column::default()],
                false => [self.column(ids, |t| t[k].x), self.column(ids, |t| t[k].y)],
            })
            .collect();
        if n >= LONG {
            columns.iter_mut().flatten().for_each(|column| self.straighten(column, &offsets));
            self.fill();
        }
        let out = match n >= LONG {
            true => self.row(ids[0], &offsets),
            false => self.rows.allocate(n),
        };
        for (&id, offset) in ids.iter().zip(&offsets) {
            self.slots[id as usize] = out + offset;
        }
        let breaks = |&i: &usize| columns.iter().flatten().any(|column| column.breaks(i, &offsets));
        let cuts: Vec<usize> = (1..n).filter(breaks).chain([n]).collect();
        let (mut start, mut loose) = (0, 0);
        let mut parts = Vec::new();
        for end in cuts {
            if end - start >= PART || n == 1 {
                parts.extend([(loose..start, false), (start..end, true)]);
                loose = end;
            }
            start = end;
        }
        parts.push((loose..n, false));
        for (part, in_rows) in parts.into_iter().filter(|(part, _)| !part.is_empty()) {
            let first = self.plan.entries.len() as u32;
            let part = Part { offsets: &offsets[part.clone()], values: part, in_rows };
            for (term, [x, y]) in terms.iter().zip(&columns) {
                let entry = Entry {
                    coefficient: term.coefficient,
                    x: self.place(x, &part),
                    y: self.place(y, &part),
                    weighed: term.weighed,
                };
                self.plan.entries.push(entry);
            }
            let action = match graph.vertices[ids[0] as usize].kind {
                Kind::Call(function) => Action::Call(function),
                _ if in_rows => Action::Sum,
                _ => Action::Listed,
            };
            let entries = [first, self.plan.entries.len() as u32];
            let (out, len) = (out + part.offsets[0], part.len());
            let needed = ids.iter().any(|&id| self.needed[id as usize]);
            self.loops.push((Loop { action, out, len, entries }, needed));
        }
    }

    fn place(&mut self, column: &Column, part: &Part) -> Place {
        match column.places.get(part.values.start) {
            None => Place::None,
            Some(&first) if column.is_same => Place::Same(first),
            Some(&first) if part.in_rows => Place::Row(first),
            Some(_) => {
                let list = self.plan.lists.len() as u32;
                let mut offset = part.offsets[0];
                for (&place, &next) in column.places[part.values.clone()].iter().zip(part.offsets) {
                    // In a hole the same value again: nobody looks at it.
                    let count = (next + 1 - offset) as usize;
                    self.plan.lists.extend(core::iter::repeat_n(place, count));
                    offset = next + 1;
                }
                Place::List(list)
            }
        }
    }

    /// Makes a row of one with exceptions.
    fn straighten(&mut self, column: &mut Column, offsets: &[u32]) {
        let n = column.places.len();
        let breaks = (1..n).filter(|&i| column.breaks(i, offsets)).count();
        if breaks == 0 {
            return;
        }
        let places = &column.places;
        let starts = places.iter().zip(offsets).map(|(&place, &offset)| place.wrapping_sub(offset));
        let (start, count) = majority(starts);
        if 4 * count < 3 * n {
            return;
        }
        let fits = |i: &usize| places[*i].wrapping_sub(offsets[*i]) == start;
        let (Some(first), Some(last)) = ((0..n).find(fits), (0..n).rfind(fits)) else { return };
        let others = || (0..n).filter(|i| !fits(i));
        let wanted: Vec<[u32; 2]> =
            others().map(|i| [start.wrapping_add(offsets[i]), places[i]]).collect();
        let row = match self.rows.copy_to_free_places(places[first], &wanted) {
            Some(new) => {
                self.fills.extend(new);
                start
            }
            None if breaks <= 2 + n / 64 => return,
            None => {
                let span = offsets[n - 1] + 1;
                let what: Vec<[u32; 2]> =
                    places.iter().zip(offsets).map(|(&place, &offset)| [place, offset]).collect();
                let (copy, is_new) = self.copy(what);
                if is_new {
                    // The whole row, if there is something to copy: its start is where vectors start.
                    let whole = start.checked_add(span).is_some_and(|end| end <= self.rows.slots);
                    let [low, high] = match whole {
                        true => [0, span],
                        false => [offsets[first], offsets[last] + 1],
                    };
                    let entries = [start.wrapping_add(low), 0];
                    let (action, out, len) = (Action::Copy, copy + low, high - low);
                    self.loops.push((Loop { action, out, len, entries }, true));
                    self.fills.extend(others().map(|i| [copy + offsets[i], places[i]]));
                }
                copy
            }
        };
        column.places = offsets.iter().map(|&offset| row.wrapping_add(offset)).collect();
    }

    /// A place for a copy of a row, and whether it has yet to be copied. Few are kept, so that they stay in the nearest
    /// cache: a place whose copy was not used for the longest time serves for another one.
    fn copy(&mut self, what: Vec<[u32; 2]>) -> (u32, bool) {
        const KEPT: usize = 4;
        let span = what.last().map_or(0, |last| last[1] + 1);
        if let Some(i) = self.copies.iter().position(|copied| copied.what == what) {
            let copied = self.copies.remove(i);
            let place = copied.place;
            self.copies.push(Copied { is_in_use: true, ..copied });
            return (place, false);
        }
        let free = |copied: &Copied| copied.span >= span && !copied.is_in_use;
        let (place, span) = match self.copies.iter().position(free) {
            Some(i) if self.copies.len() >= KEPT => {
                let Copied { place, span, .. } = self.copies.remove(i);
                (place, span)
            }
            _ => (self.rows.row(&(0..span).collect::<Vec<_>>(), [0; 2], 0), span),
        };
        self.copies.push(Copied { what, place, span, is_in_use: true });
        (place, true)
    }

    /// Writes the copies of single values that the next loop wants.
    fn fill(&mut self) {
        let start = self.plan.fills.len() as u32;
        self.plan.fills.extend(fills(&self.fills));
        self.fills.clear();
        let entries = [start, self.plan.fills.len() as u32];
        if entries[0] < entries[1] {
            self.loops.push((Loop { action: Action::Fill, out: 0, len: 0, entries }, true));
        }
        self.copies.iter_mut().for_each(|copied| copied.is_in_use = false);
    }

    /// A sum over cells.
    fn total(&mut self, id: Id) {
        let terms = self.graph.terms(id);
        let column = |operand: fn(&Term) -> Id| {
            let place = |term| self.slots[operand(term) as usize];
            Column::new(terms.iter().map(place).collect())
        };
        let x = column(|term| term.x);
        let y = if terms[0].is_linear() { Column::default() } else { column(|term| term.y) };
        let n = terms.len();
        let offsets: Vec<u32> = (0..n as u32).collect();
        let runs = runs(&x.places, &y.places);
        let in_rows = !x.is_same && !y.is_same && 8 * runs.len() <= n.max(8);
        let part = Part { offsets: &offsets, values: 0..n, in_rows };
        let entry = Entry {
            coefficient: terms[0].coefficient,
            x: self.place(&x, &part),
            y: self.place(&y, &part),
            weighed: terms[0].weighed,
        };
        let first = self.plan.entries.len() as u32;
        self.plan.entries.push(entry);
        let out = self.rows.allocate(1);
        self.slots[id as usize] = out;
        let list = self.plan.lists.len() as u32;
        let (action, len) = match in_rows {
            true => (Action::TotalOfRuns { list }, 2 * runs.len()),
            false => (Action::Total, n),
        };
        self.plan.lists.extend(runs.into_iter().flatten().filter(|_| in_rows));
        let entries = [first, first + 1];
        self.loops.push((Loop { action, out, len: len as u32, entries }, self.needed[id as usize]));
    }
}

/// Where in two rows places follow each other: how far from the first place, and how many. All if nothing does.
fn runs(x: &[u32], y: &[u32]) -> Vec<[u32; 2]> {
    let mut runs: Vec<[u32; 2]> = Vec::new();
    for i in 0..x.len() {
        let from_first = |row: &[u32]| row.get(i).map(|place| place.wrapping_sub(row[0]));
        let offset = from_first(x).unwrap_or(0);
        // They have to be in step.
        let in_step = from_first(y).is_none_or(|other| other == offset) && offset < u32::MAX / 2;
        match runs.last_mut() {
            Some([start, len]) if in_step && *start + *len == offset => *len += 1,
            _ if in_step => runs.push([offset, 1]),
            _ => return x.iter().map(|_| [0, 1]).collect(),
        }
    }
    runs
}

/// A copy of a row.
struct Copied {
    /// The places of values, and their distances from the first one; empty if it is outdated.
    what: Vec<[u32; 2]>,
    place: u32,
    /// Room.
    span: u32,
    /// By the next loop.
    is_in_use: bool,
}

/// Some values of a group.
struct Part<'a> {
    values: Range<usize>,
    /// Their distances from the first one of the group.
    offsets: &'a [u32],
    in_rows: bool,
}

impl Part<'_> {
    /// Of the row that they are in.
    fn len(&self) -> u32 {
        self.offsets.last().map_or(0, |last| last + 1 - self.offsets[0])
    }
}

/// Where one operand is, for each value of a group.
#[derive(Default)]
struct Column {
    places: Vec<u32>,
    is_same: bool,
}

impl Column {
    fn new(places: Vec<u32>) -> Self {
        let is_same = places.len() > 1 && places.iter().all(|&place| place == places[0]);
        Self { places, is_same }
    }

    /// Whether a row ends before this value, where values are at these distances.
    fn breaks(&self, i: usize, offsets: &[u32]) -> bool {
        let distance = offsets[i] - offsets[i - 1];
        let follows = |(&before, &place): (&u32, &u32)| place == before.wrapping_add(distance);
        !self.is_same && !self.places.get(i - 1).zip(self.places.get(i)).is_none_or(follows)
    }
}

/// What values of one loop share.
fn shape_of(term: &Term) -> (u64, bool, bool) {
    (term.coefficient.to_bits(), term.is_linear(), term.weighed)
}
