use super::elementwise::{CHUNK, Derivatives};
use crate::simd::{Isa, Task, Vector};
use crate::{Activation, Real};

/// What an activation does to value, first derivatives along directions and weighted sum of the second ones, for rows of `z`
/// and `h` that hold the values of all samples, the first derivatives along each direction, and the sum.
pub(crate) struct LaplacianForward<'a, T> {
    pub(crate) activation: Activation,
    pub(crate) z: &'a [T],
    pub(crate) h: &'a mut [T],
    pub(crate) shape: LaplacianRows<'a, T>,
}

/// The same backwards: the cotangents of `h` become those of `z`.
pub(crate) struct LaplacianBackward<'a, T> {
    pub(crate) activation: Activation,
    pub(crate) z: &'a [T],
    /// What the activation made of `z`.
    pub(crate) h: &'a [T],
    pub(crate) bar: &'a mut [T],
    pub(crate) shape: LaplacianRows<'a, T>,
}

/// The shape of the rows.
#[derive(Clone, Copy)]
pub(crate) struct LaplacianRows<'a, T> {
    pub(crate) rows: usize,
    /// From one row to the next.
    pub(crate) stride: usize,
    /// Samples, a multiple of the widest vector.
    pub(crate) samples: usize,
    /// The weight of the second derivative along each direction.
    pub(crate) weights: &'a [T],
}

impl<T: Real> Task for LaplacianForward<'_, T> {
    type Elem = T;
    type Output = ();
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        let Self { activation, z, h, shape } = self;
        forward::<V>(isa, activation, z, h, shape);
    }
}

impl<T: Real> Task for LaplacianBackward<'_, T> {
    type Elem = T;
    type Output = ();
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        let Self { activation, z, h, bar, shape } = self;
        backward::<V>(isa, activation, (z, h), bar, shape);
    }
}

/// `hᵢ = f₁ zᵢ` along each direction, `h_L = f₁ z_L + f₂ Σ wᵢ zᵢ²`.
#[inline(always)]
fn forward<V: Vector>(
    isa: V::Isa,
    activation: Activation,
    z: &[V::Elem],
    h: &mut [V::Elem],
    LaplacianRows { rows, stride, samples, weights }: LaplacianRows<'_, V::Elem>,
) {
    let last = (weights.len() + 1) * samples;
    let mut chunk = [[V::Elem::ZERO; CHUNK]; 6];
    for row in 0..rows {
        let (z, h) = (&z[row * stride..][..stride], &mut h[row * stride..][..stride]);
        for at in (0..samples).step_by(V::LANES) {
            if at % CHUNK == 0 {
                let z = &z[at..samples.min(at + CHUNK)];
                isa.enter(Derivatives { activation, z, values: &[], f: &mut chunk, high: false });
            }
            let mut f = [V::splat(isa, V::Elem::ZERO); 3];
            for k in 0..3 {
                f[k] = V::load(isa, &chunk[k][at % CHUNK..]);
            }
            f[0].store(&mut h[at..]);
            let mut squares = f[0].constant(V::Elem::ZERO);
            let mut place = at;
            for &weight in weights {
                place += samples;
                let z = V::load(isa, &z[place..]);
                squares = (z * V::splat(isa, weight)).mul_add(z, squares);
                (f[1] * z).store(&mut h[place..]);
            }
            let z = V::load(isa, &z[at + last..]);
            f[1].mul_add(z, f[2] * squares).store(&mut h[at + last..]);
        }
    }
}

/// `z̄_L = f₁ h̄_L`, `z̄ᵢ = f₁ h̄ᵢ + 2 f₂ wᵢ zᵢ h̄_L`,
/// `z̄ = f₁ h̄ + f₂ Σ zᵢ h̄ᵢ + (f₂ z_L + f₃ Σ wᵢ zᵢ²) h̄_L`.
#[inline(always)]
fn backward<V: Vector>(
    isa: V::Isa,
    activation: Activation,
    (z, h): (&[V::Elem], &[V::Elem]),
    bar: &mut [V::Elem],
    LaplacianRows { rows, stride, samples, weights }: LaplacianRows<'_, V::Elem>,
) {
    let last = (weights.len() + 1) * samples;
    let mut chunk = [[V::Elem::ZERO; CHUNK]; 6];
    for row in 0..rows {
        let (z, h) = (&z[row * stride..][..stride], &h[row * stride..][..stride]);
        let bar = &mut bar[row * stride..][..stride];
        for at in (0..samples).step_by(V::LANES) {
            if at % CHUNK == 0 {
                let end = samples.min(at + CHUNK);
                let (z, values) = (&z[at..end], &h[at..end]);
                isa.enter(Derivatives { activation, z, values, f: &mut chunk, high: false });
            }
            let mut f = [V::splat(isa, V::Elem::ZERO); 4];
            for k in 0..4 {
                f[k] = V::load(isa, &chunk[k][at % CHUNK..]);
            }
            let zero = f[0].constant(V::Elem::ZERO);
            let bar_last = V::load(isa, &bar[at + last..]);
            let bent = (f[2] + f[2]) * bar_last;
            let (mut squares, mut products) = (zero, zero);
            let mut place = at;
            for &weight in weights {
                place += samples;
                let (z, h_bar) = (V::load(isa, &z[place..]), V::load(isa, &bar[place..]));
                let weighted = z * V::splat(isa, weight);
                squares = weighted.mul_add(z, squares);
                products = z.mul_add(h_bar, products);
                f[1].mul_add(h_bar, bent * weighted).store(&mut bar[place..]);
            }
            let second = f[2].mul_add(V::load(isa, &z[at + last..]), f[3] * squares);
            let value = f[1].mul_add(V::load(isa, &bar[at..]), f[2] * products);
            second.mul_add(bar_last, value).store(&mut bar[at..]);
            (f[1] * bar_last).store(&mut bar[at + last..]);
        }
    }
}
