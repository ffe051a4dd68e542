//! Nordsieck's array: the scaled derivatives `z_j = h^j u^(j) / j!` of the polynomial through the past.

use super::blocks::block;
use super::coefficients::MOST;
use scalar::Scalar;
use system::Buffer;

/// The columns `z₀ … z₅`.
#[derive(Clone, Debug)]
pub(super) struct History<B>(pub(super) [B; MOST + 1]);

impl<B: Buffer> History<B> {
    pub(super) fn new(u: &B) -> Self {
        Self(std::array::from_fn(|_| u.zeros()))
    }

    #[inline]
    pub(super) fn column(&self, j: usize) -> &[B::Item] {
        self.0[j].as_ref()
    }

    #[inline]
    pub(super) fn column_mut(&mut self, j: usize) -> &mut [B::Item] {
        self.0[j].as_mut()
    }

    /// The array a step later, where nothing is corrected: each column scaled by a power of
    /// `ratio`, the step's length over that of the array, and the polynomial shifted by one.
    /// `slope` becomes `z₁ / h`.
    #[inline]
    pub(super) fn predict(
        &self,
        q: usize,
        (ratio, h): (f64, f64),
        predicted: &mut Self,
        slope: &mut [B::Item],
    ) {
        by_order!(q, Q => self.predict_by::<Q>(ratio, 1.0 / h, predicted, slope));
    }

    #[inline(always)]
    fn predict_by<const Q: usize>(
        &self,
        ratio: f64,
        inverse: f64,
        predicted: &mut Self,
        slope: &mut [B::Item],
    ) {
        let n = slope.len();
        let mut powers = [1.0; MOST + 1];
        for j in 1..=Q {
            powers[j] = powers[j - 1] * ratio;
        }
        let from = self.0.each_ref().map(|column| &column.as_ref()[..n]);
        let mut to = predicted.0.each_mut().map(|column| &mut column.as_mut()[..n]);
        in_blocks!(n, L, i => {
            shift::<_, Q, L>(i, &powers, &from, &mut to, (slope, inverse));
        });
    }

    /// `z_j = predicted_j + l_j e`.
    #[inline]
    pub(super) fn correct(
        &mut self,
        q: usize,
        predicted: &Self,
        l: &[f64; MOST + 1],
        e: &[B::Item],
    ) {
        by_order!(q, Q => self.correct_by::<Q>(predicted, l, e));
    }

    #[inline(always)]
    fn correct_by<const Q: usize>(
        &mut self,
        predicted: &Self,
        l_of: &[f64; MOST + 1],
        e: &[B::Item],
    ) {
        let n = e.len();
        let from = predicted.0.each_ref().map(|column| column.as_ref());
        let to = self.0.each_mut().map(|column| column.as_mut());
        in_blocks!(n, L, i => {
            let e: [B::Item; L] = block(e, i);
            for j in 1..=Q {
                let mut z: [B::Item; L] = block(from[j], i);
                for l in 0..L {
                    z[l] = e[l].scale_add(l_of[j], z[l]);
                }
                to[j][i..i + L].copy_from_slice(&z);
            }
        });
    }

    /// `z_j += weights_j column` for `2 ≤ j ≤ last`.
    pub(super) fn add(&mut self, last: usize, weights: &[f64], sign: f64, column: usize) {
        let (low, high) = self.0.split_at_mut(column);
        let Some(added) = high.first() else { return };
        for (j, z) in low.iter_mut().enumerate().take(last + 1).skip(2) {
            for (z, &x) in z.as_mut().iter_mut().zip(added.as_ref()) {
                *z = x.scale_add(sign * weights[j], *z);
            }
        }
    }
}

/// Shifts the polynomials of `L` components from `i` on.
#[inline(always)]
fn shift<S: Scalar, const Q: usize, const L: usize>(
    i: usize,
    powers: &[f64; MOST + 1],
    from: &[&[S]; MOST + 1],
    to: &mut [&mut [S]; MOST + 1],
    (slope, inverse): (&mut [S], f64),
) {
    let mut z = [[S::zero(); L]; MOST + 1];
    for j in 0..=Q {
        let from = &from[j][i..i + L];
        for l in 0..L {
            z[j][l] = if j == 0 { from[l] } else { from[l].scale(powers[j]) };
        }
    }
    // Pascal's triangle by repeated additions, written out: an array is in registers only where every
    // index is a constant.
    macro_rules! from_below {
        ($($k:literal)*) => {$(
            if $k <= Q {
                from_below!(@to $k, 5 4 3 2 1);
            }
        )*};
        (@to $k:literal, $($j:literal)*) => {$(
            if $k <= $j && $j <= Q {
                for l in 0..L {
                    z[$j - 1][l] += z[$j][l];
                }
            }
        )*};
    }
    from_below!(1 2 3 4 5);
    for j in 0..=Q {
        to[j][i..i + L].copy_from_slice(&z[j]);
    }
    for (slope, z) in slope[i..i + L].iter_mut().zip(z[1]) {
        *slope = z.scale(inverse);
    }
}
