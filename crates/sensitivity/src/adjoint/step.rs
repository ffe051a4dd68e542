//! The adjoint of one explicit Runge–Kutta step.

use crate::Error;
use ad_tape::Vjp;
use ode_core::{ErkTableau, Taken};

/// Memory for replaying steps and pulling back through them; a step allocates nothing.
///
/// Stages are counted as in [`ode_core::Interpolant`]: those of the tableau, then the derivative at
/// the end where it is not the last of them, then the extra stages of the interpolant.
pub(crate) struct StepAdjoint<'a, F: Vjp> {
    rhs: &'a F,
    tableau: &'static ErkTableau,
    p: &'a [f64],
    n: usize,
    records: Vec<F::Record>,
    k: Vec<f64>,
    k_bar: Vec<f64>,
    /// The state that a stage is evaluated at, and its cotangent. After a replay that of the last one,
    /// which nothing asks the value of: it is evaluated when it is pulled back.
    z: Vec<f64>,
    z_bar: Vec<f64>,
    u_bar: Vec<f64>,
}

/// A save time inside a step: the weights `bᵢ(θ)` there, and the cotangent of the state.
pub(crate) struct Interior<'a> {
    pub(crate) weights: Vec<f64>,
    pub(crate) u_bar: &'a [f64],
}

impl<'a, F: Vjp> StepAdjoint<'a, F> {
    pub(crate) fn new(rhs: &'a F, tableau: &'static ErkTableau, p: &'a [f64], n: usize) -> Self {
        let stages = tableau.next_stage() + 1 + tableau.interpolant.extra().len();
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
            u_bar: vec![0.0; n],
        }
    }

    /// Turns the cotangent of the state at the end of the step into that at its start, and adds to
    /// the cotangent of the parameters.
    pub(crate) fn pull_back(
        &mut self,
        step: &Taken,
        u: &[f64],
        interior: &[Interior<'_>],
        lambda: &mut [f64],
        p_bar: &mut [f64],
    ) -> Result<(), Error> {
        let (tableau, stages, next) =
            (self.tableau, self.tableau.stages(), self.tableau.next_stage());
        // Without save times inside, the derivative at the end and the extra stages play no part.
        let used = if interior.is_empty() { next } else { self.records.len() };
        let last = (used - 1, self.replay(step, u, used)?);

        self.u_bar.fill(0.0);
        self.k_bar.fill(0.0);
        // u(t + θ dt) = u + dt Σ bᵢ(θ) kᵢ
        for point in interior {
            axpy(1.0, point.u_bar, &mut self.u_bar);
            for (i, w) in point.weights.iter().enumerate() {
                axpy(step.dt * w, point.u_bar, &mut self.k_bar[i * self.n..]);
            }
        }
        for i in (next + 1..used).rev() {
            let a = tableau.interpolant.extra()[i - next - 1].a;
            self.pull_back_stage(i, step, last, |j| a[j], p_bar)?;
        }
        if next == stages && used > next {
            // k_next = f(t + dt, u_next)
            self.pull_back_rhs(next, step, last, p_bar)?;
            axpy(1.0, &self.z_bar, lambda);
        }
        // u_next = u + dt Σ bᵢ kᵢ
        axpy(1.0, lambda, &mut self.u_bar);
        for (i, b) in tableau.b.iter().enumerate() {
            axpy(step.dt * b, lambda, &mut self.k_bar[i * self.n..]);
        }
        for i in (0..stages.min(used)).rev() {
            self.pull_back_stage(i, step, last, |j| tableau.a(i, j), p_bar)?;
        }
        lambda.copy_from_slice(&self.u_bar);
        Ok(())
    }

    /// Evaluates the first `used` stages again, recording each except the last, whose time is returned.
    fn replay(&mut self, step: &Taken, u: &[f64], used: usize) -> Result<f64, Error> {
        let (tableau, next, n) = (self.tableau, self.tableau.next_stage(), self.n);
        let mut last = step.t_first;
        for i in 0..used {
            let (done, rest) = self.k.split_at_mut(i * n);
            self.z.copy_from_slice(u);
            let mut go =
                |a: f64, j: usize| axpy(step.dt * a, &done[j * n..(j + 1) * n], &mut self.z);
            let c = if i > next {
                let extra = &tableau.interpolant.extra()[i - next - 1];
                extra.a.iter().enumerate().for_each(|(j, &a)| go(a, j));
                extra.c
            } else if i == tableau.stages() {
                tableau.b.iter().enumerate().for_each(|(j, &b)| go(b, j));
                1.0
            } else {
                (0..i).for_each(|j| go(tableau.a(i, j), j));
                tableau.c(i)
            };
            let t = match i {
                0 => step.t_first,
                _ if c == 1.0 => step.t_last,
                _ => step.t + c * step.dt,
            };
            last = t;
            if i + 1 == used {
                break;
            }
            self.rhs
                .forward(t, &self.z, self.p, &mut rest[..n], &mut self.records[i])
                .map_err(|failure| Error::replay(step.t, &failure))?;
        }
        Ok(last)
    }

    /// `z_bar = (∂f/∂u)ᵀ k_barᵢ` at stage `i`.
    fn pull_back_rhs(
        &mut self,
        i: usize,
        step: &Taken,
        (last, t): (usize, f64),
        p_bar: &mut [f64],
    ) -> Result<(), Error> {
        let k_bar = &self.k_bar[i * self.n..(i + 1) * self.n];
        self.z_bar.fill(0.0);
        if k_bar.iter().all(|&bar| bar == 0.0) {
            return Ok(());
        }
        let record = &mut self.records[i];
        if i == last {
            let bars = (&mut self.z_bar[..], p_bar);
            let done = self.rhs.pull_back(t, &self.z, self.p, k_bar, bars, record);
            return done.map_err(|failure| Error::replay(step.t, &failure));
        }
        self.rhs.backward(record, k_bar, &mut self.z_bar, p_bar);
        Ok(())
    }

    /// Stage `i` with `z = u + dt Σ aⱼ kⱼ`.
    fn pull_back_stage(
        &mut self,
        i: usize,
        step: &Taken,
        last: (usize, f64),
        a: impl Fn(usize) -> f64,
        p_bar: &mut [f64],
    ) -> Result<(), Error> {
        self.pull_back_rhs(i, step, last, p_bar)?;
        axpy(1.0, &self.z_bar, &mut self.u_bar);
        for j in 0..i {
            axpy(step.dt * a(j), &self.z_bar, &mut self.k_bar[j * self.n..]);
        }
        Ok(())
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
