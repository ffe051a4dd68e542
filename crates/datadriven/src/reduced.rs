use crate::least_squares::{Dependence, PivotedQr, triangular_factor};
use faer::{Mat, MatRef};

/// A regression of several targets on the same terms, reduced to the size of the library.
///
/// Columns are scaled to unit length; then `[Θ Y] = Q [R Z; 0 T]`, so that for every support and
/// target `‖Θ b − y‖² = ‖R b − z‖² + ‖t‖²`. All thresholds and supports are tried on `R`, whose
/// size does not depend on the number of rows.
#[derive(Clone, Debug)]
pub(crate) struct Reduced {
    r: Mat<f64>,
    z: Vec<Vec<f64>>,
    tail: Vec<f64>,
    term_scale: Vec<f64>,
    target_scale: Vec<f64>,
    rows: usize,
}

impl Reduced {
    /// Reduces the given rows and columns of Θ (m × k) and Y (m × n), m > k. O(m (k + n)²).
    pub(crate) fn new(
        theta: MatRef<'_, f64>,
        y: MatRef<'_, f64>,
        rows: &[usize],
        terms: &[usize],
    ) -> Self {
        let (k, n) = (terms.len(), y.ncols());
        let mut a = Mat::from_fn(rows.len(), k + n, |i, j| {
            if j < k { theta[(rows[i], terms[j])] } else { y[(rows[i], j - k)] }
        });
        let mut scale = Vec::with_capacity(k + n);
        for j in 0..k + n {
            let length = length((0..rows.len()).map(|i| a[(i, j)]));
            // A zero column stays zero: the rank test finds it.
            scale.push(if length > 0.0 { length } else { 1.0 });
            for i in 0..rows.len() {
                a[(i, j)] /= scale[j];
            }
        }
        let r = triangular_factor(a);
        let target_scale = scale.split_off(k);
        let z = (0..n).map(|j| (0..k).map(|i| r[(i, k + j)]).collect()).collect();
        let square = |i: usize, j: usize| r[(i, k + j)] * r[(i, k + j)];
        let tail = (0..n).map(|j| (k..r.nrows().min(k + j + 1)).map(|i| square(i, j)).sum());
        Self {
            z,
            tail: tail.collect(),
            r: Mat::from_fn(k, k, |i, j| r[(i, j)]),
            term_scale: scale,
            target_scale,
            rows: rows.len(),
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn terms(&self) -> usize {
        self.term_scale.len()
    }

    /// Coefficient in the data's units for one unit of the scaled coefficient.
    pub(crate) fn unit(&self, term: usize, target: usize) -> f64 {
        self.target_scale[target] / self.term_scale[term]
    }

    /// Norm of a term.
    pub(crate) fn term_scale(&self, term: usize) -> f64 {
        self.term_scale[term]
    }

    /// Norm of a target: what one scaled unit of residual is worth.
    pub(crate) fn target_scale(&self, target: usize) -> f64 {
        self.target_scale[target]
    }

    /// Whether a target vanishes on every row.
    pub(crate) fn is_zero(&self, target: usize) -> bool {
        self.tail[target] == 0.0 && self.z[target].iter().all(|&z| z == 0.0)
    }

    /// Columns of `R`, scaled.
    pub(crate) fn columns(&self, support: &[usize]) -> Mat<f64> {
        Mat::from_fn(self.terms(), support.len(), |i, j| self.r[(i, support[j])])
    }

    /// Factors the columns of a support, which is not empty.
    pub(crate) fn factor(&self, support: &[usize]) -> Result<PivotedQr, Dependence> {
        PivotedQr::new(self.columns(support), self.rows).map_err(|d| d.named(support))
    }

    /// Scaled coefficients on a support by least squares with a penalty `Σ (wⱼ bⱼ)²`.
    pub(crate) fn solve(
        &self,
        target: usize,
        support: &[usize],
        weight: Option<impl Fn(usize) -> f64>,
    ) -> Result<Vec<f64>, Dependence> {
        let Some(weight) = weight else {
            return Ok(self.factor(support)?.solve(&self.z[target]));
        };
        let (k, s) = (self.terms(), support.len());
        let a = Mat::from_fn(k + s, s, |i, j| match i.checked_sub(k) {
            None => self.r[(i, support[j])],
            Some(i) if i == j => weight(support[j]),
            Some(_) => 0.0,
        });
        let mut rhs = self.z[target].clone();
        rhs.resize(k + s, 0.0);
        let qr = PivotedQr::new(a, self.rows).map_err(|d| d.named(support))?;
        Ok(qr.solve(&rhs))
    }

    /// `‖R b − z‖² + ‖t‖²`, scaled, and a bound below which it is only rounding.
    pub(crate) fn residual(&self, target: usize, support: &[usize], b: &[f64]) -> (f64, f64) {
        let (mut sum, mut size) = (self.tail[target], 1.0);
        for i in 0..self.terms() {
            let fitted: f64 = support.iter().zip(b).map(|(&j, b)| self.r[(i, j)] * b).sum();
            sum += (fitted - self.z[target][i]).powi(2);
        }
        for b in b {
            size += b * b; // columns have unit length
        }
        let ulps = 4.0 * (1 + support.len()) as f64 * f64::EPSILON;
        (sum, ulps * ulps * size)
    }
}

impl Dependence {
    /// In terms of the whole library instead of positions within the support.
    fn named(mut self, support: &[usize]) -> Self {
        for (column, on) in &mut self.columns {
            *column = support[*column];
            on.iter_mut().for_each(|j| *j = support[*j]);
        }
        self
    }
}

/// The Euclidean length, without overflow or underflow.
fn length(column: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = column.clone().fold(0.0f64, |m, x| m.max(x.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * column.map(|x| (x / largest).powi(2)).sum::<f64>().sqrt()
}
