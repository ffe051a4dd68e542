//! Sweeps over the columns of a history, several components at a time.

use scalar::Scalar;

/// The body for eight components from `i` on together, for four, and for single ones: what stands in
/// local arrays is in vector registers, of which no other memory is feared.
macro_rules! in_blocks {
    ($n:expr, $width:ident, $i:ident => $body:block) => {
        let mut $i = 0;
        in_blocks!(@width 8, $n, $width, $i, $body);
        in_blocks!(@width 4, $n, $width, $i, $body);
        in_blocks!(@width 1, $n, $width, $i, $body);
    };
    (@width $lanes:literal, $n:expr, $width:ident, $i:ident, $body:block) => {
        while $n - $i >= $lanes {
            const $width: usize = $lanes;
            $body
            $i += $lanes;
        }
    };
}

/// Components `i` to `i + L` of a column.
#[inline(always)]
pub(super) fn block<S: Scalar, const L: usize>(column: &[S], i: usize) -> [S; L] {
    let mut block = [S::zero(); L];
    block.copy_from_slice(&column[i..i + L]);
    block
}
