//! The replay backward, derived from the one forward as a computation of its own: each cotangent is written
//! once, as the sum of what its users give.

use super::super::op::Op;
use super::graph::{Function, Graph, Id, Kind, NONE, Term};
use std::hash::{DefaultHasher, Hash, Hasher};

/// From this number on what cells give to one value is added up by a loop of its own.
const MANY: usize = 24;

/// What a user gives.
#[derive(Clone, Copy)]
struct Given {
    /// Equal for users that are alike, and use it in the same place.
    role: u64,
    key: u32,
    term: Term,
    /// The one given before it.
    next: u32,
}

/// What is given to each value, in lists.
struct Gifts {
    last: Vec<u32>,
    all: Vec<Given>,
}

impl Gifts {
    fn give(&mut self, to: Id, role: u64, key: u32, term: Term) {
        if let Some(last) = self.last.get_mut(to as usize) {
            let next = core::mem::replace(last, self.all.len() as u32);
            self.all.push(Given { role, key, term, next });
        }
    }

    fn to(&self, id: Id) -> Vec<Given> {
        let mut given = Vec::new();
        let mut at = self.last[id as usize];
        while let Some(&gift) = self.all.get(at as usize) {
            given.push(gift);
            at = gift.next;
        }
        given.sort_by_key(|gift| (gift.role, gift.key, gift.term.x, gift.term.y));
        given
    }
}

impl Graph {
    /// Appends the replay backward; the cotangents of the inputs.
    pub(super) fn differentiate(&mut self) -> Vec<Id> {
        let end = self.vertices.len();
        let mut gifts = Gifts { last: vec![NONE; end], all: Vec::new() };
        self.add_seeds();
        for k in 0..self.outputs.len() {
            let seed = (self.seeds + k) as u32;
            let key = self.vertices[seed as usize].key;
            gifts.give(self.outputs[k], 0, key, Term::linear(1.0, seed));
        }
        for id in (self.inputs as u32..end as u32).rev() {
            if !self.is_constant(id)
                && let Some(bar) = self.bar(id, &gifts)
            {
                self.pull_back(id, bar, &mut gifts);
            }
        }
        let zero = (self.inputs + self.constants.len() - 1) as u32;
        let inputs = 0..self.inputs as u32;
        let of_input = |id: u32| match self.bar(id, &gifts) {
            None => zero,
            Some((1.0, bar)) => bar,
            Some((factor, bar)) => {
                let key = self.vertices[id as usize].key;
                self.push(Kind::Sum, &[Term::linear(factor, bar)], key)
            }
        };
        inputs.map(of_input).collect()
    }

    /// The cotangent of a value, times a factor.
    fn bar(&mut self, id: Id, gifts: &Gifts) -> Option<(f64, Id)> {
        let given = gifts.to(id);
        let key = self.vertices[id as usize].key;
        let mut terms = Vec::new();
        for alike in given.chunk_by(|x, y| x.role == y.role) {
            let like = |term: &Term| (term.coefficient, term.weighed, term.is_linear());
            let first = like(&alike[0].term);
            if alike.len() >= MANY && alike.iter().all(|gift| like(&gift.term) == first) {
                let parts: Vec<Term> = alike.iter().map(|gift| gift.term).collect();
                terms.push(Term::linear(1.0, self.push(Kind::Total, &parts, key)));
            } else {
                terms.extend(alike.iter().map(|gift| gift.term));
            }
        }
        // Sums of rows first: that is one loop.
        terms.sort_by_key(|term| !term.is_linear());
        match terms[..] {
            [] => None,
            [Term { coefficient, x, y: NONE, .. }] if coefficient.is_finite() => {
                Some((coefficient, x))
            }
            _ => Some((1.0, self.push(Kind::Sum, &terms, key))),
        }
    }

    /// Gives to the operands what the cotangent of their result gives.
    fn pull_back(&mut self, id: Id, (factor, bar): (f64, Id), gifts: &mut Gifts) {
        let vertex = self.vertices[id as usize];
        let key = vertex.key;
        let terms = self.terms(id).to_vec();
        let role = |place: usize| {
            let mut hasher = DefaultHasher::new();
            (vertex.class, place).hash(&mut hasher);
            hasher.finish()
        };
        let weighed = |coefficient: f64, slope: Id| Term {
            coefficient: factor * coefficient,
            x: slope,
            y: bar,
            weighed: true,
        };
        let args =
            |ids: &[Id]| -> Vec<Term> { ids.iter().map(|&id| Term::linear(1.0, id)).collect() };
        let function = match vertex.kind {
            Kind::Sum => {
                for (place, &Term { coefficient: c, x, y, .. }) in terms.iter().enumerate() {
                    if y == NONE {
                        gifts.give(x, role(2 * place), key, Term::linear(factor * c, bar));
                    } else if x == y {
                        gifts.give(x, role(2 * place), key, weighed(2.0 * c, x));
                    } else {
                        gifts.give(x, role(2 * place), key, weighed(c, y));
                        gifts.give(y, role(2 * place + 1), key, weighed(c, x));
                    }
                }
                return;
            }
            Kind::Call(function) => function,
            Kind::Input | Kind::Constant | Kind::Seed | Kind::Total => return,
        };
        let Function::Value(op, number) = function else { return };
        let x: Vec<Id> = terms.iter().map(|term| term.x).collect();
        match (op, &x[..]) {
            (Op::Div, &[a, b]) => {
                let inverse = self.push(Kind::Call(Function::Inverse), &args(&[b]), key);
                gifts.give(a, role(0), key, weighed(1.0, inverse));
                if !self.is_constant(b) {
                    let product = Term { coefficient: -1.0, x: id, y: inverse, weighed: false };
                    let slope = self.push(Kind::Sum, &[product], key);
                    gifts.give(b, role(1), key, weighed(1.0, slope));
                }
            }
            (Op::Unary, &[a]) => {
                let slope = self.push(Kind::Call(Function::Slope(number)), &args(&[a, id]), key);
                gifts.give(a, role(0), key, weighed(1.0, slope));
            }
            (Op::Abs, &[a]) => {
                let pulled = self.push(Kind::Call(Function::PullAbs), &args(&[a, bar]), key);
                gifts.give(a, role(0), key, Term::linear(factor, pulled));
            }
            (Op::Select, &[a, b, yes, no]) => {
                for (to, second) in [(yes, false), (no, true)] {
                    let function = Kind::Call(Function::Pull(op, second));
                    if !self.is_constant(to) {
                        let pulled = self.push(function, &args(&[a, b, bar]), key);
                        gifts.give(to, role(second.into()), key, Term::linear(factor, pulled));
                    }
                }
            }
            (_, &[a, b]) => {
                for (to, second) in [(a, false), (b, true)] {
                    if self.is_constant(to) {
                        continue;
                    }
                    let term = if matches!(op, Op::Max | Op::Min) {
                        let function = Kind::Call(Function::Pull(op, second));
                        Term::linear(factor, self.push(function, &args(&[a, b, bar]), key))
                    } else {
                        let function = Kind::Call(Function::SlopeOfTwo(op, second));
                        weighed(1.0, self.push(function, &args(&[a, b, id]), key))
                    };
                    gifts.give(to, role(second.into()), key, term);
                }
            }
            _ => {}
        }
    }
}
