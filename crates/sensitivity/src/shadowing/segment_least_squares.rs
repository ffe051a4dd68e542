//! The least squares problem over segments that NILSS and NILSAS share.

use super::block_tridiagonal::{BlockFactors, BlockTridiagonal};
use super::cholesky;

/// Minimise `Σᵢ ½ aᵢᵀ Cᵢ aᵢ + dᵢᵀ aᵢ` subject to `aᵢ₊₁ = Rᵢ aᵢ + bᵢ`, with `m` coefficients `aᵢ` for each
/// of `K` segments.
///
/// With multipliers `λᵢ`, `aᵢ = Cᵢ⁻¹ (Rᵢᵀ λᵢ - λᵢ₋₁ - dᵢ)`, and the constraints become (the Schur complement
/// of Ni, Wang, Fernandez and Talnikar 2019, arXiv 1711.06633)
///
/// `(Cᵢ₊₁⁻¹ + Rᵢ Cᵢ⁻¹ Rᵢᵀ) λᵢ - Cᵢ₊₁⁻¹ Rᵢ₊₁ᵀ λᵢ₊₁ - Rᵢ Cᵢ⁻¹ λᵢ₋₁ = Rᵢ Cᵢ⁻¹ dᵢ - Cᵢ₊₁⁻¹ dᵢ₊₁ - bᵢ`:
///
/// block tridiagonal and positive definite, `O(K m³)`. Where continuity may be missed by `eᵢ` at the cost of
/// `|eᵢ|² / 2γ` each, `γ I` is added to this matrix (as Shawki and Papadakis 2019, arXiv 1810.12222, for
/// multiple shooting).
pub(super) struct SegmentLeastSquares {
    m: usize,
    segments: usize,
    /// `Cᵢ⁻¹`.
    inverses: Vec<f64>,
    r: Vec<f64>,
    factors: BlockFactors,
}

impl SegmentLeastSquares {
    /// `c` and `r` hold a block for each segment, column by column; the last `R` is not used. The index
    /// of a segment whose blocks are singular is the error.
    pub(super) fn new(m: usize, c: &[f64], r: Vec<f64>, gamma: f64) -> Result<Self, usize> {
        let size = m * m;
        let segments = c.len().checked_div(size).unwrap_or(0);
        let mut inverses = Vec::with_capacity(c.len());
        for (i, c) in c.chunks_exact(size.max(1)).enumerate() {
            let mut l = c.to_vec();
            if !cholesky::factor(m, &mut l) {
                return Err(i);
            }
            inverses.extend(cholesky::inverse(m, &l));
        }
        let mut schur = BlockTridiagonal::zeros(m, segments.saturating_sub(1));
        let block = |all: &[f64], i: usize| all[i * size..(i + 1) * size].to_vec();
        for i in 0..segments.saturating_sub(1) {
            let (inverse, next, r_i) = (block(&inverses, i), block(&inverses, i + 1), block(&r, i));
            let half = product(m, &r_i, &inverse);
            let diagonal = &mut schur.diagonal[i * size..(i + 1) * size];
            for col in 0..m {
                for row in 0..m {
                    let sum: f64 = (0..m).map(|k| half[k * m + row] * r_i[k * m + col]).sum();
                    let jump = if row == col { gamma } else { 0.0 };
                    diagonal[col * m + row] = next[col * m + row] + sum + jump;
                }
            }
            if i + 2 < segments {
                let coupling = product(m, &block(&r, i + 1), &next);
                let below = schur.below[i * size..(i + 1) * size].iter_mut();
                below.zip(coupling).for_each(|(below, coupling)| *below = -coupling);
            }
        }
        Ok(Self { m, segments, inverses, r, factors: schur.factor()? })
    }

    /// The coefficients for `d` and `b`, `m` numbers for each segment; the last `b` is not used.
    pub(super) fn solve(&self, d: &[f64], b: &[f64]) -> Vec<f64> {
        let Self { m, segments, .. } = *self;
        if m == 0 {
            return Vec::new();
        }
        let of = |all: &[f64], i: usize| all[i * m..(i + 1) * m].to_vec();
        let scaled: Vec<Vec<f64>> =
            (0..segments).map(|i| times(m, self.block(&self.inverses, i), &of(d, i))).collect();
        let mut lambda = Vec::with_capacity(segments * m);
        for i in 0..segments.saturating_sub(1) {
            let carried = times(m, self.block(&self.r, i), &scaled[i]);
            for k in 0..m {
                lambda.push(carried[k] - scaled[i + 1][k] - b[i * m + k]);
            }
        }
        self.factors.solve(&mut lambda);
        let mut a = Vec::with_capacity(segments * m);
        for i in 0..segments {
            let mut right: Vec<f64> = of(d, i).iter().map(|d| -d).collect();
            if i + 1 < segments {
                let r = self.block(&self.r, i);
                for (k, right) in right.iter_mut().enumerate() {
                    let column = r[k * m..(k + 1) * m].iter();
                    *right += column.zip(&lambda[i * m..]).map(|(r, l)| r * l).sum::<f64>();
                }
            }
            if i > 0 {
                let before = &lambda[(i - 1) * m..i * m];
                right.iter_mut().zip(before).for_each(|(right, before)| *right -= before);
            }
            a.extend(times(m, self.block(&self.inverses, i), &right));
        }
        a
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.factors.bytes() + size_of_val(&self.inverses[..]) + size_of_val(&self.r[..])
    }

    fn block<'b>(&self, all: &'b [f64], i: usize) -> &'b [f64] {
        &all[i * self.m * self.m..(i + 1) * self.m * self.m]
    }
}

/// `A B`.
fn product(m: usize, a: &[f64], b: &[f64]) -> Vec<f64> {
    b.chunks_exact(m).flat_map(|column| times(m, a, column)).collect()
}

/// `A x`.
fn times(m: usize, a: &[f64], x: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; m];
    for (column, x) in a.chunks_exact(m).zip(x) {
        y.iter_mut().zip(column).for_each(|(y, a)| *y += a * x);
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(i: usize) -> f64 {
        ((i * i * 31 + 17 * i + 5) % 97) as f64 / 48.0 - 1.0
    }

    #[test]
    fn constraints_hold_and_nothing_admissible_is_better() {
        for (m, segments) in [(1, 1), (1, 2), (2, 2), (3, 9)] {
            let size = m * m;
            let mut c = vec![0.0; size * segments];
            for i in 0..segments {
                for col in 0..m {
                    for row in 0..m {
                        let x = |k: usize| number(i * 7 + k * 3 + row);
                        let y = |k: usize| number(i * 7 + k * 3 + col);
                        let sum: f64 = (0..m + 1).map(|k| x(k) * y(k)).sum();
                        c[i * size + col * m + row] = sum + f64::from(row == col);
                    }
                }
            }
            let r: Vec<f64> = (0..size * segments).map(|i| 3.0 * number(i + 11)).collect();
            let d: Vec<f64> = (0..m * segments).map(|i| number(i + 3)).collect();
            let b: Vec<f64> = (0..m * segments).map(|i| number(i + 40)).collect();
            let system = SegmentLeastSquares::new(m, &c, r.clone(), 0.0).ok().unwrap();
            let a = system.solve(&d, &b);
            let step = |i: usize, x: &[f64]| times(m, &r[i * size..(i + 1) * size], x);
            for i in 0..segments - 1 {
                let next = step(i, &a[i * m..(i + 1) * m]);
                for k in 0..m {
                    let expected = next[k] + b[i * m + k];
                    assert!((a[(i + 1) * m + k] - expected).abs() < 1e-8 * (1.0 + expected.abs()));
                }
            }
            // The slope of the cost along every admissible direction, which starts as a unit vector.
            for k in 0..m {
                let mut direction = vec![0.0; m];
                direction[k] = 1.0;
                let (mut slope, mut scale) = (0.0, 0.0);
                for i in 0..segments {
                    let gradient = times(m, &c[i * size..(i + 1) * size], &a[i * m..(i + 1) * m]);
                    for l in 0..m {
                        let term = (gradient[l] + d[i * m + l]) * direction[l];
                        slope += term;
                        scale += term.abs();
                    }
                    direction = step(i, &direction);
                }
                assert!(slope.abs() < 1e-9 * scale.max(1.0), "{m} {segments}: {slope} of {scale}");
            }
        }
    }

    #[test]
    fn without_coefficients_there_is_nothing_to_solve() {
        let system = SegmentLeastSquares::new(0, &[], Vec::new(), 0.0).ok().unwrap();
        assert!(system.solve(&[], &[]).is_empty());
        assert_eq!(SegmentLeastSquares::new(1, &[1.0, 0.0], vec![1.0; 2], 0.0).err(), Some(1));
    }
}
