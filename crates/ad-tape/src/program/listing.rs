use super::op::{Op, same};
use super::primitive::Primitive;
use crate::node::Kind;
use crate::{Error, ErrorKind};
use scalar::AnyUnary;
use std::collections::HashMap;
use std::sync::Arc;

/// An operand while recording: the number of an instruction (inputs come first), or that of a
/// constant with [`CONSTANT`] set.
pub(crate) type Ref = u32;
pub(crate) const CONSTANT: u32 = 1 << 31;

/// One recorded operation: 12 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instr {
    pub(crate) op: Op,
    pub(crate) a: Ref,
    pub(crate) b: Ref,
}

/// The operand of a vector node: values in a row from a first one on, or listed from a place on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operand {
    Range(Ref),
    List(u32),
}

/// What is recorded, in the order in which it happened.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) inputs: usize,
    /// The operations; the first has the number `inputs`.
    pub(crate) instrs: Vec<Instr>,
    pub(crate) constants: Vec<f64>,
    interned: HashMap<u64, u32>,
    pub(crate) functions: Vec<AnyUnary>,
    pub(crate) lists: Vec<Ref>,
    pub(crate) nodes: Vec<(Kind, [Operand; 3])>,
    pub(crate) primitives: Vec<Arc<dyn Primitive>>,
    limit: usize,
    fault: Option<ErrorKind>,
}

impl Listing {
    pub(crate) fn new(inputs: usize, limit: usize) -> Self {
        Self {
            inputs,
            instrs: Vec::new(),
            constants: Vec::new(),
            interned: HashMap::new(),
            functions: Vec::new(),
            lists: Vec::new(),
            nodes: Vec::new(),
            primitives: Vec::new(),
            limit: limit.min(CONSTANT as usize),
            fault: None,
        }
    }

    /// Remembers the first thing that went wrong.
    #[cold]
    pub(crate) fn fail(&mut self, fault: ErrorKind) {
        self.fault.get_or_insert(fault);
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        self.fault.clone().map_or(Ok(()), |fault| Err(Error::new(fault)))
    }

    #[inline]
    pub(crate) fn push(&mut self, op: Op, a: Ref, b: Ref) -> Option<Ref> {
        let id = self.inputs + self.instrs.len();
        if id >= self.limit {
            self.fail(ErrorKind::Full { limit: self.limit });
            return None;
        }
        self.instrs.push(Instr { op, a, b });
        // Below the limit, which is one.
        Some(id as u32)
    }

    /// The number of a constant, whose bits count.
    pub(crate) fn constant(&mut self, value: f64) -> u32 {
        let next = self.constants.len() as u32;
        let number = *self.interned.entry(value.to_bits()).or_insert(next);
        if number == next {
            self.constants.push(value);
        }
        number
    }

    /// The number of a function.
    pub(crate) fn function(&mut self, f: AnyUnary) -> u32 {
        // Those of a model are few; of many different powers the older ones may be stored again.
        let recent = self.functions.len().saturating_sub(64);
        let known = self.functions[recent..].iter().position(|&g| same(f, g));
        let number = known.map_or(self.functions.len(), |place| recent + place);
        if known.is_none() {
            self.functions.push(f);
        }
        number as u32
    }

    /// Appends to the lists, and says where.
    pub(crate) fn list(&mut self, operands: impl Iterator<Item = Ref>) -> u32 {
        let place = self.lists.len();
        self.lists.extend(operands);
        if self.lists.len() > self.limit {
            self.fail(ErrorKind::Full { limit: self.limit });
        }
        place.min(CONSTANT as usize) as u32
    }

    /// Records a vector node; the number of its first output.
    pub(crate) fn node(&mut self, kind: Kind, operands: [Operand; 3]) -> Option<Ref> {
        let number = self.nodes.len() as u32;
        let first = self.push(Op::Node, number, 0)?;
        for k in 1..kind.outputs() {
            self.push(Op::Tail, first, k as u32)?;
        }
        self.nodes.push((kind, operands));
        Some(first)
    }

    /// The operands of a vector node.
    pub(crate) fn operands(
        &self,
        (kind, operands): &(Kind, [Operand; 3]),
        k: usize,
    ) -> Operands<'_> {
        let len = kind.lengths()[k];
        match operands[k] {
            Operand::Range(first) => Operands::Range(first, len as u32),
            Operand::List(place) => {
                let place = place as usize;
                Operands::List(self.lists.get(place..place + len).unwrap_or_default())
            }
        }
    }

    /// The operation of a number that is no input.
    pub(crate) fn instr(&self, id: Ref) -> Instr {
        self.instrs[id as usize - self.inputs]
    }

    /// Calls `see` with each operand of an operation.
    pub(crate) fn for_operands(&self, id: Ref, mut see: impl FnMut(Ref)) {
        let Instr { op, a, b } = self.instr(id);
        match op {
            Op::Node => {
                let node = &self.nodes[a as usize];
                for k in 0..3 {
                    match self.operands(node, k) {
                        Operands::Range(first, len) => (first..first + len).for_each(&mut see),
                        Operands::List(list) => list.iter().copied().for_each(&mut see),
                    }
                }
            }
            Op::Select => self.lists[a as usize..a as usize + 4].iter().copied().for_each(see),
            Op::Tail => see(a),
            _ => {
                see(a);
                if op.is_binary() {
                    see(b);
                }
            }
        }
    }
}

/// The operands of a vector node.
pub(crate) enum Operands<'a> {
    Range(Ref, u32),
    List(&'a [Ref]),
}

impl Operands<'_> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Range(_, len) => *len as usize,
            Self::List(list) => list.len(),
        }
    }

    pub(crate) fn at(&self, i: usize) -> Ref {
        match self {
            Self::Range(first, _) => first + i as u32,
            Self::List(list) => list[i],
        }
    }
}
