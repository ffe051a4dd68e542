//! The matrix of an implicit method's linear systems.

mod sparse;

use linalg::{DenseLu, ErrorKind, Field};
use ode_core::{Refusal, Stats};
use scalar::Concrete;
use sparse::Sparse;
use std::fmt;
use system::{Failure, Jacobian, Mass};

/// The matrix `c M - J` of an implicit method, with the Jacobian `J = ∂f/∂u` that it is made of.
///
/// Dense up to a few states; above, in the pattern that the right-hand side tells of, if it has one
/// in which few columns meet.
pub(crate) struct IterationMatrix<S: Field, W> {
    n: usize,
    /// Row by row, or the entries of the pattern.
    jac: Vec<S>,
    dfdt: Vec<S>,
    work: W,
    layout: Layout<S>,
    jacobians: usize,
    factorizations: usize,
    solves: usize,
}

enum Layout<S: Field> {
    Dense(DenseLu<S>),
    Sparse(Box<Sparse<S>>),
}

/// Up to here nobody looks for a pattern.
pub(crate) const SMALL: usize = 16;

impl<S: Concrete + Field, W> IterationMatrix<S, W> {
    /// Memory for a right-hand side.
    pub(crate) fn new<F: Jacobian<S, Work = W>>(rhs: &F) -> Self {
        let n = rhs.states();
        let pattern = if n > SMALL { rhs.pattern() } else { None };
        let sparse = pattern.and_then(|pattern| Sparse::new(&pattern, rhs.mass()));
        let (entries, layout) = match sparse {
            Some(sparse) => (sparse.coloring.num_nonzeros(), Layout::Sparse(Box::new(sparse))),
            None => (n * n, Layout::Dense(DenseLu::new(n))),
        };
        Self {
            n,
            jac: vec![S::ZERO; entries],
            dfdt: vec![S::ZERO; n],
            work: rhs.jacobian_work(),
            layout,
            jacobians: 0,
            factorizations: 0,
            solves: 0,
        }
    }

    /// `∂f/∂t`, as of the last [`differentiate`](IterationMatrix::differentiate).
    pub(crate) fn dfdt(&self) -> &[S] {
        &self.dfdt
    }

    /// Evaluates `∂f/∂u` and `∂f/∂t`.
    pub(crate) fn differentiate<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        t: S,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        self.jacobians += 1;
        let out = (&mut self.jac[..], &mut self.dfdt[..]);
        match &self.layout {
            Layout::Dense(_) => rhs.derivatives(t, u, p, out, &mut self.work)?,
            Layout::Sparse(sparse) => {
                rhs.sparse_derivatives(t, u, p, &sparse.coloring, out, &mut self.work)?;
            }
        }
        self.checked()
    }

    fn checked(&self) -> Result<(), Trouble> {
        let n = self.n;
        let entries = self.jac.iter().chain(&self.dfdt);
        match entries.map(|x| x.largest_part()).sum::<f64>() < f64::INFINITY {
            true => Ok(()),
            false => Err(self.not_finite(n)),
        }
    }

    /// Evaluates `∂f/∂u` alone.
    pub(crate) fn linearize<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        t: S,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        if let Layout::Sparse(_) = self.layout {
            return self.differentiate(rhs, t, u, p);
        }
        self.jacobians += 1;
        rhs.jacobian(t, u, p, &mut self.jac, &mut self.work)?;
        self.checked()
    }

    /// A bound of the eigenvalues of `∂f/∂u`: the largest sum of a row where it is dense, of a column
    /// where it is sparse.
    pub(crate) fn bound(&self) -> f64 {
        let sum = |entries: &[S]| entries.iter().map(|x| x.largest_part()).sum::<f64>();
        match &self.layout {
            Layout::Dense(_) => self.jac.chunks_exact(self.n.max(1)).map(sum).fold(0.0, f64::max),
            Layout::Sparse(sparse) => {
                let columns = sparse.coloring.starts().windows(2);
                columns.map(|ends| sum(&self.jac[ends[0]..ends[1]])).fold(0.0, f64::max)
            }
        }
    }

    /// The numbers of `∂f/∂u`, for a checkpoint.
    pub(crate) fn jacobian(&self) -> &[S] {
        &self.jac
    }

    /// Takes back a Jacobian from a checkpoint; there are no factors of it yet.
    pub(crate) fn restore_jacobian(&mut self, restore: impl FnOnce(&mut [S])) {
        restore(&mut self.jac);
    }

    #[cold]
    fn not_finite(&self, n: usize) -> Trouble {
        let bad = |x: &S| !x.is_finite();
        let (row, column) = match self.jac.iter().position(bad) {
            Some(k) => match &self.layout {
                Layout::Dense(_) => (k / n, k % n),
                Layout::Sparse(sparse) => sparse.place(k),
            },
            None => (self.dfdt.iter().position(bad).unwrap_or(0), n),
        };
        Trouble::Refused(Refusal::Jacobian { row, column })
    }

    /// Factors `c M - J`.
    pub(crate) fn factor(&mut self, c: f64, mass: Option<&Mass>) -> Result<(), Trouble> {
        self.factor_each(S::real(c), mass)
    }

    /// The same with a `c` for each lane.
    pub(crate) fn factor_each(&mut self, c: S, mass: Option<&Mass>) -> Result<(), Trouble> {
        self.factorizations += 1;
        let (n, jac) = (self.n, &self.jac);
        let lu = match &mut self.layout {
            Layout::Dense(lu) => lu,
            Layout::Sparse(sparse) => return sparse.factor(jac, c).map_err(|e| singular(&e)),
        };
        let factored = lu.factor_with(|w| {
            for j in 0..n {
                for i in 0..n {
                    w[j * n + i] = -jac[i * n + j];
                }
            }
            match mass {
                None => (0..n).for_each(|i| w[i * (n + 1)] += c),
                Some(mass) => {
                    for i in 0..n {
                        for &(j, m) in mass.row(i) {
                            w[j * n + i] += c.scale(m);
                        }
                    }
                }
            }
        });
        factored.map_err(|error| singular(&error))
    }

    /// Solves `(c M - J) x = b` in place.
    #[inline]
    pub(crate) fn solve(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        self.solves += 1;
        let solved = match &mut self.layout {
            Layout::Dense(lu) => lu.solve_in_place(b),
            Layout::Sparse(sparse) => sparse.solve(b),
        };
        solved.map_err(|_| Trouble::Refused(Refusal::NotConverged))
    }

    pub(crate) fn work(&self) -> Stats {
        let Self { jacobians, factorizations, solves, .. } = *self;
        Stats { jacobians, factorizations, solves, ..Stats::default() }
    }
}

impl<S: Field, W> fmt::Debug for IterationMatrix<S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IterationMatrix").field("n", &self.n).finish_non_exhaustive()
    }
}

#[cold]
fn singular(error: &linalg::Error) -> Trouble {
    let index = match error.kind() {
        ErrorKind::Singular { pivot } | ErrorKind::SingularLanes { pivot, .. } => *pivot,
        _ => 0,
    };
    Trouble::Refused(Refusal::Singular { index })
}

/// Why an attempt came to nothing.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The right-hand side or its Jacobian failed.
    Failed(Failure),
    /// The method itself cannot go on.
    Refused(Refusal),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Trouble {
    /// What the integrator is told; keeps the reason if it is the method's.
    pub(crate) fn tell(self, refusal: &mut Option<Refusal>) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            Self::Refused(reason) => {
                *refusal = Some(reason);
                Failure::Recoverable
            }
        }
    }
}
