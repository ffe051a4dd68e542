use super::Elementwise;
use crate::simd::{Isa, Task, Vector};
use crate::{Activation, Real};

/// A linear layer for a batch: `y = A x + b`, a row of numbers per unit.
pub(crate) struct Product<'a, T> {
    /// `A`, column by column.
    pub(crate) a: &'a [T],
    /// Empty for none.
    pub(crate) bias: &'a [T],
    /// To how many numbers of a row the bias is added: the values, not their derivatives.
    pub(crate) biased: usize,
    /// What the result is multiplied with, row by row; empty for nothing.
    pub(crate) factor: &'a [T],
    /// Rows of the input and of the output.
    pub(crate) x: &'a [T],
    pub(crate) y: &'a mut [T],
    pub(crate) shape: Rows,
}

/// The shape of a product.
#[derive(Clone, Copy)]
pub(crate) struct Rows {
    /// Rows of the input.
    pub(crate) inputs: usize,
    /// Rows of the output.
    pub(crate) outputs: usize,
    /// Numbers of a row that are computed: a multiple of the widest vector.
    pub(crate) columns: usize,
    /// From one row to the next.
    pub(crate) stride: usize,
}

impl<T: Real> Task for Product<'_, T> {
    type Elem = T;
    type Output = ();
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(mut self, isa: V::Isa) {
        let mut at = 0;
        while at < self.shape.columns {
            at += self.column_tile::<V>(isa, at);
        }
    }
}

/// A layer for a batch: `h = f(A x + b)`, and the slopes `f'` if they are asked for.
pub(crate) struct Forward<'a, T> {
    pub(crate) product: Product<'a, T>,
    pub(crate) activation: Activation,
    /// Rows as those of the output; empty if not asked for.
    pub(crate) slope: &'a mut [T],
}

impl<T: Real> Task for Forward<'_, T> {
    type Elem = T;
    type Output = ();
    /// The activation follows each tile of samples, while it stands in the nearest cache.
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        let Self { mut product, activation, slope } = self;
        let Rows { outputs, columns, stride, .. } = product.shape;
        let rows = if activation == Activation::Identity { 0 } else { outputs };
        let mut at = 0;
        while at < columns {
            let width = product.column_tile::<V>(isa, at);
            if rows > 0 {
                let z = &mut product.y[at..];
                let slope = slope.get_mut(at..).unwrap_or(&mut []);
                isa.enter(Elementwise { activation, z, slope, rows, width, stride });
            }
            at += width;
        }
    }
}

impl<T: Real> Product<'_, T> {
    /// All rows of a tile of samples: 4 vectors where registers allow, 2 or 1. Returns its width.
    #[inline(always)]
    fn column_tile<V: Vector<Elem = T>>(&mut self, isa: V::Isa, at: usize) -> usize {
        let left = (self.shape.columns - at) / V::LANES;
        if left >= 4 && V::REGISTERS >= 32 {
            self.rows::<V, 4>(isa, at);
            4 * V::LANES
        } else if left >= 2 {
            self.rows::<V, 2>(isa, at);
            2 * V::LANES
        } else {
            self.rows::<V, 1>(isa, at);
            V::LANES
        }
    }

    /// All rows of a tile of samples.
    #[inline(always)]
    fn rows<V: Vector<Elem = T>, const N: usize>(&mut self, isa: V::Isa, at: usize) {
        let rows = self.shape.outputs;
        let mut row = 0;
        while row + 4 <= rows {
            self.tile::<V, 4, N>(isa, row, at);
            row += 4;
        }
        if row + 2 <= rows {
            self.tile::<V, 2, N>(isa, row, at);
            row += 2;
        }
        if row < rows {
            self.tile::<V, 1, N>(isa, row, at);
        }
    }

    /// `M` rows of `N` vectors, which stay in registers while the inputs pass by.
    #[inline(always)]
    fn tile<V: Vector<Elem = T>, const M: usize, const N: usize>(
        &mut self,
        isa: V::Isa,
        row: usize,
        at: usize,
    ) {
        let Rows { inputs, outputs, stride, .. } = self.shape;
        let mut sum = [[V::splat(isa, T::ZERO); N]; M];
        if !self.bias.is_empty() {
            for (sum, &bias) in sum.iter_mut().zip(&self.bias[row..row + M]) {
                for (n, sum) in sum.iter_mut().enumerate() {
                    if at + n * V::LANES < self.biased {
                        *sum = V::splat(isa, bias);
                    }
                }
            }
        }
        for i in 0..inputs {
            let a = &self.a[i * outputs + row..][..M];
            let x = &self.x[i * stride + at..][..N * V::LANES];
            let mut vectors = [V::splat(isa, T::ZERO); N];
            for n in 0..N {
                vectors[n] = V::load(isa, &x[n * V::LANES..]);
            }
            for m in 0..M {
                let a = V::splat(isa, a[m]);
                for n in 0..N {
                    sum[m][n] = vectors[n].mul_add(a, sum[m][n]);
                }
            }
        }
        for (m, sum) in sum.iter().enumerate() {
            let place = (row + m) * stride + at;
            let y = &mut self.y[place..][..N * V::LANES];
            if self.factor.is_empty() {
                for n in 0..N {
                    sum[n].store(&mut y[n * V::LANES..]);
                }
            } else {
                let factor = &self.factor[place..][..N * V::LANES];
                for n in 0..N {
                    let factor = V::load(isa, &factor[n * V::LANES..]);
                    (sum[n] * factor).store(&mut y[n * V::LANES..]);
                }
            }
        }
    }
}
