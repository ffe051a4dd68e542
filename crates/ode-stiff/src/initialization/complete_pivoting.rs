use linalg::Field;

/// Gaussian elimination with complete pivoting, which reveals the rank, over any number type.
///
/// Costs `2 n³ / 3` operations and as many comparisons: for small matrices whose rank is in question.
#[derive(Debug)]
pub(super) struct CompletePivoting<S> {
    n: usize,
    /// Row by row; `L` without its diagonal below, `U` above, in the order of the pivots.
    a: Vec<S>,
    rows: Vec<usize>,
    columns: Vec<usize>,
    x: Vec<S>,
}

/// What a singular matrix cannot tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deficiency {
    /// Rows that depend on each other.
    pub(super) rows: Vec<usize>,
    /// Columns that depend on each other.
    pub(super) columns: Vec<usize>,
}

/// A pivot below this part of the first one, times `n`, is rounding.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// What takes part in a dependence: so much of the largest weight.
const SHARE: f64 = 1e-3;

impl<S: Field> CompletePivoting<S> {
    pub(super) fn new(n: usize) -> Self {
        let zeros = |n| vec![S::ZERO; n];
        Self { n, a: zeros(n * n), rows: vec![0; n], columns: vec![0; n], x: zeros(n) }
    }

    /// Factors the matrix that `fill` writes row by row.
    pub(super) fn factor_with(&mut self, fill: impl FnOnce(&mut [S])) -> Result<(), Deficiency> {
        let Self { n, a, rows, columns, .. } = self;
        let n = *n;
        fill(a);
        rows.iter_mut().enumerate().for_each(|(i, row)| *row = i);
        columns.iter_mut().enumerate().for_each(|(j, column)| *column = j);
        let mut first = 0.0;
        for k in 0..n {
            let (mut largest, mut place) = (-1.0, (k, k));
            for i in k..n {
                for j in k..n {
                    let size = a[i * n + j].modulus();
                    if size > largest {
                        (largest, place) = (size, (i, j));
                    }
                }
            }
            if k == 0 {
                first = largest;
            }
            if largest <= ROUNDING * n as f64 * first {
                return Err(self.deficiency(k));
            }
            rows.swap(k, place.0);
            columns.swap(k, place.1);
            (0..n).for_each(|j| a.swap(k * n + j, place.0 * n + j));
            (0..n).for_each(|i| a.swap(i * n + k, i * n + place.1));
            let inverse = a[k * n + k].inverse();
            for i in k + 1..n {
                let factor = a[i * n + k] * inverse;
                a[i * n + k] = factor;
                for j in k + 1..n {
                    a[i * n + j] = a[i * n + j].minus_product(factor, a[k * n + j]);
                }
            }
        }
        Ok(())
    }

    /// What depends on each other after `rank` pivots, from the vectors that the matrix takes to zero:
    /// with `L₁`, `U₁` the first `rank` rows and columns, `-U₁⁻¹ u` for each column `u` that is left,
    /// and `-l L₁⁻¹` for each row `l`.
    #[cold]
    fn deficiency(&self, rank: usize) -> Deficiency {
        let Self { n, a, .. } = self;
        let (n, mut in_row, mut in_column) = (*n, vec![false; self.n], vec![false; self.n]);
        for left in rank..n {
            let mut x: Vec<S> = (0..rank).map(|k| a[k * n + left]).collect();
            for k in (0..rank).rev() {
                let above = x[k + 1..].iter().enumerate();
                let sum =
                    above.fold(x[k], |sum, (j, &x)| sum.minus_product(a[k * n + k + 1 + j], x));
                x[k] = sum * a[k * n + k].inverse();
            }
            mark(&x, &self.columns, left, &mut in_column);
            let mut y: Vec<S> = (0..rank).map(|k| a[left * n + k]).collect();
            for k in (0..rank).rev() {
                let below = y[k + 1..].iter().enumerate();
                y[k] =
                    below.fold(y[k], |sum, (j, &y)| sum.minus_product(a[(k + 1 + j) * n + k], y));
            }
            mark(&y, &self.rows, left, &mut in_row);
        }
        let marked = |of: Vec<bool>| (0..n).filter(|&i| of[i]).collect();
        Deficiency { rows: marked(in_row), columns: marked(in_column) }
    }

    /// Solves with the factors, in place.
    pub(super) fn solve(&mut self, b: &mut [S]) {
        let Self { n, a, rows, columns, x } = self;
        let n = *n;
        for i in 0..n {
            let row = &a[i * n..i * n + i];
            x[i] = row.iter().zip(&*x).fold(b[rows[i]], |sum, (&l, &x)| sum.minus_product(l, x));
        }
        for i in (0..n).rev() {
            let (row, done) = (&a[i * n + i + 1..(i + 1) * n], &x[i + 1..]);
            let sum = row.iter().zip(done).fold(x[i], |sum, (&u, &x)| sum.minus_product(u, x));
            x[i] = sum * a[i * n + i].inverse();
        }
        for (&column, &x) in columns.iter().zip(&*x) {
            b[column] = x;
        }
    }

    /// Solves with the transposed factors, in place.
    pub(super) fn solve_transposed(&mut self, b: &mut [S]) {
        let Self { n, a, rows, columns, x } = self;
        let n = *n;
        for i in 0..n {
            let above = x[..i].iter().enumerate();
            let sum = above.fold(b[columns[i]], |sum, (k, &x)| sum.minus_product(a[k * n + i], x));
            x[i] = sum * a[i * n + i].inverse();
        }
        for i in (0..n).rev() {
            let below = x[i + 1..].iter().enumerate();
            x[i] = below.fold(x[i], |sum, (k, &x)| sum.minus_product(a[(i + 1 + k) * n + i], x));
        }
        for (&row, &x) in rows.iter().zip(&*x) {
            b[row] = x;
        }
    }
}

/// Marks what takes part in a vector of weights `x` and a 1 at `left`.
fn mark<S: Field>(x: &[S], order: &[usize], left: usize, marks: &mut [bool]) {
    let largest = x.iter().fold(1.0, |largest: f64, x| largest.max(x.modulus()));
    for (k, x) in x.iter().enumerate() {
        marks[order[k]] |= x.modulus() > SHARE * largest;
    }
    marks[order[left]] |= 1.0 > SHARE * largest;
}

#[cfg(test)]
mod tests {
    use super::*;
    use scalar::{Concrete, Dual, Scalar};

    #[test]
    fn a_regular_matrix_is_solved_with() {
        let a = [1e-9, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0];
        let mut lu = CompletePivoting::<f64>::new(3);
        lu.factor_with(|out| out.copy_from_slice(&a)).unwrap();
        let mut b = [2e-9 - 2.0 + 1.5, 8.0 - 5.0 + 3.0, 14.0 - 8.0 + 5.0];
        lu.solve(&mut b);
        for (b, x) in b.iter().zip([2.0, -1.0, 0.5]) {
            assert!((b - x).abs() < 1e-13, "{b} {x}");
        }
        let mut b = [2e-9 - 4.0 + 3.5, 4.0 - 5.0 + 4.0, 6.0 - 6.0 + 5.0];
        lu.solve_transposed(&mut b);
        for (b, x) in b.iter().zip([2.0, -1.0, 0.5]) {
            assert!((b - x).abs() < 1e-13, "{b} {x}");
        }
    }

    #[test]
    fn dependent_rows_and_columns_are_told() {
        // Rows 1 and 3 are the same up to a factor; columns 0 and 2.
        let a = [1.0, 2.0, 1.0, 0.7, 2.0, 1.0, 2.0, 0.0, 0.0, 3.0, 0.0, 1.0, 4.0, 2.0, 4.0, 0.0];
        let mut lu = CompletePivoting::<f64>::new(4);
        let found = lu.factor_with(|out| out.copy_from_slice(&a)).unwrap_err();
        assert_eq!(found, Deficiency { rows: vec![1, 3], columns: vec![0, 2] });
        let found = lu.factor_with(|out| out.fill(0.0)).unwrap_err();
        assert_eq!(found.rows, [0, 1, 2, 3]);
    }

    #[test]
    fn duals_carry_the_derivative_of_the_solution() {
        // x = 1 / (2 + ε): -1/4.
        let mut lu = CompletePivoting::<Dual<f64, 1>>::new(1);
        lu.factor_with(|out| out[0] = Dual::variable(2.0, 0)).unwrap();
        let mut b = [Dual::constant(1.0)];
        lu.solve(&mut b);
        assert!(b[0].is_finite());
        assert_eq!((b[0].re, b[0].eps[0]), (0.5, -0.25));
        let _ = b[0].scale(1.0);
    }
}
