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
        let said = |error: PeerError| format!("{name}: {error}");
        self.problem(name, tspan, p, u0).map_err(said)?;
        let near = |(i, u): (usize, &f64)| u + 0.1 + 0.01 * (i % 7) as f64;
        let u: Vec<f64> = u0.iter().enumerate().map(near).collect();
        let mut du = vec![0.0; u.len()];
        rhs(&u, &mut du);
        let theirs = self.derivative(&u).map_err(said)?;
        let size = du.iter().fold(0.0, |m: f64, d| m.max(d.abs()));
        let same = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-12 * size;
        if theirs.len() == du.len() && du.iter().zip(&theirs).all(same) {
            return Ok(());
        }
        Err(format!("{name}: a peer has another right-hand side"))
    }
}
