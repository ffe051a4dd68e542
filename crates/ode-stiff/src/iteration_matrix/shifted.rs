use super::sparsity::Sparsity;
use super::{Linearization, Trouble};
use linalg::{DenseLu, Error, ErrorKind, Field, Solver};
use ode_core::Refusal;
use scalar::Concrete;
use std::sync::Arc;
use system::Mass;

/// The factors of `c M - J`, of one real or complex `c` after the other.
pub(crate) struct Shifted<K: Field> {
    layout: Layout<K>,
    factorizations: usize,
    solves: usize,
    /// The component whose pivot vanished last.
    singular: usize,
}

enum Layout<K: Field> {
    Dense(DenseLu<K>),
    Sparse(Box<Sparse<K>>),
}

/// The values of the matrix in its pattern, and the factors that suit them.
struct Sparse<K: Field> {
    sparsity: Arc<Sparsity>,
    values: Vec<K>,
    /// An error where the pattern has more rows than a solver can count.
    solver: Result<Solver<K>, Error>,
}

impl<K: Field> Sparse<K> {
    fn new(sparsity: &Arc<Sparsity>) -> Self {
        let Sparsity { structure, choice, .. } = &**sparsity;
        let values = vec![K::ZERO; structure.len()];
        let solver = K::solver_with(structure, choice);
        Self { sparsity: sparsity.clone(), values, solver }
    }

    #[inline(never)]
    fn factor<S: Copy>(&mut self, jac: &[S], c: K) -> Result<(), Error>
    where
        K: From<S>,
    {
        let Self { sparsity, values, solver } = self;
        sparsity.shift(jac, c, values);
        match solver {
            Ok(solver) => solver.factor(values),
            Err(error) => Err(error.clone()),
        }
    }

    #[inline(never)]
    fn solve(&mut self, b: &mut [K]) -> Result<(), Error> {
        match &mut self.solver {
            Ok(solver) => solver.solve_in_place(b),
            Err(error) => Err(error.clone()),
        }
    }

    #[inline(never)]
    fn solve_transposed(&mut self, b: &mut [K]) -> Result<(), Error> {
        match &mut self.solver {
            Ok(solver) => solver.solve_transposed_in_place(b),
            Err(error) => Err(error.clone()),
        }
    }
}

impl<K: Field> Shifted<K> {
    /// Memory for the Jacobian of a right-hand side.
    pub(crate) fn new<S: Concrete + Field, W>(of: &Linearization<S, W>) -> Self {
        let layout = match of.sparsity() {
            Some(sparsity) => Layout::Sparse(Box::new(Sparse::new(sparsity))),
            None => Layout::Dense(DenseLu::new(of.states())),
        };
        Self { layout, factorizations: 0, solves: 0, singular: 0 }
    }

    pub(crate) fn factorizations(&self) -> usize {
        self.factorizations
    }

    pub(crate) fn solves(&self) -> usize {
        self.solves
    }

    /// Factors `c M - J`.
    #[inline]
    pub(crate) fn factor<S: Concrete + Field, W>(
        &mut self,
        of: &Linearization<S, W>,
        c: K,
        mass: Option<&Mass>,
    ) -> Result<(), Trouble>
    where
        K: From<S>,
    {
        self.factorizations += 1;
        let (n, jac) = (of.states(), of.values());
        let factored = match &mut self.layout {
            Layout::Sparse(sparse) => sparse.factor(jac, c),
            Layout::Dense(lu) => lu.factor_with(|w| {
                for j in 0..n {
                    for i in 0..n {
                        w[j * n + i] = -K::from(jac[i * n + j]);
                    }
                }
                match mass {
                    None => (0..n).for_each(|i| w[i * (n + 1)] += c),
                    Some(mass) => {
                        for i in 0..n {
                            for &(j, m) in mass.row(i) {
                                w[j * n + i] += c * K::real(m);
                            }
                        }
                    }
                }
            }),
        };
        factored.map_err(|error| self.refuse(&error))
    }

    /// With the component named last, where a matrix overflows for a step that has become too short.
    #[cold]
    fn refuse(&mut self, error: &Error) -> Trouble {
        if let ErrorKind::Singular { pivot } | ErrorKind::SingularLanes { pivot, .. } = error.kind()
        {
            self.singular = *pivot;
        }
        Trouble::Refused(Refusal::Singular { index: self.singular })
    }

    /// Solves `(c M - J) x = b` in place.
    #[inline(always)]
    pub(crate) fn solve(&mut self, b: &mut [K]) -> Result<(), Trouble> {
        self.solves += 1;
        let solved = match &mut self.layout {
            Layout::Dense(lu) => lu.solve_in_place(b),
            Layout::Sparse(sparse) => sparse.solve(b),
        };
        solved.map_err(|_| Trouble::Refused(Refusal::NotConverged))
    }

    /// Solves `(c M - J)ᵀ x = b` in place.
    pub(crate) fn solve_transposed(&mut self, b: &mut [K]) -> Result<(), Trouble> {
        self.solves += 1;
        let solved = match &mut self.layout {
            Layout::Dense(lu) => lu.solve_transposed_in_place(b),
            Layout::Sparse(sparse) => sparse.solve_transposed(b),
        };
        solved.map_err(|_| Trouble::Refused(Refusal::NotConverged))
    }
}
