use scalar::Scalar;

/// Storage of a state: the caller chooses by the type of `u0`.
///
/// `[S; N]` lives on the stack, and its loops are unrolled; `Vec<S>` has any length. Methods see
/// slices and are written once for both.
pub trait Buffer: Clone + AsRef<[Self::Item]> + AsMut<[Self::Item]> {
    /// The number type of a component.
    type Item: Scalar;

    /// Another buffer of the same length, all zero.
    #[must_use]
    fn zeros(&self) -> Self;
}

impl<S: Scalar, const N: usize> Buffer for [S; N] {
    type Item = S;
    #[inline]
    fn zeros(&self) -> Self {
        [S::zero(); N]
    }
}

impl<S: Scalar> Buffer for Vec<S> {
    type Item = S;
    fn zeros(&self) -> Self {
        vec![S::zero(); self.len()]
    }
}
