use crate::simd::{Task, Vector};
use crate::{Activation, Layer, Real};

/// The reverse sweep for one sample, after [`SingleValue`](super::SingleValue) with slopes.
pub(crate) struct SingleVjp<'a, T> {
    pub(crate) layers: &'a [Layer],
    pub(crate) p: &'a [T],
    pub(crate) x: &'a [T],
    pub(crate) h: &'a [T],
    pub(crate) slope: &'a [T],
    pub(crate) x_bar: &'a mut [T],
    pub(crate) p_bar: &'a mut [T],
    /// The cotangent of the output; then scratch.
    pub(crate) bar: &'a mut [T],
    pub(crate) next: &'a mut [T],
}

impl<T: Real> Task for SingleVjp<'_, T> {
    type Elem = T;
    type Output = ();
    /// With `z = W h + b`, `z̄ = ȳ f'(z)`: `b̄ += z̄`, `W̄ += z̄ hᵀ`, `h̄ = Wᵀ z̄`, column by column.
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        let Self { layers, p, x, h, slope, x_bar, p_bar, mut bar, mut next } = self;
        for (l, layer) in layers.iter().enumerate().rev() {
            let outputs = layer.outputs;
            let z_bar = &mut bar[..layer.padded()];
            z_bar[outputs..].fill(T::ZERO);
            let b_bar = &mut p_bar[layer.bias_range()];
            let slopes = match layer.activation {
                Activation::Identity => None,
                _ => Some(&slope[layer.place..][..outputs]),
            };
            for at in (0..outputs).step_by(V::LANES) {
                let end = outputs.min(at + V::LANES);
                let mut z = V::load(isa, &z_bar[at..]);
                if let Some(slopes) = slopes {
                    z = z * V::load_part(isa, &slopes[at..end]);
                    z.store(&mut z_bar[at..]);
                }
                let b_bar = &mut b_bar[at..end];
                (V::load_part(isa, b_bar) + z).store_part(b_bar);
            }
            let input = match l.checked_sub(1).and_then(|l| layers.get(l)) {
                Some(previous) => &h[previous.place..][..layer.inputs],
                None => x,
            };
            let h_bar = &mut next[..layer.inputs.next_multiple_of(V::LANES)];
            h_bar.fill(T::ZERO);
            let w_bar = &mut p_bar[layer.weight_range()];
            let w = &p[layer.weight_range()];
            let mut at = 0;
            while outputs - at >= 4 * V::LANES {
                columns::<V, 4>(isa, (w, outputs, at), z_bar, input, w_bar, h_bar);
                at += 4 * V::LANES;
            }
            if outputs - at >= 2 * V::LANES {
                columns::<V, 2>(isa, (w, outputs, at), z_bar, input, w_bar, h_bar);
                at += 2 * V::LANES;
            }
            if outputs - at >= V::LANES {
                columns::<V, 1>(isa, (w, outputs, at), z_bar, input, w_bar, h_bar);
                at += V::LANES;
            }
            last_rows(w, (outputs, at), z_bar, input, w_bar, h_bar);
            core::mem::swap(&mut bar, &mut next);
        }
        for (x_bar, bar) in x_bar.iter_mut().zip(bar) {
            *x_bar += *bar;
        }
    }
}

/// `h̄ += Wᵀ z̄`, `W̄ += z̄ hᵀ` for `T` vectors of rows, which stay in registers. The sums of as many columns as a vector has
/// lanes are taken together.
#[inline(always)]
fn columns<V: Vector, const T: usize>(
    isa: V::Isa,
    (w, rows, at): (&[V::Elem], usize, usize),
    z_bar: &[V::Elem],
    h: &[V::Elem],
    w_bar: &mut [V::Elem],
    h_bar: &mut [V::Elem],
) {
    const MOST: usize = 16;
    let zero = V::splat(isa, V::Elem::ZERO);
    let z_bar = &z_bar[at..][..T * V::LANES];
    let mut z = [zero; T];
    for t in 0..T {
        z[t] = V::load(isa, &z_bar[t * V::LANES..]);
    }
    for start in (0..h.len()).step_by(V::LANES) {
        let mut sums = [zero; MOST];
        let n = V::LANES.min(h.len() - start);
        for (j, &h) in h[start..start + n].iter().enumerate() {
            let place = (start + j) * rows + at;
            let (w, w_bar) = (&w[place..][..T * V::LANES], &mut w_bar[place..][..T * V::LANES]);
            let h = V::splat(isa, h);
            let mut dot = V::load(isa, w) * z[0];
            for t in 1..T {
                dot = V::load(isa, &w[t * V::LANES..]).mul_add(z[t], dot);
            }
            for t in 0..T {
                let w_bar = &mut w_bar[t * V::LANES..];
                z[t].mul_add(h, V::load(isa, w_bar)).store(w_bar);
            }
            sums[j] = dot;
        }
        let h_bar = &mut h_bar[start..];
        (V::load(isa, h_bar) + V::sums(&sums)).store(h_bar);
    }
}

/// The same for the last rows, less than a vector, one by one: parts of vectors would be read right after their neighbours have
/// been written, for which a CPU waits.
#[inline(always)]
fn last_rows<T: Real>(
    w: &[T],
    (rows, at): (usize, usize),
    z_bar: &[T],
    h: &[T],
    w_bar: &mut [T],
    h_bar: &mut [T],
) {
    let z_bar = &z_bar[at..rows];
    if z_bar.is_empty() {
        return;
    }
    let columns = w.chunks_exact(rows).zip(w_bar.chunks_exact_mut(rows));
    for (((w, w_bar), &h), h_bar) in columns.zip(h).zip(h_bar) {
        for ((&w, w_bar), &z) in w[at..].iter().zip(&mut w_bar[at..]).zip(z_bar) {
            *h_bar += w * z;
            *w_bar += h * z;
        }
    }
}
