//! The adjoint of a step of a Rosenbrock method.

use super::model::Model;
use super::onward::Onward;
use super::products::Pairs;
use crate::adjoint::step_back::{Interior, StepBack, axpy};
use crate::{Error, Loss};
use ode_core::Taken;
use ode_stiff::{Rosenbrock, RosenbrockTableau, StepMatrix};
use std::marker::PhantomData;
use system::{DualWork, Failure, System};

/// With `W = M / (γ dt) - J` a step is, for each stage,
/// ```text
/// zᵢ = u + Σ aᵢⱼ Uⱼ
/// W Uᵢ = f(tᵢ, zᵢ) + M Σ (Cᵢⱼ / dt) Uⱼ + dt dᵢ ∂f/∂t,     u_next = u + Σ bᵢ Uᵢ
/// ```
/// and its transpose, from the last stage to the first, with `vᵢ = W⁻ᵀ Ūᵢ`,
/// ```text
/// z̄ᵢ = (∂f/∂u)ᵀ vᵢ at the stage,    Ūⱼ += aᵢⱼ z̄ᵢ + (Cᵢⱼ / dt) Mᵀ vᵢ,    ū += z̄ᵢ
/// ```
/// The matrix and `∂f/∂t` move with the state at the start: `vᵢᵀ (dJ Uᵢ + dt dᵢ d(∂f/∂t))`, a second derivative
/// along `(Uᵢ, dt dᵢ)`, one for each stage.
pub(super) struct RosenbrockAdjoint<'a, F: System, L: Loss, M> {
    model: Model<'a, F, L>,
    matrix: StepMatrix<DualWork<f64>>,
    /// `Uᵢ`, `zᵢ`; `Ūᵢ`, then `vᵢ`.
    stages: Vec<f64>,
    points: Vec<f64>,
    bars: Vec<f64>,
    /// `dt dᵢ`.
    moves: Vec<f64>,
    u_bar: Vec<f64>,
    z_bar: Vec<f64>,
    sum: Vec<f64>,
    method: PhantomData<M>,
}

impl<'a, F: System, L: Loss, M: Rosenbrock> RosenbrockAdjoint<'a, F, L, M> {
    const TABLEAU: RosenbrockTableau = M::TABLEAU;

    /// The stages that the solution or the interpolant is made of; others estimate errors.
    const USED: usize = {
        let tableau = M::TABLEAU;
        let mut used = tableau.stages();
        while used > 1 && tableau.b[used - 1] == 0.0 {
            let mut m = 0;
            while m < tableau.dense.len() && tableau.dense[m][used - 1] == 0.0 {
                m += 1;
            }
            if m < tableau.dense.len() {
                break;
            }
            used -= 1;
        }
        used
    };

    pub(super) fn new(onward: Onward<'a, F, L>) -> Result<Self, Error> {
        let matrix = StepMatrix::new(&onward);
        let model = Model::new(onward)?;
        let zeros = |stages: usize| vec![0.0; stages * model.size];
        Ok(Self {
            matrix,
            stages: zeros(Self::USED),
            points: zeros(Self::USED),
            bars: zeros(Self::USED),
            moves: vec![0.0; Self::USED],
            u_bar: zeros(1),
            z_bar: zeros(1),
            sum: zeros(1),
            model,
            method: PhantomData,
        })
    }

    /// The time of a stage.
    fn time(step: &Taken, i: usize) -> f64 {
        if i == 0 { step.t_first } else { step.at(Self::TABLEAU.c[i]) }
    }

    /// Takes the step again.
    fn replay(&mut self, step: &Taken, p: &[f64]) -> Result<(), Failure> {
        let Self { model, matrix, stages, points, sum, moves, .. } = self;
        let (tableau, n, dt) = (Self::TABLEAU, model.size, step.dt);
        let onward = &model.onward;
        matrix.differentiate(onward, (step.t_first, &model.start, p))?;
        matrix.factor(1.0 / (tableau.gamma * dt), onward.mass())?;
        for i in 0..Self::USED {
            let (done, rest) = stages.split_at_mut(i * n);
            let (stage, z) = (&mut rest[..n], &mut points[i * n..(i + 1) * n]);
            z.copy_from_slice(&model.start);
            sum.fill(0.0);
            for (j, done) in done.chunks_exact(n).enumerate() {
                axpy(tableau.a[i - 1][j], done, z);
                axpy(tableau.coupling[i - 1][j] / dt, done, sum);
            }
            model.eval(Self::time(step, i), z, p, stage)?;
            if i > 0 {
                onward.add_mass(1.0, sum, stage);
            }
            moves[i] = dt * tableau.d[i];
            axpy(moves[i], matrix.dfdt(), stage);
            matrix.solve(stage)?;
        }
        Ok(())
    }

    /// From the cotangents of the stages and of the start to that of the start alone.
    fn reverse(&mut self, step: &Taken, p: &[f64], p_bar: &mut [f64]) -> Result<(), Failure> {
        let Self { model, matrix, stages, points, bars, moves, u_bar, z_bar, .. } = self;
        let (tableau, n) = (Self::TABLEAU, model.size);
        for i in (0..Self::USED).rev() {
            let (before, rest) = bars.split_at_mut(i * n);
            let v = &mut rest[..n];
            if v.iter().all(|&v| v == 0.0) {
                continue;
            }
            matrix.solve_transposed(v)?;
            // The product of the first stage comes with the second derivatives, which are taken there.
            if i == 0 {
                break;
            }
            z_bar.fill(0.0);
            let point = (Self::time(step, i), &points[i * n..(i + 1) * n], p);
            model.products.pull_back(point, v, (z_bar, p_bar))?;
            axpy(1.0, z_bar, u_bar);
            for (j, bar) in before.chunks_exact_mut(n).enumerate() {
                axpy(tableau.a[i - 1][j], z_bar, bar);
                let coupling = tableau.coupling[i - 1][j];
                if coupling != 0.0 {
                    model.onward.add_transposed_mass(coupling / step.dt, v, bar);
                }
            }
        }
        let pairs = Pairs { du_bars: bars, directions: stages, moves };
        model.products.along((step.t_first, &model.start, p), pairs, (u_bar, p_bar))
    }
}

impl<F: System, L: Loss, M: Rosenbrock> StepBack<f64> for RosenbrockAdjoint<'_, F, L, M> {
    /// Those of the stages.
    fn weights(&self, theta: f64) -> Vec<f64> {
        let tableau = Self::TABLEAU;
        let weight = |i: usize| {
            let rows = tableau.dense.iter().rev();
            let bracket = rows.fold(0.0, |sum, row| theta * sum + row[i]);
            theta * (tableau.b[i] + (1.0 - theta) * bracket)
        };
        (0..Self::USED).map(weight).collect()
    }

    fn slope(&mut self, t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        self.model.slope(t, u, p, du)
    }

    fn injected(&self, tell: impl FnMut(&[f64])) {
        self.model.injected(tell);
    }

    fn settles(&self) -> bool {
        self.model.settles()
    }

    fn settle(
        &mut self,
        at: (f64, &[f64], &[f64]),
        u_bar: &mut [f64],
        p_bar: &mut [f64],
    ) -> Result<(), Error> {
        self.model.settle(at, u_bar, p_bar)
    }

    fn pull_back(
        &mut self,
        step: &Taken,
        (u, _, p): (&[f64], &[f64], &[f64]),
        (interior, part): (&[Interior<'_, f64>], Option<&[f64]>),
        lambda: &mut [f64],
        p_bar: &mut [f64],
    ) -> Result<f64, Error> {
        let failed = |failure: Failure| Error::replay(step.t, &failure);
        self.model.begin(step, u, p)?;
        self.replay(step, p).map_err(failed)?;
        let (n, size) = (self.model.n, self.model.size);
        let weights = part.unwrap_or(Self::TABLEAU.b);
        // u_next = u + Σ bᵢ Uᵢ, u(t + θ dt) = u + Σ wᵢ(θ) Uᵢ; the integral is a sum of the same kind.
        self.u_bar.fill(0.0);
        self.u_bar[..n].copy_from_slice(lambda);
        interior.iter().for_each(|point| axpy(1.0, &point.u_bar, &mut self.u_bar));
        let mut integral = 0.0;
        for (i, bar) in self.bars.chunks_exact_mut(size).enumerate() {
            bar.fill(0.0);
            axpy(Self::TABLEAU.b[i], lambda, bar);
            interior.iter().for_each(|point| axpy(point.weights[i], &point.u_bar, bar));
            if size > n {
                bar[n] = weights[i];
                integral += weights[i] * self.stages[i * size + n];
            }
        }
        self.reverse(step, p, p_bar).map_err(failed)?;
        lambda.copy_from_slice(&self.u_bar[..n]);
        Ok(integral)
    }
}
