//! One step of a Rosenbrock method.

use super::{Rosenbrock, RosenbrockTableau};
use crate::iteration_matrix::{IterationMatrix, Trouble};
use linalg::Field;
use ode_core::{Dense, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian};

/// Stages and factors of a Rosenbrock method.
#[derive(Debug)]
pub struct RosenbrockCache<B: Buffer<Item: Field>, W> {
    matrix: IterationMatrix<B::Item, W>,
    stages: Vec<B>,
    /// `f` at both ends of the step, and the end itself.
    f: B,
    f_next: B,
    end: B,
    /// `Σ (Cᵢⱼ / dt) Uⱼ`.
    coupled: B,
    /// Whether the Jacobian belongs to the start of the step, and the step that it is factored for.
    is_differentiated: bool,
    factored: f64,
    evaluations: usize,
    refusal: Option<Refusal>,
}

impl<B, W> RosenbrockCache<B, W>
where
    B: Buffer<Item: Concrete + Field>,
{
    pub(super) fn new<M: Rosenbrock, F: Jacobian<B::Item, Work = W>>(u: &B, work: W) -> Self {
        Self {
            matrix: IterationMatrix::new::<F>(u.as_ref().len(), work),
            stages: vec![u.zeros(); const { M::TABLEAU.stages() }],
            f: u.zeros(),
            f_next: u.zeros(),
            end: u.zeros(),
            coupled: u.zeros(),
            is_differentiated: false,
            factored: f64::NAN,
            evaluations: 0,
            refusal: None,
        }
    }

    pub(super) fn begin<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
    ) -> Result<(), Failure> {
        self.is_differentiated = false;
        self.evaluations += 1;
        rhs.eval(B::Item::from_f64(t), u.as_ref(), p, self.f.as_mut())
    }

    pub(super) fn derivative(&self) -> &[B::Item] {
        self.f.as_ref()
    }

    pub(super) fn attempt<M: Rosenbrock, F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        step: &mut Step<'_, B>,
    ) -> Result<(), Failure> {
        self.refusal = None;
        self.stages::<M, F>(rhs, step).map_err(|trouble| trouble.tell(&mut self.refusal))
    }

    fn stages<M: Rosenbrock, F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        step: &mut Step<'_, B>,
    ) -> Result<(), Trouble> {
        let RosenbrockTableau { gamma, a, coupling, c, d, b, e, .. } = const { M::TABLEAU };
        let (n, dt, mass) = (step.u.as_ref().len(), step.dt, rhs.mass());
        if !self.is_differentiated {
            let t = B::Item::from_f64(step.t_first);
            self.matrix.differentiate(rhs, t, step.u.as_ref(), step.p)?;
            self.is_differentiated = true;
            self.factored = f64::NAN;
        }
        if self.factored != dt {
            self.matrix.factor(1.0 / (gamma * dt), mass)?;
            self.factored = dt;
        }
        for i in 0..const { M::TABLEAU.stages() } {
            let (done, rest) = self.stages.split_at_mut(i);
            let stage = rest[0].as_mut();
            if i == 0 {
                stage.copy_from_slice(self.f.as_ref());
            } else {
                // Where a row of `a` repeats the one before it, only the last term is new.
                let z = step.u_next.as_mut();
                let repeats = i > 1 && (0..i - 1).all(|j| a[i - 1][j] == a[i - 2][j]);
                let from = if repeats { i - 1 } else { 0 };
                if !repeats {
                    z.copy_from_slice(step.u.as_ref());
                }
                for j in from..i {
                    add(z, a[i - 1][j], done[j].as_ref());
                }
                let coupled = self.coupled.as_mut();
                coupled.fill(B::Item::zero());
                for j in 0..i {
                    add(coupled, coupling[i - 1][j] / dt, done[j].as_ref());
                }
                let t = if c[i] == 1.0 { step.t_last } else { step.t + c[i] * dt };
                self.evaluations += 1;
                rhs.eval(B::Item::from_f64(t), step.u_next.as_ref(), step.p, stage)?;
                if const { M::TABLEAU.is_fsal() } && i + 1 == const { M::TABLEAU.stages() } {
                    self.f_next.as_mut().copy_from_slice(stage);
                }
                match mass {
                    None => add(stage, 1.0, self.coupled.as_ref()),
                    Some(mass) => {
                        for x in 0..n {
                            for &(y, m) in mass.row(x) {
                                stage[x] += self.coupled.as_ref()[y].scale(m);
                            }
                        }
                    }
                }
            }
            if d[i] != 0.0 {
                add(stage, dt * d[i], self.matrix.dfdt());
            }
            self.matrix.solve(stage)?;
        }
        weigh(step.u_next.as_mut(), Some(step.u.as_ref()), b, &self.stages);
        weigh(step.error.as_mut(), None, e, &self.stages);
        Ok(())
    }

    pub(super) fn accept<M: Rosenbrock, F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        step: &mut Step<'_, B>,
    ) -> Result<(), Failure> {
        self.end.as_mut().copy_from_slice(step.u_next.as_ref());
        if const { M::TABLEAU.is_fsal() } {
            return Ok(());
        }
        self.evaluations += 1;
        let t = B::Item::from_f64(step.t_last);
        rhs.eval(t, step.u_next.as_ref(), step.p, self.f_next.as_mut())
    }

    pub(super) fn dense<M: Rosenbrock>(
        &self,
        interval: &Interval<'_, B>,
        dense: &mut Dense<B::Item>,
    ) {
        let rows = const { M::TABLEAU.dense };
        let n = interval.u.as_ref().len();
        // θ (1 - θ) (K₀ + θ K₁ + θ² K₂), and θ³ (1 - θ) = θ² (1 - θ) - θ² (1 - θ)² in Newton's form.
        let degree = const { M::TABLEAU.dense.len() } + 1;
        let out = dense.reset(interval.step.t, interval.step.dt, n, degree);
        let (u, end) = (interval.u.as_ref(), self.end.as_ref());
        for x in 0..n {
            out[x] = u[x];
            out[n + x] = end[x] - u[x];
        }
        for (m, row) in rows.iter().enumerate() {
            for (&h, stage) in row.iter().zip(&self.stages) {
                add(&mut out[(m + 2) * n..(m + 3) * n], h, stage.as_ref());
            }
        }
        if rows.len() == 3 {
            for x in 0..n {
                let highest = out[4 * n + x];
                out[3 * n + x] += highest;
                out[4 * n + x] = -highest;
            }
        }
    }

    pub(super) fn advance(&mut self) {
        std::mem::swap(&mut self.f, &mut self.f_next);
        self.is_differentiated = false;
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    pub(super) fn work(&self) -> Stats {
        Stats { evaluations: self.evaluations, ..self.matrix.work() }
    }
}

/// `out += w x`.
#[inline(always)]
fn add<S: Scalar>(out: &mut [S], w: f64, x: &[S]) {
    if w != 0.0 {
        for (out, &x) in out.iter_mut().zip(x) {
            *out = x.scale_add(w, *out);
        }
    }
}

/// `out = base + Σ wᵢ Uᵢ`.
#[inline(always)]
fn weigh<B: Buffer>(out: &mut [B::Item], base: Option<&[B::Item]>, weights: &[f64], stages: &[B]) {
    match base {
        Some(base) => out.copy_from_slice(base),
        None => out.fill(B::Item::zero()),
    }
    for (&w, stage) in weights.iter().zip(stages) {
        add(out, w, stage.as_ref());
    }
}
