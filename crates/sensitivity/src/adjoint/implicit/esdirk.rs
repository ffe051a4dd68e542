//! The adjoint of a step of a singly diagonally implicit method.

use super::model::Model;
use super::newton::Newton;
use super::onward::Onward;
use crate::adjoint::step_back::{Interior, StepBack, axpy};
use crate::{Error, Loss};
use ode_core::Taken;
use ode_stiff::{Esdirk, EsdirkTableau, StepMatrix};
use std::marker::PhantomData;
use system::{DualWork, Failure, System};

/// A step starts with `k₁`, the last one of the step before, and solves for each other stage, with
/// `c = 1 / (γ dt)`,
/// ```text
/// xᵢ = u + dt Σ aᵢⱼ kⱼ, j < i,    c M (yᵢ - xᵢ) = f(tᵢ, yᵢ),    kᵢ = c (yᵢ - xᵢ)
/// ```
/// where the last `yᵢ` is the solution. By the implicit function theorem, with the matrix `Wᵢ = c M - ∂f/∂u` of
/// that very stage,
/// ```text
/// vᵢ = Wᵢ⁻ᵀ (ȳᵢ + c k̄ᵢ),    x̄ᵢ = c (Mᵀ vᵢ - k̄ᵢ),    p̄ += (∂f/∂p)ᵀ vᵢ,    k̄ⱼ += dt aᵢⱼ x̄ᵢ,    ū += x̄ᵢ
/// ```
/// No cotangent is multiplied by a stiff `∂f/∂u`, as no stage is.
pub(super) struct EsdirkAdjoint<'a, F: System, L: Loss, M> {
    model: Model<'a, F, L>,
    /// One for each stage that is solved for.
    matrices: Vec<StepMatrix<DualWork<f64>>>,
    newton: Newton,
    /// `kᵢ`, `yᵢ`, `k̄ᵢ`.
    slopes: Vec<f64>,
    points: Vec<f64>,
    bars: Vec<f64>,
    /// The cotangent of the derivative at the end of the step, which the next one has started with.
    carried: Vec<f64>,
    base: Vec<f64>,
    u_bar: Vec<f64>,
    v: Vec<f64>,
    unwanted: Vec<f64>,
    method: PhantomData<M>,
}

impl<'a, F: System, L: Loss, M: Esdirk> EsdirkAdjoint<'a, F, L, M> {
    const TABLEAU: EsdirkTableau = M::TABLEAU;
    const STAGES: usize = M::TABLEAU.stages();

    pub(super) fn new(onward: Onward<'a, F, L>) -> Result<Self, Error> {
        let matrices = (1..Self::STAGES).map(|_| StepMatrix::new(&onward)).collect();
        let model = Model::new(onward)?;
        let zeros = |stages: usize| vec![0.0; stages * model.size];
        Ok(Self {
            matrices,
            newton: Newton::new(model.size),
            slopes: zeros(Self::STAGES),
            points: zeros(Self::STAGES),
            bars: zeros(Self::STAGES),
            carried: zeros(1),
            base: zeros(1),
            u_bar: zeros(1),
            v: zeros(1),
            unwanted: zeros(1),
            model,
            method: PhantomData,
        })
    }

    /// Takes the step again, until nothing but rounding is left of each iteration.
    fn replay(&mut self, step: &Taken, slope: &[f64], p: &[f64]) -> Result<(), Failure> {
        let Self { model, matrices, newton, slopes, points, base, .. } = self;
        let (tableau, n, dt) = (Self::TABLEAU, model.size, step.dt);
        let c = 1.0 / (tableau.gamma * dt);
        let first = &mut slopes[..n];
        if n > model.n {
            model.eval(step.t_first, &model.start, p, first)?;
        }
        first[..model.n].copy_from_slice(slope);
        for i in 1..Self::STAGES {
            let (done, rest) = slopes.split_at_mut(i * n);
            let (y, t) = (&mut points[i * n..(i + 1) * n], step.at(tableau.c[i]));
            base.copy_from_slice(&model.start);
            y.fill(0.0);
            for (j, k) in done.chunks_exact(n).enumerate() {
                axpy(dt * tableau.a[i - 1][j], k, base);
                axpy(tableau.predictor[i - 1][j] / c, k, y);
            }
            axpy(1.0, base, y);
            newton.solve(&model.onward, (t, p), (c, base, y), &mut matrices[..i])?;
            for (k, (y, base)) in rest.iter_mut().zip(y.iter().zip(&*base)) {
                *k = c * (y - base);
            }
        }
        Ok(())
    }

    /// From the cotangents of the slopes, of the solution (in `v`) and of the start to those of the start and of
    /// its slope.
    fn reverse(&mut self, step: &Taken, p: &[f64], p_bar: &mut [f64]) -> Result<(), Failure> {
        let Self { model, matrices, points, bars, base, u_bar, v, unwanted, .. } = self;
        let (tableau, n, dt) = (Self::TABLEAU, model.size, step.dt);
        let c = 1.0 / (tableau.gamma * dt);
        unwanted.fill(0.0);
        for i in (1..Self::STAGES).rev() {
            let (before, rest) = bars.split_at_mut(i * n);
            let bar = &rest[..n];
            axpy(c, bar, v);
            if v.iter().any(|&v| v != 0.0) {
                matrices[i - 1].solve_transposed(v)?;
                let point = (step.at(tableau.c[i]), &points[i * n..(i + 1) * n], p);
                model.products.pull_back(point, v, (unwanted, p_bar))?;
                base.fill(0.0);
                axpy(-c, bar, base);
                model.onward.add_transposed_mass(c, v, base);
                axpy(1.0, base, u_bar);
                for (j, bar) in before.chunks_exact_mut(n).enumerate() {
                    axpy(dt * tableau.a[i - 1][j], base, bar);
                }
            }
            v.fill(0.0);
        }
        Ok(())
    }
}

impl<F: System, L: Loss, M: Esdirk> StepBack<f64> for EsdirkAdjoint<'_, F, L, M> {
    const CARRIES: bool = true;

    /// Those of the derivatives of the stages, by which `dt` is multiplied: Hermite's cubic, and the term of fourth
    /// order.
    fn weights(&self, theta: f64) -> Vec<f64> {
        let (tableau, last) = (Self::TABLEAU, Self::STAGES - 1);
        let left = 1.0 - theta;
        let weight = |i: usize| {
            let rise = theta * theta * (3.0 - 2.0 * theta) * tableau.a(last, i);
            let own = tableau.dense.get(i).map_or(0.0, |w| w * (theta * left).powi(2));
            let first = if i == 0 { theta * left * left } else { 0.0 };
            let end = if i == last { theta * theta * left } else { 0.0 };
            rise + own + first - end
        };
        (0..Self::STAGES).map(weight).collect()
    }

    fn slope(&mut self, t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        self.model.slope(t, u, p, du)
    }

    fn injected(&self, tell: impl FnMut(&[f64])) {
        self.model.injected(tell);
    }

    fn begun(
        &mut self,
        (t, u, p): (f64, &[f64], &[f64]),
        lambda: &mut [f64],
        p_bar: &mut [f64],
    ) -> Result<(), Error> {
        self.model.pull_back_slope((t, u, p), &self.carried, (lambda, p_bar))?;
        self.carried.fill(0.0);
        Ok(())
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
        (u, slope, p): (&[f64], &[f64], &[f64]),
        (interior, part): (&[Interior<'_, f64>], Option<&[f64]>),
        lambda: &mut [f64],
        p_bar: &mut [f64],
    ) -> Result<f64, Error> {
        let failed = |failure: Failure| Error::replay(step.t, &failure);
        self.model.begin(step, u, p)?;
        self.replay(step, slope, p).map_err(failed)?;
        let (n, size, last) = (self.model.n, self.model.size, Self::STAGES - 1);
        let (tableau, dt) = (Self::TABLEAU, step.dt);
        // u_next = yₛ, u(t + θ dt) = u + dt Σ wᵢ(θ) kᵢ; the integral is a sum of the same kind.
        self.u_bar.fill(0.0);
        interior.iter().for_each(|point| axpy(1.0, &point.u_bar, &mut self.u_bar));
        let mut integral = 0.0;
        for (i, bar) in self.bars.chunks_exact_mut(size).enumerate() {
            bar.fill(0.0);
            if i == last {
                bar.copy_from_slice(&self.carried);
            }
            interior.iter().for_each(|point| axpy(dt * point.weights[i], &point.u_bar, bar));
            if size > n {
                let weight = dt * part.map_or(tableau.a(last, i), |part| part[i]);
                bar[n] += weight;
                integral += weight * self.slopes[i * size + n];
            }
        }
        self.v.fill(0.0);
        self.v[..n].copy_from_slice(lambda);
        self.reverse(step, p, p_bar).map_err(failed)?;
        self.carried.copy_from_slice(&self.bars[..size]);
        lambda.copy_from_slice(&self.u_bar[..n]);
        Ok(integral)
    }
}
