//! An order of elimination for small matrices, of any symmetry.

use super::pattern::Pattern;
use super::sets::{Sets, members};

/// The order in which the diagonal is eliminated, and the operations of the factorisation.
///
/// Each time the pivot with the fewest products: entries left in its row times those in its column
/// (Markowitz 1957). It sees what is unsymmetric in a pattern, which minimum degree on `A + Aᵀ` does
/// not: on the Jacobian of a kinetics that halves the fill and more. Cost: the square of the size
/// times the words of a set, hence for small matrices.
pub(super) fn markowitz(pattern: &Pattern) -> (Vec<usize>, f64) {
    let n = pattern.cols();
    // Off the diagonal: rows by column and columns by row.
    let (mut rows, mut columns) = (Sets::new(n), Sets::new(n));
    for j in 0..n {
        for &i in pattern.column(j).iter().filter(|&&i| i != j) {
            rows.insert(j, i);
            columns.insert(i, j);
        }
    }
    let mut left: Vec<usize> = (0..n).collect();
    let (mut order, mut flops) = (Vec::with_capacity(n), 0);
    let (mut above, mut beside) = (Vec::with_capacity(4), Vec::with_capacity(4));
    while let Some((at, _)) =
        left.iter().map(|&k| rows.len(k) * columns.len(k)).enumerate().min_by_key(|&(_, cost)| cost)
    {
        let pivot = left.remove(at);
        order.push(pivot);
        above.clear();
        above.extend_from_slice(rows.of(pivot));
        beside.clear();
        beside.extend_from_slice(columns.of(pivot));
        for i in members(&above) {
            columns.unite(i, &beside, 0);
            columns.remove(i, i);
            columns.remove(i, pivot);
        }
        for j in members(&beside) {
            rows.unite(j, &above, 0);
            rows.remove(j, j);
            rows.remove(j, pivot);
        }
        flops += rows.len(pivot) * (1 + 2 * columns.len(pivot));
    }
    (order, flops as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fill and products that elimination in an order makes, with a full table of entries.
    fn eliminate(pattern: &Pattern, order: &[usize]) -> usize {
        let n = pattern.cols();
        let mut full = vec![vec![false; n]; n];
        for j in 0..n {
            pattern.column(j).iter().for_each(|&i| full[i][j] = true);
        }
        let mut flops = 0;
        for (step, &k) in order.iter().enumerate() {
            let rest = &order[step + 1..];
            let below: Vec<usize> = rest.iter().copied().filter(|&i| full[i][k]).collect();
            let beside: Vec<usize> = rest.iter().copied().filter(|&j| full[k][j]).collect();
            flops += below.len() * (1 + 2 * beside.len());
            below.iter().for_each(|&i| beside.iter().for_each(|&j| full[i][j] = true));
        }
        flops
    }

    #[test]
    fn flops_are_those_of_the_elimination() {
        // Unsymmetric, of more than one word: powers of 3 modulo a prime.
        let n = 101;
        let power = |j: usize, e: u32| (j * 3usize.pow(e) + 1) % n;
        let entries = (0..n).flat_map(|j| [(j, j), (power(j, 3), j), (power(j, 1), j)]);
        let pattern = Pattern::from_entries(n, n, entries).expect("inside");
        let (order, flops) = markowitz(&pattern);
        assert_eq!(flops, eliminate(&pattern, &order) as f64);
        let mut sorted = order;
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..n));
    }

    #[test]
    fn triangles_do_not_fill() {
        // Full below the diagonal: as it stands no product is needed, from the other end all are.
        let n = 70;
        let entries = (0..n).flat_map(|j| (j..n).map(move |i| (i, j)));
        let pattern = Pattern::from_entries(n, n, entries).expect("inside");
        let (_, flops) = markowitz(&pattern);
        assert_eq!(flops, (n * (n - 1) / 2) as f64);
    }
}
