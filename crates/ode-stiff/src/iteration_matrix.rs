use linalg::{DenseLu, ErrorKind, Field};
use ode_core::{Refusal, Stats};
use scalar::Concrete;
use system::{Failure, Jacobian, Mass};

/// The matrix `c M - J` of an implicit method, with the Jacobian `J = ∂f/∂u` that it is made of.
#[derive(Debug)]
pub(crate) struct IterationMatrix<S: Field, W> {
    n: usize,
    /// Row by row.
    jac: Vec<S>,
    dfdt: Vec<S>,
    work: W,
    lu: DenseLu<S>,
    jacobians: usize,
    factorizations: usize,
    solves: usize,
}

impl<S: Concrete + Field, W> IterationMatrix<S, W> {
    pub(crate) fn new(n: usize, work: W) -> Self {
        Self {
            n,
            jac: vec![S::ZERO; n * n],
            dfdt: vec![S::ZERO; n],
            work,
            lu: DenseLu::new(n),
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
        rhs.derivatives(t, u, p, (&mut self.jac, &mut self.dfdt), &mut self.work)?;
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
        self.jacobians += 1;
        rhs.jacobian(t, u, p, &mut self.jac, &mut self.work)?;
        self.checked()
    }

    /// `∂f/∂u` row by row, and `∂f/∂t`, as of the last [`differentiate`](IterationMatrix::differentiate).
    pub(crate) fn derivatives(&self) -> (&[S], &[S]) {
        (&self.jac, &self.dfdt)
    }

    /// Takes back a Jacobian from a checkpoint; there are no factors of it yet.
    pub(crate) fn restore_jacobian(&mut self, restore: impl FnOnce(&mut [S])) {
        restore(&mut self.jac);
    }

    #[cold]
    fn not_finite(&self, n: usize) -> Trouble {
        let bad = |x: &S| !x.is_finite();
        let (row, column) = match self.jac.iter().position(bad) {
            Some(k) => (k / n, k % n),
            None => (self.dfdt.iter().position(bad).unwrap_or(0), n),
        };
        Trouble::Refused(Refusal::Jacobian { row, column })
    }

    /// Factors `c M - J`.
    pub(crate) fn factor(&mut self, c: f64, mass: Option<&Mass>) -> Result<(), Trouble> {
        self.factorizations += 1;
        let (n, jac) = (self.n, &self.jac);
        let factored = self.lu.factor_with(|w| {
            for j in 0..n {
                for i in 0..n {
                    w[j * n + i] = -jac[i * n + j];
                }
            }
            match mass {
                None => (0..n).for_each(|i| w[i * (n + 1)] += S::real(c)),
                Some(mass) => {
                    for i in 0..n {
                        for &(j, m) in mass.row(i) {
                            w[j * n + i] += S::real(c * m);
                        }
                    }
                }
            }
        });
        factored.map_err(|error| {
            let index = match error.kind() {
                ErrorKind::Singular { pivot } | ErrorKind::SingularLanes { pivot, .. } => *pivot,
                _ => 0,
            };
            Trouble::Refused(Refusal::Singular { index })
        })
    }

    /// Solves `(c M - J) x = b` in place.
    #[inline]
    pub(crate) fn solve(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        self.solves += 1;
        self.lu.solve_in_place(b).map_err(|_| Trouble::Refused(Refusal::NotConverged))
    }

    pub(crate) fn work(&self) -> Stats {
        let Self { jacobians, factorizations, solves, .. } = *self;
        Stats { jacobians, factorizations, solves, ..Stats::default() }
    }
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
