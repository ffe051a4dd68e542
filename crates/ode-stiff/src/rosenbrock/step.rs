//! One step of a Rosenbrock method.

use super::{Rosenbrock, RosenbrockTableau};
use crate::initialization::{self, Constraints};
use crate::iteration_matrix::{IterationMatrix, Trouble};
use linalg::Field;
use ode_core::{Dense, Error, ErrorNorm, Interval, Refusal, Stats, Step, Time};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian, Mass};

/// Stages and factors of a Rosenbrock method.
#[derive(Debug)]
pub struct RosenbrockCache<B: Buffer<Item: Field>, W> {
    pub(super) matrix: IterationMatrix<B::Item, W>,
    /// What a mass matrix leaves algebraic.
    constraints: Option<Box<Constraints<B::Item, W>>>,
    stages: Vec<B>,
    /// `f` at both ends of the step, and the end itself.
    pub(super) f: B,
    pub(super) f_next: B,
    end: B,
    /// `Σ (Cᵢⱼ / dt) Uⱼ`.
    coupled: B,
    /// Whether the Jacobian belongs to the start of the step, and the step that it is factored for.
    pub(super) is_differentiated: bool,
    factored: f64,
    evaluations: usize,
    refusal: Option<Refusal>,
}

impl<B, W> RosenbrockCache<B, W>
where
    B: Buffer<Item: Concrete + Field>,
{
    pub(super) fn new<M: Rosenbrock, F: Jacobian<B::Item, Work = W>>(
        _: &M,
        rhs: &F,
        u: &B,
    ) -> Self {
        Self {
            matrix: IterationMatrix::new(rhs),
            constraints: Constraints::new(rhs).map(Box::new),
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

    pub(super) fn admit<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &[B::Item], &[B::Item]),
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Error> {
        let Some(constraints) = &mut self.constraints else { return Ok(()) };
        constraints.forget();
        initialization::admit(constraints, rhs, at, self.f.as_ref(), norm)
    }

    pub(super) fn settle<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &mut [B::Item], &[B::Item]),
        norm: &mut ErrorNorm<'_>,
    ) -> Result<bool, Error> {
        initialization::settle(self.constraints.as_deref_mut(), rhs, at, norm)
    }

    pub(super) fn slope<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (B::Item, &[B::Item], &[B::Item]),
        du: &mut [B::Item],
    ) -> Result<(), Failure> {
        initialization::slope_at(self.constraints.as_deref_mut(), rhs, at, du)
    }

    pub(super) fn derivative(&self) -> &[B::Item] {
        self.f.as_ref()
    }

    pub(super) fn attempt<M: Rosenbrock, F: Jacobian<B::Item, Work = W>>(
        &mut self,
        _: &M,
        rhs: &F,
        step: &mut Step<'_, B>,
        _: &mut ErrorNorm<'_>,
    ) -> Result<(), Failure> {
        self.refusal = None;
        let attempted =
            self.factor::<M, F>(rhs, step).and_then(|()| self.stages::<M, F, _>(rhs, step));
        attempted.map_err(|trouble| trouble.tell(&mut self.refusal))
    }

    fn factor<M: Rosenbrock, F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        step: &Step<'_, B>,
    ) -> Result<(), Trouble> {
        if !self.is_differentiated {
            self.differentiate(rhs, step)?;
            self.factored = f64::NAN;
        }
        if self.factored != step.dt {
            self.matrix.factor(1.0 / (const { M::TABLEAU.gamma } * step.dt), rhs.mass())?;
            self.factored = step.dt;
        }
        Ok(())
    }

    pub(super) fn differentiate<F: Jacobian<B::Item, Work = W>, T: Time<B::Item>>(
        &mut self,
        rhs: &F,
        step: &Step<'_, B, T>,
    ) -> Result<(), Trouble> {
        self.matrix.differentiate(rhs, step.t_first.lift(), step.u.as_ref(), step.p)?;
        self.is_differentiated = true;
        Ok(())
    }

    pub(super) fn stages<M: Rosenbrock, F: Jacobian<B::Item, Work = W>, T: Time<B::Item>>(
        &mut self,
        rhs: &F,
        step: &mut Step<'_, B, T>,
    ) -> Result<(), Trouble> {
        let mass = rhs.mass();
        macro_rules! unrolled {
            ($($i:literal)*) => {$(
                if $i < const { M::TABLEAU.stages() } {
                    self.stage::<M, F, T, $i>(rhs, step, mass)?;
                }
            )*};
        }
        unrolled! { 0 1 2 3 4 5 6 7 }
        let (u_next, error) = (step.u_next.as_mut(), step.error.as_mut());
        u_next.copy_from_slice(step.u.as_ref());
        error.fill(B::Item::zero());
        const { Weights::of(M::TABLEAU.b) }.add_to(u_next, &self.stages);
        const { Weights::of(M::TABLEAU.e) }.add_to(error, &self.stages);
        Ok(())
    }

    /// Stage `I`.
    #[inline(always)]
    fn stage<M: Rosenbrock, F: Jacobian<B::Item, Work = W>, T: Time<B::Item>, const I: usize>(
        &mut self,
        rhs: &F,
        step: &mut Step<'_, B, T>,
        mass: Option<&Mass>,
    ) -> Result<(), Trouble> {
        let dt = step.dt;
        let (done, rest) = self.stages.split_at_mut(I);
        let stage = rest[0].as_mut();
        if I == 0 {
            stage.copy_from_slice(self.f.as_ref());
        } else {
            // Where a row of `a` repeats the one before it, only the last term is new.
            let z = step.u_next.as_mut();
            if !const { repeats(&M::TABLEAU, I) } {
                z.copy_from_slice(step.u.as_ref());
            }
            const { Weights::of_row(&M::TABLEAU, I) }.add_to(z, done);
            let t = step.taken().at(const { entry(M::TABLEAU.c, I) });
            self.evaluations += 1;
            rhs.eval(t, step.u_next.as_ref(), step.p, stage)?;
            if const { M::TABLEAU.is_fsal() && I + 1 == M::TABLEAU.stages() } {
                self.f_next.as_mut().copy_from_slice(stage);
            }
            let coupled = self.coupled.as_mut();
            coupled.fill(B::Item::zero());
            const { Weights::of(row(M::TABLEAU.coupling, I)) }.add_to(coupled, done);
            match mass {
                None => add(stage, dt.inverse(), coupled),
                Some(mass) => {
                    let inverse = dt.inverse();
                    for (x, stage) in stage.iter_mut().enumerate() {
                        for &(y, m) in mass.row(x) {
                            *stage = inverse.scaled(m).add_times(coupled[y], *stage);
                        }
                    }
                }
            }
        }
        let d = const { entry(M::TABLEAU.d, I) };
        if d != 0.0 {
            add(stage, dt.scaled(d), self.matrix.dfdt());
        }
        self.matrix.solve_coupled(rhs, (step.t_first.lift(), step.u.as_ref(), step.p), stage)
    }

    pub(super) fn accept<M: Rosenbrock, F: Jacobian<B::Item, Work = W>, T: Time<B::Item>>(
        &mut self,
        _: &M,
        rhs: &F,
        step: &mut Step<'_, B, T>,
    ) -> Result<(), Failure> {
        self.end.as_mut().copy_from_slice(step.u_next.as_ref());
        if const { M::TABLEAU.is_fsal() } {
            return Ok(());
        }
        self.evaluations += 1;
        rhs.eval(step.t_last.lift(), step.u_next.as_ref(), step.p, self.f_next.as_mut())
    }

    pub(super) fn dense<M: Rosenbrock>(
        &self,
        _: &M,
        interval: &Interval<'_, B>,
        dense: &mut Dense<B::Item>,
    ) {
        let n = interval.u.as_ref().len();
        let degree = const { M::TABLEAU.degree() };
        let out = dense.reset(interval.step.t, interval.step.dt, n, degree);
        self.polynomial::<M>(interval.u.as_ref(), out);
    }

    /// The interpolant, `degree + 1` rows of `n` zeros.
    pub(super) fn polynomial<M: Rosenbrock>(&self, u: &[B::Item], out: &mut [B::Item]) {
        let rows = const { M::TABLEAU.dense };
        // θ (1 - θ) (K₀ + θ K₁ + θ² K₂), and θ³ (1 - θ) = θ² (1 - θ) - θ² (1 - θ)² in Newton's form.
        let (n, end) = (u.len(), self.end.as_ref());
        for x in 0..n {
            out[x] = u[x];
            out[n + x] = end[x] - u[x];
        }
        for (m, row) in rows.iter().enumerate() {
            for (&h, stage) in row.iter().zip(&self.stages).filter(|(h, _)| **h != 0.0) {
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

    pub(super) fn spectral_radius(&self) -> Option<f64> {
        Some(self.matrix.bound())
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    pub(super) fn work(&self) -> Stats {
        let work = Stats { evaluations: self.evaluations, ..self.matrix.work() };
        self.constraints.as_ref().map_or(work, |constraints| work + constraints.work())
    }
}

/// `out += w x`.
#[inline(always)]
fn add<S: Scalar, T: Time<S>>(out: &mut [S], w: T, x: &[S]) {
    for (out, &x) in out.iter_mut().zip(x) {
        *out = w.add_times(x, *out);
    }
}

/// Whether row `i` of `a` is the row before it and one more entry.
const fn repeats(tableau: &RosenbrockTableau, i: usize) -> bool {
    if i < 2 || i > tableau.a.len() {
        return false;
    }
    let (row, before) = (tableau.a[i - 1], tableau.a[i - 2]);
    let mut j = 0;
    while j + 1 < i {
        if row[j] != before[j] {
            return false;
        }
        j += 1;
    }
    true
}

/// Row `i` of a triangle without its first row; empty where there is none.
const fn row(triangle: &[&'static [f64]], i: usize) -> &'static [f64] {
    if i > 0 && i <= triangle.len() { triangle[i - 1] } else { &[] }
}

/// Entry `i`, zero where there is none.
const fn entry(of: &[f64], i: usize) -> f64 {
    if i < of.len() { of[i] } else { 0.0 }
}

/// Weights of stages, known when the program is compiled, so that their sums are unrolled.
struct Weights([f64; RosenbrockTableau::MAX_STAGES]);

impl Weights {
    const fn of(row: &[f64]) -> Self {
        let mut weights = [0.0; RosenbrockTableau::MAX_STAGES];
        let mut j = 0;
        while j < row.len() {
            weights[j] = row[j];
            j += 1;
        }
        Self(weights)
    }

    /// What row `i` of `a` adds to the stage before it, or to the state.
    const fn of_row(tableau: &RosenbrockTableau, i: usize) -> Self {
        let mut weights = Self::of(row(tableau.a, i));
        if repeats(tableau, i) {
            let mut j = 0;
            while j + 1 < i {
                weights.0[j] = 0.0;
                j += 1;
            }
        }
        weights
    }

    /// `out += Σ wᵢ Uᵢ`.
    #[inline(always)]
    fn add_to<B: Buffer>(self, out: &mut [B::Item], stages: &[B]) {
        for (w, stage) in self.0.into_iter().zip(stages) {
            if w != 0.0 {
                add(out, w, stage.as_ref());
            }
        }
    }
}
