//! Vector nodes on a tape.

use crate::arena::{Arena, Block, Fault, NONE};
use crate::node::{Kind, Node};
use crate::vector::Recorded;
use crate::{Tape, Var};
use core::ops::Range;
use scalar::{BranchScalar, Unary};

impl<S: BranchScalar> Recorded for Var<'_, S> {
    fn is_free(&self) -> bool {
        self.is_constant()
    }

    fn node(kind: Kind, operands: [&[Self]; 3], y: &mut [Self]) {
        let mut vars = operands.iter().flat_map(|operand| operand.iter()).chain(&*y);
        let Some(tape) = vars.find_map(|var| var.tape()) else { return };
        let recorded = tape.record(|arena| {
            let mut node = Node { kind, operands: [0; 3] };
            for ((slot, vars), len) in node.operands.iter_mut().zip(operands).zip(kind.lengths()) {
                let vars = if vars.len() < len { &*y } else { vars };
                *slot = operand(arena, tape, vars)?;
            }
            let slot = arena.block(y.len(), node)?;
            let values = &arena.values[range(slot, y.len())];
            for ((y, slot), &value) in y.iter_mut().zip(slot..).zip(values) {
                *y = Var::on(tape, slot, value);
            }
            Ok(())
        });
        recorded.unwrap_or_else(|| y.fill(Var::undefined()));
    }
}

/// Records `yᵢ = f(xᵢ)` as one node, which holds the slopes: any function will do.
pub(crate) fn map<'t, S: BranchScalar, F: Unary>(f: F, x: &[Var<'t, S>], y: &mut [Var<'t, S>]) {
    let len = x.len().min(y.len());
    let (x, y) = (&x[..len], &mut y[..len]);
    let Some(tape) = x.iter().find_map(|var| var.tape()) else {
        for (y, x) in y.iter_mut().zip(x) {
            *y = Var::constant(x.value().unary(f));
        }
        return;
    };
    let recorded = tape.record(|arena| {
        let first = operand(arena, tape, x)?;
        let slopes = arena.reserve(len, |values| {
            values.extend(x.iter().map(|x| f.slope(x.value(), x.value().unary(f))));
        })?;
        let out =
            arena.reserve(len, |values| values.extend(x.iter().map(|x| x.value().unary(f))))?;
        let kind = Kind::Map { len: len as u32 };
        arena.blocks.push(Block::Vector { out, node: Node { kind, operands: [first, slopes, 0] } });
        for (y, slot) in y.iter_mut().zip(out..) {
            *y = Var::on(tape, slot, arena.values[slot as usize]);
        }
        Ok(())
    });
    recorded.unwrap_or_else(|| y.fill(Var::undefined()));
}

/// The first slot of a range that holds the operand: where it is, if its elements follow each other
/// on the tape (weights of a network do, and outputs of a layer); else a copy.
fn operand<'t, S: BranchScalar>(
    arena: &mut Arena<S>,
    tape: &'t Tape<S>,
    vars: &[Var<'t, S>],
) -> Result<u32, Fault> {
    let Some(first) = vars.first().map(|var| var.slot()) else { return Ok(0) };
    let (place, memory) = (&arena.standing.0, vars.as_ptr_range());
    if place.start <= memory.start.addr() && memory.end.addr() <= place.end {
        return Ok(first);
    }
    let ours = |var: &Var<'t, S>| var.tape().is_some_and(|t| core::ptr::eq(t, tape));
    // Without an early exit, so that the loop is short.
    let in_order = |(var, expected): (&Var<'t, S>, u32)| ours(var) & (var.slot() == expected);
    let end = first as usize + vars.len();
    if end <= arena.values.len() && vars.iter().zip(first..).fold(true, |all, v| all & in_order(v))
    {
        return Ok(first);
    }
    let list = arena.lists.len();
    for var in vars {
        match var.tape() {
            Some(foreign) if !core::ptr::eq(foreign, tape) => {
                foreign.fail_foreign();
                return Err(Fault::Foreign);
            }
            _ => arena.lists.push(var.slot()),
        }
    }
    let len = vars.len();
    let out = arena.reserve(len, |values| values.extend(vars.iter().map(|var| var.value())))?;
    if arena.lists[list..].iter().all(|&slot| slot == NONE) {
        // Nothing but constants: nothing to sweep.
        arena.lists.truncate(list);
    } else {
        // Each entry of a list has a slot of its own: these numbers are below the limit.
        arena.blocks.push(Block::Gather { out, list: list as u32, len: len as u32 });
    }
    Ok(out)
}

fn range(start: u32, len: usize) -> Range<usize> {
    start as usize..start as usize + len
}
