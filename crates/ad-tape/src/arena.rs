use crate::ErrorKind;
use crate::node::Node as VectorNode;
use core::ops::Range;
use scalar::BranchScalar;

/// Slot of a constant: there is nothing to propagate.
pub(crate) const NONE: u32 = u32::MAX;

/// One scalar operation: `bar[parents[k]] += weights[k] bar[own slot]`.
///
/// Parents and weights are read together, so they stand together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<S> {
    pub(crate) parents: [u32; 2],
    pub(crate) weights: [S; 2],
}

/// One step of the reverse sweep. Offsets are slots, except where said otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Block {
    /// `len` scalar operations in a row; `node` is the first of them among the nodes.
    Run { out: u32, node: u32, len: u32 },
    /// Copies of scattered operands, so that a vector node reads a range; `list` is the offset of
    /// their slots among the lists.
    Gather { out: u32, list: u32, len: u32 },
    /// A vector node.
    Vector { out: u32, node: VectorNode },
}

/// Why a recording cannot be pulled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Full,
    Foreign,
}

/// The memory of a tape: arrays that are reused from recording to recording.
///
/// Every value has a slot. Scalar operations fill the slots one by one, inputs and vector
/// operations a range at a time; so the blocks only say where a run of scalar operations ends, and
/// recording one costs two pushes.
#[derive(Clone, Debug)]
pub(crate) struct Arena<S> {
    pub(crate) values: Vec<S>,
    pub(crate) nodes: Vec<Node<S>>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) lists: Vec<u32>,
    /// The first slot and the first node of the run that is still growing.
    pub(crate) run: (u32, u32),
    /// Addresses of variables that stay where they are while recording, and the first one's slot.
    pub(crate) standing: (Range<usize>, u32),
    limit: u32,
    fault: Option<Fault>,
}

impl<S: BranchScalar> Arena<S> {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            values: Vec::new(),
            nodes: Vec::new(),
            blocks: Vec::new(),
            lists: Vec::new(),
            run: (0, 0),
            standing: (0..0, 0),
            limit: u32::try_from(limit).unwrap_or(NONE),
            fault: None,
        }
    }

    pub(crate) fn clear(&mut self) {
        self.values.clear();
        self.nodes.clear();
        self.blocks.clear();
        self.lists.clear();
        self.run = (0, 0);
        self.standing = (0..0, 0);
        self.fault = None;
    }

    pub(crate) fn bytes(&self) -> usize {
        self.values.capacity() * size_of::<S>()
            + self.nodes.capacity() * size_of::<Node<S>>()
            + self.blocks.capacity() * size_of::<Block>()
            + self.lists.capacity() * size_of::<u32>()
    }

    /// Remembers the first thing that went wrong.
    #[cold]
    pub(crate) fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    pub(crate) fn fault(&self) -> Option<ErrorKind> {
        self.fault.map(|fault| match fault {
            Fault::Full => ErrorKind::Full { limit: self.limit as usize },
            Fault::Foreign => ErrorKind::ForeignOperand,
        })
    }

    /// Records one scalar operation with two parents and their weights; `None` if the tape is full.
    #[inline]
    pub(crate) fn push(&mut self, value: S, a: (u32, S), b: (u32, S)) -> Option<u32> {
        let slot = self.values.len();
        if slot >= self.limit as usize {
            self.fail(Fault::Full);
            return None;
        }
        self.values.push(value);
        self.nodes.push(Node { parents: [a.0, b.0], weights: [a.1, b.1] });
        // Below the limit, which is a u32.
        Some(slot as u32)
    }

    /// The first of `len` new slots, which `fill` appends to the values.
    pub(crate) fn reserve(
        &mut self,
        len: usize,
        fill: impl FnOnce(&mut Vec<S>),
    ) -> Result<u32, Fault> {
        let first = self.values.len();
        if len > (self.limit as usize).saturating_sub(first) {
            return Err(Fault::Full);
        }
        // There are at most as many nodes as values: none of these numbers exceeds the limit.
        let (out, node) = self.run;
        let nodes = self.nodes.len() as u32;
        if nodes > node {
            self.blocks.push(Block::Run { out, node, len: nodes - node });
        }
        fill(&mut self.values);
        self.run = (self.values.len() as u32, nodes);
        Ok(first as u32)
    }

    /// Independent variables; the slot of the first.
    pub(crate) fn inputs(&mut self, values: &[S]) -> Result<u32, Fault> {
        self.reserve(values.len(), |all| all.extend_from_slice(values))
    }

    /// A vector node with `len` outputs.
    pub(crate) fn block(&mut self, len: usize, node: VectorNode) -> Result<u32, Fault> {
        let out = self.reserve(len, |all| {
            let first = all.len();
            all.resize(first + len, S::zero());
            let (earlier, outputs) = all.split_at_mut(first);
            node.forward(earlier, outputs);
        })?;
        self.blocks.push(Block::Vector { out, node });
        Ok(out)
    }
}
