//! From a graph to loops: values that are computed in the same way are a row, in the order of the cells.

use super::graph::{Graph, Id, Kind, NONE, Term};
use super::plan::{Action, Entry, Loop, Place, Plan};
use super::spread::{Spread, majority};
use core::ops::Range;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// From this length on a row is one.
const LONG: usize = 16;

/// The least part of a row that is a loop of its own.
const PART: usize = 8;

pub(super) fn schedule(graph: &Graph, bars: &[Id], uses: &[u32]) -> Plan {
    let mut scheduler = Scheduler {
        graph,
        slots: vec![NONE; graph.vertices.len()],
        copies: HashMap::new(),
        plan: Plan { constants: graph.constants.clone(), ..Plan::default() },
        loops: Vec::new(),
    };
    scheduler.place_leaves();
    let forward = reached(graph, &graph.outputs);
    scheduler.phase(|id| forward[id]);
    scheduler.plan.forward = core::mem::take(&mut scheduler.loops);
    scheduler.phase(|id| uses[id] > 0 && !forward[id]);
    scheduler.plan.backward = core::mem::take(&mut scheduler.loops);
    // A field may end, or start, with numbers that are elsewhere.
    scheduler.allocate(PART);
    let place = |ids: &[Id]| ids.iter().map(|&id| scheduler.slots[id as usize]).collect::<Vec<_>>();
    let (inputs, seeds) = ((0..graph.inputs as u32).collect::<Vec<_>>(), graph.seeds as u32);
    let seeds: Vec<Id> = (seeds..).take(graph.outputs.len()).collect();
    let [x, y] = graph.strides;
    let slots = scheduler.plan.slots;
    let [x, y, y_bar, x_bar] = [
        Spread::new(&place(&inputs), x, slots),
        Spread::new(&place(&graph.outputs), y, slots),
        Spread::new(&place(&seeds), y, slots),
        Spread::new(&place(bars), x, slots),
    ];
    let x_bar = x_bar.with_room(|len| scheduler.allocate(len));
    Plan { x, y, y_bar, x_bar, ..scheduler.plan }
}

/// What these depend on.
fn reached(graph: &Graph, results: &[Id]) -> Vec<bool> {
    let mut reached = vec![false; graph.vertices.len()];
    results.iter().for_each(|&id| reached[id as usize] = true);
    for id in (0..reached.len()).rev().filter(|&id| id < graph.seeds) {
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
    slots: Vec<u32>,
    /// Rows with exceptions, copied.
    copies: HashMap<Vec<u32>, u32>,
    plan: Plan,
    loops: Vec<Loop>,
}

impl Scheduler<'_> {
    /// Places for a row, long ones at a multiple of eight, where vectors start.
    fn allocate(&mut self, len: usize) -> u32 {
        let next = self.plan.slots;
        let first = if len < PART { next } else { next.next_multiple_of(8) };
        self.plan.slots = first + len as u32;
        first
    }

    /// Constants, inputs and seeds.
    fn place_leaves(&mut self) {
        let (inputs, outputs) = (self.graph.inputs, self.graph.outputs.len());
        for id in inputs..inputs + self.graph.constants.len() {
            self.slots[id] = self.allocate(1);
        }
        let fields = [(0, inputs), (self.graph.seeds, outputs)];
        for ((first, len), stride) in fields.into_iter().zip(self.graph.strides) {
            for field in 0..stride {
                // Parameters before the cells must not put them out of step.
                let before = if first == 0 { self.graph.first_cell(field) } else { 0 };
                let row = self.allocate(len / stride + PART) + (PART - before % PART) as u32 % 8;
                for (cell, place) in (0..len / stride).zip(row..) {
                    self.slots[first + cell * stride + field] = place;
                }
            }
            for k in len / stride * stride..len {
                self.slots[first + k] = self.allocate(1);
            }
        }
    }

    /// Writes the loops for some of the values, which depend on nothing else that has no place.
    fn phase(&mut self, wanted: impl Fn(usize) -> bool) {
        let graph = self.graph;
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

    /// Values of one shape.
    fn group(&mut self, ids: &[Id]) {
        let (graph, n) = (self.graph, ids.len());
        let terms = graph.terms(ids[0]);
        let mut columns: Vec<[Column; 2]> = (0..terms.len())
            .map(|k| match terms[k].is_linear() {
                true => [self.column(ids, |t| t[k].x), Column::default()],
                false => [self.column(ids, |t| t[k].x), self.column(ids, |t| t[k].y)],
            })
            .collect();
        if n >= LONG {
            columns.iter_mut().flatten().for_each(|column| self.straighten(column));
        }
        let out = self.allocate(n);
        for (&id, slot) in ids.iter().zip(out..) {
            self.slots[id as usize] = slot;
        }
        let breaks = |&i: &usize| columns.iter().flatten().any(|column| column.breaks(i));
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
            for (term, [x, y]) in terms.iter().zip(&columns) {
                let entry = Entry {
                    coefficient: term.coefficient,
                    x: self.place(x, part.clone(), in_rows),
                    y: self.place(y, part.clone(), in_rows),
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
            let (out, len) = (out + part.start as u32, part.len() as u32);
            self.loops.push(Loop { action, out, len, entries });
        }
    }

    fn place(&mut self, column: &Column, part: Range<usize>, in_row: bool) -> Place {
        match column.places.get(part.start) {
            None => Place::None,
            Some(&first) if column.is_same => Place::Same(first),
            Some(&first) if in_row => Place::Row(first),
            Some(_) => {
                let list = self.plan.lists.len() as u32;
                self.plan.lists.extend_from_slice(&column.places[part]);
                Place::List(list)
            }
        }
    }

    /// Makes a row of one with exceptions.
    fn straighten(&mut self, column: &mut Column) {
        let n = column.places.len();
        let breaks = (1..n).filter(|&i| column.breaks(i)).count();
        if breaks <= 2 + n / 64 {
            return;
        }
        let places = &column.places;
        let starts = places.iter().zip(0..).map(|(&place, i)| place.wrapping_sub(i));
        let (start, count) = majority(starts);
        let fits = |i: &usize| places[*i].wrapping_sub(*i as u32) == start;
        let (Some(first), Some(last)) = ((0..n).find(fits), (0..n).rfind(fits)) else { return };
        if 4 * count < 3 * n {
            return;
        }
        let copy = match self.copies.get(places) {
            Some(&copy) => copy,
            None => {
                let copy = self.allocate(n);
                let patches = self.plan.patches.len() as u32;
                let others = (0..n).filter(|i| !fits(i)).map(|i| [copy + i as u32, places[i]]);
                // The whole row, if there is something to copy: its start is where vectors start.
                let whole = start.checked_add(n as u32).is_some_and(|end| end <= copy);
                let (first, last) = if whole { (0, n - 1) } else { (first, last) };
                self.plan.patches.extend(others);
                self.loops.push(Loop {
                    action: Action::Copy,
                    out: copy + first as u32,
                    len: (last + 1 - first) as u32,
                    entries: [start.wrapping_add(first as u32), 0],
                });
                let entries = [patches, self.plan.patches.len() as u32];
                self.loops.push(Loop { action: Action::Patch, out: copy, len: 0, entries });
                self.copies.insert(places.clone(), copy);
                copy
            }
        };
        column.places = (copy..).take(n).collect();
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
        let [x_row, y_row] = [&x, &y].map(|column| !(1..n).any(|i| column.breaks(i)));
        let entry = Entry {
            coefficient: terms[0].coefficient,
            x: self.place(&x, 0..n, x_row),
            y: self.place(&y, 0..n, y_row),
            weighed: terms[0].weighed,
        };
        let first = self.plan.entries.len() as u32;
        self.plan.entries.push(entry);
        let out = self.allocate(1);
        self.slots[id as usize] = out;
        let entries = [first, first + 1];
        self.loops.push(Loop { action: Action::Total, out, len: n as u32, entries });
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

    /// Whether a row ends before this value.
    fn breaks(&self, i: usize) -> bool {
        let follows = |(&before, &place): (&u32, &u32)| place == before.wrapping_add(1);
        !self.is_same && !self.places.get(i - 1).zip(self.places.get(i)).is_none_or(follows)
    }
}

/// What values of one loop share.
fn shape_of(term: &Term) -> (u64, bool, bool) {
    (term.coefficient.to_bits(), term.is_linear(), term.weighed)
}
