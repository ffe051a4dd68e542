use scalar::Scalar;

/// The continuous output of one step, the same type for every method: a polynomial in
/// `θ = (t - t0) / dt` per state.
///
/// The polynomials are kept in Newton's form on the ends of the step,
/// `c₀ + c₁ θ + c₂ θ(1-θ) + c₃ θ²(1-θ) + c₄ θ²(1-θ)² + …`: in powers of `θ` the coefficients of a
/// method of high order reach a million and cancel, and six digits with them.
#[derive(Clone, Debug)]
pub struct Dense<S> {
    pub(crate) t0: f64,
    pub(crate) dt: f64,
    pub(crate) n: usize,
    /// `coefficients[k n + i]` multiplies the `k`-th function for state `i`.
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

    /// The cubic through both ends of a step, `u`, with the derivatives `f` there: third order.
    /// States and derivatives have one length.
    pub fn hermite(&mut self, t0: f64, dt: f64, u: [&[S]; 2], f: [&[S]; 2]) {
        let n = u[0].len();
        let coefficients = self.reset(t0, dt, n, 3);
        for i in 0..n {
            let (rise, f0, f1) = (u[1][i] - u[0][i], f[0][i].scale(dt), f[1][i].scale(dt));
            coefficients[i] = u[0][i];
            coefficients[n + i] = rise;
            coefficients[2 * n + i] = f0 - rise;
            coefficients[3 * n + i] = rise.scale(2.0) - f0 - f1;
        }
    }

    /// Turns coefficients of powers of `θ` into those of Newton's form.
    pub(crate) fn powers_to_newton(&mut self) {
        let n = self.n;
        let rows = self.coefficients.len() / n;
        for i in 0..n {
            // What is left is p; p = p(0) + θ q and p = p(1) + (1 - θ) q in turn.
            for k in (1..rows).step_by(2) {
                // The quotient by θ - 1 has the sums of the coefficients above.
                let mut sum = S::zero();
                for c in self.coefficients[k * n + i..].iter_mut().step_by(n).rev() {
                    sum += *c;
                    *c = -sum;
                }
                self.coefficients[k * n + i] = sum;
            }
        }
    }

    /// Bytes of memory that the polynomials hold on to.
    pub fn bytes(&self) -> usize {
        self.coefficients.capacity() * size_of::<S>()
    }

    /// The state at time `t` into `u`; meaningful between the ends of the step. NaN if `u` has the
    /// wrong length.
    pub fn eval(&self, t: f64, u: &mut [S]) {
        horner(&self.coefficients, self.n, (t - self.t0) / self.dt, u);
    }

    /// The derivative `du/dt` of [`eval`](Dense::eval) at time `t` into `du`: one order less
    /// accurate than the state.
    pub fn derivative(&self, t: f64, du: &mut [S]) {
        let Self { t0, dt, n, ref coefficients } = *self;
        horner_derivative(coefficients, n, (t - t0) / dt, dt, du);
    }
}

/// Newton's form by Horner's scheme, for each of `n` states.
pub(crate) fn horner<S: Scalar>(coefficients: &[S], n: usize, theta: f64, u: &mut [S]) {
    let mut terms = coefficients.chunks_exact(n.max(1)).enumerate().rev();
    let Some((_, highest)) = terms.next() else { return };
    if u.len() != n {
        u.fill(S::from_f64(f64::NAN));
        return;
    }
    u.copy_from_slice(highest);
    for (k, term) in terms {
        let x = node(k, theta);
        for (u, &c) in u.iter_mut().zip(term) {
            *u = u.scale(x) + c;
        }
    }
}

/// The derivative of [`horner`] with respect to `t`, where `dt` is the length of the step.
pub(crate) fn horner_derivative<S: Scalar>(
    coefficients: &[S],
    n: usize,
    theta: f64,
    dt: f64,
    du: &mut [S],
) {
    if du.len() != n {
        du.fill(S::from_f64(f64::NAN));
        return;
    }
    for (i, du) in du.iter_mut().enumerate() {
        let (mut u, mut slope) = (S::zero(), S::zero());
        for (k, term) in coefficients.chunks_exact(n).enumerate().rev() {
            // (x u)' = x u' + x' u, where x' = 1 for θ and -1 for 1 - θ.
            let inner = if k.is_multiple_of(2) { u } else { -u };
            slope = slope.scale(node(k, theta)) + inner;
            u = u.scale(node(k, theta)) + term[i];
        }
        *du = slope.scale(1.0 / dt);
    }
}

/// What makes function `k + 1` of function `k`: `θ` and `1 - θ` in turn.
pub(crate) fn node(k: usize, theta: f64) -> f64 {
    if k.is_multiple_of(2) { theta } else { 1.0 - theta }
}
