//! Tangents through the steps that were taken.

use ode_core::{ErkTableau, Taken};
use scalar::{Dual, Scalar};
use system::System;

/// Tangents carried by one pass through a step.
const CHUNK: usize = 4;
type D = Dual<f64, CHUNK>;

/// Repeats explicit Runge–Kutta steps in dual numbers: the tangents are exactly those of the steps. A
/// step allocates nothing.
pub(super) struct StepTangents<'a, F> {
    system: &'a F,
    tableau: &'static ErkTableau,
    p: Vec<D>,
    u: Vec<D>,
    z: Vec<D>,
    k: Vec<D>,
    /// Products with the Jacobian so far.
    pub(super) products: usize,
}

impl<'a, F: System> StepTangents<'a, F> {
    pub(super) fn new(system: &'a F, tableau: &'static ErkTableau, p: &[f64]) -> Self {
        let (n, zero) = (system.dim(), D::zero());
        Self {
            system,
            tableau,
            p: p.iter().map(|&p| D::constant(p)).collect(),
            u: vec![zero; n],
            z: vec![zero; n],
            k: vec![zero; n * tableau.stages()],
            products: 0,
        }
    }

    /// Moves `columns`, tangents of `dim` numbers each, from the start of a step at the state `u` to its
    /// end. Column `c` is also driven by the parameter `seeds[c]`, if there is one. States that `u` does
    /// not reach to start at 0. Returns the last state at the end.
    pub(super) fn advance(
        &mut self,
        step: &Taken,
        u: &[f64],
        columns: &mut [f64],
        seeds: &[Option<usize>],
    ) -> f64 {
        let n = self.u.len();
        if columns.is_empty() {
            self.pass(step, u, &mut [], &[]);
        }
        for (columns, seeds) in columns.chunks_mut(CHUNK * n).zip(seeds.chunks(CHUNK)) {
            self.pass(step, u, columns, seeds);
        }
        self.products += seeds.len() * self.tableau.stages();
        self.u.last().map_or(0.0, |last| last.re)
    }

    fn pass(&mut self, step: &Taken, u: &[f64], columns: &mut [f64], seeds: &[Option<usize>]) {
        let Self { system, tableau, p, u: state, z, k, .. } = self;
        let n = state.len();
        for (i, state) in state.iter_mut().enumerate() {
            *state = D::constant(u.get(i).copied().unwrap_or(0.0));
            for (eps, column) in state.eps.iter_mut().zip(columns.chunks_exact(n)) {
                *eps = column[i];
            }
        }
        drive(p, seeds, 1.0);
        for i in 0..tableau.stages() {
            let (known, rest) = k.split_at_mut(i * n);
            z.copy_from_slice(state);
            for (j, known) in known.chunks_exact(n).enumerate() {
                add_scaled(step.dt * tableau.a(i, j), known, z);
            }
            let t = if i == 0 { step.t_first } else { step.at(tableau.c(i)) };
            system.rhs(D::from_f64(t), z, p, &mut rest[..n]);
        }
        for (k, b) in k.chunks_exact(n).zip(tableau.b) {
            add_scaled(step.dt * b, k, state);
        }
        drive(p, seeds, 0.0);
        for (i, state) in state.iter().enumerate() {
            for (eps, column) in state.eps.iter().zip(columns.chunks_exact_mut(n)) {
                column[i] = *eps;
            }
        }
    }
}

/// Sets the tangents of the parameters that drive a column.
fn drive(p: &mut [D], seeds: &[Option<usize>], size: f64) {
    for (c, &seed) in seeds.iter().enumerate() {
        if let Some(p) = seed.and_then(|seed| p.get_mut(seed)) {
            p.eps[c] = size;
        }
    }
}

/// `y += a x`
fn add_scaled(a: f64, x: &[D], y: &mut [D]) {
    if a != 0.0 {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x.scale_add(a, *y);
        }
    }
}
