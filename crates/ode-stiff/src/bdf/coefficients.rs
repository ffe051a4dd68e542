//! The coefficients of BDF with variable steps in Nordsieck form.

/// Highest order: beyond, BDF is not even zero-stable enough to be of use.
pub(super) const MOST: usize = 5;

/// What a step of order `q` from its history needs to know.
///
/// With `ξᵢ = (tₙ - tₙ₋ᵢ) / h` the correction of the predicted polynomial is `e Λ(x)`,
/// `Λ(x) = (1 + x / ξ*) Π (1 + x / ξᵢ)` over `i = 1 … q-1` (Jackson and Sacks-Davis: the leading
/// coefficient `l₁` depends on the order only).
#[derive(Clone, Copy, Debug)]
pub(super) struct Coefficients {
    /// Of powers of `x` in `Λ`.
    pub(super) l: [f64; MOST + 1],
    /// The local error of order `q` is `error · e`.
    pub(super) error: f64,
    /// What makes the derivative of order `q + 2` of the corrections of two steps.
    pub(super) second: f64,
    /// The local error of order `q - 1` is `below · z_q`.
    pub(super) below: f64,
    /// The local error of order `q + 1`, of the difference of two corrections.
    pub(super) above: f64,
}

impl Coefficients {
    pub(super) const NONE: Self =
        Self { l: [0.0; MOST + 1], error: 0.0, second: 0.0, below: 0.0, above: 0.0 };

    /// For a step of length `h` and the lengths `past` of those before it, the latest first.
    pub(super) fn new(q: usize, h: f64, past: &[f64; MOST + 1], neighbours: bool) -> Self {
        let order = q as f64;
        let mut l = [0.0; MOST + 1];
        (l[0], l[1]) = (1.0, 1.0);
        let (mut inverse, mut starred) = (1.0, 1.0);
        let (mut alpha0, mut alpha0_hat) = (-1.0, -1.0);
        let mut sum = h;
        if q > 1 {
            for j in 2..q {
                sum += past[j - 2];
                inverse = h / sum;
                alpha0 -= 1.0 / j as f64;
                for i in (1..=j).rev() {
                    l[i] += l[i - 1] * inverse;
                }
            }
            alpha0 -= 1.0 / order;
            starred = -l[1] - alpha0;
            sum += past[q - 2];
            inverse = h / sum;
            alpha0_hat = -l[1] - inverse;
            for i in (1..=q).rev() {
                l[i] += l[i - 1] * starred;
            }
        }
        let a1 = 1.0 - alpha0_hat + alpha0;
        let a2 = 1.0 + order * a1;
        let error = (a1 / (alpha0 * a2)).abs();
        let second = (a2 * starred / (l[q] * inverse)).abs();
        let (mut below, mut above) = (1.0, 0.0);
        if neighbours {
            if q > 1 {
                let a3 = alpha0 + 1.0 / order;
                let a4 = alpha0_hat + inverse;
                below = (starred / l[q] * (1.0 - a4 + a3) / a3).abs();
            }
            inverse = h / (sum + past[q - 1]);
            let a5 = alpha0 - 1.0 / (order + 1.0);
            let a6 = alpha0_hat - inverse;
            above = ((1.0 - a6 + a5) / a2 / (inverse * (order + 2.0) * a5)).abs();
        }
        Self { l, error, second, below, above }
    }
}

/// What `z_{q+1}` is in terms of the last correction, and how the other columns change with it:
/// the coefficients of `x² (x + ξ₁) … (x + ξ_{q-1})`.
pub(super) fn raise(q: usize, h: f64, past: &[f64; MOST + 1]) -> (f64, [f64; MOST + 2]) {
    let mut l = [0.0; MOST + 2];
    l[2] = 1.0;
    let (mut alpha0, mut alpha1, mut product, mut before) = (-1.0, 1.0, 1.0, 1.0);
    let mut sum = h;
    for j in 1..q {
        sum += past[j];
        let xi = sum / h;
        product *= xi;
        alpha0 -= 1.0 / (j + 1) as f64;
        alpha1 += 1.0 / xi;
        for i in (2..=j + 2).rev() {
            l[i] = l[i] * before + l[i - 1];
        }
        before = xi;
    }
    ((-alpha0 - alpha1) / product, l)
}

/// How the columns change with `z_q` when the order falls from `q`: the coefficients of
/// `x² (x + ξ₁) … (x + ξ_{q-2})`.
pub(super) fn lower(q: usize, h: f64, past: &[f64; MOST + 1]) -> [f64; MOST + 2] {
    let mut l = [0.0; MOST + 2];
    l[2] = 1.0;
    let mut sum = 0.0;
    for j in 1..q.saturating_sub(1) {
        sum += past[j - 1];
        let xi = sum / h;
        for i in (2..=j + 2).rev() {
            l[i] = l[i] * xi + l[i - 1];
        }
    }
    l
}
