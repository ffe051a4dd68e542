use crate::Scalar;

/// A scalar that carries real numbers, so that a step can be accepted or rejected.
///
/// A [`Dual`](crate::Dual) carries several: its value and its tangents. Error control looks at each
/// of them by itself, so that an adaptive solve resolves the sensitivities and not only the state.
pub trait Concrete: Scalar {
    /// `(|error| / (atol + rtol max(|a|, |b|)))²` for each real number carried, kept apart.
    fn scaled_square(error: Self, a: Self, b: Self, atol: f64, rtol: f64) -> Self;

    /// The largest absolute value among the real numbers carried; NaN if one of them is NaN.
    fn largest_part(self) -> f64;

    /// Whether the value (of each lane), derivatives aside, lies in `[low, high]`; false for NaN.
    fn is_within(self, low: f64, high: f64) -> bool;

    /// Whether every real number carried is finite.
    #[inline]
    fn is_finite(self) -> bool {
        self.largest_part() < f64::INFINITY
    }
}

/// A scalar with exactly one underlying value, on which a program may branch.
///
/// Evaluation and forward mode may branch. A recorded variable, a batch and a tracer may not, and
/// do not implement this trait: the branch taken while recording would be wrong elsewhere.
///
/// ```compile_fail,E0277
/// fn branches<S: scalar::BranchScalar>(x: S) -> bool {
///     x.primal() > 0.0
/// }
/// branches(scalar::Lanes([1.0, -1.0])); // which lane would decide?
/// ```
pub trait BranchScalar: Concrete {
    /// The value with every derivative part dropped.
    fn primal(self) -> f64;

    /// `value + slope ε` for the first tangent ε that is carried, so that one evaluation gives the
    /// exact derivative along a line; `None` where no tangent is carried.
    ///
    /// ```
    /// use scalar::{BranchScalar, Dual, Scalar};
    ///
    /// // d/dt sin(3 t) at t = 0, by whatever tangents the type has.
    /// let x = Dual::<f64, 4>::along(0.0, 3.0).unwrap();
    /// assert_eq!(x.sin().slope(), 3.0);
    /// assert_eq!(f64::along(0.0, 3.0), None);
    /// ```
    fn along(value: f64, slope: f64) -> Option<Self>;

    /// The value of the tangent that [`along`](BranchScalar::along) sets; 0 where there is none.
    fn slope(self) -> f64;
}

/// The larger of two numbers, NaN if either is NaN (`f64::max` would drop it).
#[inline]
pub(crate) fn max_or_nan(a: f64, b: f64) -> f64 {
    if a > b || a.is_nan() { a } else { b }
}
