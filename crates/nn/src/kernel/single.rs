use super::Elementwise;
use crate::simd::{Isa, Task, Vector};
use crate::{Activation, Layer, Real};

/// All layers for one sample; the outputs of each layer begin at [`Layer::place`].
pub(crate) struct SingleValue<'a, T> {
    pub(crate) layers: &'a [Layer],
    pub(crate) p: &'a [T],
    pub(crate) x: &'a [T],
    /// Outputs of all layers.
    pub(crate) h: &'a mut [T],
    /// Slopes in the same places; empty if not asked for.
    pub(crate) slope: &'a mut [T],
}

impl<T: Real> Task for SingleValue<'_, T> {
    type Elem = T;
    type Output = ();
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        let Self { layers, p, x, h, slope } = self;
        for (l, layer) in layers.iter().enumerate() {
            let (before, after) = h.split_at_mut(layer.place);
            let input = match l.checked_sub(1).and_then(|l| layers.get(l)) {
                Some(previous) => &before[previous.place..][..layer.inputs],
                None => x,
            };
            let z = &mut after[..layer.padded()];
            dense::<V>(isa, &p[layer.weight_range()], input, &p[layer.bias_range()], z);
            if layer.activation == Activation::Identity {
                continue;
            }
            // Whole vectors: what stands behind the outputs is zero before and of no meaning after.
            let z = &mut z[..layer.outputs.next_multiple_of(V::LANES)];
            let slope = slope.get_mut(layer.place..layer.place + z.len()).unwrap_or(&mut []);
            isa.enter(Elementwise::row(layer.activation, z, slope));
        }
    }
}

/// The tangent of all layers for one sample, after [`SingleValue`] with slopes.
pub(crate) struct SingleJvp<'a, T> {
    pub(crate) layers: &'a [Layer],
    pub(crate) p: &'a [T],
    /// Empty where the parameters are constant.
    pub(crate) p_dot: &'a [T],
    pub(crate) x: &'a [T],
    pub(crate) x_dot: &'a [T],
    pub(crate) h: &'a [T],
    pub(crate) slope: &'a [T],
    /// Tangents of one layer and the one before; the result is in the first one.
    pub(crate) dot: &'a mut [T],
    pub(crate) next: &'a mut [T],
}

impl<T: Real> Task for SingleJvp<'_, T> {
    type Elem = T;
    type Output = ();
    /// `ż = W ḣ + Ẇ h + ḃ`, `ḣ = f'(z) ż`.
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        let Self { layers, p, p_dot, x, x_dot, h, slope, dot, next } = self;
        for (l, layer) in layers.iter().enumerate() {
            let (input, input_dot) = match l.checked_sub(1).and_then(|l| layers.get(l)) {
                Some(previous) => (&h[previous.place..][..layer.inputs], &dot[..layer.inputs]),
                None => (x, x_dot),
            };
            let z = &mut next[..layer.padded()];
            dense::<V>(isa, &p[layer.weight_range()], input_dot, &[], z);
            let moved = if p_dot.is_empty() {
                &[]
            } else {
                // What the parameters add stands where the input was, which has been read.
                let added = &mut dot[..layer.padded()];
                let bias = &p_dot[layer.bias_range()];
                dense::<V>(isa, &p_dot[layer.weight_range()], input, bias, added);
                &*added
            };
            for (z, moved) in z.iter_mut().zip(moved) {
                *z += *moved;
            }
            if layer.activation != Activation::Identity {
                for (z, slope) in z[..layer.outputs].iter_mut().zip(&slope[layer.place..]) {
                    *z *= *slope;
                }
            }
            dot[..layer.outputs].copy_from_slice(&next[..layer.outputs]);
        }
    }
}

/// `y = W x + b`, the columns of `W` one after the other; whole vectors of `y`, with zeros behind its end.
#[inline(always)]
pub(super) fn dense<V: Vector>(
    isa: V::Isa,
    w: &[V::Elem],
    x: &[V::Elem],
    bias: &[V::Elem],
    y: &mut [V::Elem],
) {
    let rows = if x.is_empty() { 0 } else { w.len() / x.len() };
    let mut at = 0;
    while rows - at >= 4 * V::LANES {
        tile::<V, 4, 1>(isa, (w, rows), x, bias, y, at);
        at += 4 * V::LANES;
    }
    if rows - at >= 2 * V::LANES {
        tile::<V, 2, 2>(isa, (w, rows), x, bias, y, at);
        at += 2 * V::LANES;
    }
    if rows - at >= V::LANES {
        tile::<V, 1, 4>(isa, (w, rows), x, bias, y, at);
        at += V::LANES;
    }
    if at < rows {
        tail::<V>(isa, (w, rows), x, bias, y, at);
    }
}

/// `T` vectors of the result, each in `U` partial sums, so that no addition waits for the one before.
#[inline(always)]
fn tile<V: Vector, const T: usize, const U: usize>(
    isa: V::Isa,
    (w, rows): (&[V::Elem], usize),
    x: &[V::Elem],
    bias: &[V::Elem],
    y: &mut [V::Elem],
    at: usize,
) {
    let zero = V::splat(isa, V::Elem::ZERO);
    let mut sums = [[zero; T]; U];
    if !bias.is_empty() {
        let bias = &bias[at..][..T * V::LANES];
        for t in 0..T {
            sums[0][t] = V::load(isa, &bias[t * V::LANES..]);
        }
    }
    let whole = x.len() / U;
    for group in 0..whole {
        for u in 0..U {
            let column = group * U + u;
            let c = V::splat(isa, x[column]);
            let w = &w[column * rows + at..][..T * V::LANES];
            for t in 0..T {
                sums[u][t] = V::load(isa, &w[t * V::LANES..]).mul_add(c, sums[u][t]);
            }
        }
    }
    for column in whole * U..x.len() {
        let c = V::splat(isa, x[column]);
        let w = &w[column * rows + at..][..T * V::LANES];
        for t in 0..T {
            sums[0][t] = V::load(isa, &w[t * V::LANES..]).mul_add(c, sums[0][t]);
        }
    }
    for u in 1..U {
        for t in 0..T {
            sums[0][t] = sums[0][t] + sums[u][t];
        }
    }
    let y = &mut y[at..][..T * V::LANES];
    for t in 0..T {
        sums[0][t].store(&mut y[t * V::LANES..]);
    }
}

/// The last rows, less than a vector.
#[inline(always)]
fn tail<V: Vector>(
    isa: V::Isa,
    (w, rows): (&[V::Elem], usize),
    x: &[V::Elem],
    bias: &[V::Elem],
    y: &mut [V::Elem],
    at: usize,
) {
    const U: usize = 4;
    let zero = V::splat(isa, V::Elem::ZERO);
    let mut sums = [zero; U];
    if !bias.is_empty() {
        sums[0] = V::load_part(isa, &bias[at..rows]);
    }
    let whole = x.len() / U;
    for group in 0..whole {
        for u in 0..U {
            let column = group * U + u;
            let w = V::load_part(isa, &w[column * rows + at..(column + 1) * rows]);
            sums[u] = w.mul_add(V::splat(isa, x[column]), sums[u]);
        }
    }
    for column in whole * U..x.len() {
        let w = V::load_part(isa, &w[column * rows + at..(column + 1) * rows]);
        sums[0] = w.mul_add(V::splat(isa, x[column]), sums[0]);
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).store(&mut y[at..]);
}
