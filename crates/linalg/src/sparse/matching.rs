//! A maximum matching of columns to rows: the structural rank.

use super::pattern::Pattern;

/// The row of each column in a maximum matching, by augmenting paths with cheap assignment first
/// (Duff 1981, MC21). Rows on the diagonal are taken where they can be. Cost: mostly linear, at
/// worst columns times entries.
pub(crate) fn maximum_matching(pattern: &Pattern) -> Vec<Option<usize>> {
    let mut row_of = vec![None; pattern.cols()];
    let mut column_of = vec![None; pattern.rows()];
    for j in 0..pattern.cols().min(pattern.rows()) {
        if pattern.position(j, j).is_some() {
            (row_of[j], column_of[j]) = (Some(j), Some(j));
        }
    }
    let mut seen = vec![usize::MAX; pattern.rows()];
    // The path so far: a column, and how many of its rows have been looked at.
    let mut path: Vec<(usize, usize)> = Vec::new();
    for root in 0..pattern.cols() {
        if row_of[root].is_some() {
            continue;
        }
        path.clear();
        path.push((root, 0));
        while let Some((column, looked)) = path.last_mut() {
            let rows = pattern.column(*column);
            if *looked == 0
                && let Some(&free) = rows.iter().find(|&&row| column_of[row].is_none())
            {
                augment(free, &path, pattern, &mut row_of, &mut column_of);
                break;
            }
            let Some(&row) = rows.get(*looked) else {
                path.pop();
                continue;
            };
            *looked += 1;
            if seen[row] != root {
                seen[row] = root;
                if let Some(next) = column_of[row] {
                    path.push((next, 0));
                }
            }
        }
    }
    row_of
}

/// Gives `free` to the end of the path, and each row on the path to the column before.
fn augment(
    free: usize,
    path: &[(usize, usize)],
    pattern: &Pattern,
    row_of: &mut [Option<usize>],
    column_of: &mut [Option<usize>],
) {
    let mut row = free;
    for (depth, &(column, _)) in path.iter().enumerate().rev() {
        row_of[column] = Some(row);
        column_of[row] = Some(column);
        if let Some(&(before, looked)) = depth.checked_sub(1).and_then(|before| path.get(before)) {
            row = pattern.column(before)[looked - 1];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(rows: usize, cols: usize, entries: &[(usize, usize)]) -> usize {
        let pattern = Pattern::from_entries(rows, cols, entries.iter().copied()).unwrap();
        let matching = maximum_matching(&pattern);
        let mut taken: Vec<usize> = matching.iter().flatten().copied().collect();
        for (j, row) in matching.iter().enumerate() {
            assert!(row.is_none_or(|row| pattern.position(row, j).is_some()));
        }
        let count = taken.len();
        taken.sort_unstable();
        taken.dedup();
        assert_eq!(taken.len(), count, "a row was given twice");
        count
    }

    #[test]
    fn paths_are_augmented() {
        assert_eq!(rank(3, 3, &[(0, 0), (1, 0), (0, 1), (0, 2), (2, 2)]), 3);
        assert_eq!(rank(3, 3, &[(0, 0), (0, 1), (0, 2), (1, 2), (2, 2)]), 2);
        assert_eq!(rank(2, 3, &[(0, 0), (1, 1), (0, 2)]), 2);
        assert_eq!(rank(0, 0, &[]), 0);
        // A cycle: each column has the row after it.
        let n = 50;
        let shifted: Vec<_> = (0..n).map(|j| ((j + 1) % n, j)).collect();
        assert_eq!(rank(n, n, &shifted), n);
        // A chain that needs the longest path: column j has rows j - 1 and j.
        let mut chain: Vec<_> = (1..n).flat_map(|j| [(j, j), (j - 1, j)]).collect();
        chain.push((n - 1, 0));
        assert_eq!(rank(n, n, &chain), n);
    }
}
