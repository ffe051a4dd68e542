//! Vector nodes: operations on whole slices with adjoints of their own, for tape and program alike.

use core::ops::Range;
use scalar::Scalar;

/// What a vector node computes. Its operands are up to three ranges of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `y = W x + bias` of `(W, bias, x)`, with `W` column by column.
    Dense { rows: u32, cols: u32 },
    /// `y = A x` of `(A, x)`, with `A` column by column.
    Matvec { rows: u32, cols: u32 },
    /// `Σ aᵢ bᵢ` of `(a, b)`.
    Dot { len: u32 },
    /// `yᵢ + alpha xᵢ` of `(alpha, x, y)`.
    Axpy { len: u32 },
    /// `Σ xᵢ`.
    Sum { len: u32 },
    /// The largest of `x`.
    Max { len: u32 },
    /// `f(xᵢ)` of `(x, slopes)`; the slopes are values of the recording that depend on nothing more.
    Map { len: u32 },
    /// `yᵢ = Σₖ wₖ xᵢ₊ₖ` of `(w, x)`.
    Stencil { taps: u32, len: u32 },
    /// `yᵢⱼ = Σₖₗ wₖₗ xᵢ₊ₖ,ⱼ₊ₗ` of `(w, x)`: rows and columns of `w` and of `y`.
    Stencil2 { weights: [u32; 2], size: [u32; 2] },
    /// A function of the user, by its number, of one range.
    Primitive { index: u32, inputs: u32, outputs: u32 },
}

/// A vector node with the first values of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) operands: [u32; 3],
}

impl Kind {
    /// How many values it gives.
    pub(crate) fn outputs(self) -> usize {
        let outputs = match self {
            Self::Dense { rows, .. } | Self::Matvec { rows, .. } => rows,
            Self::Axpy { len } | Self::Stencil { len, .. } | Self::Map { len } => len,
            Self::Dot { .. } | Self::Sum { .. } | Self::Max { .. } => 1,
            Self::Stencil2 { size: [rows, columns], .. } => rows * columns,
            Self::Primitive { outputs, .. } => outputs,
        };
        outputs as usize
    }

    /// How many values each of its operands has.
    pub(crate) fn lengths(self) -> [usize; 3] {
        let lengths = match self {
            Self::Dense { rows, cols } => [rows * cols, rows, cols],
            Self::Matvec { rows, cols } => [rows * cols, cols, 0],
            Self::Dot { len } | Self::Map { len } => [len, len, 0],
            Self::Axpy { len } => [1, len, len],
            Self::Sum { len } | Self::Max { len } => [len, 0, 0],
            Self::Stencil { taps, len } => [taps, len + taps - 1, 0],
            Self::Stencil2 { weights: [a, b], size: [m, n] } => {
                [a * b, (m + a - 1) * (n + b - 1), 0]
            }
            Self::Primitive { inputs, .. } => [inputs, 0, 0],
        };
        lengths.map(|len| len as usize)
    }

    /// Its name, and multiplications and additions of one evaluation.
    pub(crate) fn describe(self) -> (&'static str, usize) {
        let [a, b, _] = self.lengths();
        let n = self.outputs();
        match self {
            Self::Dense { .. } => ("dense layer", 2 * a),
            Self::Matvec { .. } => ("matrix-vector product", 2 * a),
            Self::Dot { .. } => ("dot product", 2 * a),
            Self::Axpy { .. } => ("axpy", 2 * b),
            Self::Sum { .. } => ("sum", a),
            Self::Max { .. } => ("maximum", a),
            Self::Map { .. } => ("map", 25 * a),
            Self::Stencil { .. } => ("stencil", 2 * a * n),
            Self::Stencil2 { .. } => ("2-D stencil", 2 * a * n),
            Self::Primitive { .. } => ("primitive", a + n),
        }
    }
}

impl Node {
    fn range(&self, i: usize) -> Range<usize> {
        let first = self.operands[i] as usize;
        first..first + self.kind.lengths()[i]
    }

    /// Writes the outputs `y` from the earlier values. (Primitives and maps are not done here.)
    pub(crate) fn forward<S: Scalar>(&self, values: &[S], y: &mut [S]) {
        let operand = |i: usize| &values[self.range(i)];
        match self.kind {
            Kind::Dense { .. } => S::dense_layer(operand(0), operand(1), operand(2), y),
            Kind::Matvec { .. } => S::matvec(operand(0), operand(1), y),
            Kind::Dot { .. } => y[0] = S::dot(operand(0), operand(1)),
            Kind::Axpy { .. } => {
                y.copy_from_slice(operand(2));
                S::axpy(operand(0)[0], operand(1), y);
            }
            Kind::Sum { .. } => y[0] = S::sum_of(operand(0)),
            Kind::Max { .. } => y[0] = S::max_of(operand(0)),
            Kind::Stencil { .. } => S::stencil(operand(0), operand(1), y),
            Kind::Stencil2 { weights, size } => {
                let columns = (size[1] + weights[1] - 1) as usize;
                S::stencil_2d((operand(0), weights[1] as usize), (operand(1), columns), y);
            }
            Kind::Map { .. } | Kind::Primitive { .. } => {}
        }
    }

    /// Adds to the cotangents `bars` of the earlier values what those of the outputs, `y_bar`, give.
    /// Operands may overlap: all of this only adds.
    pub(crate) fn reverse<S: Scalar>(&self, values: &[S], bars: &mut [S], y_bar: &[S]) {
        let operand = |i: usize| &values[self.range(i)];
        let [first, second, third] = self.operands.map(|first| first as usize);
        match self.kind {
            Kind::Dense { cols, .. } => {
                add(&mut bars[self.range(1)], y_bar);
                reverse_matrix(values, bars, y_bar, (first, third, cols as usize));
            }
            Kind::Matvec { cols, .. } => {
                reverse_matrix(values, bars, y_bar, (first, second, cols as usize));
            }
            Kind::Dot { .. } => {
                add_weighed(&mut bars[self.range(0)], operand(1), y_bar[0]);
                add_weighed(&mut bars[self.range(1)], operand(0), y_bar[0]);
            }
            Kind::Axpy { .. } => {
                add(&mut bars[self.range(2)], y_bar);
                bars[first] += dot(operand(1), y_bar);
                weigh_into(&mut bars[self.range(1)], values[first], y_bar);
            }
            Kind::Sum { .. } => {
                for bar in &mut bars[self.range(0)] {
                    *bar += y_bar[0];
                }
            }
            Kind::Max { .. } => {
                let y = S::max_of(operand(0));
                let (mut left, zero) = (y_bar[0], S::zero());
                for (bar, &x) in bars[self.range(0)].iter_mut().zip(operand(0)) {
                    // It is the first one, among numbers that may not be looked at.
                    let pick = |yes: S, no: S| {
                        y.select_nan(x.select_nan(yes, no), x.select_lt(y, no, yes))
                    };
                    *bar += pick(left, zero);
                    left = pick(zero, left);
                }
            }
            Kind::Map { .. } => {
                let slopes = operand(1);
                for ((bar, &slope), &y_bar) in bars[self.range(0)].iter_mut().zip(slopes).zip(y_bar)
                {
                    *bar += slope.weigh(y_bar);
                }
            }
            Kind::Stencil { taps, len } => {
                for k in 0..taps as usize {
                    let window = second + k..second + k + len as usize;
                    bars[first + k] += dot(&values[window.clone()], y_bar);
                    weigh_into(&mut bars[window], values[first + k], y_bar);
                }
            }
            Kind::Stencil2 { weights: [height, taps], size: [_, width] } => {
                let [height, taps, width] = [height, taps, width].map(|n| n as usize);
                for (i, y_bar) in y_bar.chunks_exact(width).enumerate() {
                    for k in 0..height {
                        let row = second + (i + k) * (width + taps - 1);
                        for l in 0..taps {
                            let (w, window) = (first + k * taps + l, row + l..row + l + width);
                            bars[w] += dot(&values[window.clone()], y_bar);
                            weigh_into(&mut bars[window], values[w], y_bar);
                        }
                    }
                }
            }
            Kind::Primitive { .. } => {}
        }
    }
}

/// `x_bar += Wᵀ y_bar` and `W_bar += y_bar xᵀ`, column by column.
fn reverse_matrix<S: Scalar>(
    values: &[S],
    bars: &mut [S],
    y_bar: &[S],
    (weights, x, cols): (usize, usize, usize),
) {
    let rows = y_bar.len();
    for j in 0..cols {
        let column = weights + j * rows..weights + (j + 1) * rows;
        bars[x + j] += dot(&values[column.clone()], y_bar);
        weigh_into(&mut bars[column], values[x + j], y_bar);
    }
}

/// `Σ weightsᵢ barsᵢ` in four partial sums, which the compiler may keep in vector registers.
#[inline]
pub(crate) fn dot<S: Scalar>(weights: &[S], bars: &[S]) -> S {
    let mut sums = [S::zero(); 4];
    let ((w4, w_rest), (b4, b_rest)) = (weights.as_chunks::<4>(), bars.as_chunks::<4>());
    for (w, b) in w4.iter().zip(b4) {
        for k in 0..4 {
            sums[k] += w[k].weigh(b[k]);
        }
    }
    let mut sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
    for (&w, &b) in w_rest.iter().zip(b_rest) {
        sum += w.weigh(b);
    }
    sum
}

#[inline]
fn add<S: Scalar>(into: &mut [S], bars: &[S]) {
    for (into, &bar) in into.iter_mut().zip(bars) {
        *into += bar;
    }
}

/// `intoᵢ += weightsᵢ bar`.
#[inline]
fn add_weighed<S: Scalar>(into: &mut [S], weights: &[S], bar: S) {
    for (into, &weight) in into.iter_mut().zip(weights) {
        *into += weight.weigh(bar);
    }
}

/// `intoᵢ += weight barsᵢ`.
#[inline]
fn weigh_into<S: Scalar>(into: &mut [S], weight: S, bars: &[S]) {
    for (into, &bar) in into.iter_mut().zip(bars) {
        *into += weight.weigh(bar);
    }
}
