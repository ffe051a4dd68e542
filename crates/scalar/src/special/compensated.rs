/// A sum of two doubles: twice the digits where roundings would add up.
///
/// The error-free transformations are those of Knuth (sum) and of the fused multiply–add (product,
/// quotient); see Ogita, Rump & Oishi 2005.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Compensated {
    value: f64,
    rest: f64,
}

impl Compensated {
    pub(super) fn new(value: f64) -> Self {
        Self { value, rest: 0.0 }
    }

    /// `a b`.
    pub(super) fn product(a: f64, b: f64) -> Self {
        let value = a * b;
        Self { value, rest: a.mul_add(b, -value) }
    }

    /// `a / b`.
    pub(super) fn quotient(a: f64, b: f64) -> Self {
        let value = a / b;
        Self { value, rest: value.mul_add(-b, a) / b }
    }

    /// `self + term`.
    pub(super) fn plus(self, term: f64) -> Self {
        let value = self.value + term;
        let old = value - term;
        let rounded = (self.value - old) + (term - (value - old));
        Self { value, rest: self.rest + rounded }
    }

    /// `self + other`.
    pub(super) fn and(self, other: Self) -> Self {
        let sum = self.plus(other.value);
        Self { rest: sum.rest + other.rest, ..sum }
    }

    /// `factor self`.
    pub(super) fn times(self, factor: f64) -> Self {
        let product = Self::product(self.value, factor);
        Self { rest: factor.mul_add(self.rest, product.rest), ..product }
    }

    /// The part that counts.
    pub(super) fn leading(self) -> f64 {
        self.value
    }

    /// Rounded once. What overflows has no rest.
    pub(super) fn round(self) -> f64 {
        if self.value.is_finite() { self.value + self.rest } else { self.value }
    }
}
