use super::sparsity::Sparsity;
use super::{Trouble, pattern_check};
use linalg::Field;
use ode_core::Refusal;
use scalar::Concrete;
use std::sync::Arc;
use system::Jacobian;

/// The Jacobian `J = ∂f/∂u` of a right-hand side (of its leading states, where tangents stand behind
/// them), and `∂f/∂t`.
///
/// Dense up to a few states; above, in the pattern that the right-hand side tells of, if it has one
/// in which few columns meet.
pub(crate) struct Linearization<S, W> {
    n: usize,
    entries: Entries,
    /// Row by row, or the entries of the pattern.
    jac: Vec<S>,
    dfdt: Vec<S>,
    work: W,
    /// A declared pattern has not been compared with products yet.
    is_unchecked: bool,
    evaluations: usize,
}

/// Which entries are evaluated.
enum Entries {
    All,
    Of(Arc<Sparsity>),
    /// The Jacobian is only multiplied with.
    None,
}

/// Which entries are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Those of the pattern where that is a gain, else all.
    Fewest,
    /// Those of the pattern where that is a gain, else none.
    Sparse,
    /// Those of the pattern; none if there is no pattern.
    Pattern,
    /// None.
    Products,
}

/// Up to here nobody looks for a pattern.
pub(crate) const SMALL: usize = 10;

impl<S: Concrete + Field, W> Linearization<S, W> {
    /// Memory for a right-hand side.
    pub(crate) fn new<F: Jacobian<S, Work = W>>(rhs: &F, wanted: Wanted) -> Self {
        let n = rhs.leading();
        let looks = match wanted {
            Wanted::Fewest => n > SMALL,
            Wanted::Sparse | Wanted::Pattern => true,
            Wanted::Products => false,
        };
        let pattern = if looks { rhs.pattern() } else { None };
        let sparsity = pattern.and_then(|pattern| match wanted {
            Wanted::Fewest | Wanted::Sparse => Sparsity::new(&pattern, rhs.mass()),
            _ => Sparsity::of_any(&pattern, rhs.mass()),
        });
        let (entries, count) = match (sparsity, wanted) {
            (Some(sparsity), _) => {
                let count = sparsity.coloring.num_nonzeros();
                (Entries::Of(Arc::new(sparsity)), count)
            }
            (None, Wanted::Fewest) => (Entries::All, n * n),
            (None, _) => (Entries::None, 0),
        };
        Self {
            n,
            entries,
            jac: vec![S::ZERO; count],
            dfdt: vec![S::ZERO; rhs.states()],
            work: rhs.jacobian_work(),
            is_unchecked: rhs.declares_pattern(),
            evaluations: 0,
        }
    }

    /// The number of states, or of the leading ones.
    #[inline]
    pub(crate) fn states(&self) -> usize {
        self.n
    }

    /// The pattern, if the entries are those of one.
    pub(crate) fn sparsity(&self) -> Option<&Arc<Sparsity>> {
        match &self.entries {
            Entries::Of(sparsity) => Some(sparsity),
            Entries::All | Entries::None => None,
        }
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
        let all = self.dfdt.len();
        self.differentiate_first(rhs, (t, u, p), all)
    }

    /// The same with `∂f/∂t` of the first states only.
    fn differentiate_first<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        (t, u, p): (S, &[S], &[S]),
        count: usize,
    ) -> Result<(), Trouble> {
        let out = (&mut self.jac[..], &mut self.dfdt[..count]);
        match &self.entries {
            Entries::All => rhs.derivatives(t, u, p, out, &mut self.work)?,
            Entries::Of(sparsity) => {
                if self.is_unchecked {
                    pattern_check::check(rhs, (t, u, p), sparsity, &mut self.work)?;
                    self.is_unchecked = false;
                }
                rhs.sparse_derivatives(t, u, p, &sparsity.coloring, out, &mut self.work)?;
            }
            Entries::None => {
                rhs.time_derivative(t, u, p, out.1, &mut self.work)?;
                return self.checked();
            }
        }
        self.evaluations += 1;
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
        match &self.entries {
            Entries::All => rhs.jacobian(t, u, p, &mut self.jac, &mut self.work)?,
            // The first one is compared with products.
            Entries::Of(_) if self.is_unchecked => {
                return self.differentiate_first(rhs, (t, u, p), self.n);
            }
            Entries::Of(sparsity) => {
                let out = (&mut self.jac[..], &mut self.dfdt[..self.n]);
                rhs.sparse_jacobian(t, u, p, &sparsity.coloring, out, &mut self.work)?;
            }
            Entries::None => return Ok(()),
        }
        self.evaluations += 1;
        self.checked()
    }

    /// `out = J v` at another place.
    pub(crate) fn product<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        (t, u, p): (S, &[S], &[S]),
        v: &[S],
        out: &mut [S],
    ) -> Result<(), system::Failure> {
        rhs.jvp(t, u, p, (v, out), &mut self.work)
    }

    /// Adds to `b` what the Jacobian of the tangents by the leading states makes of `x`.
    pub(crate) fn couple<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        (t, u, p): (S, &[S], &[S]),
        product: (&[S], &mut [S]),
    ) -> Result<(), system::Failure> {
        rhs.couple(t, u, p, product, &mut self.work)
    }

    /// A bound of the eigenvalues of `J`: the largest sum of a row where it is dense, of a column
    /// where it is sparse.
    pub(crate) fn bound(&self) -> f64 {
        let sum = |entries: &[S]| entries.iter().map(|x| x.largest_part()).sum::<f64>();
        match self.sparsity() {
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
        let (row, column) = match (self.jac.iter().position(bad), self.sparsity()) {
            (Some(k), None) => (k / n, k % n),
            (Some(k), Some(sparse)) => sparse.place(k),
            (None, _) => (self.dfdt.iter().position(bad).unwrap_or(0), n),
        };
        Trouble::Refused(Refusal::Jacobian { row, column })
    }
}
