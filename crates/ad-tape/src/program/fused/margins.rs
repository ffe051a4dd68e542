//! Room at both ends of rows, for the neighbours of cells at a border: a row of neighbours is then the same row, shifted.

use super::graph::{Graph, Id, Kind, NONE};
use super::schedule::LONG;
use super::spread::majority;
use std::collections::HashMap;

/// How many places have to be free before and behind the rows of a class, for those values that are wanted.
pub(super) fn margins(graph: &Graph, wanted: impl Fn(usize) -> bool) -> HashMap<u64, [u32; 2]> {
    let vertex = |id: Id| &graph.vertices[id as usize];
    let leaf = |kind: Kind| matches!(kind, Kind::Input | Kind::Constant | Kind::Seed | Kind::Total);
    let mut ids: Vec<Id> = (0..graph.vertices.len() as u32)
        .filter(|&id| wanted(id as usize) && !leaf(vertex(id).kind))
        .collect();
    ids.sort_unstable_by_key(|&id| (vertex(id).class, vertex(id).key, id));
    let mut margins = HashMap::<u64, [u32; 2]>::new();
    for class in ids.chunk_by(|&x, &y| vertex(x).class == vertex(y).class) {
        let terms = graph.terms(class[0]).len();
        if class.len() < LONG || class.iter().any(|&id| graph.terms(id).len() != terms) {
            continue;
        }
        for k in 0..2 * terms {
            let operand = |id: Id| {
                let term = graph.terms(id)[k / 2];
                if k % 2 == 0 { term.x } else { term.y }
            };
            if class.iter().any(|&id| operand(id) == NONE) {
                continue;
            }
            let distance = |&id: &Id| vertex(operand(id)).key.wrapping_sub(vertex(id).key);
            let (most, count) = majority(class.iter().map(distance));
            let room = (most as i32).unsigned_abs();
            // More room than that for what is at the border is not worth it.
            let is_worth_it = count < class.len() && 4 * count >= 3 * class.len();
            if is_worth_it
                && 4 * room as usize <= class.len()
                && let Some(&id) = class.iter().find(|id| distance(id) == most)
            {
                let sides = margins.entry(vertex(operand(id)).class).or_default();
                let side = &mut sides[usize::from(most as i32 > 0)];
                *side = room.max(*side);
            }
        }
    }
    margins
}
