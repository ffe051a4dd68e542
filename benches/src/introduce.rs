use crate::{Peer, PeerError};

impl Peer {
    /// Tells it the problem, and sees that it has the same right-hand side `rhs(u, du)`: at a state
    /// near the initial one, where no term vanishes.
    ///
    /// # Errors
    ///
    /// A line for people, when it does not know the problem, has another one, or is down.
    pub fn introduce(
        &mut self,
        name: &str,
        tspan: (f64, f64),
        p: &[f64],
        u0: &[f64],
        rhs: impl FnOnce(&[f64], &mut [f64]),
    ) -> Result<(), String> {
        self.introduce_with_stops(name, tspan, (p, &[]), u0, |_, u, du| rhs(u, du))
    }

    /// The same where the right-hand side `rhs(t, u, du)` depends on time, and jumps at the `stops`.
    ///
    /// # Errors
    ///
    /// As [`introduce`](Peer::introduce).
    pub fn introduce_with_stops(
        &mut self,
        name: &str,
        tspan: (f64, f64),
        (p, stops): (&[f64], &[f64]),
        u0: &[f64],
        rhs: impl FnOnce(f64, &[f64], &mut [f64]),
    ) -> Result<(), String> {
        let told = self.problem(name, tspan, p, u0, stops);
        told.map_err(|error| format!("{name}: {error}"))?;
        self.compare_derivative(name, tspan, u0, rhs)
    }

    /// The same where a problem is told by a request of a suite's own.
    ///
    /// # Errors
    ///
    /// As [`introduce`](Peer::introduce).
    pub fn introduce_by(
        &mut self,
        request: &str,
        name: &str,
        tspan: (f64, f64),
        u0: &[f64],
        rhs: impl FnOnce(f64, &[f64], &mut [f64]),
    ) -> Result<(), String> {
        self.tell(request).map_err(|error| format!("{name}: {error}"))?;
        self.compare_derivative(name, tspan, u0, rhs)
    }

    /// Sees that it has the same right-hand side.
    fn compare_derivative(
        &mut self,
        name: &str,
        tspan: (f64, f64),
        u0: &[f64],
        rhs: impl FnOnce(f64, &[f64], &mut [f64]),
    ) -> Result<(), String> {
        let said = |error: PeerError| format!("{name}: {error}");
        let u = near(u0);
        let mut du = vec![0.0; u.len()];
        rhs(compared_at(tspan), &u, &mut du);
        let theirs = self.derivative(&u).map_err(said)?;
        if same(&du, &theirs) {
            return Ok(());
        }
        Err(format!("{name}: a peer has another right-hand side"))
    }

    /// Sees that it has the same Jacobian `jac(t, u)`, row by row, near the initial state.
    ///
    /// # Errors
    ///
    /// A line for people, when it has none, has another one, or is down.
    pub fn compare_jacobian(
        &mut self,
        name: &str,
        tspan: (f64, f64),
        u0: &[f64],
        jac: impl FnOnce(f64, &[f64]) -> Vec<f64>,
    ) -> Result<(), String> {
        let u = near(u0);
        let entries = self.jacobian(&u).map_err(|error| format!("{name}: {error}"))?;
        let (n, mut theirs) = (u.len(), vec![0.0; u.len() * u.len()]);
        for (i, j, value) in entries {
            // An entry outside is not the same Jacobian.
            let place = if i < n && j < n { i * n + j } else { return Err(other(name)) };
            theirs[place] += value;
        }
        // Row by row: the rates of one problem may be many orders of magnitude apart.
        let mut rows = jac(compared_at(tspan), &u);
        rows.resize(n * n, f64::NAN);
        let good = rows.chunks(n).zip(theirs.chunks(n)).all(|(a, b)| same(a, b));
        if good { Ok(()) } else { Err(other(name)) }
    }
}

fn other(name: &str) -> String {
    format!("{name}: a peer has another Jacobian")
}

/// A time at which right-hand sides and Jacobians are compared: where no signal of a problem vanishes.
fn compared_at((t0, t1): (f64, f64)) -> f64 {
    t0 + 0.28 * (t1 - t0)
}

/// A state where no term vanishes.
fn near(u0: &[f64]) -> Vec<f64> {
    u0.iter().enumerate().map(|(i, u)| u + 0.1 + 0.01 * (i % 7) as f64).collect()
}

/// Whether two vectors differ by rounding only, seen from the largest entry.
fn same(ours: &[f64], theirs: &[f64]) -> bool {
    let size = ours.iter().fold(0.0, |m: f64, d| m.max(d.abs()));
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-12 * size;
    theirs.len() == ours.len() && ours.iter().zip(theirs).all(close)
}
