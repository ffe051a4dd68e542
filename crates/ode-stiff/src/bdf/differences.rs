//! Backward differences `Dⱼ = ∇ʲ u` of the polynomial through the past, on a grid of equal steps.

use super::blocks::block;
use super::coefficients::MOST;
use scalar::Scalar;
use system::Buffer;

/// As many as the choice of the order looks at: `D₀ … D₇`.
pub(super) const COUNT: usize = MOST + 3;

#[derive(Clone, Debug)]
pub(super) struct Differences<B>(pub(super) [B; COUNT]);

impl<B: Buffer> Differences<B> {
    pub(super) fn new(u: &B) -> Self {
        Self(std::array::from_fn(|_| u.zeros()))
    }

    #[inline]
    pub(super) fn of(&self, j: usize) -> &[B::Item] {
        self.0[j].as_ref()
    }

    /// The same polynomial on a grid whose step is `ratio` times as long.
    ///
    /// With the values at the new grid points, `vᵢ = Σⱼ Dⱼ Π_{m<j} (m - i ratio) / (m + 1)`, the new
    /// differences are `Σᵢ (-1)ⁱ C(j, i) vᵢ`.
    pub(super) fn rescale(&mut self, q: usize, ratio: f64) {
        let mut change = [[0.0; MOST + 1]; MOST + 1];
        let mut values = [1.0; MOST + 1];
        for j in 1..=q {
            for (i, value) in values.iter_mut().enumerate().take(q + 1) {
                *value *= ((j - 1) as f64 - i as f64 * ratio) / j as f64;
            }
            for (change, signed) in change.iter_mut().zip(&ALTERNATING).take(q + 1).skip(1) {
                change[j] = values.iter().zip(signed).map(|(value, c)| c * value).sum();
            }
        }
        by_order!(q, Q => self.combine::<Q>(&change));
    }

    #[inline(always)]
    fn combine<const Q: usize>(&mut self, change: &[[f64; MOST + 1]; MOST + 1]) {
        let d = self.0.each_mut().map(|d| d.as_mut());
        let n = d[0].len();
        in_blocks!(n, L, i => {
            let old: [[B::Item; L]; MOST] = std::array::from_fn(|j| block(d[j + 1], i));
            for row in 1..=Q {
                let mut sum = old[0].map(|x| x.scale(change[row][1]));
                for j in 1..Q {
                    for l in 0..L {
                        sum[l] = old[j][l].scale_add(change[row][j + 1], sum[l]);
                    }
                }
                d[row][i..i + L].copy_from_slice(&sum);
            }
        });
    }

    /// `predicted = Σ Dⱼ` and `slope = Σ γⱼ Dⱼ / h`, `γⱼ = 1 + 1/2 + … + 1/j`.
    pub(super) fn predict(
        &self,
        q: usize,
        h: f64,
        predicted: &mut [B::Item],
        slope: &mut [B::Item],
    ) {
        by_order!(q, Q => self.predict_by::<Q>(h, predicted, slope));
    }

    #[inline(always)]
    fn predict_by<const Q: usize>(&self, h: f64, predicted: &mut [B::Item], slope: &mut [B::Item]) {
        let (n, inverse) = (predicted.len(), 1.0 / h);
        let weights = HARMONIC.map(|gamma| gamma * inverse);
        let d = self.0.each_ref().map(|d| d.as_ref());
        in_blocks!(n, L, i => {
            let mut value: [B::Item; L] = block(d[0], i);
            let mut rise = [B::Item::zero(); L];
            for j in 1..=Q {
                let d: [B::Item; L] = block(d[j], i);
                for l in 0..L {
                    value[l] += d[l];
                    rise[l] = d[l].scale_add(weights[j], rise[l]);
                }
            }
            predicted[i..i + L].copy_from_slice(&value);
            slope[i..i + L].copy_from_slice(&rise);
        });
    }

    /// The differences at the end of a step whose prediction was corrected by `e`.
    pub(super) fn advance(&mut self, q: usize, e: &[B::Item]) {
        by_order!(q, Q => self.advance_by::<Q>(e));
    }

    #[inline(always)]
    fn advance_by<const Q: usize>(&mut self, e: &[B::Item]) {
        let n = e.len();
        let mut d = self.0.each_mut().map(|d| d.as_mut());
        in_blocks!(n, L, i => {
            let mut sum: [B::Item; L] = block(e, i);
            let mut above: [B::Item; L] = block(d[Q + 1], i);
            for l in 0..L {
                above[l] = sum[l] - above[l];
            }
            d[Q + 2][i..i + L].copy_from_slice(&above);
            d[Q + 1][i..i + L].copy_from_slice(&sum);
            for d in d[..=Q].iter_mut().rev() {
                let own: [B::Item; L] = block(d, i);
                for l in 0..L {
                    sum[l] += own[l];
                }
                d[i..i + L].copy_from_slice(&sum);
            }
        });
    }

    /// `out = u'` at the end: `Σ Dⱼ / (j h)`.
    pub(super) fn slope(&self, q: usize, h: f64, out: &mut [B::Item]) {
        by_order!(q, Q => self.slope_by::<Q>(h, out));
    }

    #[inline(always)]
    fn slope_by<const Q: usize>(&self, h: f64, out: &mut [B::Item]) {
        let n = out.len();
        let weights: [f64; MOST + 1] = std::array::from_fn(|j| 1.0 / (j as f64 * h));
        let d = self.0.each_ref().map(|d| d.as_ref());
        in_blocks!(n, L, i => {
            let mut sum = [B::Item::zero(); L];
            for j in 1..=Q {
                let d: [B::Item; L] = block(d[j], i);
                for l in 0..L {
                    sum[l] = d[l].scale_add(weights[j], sum[l]);
                }
            }
            out[i..i + L].copy_from_slice(&sum);
        });
    }

    /// Component `i` of the polynomial in powers of `(t - tₙ) / h`.
    pub(super) fn powers(&self, q: usize, i: usize) -> [B::Item; MOST + 1] {
        let mut powers = [B::Item::zero(); MOST + 1];
        // Π_{m<j} (x + m) / (m + 1).
        let mut basis = [0.0; MOST + 1];
        basis[0] = 1.0;
        for j in 0..=q {
            let d = self.of(j)[i];
            for (power, &weight) in powers.iter_mut().zip(&basis).take(j + 1) {
                *power = d.scale_add(weight, *power);
            }
            if j < q {
                for k in (0..=j + 1).rev() {
                    let shifted = if k > 0 { basis[k - 1] } else { 0.0 };
                    basis[k] = (basis[k] * j as f64 + shifted) / (j + 1) as f64;
                }
            }
        }
        powers
    }
}

/// `(-1)ⁱ C(j, i)`.
const ALTERNATING: [[f64; MOST + 1]; MOST + 1] = {
    let mut table = [[0.0; MOST + 1]; MOST + 1];
    let mut j = 0;
    while j <= MOST {
        table[j][0] = 1.0;
        let mut i = 1;
        while i <= j {
            table[j][i] = -table[j][i - 1] * (j - i + 1) as f64 / i as f64;
            i += 1;
        }
        j += 1;
    }
    table
};

/// `1 + 1/2 + … + 1/k`.
pub(super) const HARMONIC: [f64; MOST + 1] = [0.0, 1.0, 1.5, 11.0 / 6.0, 25.0 / 12.0, 137.0 / 60.0];

#[cfg(test)]
mod tests {
    use super::*;

    /// Differences of `x⁴ - 2 x³ + x / 3 + 1` at `x = 1` with this step.
    fn quartic(h: f64) -> Differences<[f64; 1]> {
        let p = |x: f64| x.powi(4) - 2.0 * x.powi(3) + x / 3.0 + 1.0;
        let mut d = Differences::new(&[0.0]);
        for (j, d) in d.0.iter_mut().enumerate().take(6) {
            let mut binomial = 1.0;
            for i in 0..=j {
                d[0] += binomial * p(1.0 - i as f64 * h);
                binomial *= -((j - i) as f64) / (i + 1) as f64;
            }
        }
        d
    }

    #[test]
    fn another_grid_gives_the_differences_of_the_same_polynomial() {
        for ratio in [0.3, 0.9, 1.0, 2.5] {
            let (mut d, wanted) = (quartic(0.2), quartic(0.2 * ratio));
            d.rescale(4, ratio);
            for j in 0..=4 {
                assert!((d.of(j)[0] - wanted.of(j)[0]).abs() < 1e-13, "{ratio} {j}");
            }
        }
    }

    #[test]
    fn predictions_slopes_and_powers_are_those_of_the_polynomial() {
        let (h, d) = (0.2, quartic(0.2));
        let (mut value, mut slope) = ([0.0], [0.0]);
        d.predict(4, h, &mut value, &mut slope);
        let x: f64 = 1.2;
        assert!((value[0] - (x.powi(4) - 2.0 * x.powi(3) + x / 3.0 + 1.0)).abs() < 1e-13);
        // u' at the start; and in powers of (x - 1) / h.
        let (derivative, powers) = (4.0 - 6.0 + 1.0 / 3.0, d.powers(4, 0));
        d.slope(4, h, &mut slope);
        assert!((slope[0] - derivative).abs() < 1e-12);
        let wanted = [1.0 / 3.0, h * derivative, 0.0, 2.0 * h.powi(3), h.powi(4)];
        for (power, wanted) in powers.iter().zip(wanted) {
            assert!((power - wanted).abs() < 1e-13, "{powers:?}");
        }
        let mut next = quartic(0.2);
        next.advance(4, &[0.0]);
        assert!((next.of(0)[0] - value[0]).abs() < 1e-13);
    }
}
