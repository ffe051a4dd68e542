//! Cotangents back through the steps that were taken.

use crate::Error;
use ad_tape::Vjp;
use ode_core::{ErkTableau, Taken};

/// Pulls many cotangents back through one explicit Runge–Kutta step: its stages are evaluated and
/// recorded once. The transpose of [`StepTangents`](super::tangents::StepTangents).
pub(super) struct StepCotangents<'a, F: Vjp> {
    rhs: &'a F,
    tableau: &'static ErkTableau,
    p: &'a [f64],
    n: usize,
    records: Vec<F::Record>,
    k: Vec<f64>,
    k_bar: Vec<f64>,
    z: Vec<f64>,
    z_bar: Vec<f64>,
    /// Products with the transposed Jacobian so far.
    pub(super) products: usize,
}

impl<'a, F: Vjp> StepCotangents<'a, F> {
    pub(super) fn new(rhs: &'a F, tableau: &'static ErkTableau, p: &'a [f64]) -> Self {
        let (n, stages) = (rhs.states(), tableau.stages());
        Self {
            rhs,
            tableau,
            p,
            n,
            // A model that is recorded is so once.
            records: vec![rhs.record(); stages],
            k: vec![0.0; stages * n],
            k_bar: vec![0.0; stages * n],
            z: vec![0.0; n],
            z_bar: vec![0.0; n],
            products: 0,
        }
    }

    /// Evaluates the stages of a step from `u`; states that `u` does not reach to start at 0. Returns
    /// what the last state grows by.
    pub(super) fn replay(&mut self, step: &Taken, u: &[f64]) -> Result<f64, Error> {
        let Self { rhs, tableau, p, n, records, k, z, .. } = self;
        let mut growth = 0.0;
        for i in 0..tableau.stages() {
            let (known, rest) = k.split_at_mut(i * *n);
            z[..u.len()].copy_from_slice(u);
            z[u.len()..].fill(0.0);
            for (j, known) in known.chunks_exact(*n).enumerate() {
                axpy(step.dt * tableau.a(i, j), known, z);
            }
            let t = if i == 0 { step.t_first } else { step.at(tableau.c(i)) };
            rhs.forward(t, z, p, &mut rest[..*n], &mut records[i])
                .map_err(|failure| Error::replay(step.t, &failure))?;
            growth += step.dt * tableau.b[i] * rest[*n - 1];
        }
        Ok(growth)
    }

    /// Turns the cotangent of the state at the end of the replayed step into that at its start, and adds
    /// to the cotangent of the parameters.
    pub(super) fn pull_back(&mut self, step: &Taken, u_bar: &mut [f64], p_bar: &mut [f64]) {
        let Self { rhs, tableau, n, records, k_bar, z_bar, .. } = self;
        // u_next = u + dt Σ bᵢ kᵢ
        k_bar.fill(0.0);
        for (k_bar, b) in k_bar.chunks_exact_mut(*n).zip(tableau.b) {
            axpy(step.dt * b, u_bar, k_bar);
        }
        // kᵢ = f(u + dt Σ aᵢⱼ kⱼ)
        for i in (0..tableau.stages()).rev() {
            let (earlier, rest) = k_bar.split_at_mut(i * *n);
            let bar = &rest[..*n];
            if bar.iter().all(|&bar| bar == 0.0) {
                continue;
            }
            z_bar.fill(0.0);
            rhs.backward(&mut records[i], bar, z_bar, p_bar);
            axpy(1.0, z_bar, u_bar);
            for (j, earlier) in earlier.chunks_exact_mut(*n).enumerate() {
                axpy(step.dt * tableau.a(i, j), z_bar, earlier);
            }
        }
        self.products += self.tableau.stages();
    }
}

/// `y += a x`
fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    if a != 0.0 {
        for (y, x) in y.iter_mut().zip(x) {
            *y += a * x;
        }
    }
}
