use super::product::Rows;
use crate::Real;
use crate::simd::{Task, Vector};

/// The gradient of a linear layer for a batch: `W̄ += z̄ xᵀ`, `b̄ += Σ z̄`.
pub(crate) struct WeightGradient<'a, T> {
    /// Rows of the layer's input.
    pub(crate) x: &'a [T],
    /// Rows of the cotangents of its output.
    pub(crate) z_bar: &'a [T],
    /// Column by column.
    pub(crate) w_bar: &'a mut [T],
    pub(crate) b_bar: &'a mut [T],
    /// How many numbers of a row count for the bias: the values, not their derivatives.
    pub(crate) biased: usize,
    pub(crate) shape: Rows,
}

impl<T: Real> Task for WeightGradient<'_, T> {
    type Elem = T;
    type Output = ();
    /// Each weight is a scalar product of two rows. A tile of 16 (8 where registers are few) shares its loads; the shape of
    /// the tile follows the layer.
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(mut self, isa: V::Isa) {
        let Rows { inputs, outputs, stride, .. } = self.shape;
        for (row, b_bar) in self.b_bar.iter_mut().enumerate() {
            let mut sum = V::splat(isa, T::ZERO);
            for z_bar in self.z_bar[row * stride..][..self.biased].chunks_exact(V::LANES) {
                sum = sum + V::load(isa, z_bar);
            }
            *b_bar += sum.sum();
        }
        if V::REGISTERS >= 32 {
            match (outputs, inputs) {
                (1, _) => self.tiles::<V, 1, 16>(isa),
                (2 | 3, _) => self.tiles::<V, 2, 8>(isa),
                (_, 1) => self.tiles::<V, 16, 1>(isa),
                (_, 2 | 3) => self.tiles::<V, 8, 2>(isa),
                _ => self.tiles::<V, 4, 4>(isa),
            }
        } else {
            match (outputs, inputs) {
                (1, _) => self.tiles::<V, 1, 8>(isa),
                (_, 1) => self.tiles::<V, 8, 1>(isa),
                (2 | 3, _) => self.tiles::<V, 2, 4>(isa),
                _ => self.tiles::<V, 4, 2>(isa),
            }
        }
    }
}

impl<T: Real> WeightGradient<'_, T> {
    #[inline(always)]
    fn tiles<V: Vector<Elem = T>, const O: usize, const I: usize>(&mut self, isa: V::Isa) {
        for input in (0..self.shape.inputs).step_by(I) {
            for output in (0..self.shape.outputs).step_by(O) {
                self.tile::<V, O, I>(isa, output, input);
            }
        }
    }

    /// `O × I` weights. Beyond the layer the last row is taken again, and what comes of it is left out.
    #[inline(always)]
    fn tile<V: Vector<Elem = T>, const O: usize, const I: usize>(
        &mut self,
        isa: V::Isa,
        output: usize,
        input: usize,
    ) {
        const MOST: usize = 16;
        let Rows { inputs, outputs, columns, stride } = self.shape;
        let mut z_bar: [&[T]; O] = [&[]; O];
        for (o, row) in z_bar.iter_mut().enumerate() {
            *row = &self.z_bar[(output + o).min(outputs - 1) * stride..][..columns];
        }
        let mut x: [&[T]; I] = [&[]; I];
        for (i, row) in x.iter_mut().enumerate() {
            *row = &self.x[(input + i).min(inputs - 1) * stride..][..columns];
        }
        let zero = V::splat(isa, T::ZERO);
        let mut sums = [[zero; O]; I];
        for at in (0..columns).step_by(V::LANES) {
            let mut left = [zero; O];
            for o in 0..O {
                left[o] = V::load(isa, &z_bar[o][at..]);
            }
            for i in 0..I {
                let x = V::load(isa, &x[i][at..]);
                for o in 0..O {
                    sums[i][o] = left[o].mul_add(x, sums[i][o]);
                }
            }
        }
        // As many at a time as a vector has lanes.
        let mut vectors = [zero; MOST];
        for i in 0..I {
            for o in 0..O {
                vectors[i * O + o] = sums[i][o];
            }
        }
        let mut results = [T::ZERO; MOST];
        for start in (0..O * I).step_by(V::LANES) {
            V::sums(&vectors[start..]).store(&mut results[start..]);
        }
        for i in 0..I.min(inputs - input) {
            let column = (input + i) * outputs;
            let w_bar = &mut self.w_bar[column + output..column + (output + O).min(outputs)];
            for (w_bar, &result) in w_bar.iter_mut().zip(&results[i * O..][..O]) {
                *w_bar += result;
            }
        }
    }
}
