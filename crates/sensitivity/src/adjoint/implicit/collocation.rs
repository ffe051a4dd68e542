//! The adjoint of a step of a collocation method.

use super::model::Model;
use super::onward::Onward;
use crate::adjoint::step_back::{Interior, StepBack, axpy};
use crate::{Error, Loss};
use ode_core::Taken;
use ode_stiff::{CollocationCoefficients, CollocationMethod, CoupledMatrix};
use std::marker::PhantomData;
use system::{DualWork, Failure, System};

/// With `C = A⁻¹ / dt` a step solves for all stages at once
/// ```text
/// M Σ Cᵢⱼ zⱼ = f(tᵢ, u + zᵢ),    u_next = u + Σ dᵢ zᵢ
/// ```
/// and its transpose is, with the matrix `W = C ⊗ M - diag(J₁, J₂, …)` of these very stages,
/// ```text
/// v = W⁻ᵀ z̄,    ū += Σ Jᵢᵀ vᵢ,    p̄ += Σ (∂f/∂p)ᵢᵀ vᵢ
/// ```
/// Steps end at the save times: what the dense output of these methods is, depends on the steps before.
pub(super) struct CollocationAdjoint<'a, F: System, L: Loss, M> {
    model: Model<'a, F, L>,
    matrix: CoupledMatrix<DualWork<f64>>,
    coefficients: CollocationCoefficients,
    /// `A⁻¹ / dt`.
    c: Vec<f64>,
    /// `zᵢ`, the states of the stages, the residuals, the cotangents.
    z: Vec<f64>,
    points: Vec<f64>,
    residuals: Vec<f64>,
    bars: Vec<f64>,
    /// The start of the step pulled back through before, which may be the end of this one.
    next: Option<(f64, Vec<f64>)>,
    u_bar: Vec<f64>,
    sum: Vec<f64>,
    method: PhantomData<M>,
}

/// Increments of this part of a state are rounding; below the second, those that do not shrink are.
const ROUNDING: f64 = 1e-14;
const NOISE: f64 = 1e-6;

/// Components smaller than this part of the largest are measured by that.
const SMALL: f64 = 1e-9;

/// The matrix is made anew where increments shrink by less.
const SLOW: f64 = 0.1;

const MOST: usize = 40;

impl<'a, F: System, L: Loss, M: CollocationMethod> CollocationAdjoint<'a, F, L, M> {
    pub(super) fn new(onward: Onward<'a, F, L>) -> Result<Self, Error> {
        let coefficients = M::coefficients();
        let stages = coefficients.c.len();
        let matrix = CoupledMatrix::new(&onward, stages);
        let model = Model::new(onward)?;
        let zeros = |stages: usize| vec![0.0; stages * model.size];
        Ok(Self {
            matrix,
            c: coefficients.inverse.clone(),
            coefficients,
            z: zeros(stages),
            points: zeros(stages),
            residuals: zeros(stages),
            bars: zeros(stages),
            next: None,
            u_bar: zeros(1),
            sum: zeros(1),
            model,
            method: PhantomData,
        })
    }

    /// Takes the step again: from a straight line to its end where that is known, else from its start.
    fn replay(&mut self, step: &Taken, p: &[f64]) -> Result<(), Failure> {
        let (n, size) = (self.model.n, self.model.size);
        for (c, inverse) in self.c.iter_mut().zip(&self.coefficients.inverse) {
            *c = inverse / step.dt;
        }
        self.z.fill(0.0);
        let end = step.t + step.dt;
        if let Some((t, next)) = &self.next
            && (t - end).abs() <= 1e-9 * step.dt.abs()
        {
            for (z, &c) in self.z.chunks_exact_mut(size).zip(&self.coefficients.c) {
                for (z, (next, u)) in z.iter_mut().zip(next.iter().zip(&self.model.start[..n])) {
                    *z = c * (next - u);
                }
            }
            if self.iterate(step, p).is_ok() {
                return Ok(());
            }
            self.z.fill(0.0);
        }
        self.iterate(step, p)
    }

    /// Newton's method until nothing but rounding is left; ends with the matrix of the solution.
    fn iterate(&mut self, step: &Taken, p: &[f64]) -> Result<(), Failure> {
        self.prepare(step, p)?;
        let mut last = f64::INFINITY;
        for _ in 0..MOST {
            let Self { model, matrix, c, z, points, residuals, sum, coefficients, .. } = self;
            let (n, stages) = (model.size, coefficients.c.len());
            for i in 0..stages {
                let (t, of) = (step.at(coefficients.c[i]), i * n..(i + 1) * n);
                model.eval(t, &points[of.clone()], p, &mut residuals[of.clone()])?;
                sum.fill(0.0);
                for j in 0..stages {
                    axpy(c[i * stages + j], &z[j * n..(j + 1) * n], sum);
                }
                model.onward.add_mass(-1.0, sum, &mut residuals[of]);
            }
            matrix.solve(residuals)?;
            let largest = points.iter().fold(0.0f64, |largest, u| largest.max(u.abs()));
            let mut part = 0.0f64;
            for ((z, u), delta) in z.iter_mut().zip(points).zip(residuals) {
                *z += *delta;
                *u += *delta;
                let size = delta.abs() / (u.abs() + SMALL * largest + f64::MIN_POSITIVE);
                part = if size > part || size.is_nan() { size } else { part };
            }
            if !part.is_finite() {
                break;
            }
            if part <= ROUNDING || (part <= NOISE && part >= 0.5 * last) {
                return self.prepare(step, p);
            }
            if part > SLOW * last {
                self.prepare(step, p)?;
            }
            last = part;
        }
        Err(Failure::Fatal("the equations of a step are not solved a second time".to_owned()))
    }

    /// The matrix at these stages.
    fn prepare(&mut self, step: &Taken, p: &[f64]) -> Result<(), Failure> {
        let Self { model, matrix, c, z, points, coefficients, .. } = self;
        let n = model.size;
        for (i, (point, z)) in points.chunks_exact_mut(n).zip(z.chunks_exact(n)).enumerate() {
            point.iter_mut().zip(&model.start).zip(z).for_each(|((x, u), z)| *x = u + z);
            matrix.linearize(&model.onward, i, (step.at(coefficients.c[i]), point, p))?;
        }
        matrix.factor(c, model.onward.mass())
    }
}

impl<F: System, L: Loss, M: CollocationMethod> StepBack<f64> for CollocationAdjoint<'_, F, L, M> {
    const ENDS_AT_SAVES: bool = true;

    /// Those of the collocation polynomial, through the start and the stages.
    fn weights(&self, theta: f64) -> Vec<f64> {
        let c = &self.coefficients.c;
        let lagrange = |i: usize| {
            let others = (0..c.len()).filter(|&j| j != i);
            theta / c[i] * others.map(|j| (theta - c[j]) / (c[i] - c[j])).product::<f64>()
        };
        (0..c.len()).map(lagrange).collect()
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
        let Self { model, matrix, coefficients, z, points, bars, u_bar, next, .. } = self;
        let (n, size) = (model.n, model.size);
        let weights = part.unwrap_or(&coefficients.d);
        u_bar.fill(0.0);
        u_bar[..n].copy_from_slice(lambda);
        interior.iter().for_each(|point| axpy(1.0, &point.u_bar, u_bar));
        let mut integral = 0.0;
        for (i, bar) in bars.chunks_exact_mut(size).enumerate() {
            bar.fill(0.0);
            axpy(coefficients.d[i], lambda, bar);
            interior.iter().for_each(|point| axpy(point.weights[i], &point.u_bar, bar));
            if size > n {
                bar[n] = weights[i];
                integral += weights[i] * z[i * size + n];
            }
        }
        matrix.solve_transposed(bars).map_err(failed)?;
        for (i, v) in bars.chunks_exact(size).enumerate() {
            let point = (step.at(coefficients.c[i]), &points[i * size..(i + 1) * size], p);
            model.products.pull_back(point, v, (u_bar, p_bar)).map_err(failed)?;
        }
        lambda.copy_from_slice(&u_bar[..n]);
        match next {
            Some((t, next)) => {
                *t = step.t;
                next.copy_from_slice(u);
            }
            None => *next = Some((step.t, u.to_vec())),
        }
        Ok(integral)
    }
}
