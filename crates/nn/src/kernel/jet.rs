use super::elementwise::{CHUNK, Derivatives};
use crate::simd::{Isa, Task, Vector};
use crate::{Activation, Real};

/// What an activation does to derivatives along directions, for rows of `z` and `h` that hold the values of all samples, then
/// for each direction the first derivatives of all samples, the second ones, and so on.
pub(crate) struct JetForward<'a, T> {
    pub(crate) activation: Activation,
    pub(crate) z: &'a [T],
    pub(crate) h: &'a mut [T],
    pub(crate) shape: JetRows,
}

/// The same backwards: the cotangents of `h` become those of `z`.
pub(crate) struct JetBackward<'a, T> {
    pub(crate) activation: Activation,
    pub(crate) z: &'a [T],
    /// What the activation made of `z`.
    pub(crate) h: &'a [T],
    pub(crate) bar: &'a mut [T],
    pub(crate) shape: JetRows,
}

/// The shape of the rows.
#[derive(Clone, Copy)]
pub(crate) struct JetRows {
    pub(crate) rows: usize,
    /// From one row to the next.
    pub(crate) stride: usize,
    /// Samples, a multiple of the widest vector.
    pub(crate) samples: usize,
    pub(crate) directions: usize,
    /// The highest derivative, 1 to 4.
    pub(crate) order: usize,
}

impl<T: Real> Task for JetForward<'_, T> {
    type Elem = T;
    type Output = ();
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        let Self { activation, z, h, shape } = self;
        match shape.order {
            1 => forward::<V, 2>(isa, activation, z, h, shape),
            2 => forward::<V, 3>(isa, activation, z, h, shape),
            3 => forward::<V, 4>(isa, activation, z, h, shape),
            _ => forward::<V, 5>(isa, activation, z, h, shape),
        }
    }
}

impl<T: Real> Task for JetBackward<'_, T> {
    type Elem = T;
    type Output = ();
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        let Self { activation, z, h, bar, shape } = self;
        match shape.order {
            1 => backward::<V, 3>(isa, activation, (z, h), bar, shape),
            2 => backward::<V, 4>(isa, activation, (z, h), bar, shape),
            3 => backward::<V, 5>(isa, activation, (z, h), bar, shape),
            _ => backward::<V, 6>(isa, activation, (z, h), bar, shape),
        }
    }
}

/// The rule of Faà di Bruno: with derivatives `z₁ … z₄` along a direction,
/// `h₁ = f₁ z₁`, `h₂ = f₁ z₂ + f₂ z₁²`, `h₃ = f₁ z₃ + 3 f₂ z₁ z₂ + f₃ z₁³`,
/// `h₄ = f₁ z₄ + f₂ (4 z₁ z₃ + 3 z₂²) + 6 f₃ z₁² z₂ + f₄ z₁⁴`. `N` is the order and one.
#[inline(always)]
fn forward<V: Vector, const N: usize>(
    isa: V::Isa,
    activation: Activation,
    z: &[V::Elem],
    h: &mut [V::Elem],
    JetRows { rows, stride, samples, directions, .. }: JetRows,
) {
    let mut chunk = [[V::Elem::ZERO; CHUNK]; 6];
    for row in 0..rows {
        let (z, h) = (&z[row * stride..][..stride], &mut h[row * stride..][..stride]);
        for at in (0..samples).step_by(V::LANES) {
            if at % CHUNK == 0 {
                let z = &z[at..samples.min(at + CHUNK)];
                isa.enter(Derivatives { activation, z, values: &[], f: &mut chunk, high: N > 4 });
            }
            let mut f = [V::splat(isa, V::Elem::ZERO); N];
            for k in 0..N {
                f[k] = V::load(isa, &chunk[k][at % CHUNK..]);
            }
            f[0].store(&mut h[at..]);
            for direction in 0..directions {
                let place = at + (1 + direction * (N - 1)) * samples;
                let z1 = V::load(isa, &z[place..]);
                (f[1] * z1).store(&mut h[place..]);
                if N > 2 {
                    let place = place + samples;
                    let z2 = V::load(isa, &z[place..]);
                    let square = z1 * z1;
                    f[1].mul_add(z2, f[2] * square).store(&mut h[place..]);
                    if N > 3 {
                        let place = place + samples;
                        let z3 = V::load(isa, &z[place..]);
                        let bent = z1 * (f[0].whole(3) * f[2] * z2 + f[3] * square);
                        f[1].mul_add(z3, bent).store(&mut h[place..]);
                        if N > 4 {
                            let place = place + samples;
                            let z4 = V::load(isa, &z[place..]);
                            let second = f[0].whole(4) * z1 * z3 + f[0].whole(3) * z2 * z2;
                            let third = square * (f[0].whole(6) * f[3] * z2 + f[4] * square);
                            let bent = f[2].mul_add(second, third);
                            f[1].mul_add(z4, bent).store(&mut h[place..]);
                        }
                    }
                }
            }
        }
    }
}

/// The transposed derivative of [`forward`], which needs one derivative of `f` more: `N` is the order and two.
#[inline(always)]
fn backward<V: Vector, const N: usize>(
    isa: V::Isa,
    activation: Activation,
    (z, h): (&[V::Elem], &[V::Elem]),
    bar: &mut [V::Elem],
    JetRows { rows, stride, samples, directions, .. }: JetRows,
) {
    let mut chunk = [[V::Elem::ZERO; CHUNK]; 6];
    for row in 0..rows {
        let (z, h) = (&z[row * stride..][..stride], &h[row * stride..][..stride]);
        let bar = &mut bar[row * stride..][..stride];
        for at in (0..samples).step_by(V::LANES) {
            if at % CHUNK == 0 {
                let end = samples.min(at + CHUNK);
                let (z, values) = (&z[at..end], &h[at..end]);
                isa.enter(Derivatives { activation, z, values, f: &mut chunk, high: N > 4 });
            }
            let mut f = [V::splat(isa, V::Elem::ZERO); N];
            for k in 0..N {
                f[k] = V::load(isa, &chunk[k][at % CHUNK..]);
            }
            let zero = f[0].constant(V::Elem::ZERO);
            let mut bar0 = f[1] * V::load(isa, &bar[at..]);
            for direction in 0..directions {
                let place = |k: usize| at + (direction * (N - 2) + k) * samples;
                let (mut zs, mut hs) = ([zero; 5], [zero; 5]);
                for k in 1..N - 1 {
                    zs[k] = V::load(isa, &z[place(k)..]);
                    hs[k] = V::load(isa, &bar[place(k)..]);
                }
                let ([_, z1, z2, z3, z4], [_, h1, h2, h3, h4]) = (zs, hs);
                // h̄ₖ times ∂hₖ/∂zⱼ; the derivative with respect to z₀ raises each f.
                let mut out = [zero; 5];
                out[1] = f[1] * h1;
                bar0 = (f[2] * z1).mul_add(h1, bar0);
                if N > 3 {
                    let square = z1 * z1;
                    out[1] = out[1] + f[0].whole(2) * f[2] * z1 * h2;
                    out[2] = f[1] * h2;
                    bar0 = (f[2] * z2 + f[3] * square).mul_add(h2, bar0);
                    if N > 4 {
                        let both = f[0].whole(3) * (f[2] * z2 + f[3] * square);
                        out[1] = out[1] + both * h3;
                        out[2] = out[2] + f[0].whole(3) * f[2] * z1 * h3;
                        out[3] = f[1] * h3;
                        let bent = z1 * (f[0].whole(3) * f[3] * z2 + f[4] * square);
                        bar0 = (f[2] * z3 + bent).mul_add(h3, bar0);
                        if N > 5 {
                            let second = f[0].whole(4) * z1 * z3 + f[0].whole(3) * z2 * z2;
                            let first = f[0].whole(4) * f[2] * z3
                                + f[0].whole(12) * f[3] * z1 * z2
                                + f[0].whole(4) * f[4] * z1 * square;
                            out[1] = out[1] + first * h4;
                            out[2] = out[2] + f[0].whole(6) * (f[2] * z2 + f[3] * square) * h4;
                            out[3] = out[3] + f[0].whole(4) * f[2] * z1 * h4;
                            out[4] = f[1] * h4;
                            let third = square * (f[0].whole(6) * f[4] * z2 + f[5] * square);
                            let all = f[2] * z4 + f[3] * second + third;
                            bar0 = all.mul_add(h4, bar0);
                        }
                    }
                }
                for k in 1..N - 1 {
                    out[k].store(&mut bar[place(k)..]);
                }
            }
            bar0.store(&mut bar[at..]);
        }
    }
}
