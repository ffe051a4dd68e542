//! Symmetric positive definite block tridiagonal systems.

use super::cholesky;

/// Blocks of `n × n` numbers, column by column, in memory for `2 N n²` numbers.
///
/// ```text
/// D₀ O₀ᵀ
/// O₀ D₁ O₁ᵀ
///    O₁ D₂
/// ```
///
/// Factored in place by a block Cholesky sweep (Golub and Van Loan, Matrix Computations, section 4.5):
/// `Dᵢ = Lᵢ Lᵢᵀ`, `Xᵢ = Oᵢ Lᵢ⁻ᵀ`, `Dᵢ₊₁ -= Xᵢ Xᵢᵀ`; `O(N n³)` operations.
pub(super) struct BlockTridiagonal {
    pub(super) n: usize,
    pub(super) diagonal: Vec<f64>,
    /// Below the diagonal, one block less.
    pub(super) below: Vec<f64>,
}

/// The factors of a [`BlockTridiagonal`].
pub(super) struct BlockFactors(BlockTridiagonal);

impl BlockTridiagonal {
    /// `blocks` block rows of zeros.
    pub(super) fn zeros(n: usize, blocks: usize) -> Self {
        let below = vec![0.0; n * n * blocks.saturating_sub(1)];
        Self { n, diagonal: vec![0.0; n * n * blocks], below }
    }

    /// The factors; the index of the first block row that is not positive definite is the error.
    pub(super) fn factor(mut self) -> Result<BlockFactors, usize> {
        let size = self.n * self.n;
        if size == 0 {
            return Ok(BlockFactors(self));
        }
        let mut above: Option<&[f64]> = None;
        let mut below = self.below.chunks_exact_mut(size);
        for (row, block) in self.diagonal.chunks_exact_mut(size).enumerate() {
            if let Some(above) = above {
                cholesky::downdate(self.n, above, block);
            }
            if !cholesky::factor(self.n, block) {
                return Err(row);
            }
            above = below.next().map(|below| {
                cholesky::divide_right(self.n, block, below);
                &*below
            });
        }
        Ok(BlockFactors(self))
    }
}

impl BlockFactors {
    /// Solves in place.
    pub(super) fn solve(&self, x: &mut [f64]) {
        let BlockTridiagonal { n, diagonal, below } = &self.0;
        let (n, size) = (*n, n * n);
        if size == 0 {
            return;
        }
        let blocks = diagonal.len() / size;
        for i in 0..blocks {
            let (known, rest) = x.split_at_mut(i * n);
            let x = &mut rest[..n];
            if i > 0 {
                let known = &known[(i - 1) * n..];
                for (column, known) in below[(i - 1) * size..i * size].chunks_exact(n).zip(known) {
                    for (x, b) in x.iter_mut().zip(column) {
                        *x -= b * known;
                    }
                }
            }
            cholesky::solve_lower(n, &diagonal[i * size..(i + 1) * size], x);
        }
        for i in (0..blocks).rev() {
            let (rest, known) = x.split_at_mut((i + 1) * n);
            let x = &mut rest[i * n..];
            if i + 1 < blocks {
                for (column, x) in below[i * size..(i + 1) * size].chunks_exact(n).zip(&mut *x) {
                    *x -= column.iter().zip(&*known).map(|(b, known)| b * known).sum::<f64>();
                }
            }
            cholesky::solve_upper(n, &diagonal[i * size..(i + 1) * size], x);
        }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.0.diagonal[..]) + size_of_val(&self.0.below[..])
    }
}

#[cfg(test)]
mod tests {
    use super::BlockTridiagonal;

    /// `B Bᵀ + I` for a random block bidiagonal `B`, as shadowing makes them.
    fn matrix(n: usize, blocks: usize) -> BlockTridiagonal {
        let entry = |i: usize| (((i * i + 7 * i + 3) % 101) as f64 - 50.0) / 40.0;
        let left = |i: usize, r: usize, c: usize| entry(i * 97 + r * 11 + c);
        let right = |i: usize, r: usize, c: usize| entry(i * 89 + r * 13 + 3 * c + 5);
        let mut a = BlockTridiagonal::zeros(n, blocks);
        for i in 0..blocks {
            for c in 0..n {
                for r in 0..n {
                    let products = (0..n)
                        .map(|k| left(i, r, k) * left(i, c, k) + right(i, r, k) * right(i, c, k));
                    let unit = if r == c { 1.0 } else { 0.0 };
                    a.diagonal[(i * n + c) * n + r] = unit + products.sum::<f64>();
                    if i + 1 < blocks {
                        let products = (0..n).map(|k| left(i + 1, r, k) * right(i, c, k));
                        a.below[(i * n + c) * n + r] = products.sum();
                    }
                }
            }
        }
        a
    }

    fn product(a: &BlockTridiagonal, x: &[f64]) -> Vec<f64> {
        let (n, blocks) = (a.n, x.len() / a.n);
        let mut y = vec![0.0; x.len()];
        for i in 0..blocks {
            for c in 0..n {
                for r in 0..n {
                    y[i * n + r] += a.diagonal[(i * n + c) * n + r] * x[i * n + c];
                    if i + 1 < blocks {
                        let b = a.below[(i * n + c) * n + r];
                        y[(i + 1) * n + r] += b * x[i * n + c];
                        y[i * n + c] += b * x[(i + 1) * n + r];
                    }
                }
            }
        }
        y
    }

    #[test]
    fn solves_what_was_multiplied() {
        for (n, blocks) in [(1, 1), (1, 5), (3, 1), (3, 40), (8, 7)] {
            let x: Vec<f64> = (0..n * blocks).map(|i| (i as f64).sin()).collect();
            let a = matrix(n, blocks);
            let mut b = product(&a, &x);
            a.factor().ok().unwrap().solve(&mut b);
            for (found, expected) in b.iter().zip(&x) {
                assert!((found - expected).abs() < 1e-9, "{n} {blocks}: {found} {expected}");
            }
        }
    }

    #[test]
    fn an_indefinite_block_is_named() {
        let mut a = matrix(2, 6);
        a.diagonal[3 * 4] = -1.0;
        assert_eq!(a.factor().err(), Some(3));
        assert!(BlockTridiagonal::zeros(0, 3).factor().is_ok());
    }
}
