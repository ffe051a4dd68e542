//! What was recorded, as sums of products.

use super::super::compile::UNUSED;
use super::super::listing::{CONSTANT, Instr, Listing, Ref};
use super::super::op::Op;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The number of a vertex.
pub(super) type Id = u32;

/// No vertex.
pub(super) const NONE: Id = u32::MAX;

/// `coefficient x`, or `coefficient x y`; with `weighed` `y` is a cotangent and `x` a slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) coefficient: f64,
    pub(super) x: Id,
    pub(super) y: Id,
    pub(super) weighed: bool,
}

impl Term {
    pub(super) fn linear(coefficient: f64, x: Id) -> Self {
        Self { coefficient, x, y: NONE, weighed: false }
    }

    pub(super) fn is_linear(&self) -> bool {
        self.y == NONE
    }

    pub(super) fn operands(self) -> impl Iterator<Item = Id> {
        [self.x, self.y].into_iter().filter(|&id| id != NONE)
    }
}

/// A function of up to four values that is no sum of products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Function {
    /// A recorded one: an operation, and the number of its function.
    Value(Op, u32),
    /// `1 / x`.
    Inverse,
    /// Of `(x, y)`: the slope at `x` of the function of this number, whose value is `y`.
    Slope(u32),
    /// Of `(a, b, y)`: the slope of an operation along its first or second operand.
    SlopeOfTwo(Op, bool),
    /// Of `(a, y_bar)`: what an absolute value hands on.
    PullAbs,
    /// Of `(a, b, y_bar)`: what a maximum or minimum of `a` and `b` hands on to its first or second operand, or
    /// `if a < b` to its first or second side.
    Pull(Op, bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Input,
    Constant,
    /// The cotangent of an output.
    Seed,
    Sum,
    /// A sum of one term for each cell.
    Total,
    /// Of the `x` of its terms.
    Call(Function),
}

/// A value that is computed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vertex {
    pub(super) kind: Kind,
    first: u32,
    len: u32,
    /// Its cell: that of the first output that needs it.
    pub(super) key: u32,
    /// Equal for what is computed in the same way, cell by cell.
    pub(super) class: u64,
}

/// Values, operands before results: inputs, constants, what was recorded; then the seeds and what a
/// replay backward computes.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) vertices: Vec<Vertex>,
    pub(super) terms: Vec<Term>,
    pub(super) inputs: usize,
    pub(super) constants: Vec<f64>,
    pub(super) outputs: Vec<Id>,
    /// Inputs, or outputs, at this distance are alike: fields that are stored cell by cell.
    pub(super) strides: [usize; 2],
    /// The first input of the first cell. Parameters may stand before it.
    pub(super) first: usize,
    /// Cells of the inputs, and of the outputs.
    pub(super) cells: [usize; 2],
    /// The first seed.
    pub(super) seeds: usize,
}

impl Graph {
    /// Nothing if there are vector nodes.
    pub(super) fn of(listing: &Listing, outputs: &[Ref], first: &[u32]) -> Option<Self> {
        let inputs = listing.inputs;
        let mut graph = Self { inputs, ..Self::default() };
        graph.constants.clone_from(&listing.constants);
        graph.constants.push(0.0);
        (0..inputs).for_each(|key| _ = graph.push(Kind::Input, &[], key as u32));
        (0..graph.constants.len()).for_each(|_| _ = graph.push(Kind::Constant, &[], 0));
        let mut ids = vec![NONE; inputs + listing.instrs.len()];
        ids.iter_mut().zip(0..inputs as u32).for_each(|(id, k)| *id = k);
        let place = |ids: &[Id], operand: Ref| match operand & CONSTANT {
            0 => ids[operand as usize],
            _ => inputs as u32 + (operand & !CONSTANT),
        };
        let mut known = HashMap::new();
        for id in (inputs..ids.len()).filter(|&id| first[id] != UNUSED) {
            let Instr { op, a, b } = listing.instr(id as u32);
            let operands = match op {
                Op::Node | Op::Tail => return None,
                Op::Select => listing.lists[a as usize..a as usize + 4]
                    .iter()
                    .map(|&x| place(&ids, x))
                    .collect(),
                _ if op.is_binary() => vec![place(&ids, a), place(&ids, b)],
                _ => vec![place(&ids, a)],
            };
            let setting = if op.has_setting() { b } else { 0 };
            let mut meaning = operands.clone();
            if op.is_commutative() {
                meaning.sort_unstable();
            }
            ids[id] = *known
                .entry((op, setting, meaning))
                .or_insert_with(|| graph.operation(op, setting, &operands, first[id]));
        }
        graph.outputs = outputs.iter().map(|&output| place(&ids, output)).collect();
        graph.find_cells();
        Some(graph)
    }

    fn operation(&mut self, op: Op, setting: u32, operands: &[Id], key: u32) -> Id {
        let constant = |id: Id| match self.vertices[id as usize].kind {
            Kind::Constant => Some(self.constants[id as usize - self.inputs]),
            _ => None,
        };
        let terms = match (op, operands) {
            (Op::Add, &[a, b]) => vec![Term::linear(1.0, a), Term::linear(1.0, b)],
            (Op::Sub, &[a, b]) => vec![Term::linear(1.0, a), Term::linear(-1.0, b)],
            (Op::Neg, &[a]) => vec![Term::linear(-1.0, a)],
            (Op::Scale, &[a]) => vec![Term::linear(self.constants[setting as usize], a)],
            (Op::Mul, &[x, y]) => vec![match (constant(x), constant(y)) {
                (Some(factor), _) => Term::linear(factor, y),
                (_, Some(factor)) => Term::linear(factor, x),
                _ => Term { coefficient: 1.0, x, y, weighed: false },
            }],
            _ => {
                let args: Vec<_> = operands.iter().map(|&x| Term::linear(1.0, x)).collect();
                return self.push(Kind::Call(Function::Value(op, setting)), &args, key);
            }
        };
        self.push(Kind::Sum, &terms, key)
    }

    pub(super) fn push(&mut self, kind: Kind, terms: &[Term], key: u32) -> Id {
        let id = self.vertices.len() as u32;
        let class = self.class(kind, terms, 0);
        let (first, len) = (self.terms.len() as u32, terms.len() as u32);
        self.vertices.push(Vertex { kind, first, len, key, class });
        self.terms.extend_from_slice(terms);
        id
    }

    /// Of a vertex with these terms; `field` tells inputs, or seeds, apart.
    pub(super) fn class(&self, kind: Kind, terms: &[Term], field: u64) -> u64 {
        let mut hasher = DefaultHasher::new();
        (kind, field).hash(&mut hasher);
        let class = |id: Id| self.vertices.get(id as usize).map_or(0, |vertex| vertex.class);
        for term in terms {
            let parts = (term.coefficient.to_bits(), class(term.x), class(term.y), term.weighed);
            parts.hash(&mut hasher);
        }
        hasher.finish()
    }

    pub(super) fn terms(&self, id: Id) -> &[Term] {
        let vertex = &self.vertices[id as usize];
        &self.terms[vertex.first as usize..(vertex.first + vertex.len) as usize]
    }

    /// Replaces the terms of a vertex, whose class stays.
    pub(super) fn set_terms(&mut self, id: Id, terms: &[Term]) {
        let vertex = &mut self.vertices[id as usize];
        (vertex.first, vertex.len) = (self.terms.len() as u32, terms.len() as u32);
        self.terms.extend_from_slice(terms);
    }

    pub(super) fn is_constant(&self, id: Id) -> bool {
        self.vertices[id as usize].kind == Kind::Constant
    }

    /// Whether a replay backward computes this.
    pub(super) fn is_derived(&self, id: Id) -> bool {
        id as usize >= self.seeds
    }

    /// Adds the cotangents of the outputs.
    pub(super) fn add_seeds(&mut self) {
        self.seeds = self.vertices.len();
        let stride = self.strides[1];
        for k in 0..self.outputs.len() {
            let id = self.push(Kind::Seed, &[], (k / stride) as u32) as usize;
            self.vertices[id].class = self.class(Kind::Seed, &[], (k % stride) as u64);
        }
    }
}
