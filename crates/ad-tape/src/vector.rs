//! The vector operations of `Scalar` on recorded variables: lengths are made to fit, and what
//! depends on an input becomes one node.

use crate::node::Kind;
use scalar::Scalar;

/// A recorded variable that can be the operand of a vector node.
pub(crate) trait Recorded: Scalar {
    /// Whether it is only a constant.
    fn is_free(&self) -> bool;

    /// Records a node; its operands have the lengths that its kind says, and so has `y`. An operand
    /// that is missing is what `y` holds before.
    fn node(kind: Kind, operands: [&[Self]; 3], y: &mut [Self]);
}

fn recorded<R: Recorded>(operands: &[&[R]]) -> bool {
    operands.iter().any(|operand| operand.iter().any(|x| !x.is_free()))
}

/// A length as a node stores it; what does not fit into memory by far is refused when it is recorded.
fn short(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

pub(crate) fn dot<R: Recorded>(a: &[R], b: &[R]) -> R {
    let len = a.len().min(b.len());
    let (a, b) = (&a[..len], &b[..len]);
    if !recorded(&[a, b]) {
        return a.iter().zip(b).map(|(&a, &b)| a * b).sum();
    }
    let mut y = [R::zero()];
    R::node(Kind::Dot { len: short(len) }, [a, b, &[]], &mut y);
    y[0]
}

pub(crate) fn sum_of<R: Recorded>(x: &[R]) -> R {
    if !recorded(&[x]) {
        return x.iter().copied().sum();
    }
    let mut y = [R::zero()];
    R::node(Kind::Sum { len: short(x.len()) }, [x, &[], &[]], &mut y);
    y[0]
}

pub(crate) fn max_of<R: Recorded>(x: &[R]) -> R {
    if !recorded(&[x]) {
        return x.iter().copied().reduce(R::max).unwrap_or(R::from_f64(f64::NEG_INFINITY));
    }
    let mut y = [R::zero()];
    R::node(Kind::Max { len: short(x.len()) }, [x, &[], &[]], &mut y);
    y[0]
}

pub(crate) fn axpy<R: Recorded>(alpha: R, x: &[R], y: &mut [R]) {
    let len = x.len().min(y.len());
    let (x, y) = (&x[..len], &mut y[..len]);
    if len == 0 || !recorded(&[&[alpha], x, y]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += alpha * x;
        }
        return;
    }
    R::node(Kind::Axpy { len: short(len) }, [&[alpha], x, &[]], y);
}

pub(crate) fn dense_layer<R: Recorded>(weights: &[R], bias: &[R], x: &[R], y: &mut [R]) {
    let rows = y.len();
    if bias.len() != rows {
        return y.fill(R::from_f64(f64::NAN));
    }
    let cols = weights.len().checked_div(rows).map_or(0, |columns| columns.min(x.len()));
    let (weights, x) = (&weights[..rows * cols], &x[..cols]);
    if cols == 0 || !recorded(&[weights, bias, x]) {
        y.copy_from_slice(bias);
        return add_product(weights, x, y);
    }
    let kind = Kind::Dense { rows: short(rows), cols: short(cols) };
    R::node(kind, [weights, bias, x], y);
}

pub(crate) fn matvec<R: Recorded>(matrix: &[R], x: &[R], y: &mut [R]) {
    let rows = y.len();
    let cols = matrix.len().checked_div(rows).map_or(0, |columns| columns.min(x.len()));
    let (matrix, x) = (&matrix[..rows * cols], &x[..cols]);
    if cols == 0 || !recorded(&[matrix, x]) {
        y.fill(R::zero());
        return add_product(matrix, x, y);
    }
    R::node(Kind::Matvec { rows: short(rows), cols: short(cols) }, [matrix, x, &[]], y);
}

/// `y += A x` by single operations.
fn add_product<R: Recorded>(matrix: &[R], x: &[R], y: &mut [R]) {
    for (column, &x) in matrix.chunks_exact(y.len().max(1)).zip(x) {
        for (y, &w) in y.iter_mut().zip(column) {
            *y += w * x;
        }
    }
}

pub(crate) fn stencil<R: Recorded>(weights: &[R], x: &[R], y: &mut [R]) {
    let len = y.len().min((x.len() + 1).saturating_sub(weights.len()));
    let y = &mut y[..len];
    if len == 0 || weights.is_empty() {
        return y.fill(R::zero());
    }
    let (taps, x) = (weights.len(), &x[..len + weights.len() - 1]);
    if recorded(&[weights, x]) {
        R::node(Kind::Stencil { taps: short(taps), len: short(len) }, [weights, x, &[]], y);
        return;
    }
    for (y, x) in y.iter_mut().zip(x.windows(taps)) {
        *y = weights.iter().zip(x).map(|(&w, &x)| w * x).sum();
    }
}

pub(crate) fn stencil_2d<R: Recorded>(
    (weights, taps): (&[R], usize),
    (x, columns): (&[R], usize),
    y: &mut [R],
) {
    let width = (columns + 1).saturating_sub(taps);
    if taps == 0 || width == 0 || weights.len() < taps {
        return y.fill(R::zero());
    }
    let height = weights.len() / taps;
    let rows = (y.len() / width).min((x.len() / columns + 1).saturating_sub(height));
    let (y, rest) = y.split_at_mut(rows * width);
    rest.fill(R::zero());
    if y.is_empty() {
        return;
    }
    let (weights, x) = (&weights[..height * taps], &x[..(rows + height - 1) * columns]);
    if recorded(&[weights, x]) {
        let (weights_size, size) = ([short(height), short(taps)], [short(rows), short(width)]);
        let kind = Kind::Stencil2 { weights: weights_size, size };
        R::node(kind, [weights, x, &[]], y);
        return;
    }
    for (place, y) in y.iter_mut().enumerate() {
        let (i, j) = (place / width, place % width);
        let term = |(k, &w): (usize, &R)| w * x[(i + k / taps) * columns + j + k % taps];
        *y = weights.iter().enumerate().map(term).sum();
    }
}

/// The vector operations of `Scalar` for a recorded variable: one node each.
macro_rules! vector_hooks {
    () => {
        /// One node; lengths that do not fit count up to the shorter, as in the loop.
        fn dot(a: &[Self], b: &[Self]) -> Self {
            crate::vector::dot(a, b)
        }
        /// One node; lengths that do not fit count up to the shorter, as in the loop.
        fn axpy(alpha: Self, x: &[Self], y: &mut [Self]) {
            crate::vector::axpy(alpha, x, y);
        }
        /// One node. Missing columns count as zero, as in the loop; where the bias does not have the
        /// length of `y`, all of `y` is NaN.
        fn dense_layer(weights: &[Self], bias: &[Self], x: &[Self], y: &mut [Self]) {
            crate::vector::dense_layer(weights, bias, x, y);
        }
        /// One node.
        fn sum_of(x: &[Self]) -> Self {
            crate::vector::sum_of(x)
        }
        /// One node.
        fn max_of(x: &[Self]) -> Self {
            crate::vector::max_of(x)
        }
        /// One node. Missing columns count as zero, as in the loop.
        fn matvec(matrix: &[Self], x: &[Self], y: &mut [Self]) {
            crate::vector::matvec(matrix, x, y);
        }
        /// One node.
        fn stencil(weights: &[Self], x: &[Self], y: &mut [Self]) {
            crate::vector::stencil(weights, x, y);
        }
        /// One node.
        fn stencil_2d(weights: (&[Self], usize), x: (&[Self], usize), y: &mut [Self]) {
            crate::vector::stencil_2d(weights, x, y);
        }
    };
}
pub(crate) use vector_hooks;
