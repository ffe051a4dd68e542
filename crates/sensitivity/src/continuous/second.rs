//! Second derivatives: products with transposed Jacobians, differentiated along a direction.

use crate::{Error, Loss};
use ad_tape::{Program, Work};
use scalar::{Dual, Scalar};
use system::{Failure, System};

type D = Dual<f64, 1>;

/// The programs of a model and of the running term of a loss, replayed with duals.
#[derive(Debug)]
pub(super) struct Second {
    model: Program,
    model_work: Work<D>,
    running: Option<(Program, Work<D>)>,
    n: usize,
    m: usize,
    /// `p`, `u`, `t`, as programs of models take them.
    x: Vec<D>,
    x_bar: Vec<D>,
    /// `u`, `p`, `t`, and what the running term adds.
    g: Vec<D>,
    g_bar: Vec<D>,
    f: Vec<D>,
    lambda: Vec<D>,
}

impl Second {
    pub(super) fn new<F: System, L: Loss>(
        rhs: &F,
        loss: &L,
        integrates: bool,
    ) -> Result<Self, Error> {
        let (n, m) = (rhs.dim(), rhs.num_params());
        let model = Program::of(rhs)?;
        let running = if integrates {
            let term = Program::record(n + m + 1, |x| {
                vec![loss.running(x[n + m], &x[..n], &x[n..n + m])]
            })?;
            let work = term.work();
            Some((term, work))
        } else {
            None
        };
        let zeros = |len: usize| vec![D::zero(); len];
        Ok(Self {
            model_work: model.work(),
            model,
            running,
            n,
            m,
            x: zeros(n + m + 1),
            x_bar: zeros(n + m + 1),
            g: zeros(n + m + 1),
            g_bar: zeros(n + m + 1),
            f: zeros(n),
            lambda: zeros(n),
        })
    }

    /// Differentiates `(∂f/∂u)ᵀ λ + (∂g/∂u)ᵀ`, the same by the parameters, and `f`, where the state moves by `u_dot` and
    /// the time by `t_dot`.
    pub(super) fn along(
        &mut self,
        (t, u, p): (f64, &[f64], &[f64]),
        lambda: &[f64],
        (u_dot, t_dot): (&[f64], f64),
    ) -> Result<(), Failure> {
        let (n, m) = (self.n, self.m);
        for (x, &p) in self.x.iter_mut().zip(p) {
            *x = D::constant(p);
        }
        for (x, (&re, &dot)) in self.x[m..].iter_mut().zip(u.iter().zip(u_dot)) {
            *x = D { re, eps: [dot] };
        }
        self.x[m + n] = D { re: t, eps: [t_dot] };
        for (to, &lambda) in self.lambda.iter_mut().zip(lambda) {
            *to = D::constant(lambda);
        }
        self.x_bar.fill(D::zero());
        let failed = |why: ad_tape::Error| Failure::Fatal(why.to_string());
        self.model.forward(&self.x, &mut self.f, &mut self.model_work).map_err(failed)?;
        self.model.reverse(&self.lambda, &mut self.x_bar, &mut self.model_work).map_err(failed)?;
        self.g_bar.fill(D::zero());
        if let Some((term, work)) = &mut self.running {
            let (p, rest) = self.x.split_at(m);
            self.g[..n].copy_from_slice(&rest[..n]);
            self.g[n..n + m].copy_from_slice(p);
            self.g[n + m] = rest[n];
            term.forward(&self.g, &mut [D::zero()], work).map_err(failed)?;
            term.reverse(&[D::one()], &mut self.g_bar, work).map_err(failed)?;
        }
        Ok(())
    }

    /// The slopes of the products: by the states, then by the parameters.
    pub(super) fn bars(&self) -> impl Iterator<Item = f64> + '_ {
        let (p_bar, u_bar) = self.x_bar.split_at(self.m);
        let bars = u_bar[..self.n].iter().chain(p_bar);
        bars.zip(&self.g_bar).map(|(bar, g)| bar.eps[0] + g.eps[0])
    }

    /// The slopes of `f`.
    pub(super) fn slopes(&self) -> impl Iterator<Item = f64> + '_ {
        self.f.iter().map(|f| f.eps[0])
    }
}
