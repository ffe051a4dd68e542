//! Our kernels, ready to be timed.

use crate::case::{Case, Op};
use nn::{Jets, Mlp, Real, Workspace};
use std::error::Error;
use std::hint::black_box;

/// Everything that one run needs, in one kind of numbers.
pub(crate) struct Ours<T> {
    mlp: Mlp,
    op: Op,
    p: Vec<T>,
    x: Vec<T>,
    bar: Vec<T>,
    x_bar: Vec<T>,
    p_bar: Vec<T>,
    weights: Vec<T>,
    ws: Workspace<T>,
}

impl<T: Real> Ours<T> {
    pub(crate) fn new(case: &Case) -> Result<Self, Box<dyn Error>> {
        let convert = |v: &[f64]| v.iter().map(|&v| T::from_f64(v)).collect::<Vec<T>>();
        let weights = vec![T::ONE; case.mlp.inputs()];
        let ws = Workspace::for_jets(&case.mlp, &Jets::laplacian(&weights))?;
        Ok(Self {
            mlp: case.mlp.clone(),
            op: case.op,
            p: convert(&case.p),
            x: convert(&case.x),
            bar: convert(&case.bar),
            x_bar: vec![T::ZERO; case.x.len()],
            p_bar: vec![T::ZERO; case.p.len()],
            weights,
            ws,
        })
    }

    /// Adds the gradients of all samples once.
    fn once(&mut self) -> Result<(), nn::Error> {
        let Self { mlp, op, p, x, bar, x_bar, p_bar, weights, ws } = self;
        match op {
            Op::Vjp if x.len() == mlp.inputs() => {
                mlp.vjp(black_box(p), x, bar, x_bar, p_bar, ws).map(|_| ())
            }
            Op::Vjp => mlp.vjp_batch(black_box(p), x, bar, x_bar, p_bar, ws),
            Op::Laplacian => {
                mlp.jet_vjp_batch(black_box(p), x, &Jets::laplacian(weights), bar, p_bar, ws)
            }
        }
    }

    /// The gradient with respect to the parameters.
    pub(crate) fn gradient(&mut self) -> Result<Vec<f64>, nn::Error> {
        self.p_bar.fill(T::ZERO);
        self.once()?;
        Ok(self.p_bar.iter().map(|g| g.to_f64()).collect())
    }

    /// Runs it so many times.
    pub(crate) fn run(&mut self, runs: usize) {
        for _ in 0..runs {
            // Checked once by `gradient`; sizes do not change.
            let _ = self.once();
        }
        black_box((&self.x_bar, &self.p_bar));
    }
}
