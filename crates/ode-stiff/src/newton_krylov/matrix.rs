use super::method::Krylov;
use super::operator::{Scaled, ScaledPreconditioner, Scales};
use super::preconditioning::{Preconditioning, Prepared};
use super::reals::Reals;
use crate::iteration_matrix::{Linearization, Trouble, Wanted};
use crate::linear_systems::Place;
use linalg::{ErrorKind, Field, Gmres, GmresSolver};
use ode_core::{ErrorNorm, Refusal, Stats};
use scalar::Concrete;
use std::fmt;
use system::{Failure, Jacobian};

/// The systems `(c M - J) x = b` by GMRES, with `J` at the state at hand.
///
/// Numbers that carry several real ones are solved part by part with the matrix of the values: from
/// `A x = b` with dual numbers follows `A₀ xₖ = (b - A x)ₖ`, where `x` are the parts known so far.
pub(crate) struct KrylovMatrix<S, W> {
    linearization: Linearization<S, W>,
    reals: Reals<S>,
    forcing: f64,
    /// What it iterates with; or what is wrong with the settings.
    tools: Result<Tools, Failure>,
    /// The last place: `y`, then `t`; and `p`, `c`.
    place: Vec<S>,
    p: Vec<S>,
    c: f64,
    /// Where the preconditioner was made: `u`, then `t`; nothing if there is none.
    made_at: Vec<S>,
    /// Whether the Jacobian of the preconditioner has to be evaluated before it is made.
    is_restored: bool,
    /// By the tolerances, for the values and for the part at work.
    scales: Scales,
    /// Right-hand side and solution of a part, and scratch.
    right: Vec<f64>,
    solution: Vec<f64>,
    moved: Vec<f64>,
    v: Vec<S>,
    product: Vec<S>,
    /// The solution in all parts; nothing for real numbers.
    x: Vec<S>,
    factorizations: usize,
    solves: usize,
    products: usize,
}

struct Tools {
    gmres: GmresSolver,
    preconditioner: Prepared,
    /// The entries of the Jacobian of the values, and of `c M - J`, in its pattern.
    jac: Vec<f64>,
    values: Vec<f64>,
    /// The values of the parameters.
    params: Vec<f64>,
}

/// A system by whose solution the error of a step is estimated is solved at least so well, relative to its
/// right-hand side.
const RELATIVE: f64 = 0.1;

/// An iteration that ends early is of use if it has come so far.
const PROGRESS: f64 = 0.5;

impl<S: Concrete + Field, W> KrylovMatrix<S, W> {
    pub(crate) fn new<F: Jacobian<S, Work = W>>(rhs: &F, krylov: &Krylov<S>) -> Self {
        let Krylov { restart, max_products, forcing, preconditioning, reals } = krylov;
        let wanted =
            if preconditioning.needs_entries() { Wanted::Pattern } else { Wanted::Products };
        let linearization = Linearization::new(rhs, wanted);
        let (n, entries) = (rhs.states(), linearization.values().len());
        // Columns of tangents are preconditioned one by one.
        let leading = linearization.states();
        let sparsity = linearization.sparsity().map(|sparsity| &**sparsity);
        let options = Gmres { restart: *restart, max_products: *max_products, ..Gmres::default() };
        let fatal = |what: String| Failure::Fatal(format!("NewtonKrylov: {what}"));
        let tools = GmresSolver::new(n, options).map_err(|error| fatal(error.to_string()));
        let tools = tools.and_then(|gmres| {
            if !(*forcing > 0.0 && *forcing < 1.0 && *max_products > 0) {
                return Err(fatal(
                    "`forcing` must lie in (0, 1), `max_products` be positive".into(),
                ));
            }
            let preconditioner = Prepared::new(preconditioning, leading, sparsity)?;
            let values = vec![0.0; sparsity.map_or(0, |sparsity| sparsity.structure().len())];
            Ok(Tools { gmres, preconditioner, jac: vec![0.0; entries], values, params: Vec::new() })
        });
        let zeros = || vec![0.0; n];
        let has_preconditioner = !matches!(preconditioning, Preconditioning::Nothing);
        Self {
            linearization,
            reals: *reals,
            forcing: *forcing,
            tools,
            place: vec![S::ZERO; n + 1],
            made_at: vec![S::ZERO; if has_preconditioner { n + 1 } else { 0 }],
            p: Vec::new(),
            c: 1.0,
            is_restored: false,
            scales: Scales::new(n),
            right: zeros(),
            solution: zeros(),
            moved: zeros(),
            v: vec![S::ZERO; n],
            product: vec![S::ZERO; n],
            x: vec![S::ZERO; if reals.parts > 1 { n } else { 0 }],
            factorizations: 0,
            solves: 0,
            products: 0,
        }
    }

    pub(crate) fn forcing(&self) -> f64 {
        self.forcing
    }

    fn remember(&mut self, t: f64, y: &[S], p: &[S]) {
        if let Some((last, place)) = self.place.split_last_mut() {
            place.copy_from_slice(y);
            *last = S::from_f64(t);
        }
        self.p.clear();
        self.p.extend_from_slice(p);
    }

    /// Evaluates what the preconditioner needs.
    #[inline(never)]
    pub(crate) fn linearize<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        self.remember(t, u, p);
        if !self.made_at.is_empty() {
            self.made_at.copy_from_slice(&self.place);
        }
        self.is_restored = false;
        self.linearization.linearize(rhs, S::from_f64(t), u, p)
    }

    /// Where the preconditioner was made.
    pub(crate) fn memory(&self) -> &[S] {
        &self.made_at
    }

    pub(crate) fn restore(&mut self, restore: impl FnOnce(&mut [S])) {
        restore(&mut self.made_at);
        self.is_restored = true;
    }

    /// Makes the preconditioner.
    #[inline(never)]
    pub(crate) fn factor<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        c: f64,
        p: &[S],
    ) -> Result<(), Trouble> {
        self.c = c;
        let tools = match &mut self.tools {
            Ok(tools) => tools,
            Err(failure) => return Err(failure.clone().into()),
        };
        let Some((&t, u)) = self.made_at.split_last() else { return Ok(()) };
        match &mut tools.preconditioner {
            Prepared::Nothing => return Ok(()),
            Prepared::Custom(own) => {
                let mut time = [0.0];
                tools.params.resize(p.len(), 0.0);
                (self.reals.take)(u, 0, &mut self.moved);
                (self.reals.take)(&[t], 0, &mut time);
                (self.reals.take)(p, 0, &mut tools.params);
                let n = self.linearization.states().min(self.moved.len());
                own.prepare(c, time[0], &self.moved[..n], &tools.params)?;
            }
            prepared => {
                if self.is_restored {
                    self.linearization.linearize(rhs, t, u, p)?;
                }
                let Some(sparsity) = self.linearization.sparsity() else { return Ok(()) };
                (self.reals.take)(self.linearization.values(), 0, &mut tools.jac);
                sparsity.shift(&tools.jac, c, &mut tools.values);
                prepared.factor(sparsity.structure(), &tools.values).map_err(|error| {
                    let index = match error.kind() {
                        ErrorKind::Singular { pivot } => *pivot,
                        _ => 0,
                    };
                    Trouble::Refused(Refusal::Singular { index })
                })?;
            }
        }
        (self.is_restored, self.factorizations) = (false, self.factorizations + 1);
        Ok(())
    }

    /// Solves `(c M - J) x = b` in place, so well that Newton's iteration does not notice.
    #[inline(never)]
    pub(crate) fn solve<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        place: &Place<'_, S>,
        norm: &ErrorNorm<'_>,
        b: &mut [S],
    ) -> Result<(), Trouble> {
        self.remember(place.t, place.y, place.p);
        self.c = place.c;
        // The residual over c is an increment of the state, in the root mean square of the norm.
        let count = self.scales.columns.len() as f64;
        let limit = self.forcing * place.tolerance * place.c.abs() * count.sqrt();
        let relative = if place.is_estimate { RELATIVE } else { f64::INFINITY };
        for k in 0..self.reals.parts {
            (self.reals.take)(place.u, k, &mut self.scales.columns);
            self.scales.measure(norm, rhs.mass(), place.c);
            self.part(rhs, k, (relative, Some(limit)), b)?;
        }
        self.finish(b);
        Ok(())
    }

    /// Solves the system of the last place and `c` to a relative residual.
    #[inline(never)]
    pub(crate) fn solve_again<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        relative: f64,
        b: &mut [S],
    ) -> Result<(), Trouble> {
        for k in 0..self.reals.parts {
            self.part(rhs, k, (relative, None), b)?;
        }
        self.finish(b);
        Ok(())
    }

    /// Part `k` of the solution: into `x`, or into `b` where there is no other.
    #[inline(never)]
    fn part<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        k: usize,
        (relative, limit): (f64, Option<f64>),
        b: &mut [S],
    ) -> Result<(), Trouble> {
        self.solves += 1;
        if k == 0 {
            (self.reals.take)(b, 0, &mut self.right);
        } else {
            self.residual(rhs, b)?;
            (self.reals.take)(&self.product, k, &mut self.right);
        }
        let tools = match &mut self.tools {
            Ok(tools) => tools,
            Err(failure) => return Err(failure.clone().into()),
        };
        let Some((&t, y)) = self.place.split_last() else { return Ok(()) };
        let size = scaled_norm(&mut self.right, &self.scales.rows);
        let options = tools.gmres.options_mut();
        options.rtol = 0.0;
        // Nothing to solve for, and no number, are left to the solver.
        let relative = if size > 0.0 { relative * size } else { 0.0 };
        options.atol = limit.map_or(relative, |limit| limit.min(relative));
        let mut operator = Scaled {
            rhs,
            linearization: &mut self.linearization,
            at: (t, y, &self.p),
            c: self.c,
            scales: &self.scales,
            moved: &mut self.moved,
            v: &mut self.v,
            product: &mut self.product,
            reals: self.reals,
            products: 0,
            failure: None,
        };
        let prepared = &mut tools.preconditioner;
        let leading = operator.linearization.states();
        let mut preconditioner = ScaledPreconditioner { prepared, leading, scales: &self.scales };
        let (right, x) = (&self.right, &mut self.solution);
        let solved = tools.gmres.solve_roughly(&mut operator, &mut preconditioner, right, x);
        self.products += operator.products;
        if let Some(failure) = operator.failure {
            return Err(failure.into());
        }
        if let Err(error) = solved {
            let left = match error.kind() {
                ErrorKind::NotConverged { residual, .. } => *residual,
                ErrorKind::Breakdown { residual, .. } => *residual,
                _ => f64::NAN,
            };
            let is_of_use = left <= PROGRESS * size && limit.is_some();
            if !is_of_use {
                return Err(Trouble::Refused(Refusal::NotConverged));
            }
        }
        for (x, unit) in self.solution.iter_mut().zip(&self.scales.columns) {
            *x *= unit;
        }
        match self.reals.parts {
            1 => (self.reals.put)(&self.solution, 0, b),
            _ => {
                if k == 0 {
                    self.x.fill(S::ZERO);
                }
                (self.reals.put)(&self.solution, k, &mut self.x);
            }
        }
        Ok(())
    }

    /// `product = b - (c M - J) x`, in all parts.
    fn residual<F: Jacobian<S, Work = W>>(&mut self, rhs: &F, b: &[S]) -> Result<(), Trouble> {
        let Some((&t, y)) = self.place.split_last() else { return Ok(()) };
        self.products += 1;
        let at = (t, y, &self.p[..]);
        self.linearization.product(rhs, at, &self.x, &mut self.product)?;
        match rhs.mass() {
            None => self.v.copy_from_slice(&self.x),
            Some(mass) => mass.times(&self.x, &mut self.v),
        }
        for ((product, &b), &mx) in self.product.iter_mut().zip(b).zip(&self.v) {
            *product += b - mx.scale(self.c);
        }
        Ok(())
    }

    fn finish(&mut self, b: &mut [S]) {
        if self.reals.parts > 1 {
            b.copy_from_slice(&self.x);
        }
    }

    pub(crate) fn work(&self) -> Stats {
        let Self { factorizations, solves, products, .. } = *self;
        let jacobians = self.linearization.evaluations();
        Stats { jacobians, factorizations, solves, products, ..Stats::default() }
    }
}

/// `x ← weights x`, and `‖x‖₂` of that, summed in parts side by side.
fn scaled_norm(x: &mut [f64], weights: &[f64]) -> f64 {
    let n = x.len().min(weights.len());
    let mut sums = [0.0; 8];
    let (x, x_rest) = x[..n].as_chunks_mut::<8>();
    let (weights, weights_rest) = weights[..n].as_chunks::<8>();
    for (x, weights) in x.iter_mut().zip(weights) {
        for i in 0..8 {
            x[i] *= weights[i];
            sums[i] += x[i] * x[i];
        }
    }
    for (i, x) in x_rest.iter_mut().enumerate() {
        *x *= weights_rest[i];
        sums[i] += *x * *x;
    }
    sums.iter().sum::<f64>().sqrt()
}

impl<S, W> fmt::Debug for KrylovMatrix<S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KrylovMatrix").field("c", &self.c).finish_non_exhaustive()
    }
}
