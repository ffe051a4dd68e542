use crate::Parts;

/// `y = c x - weights product`, of `c`, `x`, `product`, `weights` and `y`.
type Shift<S> = fn(f64, &[f64], &[S], &[f64], &mut [f64]);

/// How slices of numbers are taken apart into slices of real numbers, and put together.
#[derive(Clone, Copy)]
pub(super) struct Reals<S> {
    /// How many real numbers each carries, the value first.
    pub(super) parts: usize,
    /// Part `k` of each.
    pub(super) take: fn(&[S], usize, &mut [f64]),
    /// Of a product, with its values.
    pub(super) shift: Shift<S>,
    /// Sets part `k` of each.
    pub(super) put: fn(&[f64], usize, &mut [S]),
}

impl<S: Parts> Reals<S> {
    pub(super) const NEW: Self = Self {
        parts: S::PARTS,
        take: |from, k, to| {
            for (to, from) in to.iter_mut().zip(from) {
                *to = from.part(k);
            }
        },
        shift: |c, x, product, weights, y| {
            for (((y, x), product), weight) in y.iter_mut().zip(x).zip(product).zip(weights) {
                *y = c * x - product.part(0) * weight;
            }
        },
        put: |from, k, to| {
            for (to, &from) in to.iter_mut().zip(from) {
                to.set_part(k, from);
            }
        },
    };
}
