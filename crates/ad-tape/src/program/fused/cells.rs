//! Which values are those of a cell.

use super::graph::{Graph, Kind};
use super::schedule::LONG;
use super::spread::majority;
use core::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

impl Graph {
    /// Finds fields, and from them the classes of all values and their cells.
    pub(super) fn find_cells(&mut self) {
        // Who uses an input, and who uses that.
        let mut users = vec![0u64; self.vertices.len()];
        for _ in 0..2 {
            let mut next = vec![0u64; users.len()];
            for (id, vertex) in self.vertices.iter().enumerate() {
                for (place, term) in self.terms(id as u32).iter().enumerate() {
                    for (side, operand) in term.operands().enumerate() {
                        let mut hasher = DefaultHasher::new();
                        let by = (vertex.kind, place, side, term.coefficient.to_bits(), users[id]);
                        by.hash(&mut hasher);
                        let sum = &mut next[operand as usize];
                        *sum = sum.wrapping_add(hasher.finish());
                    }
                }
            }
            users = next;
        }
        users.truncate(self.inputs);
        self.strides[0] = stride(&users);
        for id in 0..self.vertices.len() {
            let vertex = self.vertices[id];
            let field = match vertex.kind {
                Kind::Input => id % self.strides[0],
                Kind::Constant => id,
                _ => 0,
            };
            self.vertices[id].class = self.class(vertex.kind, self.terms(id as u32), field as u64);
        }
        let classes: Vec<u64> =
            self.outputs.iter().map(|&id| self.vertices[id as usize].class).collect();
        self.strides[1] = stride(&classes);
        // From the first output that needs a value to its cell.
        for vertex in &mut self.vertices[self.inputs..] {
            vertex.key /= self.strides[1] as u32;
        }
        self.find_inputs(&users);
        for id in 0..self.inputs {
            let cell = (id as i64 - self.first as i64).div_euclid(self.strides[0] as i64);
            self.vertices[id].key = cell as u32;
        }
    }

    /// Finds the inputs that are in cells.
    fn find_inputs(&mut self, users: &[u64]) {
        let (stride, outputs) = (self.strides[0], self.outputs.len() / self.strides[1]);
        let field = |k: usize| users.iter().map(|&users| users as u32).skip(k).step_by(stride);
        let most: Vec<u32> = (0..stride.min(self.inputs)).map(|k| majority(field(k)).0).collect();
        let is_like_most = |k: &usize| users[*k] as u32 == most[k % stride];
        let origin = if outputs < LONG { None } else { self.origin() };
        self.first = origin.unwrap_or_else(|| {
            // The first one of each field that is used as most of the field are.
            let firsts = (0..stride).map(|k| (k..self.inputs).step_by(stride).find(is_like_most));
            together(firsts.flatten(), stride).unwrap_or(0)
        });
        let cell = |k: usize| (k + 1).saturating_sub(self.first).div_ceil(stride);
        let (all, last) =
            ((self.inputs - self.first) / stride, (0..self.inputs).rfind(is_like_most));
        let fewest = if origin.is_some() { outputs } else { 0 };
        self.cells = [last.map_or(0, cell).max(fewest).min(all), outputs];
    }

    /// The first input of the first cell: what uses the inputs of cells uses its own cell's most.
    fn origin(&self) -> Option<usize> {
        let stride = self.strides[0];
        let mut votes = HashMap::<(usize, i64), usize>::new();
        for id in self.inputs..self.vertices.len() {
            let cell = i64::from(self.vertices[id].key);
            for term in self.terms(id as u32) {
                for operand in term.operands().filter(|&x| (x as usize) < self.inputs) {
                    let operand = operand as usize;
                    let distance = (operand / stride) as i64 - cell;
                    *votes.entry((operand % stride, distance)).or_default() += 1;
                }
            }
        }
        let first = |field: usize| {
            let of_field = votes.iter().filter(|((of, _), _)| *of == field);
            let most = of_field.max_by_key(|&(&(_, d), &n)| (n, Reverse(d.abs()), d));
            most.map(|(&(_, distance), _)| distance * stride as i64 + field as i64)
        };
        let firsts: Vec<i64> = (0..stride).filter_map(first).collect();
        let firsts: Result<Vec<usize>, _> = firsts.into_iter().map(usize::try_from).collect();
        together(firsts.ok()?.into_iter(), stride)
    }
}

/// The smallest, if all are less than a stride apart.
fn together(firsts: impl Iterator<Item = usize> + Clone, stride: usize) -> Option<usize> {
    let (low, high) = (firsts.clone().min()?, firsts.max()?);
    (high - low < stride).then_some(low)
}

/// The smallest distance at which most are alike; 1 if there is none.
fn stride(alike: &[u64]) -> usize {
    const LARGEST: usize = 16;
    let share = |s: usize| {
        let pairs = alike.iter().zip(&alike[s..]);
        4 * pairs.filter(|(x, y)| x == y).count() >= 3 * (alike.len() - s)
    };
    (1..=LARGEST.min(alike.len() / 8)).find(|&s| share(s)).unwrap_or(1)
}
