//! Blocked elimination by faer, for matrices that outgrow the first cache.

use crate::Field;
use crate::field::Blocks;
use faer::linalg::lu::partial_pivoting::factor::{lu_in_place, lu_in_place_scratch};
use faer::traits::ComplexField;
use faer::{MatMut, Par};

/// `P A = L U` in place, with the inverses of the pivots on the diagonal and the rows as they were
/// exchanged, as the loops of this crate leave them. `None` if there is no memory.
pub(crate) fn factor<S: Field<Row = usize> + ComplexField>(
    n: usize,
    a: &mut [S],
    rows: &mut [usize],
    blocks: &mut Blocks,
) -> Option<()> {
    let need = lu_in_place_scratch::<usize, S>(n, n, Par::Seq, Default::default())
        .and(faer::dyn_stack::StackReq::new::<usize>(2 * n));
    let stack = blocks.stack(need)?;
    let (mut memory, stack) = stack.make_with(2 * n, |_| 0usize);
    let (order, place) = memory.split_at_mut(n);
    let matrix = MatMut::from_column_major_slice_mut(a, n, n);
    lu_in_place(matrix, order, place, Par::Seq, stack, Default::default());
    for k in 0..n {
        a[k * n + k] = a[k * n + k].inverse();
    }
    exchanges(order, place, rows);
    Some(())
}

/// The exchanges that bring row `order[k]` to place `k`, one after the other; uses up `order`.
fn exchanges(order: &mut [usize], place: &mut [usize], rows: &mut [usize]) {
    // `order` as targets; `holds[i]`: which row is at i now, `place[r]`: where row r is now.
    let n = order.len();
    for (r, p) in place.iter_mut().enumerate() {
        *p = r;
    }
    // `rows` serves as `holds` for the places that are not settled yet.
    for (i, holds) in rows.iter_mut().enumerate() {
        *holds = i;
    }
    for k in 0..n {
        let wanted = order[k];
        let at = place[wanted];
        let displaced = rows[k];
        rows[at] = displaced;
        place[displaced] = at;
        rows[k] = at - k;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exchanges_rebuild_every_order_of_five() {
        let mut order = [0usize; 5];
        for code in 0..120 {
            // The factorial number system lists the orders.
            let (mut left, mut code) = (vec![0, 1, 2, 3, 4], code);
            for (k, o) in order.iter_mut().enumerate() {
                *o = left.remove(code % (5 - k));
                code /= 5 - k;
            }
            let (mut targets, mut place, mut rows) = (order, [0; 5], [0; 5]);
            exchanges(&mut targets, &mut place, &mut rows);
            let mut rebuilt = [0, 1, 2, 3, 4];
            for k in 0..5 {
                rebuilt.swap(k, k + rows[k]);
            }
            assert_eq!(rebuilt, order);
        }
    }
}
