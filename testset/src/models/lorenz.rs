use scalar::Scalar;
use system::system;

system! {
    /// Lorenz's convection model (1963): `s` (σ), `r` (ρ) and `b` (β).
    pub struct Lorenz63;
    state { x, y, z }
    params { s, r, b }
    rhs(_t) {
        d(x) = s * (y - x);
        d(y) = x * (r - z) - y;
        d(z) = x * y - b * z;
    }
}

impl Lorenz63 {
    /// The trace of the Jacobian, `-(s + 1 + b)`, which is also the sum of the Lyapunov exponents.
    pub fn divergence<S: Scalar>([s, _, b]: [S; 3]) -> S {
        -(s + S::one() + b)
    }
}
