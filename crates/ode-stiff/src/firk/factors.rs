//! The linear systems of a fully implicit method.

use super::collocation::Collocation;
use super::{Parts, notes};
use crate::iteration_matrix::Trouble;
use linalg::{DenseLu, Error, ErrorKind, c64};
use ode_core::{Refusal, Stats};
use system::{Jacobian, Mass};

/// Sizes closer than this share their factors: they differ by the rounding of times.
const SAME_SIZE: f64 = 1e-6;

/// The Jacobian `J` of the values, and the factors of `γ M - J` and `(α + iβ) M - J`.
#[derive(Debug)]
pub(super) struct Factors<W> {
    n: usize,
    /// Row by row.
    jac: Vec<f64>,
    /// The Jacobian is there to be used, and it belongs to the start of the step.
    is_differentiated: bool,
    is_current: bool,
    /// The step size that the factors belong to, and whether they are there; 0 for none.
    factored: f64,
    has_factors: bool,
    work: W,
    real: DenseLu<f64>,
    pair: DenseLu<c64>,
    /// The values of state and parameters.
    u: Vec<f64>,
    p: Vec<f64>,
    /// Right-hand sides.
    x: Vec<f64>,
    z: Vec<c64>,
    /// The component whose pivot vanished last.
    singular: usize,
    jacobians: usize,
    factorizations: usize,
    solves: usize,
}

impl<W> Factors<W> {
    pub(super) fn new(n: usize, work: W) -> Self {
        Self {
            n,
            jac: vec![0.0; n * n],
            is_differentiated: false,
            is_current: false,
            factored: 0.0,
            has_factors: false,
            work,
            real: DenseLu::new(n),
            pair: DenseLu::new(n),
            u: vec![0.0; n],
            p: Vec::new(),
            x: vec![0.0; n],
            z: vec![c64::new(0.0, 0.0); n],
            singular: 0,
            jacobians: 0,
            factorizations: 0,
            solves: 0,
        }
    }

    /// Evaluates `∂f/∂u` at the values of `u` and `p`.
    pub(super) fn differentiate<S: Parts, F: Jacobian<f64, Work = W>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        self.jacobians += 1;
        (self.is_differentiated, self.factored) = (false, 0.0);
        for (value, u) in self.u.iter_mut().zip(u) {
            *value = u.part(0);
        }
        self.p.clear();
        self.p.extend(p.iter().map(|p| p.part(0)));
        rhs.jacobian(t, &self.u, &self.p, &mut self.jac, &mut self.work)?;
        if !self.jac.iter().map(|x| x.abs()).sum::<f64>().is_finite() {
            return Err(self.not_finite());
        }
        (self.is_differentiated, self.is_current) = (true, true);
        Ok(())
    }

    /// Nothing is known of the solution.
    pub(super) fn forget(&mut self) {
        (self.is_differentiated, self.has_factors, self.factored) = (false, false, 0.0);
    }

    pub(super) fn is_differentiated(&self) -> bool {
        self.is_differentiated
    }

    /// Whether the Jacobian is that of the start of the step.
    pub(super) fn is_current(&self) -> bool {
        self.is_differentiated && self.is_current
    }

    /// Whether the next step may use the Jacobian too.
    pub(super) fn keep(&mut self, keep: bool) {
        self.is_differentiated = keep;
    }

    /// On to the next step.
    pub(super) fn advance(&mut self) {
        self.is_current = false;
    }

    /// Factors the matrices of a step of length `dt`, unless they are there.
    pub(super) fn prepare<const S: usize>(
        &mut self,
        basis: &Collocation<S>,
        dt: f64,
        mass: Option<&Mass>,
    ) -> Result<(), Trouble> {
        let is_same = (dt - self.factored).abs() <= SAME_SIZE * dt.abs();
        if is_same && self.has_factors {
            return Ok(());
        }
        // Factors that a checkpoint left behind are made again for the very same size.
        let size = if is_same { self.factored } else { dt };
        self.factored = 0.0;
        let (alpha, beta) = basis.pair;
        if S % 2 == 1 {
            self.factor_real(basis.gamma / size, mass)?;
        }
        self.factor_pair((alpha / size, beta / size), mass)?;
        (self.factored, self.has_factors) = (size, true);
        Ok(())
    }

    /// The Jacobian and what belongs to it, for a checkpoint.
    pub(super) fn write<S: Parts>(&self, notes: &mut Vec<S>, advanced: bool) {
        let flag = |is: bool| f64::from(u8::from(is));
        // One that is not used may not be finite.
        let known = |x: f64| if self.is_differentiated { x } else { 0.0 };
        self.jac.iter().for_each(|&x| notes::write(notes, known(x)));
        notes::write(notes, self.factored);
        notes::write(notes, flag(self.is_differentiated));
        notes::write(notes, flag(advanced && self.is_current));
    }

    pub(super) fn read<S: Parts>(&mut self, notes: &mut &[S]) {
        self.jac.iter_mut().for_each(|x| *x = notes::read(notes));
        self.factored = notes::read(notes);
        self.is_differentiated = notes::read(notes) != 0.0;
        self.is_current = notes::read(notes) != 0.0;
        self.has_factors = false;
    }

    #[cold]
    fn not_finite(&self) -> Trouble {
        let k = self.jac.iter().position(|x| !x.is_finite()).unwrap_or(0);
        Trouble::Refused(Refusal::Jacobian { row: k / self.n, column: k % self.n })
    }

    /// The largest row sum of the Jacobian, a bound of its eigenvalues.
    pub(super) fn largest_row(&self) -> f64 {
        let rows = self.jac.chunks_exact(self.n.max(1));
        rows.map(|row| row.iter().map(|x| x.abs()).sum()).fold(0.0, f64::max)
    }

    /// Factors `c M - J`.
    fn factor_real(&mut self, c: f64, mass: Option<&Mass>) -> Result<(), Trouble> {
        self.factorizations += 1;
        let (n, jac) = (self.n, &self.jac);
        let factored = self.real.factor_with(|w| {
            for j in 0..n {
                for i in 0..n {
                    w[j * n + i] = -jac[i * n + j];
                }
            }
            each_entry(n, mass, |i, j, m| w[j * n + i] += c * m);
        });
        factored.map_err(|error| singular(error, &mut self.singular))
    }

    /// Factors `(α + iβ) M - J`.
    fn factor_pair(
        &mut self,
        (alpha, beta): (f64, f64),
        mass: Option<&Mass>,
    ) -> Result<(), Trouble> {
        self.factorizations += 1;
        let (n, jac) = (self.n, &self.jac);
        let factored = self.pair.factor_with(|w| {
            for j in 0..n {
                for i in 0..n {
                    w[j * n + i] = c64::new(-jac[i * n + j], 0.0);
                }
            }
            each_entry(n, mass, |i, j, m| w[j * n + i] += c64::new(alpha * m, beta * m));
        });
        factored.map_err(|error| singular(error, &mut self.singular))
    }

    /// Solves `(γ M - J) x = b` in place.
    #[inline]
    pub(super) fn solve_real<S: Parts>(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        self.solves += S::PARTS;
        for k in 0..S::PARTS {
            for (x, b) in self.x.iter_mut().zip(b.iter()) {
                *x = b.part(k);
            }
            self.real.solve_in_place(&mut self.x).map_err(|_| NOT_CONVERGED)?;
            for (x, b) in self.x.iter().zip(b.iter_mut()) {
                b.set_part(k, *x);
            }
        }
        Ok(())
    }

    /// Solves `((α + iβ) M - J) (x + iy) = a + ib` in place.
    #[inline]
    pub(super) fn solve_pair<S: Parts>(&mut self, a: &mut [S], b: &mut [S]) -> Result<(), Trouble> {
        self.solves += S::PARTS;
        for k in 0..S::PARTS {
            for (z, (a, b)) in self.z.iter_mut().zip(a.iter().zip(b.iter())) {
                *z = c64::new(a.part(k), b.part(k));
            }
            self.pair.solve_in_place(&mut self.z).map_err(|_| NOT_CONVERGED)?;
            for (z, (a, b)) in self.z.iter().zip(a.iter_mut().zip(b.iter_mut())) {
                a.set_part(k, z.re);
                b.set_part(k, z.im);
            }
        }
        Ok(())
    }

    pub(super) fn work(&self) -> Stats {
        let Self { jacobians, factorizations, solves, .. } = *self;
        Stats { jacobians, factorizations, solves, ..Stats::default() }
    }
}

const NOT_CONVERGED: Trouble = Trouble::Refused(Refusal::NotConverged);

/// The entries of the mass matrix that are not zero.
#[inline(always)]
fn each_entry(n: usize, mass: Option<&Mass>, mut found: impl FnMut(usize, usize, f64)) {
    for i in 0..n {
        match mass {
            None => found(i, i, 1.0),
            Some(mass) => mass.row(i).iter().for_each(|&(j, m)| found(i, j, m)),
        }
    }
}

/// With the component named last, where a matrix overflows for a step that has become too short.
#[cold]
fn singular(error: Error, index: &mut usize) -> Trouble {
    if let ErrorKind::Singular { pivot } = error.kind() {
        *index = *pivot;
    }
    Trouble::Refused(Refusal::Singular { index: *index })
}
