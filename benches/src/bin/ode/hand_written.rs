//! One Dormand–Prince step of the Lorenz system as one would write it for this problem alone.

/// A state.
pub(crate) type V = [f64; 3];

/// The Lorenz system.
#[inline]
fn f(u: V, p: V) -> V {
    [p[0] * (u[1] - u[0]), u[0] * (p[1] - u[2]) - u[1], u[0] * u[1] - p[2] * u[2]]
}

/// `u + dt sum`, component by component.
#[inline(always)]
fn at(u: V, dt: f64, sum: impl Fn(usize) -> f64) -> V {
    std::array::from_fn(|i| u[i] + dt * sum(i))
}

/// Stages carried from step to step.
pub(crate) struct HandWritten {
    /// The state.
    pub(crate) u: V,
    k1: V,
    p: V,
}

impl HandWritten {
    /// Starts at `u`.
    pub(crate) fn new(u: V, p: V) -> Self {
        Self { u, k1: f(u, p), p }
    }

    /// One step with its error estimate.
    #[rustfmt::skip]
    #[inline]
    pub(crate) fn step(&mut self, dt: f64) -> V {
        let (u, k1, p) = (self.u, self.k1, self.p);
        let k2 = f(at(u, dt, |i| 0.2 * k1[i]), p);
        let k3 = f(at(u, dt, |i| 3.0 / 40.0 * k1[i] + 9.0 / 40.0 * k2[i]), p);
        let k4 = f(at(u, dt, |i| 44.0 / 45.0 * k1[i] - 56.0 / 15.0 * k2[i] + 32.0 / 9.0 * k3[i]), p);
        let k5 = f(at(u, dt, |i| 19372.0 / 6561.0 * k1[i] - 25360.0 / 2187.0 * k2[i] + 64448.0 / 6561.0 * k3[i] - 212.0 / 729.0 * k4[i]), p);
        let k6 = f(at(u, dt, |i| 9017.0 / 3168.0 * k1[i] - 355.0 / 33.0 * k2[i] + 46732.0 / 5247.0 * k3[i] + 49.0 / 176.0 * k4[i] - 5103.0 / 18656.0 * k5[i]), p);
        let u1 = at(u, dt, |i| 35.0 / 384.0 * k1[i] + 500.0 / 1113.0 * k3[i] + 125.0 / 192.0 * k4[i] - 2187.0 / 6784.0 * k5[i] + 11.0 / 84.0 * k6[i]);
        let k7 = f(u1, p);
        let error = std::array::from_fn(|i| dt * (71.0 / 57600.0 * k1[i] - 71.0 / 16695.0 * k3[i] + 71.0 / 1920.0 * k4[i] - 17253.0 / 339200.0 * k5[i] + 22.0 / 525.0 * k6[i] - 1.0 / 40.0 * k7[i]));
        (self.u, self.k1) = (u1, k7);
        error
    }
}
