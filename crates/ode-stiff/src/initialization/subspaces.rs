use linalg::{Field, Pattern, Solver, Structure, Svd};
use std::collections::BTreeMap;
use std::sync::Arc;
use system::Mass;

/// Indices and weights of a sum.
pub(super) type Combination = Vec<(usize, f64)>;

/// What a constant mass matrix `M` leaves algebraic, and its inverse on the rest.
///
/// `M` falls into blocks that share neither rows nor columns (one each, where it is diagonal). Each
/// is decomposed by itself, by singular values, so that combinations stay as short as they can be and
/// nothing large is ever dense. A block of more than [`LARGE`] states is taken for regular if sparse
/// elimination finds it so.
pub(super) struct Subspaces<S: Field> {
    /// Sums of equations from which all derivatives drop out: `eᵀ M = 0`.
    pub(super) equations: Vec<Combination>,
    /// Directions in which derivatives do not count: `M v = 0`.
    pub(super) variables: Vec<Combination>,
    blocks: Vec<Block<S>>,
}

struct Block<S: Field> {
    rows: Vec<usize>,
    columns: Vec<usize>,
    inverse: Inverse<S>,
}

enum Inverse<S: Field> {
    Number(f64),
    /// The pseudo-inverse, row by row.
    Dense(Vec<f64>),
    Factors(Solver<S>),
}

/// Singular values below this part of the largest are zero.
const ROUNDING: f64 = 1e-13;

/// Blocks up to this size are decomposed by singular values.
const LARGE: usize = 200;

impl<S: Field> Subspaces<S> {
    /// `None` where singular values cannot be computed (the matrix is finite: memory).
    pub(super) fn new(mass: &Mass) -> Option<Self> {
        let n = mass.size();
        let mut columns = vec![Vec::new(); n];
        for i in 0..n {
            mass.row(i).iter().for_each(|&(j, _)| columns[j].push(i));
        }
        let (mut row_seen, mut column_seen) = (vec![false; n], vec![false; n]);
        let mut spaces = Self { equations: vec![], variables: vec![], blocks: vec![] };
        for first in 0..n {
            if mass.is_algebraic(first) {
                spaces.equations.push(vec![(first, 1.0)]);
                continue;
            }
            if std::mem::replace(&mut row_seen[first], true) {
                continue;
            }
            let (mut rows, mut found, mut at) = (vec![first], Vec::new(), 0);
            while at < rows.len() {
                for &(j, _) in mass.row(rows[at]) {
                    if !std::mem::replace(&mut column_seen[j], true) {
                        found.push(j);
                        for &i in &columns[j] {
                            if !std::mem::replace(&mut row_seen[i], true) {
                                rows.push(i);
                            }
                        }
                    }
                }
                at += 1;
            }
            rows.sort_unstable();
            found.sort_unstable();
            spaces.add(mass, rows, found)?;
        }
        for j in (0..n).filter(|&j| !column_seen[j]) {
            spaces.variables.push(vec![(j, 1.0)]);
        }
        for list in [&mut spaces.equations, &mut spaces.variables] {
            list.sort_by_key(|sum| sum.first().map_or(0, |term| term.0));
        }
        Some(spaces)
    }

    fn add(&mut self, mass: &Mass, rows: Vec<usize>, columns: Vec<usize>) -> Option<()> {
        let (m, n) = (rows.len(), columns.len());
        let place: BTreeMap<usize, usize> =
            columns.iter().enumerate().map(|(k, &j)| (j, k)).collect();
        let entries: Vec<(usize, usize, f64)> = (0..m)
            .flat_map(|i| mass.row(rows[i]).iter().map(move |&(j, x)| (i, j, x)))
            .filter_map(|(i, j, x)| place.get(&j).map(|&j| (i, j, x)))
            .collect();
        let inverse = if let (1, 1, [(_, _, x)]) = (m, n, &entries[..]) {
            Inverse::Number(1.0 / x)
        } else if let Some(solver) = (m == n && n > LARGE).then(|| regular(n, &entries)).flatten() {
            Inverse::Factors(solver)
        } else {
            // Padded by zeros, so that all vectors of the null spaces are computed.
            let svd = |m: usize, n: usize| {
                let mut a = vec![0.0; m * n];
                entries.iter().for_each(|&(i, j, x)| a[j * m + i] = x);
                Svd::new(m, n, &a).ok()
            };
            let (tall, wide) = (svd(m.max(n), n)?, svd(m, n.max(m))?);
            let rank = wide.rank(ROUNDING);
            self.equations.extend((rank..m).map(|k| combination(&rows, wide.left(k))));
            self.variables.extend((rank..n).map(|k| combination(&columns, tall.right(k))));
            let mut inverse = vec![0.0; n * m];
            for k in 0..rank {
                // Of one decomposition: signs and repeated values are a matter of choice.
                let (u, v, value) = (wide.left(k), wide.right(k), wide.values()[k]);
                for i in 0..m {
                    (0..n).for_each(|j| inverse[j * m + i] += v[j] * u[i] / value);
                }
            }
            Inverse::Dense(inverse)
        };
        self.blocks.push(Block { rows, columns, inverse });
        Some(())
    }

    /// A solution of `M x = f`, where there is one; `x` of directions that do not count is zero.
    pub(super) fn solve(&mut self, f: &[S], x: &mut [S], scratch: &mut [S]) -> bool {
        x.fill(S::ZERO);
        for Block { rows, columns, inverse } in &mut self.blocks {
            match inverse {
                Inverse::Number(inverse) => {
                    x[columns[0]] = f[rows[0]] * S::real(*inverse);
                }
                Inverse::Dense(inverse) => {
                    for (row, &column) in inverse.chunks_exact(rows.len()).zip(&*columns) {
                        for (&w, &i) in row.iter().zip(&*rows) {
                            x[column] += f[i] * S::real(w);
                        }
                    }
                }
                Inverse::Factors(solver) => {
                    let part = &mut scratch[..rows.len()];
                    part.iter_mut().zip(&*rows).for_each(|(x, &i)| *x = f[i]);
                    if solver.solve_in_place(part).is_err() {
                        return false;
                    }
                    columns.iter().zip(&*part).for_each(|(&j, &part)| x[j] = part);
                }
            }
        }
        true
    }

    /// The same for the transpose, `Mᵀ x = f`.
    pub(super) fn solve_transposed(&mut self, f: &[S], x: &mut [S]) -> bool {
        x.fill(S::ZERO);
        for Block { rows, columns, inverse } in &mut self.blocks {
            match inverse {
                Inverse::Number(inverse) => x[rows[0]] = f[columns[0]] * S::real(*inverse),
                Inverse::Dense(inverse) => {
                    for (row, &column) in inverse.chunks_exact(rows.len()).zip(&*columns) {
                        for (&w, &i) in row.iter().zip(&*rows) {
                            x[i] += f[column] * S::real(w);
                        }
                    }
                }
                Inverse::Factors(solver) => {
                    let mut part: Vec<S> = columns.iter().map(|&j| f[j]).collect();
                    if solver.solve_transposed_in_place(&mut part).is_err() {
                        return false;
                    }
                    rows.iter().zip(part).for_each(|(&i, part)| x[i] = part);
                }
            }
        }
        true
    }
}

/// Factors of a regular block.
fn regular<S: Field>(n: usize, entries: &[(usize, usize, f64)]) -> Option<Solver<S>> {
    let places = entries.iter().map(|&(i, j, _)| (i, j)).chain((0..n).map(|i| (i, i)));
    let pattern = Pattern::from_entries(n, n, places).ok()?;
    let mut values = vec![S::ZERO; pattern.nnz()];
    for &(i, j, x) in entries {
        values[pattern.position(i, j)?] = S::real(x);
    }
    let mut solver = S::solver(&Structure::Sparse(Arc::new(pattern))).ok()?;
    solver.factor(&values).ok()?;
    Some(solver)
}

/// The weights of a vector of unit length, the largest one made 1.
fn combination(indices: &[usize], weights: &[f64]) -> Combination {
    let larger = |a: f64, &b: &f64| if b.abs() > a.abs() { b } else { a };
    let largest = weights.iter().fold(0.0, larger);
    let terms = indices.iter().zip(weights).map(|(&i, w)| (i, w / largest));
    terms.filter(|(_, w)| w.abs() > 1e-14).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mass: &Mass, algebraic: usize) -> Subspaces<f64> {
        let (n, mut spaces) = (mass.size(), Subspaces::<f64>::new(mass).unwrap());
        assert_eq!((spaces.equations.len(), spaces.variables.len()), (algebraic, algebraic));
        for sum in &spaces.equations {
            let mut total = vec![0.0; n];
            for &(i, w) in sum {
                mass.row(i).iter().for_each(|&(j, m)| total[j] += w * m);
            }
            assert!(total.iter().all(|x: &f64| x.abs() < 1e-12), "{sum:?} {total:?}");
        }
        for direction in &spaces.variables {
            let (mut v, mut product) = (vec![0.0; n], vec![0.0; n]);
            direction.iter().for_each(|&(j, w)| v[j] = w);
            mass.times(&v, &mut product);
            assert!(product.iter().all(|x| x.abs() < 1e-12), "{direction:?}");
        }
        // M M⁺ M x = M x.
        let x: Vec<f64> = (0..n).map(|i| (1.0 + i as f64).sin()).collect();
        let (mut f, mut y, mut again) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        mass.times(&x, &mut f);
        assert!(spaces.solve(&f, &mut y, &mut vec![0.0; n]));
        mass.times(&y, &mut again);
        for (f, again) in f.iter().zip(&again) {
            assert!((f - again).abs() < 1e-12, "{f} {again}");
        }
        // yᵀ (M⁺ f) = (M⁺ᵀ y)ᵀ f, for any y.
        let bar: Vec<f64> = (0..n).map(|i| (2.0 + 3.0 * i as f64).cos()).collect();
        let mut pulled = vec![0.0; n];
        assert!(spaces.solve_transposed(&bar, &mut pulled));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (ahead, back) = (dot(&bar, &y), dot(&pulled, &f));
        assert!((ahead - back).abs() < 1e-12 * (1.0 + ahead.abs()), "{ahead} {back}");
        spaces
    }

    #[test]
    fn diagonal_coupled_and_rectangular_blocks() {
        let spaces = check(&Mass::diagonal([1.0, 0.0, 1e-20, 0.0]), 2);
        assert_eq!(spaces.equations, [vec![(1, 1.0)], vec![(3, 1.0)]]);
        let c = 1e-6;
        let coupled = [
            [-c, c, 0.0, 0.0, 0.0],
            [c, -c, 0.0, 0.0, 0.0],
            [0.0, 0.0, -2.0 * c, 0.0, 0.0],
            [0.0, 0.0, 0.0, 3.0, 4.0],
            [0.0, 0.0, 0.0, 0.0, 0.0],
        ];
        let spaces = check(&Mass::dense(&coupled).unwrap(), 2);
        assert_eq!(spaces.equations[0].len(), 2);
        // One row with three columns, and three rows with one.
        check(&Mass::dense(&[[1.0, 2.0, 3.0], [0.0; 3], [0.0; 3]]).unwrap(), 2);
        check(&Mass::dense(&[[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [3.0, 0.0, 0.0]]).unwrap(), 2);
        check(&Mass::dense(&[[0.0; 2]; 2]).unwrap(), 2);
    }

    #[test]
    fn a_large_regular_block_is_factored_in_its_pattern() {
        // Linear finite elements.
        let n = 300;
        let row = |i: usize| -> Vec<f64> {
            (0..n).map(|j| [4.0, 1.0].get(i.abs_diff(j)).copied().unwrap_or(0.0)).collect()
        };
        let rows: Vec<Vec<f64>> = (0..n).map(row).collect();
        let spaces = check(&Mass::dense(&rows).unwrap(), 0);
        assert!(matches!(spaces.blocks[0].inverse, Inverse::Factors(_)));
    }
}
