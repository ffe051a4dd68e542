//! Growth, predators and prey.

use scalar::Scalar;
use system::system;

system! {
    /// Logistic growth with rate `r` to the capacity `k` (`K` in the file).
    pub struct Logistic;
    state { y }
    params { r, k }
    rhs(_t) {
        d(y) = r * y * (1.0 - y / k);
    }
}

impl Logistic {
    /// The solution that is `u0` at time 0.
    pub fn exact<S: Scalar>(t: S, [y0]: [S; 1], [r, k]: [S; 2]) -> [S; 1] {
        [k * y0 / (y0 + (k - y0) * (-r * t).exp())]
    }
}

system! {
    /// Prey `x` and predators `y`.
    pub struct LotkaVolterra;
    state { x, y }
    params { a, b, c, d }
    rhs(_t) {
        d(x) = a * x - b * x * y;
        d(y) = -c * y + d * x * y;
    }
}

impl LotkaVolterra {
    /// `d x - c ln x + b y - a ln y`, constant along solutions (NaN for negative populations).
    ///
    /// ```
    /// let v = testset::models::LotkaVolterra::invariant([1.0, 1.0], [1.5, 1.0, 3.0, 1.0]);
    /// assert_eq!(v, 2.0);
    /// ```
    pub fn invariant<S: Scalar>([x, y]: [S; 2], [a, b, c, d]: [S; 4]) -> S {
        d * x - c * x.ln() + b * y - a * y.ln()
    }
}
