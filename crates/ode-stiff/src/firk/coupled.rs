//! The matrix of all stages of a collocation method together.

use crate::iteration_matrix::{Linearization, Trouble, Wanted};
use linalg::{DenseLu, Error, Field, Pattern, Solver, Structure};
use std::fmt;
use std::sync::Arc;
use system::{Failure, Jacobian, Mass};

/// `C ⊗ M - diag(J₁, J₂, …)` with its factors: each stage has the Jacobian of its own state, so that
/// Newton's method with it is the true one, and its transpose that of the step.
pub struct CoupledMatrix<W> {
    linearization: Linearization<f64, W>,
    stages: usize,
    n: usize,
    /// The Jacobians, one after the other.
    jacobians: Vec<f64>,
    layout: Layout,
}

enum Layout {
    Dense(DenseLu<f64>),
    Sparse(Box<Sparse>),
}

struct Sparse {
    values: Vec<f64>,
    /// Where the entries of the Jacobians stand among the values, and those of `M` in each block.
    of_jacobians: Vec<usize>,
    of_mass: Vec<(usize, usize, f64)>,
    solver: Result<Solver<f64>, Error>,
}

impl<W> CoupledMatrix<W> {
    /// Memory for so many stages.
    pub fn new<F: Jacobian<f64, Work = W>>(rhs: &F, stages: usize) -> Self {
        let linearization = Linearization::new(rhs, Wanted::Fewest);
        let n = linearization.states();
        let size = stages * n;
        let layout = match linearization.sparsity() {
            None => Layout::Dense(DenseLu::new(size)),
            Some(sparsity) => {
                let coloring = sparsity.coloring();
                let of_jacobian: Vec<(usize, usize)> =
                    (0..n).flat_map(|j| coloring.rows_of(j).iter().map(move |&i| (i, j))).collect();
                let of_mass: Vec<(usize, usize, f64)> = match rhs.mass() {
                    None => (0..n).map(|i| (i, i, 1.0)).collect(),
                    Some(mass) => (0..n)
                        .flat_map(|i| mass.row(i).iter().map(move |&(j, m)| (i, j, m)))
                        .collect(),
                };
                let blocks = || (0..stages).flat_map(|a| (0..stages).map(move |b| (a, b)));
                let entries = blocks().flat_map(|(a, b)| {
                    let place = move |i: usize, j: usize| (a * n + i, b * n + j);
                    let diagonal = (0..n).map(|i| (i, i)).chain(of_jacobian.iter().copied());
                    let diagonal = diagonal.filter(move |_| a == b);
                    let mass = of_mass.iter().map(|&(i, j, _)| (i, j));
                    mass.chain(diagonal).map(move |(i, j)| place(i, j)).collect::<Vec<_>>()
                });
                Layout::Sparse(Box::new(match Pattern::from_entries(size, size, entries) {
                    Ok(pattern) => {
                        let at = |i: usize, j: usize| pattern.position(i, j).unwrap_or(0);
                        Sparse {
                            values: vec![0.0; pattern.nnz()],
                            of_jacobians: (0..stages)
                                .flat_map(|a| of_jacobian.iter().map(move |&(i, j)| (a, i, j)))
                                .map(|(a, i, j)| at(a * n + i, a * n + j))
                                .collect(),
                            of_mass: blocks()
                                .flat_map(|(a, b)| of_mass.iter().map(move |&of| (a, b, of)))
                                .map(|(a, b, (i, j, m))| {
                                    (at(a * n + i, b * n + j), a * stages + b, m)
                                })
                                .collect(),
                            solver: f64::solver(&Structure::Sparse(Arc::new(pattern))),
                        }
                    }
                    Err(error) => Sparse {
                        values: Vec::new(),
                        of_jacobians: Vec::new(),
                        of_mass: Vec::new(),
                        solver: Err(error),
                    },
                }))
            }
        };
        let count = linearization.values().len();
        Self { linearization, stages, n, jacobians: vec![0.0; stages * count], layout }
    }

    /// Evaluates the Jacobian of stage `i`.
    ///
    /// # Errors
    ///
    /// As the right-hand side, and where an entry is not finite.
    pub fn linearize<F: Jacobian<f64, Work = W>>(
        &mut self,
        rhs: &F,
        i: usize,
        (t, u, p): (f64, &[f64], &[f64]),
    ) -> Result<(), Failure> {
        self.linearization.linearize(rhs, t, u, p).map_err(Trouble::fatal)?;
        let values = self.linearization.values();
        let count = values.len();
        self.jacobians[i * count..(i + 1) * count].copy_from_slice(values);
        Ok(())
    }

    /// Factors the matrix for these `C`, row by row.
    ///
    /// # Errors
    ///
    /// Where it is singular.
    pub fn factor(&mut self, c: &[f64], mass: Option<&Mass>) -> Result<(), Failure> {
        let Self { stages, n, jacobians, layout, .. } = self;
        let (stages, n) = (*stages, *n);
        let factored = match layout {
            Layout::Dense(lu) => lu.factor_with(|w| {
                let size = stages * n;
                w.fill(0.0);
                for (at, &c) in c.iter().enumerate() {
                    let (a, b) = (at / stages, at % stages);
                    for i in 0..n {
                        let row = a * n + i;
                        match mass {
                            None => w[(b * n + i) * size + row] += c,
                            Some(mass) => mass
                                .row(i)
                                .iter()
                                .for_each(|&(j, m)| w[(b * n + j) * size + row] += c * m),
                        }
                    }
                }
                for (at, &x) in jacobians.iter().enumerate() {
                    let (a, i, j) = (at / (n * n), at / n % n, at % n);
                    w[(a * n + j) * size + a * n + i] -= x;
                }
            }),
            Layout::Sparse(sparse) => {
                let Sparse { values, of_jacobians, of_mass, solver } = &mut **sparse;
                values.fill(0.0);
                for (&at, &x) in of_jacobians.iter().zip(&*jacobians) {
                    values[at] -= x;
                }
                for &(at, block, m) in &*of_mass {
                    values[at] += c[block] * m;
                }
                match solver {
                    Ok(solver) => solver.factor(values),
                    Err(error) => Err(error.clone()),
                }
            }
        };
        factored.map_err(failed)
    }

    /// Solves in place, stages one after the other.
    ///
    /// # Errors
    ///
    /// Without factors.
    pub fn solve(&mut self, b: &mut [f64]) -> Result<(), Failure> {
        let solved = match &mut self.layout {
            Layout::Dense(lu) => lu.solve_in_place(b),
            Layout::Sparse(sparse) => match &mut sparse.solver {
                Ok(solver) => solver.solve_in_place(b),
                Err(error) => Err(error.clone()),
            },
        };
        solved.map_err(failed)
    }

    /// Solves with the transpose in place.
    ///
    /// # Errors
    ///
    /// Without factors.
    pub fn solve_transposed(&mut self, b: &mut [f64]) -> Result<(), Failure> {
        let solved = match &mut self.layout {
            Layout::Dense(lu) => lu.solve_transposed_in_place(b),
            Layout::Sparse(sparse) => match &mut sparse.solver {
                Ok(solver) => solver.solve_transposed_in_place(b),
                Err(error) => Err(error.clone()),
            },
        };
        solved.map_err(failed)
    }
}

#[cold]
fn failed(error: Error) -> Failure {
    Failure::Fatal(format!("the stages of a step cannot be solved for together: {error}"))
}

impl<W> fmt::Debug for CoupledMatrix<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoupledMatrix").field("stages", &self.stages).finish_non_exhaustive()
    }
}
