//! Orthonormal bases of a few long columns.

use scalar::Scalar;

/// A column that keeps less than this of its length is a combination of the others.
const DEPENDENT: f64 = 1e-13;

/// Makes bases; where columns are missing, with directions that are random but the same in every run
/// (SplitMix64, Steele, Lea and Flood 2014).
pub(super) struct Basis {
    state: u64,
    /// A direction that all columns avoid.
    avoid: Option<Vec<f64>>,
}

impl Basis {
    pub(super) fn new() -> Self {
        Self { state: 0x5AD0, avoid: None }
    }

    /// From now on columns that are drawn are orthogonal to `f`, if that is not zero.
    pub(super) fn avoid(&mut self, f: &[f64]) {
        let size = length(f);
        let unit = f.iter().map(|f| f / size).collect();
        self.avoid = (size > 0.0 && size.is_finite()).then_some(unit);
    }

    /// `A = Q R` in place for the first `n` numbers of each column, which are `stride` apart, by
    /// Gram–Schmidt, twice for each column; `R` is upper triangular, column by column. A column that
    /// depends on the earlier ones is replaced by a random one and has a zero on the diagonal of `R`.
    /// `false` where a number is not finite.
    pub(super) fn orthonormalize(
        &mut self,
        (n, stride): (usize, usize),
        columns: &mut [f64],
        r: &mut [f64],
    ) -> bool {
        let m = columns.len() / stride;
        r[..m * m].fill(0.0);
        for j in 0..m {
            let (done, rest) = columns.split_at_mut(j * stride);
            let (column, r) = (&mut rest[..n], &mut r[j * m..(j + 1) * m]);
            let size = length(column);
            if !size.is_finite() {
                return false;
            }
            let left = remove((n, stride), done, column, r);
            if left > DEPENDENT * size {
                r[j] = left;
                column.iter_mut().for_each(|x| *x /= left);
                continue;
            }
            let mut unused = vec![0.0; m];
            for _ in 0..20 {
                column.iter_mut().for_each(|x| *x = self.draw());
                if let Some(avoid) = &self.avoid {
                    for _ in 0..2 {
                        f64::axpy(-f64::dot(avoid, column), avoid, column);
                    }
                }
                let left = remove((n, stride), done, column, &mut unused);
                if left > 1e-6 {
                    column.iter_mut().for_each(|x| *x /= left);
                    break;
                }
            }
        }
        true
    }

    /// Uniform in (-½, ½).
    fn draw(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }
}

/// Removes from `column` what lies in the span of the orthonormal columns `done`, adds the coefficients
/// to `r` and returns the length of what is left.
fn remove((n, stride): (usize, usize), done: &[f64], column: &mut [f64], r: &mut [f64]) -> f64 {
    for _ in 0..2 {
        for (r, q) in r.iter_mut().zip(done.chunks_exact(stride)) {
            let part = f64::dot(&q[..n], column);
            f64::axpy(-part, &q[..n], column);
            *r += part;
        }
    }
    length(column)
}

/// The Euclidean norm, without overflow or underflow.
fn length(x: &[f64]) -> f64 {
    let largest = x.iter().fold(0.0f64, |m, x| if x.is_nan() { *x } else { m.max(x.abs()) });
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * x.iter().map(|x| (x / largest) * (x / largest)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_multiply_to_the_columns() {
        let (n, stride, m) = (5, 6, 3);
        let given: Vec<f64> = (0..stride * m).map(|i| (i as f64 * 1.7).sin() * 1e3).collect();
        let (mut q, mut r) = (given.clone(), vec![f64::NAN; m * m]);
        assert!(Basis::new().orthonormalize((n, stride), &mut q, &mut r));
        for j in 0..m {
            for i in 0..n {
                let product: f64 = (0..m).map(|k| q[k * stride + i] * r[j * m + k]).sum();
                assert!((product - given[j * stride + i]).abs() < 1e-10);
            }
            assert_eq!(q[j * stride + n], given[j * stride + n], "what is behind stays");
        }
    }

    #[test]
    fn dependent_columns_are_replaced() {
        let (n, m) = (4, 3);
        let mut q = [1.0, 2.0, 3.0, 4.0, 2.0, 4.0, 6.0, 8.0, 0.0, 0.0, 0.0, 0.0];
        let (mut r, mut basis) = (vec![0.0; m * m], Basis::new());
        let avoid = [2.0, -1.0, 0.0, 0.0];
        basis.avoid(&avoid);
        assert!(basis.orthonormalize((n, n), &mut q, &mut r));
        assert_eq!((r[m + 1], r[2 * m + 2]), (0.0, 0.0));
        for i in 0..m {
            for j in 0..m {
                let dot = f64::dot(&q[i * n..(i + 1) * n], &q[j * n..(j + 1) * n]);
                assert!((dot - if i == j { 1.0 } else { 0.0 }).abs() < 1e-12);
            }
            assert!(f64::dot(&q[i * n..(i + 1) * n], &avoid).abs() < 1e-12);
        }
        q[1] = f64::NAN;
        assert!(!basis.orthonormalize((n, n), &mut q, &mut r));
    }
}
