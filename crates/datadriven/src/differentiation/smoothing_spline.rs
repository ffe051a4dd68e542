use super::{Differentiate, Estimate, check, finite};
use crate::{Error, ErrorKind};

/// How much a spline is smoothed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Smoothing {
    /// By generalised cross-validation (Craven and Wahba 1979): no knob.
    #[default]
    CrossValidated,
    /// A fixed α, with times in units of their mean spacing.
    Fixed(f64),
}

/// The cubic smoothing spline: the `g` that minimises `Σ (xᵢ − g(tᵢ))² + α ∫ g″²` (Reinsch 1967),
/// with α chosen by generalised cross-validation. O(n) for each α tried (Green and Silverman 1994,
/// chapter 2; traces as in Hutchinson and de Hoog 1985).
///
/// A natural spline: its second derivative is zero at both ends, so slopes are least certain
/// there. Cross-validation takes the errors as independent.
///
/// ```
/// use datadriven::{Differentiate, SmoothingSpline};
///
/// let t: Vec<f64> = (0..100).map(|i| 0.1 * i as f64).collect();
/// let noisy: Vec<f64> =
///     t.iter().enumerate().map(|(i, t)| t.sin() + 0.02 * (9.0 * (i * i) as f64).sin()).collect();
/// let estimate = SmoothingSpline::default().differentiate(&t, &noisy)?;
/// for (t, slope) in t.iter().zip(&estimate.derivatives).skip(5).take(90) {
///     assert!((slope - t.cos()).abs() < 0.1); // differences would be off by 0.2
/// }
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SmoothingSpline {
    /// How α is chosen.
    pub smoothing: Smoothing,
}

impl Differentiate for SmoothingSpline {
    fn differentiate(&self, t: &[f64], x: &[f64]) -> Result<Estimate, Error> {
        check(t, x, 4)?;
        let n = t.len();
        // Unit mean spacing and unit size: α then means the same on any scale.
        let spacing = (t[n - 1] - t[0]) / (n - 1) as f64;
        let size = x.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        let size = if size > 0.0 { size } else { 1.0 };
        let h: Vec<f64> = t.windows(2).map(|t| (t[1] - t[0]) / spacing).collect();
        let x: Vec<f64> = x.iter().map(|x| x / size).collect();
        let spline = Spline::new(h, x);
        let alpha = match self.smoothing {
            Smoothing::CrossValidated => spline.cross_validated(),
            Smoothing::Fixed(alpha) if alpha > 0.0 && alpha.is_finite() => alpha,
            Smoothing::Fixed(value) => {
                let (setting, expected) = ("alpha", "finite and above 0");
                return Err(ErrorKind::InvalidSetting { setting, value, expected }.into());
            }
        };
        let (values, slopes) = spline.evaluate(alpha);
        finite(Estimate {
            values: values.iter().map(|g| g * size).collect(),
            derivatives: slopes.iter().map(|s| s * size / spacing).collect(),
        })
    }
}

/// The bands of Reinsch's equations `(R + α QᵀQ) γ = Qᵀx`, `g = x − α Q γ`, where γ holds the
/// second derivatives at the inner points, `Q` second divided differences, and `R` their weights.
struct Spline {
    h: Vec<f64>,
    x: Vec<f64>,
    /// Diagonals 0, 1, 2 of `R` and of `QᵀQ`, for each inner point.
    r: Vec<[f64; 3]>,
    qq: Vec<[f64; 3]>,
    qx: Vec<f64>,
}

impl Spline {
    fn new(h: Vec<f64>, x: Vec<f64>) -> Self {
        let inner = x.len() - 2;
        // Column j of Q has the entries 1/hⱼ, −1/hⱼ − 1/hⱼ₊₁, 1/hⱼ₊₁ in the rows j, j + 1, j + 2.
        let q = |j: usize| [1.0 / h[j], -1.0 / h[j] - 1.0 / h[j + 1], 1.0 / h[j + 1]];
        let (mut r, mut qq, mut qx) = (Vec::new(), Vec::new(), Vec::new());
        for j in 0..inner {
            let column = q(j);
            let next = if j + 1 < inner { q(j + 1) } else { [0.0; 3] };
            let last = if j + 2 < inner { q(j + 2) } else { [0.0; 3] };
            r.push([
                (h[j] + h[j + 1]) / 3.0,
                if j + 1 < inner { h[j + 1] / 6.0 } else { 0.0 },
                0.0,
            ]);
            qq.push([
                column.iter().map(|c| c * c).sum(),
                column[1] * next[0] + column[2] * next[1],
                column[2] * last[0],
            ]);
            qx.push((x[j + 2] - x[j + 1]) / h[j + 1] - (x[j + 1] - x[j]) / h[j]);
        }
        Self { h, x, r, qq, qx }
    }

    /// `L D Lᵀ` of `R + α QᵀQ`: the diagonal and two subdiagonals of `L`, row by row downwards.
    fn factor(&self, alpha: f64) -> Vec<[f64; 3]> {
        let n = self.r.len();
        let mut factor: Vec<[f64; 3]> = Vec::with_capacity(n);
        for j in 0..n {
            let [mut d, mut below, mut second]: [f64; 3] =
                core::array::from_fn(|k| self.r[j][k] + alpha * self.qq[j][k]);
            if j >= 1 {
                let [d1, l1, l2] = factor[j - 1];
                d -= d1 * l1 * l1;
                below -= d1 * l1 * l2;
            }
            if j >= 2 {
                let [d2, _, l2] = factor[j - 2];
                d -= d2 * l2 * l2;
            }
            below /= d;
            second /= d;
            factor.push([d, below, second]);
        }
        factor
    }

    /// γ.
    fn curvatures(&self, factor: &[[f64; 3]]) -> Vec<f64> {
        let n = factor.len();
        let mut c = self.qx.clone();
        for j in 0..n {
            if j >= 1 {
                c[j] -= factor[j - 1][1] * c[j - 1];
            }
            if j >= 2 {
                c[j] -= factor[j - 2][2] * c[j - 2];
            }
        }
        for j in (0..n).rev() {
            c[j] /= factor[j][0];
            if j + 1 < n {
                c[j] -= factor[j][1] * c[j + 1];
            }
            if j + 2 < n {
                c[j] -= factor[j][2] * c[j + 2];
            }
        }
        c
    }

    /// `Q γ`: the residual divided by α.
    fn q_times(&self, c: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.x.len()];
        for (j, c) in c.iter().enumerate() {
            product[j] += c / self.h[j];
            product[j + 1] -= c / self.h[j] + c / self.h[j + 1];
            product[j + 2] += c / self.h[j + 1];
        }
        product
    }

    /// The logarithm of `(‖x − g‖² / n) / (tr(I − S) / n)²`, up to a constant.
    ///
    /// `x − g = α Q γ` and `I − S = α Q (R + α QᵀQ)⁻¹ Qᵀ`, so α cancels and nothing is a small
    /// difference of large numbers.
    fn score(&self, alpha: f64) -> f64 {
        let factor = self.factor(alpha);
        let residual: f64 = self.q_times(&self.curvatures(&factor)).iter().map(|r| r * r).sum();
        residual.ln() - 2.0 * self.trace(&factor).ln()
    }

    /// `tr((R + α QᵀQ)⁻¹ QᵀQ)`: only the central bands of the inverse are needed, and follow from
    /// the factor upwards.
    fn trace(&self, factor: &[[f64; 3]]) -> f64 {
        let n = factor.len();
        let mut trace = 0.0;
        // Entries (j+1, j+1), (j+1, j+2), (j+2, j+2) of the inverse.
        let (mut near, mut across, mut far) = (0.0, 0.0, 0.0);
        for j in (0..n).rev() {
            let [d, l1, l2] = factor[j];
            let first = -l1 * near - l2 * across;
            let second = -l1 * across - l2 * far;
            let diagonal = 1.0 / d - l1 * first - l2 * second;
            let [q0, q1, q2] = self.qq[j];
            trace += q0 * diagonal + 2.0 * (q1 * first + q2 * second);
            (near, across, far) = (diagonal, first, near);
        }
        trace
    }

    /// The α with the least score: a grid over its logarithm, then golden section.
    fn cross_validated(&self) -> f64 {
        // Waves as long as the series are damped where α ~ (n / 2π)⁴.
        let highest = 4.0 * (self.x.len() as f64).ln() + 5.0;
        let (lowest, count) = (-14.0, 80);
        let step = (highest - lowest) / f64::from(count);
        let at = |i: i32| lowest + step * f64::from(i);
        let score = |log: f64| {
            let score = self.score(log.exp());
            if score.is_nan() { f64::INFINITY } else { score }
        };
        // The smoothest of equals: a straight line leaves no residual for any α.
        let mut best = (score(at(count)), count);
        for i in (0..count).rev() {
            let here = score(at(i));
            if here < best.0 {
                best = (here, i);
            }
        }
        if best.0 == f64::NEG_INFINITY {
            return at(best.1).exp();
        }
        let golden = 0.5 * (5f64.sqrt() - 1.0);
        let (mut low, mut high) = (at((best.1 - 1).max(0)), at((best.1 + 1).min(count)));
        for _ in 0..30 {
            let width = golden * (high - low);
            let (a, b) = (high - width, low + width);
            if score(a) < score(b) { high = b } else { low = a }
        }
        (0.5 * (low + high)).exp()
    }

    /// Values and slopes at the points.
    fn evaluate(&self, alpha: f64) -> (Vec<f64>, Vec<f64>) {
        let c = self.curvatures(&self.factor(alpha));
        let residual = self.q_times(&c);
        let g: Vec<f64> = self.x.iter().zip(residual).map(|(x, r)| x - alpha * r).collect();
        let n = g.len();
        // Second derivatives at all points: zero at the ends.
        let bend = |i: usize| if i == 0 || i == n - 1 { 0.0 } else { c[i - 1] };
        let slope = |i: usize| {
            if i + 1 < n {
                let h = self.h[i];
                (g[i + 1] - g[i]) / h - h * (2.0 * bend(i) + bend(i + 1)) / 6.0
            } else {
                let h = self.h[i - 1];
                (g[i] - g[i - 1]) / h + h * (2.0 * bend(i) + bend(i - 1)) / 6.0
            }
        };
        let slopes = (0..n).map(slope).collect();
        (g, slopes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_is_that_of_the_influence_matrix() {
        // tr(I − S) = α tr((R + α QᵀQ)⁻¹ QᵀQ), with column i of S the smoothing of a unit vector.
        let h = vec![0.5, 1.5, 1.0, 0.7, 1.3, 2.0];
        let alpha = 0.3;
        let mut trace = 0.0;
        for i in 0..7 {
            let mut unit = vec![0.0; 7];
            unit[i] = 1.0;
            trace += 1.0 - Spline::new(h.clone(), unit).evaluate(alpha).0[i];
        }
        let spline = Spline::new(h, vec![0.0; 7]);
        let banded = alpha * spline.trace(&spline.factor(alpha));
        assert!((banded - trace).abs() < 1e-12, "{banded} {trace}");
    }
}
