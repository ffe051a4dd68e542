use scalar::Scalar;

/// The continuous output of one step, the same type for every method: a polynomial in
/// `θ = (t - t0) / dt` per state.
#[derive(Clone, Debug)]
pub struct Dense<S> {
    pub(crate) t0: f64,
    pub(crate) dt: f64,
    pub(crate) n: usize,
    /// `coefficients[k n + i]` multiplies `θᵏ` for state `i`.
    pub(crate) coefficients: Vec<S>,
}

impl<S: Scalar> Dense<S> {
    /// No polynomial yet.
    pub fn empty() -> Self {
        Self { t0: 0.0, dt: 1.0, n: 1, coefficients: Vec::new() }
    }

    /// Starts a polynomial of degree `degree` over `n` states, all zero; keeps its memory.
    pub fn reset(&mut self, t0: f64, dt: f64, n: usize, degree: usize) -> &mut [S] {
        (self.t0, self.dt, self.n) = (t0, dt, n);
        self.coefficients.clear();
        self.coefficients.resize((degree + 1) * n, S::zero());
        &mut self.coefficients
    }

    /// The state at time `t` into `u`; meaningful between the ends of the step. NaN if `u` has the
    /// wrong length.
    pub fn eval(&self, t: f64, u: &mut [S]) {
        horner(&self.coefficients, self.n, (t - self.t0) / self.dt, u);
    }
}

/// `Σ cₖ θᵏ` for each of `n` states.
pub(crate) fn horner<S: Scalar>(coefficients: &[S], n: usize, theta: f64, u: &mut [S]) {
    let mut terms = coefficients.chunks_exact(n).rev();
    let Some(highest) = terms.next() else { return };
    if u.len() != n {
        u.fill(S::from_f64(f64::NAN));
        return;
    }
    u.copy_from_slice(highest);
    for term in terms {
        for (u, &c) in u.iter_mut().zip(term) {
            *u = u.scale(theta) + c;
        }
    }
}
