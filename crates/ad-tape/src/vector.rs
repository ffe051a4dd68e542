//! Operations on whole slices, each recorded as one node.

use crate::arena::{Arena, Block, Fault, NONE};
use crate::{Tape, Var};
use core::ops::Range;
use scalar::BranchScalar;

/// `Σ aᵢ bᵢ`.
pub(crate) fn dot<'t, S: BranchScalar>(a: &[Var<'t, S>], b: &[Var<'t, S>]) -> Var<'t, S> {
    let len = a.len().min(b.len());
    let (a, b) = (&a[..len], &b[..len]);
    let Some(tape) = tape_of(&[a, b]) else {
        return a.iter().zip(b).map(|(&a, &b)| a * b).sum();
    };
    let recorded = tape.record(|arena| {
        let (a, b) = (operand(arena, tape, a)?, operand(arena, tape, b)?);
        let slot = arena.block(
            1,
            |out| Block::Dot { out, a, b, len: len as u32 },
            |values, out| out[0] = S::dot(&values[range(a, len)], &values[range(b, len)]),
        )?;
        Ok((slot, arena.values[slot as usize]))
    });
    recorded.map_or_else(Var::undefined, |(slot, value)| Var::on(tape, slot, value))
}

/// `y += alpha x`.
pub(crate) fn axpy<'t, S: BranchScalar>(alpha: Var<'t, S>, x: &[Var<'t, S>], y: &mut [Var<'t, S>]) {
    let len = x.len().min(y.len());
    let (x, y) = (&x[..len], &mut y[..len]);
    let Some(tape) = tape_of(&[&[alpha], x, y]).filter(|_| len > 0) else {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += alpha * x;
        }
        return;
    };
    let recorded = tape.record(|arena| {
        let slope = alpha.value();
        let alpha = operand(arena, tape, &[alpha])?;
        let (x, from) = (operand(arena, tape, x)?, operand(arena, tape, y)?);
        let slot = arena.block(
            len,
            |out| Block::Axpy { out, alpha, x, y: from, len: len as u32 },
            |values, out| {
                out.copy_from_slice(&values[range(from, len)]);
                S::axpy(slope, &values[range(x, len)], out);
            },
        )?;
        outputs(arena, tape, slot, y);
        Ok(())
    });
    recorded.unwrap_or_else(|| y.fill(Var::undefined()));
}

/// `y = W x + bias`, with the columns of `W` one after the other.
pub(crate) fn dense_layer<'t, S: BranchScalar>(
    weights: &[Var<'t, S>],
    bias: &[Var<'t, S>],
    x: &[Var<'t, S>],
    y: &mut [Var<'t, S>],
) {
    let rows = y.len();
    if bias.len() != rows {
        return y.fill(Var::undefined());
    }
    let cols = weights.len().checked_div(rows).map_or(0, |columns| columns.min(x.len()));
    let (weights, x) = (&weights[..rows * cols], &x[..cols]);
    let tape = match tape_of(&[weights, bias, x]) {
        Some(tape) if cols > 0 => tape,
        _ => {
            y.copy_from_slice(bias);
            for (column, &x) in weights.chunks_exact(rows.max(1)).zip(x) {
                for (y, &w) in y.iter_mut().zip(column) {
                    *y += w * x;
                }
            }
            return;
        }
    };
    let recorded = tape.record(|arena| {
        let weights = operand(arena, tape, weights)?;
        let (bias, x) = (operand(arena, tape, bias)?, operand(arena, tape, x)?);
        let slot = arena.block(
            rows,
            |out| Block::Dense { out, weights, bias, x, rows: rows as u32, cols: cols as u32 },
            |values, out| {
                let (weights, x) = (&values[range(weights, rows * cols)], &values[range(x, cols)]);
                S::dense_layer(weights, &values[range(bias, rows)], x, out);
            },
        )?;
        outputs(arena, tape, slot, y);
        Ok(())
    });
    recorded.unwrap_or_else(|| y.fill(Var::undefined()));
}

/// The tape of the first variable that is on one.
fn tape_of<'t, S: BranchScalar>(operands: &[&[Var<'t, S>]]) -> Option<&'t Tape<S>> {
    operands.iter().flat_map(|slice| slice.iter()).find_map(|var| var.tape())
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

/// Lets `y` be the variables at `slot` and behind.
fn outputs<'t, S: BranchScalar>(
    arena: &Arena<S>,
    tape: &'t Tape<S>,
    slot: u32,
    y: &mut [Var<'t, S>],
) {
    let values = &arena.values[range(slot, y.len())];
    for ((y, slot), &value) in y.iter_mut().zip(slot..).zip(values) {
        *y = Var::on(tape, slot, value);
    }
}

fn range(start: u32, len: usize) -> Range<usize> {
    start as usize..start as usize + len
}
