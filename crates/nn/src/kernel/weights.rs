use super::product::Rows;
use super::transpose::{Transpose, transpose};
use crate::Real;
use crate::layer::WIDEST;
use crate::simd::{Task, Vector};
use core::ops::Range;

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
    /// Room for the cotangents, sample by sample, with whole vectors of the widest kind.
    pub(crate) scratch: &'a mut [T],
}

impl<T: Real> Task for WeightGradient<'_, T> {
    type Elem = T;
    type Output = ();
    /// Each weight is a scalar product of two rows. Short rows: the cotangents are transposed, so that a vector holds the weights
    /// of neighbouring outputs, and nothing is left to be summed across lanes. Long rows: a tile of 16 weights (8 where
    /// registers are few) shares its loads; the shape of the tile follows the layer.
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(mut self, isa: V::Isa) {
        let Rows { inputs, outputs, columns, stride } = self.shape;
        for (row, b_bar) in self.b_bar.iter_mut().enumerate() {
            let mut sum = V::splat(isa, T::ZERO);
            for z_bar in self.z_bar[row * stride..][..self.biased].chunks_exact(V::LANES) {
                sum = sum + V::load(isa, z_bar);
            }
            *b_bar += sum.sum();
        }
        // Multiply–adds of both ways, and what they need besides (measured).
        let dots = (columns / V::LANES + 4) * outputs * inputs;
        let vectors = columns * outputs.div_ceil(V::LANES) * (inputs + 8);
        if 5 * vectors < 4 * dots {
            return self.by_outputs::<V>(isa);
        }
        let (whole_outputs, whole_inputs) = (outputs / 4 * 4, inputs / 4 * 4);
        if V::REGISTERS >= 32 {
            match (outputs, inputs) {
                (1, _) => self.tiles::<V, 1, 16>(isa, 0..1, 0..inputs),
                (2 | 3, _) => self.tiles::<V, 2, 8>(isa, 0..outputs, 0..inputs),
                (_, 1) => self.tiles::<V, 16, 1>(isa, 0..outputs, 0..1),
                (_, 2 | 3) => self.tiles::<V, 8, 2>(isa, 0..outputs, 0..inputs),
                _ => {
                    self.tiles::<V, 4, 4>(isa, 0..whole_outputs, 0..whole_inputs);
                    self.tiles::<V, 2, 8>(isa, whole_outputs..outputs, 0..inputs);
                    self.tiles::<V, 8, 2>(isa, 0..whole_outputs, whole_inputs..inputs);
                }
            }
        } else {
            match (outputs, inputs) {
                (1, _) => self.tiles::<V, 1, 8>(isa, 0..1, 0..inputs),
                (_, 1) => self.tiles::<V, 8, 1>(isa, 0..outputs, 0..1),
                (2 | 3, _) => self.tiles::<V, 2, 4>(isa, 0..outputs, 0..inputs),
                _ => {
                    self.tiles::<V, 4, 2>(isa, 0..whole_outputs, 0..inputs);
                    self.tiles::<V, 2, 4>(isa, whole_outputs..outputs, 0..inputs);
                }
            }
        }
    }
}

impl<T: Real> WeightGradient<'_, T> {
    /// Vectors of outputs, sample by sample.
    #[inline(always)]
    fn by_outputs<V: Vector<Elem = T>>(&mut self, isa: V::Isa) {
        let Rows { outputs, columns, stride, .. } = self.shape;
        // One line of the cache more, so that samples do not meet in the same places of it.
        let wide = outputs.next_multiple_of(V::LANES);
        let step = wide + WIDEST;
        let to = &mut *self.scratch;
        transpose::<V>(
            isa,
            Transpose {
                from: self.z_bar,
                to,
                rows: outputs,
                columns,
                from_stride: stride,
                to_stride: step,
            },
        );
        if wide > outputs {
            for rest in self.scratch.chunks_exact_mut(step).take(columns) {
                rest[outputs..wide].fill(T::ZERO);
            }
        }
        let mut at = 0;
        while wide - at >= 4 * V::LANES && V::REGISTERS >= 32 {
            self.strip::<V, 4, 4>(isa, at, step);
            at += 4 * V::LANES;
        }
        while wide - at >= 2 * V::LANES {
            match V::REGISTERS >= 32 {
                true => self.strip::<V, 2, 8>(isa, at, step),
                false => self.strip::<V, 2, 4>(isa, at, step),
            }
            at += 2 * V::LANES;
        }
        if wide > at {
            self.strip::<V, 1, 8>(isa, at, step);
        }
    }

    /// `N` vectors of outputs, with all inputs; `step` is from one sample to the next.
    #[inline(always)]
    fn strip<V: Vector<Elem = T>, const N: usize, const I: usize>(
        &mut self,
        isa: V::Isa,
        at: usize,
        step: usize,
    ) {
        let inputs = self.shape.inputs;
        let whole = inputs / I * I;
        for input in (0..whole).step_by(I) {
            self.piece::<V, N, I>(isa, at, step, input);
        }
        for input in whole..inputs {
            self.piece::<V, N, 1>(isa, at, step, input);
        }
    }

    /// The same with `I` inputs, whose sums stay in registers while the samples pass by.
    #[inline(always)]
    fn piece<V: Vector<Elem = T>, const N: usize, const I: usize>(
        &mut self,
        isa: V::Isa,
        at: usize,
        step: usize,
        input: usize,
    ) {
        let Rows { outputs, columns, stride, .. } = self.shape;
        let mut x: [&[T]; I] = [&[]; I];
        for (i, row) in x.iter_mut().enumerate() {
            *row = &self.x[(input + i) * stride..][..columns];
        }
        let z_bar = self.scratch[..columns * step].chunks_exact(step);
        let mut sums = [[V::splat(isa, T::ZERO); N]; I];
        for (s, z_bar) in z_bar.enumerate().take(columns) {
            let z_bar = &z_bar[at..][..N * V::LANES];
            let mut left = [V::splat(isa, T::ZERO); N];
            for n in 0..N {
                left[n] = V::load(isa, &z_bar[n * V::LANES..]);
            }
            for i in 0..I {
                let x = V::splat(isa, x[i][s]);
                for n in 0..N {
                    sums[i][n] = left[n].mul_add(x, sums[i][n]);
                }
            }
        }
        for (i, sums) in sums.into_iter().enumerate() {
            let column = &mut self.w_bar[(input + i) * outputs..][..outputs];
            for (n, sum) in sums.into_iter().enumerate() {
                let start = at + n * V::LANES;
                match column.get_mut(start..start + V::LANES) {
                    Some(w_bar) => (V::load(isa, w_bar) + sum).store(w_bar),
                    None => {
                        let rest = &mut column[start.min(outputs)..];
                        (V::load_part(isa, rest) + sum).store_part(rest);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn tiles<V: Vector<Elem = T>, const O: usize, const I: usize>(
        &mut self,
        isa: V::Isa,
        outputs: Range<usize>,
        inputs: Range<usize>,
    ) {
        for input in inputs.clone().step_by(I) {
            for output in outputs.clone().step_by(O) {
                self.tile::<V, O, I>(isa, (output, outputs.end), (input, inputs.end));
            }
        }
    }

    /// `O × I` weights. Beyond the ends the last row is taken again, and what comes of it is left out.
    #[inline(always)]
    fn tile<V: Vector<Elem = T>, const O: usize, const I: usize>(
        &mut self,
        isa: V::Isa,
        (output, last_output): (usize, usize),
        (input, last_input): (usize, usize),
    ) {
        const MOST: usize = 16;
        let Rows { outputs, columns, stride, .. } = self.shape;
        let mut z_bar: [&[T]; O] = [&[]; O];
        for (o, row) in z_bar.iter_mut().enumerate() {
            *row = &self.z_bar[(output + o).min(last_output - 1) * stride..][..columns];
        }
        let mut x: [&[T]; I] = [&[]; I];
        for (i, row) in x.iter_mut().enumerate() {
            *row = &self.x[(input + i).min(last_input - 1) * stride..][..columns];
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
        for i in 0..I.min(last_input - input) {
            let column = (input + i) * outputs;
            let w_bar = &mut self.w_bar[column + output..column + (output + O).min(last_output)];
            for (w_bar, &result) in w_bar.iter_mut().zip(&results[i * O..][..O]) {
                *w_bar += result;
            }
        }
    }
}
