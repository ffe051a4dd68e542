use super::Trouble;
use super::sparsity::Sparsity;
use linalg::Field;
use ode_core::Refusal;
use scalar::Concrete;
use std::sync::Arc;
use system::Jacobian;

/// The Jacobian `J = ∂f/∂u` of a right-hand side, and `∂f/∂t`.
///
/// Dense up to a few states; above, in the pattern that the right-hand side tells of, if it has one
/// in which few columns meet.
pub(crate) struct Linearization<S, W> {
    n: usize,
    sparsity: Option<Arc<Sparsity>>,
    /// Row by row, or the entries of the pattern.
    jac: Vec<S>,
    dfdt: Vec<S>,
    work: W,
    evaluations: usize,
}

/// Up to here nobody looks for a pattern.
pub(crate) const SMALL: usize = 16;

impl<S: Concrete + Field, W> Linearization<S, W> {
    /// Memory for a right-hand side.
    pub(crate) fn new<F: Jacobian<S, Work = W>>(rhs: &F) -> Self {
        let n = rhs.states();
        let pattern = if n > SMALL { rhs.pattern() } else { None };
        let sparsity = pattern.and_then(|pattern| Sparsity::new(&pattern, rhs.mass()));
        let entries = sparsity.as_ref().map_or(n * n, |sparse| sparse.coloring.num_nonzeros());
        Self {
            n,
            sparsity: sparsity.map(Arc::new),
            jac: vec![S::ZERO; entries],
            dfdt: vec![S::ZERO; n],
            work: rhs.jacobian_work(),
            evaluations: 0,
        }
    }

    /// The number of states.
    #[inline]
    pub(crate) fn states(&self) -> usize {
        self.n
    }

    /// The pattern, unless the Jacobian is dense.
    pub(crate) fn sparsity(&self) -> Option<&Arc<Sparsity>> {
        self.sparsity.as_ref()
    }

    /// Row by row, or the entries of the pattern.
    #[inline]
    pub(crate) fn values(&self) -> &[S] {
        &self.jac
    }

    /// The same, to take back a Jacobian from a checkpoint.
    pub(crate) fn values_mut(&mut self) -> &mut [S] {
        &mut self.jac
    }

    /// `∂f/∂t`, as of the last [`differentiate`](Linearization::differentiate).
    #[inline]
    pub(crate) fn dfdt(&self) -> &[S] {
        &self.dfdt
    }

    /// How often the Jacobian was evaluated.
    pub(crate) fn evaluations(&self) -> usize {
        self.evaluations
    }

    /// Evaluates `∂f/∂u` and `∂f/∂t`.
    pub(crate) fn differentiate<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        t: S,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        self.evaluations += 1;
        let out = (&mut self.jac[..], &mut self.dfdt[..]);
        match &self.sparsity {
            None => rhs.derivatives(t, u, p, out, &mut self.work)?,
            Some(sparse) => {
                rhs.sparse_derivatives(t, u, p, &sparse.coloring, out, &mut self.work)?;
            }
        }
        self.checked()
    }

    /// Evaluates `∂f/∂u` alone.
    pub(crate) fn linearize<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        t: S,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        if self.sparsity.is_some() {
            return self.differentiate(rhs, t, u, p);
        }
        self.evaluations += 1;
        rhs.jacobian(t, u, p, &mut self.jac, &mut self.work)?;
        self.checked()
    }

    /// A bound of the eigenvalues of `J`: the largest sum of a row where it is dense, of a column
    /// where it is sparse.
    pub(crate) fn bound(&self) -> f64 {
        let sum = |entries: &[S]| entries.iter().map(|x| x.largest_part()).sum::<f64>();
        match &self.sparsity {
            None => self.jac.chunks_exact(self.n.max(1)).map(sum).fold(0.0, f64::max),
            Some(sparse) => {
                let columns = sparse.coloring.starts().windows(2);
                columns.map(|ends| sum(&self.jac[ends[0]..ends[1]])).fold(0.0, f64::max)
            }
        }
    }

    fn checked(&self) -> Result<(), Trouble> {
        let entries = self.jac.iter().chain(&self.dfdt);
        match entries.map(|x| x.largest_part()).sum::<f64>() < f64::INFINITY {
            true => Ok(()),
            false => Err(self.not_finite()),
        }
    }

    #[cold]
    fn not_finite(&self) -> Trouble {
        let (n, bad) = (self.n, |x: &S| !x.is_finite());
        let (row, column) = match (self.jac.iter().position(bad), &self.sparsity) {
            (Some(k), None) => (k / n, k % n),
            (Some(k), Some(sparse)) => sparse.place(k),
            (None, _) => (self.dfdt.iter().position(bad).unwrap_or(0), n),
        };
        Trouble::Refused(Refusal::Jacobian { row, column })
    }
}
