use crate::activation::shape::{Shape, with_shape};
use crate::simd::{Task, Vector};
use crate::{Activation, Real};

/// `z ← f(z)`, and `slope ← f'(z)` if it is not empty.
pub(crate) struct Elementwise<'a, T> {
    pub(crate) activation: Activation,
    pub(crate) z: &'a mut [T],
    /// As long as `z`, or empty.
    pub(crate) slope: &'a mut [T],
    /// How many rows of how many numbers, and from one row to the next.
    pub(crate) rows: usize,
    pub(crate) width: usize,
    pub(crate) stride: usize,
}

impl<'a, T> Elementwise<'a, T> {
    /// All of `z`.
    pub(crate) fn row(activation: Activation, z: &'a mut [T], slope: &'a mut [T]) -> Self {
        let width = z.len();
        Self { activation, z, slope, rows: 1, width, stride: width }
    }
}

impl<T: Real> Task for Elementwise<'_, T> {
    type Elem = T;
    type Output = ();
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        let Self { activation, z, slope, rows, width, stride } = self;
        let places = (0..rows).map(|row| row * stride..row * stride + width);
        with_shape!(activation, F => if slope.is_empty() {
            places.for_each(|place| values::<V, F>(isa, &mut z[place]));
        } else {
            for place in places {
                values_and_slopes::<V, F>(isa, &mut z[place.clone()], &mut slope[place]);
            }
        });
    }
}

/// `z ← f(z)`.
#[inline(always)]
fn values<V: Vector, F: Shape>(isa: V::Isa, z: &mut [V::Elem]) {
    let mut chunks = z.chunks_exact_mut(V::LANES);
    for z in &mut chunks {
        let [f] = F::derivatives(isa, V::load(isa, z));
        f.store(z);
    }
    let rest = chunks.into_remainder();
    if !rest.is_empty() {
        let [f] = F::derivatives(isa, V::load_part(isa, rest));
        f.store_part(rest);
    }
}

/// `z ← f(z)`, `slope ← f'(z)`.
#[inline(always)]
fn values_and_slopes<V: Vector, F: Shape>(isa: V::Isa, z: &mut [V::Elem], slope: &mut [V::Elem]) {
    let n = z.len().min(slope.len());
    let (mut z, mut slope) =
        (z[..n].chunks_exact_mut(V::LANES), slope[..n].chunks_exact_mut(V::LANES));
    for (z, slope) in (&mut z).zip(&mut slope) {
        let [f, df] = F::derivatives(isa, V::load(isa, z));
        f.store(z);
        df.store(slope);
    }
    let (z, slope) = (z.into_remainder(), slope.into_remainder());
    if !z.is_empty() {
        let [f, df] = F::derivatives(isa, V::load_part(isa, z));
        f.store_part(z);
        df.store_part(slope);
    }
}

/// Samples whose derivatives are computed together.
pub(super) const CHUNK: usize = 64;

/// The value and derivatives of an activation: `f[k][i]` is the one of order `k` at `z[i]`. At most [`CHUNK`] numbers, whole
/// vectors.
pub(super) struct Derivatives<'a, T> {
    pub(super) activation: Activation,
    pub(super) z: &'a [T],
    /// The values at `z`, or empty if they are not known.
    pub(super) values: &'a [T],
    pub(super) f: &'a mut [[T; CHUNK]; 6],
    /// Whether the fourth and fifth are needed, too.
    pub(super) high: bool,
}

impl<T: Real> Task for Derivatives<'_, T> {
    type Elem = T;
    type Output = ();
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        let Self { activation, z, values, f, high } = self;
        with_shape!(activation, F => match high {
            true => derivatives::<V, F, 6>(isa, z, values, f),
            false => derivatives::<V, F, 4>(isa, z, values, f),
        });
    }
}

#[inline(always)]
fn derivatives<V: Vector, F: Shape, const N: usize>(
    isa: V::Isa,
    z: &[V::Elem],
    values: &[V::Elem],
    f: &mut [[V::Elem; CHUNK]; 6],
) {
    for (i, z) in z.chunks_exact(V::LANES).take(CHUNK / V::LANES).enumerate() {
        let z = V::load(isa, z);
        let all: [V; N] = match values.get(i * V::LANES..(i + 1) * V::LANES) {
            Some(value) => F::from_value(isa, z, V::load(isa, value)),
            None => F::derivatives(isa, z),
        };
        for k in 0..N {
            all[k].store(&mut f[k][i * V::LANES..]);
        }
    }
}
